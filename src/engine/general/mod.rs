//! The hosted model `general`: words and ruling lines of a page → fields and tables. No training, no files, no HTTP.

mod fields;
mod label;
mod pairs;
mod spans;
mod tokens;
mod typed;

use super::sheet::{Sheet, picture};
use super::tables;
use crate::document::{Field, PageText, Table, TextSource};
use crate::pages::Rule;
use image::RgbImage;

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
pub fn predict(text: &PageText, rules: &[Rule], image: Option<&RgbImage>) -> General {
    let mut rules = rules.to_vec();
    if let (TextSource::Read, Some(image)) = (text.source, image) {
        rules.extend(picture::rules_of(image, letter_height(text)));
    }
    let sheet = Sheet::of(text, &rules);
    General { fields: fields::find(&sheet), tables: tables::find(&sheet) }
}

/// The median height of the words' boxes in pixels.
fn letter_height(text: &PageText) -> f32 {
    let mut heights: Vec<f32> = text.words.iter().map(|w| w.rect.height().min(w.rect.width())).collect();
    heights.sort_by(f32::total_cmp);
    heights.get(heights.len() / 2).copied().unwrap_or(12.0)
}
