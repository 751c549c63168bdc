//! Files are fetched and opened.

use super::add::shown_name;
use super::{Core, Paper, Task};
use crate::desk::job::{Difference, Job, Opened, TaskId};
use crate::desk::library::Change;
use crate::desk::{Delivery, DeskDocument, DocumentId, FileState, Origin, Reach, ReadState};
use crate::document::{Page, Problem, counted};
use crate::pages::{PageError, PageFile};
use std::path::PathBuf;
use std::sync::Arc;

/// How many documents are fetched at once.
const FETCHED_AT_ONCE: usize = 3;

impl Core {
    /// Fetches and opens as many files as may be, the one that is shown first. Where a run-time part is missing,
    /// documents wait for the next start; the window says what is missing.
    pub(super) fn start_openings(&mut self) {
        let fetching = self.tasks.values().filter(|task| matches!(task, Task::Fetch(..))).count();
        while self.can_open && self.has_seat(|task| matches!(task, Task::Open(_)), waits_to_be_opened) {
            let Some(id) = self.first_that(waits_to_be_opened) else { break };
            let Some((document, _)) = self.pair(id) else { break };
            let file = PageFile { path: document.path.clone(), password: document.password.clone() };
            let task = self.start(Task::Open(id), |task| Job::Open(task, file));
            self.set_task(id, Some(task));
        }
        for _ in fetching..FETCHED_AT_ONCE {
            let is_due = |document: &DeskDocument, paper: &Paper| {
                paper.is_to_fetch(document) && paper.task.is_none() && self.may_fetch(paper)
            };
            let Some(id) = self.first_that(is_due) else { break };
            let Some((_, paper)) = self.known(id) else { break };
            let (address, imported) = (paper.address.clone(), paper.imported.clone());
            let task = self.start(Task::Fetch(id, 0, None), |task| match imported {
                Some(imported) => Job::FetchPages(task, Box::new(imported), address),
                None => Job::Fetch(task, address.unwrap_or_default()),
            });
            self.set_task(id, Some(task));
        }
    }

    /// Whether what is to be fetched for a document can be: an account whose key is not there yet gives nothing. Of one
    /// that is gone it is said by asking.
    fn may_fetch(&self, paper: &Paper) -> bool {
        let Some(imported) = &paper.imported else { return true };
        let is_known = self.state.connections().any(|connection| connection == imported.connection);
        !is_known || self.state.reach.get(&imported.connection) == Some(&Reach::Ready)
    }

    /// Whether one more of these tasks may run. What is shown does not wait for what runs already, within reason.
    pub(super) fn has_seat(&self, is_one: fn(&Task) -> bool, waits: fn(&DeskDocument, &Paper) -> bool) -> bool {
        let shown = self.state.open.and_then(|open| self.known(open.document));
        let shown_waits = shown.is_some_and(|(document, paper)| waits(document, paper));
        let seats = if shown_waits { self.parallel * 2 } else { self.parallel };
        self.tasks.values().filter(|task| is_one(task)).count() < seats
    }

    /// The first document for which `wanted` holds: the one that is shown, then in order.
    pub(super) fn first_that(&self, wanted: impl Fn(&DeskDocument, &Paper) -> bool) -> Option<DocumentId> {
        // Both are in the order of their ids.
        let mut all = self.state.documents.iter().zip(self.papers.values());
        let shown = self.state.open.and_then(|open| self.known(open.document)).filter(|(d, paper)| wanted(d, paper));
        shown.or_else(|| all.find(|(d, paper)| wanted(d, paper))).map(|(document, _)| document.id)
    }

    pub(super) fn set_task(&mut self, id: DocumentId, task: Option<TaskId>) {
        if let Some(paper) = self.papers.get_mut(&id) {
            paper.task = task;
        }
    }

    /// So much was fetched.
    pub(super) fn fetching(&mut self, task: TaskId, bytes: u64, total: Option<u64>) {
        if let Some(Task::Fetch(_, so_far, in_all)) = self.tasks.get_mut(&task) {
            (*so_far, *in_all) = (bytes, total);
        }
    }

