//! What persons change: values, what is decided about a document, and taking it back.

use super::add::shown_name;
use super::{Core, Paper, Task};
use crate::desk::export::{Content, ExportDocument, Known};
use crate::desk::job::{ExportOrder, Job, PdfOrder, TaskId};
use crate::desk::library::{Act, Change, Trail};
use crate::desk::{DeskDocument, DocumentId, ExportColumns, ExportOf, ExportWhat, FileState, ReadState, Target};
use crate::document::{Cell, Edit, Editable, Field, FieldId, Page, Problem, Score, Standing, Step, Table, counted};
use crate::pages::PageFile;
use std::path::PathBuf;
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
            return self.info("Nothing else was read for what is selected", None);
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

    /// Confirms all values of these documents that need no look, in one step each.
    pub(super) fn accept_sure(&mut self, ids: &[DocumentId]) {
        let count: usize = ids.iter().map(|id| self.accept_sure_of(*id)).sum();
        let sentence = match count {
            0 => "No value is sure and not confirmed yet".to_owned(),
            _ => format!("{} accepted", counted(count, "value")),
        };
        self.info(sentence, None);
    }

    /// So many were.
    fn accept_sure_of(&mut self, id: DocumentId) -> usize {
        let Some(document) = self.state.document(id).filter(|document| document.standing == Standing::Open) else {
            return 0;
        };
        let judge = self.state.judge(document);
        let sure = |page: &Arc<Page>| {
            let number = page.number;
            let fields = page.fields.iter().filter(|field| !field.confirmed && !judge.needs_look(field));
            fields.map(|field| Target::Field { page: number, id: field.id.clone() }).collect::<Vec<_>>()
        };
        let targets: Vec<Target> = document.pages.values().flat_map(sure).collect();
        let mut edits: Vec<Edit> = targets.iter().filter_map(|target| edited(document, target, None)).collect();
        let mut count = edits.len();
        for (page, table) in document.pages.values().flat_map(|page| page.tables.iter().map(|t| (page.number, t))) {
            if judge.table_needs_look(table) {
                continue;
            }
            let is_sure = |cell: &Cell| !cell.confirmed && !judge.cell_needs_look(table, cell);
            count += table.cells.iter().filter(|cell| is_sure(cell)).count();
            edits.extend(cells_confirmed(document, page, &table.id, is_sure));
        }
        self.make(id, (!edits.is_empty()).then_some(Step(edits)));
        count
    }

    /// Approves every document that was read and has nothing to look at, each in a step of its own; of the selected ones
    /// where there are some.
    pub(super) fn approve_sure(&mut self) {
        let selected = &self.state.selected_documents;
        let is_sure = |document: &&DeskDocument| {
            document.reading == ReadState::Done
                && document.standing == Standing::Open
                && document.pages.values().all(|page| page.problem.is_none())
                && self.state.doubtful(document) == 0
                && self.papers.get(&document.id).is_some_and(Paper::is_whole)
                && (selected.is_empty() || selected.contains(&document.id))
        };
        let sure: Vec<DocumentId> = self.state.documents.iter().filter(is_sure).map(|document| document.id).collect();
        for id in &sure {
            let step = Step(vec![Edit::Standing { before: Standing::Open, after: Standing::Approved }]);
            self.make(*id, Some(step));
        }
        self.info(
            match sure.len() {
                0 => "No document that was read has nothing to look at".to_owned(),
                count => format!("{} approved", counted(count, "document")),
            },
            None,
        );
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

    /// Decides about documents, each in a step of its own; where all of them are decided so, takes that back.
    pub(super) fn decide(&mut self, ids: &[DocumentId], standing: Standing) {
        let ids: Vec<DocumentId> = ids.iter().copied().filter(|id| self.has_come(*id)).collect();
        let documents = || ids.iter().filter_map(|id| self.state.document(*id));
        let is_so = documents().all(|document| document.standing == standing);
        let after = if is_so { Standing::Open } else { standing };
        let waits = |document: &&DeskDocument| after == Standing::Approved && document.reading.is_open();
        let (waiting, decided): (Vec<_>, Vec<_>) =
            documents().filter(|document| document.standing != after).partition(waits);
        let waiting = match waiting[..] {
            [] => None,
            [one] => {
                Some((format!("{} is still being read; approve it when all of it is there", one.name), Some(one.id)))
            }
            _ => Some((
                format!("{} are still being read; approve them when all is there", counted(waiting.len(), "document")),
                None,
            )),
        };
        let unseen: usize = match after {
            Standing::Approved => decided.iter().map(|document| self.state.doubtful(document)).sum(),
            _ => 0,
        };
        let decided: Vec<(DocumentId, Standing)> = decided.iter().map(|one| (one.id, one.standing)).collect();
        let count = decided.len();
        for (id, before) in decided {
            self.make(id, Some(Step(vec![Edit::Standing { before, after }])));
        }
        if let Some((sentence, about)) = waiting {
            self.info(sentence, about);
        } else if ids.len() > 1 {
            let what = match after {
                Standing::Open => "undecided again",
                Standing::Approved => "approved",
                Standing::Rejected => "rejected",
            };
            let unseen = match unseen {
                0 => String::new(),
                1 => "; one value in them needed a look".to_owned(),
                _ => format!("; {} in them needed a look", counted(unseen, "value")),
            };
            self.info(format!("{} {what}{unseen}", counted(count, "document")), None);
        }
    }

    /// Takes the last change of the open document back.
    pub(super) fn undo(&mut self) {
        let Some(id) = self.state.open.map(|open| open.document).filter(|id| self.has_come(*id)) else { return };
        let step = self.pair(id).and_then(|(_, paper)| paper.history.undo());
        match step {
            Some(step) => self.apply_step(id, &step, Act::Undone),
            None => self.info("There is nothing to undo in this document", None),
        }
    }

    /// Makes the change again that was taken back last.
    pub(super) fn redo(&mut self) {
        let Some(id) = self.state.open.map(|open| open.document).filter(|id| self.has_come(*id)) else { return };
        let step = self.pair(id).and_then(|(_, paper)| paper.history.redo());
        match step {
            Some(step) => self.apply_step(id, &step, Act::Redone),
            None => self.info("There is nothing to redo in this document", None),
        }
    }

    /// Whether the library has brought all of a document; where it has not, that is said.
    fn has_come(&mut self, id: DocumentId) -> bool {
        let Some((document, paper)) = self.known(id) else { return false };
        if paper.is_whole() {
            return true;
        }
        let sentence = format!("{} is still being opened; do it again in a moment", document.name);
        self.info(sentence, Some(id));
        false
    }

    /// Has documents that were read exported, but for those that were rejected.
    pub(super) fn export(&mut self, what: ExportWhat, of: &ExportOf, columns: ExportColumns) {
        self.state.view.export = columns;
        let is_wanted = |document: &&DeskDocument| {
            let is_meant = match of {
                ExportOf::All => true,
                ExportOf::Approved => document.standing == Standing::Approved,
                ExportOf::These(ids) => ids.contains(&document.id),
            };
            let is_read = !document.pages.is_empty() || self.papers.get(&document.id).is_some_and(|p| !p.is_whole());
            is_meant && is_read && document.standing != Standing::Rejected
        };
        let ids: Vec<DocumentId> = self.state.documents.iter().filter(is_wanted).map(|document| document.id).collect();
        if ids.iter().any(|id| self.papers.get(id).is_some_and(|paper| !paper.is_whole())) {
            return self.info("Some of these are still being opened; export them in a moment", None);
        }
        let content = match what {
            ExportWhat::Values => Content::Values,
            ExportWhat::Lines => Content::Lines,
            ExportWhat::Json => Content::Everything,
            ExportWhat::Replies => Content::Replies,
            ExportWhat::Pdfs => return self.export_pdfs(&ids),
            ExportWhat::Annotations(format) => return self.export_annotations(&ids, format),
        };
        let documents: Vec<ExportDocument> = ids
            .iter()
            .filter_map(|id| self.state.document(*id))
            .map(|document| ExportDocument {
                name: document.name.clone(),
                standing: document.standing,
                reviewer: document.reviewer.clone(),
                source: self.state.source_of(document),
                metadata: document.options.metadata.clone(),
                pages: document.pages.values().cloned().collect(),
            })
            .collect();
        if documents.is_empty() {
            return self.info("Nothing of these was read yet that could be exported", None);
        }
        let known = Known {
            threshold: self.state.view.threshold,
            rules: self.state.rules.clone(),
            labels: self.state.labels.clone(),
        };
        self.jobs.push(Job::Export(Box::new(ExportOrder { documents, content, columns, known })));
    }

    /// Has these documents written as searchable PDFs.
    fn export_pdfs(&mut self, ids: &[DocumentId]) {
        let order = |document: &DeskDocument| {
            let FileState::Ready(sizes) = &document.file else { return None };
            Some(PdfOrder {
                file: PageFile { path: document.path.clone(), password: document.password.clone() },
                name: document.name.clone(),
                kind: document.kind,
                sizes: Arc::clone(sizes),
                pages: document.pages.values().cloned().collect(),
            })
        };
        let orders: Vec<PdfOrder> = ids.iter().filter_map(|id| order(self.state.document(*id)?)).collect();
        if orders.is_empty() {
            return self.info("Nothing of these was read yet that could be exported", None);
        }
        self.start(Task::ExportPdfs(0, 0), |task| Job::ExportPdfs(task, orders));
    }

    /// Searchable PDFs were written, or not.
    pub(super) fn pdfs_exported(&mut self, task: TaskId, result: Result<Option<(PathBuf, usize)>, Problem>) {
        self.tasks.remove(&task);
        match result {
            Ok(None) => {}
            Ok(Some((folder, count))) => {
                let documents = counted(count, "document");
                self.info(format!("{documents} written as searchable PDF to {}", shown_name(&folder)), None);
            }
            Err(problem) => self.problem(problem, None),
        }
    }

    /// Makes a step and remembers it.
    pub(super) fn make(&mut self, id: DocumentId, step: Option<Step>) {
        let Some(step) = step else { return };
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
        let decided = step.0.iter().any(|edit| matches!(edit, Edit::Standing { .. }));
        self.note_change(id, step.pages(), decided);
        if decided && self.state.document(id).is_some_and(|document| document.standing == Standing::Approved) {
            self.note_approval(id);
        }
        self.has_new_values(id);
        self.keep(changes);
        self.drop_stale_selection();
        if shows && let Some(target) = step.0.iter().find_map(changed) {
            // Whoever undoes wants to see what it did.
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
fn edited(document: &DeskDocument, target: &Target, text: Option<&str>) -> Option<Edit> {
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
fn cells_confirmed(document: &DeskDocument, page: u32, id: &FieldId, is_meant: impl Fn(&Cell) -> bool) -> Option<Edit> {
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
