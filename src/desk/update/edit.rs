//! What persons change of values, and taking changes back.

use super::Core;
use super::decide::opening_sentence;
use crate::desk::library::{Act, Change, Trail};
use crate::desk::{DeskDocument, DocumentId, Target};
use crate::document::{Cell, Edit, Editable, Field, FieldId, Score, Standing, Step, Table, counted};
use std::sync::Arc;

impl Core {
    /// A person says what a field or cell of a document reads. Text that it has already is confirmed.
    pub(super) fn set_text(&mut self, id: DocumentId, target: &Target, text: &str) {
        let Some(document) = self.state.document(id) else { return };
        let edit = edited(document, target, Some(text.trim()));
        self.make(id, edit.map(|edit| Step(vec![edit])));
    }

    /// Confirms the selected value and goes to the next that needs a look.
    pub(super) fn accept(&mut self) {
        if let Some(document) = self.state.open_document() {
            let edits: Vec<Edit> = match self.state.cell_range() {
                Some((page, table, range)) => {
                    let is_in = |cell: &Cell| range.rows.contains(&cell.row) && range.cols.contains(&cell.col);
                    cells_confirmed(document, page, table, is_in).into_iter().collect()
                }
                None => self.state.selected().filter_map(|target| edited(document, target, None)).collect(),
            };
            let id = document.id;
            self.make(id, (!edits.is_empty()).then_some(Step(edits)));
        }
        self.next_problem();
    }

    /// Takes what was said when the page was read again in place of the selected values, and goes to the next that needs a
    /// look. Of a table that has other rows or columns now all of it is taken.
    pub(super) fn take_reread(&mut self) {
        let Some(document) = self.state.open_document() else { return };
        let id = document.id;
        let edits: Vec<Edit> = self.state.selected().filter_map(|target| reread(document, target)).collect();
        if edits.is_empty() {
            return self.refuse("Nothing else was read for what is selected");
        }
        self.make(id, Some(Step(edits)));
        self.drop_stale_selection();
        self.next_problem();
    }

    /// Takes the selected fields or table out of the open document, and selects what comes next.
    pub(super) fn delete_value(&mut self) {
        let Some(document) = self.state.open_document() else { return };
        let id = document.id;
        let gone: Vec<Target> = self.state.selected().cloned().collect();
        if let Some((page, table, range)) = self.state.cell_range() {
            // As in a spreadsheet, the cells are empty then.
            let is_in = |cell: &Cell| range.rows.contains(&cell.row) && range.cols.contains(&cell.col);
            let emptied = cells_changed(document, page, table, is_in, |cell| cell.text.clear());
            return self.make(id, emptied.map(|edit| Step(vec![edit])));
        }
        // From the last on, so that each is still where it was.
        let mut edits: Vec<Edit> = gone.iter().filter_map(|target| deleted(document, target)).collect();
        edits.sort_by_key(|edit| std::cmp::Reverse(place(edit)));
        if edits.is_empty() {
            return;
        }
        self.step_field(true);
        if self.state.selection.as_ref().is_some_and(|target| gone.contains(target)) {
            self.state.selection = None;
        }
        self.make(id, Some(Step(edits)));
    }

    /// Says that what is selected is not on the document: it has no value and no place, and nobody need look again.
    pub(super) fn say_absent(&mut self) {
        let Some(document) = self.state.open_document() else { return };
        let id = document.id;
        let absent = |target: &Target| {
            let Target::Field { page, id } = target else { return None };
            let at = document.pages.get(page)?.fields.iter().position(|field| field.id == *id)?;
            let before = document.pages.get(page)?.fields[at].clone();
            let after = Field {
                text: String::new(),
                rect: None,
                score: Score::CERTAIN,
                objection: None,
                reread: None,
                confirmed: true,
                ..before.clone()
            };
            let (page, before, after) = (*page, Some(before.into()), Some(after.into()));
            Some(Edit::Field { page, at, before, after })
        };
        let edits: Vec<Edit> = self.state.selected().filter_map(absent).collect();
        if !edits.is_empty() {
            // Without a place it would be the last one of its page: what is next is what comes after it now.
            self.next_problem();
            let next = self.state.selection.clone();
            self.make(id, Some(Step(edits)));
            self.state.selection = next;
            self.drop_stale_selection();
        }
    }

