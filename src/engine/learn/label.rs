//! One label: what was learnt of it, and what it says of a document. How it learns is in `teach`.

use super::calibrate::{Evidence, Facts, evidence};
use super::candidates::{Candidate, Document, Kind};
use super::features::features;
use super::formats::Formats;
use super::linear::{DENSE, Dense, Weights, log_sum};
use super::memory::{Hint, agreement};
use super::mend::Known;
use super::name::Name;
use super::{LabelSpec, ValueKind};
use crate::document::PageRect;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// The weight of the name's own judgement where nothing else is known.
const NAME_ALONE: f32 = 3.0;
/// A value of several that is less likely right is not said.
const UNLIKELY: f32 = 0.3;

/// What was learnt of a label.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Label {
    pub(super) name: String,
    /// What its values are, as far as anybody knows.
    pub(super) kind: ValueKind,
    pub(super) kinds: Vec<Kind>,
    pub(super) weights: Weights,
    pub(super) temperature: f32,
    /// Whether a document may have several of it.
    pub(super) several: bool,
    /// What joins the lines of a value.
    pub(super) joint: String,
    /// What the examples' values say.
    pub(super) known: Known,
    /// How its values are written where they are printed in another way.
    pub(super) formats: Formats,
}

/// What a label says of a document.
#[derive(Clone, Debug)]
pub(super) struct Said<'a> {
    pub(super) candidate: &'a Candidate,
    pub(super) text: String,
    pub(super) evidence: Evidence,
}

/// A document that a label is asked for.
pub(super) struct Asked<'a> {
    pub(super) document: &'a Document,
    /// Its own values if it is an example: they must not help to read it.
    pub(super) own: Vec<&'a str>,
    pub(super) hints: &'a [Hint],
}

impl Label {
    /// A label that is found by its name and type.
    pub(super) fn untrained(spec: &LabelSpec) -> Self {
        let name = Name::of(&spec.name);
        let kind = if spec.kind == ValueKind::Unsaid { name.kind() } else { spec.kind };
        let mut dense = [0.0; DENSE];
        dense[0] = NAME_ALONE;
        Self {
            name: spec.name.clone(),
            kind,
            kinds: name.kinds(kind),
            weights: Weights::believed(dense),
            temperature: 1.0,
            several: false,
            joint: " ".into(),
            known: Known::default(),
            formats: Formats::default(),
        }
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

    /// How each candidate suits the label's name, 0 for the best of the document, and how far it stands where pages
    /// like this one have the value.
    pub(super) fn dense(&self, document: &Document, candidates: &[&Candidate], hints: &[Hint]) -> Vec<Dense> {
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

    /// The value that is said, from the scores of all candidates.
    pub(super) fn decide<'a>(&self, asked: &Asked<'a>, candidates: &[&'a Candidate], scores: &[f32]) -> Vec<Said<'a>> {
        if self.several {
            return self.decide_several(asked, candidates, scores);
        }
        let scaled: Vec<f64> = scores.iter().map(|s| f64::from(s * self.temperature)).collect();
        let all = log_sum(scaled.iter().copied().chain([0.0]));
        let mut by_value: HashMap<u64, (f32, usize, usize)> = HashMap::new();
        for (n, candidate) in candidates.iter().enumerate() {
            let probability = (scaled[n] - all).exp() as f32;
            let entry = by_value.entry(candidate.value).or_insert((0.0, n, 0));
            entry.0 += probability;
            entry.2 += 1;
            if scaled[n] > scaled[entry.1] {
                entry.1 = n;
            }
        }
        let mut values: Vec<(f32, usize, usize)> = by_value.into_values().collect();
        values.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let Some((probability, n, places)) = values.first().copied() else { return Vec::new() };
        let second = values.get(1).map_or(0.0, |(p, ..)| *p);
        let facts = Facts { probability, second, places, values: values.len(), ..Facts::default() };
        vec![self.said(asked, candidates[n], facts)]
    }

    /// All values that are more likely right than a third, none over another.
    fn decide_several<'a>(&self, asked: &Asked<'a>, candidates: &[&'a Candidate], scores: &[f32]) -> Vec<Said<'a>> {
        let probability = |n: usize| 1.0 / (1.0 + (-scores[n] * self.temperature).exp());
        let mut order: Vec<usize> = (0..candidates.len()).filter(|n| probability(*n) > UNLIKELY).collect();
        order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]).then(a.cmp(b)));
        let mut said: Vec<Said<'a>> = Vec::new();
        let values = order.len();
        for n in order {
            if !said.iter().any(|s| overlap(s.candidate, candidates[n])) {
                let facts = Facts { probability: probability(n), places: 1, values, ..Facts::default() };
                said.push(self.said(asked, candidates[n], facts));
            }
        }
        said.sort_by_key(|s| (s.candidate.page, s.candidate.chain[0], s.candidate.start));
        said
    }

    fn said<'a>(&self, asked: &Asked<'a>, candidate: &'a Candidate, facts: Facts<'_>) -> Said<'a> {
        let Asked { document, own, hints } = asked;
        let mut text = document.text(candidate, &self.joint);
        let mut words = document.scores(candidate);
        // The words of a text layer are certain: what they say is what is printed.
        let doubtful = words.iter().any(|score| *score < 0.9999);
        if doubtful && matches!(candidate.kind, Kind::Span | Kind::Merge) && !self.known.says(&text, own) {
            if let Some(value) = self.known.value(&text, own).filter(|_| self.known.mends_values) {
                value.clone_into(&mut text);
            } else if self.known.mends_words {
                text = self.known.words(&text, &words, own, document.vocabulary());
            }
        }
        if doubtful && matches!(candidate.kind, Kind::Span | Kind::Merge) {
            words = self.known.doubts(&text, &words, own);
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
        let unnamed = Name::of(&self.name).unnamed(document, candidate);
        let evidence = evidence(&Facts { words: &words, is_known: known, layout, unnamed, ..facts });
        Said { candidate, text, evidence }
    }
}

/// The score of each candidate above saying nothing.
pub(super) fn scores(weights: &Weights, document: &Document, candidates: &[&Candidate], dense: &[Dense]) -> Vec<f32> {
    let mut found = Vec::new();
    let score = |(candidate, dense): (&&Candidate, &Dense)| {
        features(document, candidate, &mut found);
        weights.score(&found, *dense)
    };
    candidates.iter().zip(dense).map(score).collect()
}

/// Whether two candidates share letters.
fn overlap(a: &Candidate, b: &Candidate) -> bool {
    if a.page != b.page || !a.chain.iter().any(|n| b.chain.contains(n)) {
        return false;
    }
    a.chain.len() > 1 || b.chain.len() > 1 || (a.start < b.end && b.start < a.end)
}
