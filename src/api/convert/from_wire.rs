//! What a service said, as documents. Nothing a service sends can fail here: what makes no sense is left out.

use super::grid::repaired;
use crate::api::{
    BoxStatus, FileId, FullTextFile, ImageSize, ModeratedPage, PageWords, Prediction, PredictionPage, PredictionReply,
    TableCell, ValidationStatus, WordSource,
};
use crate::document::{
    Cell, Field, FieldId, Page, PageRect, PageSize, PageText, Problem, Score, Table, TextSource, Turn, Word,
};
use std::collections::HashSet;

/// What a service said about one submitted file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReadFile {
    /// The service's name for it.
    pub id: FileId,
    /// The submitted file's name.
    pub name: String,
    /// Its pages, in the order of the reply.
    pub pages: Vec<Page>,
    /// Why it has none, where it could not be read.
    pub problem: Option<Problem>,
}

/// The files of a reply in the order of their first entry. Entries of one file share its id; where a service sends none,
/// the submitted name stands for it.
pub fn files_from_reply(reply: &PredictionReply) -> Vec<ReadFile> {
    let mut files: Vec<ReadFile> = Vec::new();
    for entry in reply.pages() {
        let known = files
            .iter()
            .position(|file| file.id == entry.request_file_id && (!file.id.0.is_empty() || file.name == entry.input));
        let at = known.unwrap_or_else(|| {
            let (id, name) = (entry.request_file_id.clone(), entry.input.clone());
            files.push(ReadFile { id, name, ..ReadFile::default() });
            files.len() - 1
        });
        if entry.page.is_none() && entry.prediction.is_empty() && !entry.succeeded() {
            files[at].problem = Some(Problem::new(&entry.message));
        } else {
            files[at].pages.push(page_from_wire(entry));
        }
    }
    files
}

/// A page of a prediction. Its size is 0 × 0 where the service did not say it.
pub fn page_from_wire(entry: &PredictionPage) -> Page {
    let number = entry.page.or_else(|| entry.prediction.iter().find_map(|p| p.page_no.or(p.page))).unwrap_or(0);
    let mut page = page_from_boxes(number, size_from_wire(entry.size.as_ref()), &entry.prediction);
    page.text = entry
        .raw_ocr_api_response
        .as_ref()
        .and_then(|raw| raw.words())
        .map(|words| text_from_wire(words, page.size).into());
    if !entry.succeeded() && entry.prediction.is_empty() {
        page.problem = Some(Problem::new(&entry.message));
    }
    page
}

/// A page that was fetched later: the corrected boxes where somebody touched it, else the model's.
pub fn page_from_moderated(page: &ModeratedPage) -> Page {
    let boxes = page.boxes();
    let number = page.page.or_else(|| boxes.iter().find_map(|p| p.page_no.or(p.page))).unwrap_or(0);
    page_from_boxes(number, size_from_wire(page.size.as_ref()), boxes)
}

fn page_from_boxes(number: u32, size: PageSize, boxes: &[Prediction]) -> Page {
    let mut page = Page { number, size, ..Page::default() };
    let mut ids = Ids::default();
    for (i, one) in boxes.iter().enumerate() {
        let given = one.id.as_ref().map(|id| id.0.as_str()).unwrap_or_default();
        let id = FieldId(ids.unique(given, || format!("page-{number}-box-{i}")));
        if one.is_table() {
            page.tables.push(table_from_wire(id, one, size));
        } else {
            page.fields.push(field_from_wire(id, one, size));
        }
    }
    page
}

fn field_from_wire(id: FieldId, wire: &Prediction, size: PageSize) -> Field {
    let objects = wire.validation_status == Some(ValidationStatus::Failed);
    Field {
        id,
        label: wire.label.clone(),
        text: wire.ocr_text.clone(),
        rect: place([wire.xmin, wire.ymin, wire.xmax, wire.ymax], size),
        score: Score::from_service(wire.score),
        reread: None,
        objection: objects.then(|| wire.validation_message.clone().unwrap_or_default()),
        confirmed: wire.status == Some(BoxStatus::Moderated),
    }
}

fn table_from_wire(id: FieldId, wire: &Prediction, size: PageSize) -> Table {
    let cells = cells(&id.0, wire.cells.as_deref().unwrap_or_default(), size);
    let own = place([wire.xmin, wire.ymin, wire.xmax, wire.ymax], size);
    let around = || PageRect::around(cells.iter().map(|c| c.rect).filter(|rect| rect.area() > 0.0));
    Table {
        id,
        label: wire.label.clone(),
        rect: own.or_else(around).unwrap_or_default(),
        score: Score::from_service(wire.score),
        header_rows: wire.header_rows.unwrap_or(0),
        continues: false,
        reread: None,
        cells,
    }
}

