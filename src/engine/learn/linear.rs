//! The log-linear model of one label: a candidate's score is the sum of its features' weights; of a document's
//! candidates, and of saying nothing, each is as likely as its score says.

use super::optimise::minimise;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// How many features have a value instead of being there or not.
pub(super) const DENSE: usize = 3;
/// How firmly weights are believed to be 0 before anything is seen (the L2 penalty; 1 says .005 fewer orders right).
const FIRM: f64 = 0.4;
/// Weights smaller than this are left out.
const SMALLEST: f32 = 0.004;
/// Weights are kept in steps of this.
const STEP: f32 = 1.0 / 1024.0;

/// The features that have a value.
pub(super) type Dense = [f32; DENSE];

/// A few candidates of one document, with what is known of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Sample {
    /// The features of all, one candidate after the other.
    features: Vec<u32>,
    /// Where each candidate's features end.
    ends: Vec<usize>,
    dense: Vec<Dense>,
    positive: Vec<bool>,
}

impl Sample {
    pub(super) fn push(&mut self, features: &[u32], dense: Dense, positive: bool) {
        self.features.extend_from_slice(features);
        self.ends.push(self.features.len());
        self.dense.push(dense);
        self.positive.push(positive);
    }

    fn len(&self) -> usize {
        self.ends.len()
    }

    fn row(&self, n: usize) -> &[u32] {
        &self.features[if n == 0 { 0 } else { self.ends[n - 1] }..self.ends[n]]
    }
}

/// How to fit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fit {
    pub(super) steps: usize,
    /// What the weights of the dense features are believed to be before anything is seen, and how firmly.
    pub(super) believed: Dense,
    pub(super) firm: Dense,
    /// Whether a document may have several values: each candidate is then right or wrong by itself.
    pub(super) several: bool,
}

/// The samples of a label with features numbered from 0.
pub(super) struct Space {
    hashes: Vec<u32>,
    samples: Vec<Sample>,
}

impl Space {
    pub(super) fn of(mut samples: Vec<Sample>) -> Self {
        let mut numbers: HashMap<u32, u32, Plain> = HashMap::default();
        let mut hashes = Vec::new();
        for feature in samples.iter_mut().flat_map(|sample| &mut sample.features) {
            *feature = *numbers.entry(*feature).or_insert_with(|| {
                hashes.push(*feature);
                hashes.len() as u32 - 1
            });
        }
        Self { hashes, samples }
    }

    /// The weights that explain the samples of `which` best.
    pub(super) fn fit(&self, which: &[usize], fit: &Fit, go_on: impl Fn() -> bool) -> Weights {
        let samples: Vec<&Sample> = which.iter().map(|n| &self.samples[*n]).filter(|s| s.len() > 0).collect();
        let n = self.hashes.len();
        let mut x = vec![0.0; n + DENSE + 1];
        for (x, believed) in x[n..].iter_mut().zip(fit.believed) {
            *x = f64::from(believed);
        }
        if fit.several {
            x[n + DENSE] = 3.0;
        }
        let mut scores = Vec::new();
        minimise(
            &mut x,
            fit.steps,
            |x, gradient| {
                gradient.fill(0.0);
                let mut loss = penalty(x, gradient, n, fit);
                for sample in &samples {
                    loss += if fit.several {
                        each_loss(sample, x, gradient, n)
                    } else {
                        one_loss(sample, x, gradient, n, &mut scores)
                    };
                }
                loss
            },
            go_on,
        );
        let mut weights = Weights { null: x[n + DENSE] as f32, ..Weights::default() };
        for (d, weight) in weights.dense.iter_mut().zip(&x[n..]) {
            *d = *weight as f32;
        }
        let pairs = self.hashes.iter().zip(&x).map(|(hash, weight)| (*hash, *weight as f32));
        weights.by_hash = pairs.filter(|(_, weight)| weight.abs() >= SMALLEST).map(|(h, w)| (h, stepped(w))).collect();
        weights
    }
}

/// A weight as it is kept.
fn stepped(weight: f32) -> f32 {
    (weight / STEP).round().clamp(-32_000.0, 32_000.0) * STEP
}

