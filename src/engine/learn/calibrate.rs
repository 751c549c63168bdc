//! Scores → probabilities: how often a value said with this evidence was right on documents not trained on.
//!
//! First a temperature for each label, then one logistic regression over the decisions of all labels. It begins at
//! "the probability is what the model says" and leaves that only as far as decisions show.

use super::linear::log_sum;
use super::optimise::minimise;
use serde::{Deserialize, Serialize};

/// How many things are known of a decision.
pub(super) const EVIDENCE: usize = 6;

/// What is known of a decision: see [`evidence`].
pub(super) type Evidence = [f32; EVIDENCE];

/// What is known of a decision, as numbers near 0.
pub(super) fn evidence(probability: f32, second: f32, words: &[f32], known: bool, layout: f32) -> Evidence {
    let odds = |p: f32| (p.clamp(1e-6, 1.0 - 1e-6) / (1.0 - p.clamp(1e-6, 1.0 - 1e-6))).ln();
    let least = words.iter().copied().fold(1.0, f32::min);
    let unread: f32 = words.iter().map(|score| 1.0 - score).sum();
    [
        odds(probability).clamp(-7.0, 7.0),
        probability - second,
        (1.0 - least).min(0.6) * 4.0,
        unread.min(1.5),
        f32::from(u8::from(known)),
        layout,
    ]
}

/// A decision on a document not trained on, and whether it was right.
#[derive(Clone, Copy, Debug)]
pub(super) struct Decision {
    pub(super) evidence: Evidence,
    pub(super) right: bool,
}

/// From evidence to probability.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Calibration {
    weights: Evidence,
    offset: f32,
}

impl Default for Calibration {
    /// What is believed before anything was decided: the model's own probability, a little less sure.
    fn default() -> Self {
        Self { weights: [0.8, 0.0, -0.5, -0.5, 0.0, 0.3], offset: -0.2 }
    }
}

impl Calibration {
    /// For an extractor that decided on nothing yet: names and types say more than the spread over many candidates shows.
    pub(super) fn untried() -> Self {
        Self { offset: 1.2, ..Self::default() }
    }

    /// The calibration that explains the decisions best.
    pub(super) fn of(decisions: &[Decision]) -> Self {
        const FIRM: f64 = 2.0;
        if decisions.is_empty() {
            return Self::untried();
        }
        let believed = Self::default();
        let start: Vec<f64> =
            believed.weights.iter().chain([&believed.offset]).map(|weight| f64::from(*weight)).collect();
        let mut x = start.clone();
        minimise(
            &mut x,
            100,
            |x, gradient| {
                let mut loss = 0.0;
                for n in 0..x.len() {
                    let off = x[n] - start[n];
                    loss += 0.5 * FIRM * off * off;
                    gradient[n] = FIRM * off;
                }
                for decision in decisions {
                    let sum: f64 = decision.evidence.iter().zip(x).map(|(e, w)| f64::from(*e) * w).sum();
                    let probability = 1.0 / (1.0 + (-sum - x[EVIDENCE]).exp());
                    let target = f64::from(u8::from(decision.right));
                    let hit = if decision.right { probability } else { 1.0 - probability };
                    loss -= hit.max(1e-9).ln();
                    for (g, e) in gradient.iter_mut().zip(decision.evidence) {
                        *g += (probability - target) * f64::from(e);
                    }
                    gradient[EVIDENCE] += probability - target;
                }
                loss
            },
            || true,
        );
        let mut weights = [0.0; EVIDENCE];
        weights.iter_mut().zip(&x).for_each(|(to, from)| *to = *from as f32);
        Self { weights, offset: x[EVIDENCE] as f32 }
    }

    /// The probability that a decision with this evidence is right.
    pub(super) fn probability(&self, evidence: Evidence) -> f32 {
        let sum: f32 = evidence.iter().zip(self.weights).map(|(e, w)| e * w).sum();
        1.0 / (1.0 + (-sum - self.offset).exp())
    }
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

    #[test]
    fn decisions_teach_how_much_to_trust() {
        let sure = evidence(0.95, 0.02, &[0.99], false, 0.0);
        let decisions: Vec<Decision> = (0..200).map(|n| Decision { evidence: sure, right: n % 2 == 0 }).collect();
        let learnt = Calibration::of(&decisions).probability(sure);
        assert!((learnt - 0.5).abs() < 0.05, "{learnt}");
        assert!(Calibration::default().probability(sure) > 0.8);
    }

    #[test]
    fn badly_read_words_are_doubted() {
        let read = |score: f32| Calibration::default().probability(evidence(0.9, 0.05, &[score], false, 0.0));
        assert!(read(0.99) > read(0.6));
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
