//! Models: what they know, what they learnt, what a person does with them.

use super::{ConnectionId, DocumentId};
use crate::api::GENERAL;
pub use crate::api::ModelState;
use crate::document::Problem;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How the values of a label are typed.
pub use crate::engine::learn::ValueKind as LabelKind;

/// A label of a model.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelInfo {
    /// Its name.
    pub name: String,
    /// How its values are typed.
    pub kind: LabelKind,
    /// The columns of a table, in order; empty where nobody said.
    pub columns: Vec<String>,
    /// How often it is annotated in the training set.
    pub count: u32,
}

/// A label that a model is to have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewLabel {
    /// Its name.
    pub name: String,
    /// How its values are typed.
    pub kind: LabelKind,
    /// The columns of a table, in order.
    pub columns: Vec<String>,
}

impl NewLabel {
    /// One without columns.
    pub fn new(name: impl Into<String>, kind: LabelKind) -> Self {
        Self { name: name.into(), kind, columns: Vec::new() }
    }
}

/// How well a label is found on documents that were held out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LabelScore {
    /// The label.
    pub label: String,
    /// Whether its values are tables, of which cells are counted.
    pub cells: bool,
    /// How many values or cells the documents have.
    pub truths: u32,
    /// Right of those said, 0 to 1.
    pub precision: f32,
    /// Right of those there, 0 to 1.
    pub recall: f32,
    /// The harmonic mean of both, 0 to 1.
    pub f1: f32,
}

/// What a model learnt in one training.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VersionInfo {
    /// Its number, from 1.
    pub number: u32,
    /// F1 over all values of documents that were held out, 0 to 1.
    pub f1: Option<f32>,
    /// How many documents it learnt from.
    pub documents: u32,
    /// When it was made, in milliseconds since 1970, UTC.
    pub made_ms: i64,
    /// Label by label.
    pub labels: Vec<LabelScore>,
    /// The documents that it got wrong while they were held out, by the service's names for them.
    pub wrong: Arc<BTreeSet<String>>,
    /// Those that say the same as another one and are annotated in another way, by the same names.
    pub contradicting: Arc<BTreeSet<String>>,
    /// In which part (from 1, of five) each document was held out, by the service's names; empty where each was held out
    /// by itself.
    pub parts: Arc<BTreeMap<String, u8>>,
}

/// A model, as a person chooses and trains it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ModelInfo {
    /// Its id at the service.
    pub id: String,
    /// As shown: its name, or its id where it has none.
    pub name: String,
    /// How far it is.
    pub state: ModelState,
    /// The labels it knows.
    pub labels: Vec<LabelInfo>,
    /// Its accuracy on held-out documents as the service counts it, 0 to 1; `None` where nothing was measured.
    pub accuracy: Option<f32>,
    /// Why its last training failed; empty where it did not.
    pub note: String,
    /// Which of its versions predicts; 0 where it has learnt nothing.
    pub version: u32,
    /// Its versions, oldest first, as far as they were asked for.
    pub versions: Vec<VersionInfo>,
    /// How many documents its training set has, where the service says so.
    pub documents: Option<u32>,
    /// How many files that it read are kept by the service, where that says so.
    pub files: Option<u32>,
    /// How much of its training is done, 0 to 1, where that is known.
    pub progress: Option<f32>,
    /// Its service lets a person rename it, change its labels, go back and delete it.
    pub can_change: bool,
}

impl ModelInfo {
    /// It predicts.
    pub const fn is_ready(&self) -> bool {
        matches!(self.state, ModelState::Hosted | ModelState::Retraining)
    }

    /// It is being trained, or waits to be.
    pub const fn is_busy(&self) -> bool {
        matches!(self.state, ModelState::Queued | ModelState::Training | ModelState::Retraining)
    }

    /// It learns from documents: it has labels and is not the model that reads any document.
    pub fn learns(&self) -> bool {
        self.id != GENERAL
    }