/// What large weights cost.
fn penalty(x: &[f64], gradient: &mut [f64], n: usize, fit: &Fit) -> f64 {
    let mut loss = 0.0;
    for (g, w) in gradient[..n].iter_mut().zip(x) {
        loss += 0.5 * FIRM * w * w;
        *g = FIRM * *w;
    }
    for d in 0..DENSE {
        let (off, firm) = (x[n + d] - f64::from(fit.believed[d]), f64::from(fit.firm[d]));
        loss += 0.5 * firm * off * off;
        gradient[n + d] = firm * off;
    }
    let null = x[n + DENSE];
    gradient[n + DENSE] = 0.1 * null;
    loss + 0.05 * null * null
}

fn score(sample: &Sample, row: usize, x: &[f64], n: usize) -> f64 {
    let sparse: f64 = sample.row(row).iter().map(|f| x[*f as usize]).sum();
    sparse + sample.dense[row].iter().zip(&x[n..]).map(|(d, w)| f64::from(*d) * w).sum::<f64>()
}

fn add_row(sample: &Sample, row: usize, by: f64, gradient: &mut [f64], n: usize) {
    if by.abs() < 1e-9 {
        return;
    }
    for feature in sample.row(row) {
        gradient[*feature as usize] += by;
    }
    for (d, value) in sample.dense[row].iter().enumerate() {
        gradient[n + d] += by * f64::from(*value);
    }
}

/// Minus the log of the probability of all that is right, or of saying nothing where nothing is.
fn one_loss(sample: &Sample, x: &[f64], gradient: &mut [f64], n: usize, scores: &mut Vec<f64>) -> f64 {
    let null = x[n + DENSE];
    scores.clear();
    scores.extend((0..sample.len()).map(|row| score(sample, row, x, n)));
    let all = log_sum(scores.iter().copied().chain([null]));
    let right = sample.positive.contains(&true);
    let good = if right {
        log_sum(scores.iter().zip(&sample.positive).filter(|(_, right)| **right).map(|(s, _)| *s))
    } else {
        null
    };
    for (row, score) in scores.iter().enumerate() {
        let target = if sample.positive[row] { (score - good).exp() } else { 0.0 };
        add_row(sample, row, (score - all).exp() - target, gradient, n);
    }
    gradient[n + DENSE] += (null - all).exp() - f64::from(u8::from(!right));
    all - good
}

/// Minus the log of the probability of each candidate being right or wrong, as it is.
fn each_loss(sample: &Sample, x: &[f64], gradient: &mut [f64], n: usize) -> f64 {
    let null = x[n + DENSE];
    let mut loss = 0.0;
    for row in 0..sample.len() {
        let score = score(sample, row, x, n) - null;
        let probability = 1.0 / (1.0 + (-score).exp());
        let target = f64::from(u8::from(sample.positive[row]));
        loss -= if sample.positive[row] { probability.max(1e-12).ln() } else { (1.0 - probability).max(1e-12).ln() };
        add_row(sample, row, probability - target, gradient, n);
        gradient[n + DENSE] -= probability - target;
    }
    loss
}

/// The logarithm of the sum of the values' exponentials; minus infinity of none.
pub(super) fn log_sum(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let most = values.clone().fold(f64::NEG_INFINITY, f64::max);
    if most.is_finite() { most + values.map(|v| (v - most).exp()).sum::<f64>().ln() } else { most }
}

/// What a label's model has learnt.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Weights {
    #[serde(serialize_with = "packed", deserialize_with = "unpacked")]
    by_hash: HashMap<u32, f32, Plain>,
    pub(super) dense: Dense,
    /// The score of saying nothing.
    pub(super) null: f32,
}

impl Weights {
    /// Weights that nothing was learnt for: only the dense features count.
    pub(super) fn believed(dense: Dense) -> Self {
        Self { dense, ..Self::default() }
    }

    /// A candidate's score above that of saying nothing.
    pub(super) fn score(&self, features: &[u32], dense: Dense) -> f32 {
        let sparse: f32 = features.iter().filter_map(|f| self.by_hash.get(f)).sum();
        sparse + dense.iter().zip(self.dense).map(|(d, w)| d * w).sum::<f32>() - self.null
    }
}

