//! Scores → probabilities: how often a value said with this evidence was right on documents not trained on.
//!
//! First a temperature for each label, then one logistic regression over the decisions of all labels, with how much
//! surer or less sure each label is. It begins at what was seen on orders and receipts with few examples and leaves that
//! only as far as decisions show.

use super::candidates::Kind;
use super::linear::log_sum;
use super::optimise::minimise;
use serde::{Deserialize, Serialize};

/// How many things are known of a decision.
pub(super) const EVIDENCE: usize = 9;

/// What is known of a decision: see [`evidence`].
pub(super) type Evidence = [f32; EVIDENCE];

/// What [`evidence`] is made from.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Facts<'a> {
    /// The probability of what is said, and that of the second best.
    pub(super) probability: f32,
    pub(super) second: f32,
    /// The scores of its doubtful words.
    pub(super) words: &'a [f32],
    /// Whether an example says it.
    pub(super) is_known: bool,
    /// How alike the likest annotated page is.
    pub(super) layout: f32,
    /// How many places of the document say it.
    pub(super) places: usize,
    /// How much of the label's name is missing where some of it stands beside the value, 0 to 1.
    pub(super) unnamed: f32,
    /// How many different values there are to choose from.
    pub(super) values: usize,
}

/// What is known of a decision, as numbers near 0.
pub(super) fn evidence(facts: &Facts<'_>) -> Evidence {
    let odds = |p: f32| (p.clamp(1e-6, 1.0 - 1e-6) / (1.0 - p.clamp(1e-6, 1.0 - 1e-6))).ln();
    let least = facts.words.iter().copied().fold(1.0, f32::min);
    let unread: f32 = facts.words.iter().map(|score| 1.0 - score).sum();
    [
        odds(facts.probability).clamp(-7.0, 7.0),
        facts.probability - facts.second,
        (1.0 - least).min(0.6) * 4.0,
        unread.min(1.5),
        f32::from(u8::from(facts.is_known)),
        facts.layout,
        (facts.places.max(1) as f32).ln().min(2.0),
        facts.unnamed,
        (facts.values.max(1) as f32).ln().min(8.0) / 8.0,
    ]
}

/// A decision on a document not trained on, and whether it was right.
#[derive(Clone, Copy, Debug)]
pub(super) struct Decision {
    pub(super) evidence: Evidence,
    pub(super) right: bool,
}

/// From evidence to probability.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Calibration {
    /// Of each thing that is known; those that came later are missing in models of before.
    weights: Vec<f32>,
    offset: f32,
    /// What each label adds to the offset.
    #[serde(default)]
    labels: Vec<f32>,
}

impl Default for Calibration {
    /// What is believed before anything was decided.
    fn default() -> Self {
        let weights = vec![0.25, 1.8, -1.5, -0.2, -0.3, 0.2, 0.3, 0.0, 0.0];
        Self { weights, offset: -0.4, labels: Vec::new() }
    }
}

/// How much surer than others a label is believed to be whose values are of this kind: days are hardly mistaken, words
/// and codes have ends that may be wrong.
fn believed_of(kind: Option<Kind>) -> f32 {
    match kind {
        Some(Kind::Date) => 0.3,
        Some(Kind::Span | Kind::Merge | Kind::Code) => -0.3,
        _ => 0.0,
    }
}

impl Calibration {
    /// For an extractor that decided on nothing yet, with labels of these kinds: names and types say more than the spread
    /// over many candidates shows. Fitted to receipts, orders, invoices and forms that it was asked about untrained.
    pub(super) fn untried(kinds: &[Option<Kind>]) -> Self {
        let weights = vec![0.8, 0.2, -1.05, -0.4, 0.8, 0.8, 0.0, -1.55, -2.1];
        let own = |kind: &Option<Kind>| if *kind == Some(Kind::Date) { 1.2 } else { 0.0 };
        Self { weights, offset: 2.15, labels: kinds.iter().map(own).collect() }
    }

    /// The calibration that explains the decisions of labels of these kinds best.
    pub(super) fn of(decisions: &[Vec<Decision>], kinds: &[Option<Kind>]) -> Self {
        if decisions.iter().all(Vec::is_empty) {
            return Self::untried(kinds);
        }
        let labels = kinds.iter().copied().map(believed_of).collect();
        Self::starting_at(&Self { labels, ..Self::default() }, decisions)
    }

    /// That evidence that is the odds of a score says what it says.
    pub(super) fn as_said() -> Self {
        let mut weights = vec![0.0; EVIDENCE];
        weights[0] = 1.0;
        Self { weights, offset: 0.0, labels: vec![0.0] }
    }

    /// The calibration that explains the decisions of labels best, if `start` is believed before.
    pub(super) fn starting_at(start: &Self, decisions: &[Vec<Decision>]) -> Self {
        let start: Vec<f64> =
            start.weights.iter().chain([&start.offset]).chain(&start.labels).map(|weight| f64::from(*weight)).collect();
        let mut x = start.clone();
        minimise(&mut x, 100, |x, gradient| loss(decisions, &start, x, gradient), || true);
        let mut x = x.into_iter().map(|weight| weight as f32);
        let weights = x.by_ref().take(EVIDENCE).collect();
        let offset = x.next().unwrap_or_default();
        Self { weights, offset, labels: x.collect() }
    }

    /// The probability that a decision of label number `label` with this evidence is right.
    pub(super) fn probability(&self, label: usize, evidence: Evidence) -> f32 {
        let sum: f32 = evidence.iter().zip(&self.weights).map(|(e, w)| e * w).sum();
        let own = self.labels.get(label).copied().unwrap_or(0.0);
        1.0 / (1.0 + (-sum - self.offset - own).exp())
    }
}

