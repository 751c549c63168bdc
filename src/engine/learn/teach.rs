//! How a label learns: from the documents that have it, with what it decides on those that it was not shown.

use super::calibrate::{Decision, temperature};
use super::candidates::{Candidate, Document, Kind};
use super::features::features;
use super::formats::Formats;
use super::label::{Asked, Label, scores};
use super::linear::{Dense, Fit, Sample, Space};
use super::memory::Hint;
use super::mend::Known;
use super::text::{bare, hashed_wide, mixed};
use super::truths::{matching, placed};
use super::{LabelSpec, Truth, ValueKind, codes};
use crate::document::PageRect;
use crate::document::{amounts, dates};

/// More candidates than this are thinned out before anything is fitted.
const FEW: usize = 20_000;
/// Of fewer documents each is held out by itself.
pub(super) const EACH_ALONE: usize = 10;
/// In so many parts documents are held out; which one a document is in, its contents decide.
pub(super) const PARTS: usize = 5;
/// How many of a document's candidates remain: those that score highest, and some of the others.
const HARDEST: usize = 120;
const OTHERS: usize = 60;
/// The weight of the name's own judgement with no and with many examples, and how many halve the difference.
const NAME_WEIGHT: (f32, f32) = (1.3, 0.2);
const NAME_FADES: f32 = 6.0;
/// The weight of standing where an annotated page of the same layout has the value, before anything is seen.
const AT_PLACE_WEIGHT: f32 = 2.5;

/// A document to learn from: its values of the label, and where those of pages like its own are.
pub(super) struct Lesson<'a> {
    pub(super) document: &'a Document,
    pub(super) truths: Vec<&'a Truth>,
    pub(super) hints: Vec<Hint>,
    /// The part in which it is held out, from 0.
    pub(super) part: usize,
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
        if used.len() < 3 {
            return Vec::new();
        }
        // Of few each is held out by itself.
        let part = |n: usize| if used.len() < EACH_ALONE { n } else { lessons[used[n]].part };
        let parts = if used.len() < EACH_ALONE { used.len() } else { PARTS };
        let mut scored: Vec<(usize, Vec<f32>)> = Vec::new();
        for held_out in 0..parts {
            let (kept, held): (Vec<usize>, Vec<usize>) = (0..used.len()).partition(|n| part(*n) != held_out);
            if held.is_empty() || kept.is_empty() {
                continue;
            }
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
        self.choose_mending(lessons, materials, &scored);
        self.trials(lessons, materials, &scored)
    }

    /// Keeps of the two ways to mend what makes most values right.
    fn choose_mending(&mut self, lessons: &[Lesson<'_>], materials: &[Material<'_>], scored: &[(usize, Vec<f32>)]) {
        const MOST: usize = 150;
        if !self.kinds.contains(&Kind::Span) {
            return;
        }
        let tried = &scored[..scored.len().min(MOST)];
        let mut best = (0, (true, true));
        for ways in [(true, true), (true, false), (false, true), (false, false)] {
            (self.known.mends_values, self.known.mends_words) = ways;
            let trials = self.trials(lessons, materials, tried);
            let right = 1 + trials.iter().filter(|trial| trial.decision.right).count();
            if right > best.0 {
                best = (right, ways);
            }
        }
        (self.known.mends_values, self.known.mends_words) = best.1;
    }

    /// The decisions from the scores of lessons.
    fn trials(&self, lessons: &[Lesson<'_>], materials: &[Material<'_>], scored: &[(usize, Vec<f32>)]) -> Vec<Trial> {
        let mut trials = Vec::new();
        for (n, scores) in scored {
            let (n, lesson) = (*n, &lessons[*n]);
            let asked = Asked { document: lesson.document, own: lesson.texts(), hints: &lesson.hints };
            for said in self.decide(&asked, &materials[n].candidates, scores) {
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
