//! The hosted model `general`: words and ruling lines of a page → fields and tables. No training, no files, no HTTP.

mod fields;
mod label;
mod pairs;
mod spans;
mod tokens;
mod typed;
mod unkeyed;
mod values;

use super::sheet::{Sheet, picture};
use super::tables;
use crate::document::{Field, PageRect, PageText, Table, TextSource};
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
    let tables = tables::find(&sheet);
    let mut fields = fields::find(&sheet);
    fields.retain(|field| !tables.iter().any(|table| is_of_record(field, table)));
    General { fields, tables }
}

/// Whether a field is only a part of a record of a table, which says it better: it stands in a row with three cells
/// or more of a table whose columns have names.
fn is_of_record(field: &Field, table: &Table) -> bool {
    let Some(rect) = field.rect.filter(|rect| table.rect.contains(rect.center())) else { return false };
    if table.labels().iter().filter(|label| !label.is_empty()).count() < 3 {
        return false;
    }
    let middle = rect.center().y;
    let in_row = |row: u32| table.cells.iter().filter(move |cell| cell.row == row && !cell.text.is_empty());
    (1..=table.rows()).any(|row| {
        let band = PageRect::around(in_row(row).map(|cell| cell.rect));
        band.is_some_and(|band| (band.top()..=band.bottom()).contains(&middle)) && in_row(row).count() >= 3
    })
}

/// The median height of the words' boxes in pixels.
fn letter_height(text: &PageText) -> f32 {
    let mut heights: Vec<f32> = text.words.iter().map(|w| w.rect.height().min(w.rect.width())).collect();
    heights.sort_by(f32::total_cmp);
    heights.get(heights.len() / 2).copied().unwrap_or(12.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Cell, Score};

    fn cell(row: u32, col: u32, label: &str, text: &str) -> Cell {
        let (left, top) = (col as f32 * 100.0, row as f32 * 50.0);
        let rect = PageRect::new(left, top, left + 90.0, top + 40.0);
        Cell { row, col, row_span: 1, col_span: 1, label: label.into(), text: text.into(), rect, ..Cell::default() }
    }

    #[test]
    fn what_stands_in_a_record_of_a_table_is_no_field_but_its_total_row_is_one() {
        let mut cells: Vec<Cell> =
            ["Item", "Price", "Total"].iter().zip(1..).map(|(label, col)| cell(1, col, label, "Paper: 9.50")).collect();
        cells.extend([cell(2, 2, "Price", "Sum:"), cell(2, 3, "Total", "9.50")]);
        let table =
            Table { rect: PageRect::new(100.0, 50.0, 400.0, 150.0), cells, score: Score::CERTAIN, ..Table::default() };
        let at = |x: f32, y: f32| Field { rect: Some(PageRect::new(x, y, x + 40.0, y + 20.0)), ..Field::default() };
        assert!(is_of_record(&at(120.0, 60.0), &table), "a cell of a row of three");
        assert!(!is_of_record(&at(320.0, 110.0), &table), "the sum below");
        assert!(!is_of_record(&at(120.0, 400.0), &table), "below the table");
    }
}
