//! The hosted model `general`: words and ruling lines of a page → fields and tables. No training, no files, no HTTP.

use super::tables;
use crate::document::{Field, PageText, Table};
use crate::pages::Rule;

/// What the model `general` says of a page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct General {
    /// Labelled values: by their key, or by their type where they have none.
    pub fields: Vec<Field>,
    /// The tables, from top to bottom.
    pub tables: Vec<Table>,
}

/// Reads the fields and tables of a page.
///
/// `rules` are the vector lines of a PDF page; `image` are the pixels that a page without a text layer was read from.
pub fn predict(text: &PageText, rules: &[Rule], image: Option<&image::RgbImage>) -> General {
    let _ = image;
    General { fields: Vec::new(), tables: tables::find(text, rules) }
}
