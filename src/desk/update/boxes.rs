//! Where fields stand and what they are: boxes that persons draw, move and name. What stands in a new box is read at once.

use super::annotate::exact_place;
use super::order::stops;
use super::{Core, Task};
use crate::desk::job::{BoxOrder, Job, TaskId};
use crate::desk::review::own_threshold;
use crate::desk::{DeskDocument, DocumentId, FileState, Target};
use crate::document::{
    Axis, Cell, Edit, Field, FieldId, KeptText, Page, PageRect, PageSize, Problem, Score, Step, Table, Word,
};
use crate::pages::{PageFile, PixelRegion};

/// What a box is for that is being read.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Waiting {
    /// This field of this page is to stand there.
    Field(u32, Box<Field>),
    /// A table is to stand there.
    Table(u32, PageRect, String),
}

/// What is read around a box, as a share of its sides: letters at the edge need some paper around them.
const MARGIN: f32 = 0.04;
/// The same in pixels, at least.
const LEAST_MARGIN: f32 = 16.0;

impl Core {
    /// A field is to stand at another place. What stands there becomes its text.
    pub(super) fn set_rect(&mut self, target: &Target, rect: PageRect) {
        let Some(document) = self.state.open_document() else { return };
        let Target::Field { page, id } = target else { return };
        let Some(known) = document.pages.get(page) else { return };
        let (Some(field), Some(rect)) = (known.fields.iter().find(|f| f.id == *id), clamped(document, known, rect))
        else {
            return;
        };
        let field = Field { rect: Some(rect), ..field.clone() };
        self.place_field(*page, field);
    }

    /// A new field.
    pub(super) fn add_field(&mut self, page: u32, rect: PageRect, label: String) {
        let Some(document) = self.state.open_document() else { return };
        let Some(known) = document.pages.get(&page) else { return };
        let Some(rect) = clamped(document, known, rect) else { return };
        let id = FieldId(self.new_id(document));
        self.place_field(page, Field { id, label, rect: Some(rect), ..Field::default() });
    }

    /// A new value that a person typed: where it stands is looked for on the page in view, then on the others.
    pub(super) fn type_value(&mut self, label: String, text: String) {
        let Some((document, open)) = self.state.open_document().zip(self.state.open) else { return };
        // Letter by letter only where the person looks: that takes longer.
        let like = || {
            let known = document.pages.get(&open.page)?;
            let words = known.text.as_ref()?.unpacked();
            Some((open.page, words.places_like(&text).first()?.rescaled(words.size, page_size(document, known))))
        };
        let found = exact_place(document, open.page, &text).or_else(like);
        let (id, name) = (document.id, FieldId(self.new_id(document)));
        let (page, rect) = found.map_or((open.page, None), |(page, rect)| (page, Some(rect)));
        if !document.pages.contains_key(&page) {
            return;
        }
        if rect.is_none() {
            self.info(
                format!("“{text}” does not stand on the document as far as it is read; it is kept without a place"),
                None,
            );
        }
        self.put_field(id, page, said(Field { id: name, label, text, rect, ..Field::default() }));
    }

    /// Makes one value of the selected ones: their texts in reading order, one box around all.
    pub(super) fn join_values(&mut self) {
        let Some(document) = self.state.open_document() else { return };
        let Some(Target::Field { page, id: first }) = &self.state.selection else { return };
        let (id, page) = (document.id, *page);
        let Some(known) = document.pages.get(&page) else { return };
        let selected: Vec<&FieldId> = self
            .state
            .selected()
            .filter_map(
                |target| if let Target::Field { page: of, id } = target { (*of == page).then_some(id) } else { None },
            )
            .collect();
        let mut parts: Vec<(usize, &Field)> =
            known.fields.iter().enumerate().filter(|(_, field)| selected.contains(&&field.id)).collect();
        let Some(&(at, before)) = parts.iter().find(|(_, field)| field.id == *first) else { return };
        if parts.len() < 2 {
            return self.info("Select several values of a page first: Ctrl click takes one more", None);
        }
        let mut edits: Vec<Edit> = Vec::new();
        let gone = |(at, field): &(usize, &Field)| Edit::Field {
            page,
            at: *at,
            before: Some((*field).clone().into()),
            after: None,
        };
        edits.extend(parts.iter().rev().filter(|(other, _)| *other != at).map(gone));
        let at = at - parts.iter().filter(|(other, _)| *other < at).count();
        let order = stops(known, self.state.judge(document));
        let rank = |field: &Field| {
            order.iter().position(|stop| matches!(&stop.target, Target::Field { id, .. } if *id == field.id))
        };
        parts.sort_by_key(|(_, field)| rank(field));
        let texts: Vec<&str> =
            parts.iter().map(|(_, field)| field.text.as_str()).filter(|text| !text.is_empty()).collect();
        let after = Field {
            text: texts.join(" "),
            rect: PageRect::around(parts.iter().filter_map(|(_, field)| field.rect)),
            score: Score::CERTAIN,
            objection: None,
            reread: None,
            confirmed: true,
            ..before.clone()
        };
        edits.push(Edit::Field { page, at, before: Some(before.clone().into()), after: Some(after.into()) });
        self.state.marked.clear();
        self.make(id, Some(Step(edits)));
    }