/// How badly the weights `x` explain the decisions, and how far they are from what is believed.
fn loss(decisions: &[Vec<Decision>], believed: &[f64], x: &[f64], gradient: &mut [f64]) -> f64 {
    /// How many decisions what is believed is worth: of what all labels share, and of what each adds.
    const FIRM: f64 = 20.0;
    const FIRM_OF_LABEL: f64 = 2.0;
    let mut loss = 0.0;
    for n in 0..x.len() {
        let (off, firm) = (x[n] - believed[n], if n > EVIDENCE { FIRM_OF_LABEL } else { FIRM });
        loss += 0.5 * firm * off * off;
        gradient[n] = firm * off;
    }
    for (label, decision) in decisions.iter().enumerate().flat_map(|(n, all)| all.iter().map(move |d| (n, d))) {
        let own = EVIDENCE + 1 + label;
        let sum: f64 = decision.evidence.iter().zip(x).map(|(e, w)| f64::from(*e) * w).sum();
        let probability = 1.0 / (1.0 + (-sum - x[EVIDENCE] - x[own]).exp());
        let hit = if decision.right { probability } else { 1.0 - probability };
        loss -= hit.max(1e-9).ln();
        let off = probability - f64::from(u8::from(decision.right));
        for (g, e) in gradient.iter_mut().zip(decision.evidence) {
            *g += off * f64::from(e);
        }
        gradient[EVIDENCE] += off;
        gradient[own] += off;
    }
    loss
}

/// The temperature that makes the scores of documents not trained on most probable: each document the scores of its
/// candidates above saying nothing, and which of them are right.
pub(super) fn temperature(documents: &[(Vec<f32>, &[bool])]) -> f32 {
    const TRIED: [f32; 8] = [0.4, 0.55, 0.7, 0.85, 1.0, 1.3, 1.7, 2.2];
    let loss = |t: f32| -> f64 {
        documents
            .iter()
            .map(|(scores, right)| {
                let scaled = scores.iter().map(|s| f64::from(s * t));
                let all = log_sum(scaled.clone().chain([0.0]));
                let good = if right.contains(&true) {
                    log_sum(scaled.zip(*right).filter(|(_, right)| **right).map(|(s, _)| s))
                } else {
                    0.0
                };
                all - good
            })
            .sum()
    };
    let mut best = (1.0, loss(1.0) - 1e-9);
    for t in TRIED {
        let loss = loss(t);
        if loss < best.1 {
            best = (t, loss);
        }
    }
    best.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[f32], places: usize) -> Facts<'_> {
        Facts { probability: 0.95, second: 0.02, words, places, values: 1, ..Facts::default() }
    }

    fn decisions(evidence: Evidence, count: usize, right: impl Fn(usize) -> bool) -> Vec<Decision> {
        (0..count).map(|n| Decision { evidence, right: right(n) }).collect()
    }

    #[test]
    fn decisions_teach_how_much_to_trust() {
        let sure = evidence(&read(&[0.99], 1));
        let learnt = Calibration::of(&[decisions(sure, 200, |n| n % 2 == 0)], &[None]).probability(0, sure);
        assert!((learnt - 0.5).abs() < 0.05, "{learnt}");
        assert!(Calibration::default().probability(0, sure) > 0.8);
    }

    #[test]
    fn a_label_that_is_wrong_more_often_is_trusted_less() {
        let sure = evidence(&read(&[0.99], 1));
        let both = [decisions(sure, 20, |_| true), decisions(sure, 20, |n| n % 2 == 0)];
        let learnt = Calibration::of(&both, &[None, None]);
        assert!(learnt.probability(0, sure) > learnt.probability(1, sure) + 0.2);
        assert!(learnt.probability(7, sure) < learnt.probability(0, sure), "one that came later adds nothing");
    }

    #[test]
    fn badly_read_words_are_doubted_and_what_is_said_twice_is_not() {
        let p = |score: f32, places: usize| Calibration::default().probability(0, evidence(&read(&[score], places)));
        assert!(p(0.99, 1) > p(0.6, 1) && p(0.99, 2) > p(0.99, 1));
    }

    #[test]
    fn before_anything_was_decided_half_a_name_and_many_values_are_doubted() {
        let untried = Calibration::untried(&[None, Some(Kind::Date)]);
        let p = |label: usize, unnamed: f32, values: usize| {
            untried.probability(label, evidence(&Facts { unnamed, values, ..read(&[], 1) }))
        };
        assert!(p(0, 0.0, 1) > p(0, 0.5, 1) && p(0, 0.0, 1) > p(0, 0.0, 40));
        assert!(p(1, 0.0, 1) > p(0, 0.0, 1), "days are hardly mistaken");
    }

    #[test]
    fn a_calibration_of_before_is_read() {
        let before = r#"{"weights":[0.8,0.0,-0.5,-0.5,0.0,0.3],"offset":-0.2}"#;
        let evidence = evidence(&read(&[], 3));
        let read: Calibration = serde_json::from_str(before).unwrap();
        let odds = 0.8 * evidence[0] - 0.2;
        assert!((read.probability(3, evidence) - 1.0 / (1.0 + (-odds).exp())).abs() < 1e-5);
    }

    #[test]
    fn overconfident_scores_are_cooled() {
        let wrong = (vec![8.0, 0.0], [false, true]);
        let right = (vec![8.0, 0.0], [true, false]);
        let documents = [(wrong.0, &wrong.1[..]), (right.0, &right.1[..])];
        assert!(temperature(&documents) < 0.5);
        assert!((temperature(&[]) - 1.0).abs() < 1e-6);
    }
}
