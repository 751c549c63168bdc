//! What training measured on documents that the measured part had not seen.

use serde::{Deserialize, Serialize};

/// How well an extractor finds the values of documents that it was not trained on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Label by label, in the order of the labels given.
    pub labels: Vec<LabelReport>,
    /// F1 over the values of all labels that are no tables, or over the cells of those where no other value could be
    /// measured, 0 to 1; 0 where nothing was.
    pub f1: f32,
    /// There were enough examples to hold some out.
    pub measured: bool,
    /// The examples with a value that was missed or said wrong, as indices of the examples given, rising.
    pub wrong: Vec<usize>,
    /// The examples whose pages say the same as another's and whose values do not, as indices of the examples given,
    /// rising.
    pub contradicting: Vec<usize>,
    /// In which of five parts each example was held out, from 0; empty where each was held out by itself.
    pub parts: Vec<u8>,
}

/// The same of one label. Of one whose values are tables, cells are counted that are not empty, on the documents where it
/// is known what `general` sees; such a cell is right where the annotated column says the same, row after row.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LabelReport {
    /// The label's name.
    pub label: String,
    /// Whether its values are tables, so that cells are counted.
    pub cells: bool,
    /// How many values the examples have; of cells, how many those have that were held out.
    pub truths: u32,
    /// How many were said.
    pub said: u32,
    /// How many of those are right.
    pub right: u32,
    /// Right of those said, 0 to 1.
    pub precision: f32,
    /// Right of those there, 0 to 1.
    pub recall: f32,
    /// Harmonic mean of both.
    pub f1: f32,
}

impl LabelReport {
    /// Works out precision, recall and F1 from the counts.
    pub(super) fn complete(&mut self) {
        let share = |of: u32| self.right as f32 / of.max(1) as f32;
        (self.precision, self.recall) = (share(self.said), share(self.truths));
        self.f1 = 2.0 * self.right as f32 / (self.said + self.truths).max(1) as f32;
    }
}