    /// How far it is, in words.
    pub const fn state_words(&self) -> &'static str {
        match self.state {
            ModelState::Error => "training failed",
            ModelState::Created => "no documents yet",
            ModelState::Uploaded => "not annotated yet",
            ModelState::Annotated => "not trained yet",
            ModelState::Queued => "waits to be trained",
            ModelState::Training => "is being trained",
            ModelState::Hosted => "ready",
            ModelState::Retraining => "ready, is being trained again",
            ModelState::Other(_) => "",
        }
    }

    /// The version that predicts.
    pub fn current(&self) -> Option<&VersionInfo> {
        self.versions.iter().find(|version| version.number == self.version)
    }

    /// The version before the one that predicts.
    pub fn previous(&self) -> Option<&VersionInfo> {
        self.versions.iter().rev().find(|version| version.number < self.version)
    }

    /// Whether it has a label of this name.
    pub fn has_label(&self, label: &str) -> bool {
        self.labels.iter().any(|known| known.name == label)
    }
}

/// A change of a label that a model has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LabelChange {
    /// It gets another name; where another label has that, both become one.
    Rename(String, String),
    /// Its values are typed in another way, or a table has other columns.
    Retype(NewLabel),
    /// It goes, with what was annotated of it.
    Remove(String),
}

/// What a person does with the models of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModelCommand {
    /// Makes one of this name with these labels, and has it read from now on.
    Create(String, Vec<NewLabel>),
    /// Calls one by another name.
    Rename(String, String),
    /// Adds labels to one.
    AddLabels(String, Vec<NewLabel>),
    /// Changes a label of one.
    ChangeLabel(String, LabelChange),
    /// Deletes one with all that came to it.
    Delete(String),
    /// Asks for all that is known of one.
    Look(String),
    /// Has one trained with the approved documents; with those that nobody approved too, where `true`.
    Train(String, bool),
    /// Ends the training of one without a result.
    CancelTraining(String),
    /// Lets one predict with an earlier version.
    RollBack(String, u32),
    /// Has the documents that nobody decided about yet read with one: those that it or `general` read before.
    ReadUnreviewed(String),
}

/// What a model was taught of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Taught {
    /// The service of the model.
    pub connection: ConnectionId,
    /// The model.
    pub model: String,
    /// Tells annotations apart; empty where no answer came, so that the service may have it or not.
    pub digest: String,
    /// The service's name for the document.
    pub file: String,
    /// Somebody had approved the document.
    pub was_approved: bool,
}

/// How the training of a model goes that this desk began.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Training {
    /// How many documents were sent.
    pub sent: usize,
    /// How many are sent in all.
    pub total: usize,
    /// Which could not be sent; why, and what to do.
    pub failed: BTreeMap<DocumentId, Problem>,
    /// All are sent: the service trains.
    pub is_asked: bool,
}

/// Whether a document is in the training set of a model.
#[derive(Clone, Debug, PartialEq)]
pub enum Lesson {
    /// It is sent with the next training.
    New,
    /// It is in the training set, and was changed since.
    Changed,
    /// It was sent and no answer has come: the next training looks whether it arrived.
    Sent,
    /// It is in the training set as it is.
    Taught,
    /// It is not, because nobody approved it.
    Unreviewed,
    /// It is not, because a person rejected it.
    Rejected,
    /// It is not, because it is another document once more.
    SameAs(DocumentId),
    /// It is not, because it has no value of the model's labels.
    NoLabel,
    /// It is not, because it was not read.
    Unread,
}

impl Lesson {
    /// It is in the training set once the model is trained.
    pub const fn is_in(&self) -> bool {
        matches!(self, Self::New | Self::Changed | Self::Sent | Self::Taught)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_before_is_the_one_below_also_after_going_back() {
        let version = |number| VersionInfo { number, ..VersionInfo::default() };
        let mut model = ModelInfo { versions: [1, 3, 4].map(version).into(), version: 3, ..ModelInfo::default() };
        assert_eq!((model.current().map(|v| v.number), model.previous().map(|v| v.number)), (Some(3), Some(1)));
        model.version = 1;
        assert_eq!(model.previous(), None);
    }
}
