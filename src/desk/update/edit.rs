//! What persons change: values, what is decided about a document, and taking it back.

use super::Core;
use crate::desk::export::{Content, ExportDocument};
use crate::desk::job::{ExportOrder, Job};
use crate::desk::library::{Act, Change, Trail};
use crate::desk::{DeskDocument, DocumentId, Target};
use crate::document::{Cell, Edit, Editable, Field, Score, Standing, Step};
use std::sync::Arc;

impl Core {
    /// A person says what a field or cell of the open document reads. Text that it has already is confirmed.
    pub(super) fn set_text(&mut self, target: &Target, text: &str) {
        let Some(document) = self.state.open_document() else { return };
        let (id, edit) = (document.id, edited(document, target, Some(text.trim())));
        self.make(id, edit.map(|edit| Step(vec![edit])));
    }

    /// Confirms the selected value and goes to the next that needs a look.
    pub(super) fn accept(&mut self) {
        if let (Some(document), Some(target)) = (self.state.open_document(), &self.state.selection) {
            let (id, edit) = (document.id, edited(document, target, None));
            self.make(id, edit.map(|edit| Step(vec![edit])));
        }
        self.next_problem();
    }

    /// Takes the selected field or table out of the open document, and selects what comes next.
    pub(super) fn delete_value(&mut self) {
        let (Some(document), Some(target)) = (self.state.open_document(), self.state.selection.clone()) else { return };
        let (id, edit) = (document.id, deleted(document, &target));
        if edit.is_none() {
            return;
        }
        self.step_field(true);
        if self.state.selection.as_ref() == Some(&target) {
            self.state.selection = None;
        }
        self.make(id, edit.map(|edit| Step(vec![edit])));
    }

    /// Decides about the open document, or takes that decision back.
    pub(super) fn decide(&mut self, standing: Standing) {
        let Some(document) = self.state.open_document() else { return };
        let (id, before) = (document.id, document.standing);
        let after = if before == standing { Standing::Open } else { standing };
        self.make(id, Some(Step(vec![Edit::Standing { before, after }])));
    }

    /// Takes the last change of the open document back.
    pub(super) fn undo(&mut self) {
        let Some(id) = self.state.open.map(|open| open.document) else { return };
        let step = self.pair(id).and_then(|(_, paper)| paper.history.undo());
        match step {
            Some(step) => self.apply_step(id, &step, Act::Undone),
            None => self.info("There is nothing to undo in this document", None),
        }
    }

    /// Makes the change again that was taken back last.
    pub(super) fn redo(&mut self) {
        let Some(id) = self.state.open.map(|open| open.document) else { return };
        let step = self.pair(id).and_then(|(_, paper)| paper.history.redo());
        match step {
            Some(step) => self.apply_step(id, &step, Act::Redone),
            None => self.info("There is nothing to redo in this document", None),
        }
    }

    /// Has all documents that were read exported, but for those that were rejected.
    pub(super) fn export(&mut self, content: Content) {
        let is_wanted =
            |document: &&DeskDocument| !document.pages.is_empty() && document.standing != Standing::Rejected;
        let documents: Vec<ExportDocument> = self
            .state
            .documents
            .iter()
            .filter(is_wanted)
            .map(|document| ExportDocument {
                name: document.name.clone(),
                standing: document.standing,
                pages: document.pages.values().cloned().collect(),
            })
            .collect();
        if documents.is_empty() {
            self.info("Nothing was read yet that could be exported", None);
            return;
        }
        let threshold = self.state.view.threshold.get();
        self.jobs.push(Job::Export(Box::new(ExportOrder { documents, content, threshold })));
    }

    /// Makes a step and remembers it.
    fn make(&mut self, id: DocumentId, step: Option<Step>) {
        let Some(step) = step else { return };
        if let Some((_, paper)) = self.pair(id) {
            paper.history.push(step.clone());
        }
        let act = Act::Made(step.clone());
        self.apply_step(id, &step, act);
    }

    fn apply_step(&mut self, id: DocumentId, step: &Step, act: Act) {
        let shows = !matches!(act, Act::Made(_));
        let Some((document, _)) = self.pair(id) else { return };
        step.apply(&mut Editable { pages: &mut document.pages, standing: &mut document.standing });
        let mut changes: Vec<Change> = step
            .pages()
            .filter_map(|number| document.pages.get(&number))
            .map(|page| Change::Page(id, Arc::clone(page)))
            .collect();
        changes.push(Change::Trail(id, Trail { at_ms: 0, act }));
        self.changed.insert(id);
        self.keep(changes);
        self.drop_stale_selection();
        if shows && let Some(target) = step.0.iter().find_map(changed) {
            // Whoever undoes wants to see what it did.
            self.select(Some(target));
            self.drop_stale_selection();
        }
    }
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
            Some(Target::Table { page: *page, id: table.id.clone() })
        }
        Edit::Standing { .. } => None,
    }
}

/// The edit by which a person says that a value is right, with another text where there is one; `None` where it changes
/// nothing.
fn edited(document: &DeskDocument, target: &Target, text: Option<&str>) -> Option<Edit> {
    let page = target.page();
    let known = document.pages.get(&page)?;
    match target {
        Target::Field { id, .. } => {
            let at = known.fields.iter().position(|field| field.id == *id)?;
            let before = known.fields[at].clone();
            let text = text.unwrap_or(&before.text).to_owned();
            let after = Field { text, score: Score::CERTAIN, objection: None, confirmed: true, ..before.clone() };
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
            cell.score = Score::CERTAIN;
            cell.confirmed = true;
            (after != before).then(|| Edit::Table { page, at, before: Some(before.into()), after: Some(after.into()) })
        }
        Target::Table { .. } => None,
    }
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
