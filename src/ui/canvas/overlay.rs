//! What lies over a page, prepared once when the page changes: marks in drawing order, found by place. In page pixels.

use super::pick::RectGrid;
use super::text_select::TextIndex;
use crate::desk::{DeskDocument, LabelInfo, State, Target};
use crate::document::{Cell, Field, FieldId, KeptText, Page, PageRect, PageSize, PageText, Table};
use crate::ui::labels::LabelLooks;
use crate::ui::theme::LabelLook;
use std::collections::HashMap;
use std::sync::Arc;

/// What a mark stands for, by its place in the page's lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// A field.
    Field(usize),
    /// A table.
    Table(usize),
    /// A cell: its table, its place there.
    Cell(usize, usize),
}

/// A page with what is drawn over it.
pub(super) struct Overlay {
    /// What the service said.
    pub(super) page: Arc<Page>,
    /// Large ones first, so that small ones are drawn on top; as many as the grid has rectangles.
    pub(super) marks: Vec<Mark>,
    /// Where the marks are.
    pub(super) grid: RectGrid,
    /// The look of each field, by its place in the page's list.
    pub(super) looks: Vec<LabelLook>,
    /// The words.
    pub(super) page_text: Option<PageText>,
    /// Where the words are, by their place in the page's text.
    pub(super) words: RectGrid,
    /// The words in reading order.
    pub(super) text: TextIndex,
}

impl Overlay {
    fn new(page: &Arc<Page>, file_size: PageSize, labels: &LabelLooks) -> Self {
        let size = if page.size.width > 0 && page.size.height > 0 { page.size } else { file_size };
        let mut marks: Vec<(Mark, PageRect)> = Vec::new();
        for (table_at, table) in page.tables.iter().enumerate() {
            marks.push((Mark::Table(table_at), table.rect));
            marks.extend(table.cells.iter().enumerate().map(|(at, cell)| (Mark::Cell(table_at, at), cell.rect)));
        }
        let fields = page.fields.iter().enumerate();
        marks.extend(fields.filter_map(|(at, field)| Some((Mark::Field(at), field.rect?))));
        marks.sort_by(|(_, a), (_, b)| b.area().total_cmp(&a.area()));
        let (marks, rects): (Vec<Mark>, Vec<PageRect>) = marks.into_iter().unzip();
        let page_text = page.text.as_ref().map(KeptText::unpacked);
        let words = page_text.as_ref().map(|text| {
            let text_size = if text.size.width > 0 && text.size.height > 0 { text.size } else { size };
            RectGrid::new(text.words.iter().map(|w| w.rect).collect(), text_size)
        });
        Self {
            page: Arc::clone(page),
            marks,
            grid: RectGrid::new(rects, size),
            looks: page.fields.iter().map(|f| labels.look(&f.label)).collect(),
            words: words.unwrap_or_default(),
            text: page_text.as_ref().map(TextIndex::new).unwrap_or_default(),
            page_text,
        }
    }

    /// The page image that the marks are of; `file_size` where the service did not say.
    pub(super) fn size(&self, file_size: PageSize) -> PageSize {
        if self.page.size.width > 0 && self.page.size.height > 0 { self.page.size } else { file_size }
    }

    /// The page image that the words are of.
    pub(super) fn text_size(&self, file_size: PageSize) -> PageSize {
        match &self.page.text {
            Some(text) if text.size.width > 0 && text.size.height > 0 => text.size,
            _ => self.size(file_size),
        }
    }

    /// The field with this place in the page's list.
    pub(super) fn field(&self, at: usize) -> &Field {
        &self.page.fields[at]
    }

    /// The table with this place in the page's list.
    pub(super) fn table(&self, at: usize) -> &Table {
        &self.page.tables[at]
    }

    /// A cell by its table's and its own place.
    pub(super) fn cell(&self, table: usize, at: usize) -> &Cell {
        &self.page.tables[table].cells[at]
    }

    /// What a click on the mark selects.
    pub(super) fn target(&self, mark: Mark) -> Target {
        let page = self.page.number;
        match mark {
            Mark::Field(at) => Target::Field { page, id: self.field(at).id.clone() },
            Mark::Table(at) => Target::Table { page, id: self.table(at).id.clone() },
            Mark::Cell(table, at) => {
                let cell = self.cell(table, at);
                Target::Cell { page, id: self.table(table).id.clone(), row: cell.row, col: cell.col }
            }
        }
    }

    /// The mark that is selected by `target`.
    pub(super) fn mark(&self, target: &Target) -> Option<Mark> {
        if target.page() != self.page.number {
            return None;
        }
        let table = |id: &FieldId| self.page.tables.iter().position(|t| t.id == *id);
        match target {
            Target::Field { id, .. } => self.page.fields.iter().position(|f| f.id == *id).map(Mark::Field),
            Target::Table { id, .. } => table(id).map(Mark::Table),
            Target::Cell { id, row, col, .. } => {
                let table = table(id)?;
                let at = self.table(table).cells.iter().position(|c| c.row == *row && c.col == *col)?;
                Some(Mark::Cell(table, at))
            }
        }
    }

