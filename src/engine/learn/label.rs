//! One label: learnt from the documents that have it, asked on new ones.

use super::calibrate::{Decision, Evidence, evidence, temperature};
use super::candidates::{Candidate, Document, Kind};
use super::features::features;
use super::formats::Formats;
use super::linear::{DENSE, Dense, Fit, Sample, Space, Weights, log_sum};
use super::memory::{Hint, agreement};
use super::mend::Known;
use super::name::Name;
use super::text::{bare, hashed_wide, mixed};
use super::truths::{matching, placed};
use super::{LabelSpec, Truth, ValueKind, amounts, codes, dates};
use crate::document::PageRect;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// More candidates than this are thinned out before anything is fitted.
const FEW: usize = 20_000;
/// How many of a document's candidates remain: those that score highest, and some of the others.
const HARDEST: usize = 120;
const OTHERS: usize = 60;
/// The weight of the name's own judgement with no and with many examples, and how many halve the difference.
const NAME_WEIGHT: (f32, f32) = (1.3, 0.2);
const NAME_FADES: f32 = 6.0;
/// The weight of standing where an annotated page of the same layout has the value, before anything is seen.
const AT_PLACE_WEIGHT: f32 = 2.5;

/// What was learnt of a label.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Label {
    pub(super) name: String,
    /// What its values are, as far as anybody knows.
    kind: ValueKind,
    kinds: Vec<Kind>,
    weights: Weights,
    temperature: f32,
    /// Whether a document may have several of it.
    several: bool,
    /// What joins the lines of a value.
    joint: String,
    /// What the examples' values say.
    known: Known,
    /// How its values are written where they are printed in another way.
    formats: Formats,
}

/// What a label says of a document.
#[derive(Clone, Debug)]
pub(super) struct Said<'a> {
    pub(super) candidate: &'a Candidate,
    pub(super) text: String,
    pub(super) evidence: Evidence,
}

/// A document to learn from: its values of the label, and where those of pages like its own are.
pub(super) struct Lesson<'a> {
    pub(super) document: &'a Document,
    pub(super) truths: Vec<&'a Truth>,
    pub(super) hints: Vec<Hint>,
}

/// A document that a label is asked for.
struct Asked<'a> {
    document: &'a Document,
    /// Its own values if it is an example: they must not help to read it.
    own: Vec<&'a str>,
    hints: &'a [Hint],
}

impl<'a> Lesson<'a> {
    /// What its values say.
    fn texts(&self) -> Vec<&'a str> {
        self.truths.iter().filter_map(|truth| truth.text.as_deref()).collect()
    }
}

/// A decision on a document that the deciding model had not seen.
pub(super) struct Trial {
    /// The number of the lesson.
    pub(super) lesson: usize,
    pub(super) decision: Decision,
}

/// Everything that training makes of a label.
pub(super) struct Learnt {
    pub(super) label: Label,
    pub(super) trials: Vec<Trial>,
}

/// The candidates of a lesson.
struct Material<'a> {
    candidates: Vec<&'a Candidate>,
    dense: Vec<Dense>,
    right: Vec<bool>,
    /// Whether the values are unknown: annotated but no candidate.
    lost: bool,
}

impl Label {
    /// A label that is found by its name and type.
    pub(super) fn untrained(spec: &LabelSpec) -> Self {
        let kind = if spec.kind == ValueKind::Unsaid { Name::of(&spec.name).kind() } else { spec.kind };
        let mut dense = [0.0; DENSE];
        dense[0] = 3.0;
        Self {
            name: spec.name.clone(),
            kind,
            kinds: kinds_of(kind),
            weights: Weights::believed(dense),
            temperature: 1.0,
            several: false,
            joint: " ".into(),
            known: Known::default(),
            formats: Formats::default(),
        }
    }