/// Weights as text: by rising hash, the distance to the last one in groups of seven bits, then the weight in steps.
fn packed<S: Serializer>(by_hash: &HashMap<u32, f32, Plain>, serializer: S) -> Result<S::Ok, S::Error> {
    let mut pairs: Vec<(u32, f32)> = by_hash.iter().map(|(hash, weight)| (*hash, *weight)).collect();
    pairs.sort_unstable_by_key(|(hash, _)| *hash);
    let (mut bytes, mut last) = (Vec::new(), 0);
    for (hash, weight) in pairs {
        let mut distance = hash - last;
        while distance > 127 {
            bytes.push(distance as u8 | 128);
            distance >>= 7;
        }
        bytes.push(distance as u8);
        bytes.extend(((weight / STEP).round() as i16).to_le_bytes());
        last = hash;
    }
    serializer.serialize_str(&BASE64.encode(bytes))
}

fn unpacked<'de, D: Deserializer<'de>>(deserializer: D) -> Result<HashMap<u32, f32, Plain>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let bytes = BASE64.decode(text).map_err(serde::de::Error::custom)?;
    let (mut by_hash, mut last, mut bytes) = (HashMap::default(), 0_u32, bytes.into_iter());
    while let Some(first) = bytes.next() {
        let (mut distance, mut shift, mut byte) = (u32::from(first & 127), 7, first);
        while byte > 127 && shift < 32 {
            byte = bytes.next().ok_or_else(|| serde::de::Error::custom("weights break off"))?;
            distance |= u32::from(byte & 127) << shift;
            shift += 7;
        }
        let (Some(low), Some(high)) = (bytes.next(), bytes.next()) else {
            return Err(serde::de::Error::custom("weights break off"));
        };
        last = last.wrapping_add(distance);
        by_hash.insert(last, f32::from(i16::from_le_bytes([low, high])) * STEP);
    }
    Ok(by_hash)
}

/// Hashes what is a hash already.
#[derive(Default)]
pub(super) struct AsItIs(u64);

type Plain = BuildHasherDefault<AsItIs>;

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3);
        }
    }

    fn write_u32(&mut self, value: u32) {
        self.0 = u64::from(value).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIT: Fit = Fit { steps: 40, believed: [0.0; DENSE], firm: [1.0; DENSE], several: false };

    /// Documents with a right candidate (feature 7), two wrong ones, and one without a right one.
    fn space() -> Space {
        let mut samples = vec![Sample::default(); 6];
        for (n, sample) in samples.iter_mut().enumerate() {
            sample.push(&[1, 10 + n as u32], [0.0; DENSE], false);
            if n > 0 {
                sample.push(&[7, 1], [0.0; DENSE], true);
            }
            sample.push(&[2], [0.0; DENSE], false);
        }
        Space::of(samples)
    }

    #[test]
    fn what_the_right_ones_share_is_learnt() {
        let weights = space().fit(&[0, 1, 2, 3, 4, 5], &FIT, || true);
        let score = |features: &[u32]| weights.score(features, [0.0; DENSE]);
        assert!(score(&[7, 1]) > score(&[1]) + 1.0 && score(&[7, 1]) > score(&[2]) + 1.0);
    }

    #[test]
    fn several_values_are_each_right_by_itself() {
        let fit = Fit { several: true, ..FIT };
        let weights = space().fit(&[0, 1, 2, 3, 4, 5], &fit, || true);
        assert!(weights.score(&[7, 1], [0.0; DENSE]) > weights.score(&[2], [0.0; DENSE]) + 1.0);
    }

    #[test]
    fn weights_are_the_same_after_writing_and_reading() {
        let weights = space().fit(&[1, 2, 3], &FIT, || true);
        let text = serde_json::to_string(&weights).unwrap();
        let read: Weights = serde_json::from_str(&text).unwrap();
        assert_eq!(read, weights);
        let broken = r#"{"by_hash":"gA==","dense":[0.0,0.0,0.0],"null":0.0}"#;
        assert!(serde_json::from_str::<Weights>(broken).is_err());
    }

    #[test]
    fn nothing_to_fit_is_nothing_learnt() {
        let weights = Space::of(Vec::new()).fit(&[], &FIT, || true);
        assert!(weights.score(&[1], [0.0; DENSE]).abs() < 0.01);
        assert!((log_sum([0.0, 0.0].into_iter()) - 2.0_f64.ln()).abs() < 1e-9);
    }
}