/// The cells of an annotated table, on a page of unknown size.
pub fn cells_from_wire(wire: &[TableCell]) -> Vec<Cell> {
    cells("table", wire, PageSize::default())
}

/// Cells on a page of `size`, as a valid grid; those without a name get one that begins with `table`.
fn cells(table: &str, wire: &[TableCell], size: PageSize) -> Vec<Cell> {
    let mut ids = Ids::default();
    repaired(wire)
        .into_iter()
        .enumerate()
        .map(|(i, (grid, cell))| {
            let given = cell.id.as_ref().map(|id| id.0.as_str()).unwrap_or_default();
            Cell {
                id: ids.unique(given, || format!("{table}-cell-{i}")),
                row: grid.row,
                col: grid.col,
                row_span: grid.rows,
                col_span: grid.cols,
                label: cell.label.clone(),
                text: cell.text.clone(),
                rect: cell_place(cell, size).unwrap_or_default(),
                score: Score::from_service(cell.score),
                confirmed: cell.verification_status == Some(BoxStatus::Moderated),
                reread: None,
            }
        })
        .collect()
}

fn cell_place(cell: &TableCell, size: PageSize) -> Option<PageRect> {
    place([cell.xmin, cell.ymin, cell.xmax, cell.ymax], size)
}

/// The words of a page of `size`, which the words' own size overrides. Where the service gives no scores, it says its
/// words without doubt; where it gives no lines, a word below or left of the one before it begins one.
pub fn text_from_wire(wire: &PageWords, size: PageSize) -> PageText {
    let size = match size_from_wire(wire.size.as_ref()) {
        PageSize { width: 0, .. } | PageSize { height: 0, .. } => size,
        own => own,
    };
    let mut words: Vec<Word> = Vec::with_capacity(wire.words.len());
    for word in &wire.words {
        let Some(rect) = place([word.xmin, word.ymin, word.xmax, word.ymax], size) else { continue };
        let line = word.line.unwrap_or_else(|| match words.last() {
            Some(last) if follows(last.rect, rect) => last.line,
            Some(last) => last.line.saturating_add(1),
            None => 0,
        });
        let score =
            word.score.as_ref().and_then(serde_json::Number::as_f64).map_or(Score::CERTAIN, Score::from_service);
        words.push(Word { text: word.text.as_str().into(), rect, score, line, font_size: 0.0 });
    }
    PageText {
        size,
        words,
        source: if wire.source == Some(WordSource::Layer) { TextSource::Layer } else { TextSource::Read },
        turn: Turn::from_degrees(wire.turn.map_or(0, |degrees| (degrees % 360) as i32)),
    }
}

/// Whether `next` goes on in the line of `last`: right of its start and at its height.
fn follows(last: PageRect, next: PageRect) -> bool {
    next.left() > last.left() && (last.top()..=last.bottom()).contains(&next.center().y)
}

/// The pages of a full-text reply by number, for pages of `sizes` where the service does not say theirs.
pub fn texts_from_file(file: &FullTextFile, sizes: &[PageSize]) -> Vec<(u32, PageText)> {
    let pages = file.page_data.iter().enumerate();
    pages
        .map(|(i, page)| {
            let number = page.page.unwrap_or(i as u32);
            let size = sizes.get(number as usize).copied().unwrap_or_default();
            (number, text_from_wire(page, size))
        })
        .collect()
}

fn size_from_wire(size: Option<&ImageSize>) -> PageSize {
    size.map_or_else(PageSize::default, |s| PageSize::new(s.width.max(0.0) as u32, s.height.max(0.0) as u32))
}

/// The part of a box that lies on the page; `None` for an all-zero box (a value without a place), for one that has no
/// area, and for one off the page. A page of unknown size ends nowhere.
fn place([x0, y0, x1, y1]: [f64; 4], size: PageSize) -> Option<PageRect> {
    let rect = PageRect::new(x0 as f32, y0 as f32, x1 as f32, y1 as f32);
    let end = |pixels: u32| if pixels == 0 { f32::from(u16::MAX) * 16.0 } else { pixels as f32 };
    rect.intersection(PageRect::new(0.0, 0.0, end(size.width), end(size.height)))
}

/// Gives every box a name of its own, also where a service gave none or the same twice.
#[derive(Default)]
struct Ids(HashSet<String>);

impl Ids {
    fn unique(&mut self, given: &str, otherwise: impl FnOnce() -> String) -> String {
        let base = if given.is_empty() { otherwise() } else { given.to_owned() };
        let mut id = base.clone();
        let mut again = 2;
        while !self.0.insert(id.clone()) {
            id = format!("{base}-{again}");
            again += 1;
        }
        id
    }
}
