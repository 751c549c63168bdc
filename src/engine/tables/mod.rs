//! Words and ruling lines → tables, without a neural net.
//!
//! One step a file: `rules` (strokes joined), `lines` (text lines and chunks), `lattice` and `lattice_split` (tables of
//! crossing rules), `regions` (where other tables may stand), `columns`, `structure`, `header` and `wrap` (their grid),
//! `accept` (whether it is one), `find` (all of a page), `grid` (a valid grid with labels and scores). Knows nothing of
//! fields, HTTP or files.

mod accept;
mod columns;
mod draft;
mod figures;
mod find;
#[cfg(test)]
mod fixtures;
mod grid;
mod header;
mod lattice;
mod lattice_split;
mod lines;
mod regions;
mod rules;
mod sheet;
mod structure;
mod wrap;

use crate::document::{PageText, Table, TextSource};
use crate::pages::Rule;
use rules::Strokes;
use sheet::{Piece, Sheet, median};

/// Pixels of a PDF page in a point: 300 DPI over 72 points an inch.
const PDF_UNIT: f32 = 300.0 / 72.0;

/// Finds the tables among the words and ruling lines of an upright page, from top to bottom.
///
/// Every grid is valid (`Table::check`); ids are left empty, whoever sends the tables names them.
pub fn find(text: &PageText, rules: &[Rule]) -> Vec<Table> {
    let sheet = sheet_of(text, rules);
    find::drafts(&sheet).into_iter().filter_map(|draft| grid::table(draft, &sheet)).collect()
}

fn sheet_of(text: &PageText, rules: &[Rule]) -> Sheet {
    let unit = match text.source {
        TextSource::Layer => PDF_UNIT,
        TextSource::Read => (median(text.words.iter().map(|w| w.rect.height()), 12.0) * 0.75 / 9.0).max(0.1),
    };
    let bounds = Sheet::whole(text.size, unit);
    let pieces: Vec<Piece> = text
        .words
        .iter()
        .map(|word| Piece {
            bounds: Sheet::bounds_from_page(word.rect, unit),
            size: if word.font_size > 0.0 { word.font_size } else { 0.75 * word.rect.height() } / unit,
            text: word.text.clone(),
            score: word.score.get(),
        })
        .collect();
    let mut strokes = Strokes::default();
    rules.iter().for_each(|rule| strokes.add(Sheet::bounds_from_page(rule.rect, unit), bounds));
    strokes.add_drawn(&pieces);
    let (across, down) = strokes.joined();
    Sheet { pieces, across, down, bounds, unit }
}