    /// The open document has no value of this label: nobody need look for it.
    pub(super) fn say_label_absent(&mut self, label: String) {
        let Some((document, open)) = self.state.open_document().zip(self.state.open) else { return };
        let (id, name) = (document.id, FieldId(self.new_id(document)));
        self.put_field(id, open.page, said(Field { id: name, label, ..Field::default() }));
    }

    /// A name that nothing in the document has.
    pub(super) fn new_id(&self, document: &DeskDocument) -> String {
        let fields = || document.pages.values().flat_map(|page| page.fields.iter().map(|field| &field.id));
        let tables = || document.pages.values().flat_map(|page| page.tables.iter().map(|table| &table.id));
        // Deleted ones come back when they are undone: the start's name makes those of different starts differ.
        let taken = |name: &str| fields().chain(tables()).any(|id| id.0 == name);
        let first = self.papers.get(&document.id).map_or(0, |paper| paper.history.len());
        let mut number = first;
        loop {
            let name = format!("{}{}-{number}", FieldId::OWN, self.start_name);
            if !taken(&name) {
                return name;
            }
            number += 1;
        }
    }

    /// Lets a field stand where it says; its text is what stands there.
    fn place_field(&mut self, page: u32, field: Field) {
        let Some(document) = self.state.open_document() else { return };
        let Some(rect) = field.rect else { return };
        let words = document.pages.get(&page).into_iter().flat_map(|known| known.words_in(rect));
        match read_in(words) {
            Some((text, score)) => {
                let field = self.as_read(field, text, score);
                self.put_field(document.id, page, field);
            }
            None => self.read_box(page, rect, Waiting::Field(page, Box::new(field))),
        }
    }

    /// A field with what was read where a person let it stand: theirs where that is sure, to be looked at where it is not.
    fn as_read(&self, field: Field, text: String, score: Score) -> Field {
        let threshold = own_threshold(&self.state.rules, &field.label).unwrap_or(self.state.view.threshold);
        Field { text, score, confirmed: score >= threshold, objection: None, reread: None, ..field }
    }

    /// Puts a field on a page, in place of the one of its name.
    fn put_field(&mut self, id: DocumentId, page: u32, field: Field) {
        let Some((document, _)) = self.pair(id) else { return };
        let Some(known) = document.pages.get(&page) else { return };
        let at = known.fields.iter().position(|known| known.id == field.id);
        let before = at.map(|at| Box::new(known.fields[at].clone()));
        let target = Target::Field { page, id: field.id.clone() };
        let at = at.unwrap_or(known.fields.len());
        if before.as_deref() == Some(&field) {
            return;
        }
        self.make(id, Some(Step(vec![Edit::Field { page, at, before, after: Some(field.into()) }])));
        if self.state.open.is_some_and(|open| open.document == id) {
            self.state.selection = Some(target);
            self.state.marked.clear();
        }
    }

    /// A new table, with what stands there.
    pub(super) fn add_table(&mut self, page: u32, rect: PageRect, label: String) {
        let Some(document) = self.state.open_document() else { return };
        let Some(known) = document.pages.get(&page) else { return };
        let Some(rect) = clamped(document, known, rect) else { return };
        self.read_box(page, rect, Waiting::Table(page, rect, label));
    }

    /// Has what stands in a box read by this computer, also on a document that another service reads.
    fn read_box(&mut self, page: u32, rect: PageRect, waiting: Waiting) {
        let Some(document) = self.state.open_document() else { return };
        let FileState::Ready(sizes) = &document.file else { return };
        let (Some(size), Some(known)) = (sizes.get(page as usize).copied(), document.pages.get(&page)) else { return };
        let id = document.id;
        let region = region(rect.rescaled(page_size(document, known), size), size);
        let file = PageFile { path: document.path.clone(), password: document.password.clone() };
        let order = BoxOrder { file, page, size, region };
        self.start(Task::ReadBox(id, waiting), |task| Job::ReadBox(task, order));
    }