    /// Where a mark is.
    pub(super) fn rect(&self, mark: Mark) -> Option<PageRect> {
        match mark {
            Mark::Field(at) => self.field(at).rect,
            Mark::Table(at) => Some(self.table(at).rect),
            Mark::Cell(table, at) => Some(self.cell(table, at).rect),
        }
    }
}

/// The overlays of the pages in view, and the colours of the document's labels.
#[derive(Default)]
pub(super) struct Overlays {
    pages: HashMap<u32, Overlay>,
    labels: LabelLooks,
    /// The pages and the model's labels that the colours were made from.
    seen: (Vec<Arc<Page>>, Vec<LabelInfo>),
}

impl Overlays {
    /// Follows the document: where it changed, colours and what depends on them are made anew.
    pub(super) fn follow(&mut self, state: &State, document: &DeskDocument) {
        let (pages, labels) = &self.seen;
        let same = pages.len() == document.pages.len()
            && pages.iter().zip(document.pages.values()).all(|(a, b)| Arc::ptr_eq(a, b))
            && *labels == state.labels_of(document);
        if !same {
            self.seen = (document.pages.values().cloned().collect(), state.labels_of(document).to_vec());
            self.labels.follow(state, document);
            self.pages.clear();
        }
    }

    /// Prepares the overlay of a page that is in view.
    pub(super) fn prepare(&mut self, document: &DeskDocument, page: u32, file_size: PageSize) {
        if let Some(answer) = document.pages.get(&page)
            && self.pages.get(&page).is_none_or(|o| !Arc::ptr_eq(&o.page, answer))
        {
            self.pages.insert(page, Overlay::new(answer, file_size, &self.labels));
        }
    }

    /// Forgets pages that `keep` refuses.
    pub(super) fn keep(&mut self, keep: impl Fn(u32) -> bool) {
        self.pages.retain(|page, _| keep(*page));
    }

    /// The overlay of a page that was prepared.
    pub(super) fn page(&self, page: u32) -> Option<&Overlay> {
        self.pages.get(&page)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::{DocumentId, FileState, ReadState};
    use std::collections::BTreeMap;

    fn document(page: Page) -> DeskDocument {
        DeskDocument {
            id: DocumentId(1),
            path: "a.pdf".into(),
            name: "a.pdf".into(),
            kind: None,
            file: FileState::Opening,
            reading: ReadState::Done,
            pages: BTreeMap::from([(page.number, Arc::new(page))]),
            ..DeskDocument::default()
        }
    }

    fn page() -> Page {
        let cell = Cell { row: 1, col: 1, rect: PageRect::new(10.0, 10.0, 50.0, 30.0), ..Cell::default() };
        Page {
            number: 3,
            size: PageSize::new(200, 300),
            fields: vec![
                Field {
                    id: FieldId("a".into()),
                    rect: Some(PageRect::new(12.0, 12.0, 20.0, 20.0)),
                    ..Field::default()
                },
                Field { id: FieldId("nowhere".into()), ..Field::default() },
            ],
            tables: vec![Table {
                id: FieldId("t".into()),
                rect: PageRect::new(10.0, 10.0, 90.0, 90.0),
                cells: vec![cell],
                ..Table::default()
            }],
            ..Page::default()
        }
    }

    #[test]
    fn a_field_without_a_place_has_no_mark_and_small_ones_lie_on_top() {
        let mut overlays = Overlays::default();
        let document = document(page());
        overlays.follow(&State::default(), &document);
        overlays.prepare(&document, 3, PageSize::new(200, 300));
        let overlay = overlays.page(3).unwrap();
        assert_eq!(overlay.marks, [Mark::Table(0), Mark::Cell(0, 0), Mark::Field(0)]);
        for mark in &overlay.marks {
            assert_eq!(overlay.mark(&overlay.target(*mark)), Some(*mark));
        }
    }

    #[test]
    fn a_page_that_is_answered_anew_is_drawn_anew() {
        let mut overlays = Overlays::default();
        let first = document(page());
        overlays.follow(&State::default(), &first);
        overlays.prepare(&first, 3, PageSize::new(1, 1));
        let second = document(Page { fields: Vec::new(), ..page() });
        overlays.follow(&State::default(), &second);
        overlays.prepare(&second, 3, PageSize::new(1, 1));
        assert_eq!(overlays.page(3).unwrap().marks.len(), 2);
        overlays.keep(|page| page != 3);
        assert!(overlays.page(3).is_none());
    }
}