    /// Takes the last change back: that of several documents where it was about them, else that of the open one.
    pub(super) fn undo(&mut self) {
        if let Some((documents, false)) = self.together.take()
            && !documents.is_empty()
        {
            return self.repeat(documents, true);
        }
        let Some(id) = self.state.open.map(|open| open.document).filter(|id| self.has_come(*id)) else { return };
        let step = self.pair(id).and_then(|(_, paper)| paper.history.undo());
        match step {
            Some(step) => self.apply_step(id, &step, Act::Undone),
            None => self.refuse("There is nothing to undo in this document"),
        }
    }

    /// Makes the change again that was taken back last.
    pub(super) fn redo(&mut self) {
        if let Some((documents, true)) = self.together.take()
            && !documents.is_empty()
        {
            return self.repeat(documents, false);
        }
        let Some(id) = self.state.open.map(|open| open.document).filter(|id| self.has_come(*id)) else { return };
        let step = self.pair(id).and_then(|(_, paper)| paper.history.redo());
        match step {
            Some(step) => self.apply_step(id, &step, Act::Redone),
            None => self.refuse("There is nothing to redo in this document"),
        }
    }

    /// Takes the last change of several documents back, or makes it again, and says so.
    fn repeat(&mut self, mut documents: Vec<DocumentId>, is_undone: bool) {
        documents.retain(|id| {
            let history = self.pair(*id).map(|(_, paper)| &mut paper.history);
            let step = history.and_then(|history| if is_undone { history.undo() } else { history.redo() });
            let act = if is_undone { Act::Undone } else { Act::Redone };
            step.inspect(|step| self.apply_step(*id, step, act)).is_some()
        });
        let what = if is_undone { "The last change was taken back in" } else { "The change was made again in" };
        self.info(format!("{what} {}", counted(documents.len(), "document")), None);
        self.together = Some((documents, is_undone));
    }

    /// Whether the library has brought all of a document; where it has not, that is said.
    fn has_come(&mut self, id: DocumentId) -> bool {
        let Some((document, paper)) = self.known(id) else { return false };
        if paper.is_whole() {
            return true;
        }
        let sentence = opening_sentence(&document.name);
        self.info(sentence, Some(id));
        false
    }

    /// Makes a step and remembers it.
    pub(super) fn make(&mut self, id: DocumentId, step: Option<Step>) {
        let Some(step) = step else { return };
        self.together = None;
        if let Some((_, paper)) = self.pair(id) {
            paper.history.push(step.clone());
        }
        let act = Act::Made(step.clone());
        self.apply_step(id, &step, act);
    }