    /// What stands in a box was read, or not: then the box is there without text.
    pub(super) fn box_read(&mut self, task: TaskId, result: Result<Page, Problem>) {
        let Some(Task::ReadBox(id, waiting)) = self.tasks.remove(&task) else { return };
        let (read, problem) = result.map_or_else(|problem| (Page::default(), Some(problem)), |read| (read, None));
        let Some((document, _)) = self.known(id) else { return };
        match waiting {
            Waiting::Field(page, field) => {
                let found = match (document.pages.get(&page), field.rect) {
                    (Some(known), Some(rect)) => {
                        let rect = rect.rescaled(page_size(document, known), file_size(document, page));
                        let words = read.text.iter().flat_map(KeptText::words);
                        read_in(words.filter(|word| rect.contains(word.rect.center())))
                    }
                    _ => None,
                };
                let field = match found {
                    Some((text, score)) => self.as_read(*field, text, score),
                    // Nothing is read there: what it said before stands, and is to be looked at.
                    None => self.as_read(Field::clone(&field), field.text, Score::new(0.0)),
                };
                self.put_field(id, page, field);
            }
            Waiting::Table(page, rect, label) => {
                let Some(known) = document.pages.get(&page) else { return };
                let to = page_size(document, known);
                let mut table = Table {
                    id: FieldId(self.new_id(document)),
                    ..table_of(&read, rect, file_size(document, page), to)
                };
                if !label.is_empty() {
                    table.label = label;
                }
                // Tables stand in the order of the page: the first may go on from the page before.
                let at = known.tables.iter().position(|other| other.rect.top() > table.rect.top());
                let at = at.unwrap_or(known.tables.len());
                let target = Target::Table { page, id: table.id.clone() };
                self.make(id, Some(Step(vec![Edit::Table { page, at, before: None, after: Some(table.into()) }])));
                if self.state.open.is_some_and(|open| open.document == id) {
                    self.state.selection = Some(target);
                }
            }
        }
        if let Some(problem) = problem {
            self.problem(problem, Some(id));
        }
    }

    /// What the selected fields, table or column are called.
    pub(super) fn set_label(&mut self, label: &str) {
        let label = label.trim();
        let Some(document) = self.state.open_document() else { return };
        let (id, mut edits) = (document.id, Vec::new());
        for target in self.state.selected() {
            let page = target.page();
            let Some(known) = document.pages.get(&page) else { continue };
            match target {
                Target::Field { id, .. } => {
                    let Some(at) = known.fields.iter().position(|field| field.id == *id) else { continue };
                    let before = known.fields[at].clone();
                    // What it is, the person says; that it is read right, they do not.
                    let after = Field { label: label.to_owned(), objection: None, ..before.clone() };
                    edits.push(Edit::Field { page, at, before: Some(before.into()), after: Some(after.into()) });
                }
                Target::Table { id, .. } | Target::Cell { id, .. } => {
                    let Some(at) = known.tables.iter().position(|table| table.id == *id) else { continue };
                    let before = known.tables[at].clone();
                    let mut after = before.clone();
                    match target {
                        Target::Cell { col, .. } => after.set_label(*col, label),
                        _ => label.clone_into(&mut after.label),
                    }
                    edits.push(Edit::Table { page, at, before: Some(before.into()), after: Some(after.into()) });
                }
            }
        }
        self.make(id, (!edits.is_empty()).then_some(Step(edits)));
    }

    /// Selects a field beside what is selected, or lets it go.
    pub(super) fn mark(&mut self, target: Target) {
        if !matches!(target, Target::Field { .. }) || !matches!(self.state.selection, None | Some(Target::Field { .. }))
        {
            return self.select(Some(target));
        }
        if self.state.selection.as_ref() == Some(&target) {
            self.state.selection = self.state.marked.pop();
        } else if let Some(at) = self.state.marked.iter().position(|marked| *marked == target) {
            self.state.marked.remove(at);
        } else if self.state.selection.is_none() {
            self.state.selection = Some(target);
        } else {
            self.state.marked.push(target);
        }
    }
}

