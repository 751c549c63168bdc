//! The extractor that learns: annotated documents → a model of a user's own labels → fields and tables of new pages.
//!
//! One step a file. Words come in as [`PageText`]; pictures, files and HTTP are not known here. There is no model that
//! was trained beforehand: everything is learnt from the user's documents, and before the first of them a label is
//! found by its name and type.

mod calibrate;
mod candidates;
mod codes;
mod columns;
mod extractor;
mod features;
mod formats;
mod headings;
mod label;
mod lexicon;
mod line_items;
mod linear;
mod listing;
mod memory;
mod mend;
mod name;
mod optimise;
mod paper;
mod parallel;
mod report;
mod shapes;
mod shown;
mod suits;
mod sums;
mod table_trials;
mod teach;
#[cfg(test)]
mod tests;
mod text;
mod train;
mod truths;
mod vocabulary;

pub use extractor::Extractor;
pub use report::{LabelReport, Report};

use crate::document::{Cell, Field, PageRect, PageText, Table};
use serde::{Deserialize, Serialize};

/// How the values of a label are typed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ValueKind {
    /// Nobody said; the label's name and its values tell.
    #[default]
    Unsaid,
    /// Words.
    Text,
    /// A day, in any format.
    Date,
    /// Money.
    Amount,
    /// A figure that is no money: a quantity, a percentage.
    Number,
    /// A number or code that names something.
    Id,
    /// Words on several lines.
    Address,
    /// A table with named columns.
    Table,
}

impl ValueKind {
    /// Every kind.
    pub const ALL: [Self; 8] =
        [Self::Unsaid, Self::Text, Self::Date, Self::Amount, Self::Number, Self::Id, Self::Address, Self::Table];

    /// As models name it on the wire; empty where nobody said.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unsaid => "",
            Self::Text => "text",
            Self::Date => "date",
            Self::Amount => "amount",
            Self::Number => "number",
            Self::Id => "id",
            Self::Address => "address",
            Self::Table => "table",
        }
    }

    /// The kind of this word; a word that is not known says nothing.
    pub fn of_word(word: &str) -> Self {
        Self::ALL.into_iter().find(|kind| kind.word() == word).unwrap_or_default()
    }
}

/// A label of a model.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelSpec {
    /// Its name: `invoice_date`.
    pub name: String,
    /// How its values are typed.
    pub kind: ValueKind,
    /// The columns of a table, in order; empty where nobody said.
    pub columns: Vec<String>,
}

/// One value that a person annotated.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Truth {
    /// The label's name.
    pub label: String,
    /// What the value says; `None` where only the place is known: the words there say it.
    pub text: Option<String>,
    /// The page, from 0; `None` where it is unknown.
    pub page: Option<u32>,
    /// Where the value stands, a rectangle a line or one around all; empty where the place is unknown.
    pub rects: Vec<PageRect>,
    /// The cells of a table; empty of a field.
    pub cells: Vec<Cell>,
}

/// One annotated document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Example {
    /// All its pages, in order.
    pub pages: Vec<PageText>,
    /// All that was annotated. A label that is not here is absent from the document.
    pub truths: Vec<Truth>,
    /// The tables that `general` sees on each page; empty where nobody looked, so that labels that are tables are not
    /// measured on it.
    pub tables: Vec<Vec<Table>>,
}

/// How to train.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrainOptions {
    /// Decides what is left to chance; the same seed and examples give the same extractor.
    pub seed: u64,
    /// How many threads to use, at least 1. The extractor does not depend on it.
    pub threads: usize,
}

impl Default for TrainOptions {
    fn default() -> Self {
        Self { seed: 0, threads: 1 }
    }
}

/// What an extractor says of one page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prediction {
    /// The values of labels, from top to bottom.
    pub fields: Vec<Field>,
    /// The tables of labels whose kind is a table, with the columns' own names.
    pub tables: Vec<Table>,
}

/// Why nothing was learnt.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LearnError {
    /// No example has a value of any label.
    #[error("there is nothing to learn from: no document has a value for one of the labels")]
    Nothing,
    /// The caller gave up; nothing was kept.
    #[error("training was cancelled")]
    Cancelled,
    /// The bytes are no extractor, or one of a version that is not known here.
    #[error("the model cannot be read: {0}")]
    Unreadable(String),
}