    /// A document is here, or will not come.
    pub(super) fn fetched(&mut self, task: TaskId, result: Result<PathBuf, Problem>) {
        let Some(Task::Fetch(id, ..)) = self.tasks.remove(&task) else {
            // It was stopped a moment too late.
            self.jobs.extend(result.ok().map(Job::Discard));
            return;
        };
        let Some((document, paper)) = self.pair(id) else { return };
        paper.task = None;
        match result {
            Ok(path) => {
                if paper.imported.is_none() {
                    document.name = shown_name(&path);
                }
                document.path = path;
            }
            Err(problem) => self.file_failed(id, problem),
        }
        self.changed.insert(id);
    }

    /// A file is open, or cannot be.
    pub(super) fn opened(&mut self, task: TaskId, result: Result<Opened, PageError>) {
        let Some(Task::Open(id)) = self.tasks.remove(&task) else { return };
        let Some((document, paper)) = self.pair(id) else { return };
        paper.task = None;
        match result {
            Ok(opened) => {
                self.stands(id, opened);
                self.find_twin(id);
                self.look_for_pages(id);
            }
            Err(PageError::NeedsPassword { wrong }) => {
                document.password = None;
                document.file = FileState::NeedsPassword { wrong };
            }
            Err(error) => self.file_failed(id, Problem::new(error.to_string())),
        }
        self.changed.insert(id);
    }

    fn stands(&mut self, id: DocumentId, opened: Opened) {
        let Some((document, paper)) = self.pair(id) else { return };
        // What another service has is the file as it was.
        let is_there = paper.origin.delivery != Delivery::Unsent;
        let has_results = is_there || !paper.read.is_empty() || !document.pages.is_empty();
        let count = opened.sizes.len() as u32;
        document.kind = Some(opened.kind);
        document.breaks_off = opened.breaks_off;
        document.file = FileState::Ready(Arc::new(opened.sizes));
        let filled = fill_sizes(document);
        let wanted = document.wanted_pages();
        // A file can have other contents and the same stamp where a clock was set back.
        let fits = paper.read.iter().chain(document.pages.keys()).all(|page| *page < count)
            && (document.reading != ReadState::Done || wanted.iter().all(|page| paper.read.contains(page)));
        // One that was only touched, copied or put back has the same contents.
        let is_same = paper.hash.is_some() && paper.hash == opened.hash;
        let is_other = has_results && ((paper.stamp.is_some() && paper.stamp != opened.stamp && !is_same) || !fits);
        document.came_ms.get_or_insert(opened.at_ms);
        paper.stamp = opened.stamp;
        paper.quiet = false;
        paper.hash = opened.hash;
        if !is_other {
            self.keep(filled.into_iter().map(|page| Change::Page(id, page)).collect());
            return;
        }
        paper.origin.delivery = Delivery::Unsent;
        paper.read.clear();
        paper.wordless.clear();
        paper.chunk = 1;
        // What persons set is kept over the reading; what nobody touched is not shown over other contents.
        let is_touched = !paper.history.is_empty();
        if is_touched {
            document.pages.retain(|page, _| *page < count);
            // What the library still has to bring holds what they set, too.
            paper.stored.retain(|page| *page < count);
        } else {
            paper.stored.clear();
            document.pages.clear();
        }
        if is_there && document.reading == ReadState::Done {
            // Reading it again there costs money: a person decides.
            document.reading = ReadState::Cancelled;
        } else if document.reading != ReadState::Cancelled {
            document.reading = ReadState::Queued;
        }
        let sentence = match document.reading {
            ReadState::Cancelled => format!("{} has changed on the disk; read it again", document.name),
            _ if is_touched => format!(
                "{} has changed on the disk, so it is read again; what you set is kept: look whether it still holds",
                document.name
            ),
            _ => format!("{} has changed on the disk, so it is read again", document.name),
        };
        self.has_new_values(id);
        if !is_touched {
            self.change(Change::ForgetPages(id));
        }
        self.drop_stale_selection();
        self.info(sentence, Some(id));
    }

