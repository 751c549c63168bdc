//! Documents as our own server sends them. Boxes are whole pixels, rounded outward, and stay on the page.

use crate::api::{
    BoxId, BoxKind, BoxStatus, ImageSize, LabelId, PageWords, Prediction, TableCell, ValidationStatus, WireWord,
    WordSource,
};
use crate::document::{Cell, Field, Page, PageRect, PageSize, PageText, Score, Table, TextSource};

/// The fields, then the tables of a page.
pub fn predictions(page: &Page) -> Vec<Prediction> {
    let fields = page.fields.iter().map(|field| field_to_wire(field, page));
    fields.chain(page.tables.iter().map(|table| table_to_wire(table, page))).collect()
}

fn field_to_wire(field: &Field, page: &Page) -> Prediction {
    // A value without a place has an all-zero box.
    let [xmin, ymin, xmax, ymax] = field.rect.map_or([0.0; 4], |rect| whole_pixels(rect, page.size));
    Prediction {
        id: Some(BoxId(field.id.0.clone())),
        label: field.label.clone(),
        xmin,
        ymin,
        xmax,
        ymax,
        score: score_to_wire(field.score),
        ocr_text: field.text.clone(),
        kind: Some(BoxKind::Field),
        status: Some(status(field.confirmed)),
        validation_status: field.objection.is_some().then_some(ValidationStatus::Failed),
        validation_message: field.objection.clone(),
        page_no: Some(page.number),
        label_id: Some(LabelId::default()),
        ..Prediction::default()
    }
}

/// Who had the last word.
const fn status(confirmed: bool) -> BoxStatus {
    if confirmed { BoxStatus::Moderated } else { BoxStatus::CorrectlyPredicted }
}

fn table_to_wire(table: &Table, page: &Page) -> Prediction {
    let [xmin, ymin, xmax, ymax] = whole_pixels(table.rect, page.size);
    Prediction {
        id: Some(BoxId(table.id.0.clone())),
        label: table.label.clone(),
        xmin,
        ymin,
        xmax,
        ymax,
        score: score_to_wire(table.score),
        ocr_text: "table".to_owned(),
        kind: Some(BoxKind::Table),
        status: Some(BoxStatus::CorrectlyPredicted),
        page_no: Some(page.number),
        label_id: Some(LabelId::default()),
        cells: Some(table.cells.iter().map(|cell| cell_to_wire(cell, page.size)).collect()),
        header_rows: (table.header_rows > 0).then_some(table.header_rows),
        ..Prediction::default()
    }
}

pub(super) fn cell_to_wire(cell: &Cell, size: PageSize) -> TableCell {
    let [xmin, ymin, xmax, ymax] = whole_pixels(cell.rect, size);
    TableCell {
        id: Some(BoxId(cell.id.clone())),
        row: i64::from(cell.row),
        col: i64::from(cell.col),
        row_span: i64::from(cell.row_span),
        col_span: i64::from(cell.col_span),
        label: cell.label.clone(),
        xmin,
        ymin,
        xmax,
        ymax,
        score: score_to_wire(cell.score),
        text: cell.text.clone(),
        verification_status: Some(status(cell.confirmed)),
        label_id: Some(LabelId::default()),
        ..TableCell::default()
    }
}

/// The words of page `number`, with all its text.
pub fn words_to_wire(text: &PageText, number: u32) -> PageWords {
    let words = text.words.iter().map(|word| {
        let [xmin, ymin, xmax, ymax] = whole_pixels(word.rect, text.size);
        let score = serde_json::Number::from_f64(score_to_wire(word.score));
        WireWord {
            text: word.text.to_string(),
            xmin,
            ymin,
            xmax,
            ymax,
            score,
            line: Some(word.line),
            ..WireWord::default()
        }
    });
    PageWords {
        page: Some(number),
        raw_text: text.text(),
        words: words.collect(),
        turn: Some(u32::from(text.turn.degrees())),
        source: Some(match text.source {
            TextSource::Layer => WordSource::Layer,
            TextSource::Read => WordSource::Read,
        }),
        size: Some(size_to_wire(text.size)),
        ..PageWords::default()
    }
}

/// The size of a page image.
pub fn size_to_wire(size: PageSize) -> ImageSize {
    ImageSize { width: f64::from(size.width), height: f64::from(size.height), ..ImageSize::default() }
}

/// The smallest whole pixels that hold `rect`, on a page of `size`; at least one pixel wide and high.
pub(super) fn whole_pixels(rect: PageRect, size: PageSize) -> [f64; 4] {
    let axis = |min: f32, max: f32, end: u32| {
        let end = f64::from(end).max(1.0);
        let min = f64::from(min).floor().clamp(0.0, end - 1.0);
        [min, f64::from(max).ceil().clamp(min + 1.0, end)]
    };
    let [xmin, xmax] = axis(rect.left(), rect.right(), size.width);
    let [ymin, ymax] = axis(rect.top(), rect.bottom(), size.height);
    [xmin, ymin, xmax, ymax]
}

/// A score with six decimals: what `f32` is sure of.
fn score_to_wire(score: Score) -> f64 {
    (f64::from(score.get()) * 1e6).round() / 1e6
}