    fn apply_step(&mut self, id: DocumentId, step: &Step, act: Act) {
        let shows = !matches!(act, Act::Made(_));
        let reviewer = self.state.reviewer.clone();
        let Some((document, _)) = self.pair(id) else { return };
        step.apply(&mut Editable { pages: &mut document.pages, standing: &mut document.standing });
        document.reviewer = Some(reviewer.clone());
        let mut changes: Vec<Change> = step
            .pages()
            .filter_map(|number| document.pages.get(&number))
            .map(|page| Change::Page(id, Arc::clone(page)))
            .collect();
        let by = reviewer;
        changes.push(Change::Trail(id, Trail { at_ms: 0, by, act }));
        self.changed.insert(id);
        self.left_labels.extend(step.0.iter().filter_map(left_label).cloned());
        let decided = step.0.iter().any(|edit| matches!(edit, Edit::Standing { .. }));
        self.note_change(id, step.pages(), decided);
        if decided && self.state.document(id).is_some_and(|document| document.standing == Standing::Approved) {
            self.note_approval(id);
        }
        self.has_new_values(id);
        self.keep(changes);
        self.drop_stale_selection();
        let shows = shows && self.state.open.is_some_and(|open| open.document == id);
        let is_in_hand = |target: &Target| match (target, &self.state.selection) {
            (Target::Table { page, id }, Some(Target::Cell { page: other, id: of, .. })) => (page, id) == (other, of),
            _ => false,
        };
        // Whoever undoes wants to see what it did: of several changes, one in view and no whole table, where there is one.
        let seen = self.state.open.map(|open| open.page);
        let far = |target: &Target| (Some(target.page()) != seen, !matches!(target, Target::Field { .. }));
        let about = step.0.iter().filter_map(changed).min_by_key(far);
        if shows && let Some(target) = about.filter(|target| !is_in_hand(target)) {
            self.select(Some(target));
            self.drop_stale_selection();
        }
    }
}

/// The page of an edit and the place there.
const fn place(edit: &Edit) -> (u32, usize) {
    match edit {
        Edit::Field { page, at, .. } | Edit::Table { page, at, .. } => (*page, *at),
        Edit::Standing { .. } => (0, 0),
    }
}

/// The label that a value had before an edit and has no more.
fn left_label(edit: &Edit) -> Option<&String> {
    let Edit::Field { before: Some(before), after, .. } = edit else { return None };
    let stays = after.as_ref().is_some_and(|after| after.label == before.label);
    (!stays).then_some(&before.label)
}

/// What an edit is about.
fn changed(edit: &Edit) -> Option<Target> {
    match edit {
        Edit::Field { page, before, after, .. } => {
            let field = after.as_ref().or(before.as_ref())?;
            Some(Target::Field { page: *page, id: field.id.clone() })
        }
        Edit::Table { page, before, after, .. } => {
            let table = after.as_ref().or(before.as_ref())?;
            let (page, id) = (*page, table.id.clone());
            // The one cell that is another, where the grid is the same.
            let cells =
                before.as_ref().zip(after.as_ref()).filter(|(before, after)| before.cells.len() == after.cells.len());
            let mut changed = cells
                .into_iter()
                .flat_map(|(before, after)| before.cells.iter().zip(&after.cells))
                .filter(|(before, after)| before != after);
            match (changed.next(), changed.next()) {
                (Some((_, cell)), None) => Some(Target::Cell { page, id, row: cell.row, col: cell.col }),
                _ => Some(Target::Table { page, id }),
            }
        }
        Edit::Standing { .. } => None,
    }
}

/// The edit by which a person says that a value is right, with another text where there is one; `None` where it changes
/// nothing.
pub(super) fn edited(document: &DeskDocument, target: &Target, text: Option<&str>) -> Option<Edit> {
    let page = target.page();
    let known = document.pages.get(&page)?;
    match target {
        Target::Field { id, .. } => {
            let at = known.fields.iter().position(|field| field.id == *id)?;
            let before = known.fields[at].clone();
            let text = text.unwrap_or(&before.text).to_owned();
            let after =
                Field { text, score: Score::CERTAIN, objection: None, reread: None, confirmed: true, ..before.clone() };
            (after != before).then(|| Edit::Field { page, at, before: Some(before.into()), after: Some(after.into()) })
        }
        Target::Cell { id, row, col, .. } => {
            let at = known.tables.iter().position(|table| table.id == *id)?;
            let before = known.tables[at].clone();
            let mut after = before.clone();
            let cell = after.cells.iter_mut().find(|cell| covers(cell, *row, *col))?;
            if let Some(text) = text {
                text.clone_into(&mut cell.text);
            }
            confirm(cell);
            (after != before).then(|| Edit::Table { page, at, before: Some(before.into()), after: Some(after.into()) })
        }
        Target::Table { id, .. } => {
            let at = known.tables.iter().position(|table| table.id == *id)?;
            let before = known.tables[at].clone();
            let mut after = Table { score: Score::CERTAIN, reread: None, ..before.clone() };
            after.cells.iter_mut().for_each(confirm);
            (after != before).then(|| Edit::Table { page, at, before: Some(before.into()), after: Some(after.into()) })
        }
    }
}