/// The size of the page that a page's rectangles are of.
fn page_size(document: &DeskDocument, page: &Page) -> PageSize {
    if page.size.width > 0 && page.size.height > 0 { page.size } else { file_size(document, page.number) }
}

fn file_size(document: &DeskDocument, page: u32) -> PageSize {
    match &document.file {
        FileState::Ready(sizes) => sizes.get(page as usize).copied().unwrap_or_default(),
        _ => PageSize::default(),
    }
}

/// The part of a rectangle that lies on its page, if it is worth the name.
fn clamped(document: &DeskDocument, page: &Page, rect: PageRect) -> Option<PageRect> {
    rect.intersection(page_size(document, page).rect()).filter(|rect| rect.width() >= 2.0 && rect.height() >= 2.0)
}

/// A rectangle with some paper around it, in whole pixels of the page.
fn region(rect: PageRect, size: PageSize) -> PixelRegion {
    let margin = (rect.width().max(rect.height()) * MARGIN).max(LEAST_MARGIN);
    let rect = rect.grown(margin).intersection(size.rect()).unwrap_or(size.rect());
    let (x, y) = (rect.left().floor() as u32, rect.top().floor() as u32);
    let (right, bottom) =
        ((rect.right().ceil() as u32).min(size.width), (rect.bottom().ceil() as u32).min(size.height));
    PixelRegion { x, y, width: right.saturating_sub(x).max(1), height: bottom.saturating_sub(y).max(1) }
}

/// A value that a person said, all of it.
fn said(field: Field) -> Field {
    Field { score: Score::CERTAIN, confirmed: true, ..field }
}

/// Words as text, and how sure the least sure of them is; `None` where there is none.
fn read_in(words: impl Iterator<Item = Word>) -> Option<(String, Score)> {
    let words: Vec<Word> = words.collect();
    let least = words.iter().map(|word| word.score).min_by(|a, b| a.get().total_cmp(&b.get()))?;
    Some((joined(&words), least))
}

fn joined(words: &[Word]) -> String {
    words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// A table at `rect` with what was read there: the largest table, or else the lines of its words, cut where gaps go through
/// all of them.
fn table_of(read: &Page, rect: PageRect, from: PageSize, to: PageSize) -> Table {
    let place = |r: PageRect| r.rescaled(from, to);
    let label = "table".to_owned();
    if let Some(found) = read.tables.iter().max_by(|a, b| a.rect.area().total_cmp(&b.rect.area())) {
        let cell = |cell: &Cell| Cell { rect: place(cell.rect), ..cell.clone() };
        let cells = found.cells.iter().map(cell).collect();
        return Table { label, rect: place(found.rect), score: Score::CERTAIN, cells, ..found.clone() };
    }
    let mut lines: Vec<(u32, Vec<Word>)> = Vec::new();
    let words = read.text.iter().flat_map(KeptText::words).filter(|word| rect.contains(place(word.rect).center()));
    for word in words {
        match lines.last_mut() {
            Some((line, words)) if *line == word.line => words.push(word),
            _ => lines.push((word.line, vec![word])),
        }
    }
    let mut table = Table { label, rect, score: Score::CERTAIN, ..Table::default() };
    table.insert(Axis::Rows, 1);
    let texts: Vec<Vec<String>> = lines.iter().map(|(_, words)| vec![joined(words)]).collect();
    let rows = texts.len().max(1) as u32;
    while table.rows() < rows {
        table.insert(Axis::Rows, table.rows() + 1);
    }
    table.rect = rect;
    let height = rect.height() / rows as f32;
    for cell in &mut table.cells {
        let top = rect.top() + (cell.row - 1) as f32 * height;
        cell.rect = PageRect::new(rect.left(), top, rect.right(), top + height);
    }
    for (row, (_, words)) in (1..).zip(&lines) {
        if let (Some(around), Some(cell)) =
            (PageRect::around(words.iter().map(|word| place(word.rect))), table.cells.iter_mut().find(|c| c.row == row))
        {
            cell.rect = PageRect::new(rect.left(), around.top(), rect.right(), around.bottom());
        }
    }
    table.paste((1, 1), &texts);
    for (row, (_, words)) in (1..).zip(&lines) {
        for cell in table.cells.iter_mut().filter(|cell| cell.row == row) {
            // They are read, not typed.
            cell.score = read_in(words.iter().cloned()).map_or(Score::CERTAIN, |(_, score)| score);
            cell.confirmed = false;
        }
    }
    table
}
