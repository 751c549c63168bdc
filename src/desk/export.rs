//! What was read and reviewed, as files for other programs: spreadsheets, CSV, JSON. Makes bytes; who asks for the file's
//! name and writes it, whole or not at all, is `jobs`.

mod csv;
mod json;
mod table;
mod xlsx;

use super::annotations::AnnotationFormat;
use super::review::own_threshold;
use super::{DocumentId, LabelFacts, Rules};
use crate::document::{Page, Problem, Score, Standing};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a person wants to have exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportWhat {
    /// The values, a row a document.
    Values,
    /// The lines of tables, a row a line.
    Lines,
    /// Everything as JSON, flat.
    Json,
    /// Everything as JSON, in the shape of the contract's replies.
    Replies,
    /// A PDF a document whose words can be searched.
    Pdfs,
    /// What is reviewed, as annotations.
    Annotations(AnnotationFormat),
}

/// Which documents are exported; never rejected ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExportOf {
    /// All that were read.
    All,
    /// Those that somebody approved.
    Approved,
    /// These.
    These(Vec<DocumentId>),
}

/// What stands beside values and lines of tables.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExportColumns {
    /// The score of each value.
    pub scores: bool,
    /// Where each value stands.
    pub boxes: bool,
    /// Who reviewed each document.
    pub reviewer: bool,
    /// Which service and model read each document.
    pub source: bool,
}

/// A document to export.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ExportDocument {
    /// The file's name.
    pub(super) name: String,
    /// What a person has decided about it.
    pub(super) standing: Standing,
    /// Who reviewed it; empty is the user of the system, `None` nobody.
    pub(super) reviewer: Option<String>,
    /// Which service and model read it.
    pub(super) source: String,
    /// A person's own words for it; empty is none.
    pub(super) metadata: String,
    /// Its pages, in order.
    pub(super) pages: Vec<Arc<Page>>,
}

/// What is exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// The values, a row a document. A spreadsheet has the lines of tables on a sheet of their own.
    Values,
    /// The lines of tables, a row a line.
    Lines,
    /// Everything, flat.
    Everything,
    /// Everything, in the shape of the contract's replies.
    Replies,
}

/// In which form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// Excel 2007 and later.
    Xlsx,
    /// Text parted by commas, UTF-8 with a byte order mark, as spreadsheets want it.
    Csv,
    /// JSON with scores and boxes.
    Json,
}

impl Format {
    /// The format that a file's extension asks for; a spreadsheet where it asks for none that is known.
    pub(super) fn of_name(name: &str) -> Self {
        let end = name.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase());
        match end.as_deref() {
            Some("csv") => Self::Csv,
            Some("json") => Self::Json,
            _ => Self::Xlsx,
        }
    }
}

/// What is known of the values, for formats that have numbers, days and colours.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Known {
    /// Values below this score are doubtful, where their label has no threshold of its own.
    pub(super) threshold: Score,
    /// What the person expects of each label.
    pub(super) rules: Rules,
    /// What the values of each label are.
    pub(super) labels: BTreeMap<String, LabelFacts>,
}

impl Known {
    /// Values of the first of these labels that has a threshold of its own are doubtful below that.
    fn threshold(&self, labels: [&str; 2]) -> Score {
        labels.iter().find_map(|label| own_threshold(&self.rules, label)).unwrap_or(self.threshold)
    }
}

/// The file's bytes.
pub(super) fn bytes(
    documents: &[ExportDocument],
    content: Content,
    columns: ExportColumns,
    format: Format,
    known: &Known,
) -> Result<Vec<u8>, Problem> {
    let failed = |error: &dyn std::fmt::Display| Problem {
        message: "The export could not be made; tell us about it".to_owned(),
        details: error.to_string(),
    };
    match format {
        Format::Xlsx => xlsx::workbook(documents, columns, known).map_err(|error| failed(&error)),
        Format::Csv => {
            let table = match content {
                Content::Lines => table::lines(documents, columns, known),
                _ => table::values(documents, columns, known),
            };
            csv::text(&table).map_err(|error| failed(&error))
        }
        Format::Json if content == Content::Replies => json::replies(documents).map_err(|error| failed(&error)),
        Format::Json => json::text(documents).map_err(|error| failed(&error)),
    }
}

/// A standing in a word.
const fn standing_word(standing: Standing) -> &'static str {
    match standing {
        Standing::Open => "open",
        Standing::Approved => "approved",
        Standing::Rejected => "rejected",
    }
}

#[cfg(test)]
mod tests;