/// The edit by which what was read again takes the place of a value; `None` where that said nothing else.
fn reread(document: &DeskDocument, target: &Target) -> Option<Edit> {
    let page = target.page();
    let known = document.pages.get(&page)?;
    let (Target::Table { id, .. } | Target::Cell { id, .. }) = target else {
        let Target::Field { id, .. } = target else { return None };
        let said = known.fields.iter().find(|field| field.id == *id)?.reread.clone()?;
        return edited(document, target, Some(&said));
    };
    let at = known.tables.iter().position(|table| table.id == *id)?;
    let before = &known.tables[at];
    let is_meant = |cell: &Cell| !matches!(target, Target::Cell { row, col, .. } if !covers(cell, *row, *col));
    if let Some(after) = before.as_reread() {
        let (before, after) = (Some(before.clone().into()), Some(after.into()));
        return Some(Edit::Table { page, at, before, after });
    }
    let says_else = |cell: &Cell| is_meant(cell) && cell.reread.is_some();
    cells_changed(document, page, id, says_else, |cell| {
        if let Some(said) = cell.reread.take() {
            cell.text = said.into();
        }
    })
}

fn confirm(cell: &mut Cell) {
    cell.score = Score::CERTAIN;
    cell.confirmed = true;
    cell.reread = None;
}

/// The edit by which a person says that these cells of a table are right; with all of them the table is. `None` where it
/// changes nothing.
pub(super) fn cells_confirmed(
    document: &DeskDocument,
    page: u32,
    id: &FieldId,
    is_meant: impl Fn(&Cell) -> bool,
) -> Option<Edit> {
    cells_changed(document, page, id, is_meant, |_| {})
}

/// The edit by which a person changes these cells of a table, and so says that they are right.
fn cells_changed(
    document: &DeskDocument,
    page: u32,
    id: &FieldId,
    is_meant: impl Fn(&Cell) -> bool,
    change: impl Fn(&mut Cell),
) -> Option<Edit> {
    let known = document.pages.get(&page)?;
    let at = known.tables.iter().position(|table| table.id == *id)?;
    let before = known.tables[at].clone();
    let mut after = before.clone();
    for cell in after.cells.iter_mut().filter(|cell| is_meant(cell)) {
        change(cell);
        confirm(cell);
    }
    if after.cells.iter().all(|cell| cell.confirmed) {
        after.score = Score::CERTAIN;
    }
    (after != before).then(|| Edit::Table { page, at, before: Some(before.into()), after: Some(after.into()) })
}

fn covers(cell: &Cell, row: u32, col: u32) -> bool {
    (cell.row..cell.row + cell.row_span.max(1)).contains(&row)
        && (cell.col..cell.col + cell.col_span.max(1)).contains(&col)
}

fn deleted(document: &DeskDocument, target: &Target) -> Option<Edit> {
    let page = target.page();
    let known = document.pages.get(&page)?;
    match target {
        Target::Field { id, .. } => {
            let at = known.fields.iter().position(|field| field.id == *id)?;
            Some(Edit::Field { page, at, before: Some(known.fields[at].clone().into()), after: None })
        }
        Target::Table { id, .. } => {
            let at = known.tables.iter().position(|table| table.id == *id)?;
            Some(Edit::Table { page, at, before: Some(known.tables[at].clone().into()), after: None })
        }
        Target::Cell { .. } => None,
    }
}