    /// A new document that has none of the pages that were asked for is not read before a person says so: it may cost
    /// money.
    fn look_for_pages(&mut self, id: DocumentId) {
        let Some((document, paper)) = self.known(id) else { return };
        let Some(count) = document.page_count() else { return };
        let is_new = document.reading == ReadState::Queued && paper.read.is_empty();
        let pages = &document.options.pages;
        if !is_new || pages.is_empty() || pages.iter().any(|page| *page < count) {
            return;
        }
        let pages = counted(count as usize, "page");
        let sentence = format!("It has {pages} and none that was asked for; read it again to read all of it");
        self.reading_failed(id, Problem::new(sentence));
    }

    /// Where a document has the very contents of another one that the same model reads, that one is read in its stead.
    fn find_twin(&mut self, id: DocumentId) {
        let Some((document, paper)) = self.known(id) else { return };
        let is_new = document.pages.is_empty() && paper.read.is_empty() && paper.origin.delivery == Delivery::Unsent;
        if !is_new || document.reading != ReadState::Queued || paper.hash.is_none() {
            return;
        }
        let reader = |paper: &Paper| {
            let Origin { connection, model, .. } = paper.origin.clone();
            let model = if model.is_empty() { self.state.model_of(connection).to_owned() } else { model };
            (connection, model)
        };
        let is_twin = |other: &DeskDocument, others: &Paper| {
            let is_read = matches!(other.reading, ReadState::Done) || other.reading.is_open();
            other.id != id
                && is_read
                && others.hash == paper.hash
                && other.options == document.options
                && reader(others) == reader(paper)
        };
        let all = self.state.documents.iter().zip(self.papers.values());
        let twin = all.filter(|(other, others)| is_twin(other, others)).map(|(other, _)| other.id).next();
        if let (Some(twin), Some((document, _))) = (twin, self.pair(id)) {
            document.reading = ReadState::SameAs(twin);
        }
    }

    pub(super) fn file_failed(&mut self, id: DocumentId, problem: Problem) {
        let Some((document, paper)) = self.pair(id) else { return };
        document.file = FileState::Failed(problem.clone());
        if !std::mem::take(&mut paper.quiet) {
            self.problem(problem, Some(id));
        }
    }

    /// A password for a document that asked for one.
    pub(super) fn unlock(&mut self, id: DocumentId, password: String) {
        if let Some((document, _)) = self.pair(id)
            && matches!(document.file, FileState::NeedsPassword { .. })
        {
            document.password = Some(password);
            document.file = FileState::Opening;
        }
    }

    /// A file is not as it was when it was opened.
    pub(super) fn differs(&mut self, id: DocumentId, difference: Difference) {
        let Some((document, paper)) = self.pair(id) else { return };
        if !matches!(document.file, FileState::Ready(_)) {
            return;
        }
        // What is said about the file as it was is of no use.
        paper.activity = None;
        if document.reading.is_open() {
            document.reading = ReadState::Queued;
        }
        paper.quiet = false;
        document.file = FileState::Opening;
        if let Some(task) = paper.task.take() {
            self.stop(task);
        }
        if let Difference::Gone(problem) = difference {
            self.file_failed(id, problem);
        }
    }
}

/// A service that does not say how large a page is means the file's. The pages that this was said of.
fn fill_sizes(document: &mut DeskDocument) -> Vec<Arc<Page>> {
    let FileState::Ready(sizes) = &document.file else { return Vec::new() };
    let mut filled = Vec::new();
    for (number, page) in &mut document.pages {
        if (page.size.width == 0 || page.size.height == 0)
            && let Some(size) = sizes.get(*number as usize)
        {
            Arc::make_mut(page).size = *size;
            filled.push(Arc::clone(page));
        }
    }
    filled
}

fn waits_to_be_opened(document: &DeskDocument, paper: &Paper) -> bool {
    document.file == FileState::Opening && !paper.is_to_fetch(document) && paper.task.is_none()
}