    /// What the values of lessons say of a label; `None` where no lesson has one.
    pub(super) fn begun(spec: &LabelSpec, lessons: &[Lesson<'_>]) -> Option<Self> {
        let mut label = Self::untrained(spec);
        label.kinds = label.fitting_kinds(spec.kind, lessons)?;
        let several = lessons.iter().filter(|l| l.truths.len() > 1).count();
        let with = lessons.iter().filter(|l| !l.truths.is_empty()).count();
        label.several = several * 5 > with;
        let texts = || lessons.iter().flat_map(|l| &l.truths).filter_map(|t| t.text.as_deref());
        if texts().filter(|t| t.trim().contains('\n')).count() * 2
            > texts().filter(|t| t.contains(char::is_whitespace)).count()
        {
            label.joint = "\n".into();
        }
        label.known = Known::of(lessons.iter().map(Lesson::texts));
        if let Some(kind) = label.kinds.first().copied().filter(|kind| kind.typed()) {
            let pairs = lessons.iter().flat_map(|lesson| label.written(lesson));
            label.formats = Formats::of(kind, &pairs.collect::<Vec<_>>());
        }
        Some(label)
    }

    /// What is printed for each of a lesson's values, and what was annotated.
    fn written<'a>(&self, lesson: &Lesson<'a>) -> Vec<(String, &'a str)> {
        let candidates = lesson.document.all(&self.kinds);
        let pair = |truth: &&'a Truth| {
            let found = matching(lesson.document, &candidates, truth);
            let found = placed(lesson.document, &candidates, truth, &found);
            let printed = candidates.iter().zip(found).find(|(_, found)| *found)?.0;
            Some((lesson.document.text(printed, " "), truth.text.as_deref()?))
        };
        lesson.truths.iter().filter_map(pair).collect()
    }

    /// Where a lesson's values stand, as far as they can be found: the page and the upright place.
    pub(super) fn places(&self, lesson: &Lesson<'_>) -> Vec<(usize, PageRect)> {
        const MOST: usize = 8;
        let candidates = lesson.document.all(&self.kinds);
        let mut places = Vec::new();
        for truth in &lesson.truths {
            let found = matching(lesson.document, &candidates, truth);
            let found = placed(lesson.document, &candidates, truth, &found);
            let there = candidates.iter().zip(found).filter(|(_, found)| *found).map(|(candidate, _)| *candidate);
            places.extend(there.take(MOST).filter_map(|c| Some((c.page, PageRect::around(lesson.document.rects(c))?))));
        }
        places
    }

    /// Learns from lessons; `None` where none has a value that can be found.
    ///
    /// `go_on` says whether to, `seed` decides which of many candidates are looked at.
    pub(super) fn trained(
        mut self,
        lessons: &[Lesson<'_>],
        seed: u64,
        go_on: &(dyn Fn() -> bool + Sync),
    ) -> Option<Learnt> {
        let label = &mut self;
        let materials: Vec<Material<'_>> = lessons.iter().map(|lesson| label.material(lesson)).collect();
        let used: Vec<usize> = (0..lessons.len()).filter(|n| !materials[*n].lost).collect();
        if !used.iter().any(|n| materials[*n].right.contains(&true)) {
            return None;
        }
        let space = label.space(lessons, &materials, &used, seed, go_on);
        let all: Vec<usize> = (0..used.len()).collect();
        label.weights = space.fit(&all, &label.fit(used.len(), 40), go_on);
        let trials = label.tried(lessons, &materials, &used, &space, go_on);
        go_on().then_some(Learnt { label: self, trials })
    }

    /// What it says of a document: its best value, or all of them where it may have several.
    ///
    /// `hints` are the places where pages like its own have values of this label.
    pub(super) fn ask<'a>(&self, document: &'a Document, hints: &'a [Hint]) -> Vec<Said<'a>> {
        let candidates = document.all(&self.kinds);
        let dense = self.dense(document, &candidates, hints);
        let scores = scores(&self.weights, document, &candidates, &dense);
        self.decide(&Asked { document, own: Vec::new(), hints }, &candidates, &scores)
    }

    /// The kinds whose candidates hold the values of the lessons; `None` where no value is known.
    fn fitting_kinds(&self, said: ValueKind, lessons: &[Lesson<'_>]) -> Option<Vec<Kind>> {
        let texts: Vec<&str> =
            lessons.iter().flat_map(|l| &l.truths).filter_map(|t| t.text.as_deref()).map(str::trim).collect();
        if !lessons.iter().any(|l| !l.truths.is_empty()) {
            return None;
        }
        if texts.is_empty() {
            return Some(self.kinds.clone());
        }
        let most = |is: &dyn Fn(&str) -> bool| texts.iter().filter(|t| is(t)).count() * 10 > texts.len() * 7;
        let typed = match said {
            ValueKind::Unsaid if most(&dates::is_date) => Some(Kind::Date),
            ValueKind::Unsaid if most(&|t| amounts::whole(t).is_some_and(|f| f.money)) => Some(Kind::Amount),
            ValueKind::Unsaid if most(&codes::is_code) => Some(Kind::Code),
            ValueKind::Unsaid if most(&|t| amounts::whole(t).is_some()) => Some(Kind::Number),
            ValueKind::Unsaid | ValueKind::Text | ValueKind::Address | ValueKind::Table => None,
            _ => self.kinds.first().copied(),
        };
        if let Some(kind) = typed.filter(|kind| share(lessons, &[*kind]) > 0.5) {
            return Some(vec![kind]);
        }
        let spans = share(lessons, &[Kind::Span]);
        let both = share(lessons, &[Kind::Span, Kind::Merge]);
        let lines = texts.iter().any(|t| t.contains('\n'));
        let address = self.kind == ValueKind::Address;
        let text =
            if both > spans + 0.01 || lines || address { vec![Kind::Span, Kind::Merge] } else { vec![Kind::Span] };
        let others = [Kind::Code, Kind::Amount, Kind::Number, Kind::Date].map(|kind| vec![kind]);
        let (mut best, mut most) = (text.clone(), share(lessons, &text));
        for kinds in others {
            let covered = share(lessons, &kinds);
            if covered > most + 0.15 {
                (best, most) = (kinds, covered);
            }
        }
        Some(best)
    }

    fn material<'a>(&self, lesson: &Lesson<'a>) -> Material<'a> {
        let candidates = lesson.document.all(&self.kinds);
        let dense = self.dense(lesson.document, &candidates, &lesson.hints);
        let mut right = vec![false; candidates.len()];
        let mut lost = false;
        for truth in &lesson.truths {
            let mut found = matching(lesson.document, &candidates, truth);
            if self.several {
                found = placed(lesson.document, &candidates, truth, &found);
            }
            lost |= !found.contains(&true);
            right.iter_mut().zip(found).for_each(|(right, found)| *right |= found);
        }
        Material { lost: lost && !right.contains(&true), candidates, dense, right }
    }

    /// How each candidate suits the label's name, 0 for the best of the document, and how far it stands where pages
    /// like this one have the value.
    fn dense(&self, document: &Document, candidates: &[&Candidate], hints: &[Hint]) -> Vec<Dense> {
        let name = Name::of(&self.name);
        let suits: Vec<f32> = candidates.iter().map(|c| name.suits(self.kind, document, c)).collect();
        let most = suits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let meant = |candidate: &Candidate| {
            let near = hints.iter().filter(|hint| hint.page == candidate.page);
            if near.clone().next().is_none() {
                return 0.0;
            }
            let rect = PageRect::around(document.rects(candidate)).unwrap_or_default();
            near.map(|hint| hint.like * agreement(hint, rect)).fold(0.0, f32::max)
        };
        candidates.iter().zip(suits).map(|(c, z)| [(z - most).max(-12.0), meant(c), 0.0]).collect()
    }

    fn fit(&self, lessons: usize, steps: usize) -> Fit {
        let faded = NAME_FADES / (NAME_FADES + lessons as f32);
        let name = NAME_WEIGHT.1 + (NAME_WEIGHT.0 - NAME_WEIGHT.1) * faded;
        Fit { steps, believed: [name, AT_PLACE_WEIGHT, 0.0], firm: [3.0, 1.0, 1.0], several: self.several }
    }

    /// The samples to fit: all candidates where they are few, else the right ones, the hardest and some others.
    fn space(
        &self,
        lessons: &[Lesson<'_>],
        materials: &[Material<'_>],
        used: &[usize],
        seed: u64,
        go_on: &(dyn Fn() -> bool + Sync),
    ) -> Space {
        let all: usize = used.iter().map(|n| materials[*n].candidates.len()).sum();
        let sample = |hardness: &dyn Fn(usize) -> Option<Vec<f32>>| {
            let sample = |n: &usize| sample(lessons[*n].document, &materials[*n], hardness(*n).as_deref(), seed);
            Space::of(used.iter().map(sample).collect())
        };
        if all <= FEW {
            return sample(&|_| None);
        }
        let rough = sample(&|n| Some(materials[n].dense.iter().map(|dense| dense[0]).collect()));
        let which: Vec<usize> = (0..used.len()).collect();
        let weights = rough.fit(&which, &self.fit(used.len(), 12), go_on);
        sample(&|n| {
            let material = &materials[n];
            Some(scores(&weights, lessons[n].document, &material.candidates, &material.dense))
        })
    }

    /// Decides on every lesson with a model that was fitted without it; sets the temperature.
    fn tried(
        &mut self,
        lessons: &[Lesson<'_>],
        materials: &[Material<'_>],
        used: &[usize],
        space: &Space,
        go_on: &(dyn Fn() -> bool + Sync),
    ) -> Vec<Trial> {
        let folds = if used.len() >= 10 { 5 } else { used.len() };
        if used.len() < 3 {
            return Vec::new();
        }
        let mut scored: Vec<(usize, Vec<f32>)> = Vec::new();
        for fold in 0..folds {
            let (kept, held): (Vec<usize>, Vec<usize>) = (0..used.len()).partition(|n| n % folds != fold);
            let weights = space.fit(&kept, &self.fit(kept.len(), 40), go_on);
            for n in held {
                let material = &materials[used[n]];
                let document = lessons[used[n]].document;
                scored.push((used[n], scores(&weights, document, &material.candidates, &material.dense)));
            }
        }
        // What was annotated but is no candidate is not there to be found: saying anything is wrong.
        for n in (0..lessons.len()).filter(|n| materials[*n].lost) {
            let material = &materials[n];
            scored.push((n, scores(&self.weights, lessons[n].document, &material.candidates, &material.dense)));
        }
        scored.sort_by_key(|(n, _)| *n);
        if !self.several {
            let documents: Vec<(Vec<f32>, &[bool])> = scored
                .iter()
                .filter(|(n, _)| !materials[*n].lost)
                .map(|(n, scores)| (scores.clone(), materials[*n].right.as_slice()))
                .collect();
            self.temperature = temperature(&documents);
        }
        let mut trials = Vec::new();
        for (n, scores) in scored {
            let lesson = &lessons[n];
            let asked = Asked { document: lesson.document, own: lesson.texts(), hints: &lesson.hints };
            for said in self.decide(&asked, &materials[n].candidates, &scores) {
                let is = |truth: &&&Truth| truth.text.as_deref().is_some_and(|t| bare(t) == bare(&said.text));
                let by_place = lesson.truths.iter().all(|t| t.text.is_none())
                    && materials[n]
                        .candidates
                        .iter()
                        .zip(&materials[n].right)
                        .any(|(c, r)| *r && std::ptr::eq(*c, said.candidate));
                let right = by_place || lesson.truths.iter().find(is).is_some();
                trials.push(Trial { lesson: n, decision: Decision { evidence: said.evidence, right } });
            }
        }
        trials
    }

    /// The value that is said, from the scores of all candidates.
    fn decide<'a>(&self, asked: &Asked<'a>, candidates: &[&'a Candidate], scores: &[f32]) -> Vec<Said<'a>> {
        if self.several {
            return self.decide_several(asked, candidates, scores);
        }
        let scaled: Vec<f64> = scores.iter().map(|s| f64::from(s * self.temperature)).collect();
        let all = log_sum(scaled.iter().copied().chain([0.0]));
        let mut by_value: HashMap<u64, (f32, usize)> = HashMap::new();
        for (n, candidate) in candidates.iter().enumerate() {
            let probability = (scaled[n] - all).exp() as f32;
            let entry = by_value.entry(candidate.value).or_insert((0.0, n));
            entry.0 += probability;
            if scaled[n] > scaled[entry.1] {
                entry.1 = n;
            }
        }
        let mut values: Vec<(f32, usize)> = by_value.into_values().collect();
        values.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let Some((probability, n)) = values.first().copied() else { return Vec::new() };
        let second = values.get(1).map_or(0.0, |(p, _)| *p);
        vec![self.said(asked, candidates[n], probability, second)]
    }

    /// All values that are more likely right than a third, none over another.
    fn decide_several<'a>(&self, asked: &Asked<'a>, candidates: &[&'a Candidate], scores: &[f32]) -> Vec<Said<'a>> {
        let probability = |n: usize| 1.0 / (1.0 + (-scores[n] * self.temperature).exp());
        let mut order: Vec<usize> = (0..candidates.len()).filter(|n| probability(*n) > 0.3).collect();
        order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]).then(a.cmp(b)));
        let mut said: Vec<Said<'a>> = Vec::new();
        for n in order {
            if !said.iter().any(|s| overlap(s.candidate, candidates[n])) {
                said.push(self.said(asked, candidates[n], probability(n), 0.0));
            }
        }
        said.sort_by_key(|s| (s.candidate.page, s.candidate.chain[0], s.candidate.start));
        said
    }

    fn said<'a>(&self, asked: &Asked<'a>, candidate: &'a Candidate, probability: f32, second: f32) -> Said<'a> {
        let Asked { document, own, hints } = asked;
        let mut text = document.text(candidate, &self.joint);
        let mut words = document.scores(candidate);
        // The words of a text layer are certain: what they say is what is printed.
        let doubtful = words.iter().any(|score| *score < 0.9999);
        if doubtful && matches!(candidate.kind, Kind::Span | Kind::Merge) && !self.known.says(&text, own) {
            if let Some(value) = self.known.value(&text, own).filter(|_| self.known.mends_values) {
                value.clone_into(&mut text);
            } else if self.known.mends_words {
                text = self.known.words(&text, &words, own);
            }
        }
        if let Some(said) = self.formats.said(candidate.kind, &text) {
            text = said;
        }
        // Letters do not come together as a known value by misreading.
        let known = self.known.says(&text, own);
        if known {
            words.clear();
        }
        let layout = hints.iter().map(|hint| hint.like).fold(0.0, f32::max);
        let evidence = evidence(probability, second, &words, known, layout);
        Said { candidate, text, evidence }
    }
}

/// The kinds of candidates for values of a kind.
fn kinds_of(kind: ValueKind) -> Vec<Kind> {
    match kind {
        ValueKind::Date => vec![Kind::Date],
        ValueKind::Amount => vec![Kind::Amount],
        ValueKind::Number => vec![Kind::Number],
        ValueKind::Id => vec![Kind::Code],
        ValueKind::Address => vec![Kind::Span, Kind::Merge],
        ValueKind::Unsaid | ValueKind::Text | ValueKind::Table => vec![Kind::Span],
    }
}

/// The share of annotated texts that are candidates of the kinds, letter by letter or in another format.
fn share(lessons: &[Lesson<'_>], kinds: &[Kind]) -> f32 {
    let (mut found, mut all) = (0, 0);
    for lesson in lessons {
        let candidates = lesson.document.all(kinds);
        for text in lesson.truths.iter().filter_map(|t| t.text.as_deref()) {
            let value = hashed_wide(&bare(text));
            all += 1;
            let (day, figure) = (dates::is_date(text), amounts::whole(text).is_some());
            let is = |c: &&Candidate| match c.kind {
                Kind::Date if day => dates::same_day(&lesson.document.text(c, " "), text),
                Kind::Amount | Kind::Number if figure => amounts::same_amount(&lesson.document.text(c, " "), text),
                _ => c.value == value,
            };
            found += u32::from(candidates.iter().any(is));
        }
    }
    found as f32 / all.max(1) as f32
}

/// The score of each candidate above saying nothing.
fn scores(weights: &Weights, document: &Document, candidates: &[&Candidate], dense: &[Dense]) -> Vec<f32> {
    let mut found = Vec::new();
    let score = |(candidate, dense): (&&Candidate, &Dense)| {
        features(document, candidate, &mut found);
        weights.score(&found, *dense)
    };
    candidates.iter().zip(dense).map(score).collect()
}

/// The candidates of a document that a model is fitted to; all of them where no hardness is given.
fn sample(document: &Document, material: &Material<'_>, hardness: Option<&[f32]>, seed: u64) -> Sample {
    let count = material.candidates.len();
    let mut chosen: Vec<usize> = (0..count).collect();
    if let Some(hardness) = hardness.filter(|_| count > HARDEST + OTHERS) {
        chosen.sort_by(|a, b| hardness[*b].total_cmp(&hardness[*a]).then(a.cmp(b)));
        let mut rest = chosen.split_off(HARDEST);
        rest.sort_by_key(|n| mixed(mixed(seed as u32, *n as u32), material.candidates[*n].value as u32));
        let (right, wrong): (Vec<usize>, Vec<usize>) = rest.into_iter().partition(|n| material.right[*n]);
        chosen.extend(right);
        chosen.extend(wrong.into_iter().take(OTHERS));
        chosen.sort_unstable();
    }
    let mut sample = Sample::default();
    let mut found = Vec::new();
    for n in chosen {
        features(document, material.candidates[n], &mut found);
        sample.push(&found, material.dense[n], material.right[n]);
    }
    sample
}

/// Whether two candidates share letters.
fn overlap(a: &Candidate, b: &Candidate) -> bool {
    if a.page != b.page || !a.chain.iter().any(|n| b.chain.contains(n)) {
        return false;
    }
    a.chain.len() > 1 || b.chain.len() > 1 || (a.start < b.end && b.start < a.end)
}
