//! Documents as JSON: flat, each value with its label, score, page and box.

use super::{ExportDocument, standing_word};
use crate::api::convert::{predictions, size_to_wire};
use crate::api::{FileId, PageId, PredictionPage, PredictionReply, SUCCESS};
use crate::document::{Cell, Field, PageRect, Table};
use serde::Serialize;

#[derive(Serialize)]
struct Document<'a> {
    file: &'a str,
    status: &'a str,
    reviewer: Option<&'a str>,
    source: &'a str,
    /// A person's own words for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<&'a str>,
    pages: Vec<Page<'a>>,
}

#[derive(Serialize)]
struct Page<'a> {
    /// From 1.
    #[serde(rename = "page")]
    number: u32,
    /// Pixels of the page image that boxes are of.
    width: u32,
    height: u32,
    fields: Vec<Value<'a>>,
    tables: Vec<Grid<'a>>,
}

#[derive(Serialize)]
struct Value<'a> {
    label: &'a str,
    text: &'a str,
    score: f32,
    confirmed: bool,
    /// Left, top, right, bottom; none where the value has no place.
    #[serde(rename = "box")]
    rect: Option<[f32; 4]>,
}

#[derive(Serialize)]
struct Grid<'a> {
    label: &'a str,
    /// It goes on from the last table of the page before.
    continues: bool,
    headings: Vec<String>,
    cells: Vec<Place<'a>>,
}

#[derive(Serialize)]
struct Place<'a> {
    row: u32,
    col: u32,
    row_span: u32,
    col_span: u32,
    text: &'a str,
    score: f32,
    confirmed: bool,
    #[serde(rename = "box")]
    rect: [f32; 4],
}

/// The text of the file.
pub(super) fn text(documents: &[ExportDocument]) -> serde_json::Result<Vec<u8>> {
    let documents: Vec<Document<'_>> = documents
        .iter()
        .map(|document| Document {
            file: &document.name,
            status: standing_word(document.standing),
            reviewer: document.reviewer.as_deref(),
            source: &document.source,
            metadata: Some(document.metadata.as_str()).filter(|own| !own.is_empty()),
            pages: document
                .pages
                .iter()
                .map(|page| Page {
                    number: page.number + 1,
                    width: page.size.width,
                    height: page.size.height,
                    fields: page.fields.iter().map(value).collect(),
                    tables: page.tables.iter().map(grid).collect(),
                })
                .collect(),
        })
        .collect();
    serde_json::to_vec_pretty(&documents)
}

/// The text of the file in the shape of the contract's replies: one entry a page, all documents flattened.
pub(super) fn replies(documents: &[ExportDocument]) -> serde_json::Result<Vec<u8>> {
    let mut result = Vec::new();
    for (number, document) in documents.iter().enumerate() {
        for page in &document.pages {
            result.push(PredictionPage {
                message: SUCCESS.to_owned(),
                input: document.name.clone(),
                prediction: predictions(page),
                page: Some(page.number),
                request_file_id: FileId(format!("document-{}", number + 1)),
                id: PageId(format!("document-{}-page-{}", number + 1, page.number + 1)),
                size: Some(size_to_wire(page.size)),
                request_metadata: document.metadata.clone(),
                ..PredictionPage::default()
            });
        }
    }
    serde_json::to_vec_pretty(&PredictionReply { message: SUCCESS.to_owned(), result, ..PredictionReply::default() })
}

fn value(field: &Field) -> Value<'_> {
    Value {
        label: &field.label,
        text: &field.text,
        score: field.score.get(),
        confirmed: field.confirmed,
        rect: field.rect.map(corners),
    }
}

fn grid(table: &Table) -> Grid<'_> {
    let (headings, cells) = (table.labels(), table.cells.iter().map(place).collect());
    Grid { label: &table.label, continues: table.continues, headings, cells }
}

fn place(cell: &Cell) -> Place<'_> {
    Place {
        row: cell.row,
        col: cell.col,
        row_span: cell.row_span,
        col_span: cell.col_span,
        text: &cell.text,
        score: cell.score.get(),
        confirmed: cell.confirmed,
        rect: corners(cell.rect),
    }
}

fn corners(rect: PageRect) -> [f32; 4] {
    [rect.left(), rect.top(), rect.right(), rect.bottom()]
}
