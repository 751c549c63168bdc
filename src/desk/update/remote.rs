//! Documents that are read elsewhere. What is sent there costs money and may arrive although no answer does, so a
//! document is never sent twice unasked: that it is on its way is kept before it goes, and a lost answer is looked for.

use super::reading::order;
use super::{Core, Paper, Task};
use crate::desk::job::{Asking, Job, Lost, Post, Remote, Sent, TaskId};
use crate::desk::{
    ActivityId, Delivery, DeskDocument, DocumentId, FileState, Imported, Origin, ReadState, Way, metadata,
};
use crate::document::{Page, Problem};
use std::time::SystemTime;

/// A document of so many pages is read while one waits; a longer one later.
const SHORT: u32 = 3;
/// So often in a row the answer to a document may be lost before a person decides.
const MOST_LOST: u32 = 3;
/// So many documents are at other services at once.
const AT_ONCE: usize = 8;

impl Core {
    /// Sends documents to other services, or goes on with what is there.
    pub(super) fn start_remote(&mut self) {
        let is_one = |task: &&Task| matches!(task, Task::Post(_) | Task::Poll(_) | Task::LookFor(_));
        while self.tasks.values().filter(is_one).count() < AT_ONCE {
            let waiting = |document: &DeskDocument, paper: &Paper| {
                let id = paper.origin.connection;
                let is_new = paper.origin.delivery == Delivery::Unsent;
                let may_go = !(self.state.is_paused && is_new);
                may_go && waits(document, paper) && !id.is_this_computer() && self.can_read(id)
            };
            let Some(id) = self.first_that(waiting) else { return };
            self.go_on(id);
        }
    }

    fn go_on(&mut self, id: DocumentId) {
        let activity = ActivityId(self.next_task().0);
        let token = self.next_token();
        self.pin_model(id);
        let Some((document, paper)) = self.pair(id) else { return };
        let address = paper.address.clone().filter(|_| document.file == FileState::Elsewhere);
        let wanted = if address.is_some() { document.options.pages.clone() } else { document.wanted_pages() };
        let count = wanted.len() as u32;
        let pages = (document.page_count() != Some(count)).then_some(wanted);
        paper.activity.get_or_insert(activity);
        let task = match paper.origin.delivery.clone() {
            Delivery::Unsent => {
                // How long what stands at an address is shows only there; a picture is one page.
                let later = count > SHORT || address.as_deref().is_some_and(|address| !names_a_picture(address));
                paper.origin.token = token;
                paper.origin.way = Some(if later { Way::Later } else { Way::AtOnce });
                document.reading = ReadState::Uploading { sent: 0, total: 0 };
                let post = Post {
                    order: order(document, paper, pages),
                    remote: remote(&paper.origin),
                    token: paper.origin.token.clone(),
                    later,
                    page_count: count.max(1),
                    address,
                };
                self.start(Task::Post(id), |task| Job::Post(task, Box::new(post)))
            }
            Delivery::Sent => {
                document.reading = ReadState::Reading { done: 0, total: count };
                let (remote, token, sent_ms) =
                    (remote(&paper.origin), paper.origin.token.clone(), paper.origin.sent_ms);
                self.start(Task::LookFor(id), |task| Job::LookFor(task, remote, token, sent_ms))
            }
            Delivery::There(file) => {
                document.reading = ReadState::Reading { done: paper.read.len() as u32, total: count };
                let asking = Asking {
                    remote: remote(&paper.origin),
                    file,
                    page: paper.imported.as_ref().map(|imported| imported.page.clone()).unwrap_or_default(),
                    page_count: document.page_count(),
                    again: std::mem::take(&mut paper.asks_again),
                };
                self.start(Task::Poll(id), |task| Job::Poll(task, Box::new(asking)))
            }
        };
        self.set_task(id, Some(task));
        self.changed.insert(id);
    }

    pub(super) fn next_token(&mut self) -> String {
        self.last_token += 1;
        metadata::token(&self.start_name, self.last_token)
    }

    /// Nothing is sent before `until`: the plan allows no more, or the service refused it for so long.
    pub(super) fn paced(&mut self, task: TaskId, until: SystemTime) {
        let Some(Task::Post(id)) = self.tasks.get(&task) else { return };
        let id = *id;
        if let Some((document, paper)) = self.pair(id) {
            paper.origin.delivery = Delivery::Unsent;
            document.reading = ReadState::Paced { until };
            self.changed.insert(id);
        }
    }

    /// A document may be sent: once that is kept, it goes.
    pub(super) fn posting(&mut self, task: TaskId, at_ms: i64) {
        let Some(Task::Post(id)) = self.tasks.get(&task) else { return };
        let id = *id;
        if self.state.is_paused {
            // It waited for its turn; it goes when a person goes on.
            self.stop(task);
            self.set_task(id, None);
            if let Some((document, _)) = self.pair(id) {
                document.reading = ReadState::Queued;
            }
            self.changed.insert(id);
            return;
        }
        if let Some((document, paper)) = self.pair(id) {
            paper.origin.delivery = Delivery::Sent;
            paper.origin.sent_ms = at_ms;
            document.reading = ReadState::Uploading { sent: 0, total: 0 };
            self.changed.insert(id);
            self.after_saving.push(Job::Go(task));
        }
    }

    /// A service took a document, or did not.
    pub(super) fn posted(&mut self, task: TaskId, result: Result<Sent, Lost>) {
        let Some(Task::Post(id)) = self.tasks.remove(&task) else { return };
        self.set_task(id, None);
        self.changed.insert(id);
        let Some((_, paper)) = self.pair(id) else { return };
        match result {
            // It could not be fetched there, or is nothing to be read.
            Ok(Sent { file, problem: Some(problem), .. }) if file.is_empty() => {
                paper.origin.delivery = Delivery::Unsent;
                self.reading_failed(id, problem);
            }
            Ok(Sent { file, pages, problem }) => {
                paper.lost = (0, None);
                paper.origin.delivery = Delivery::There(file);
                match (pages, problem) {
                    (_, Some(problem)) => self.remote_failed(id, problem),
                    (Some(pages), None) => self.all_came(id, pages),
                    // It is read later.
                    (None, None) => {}
                }
            }
            // It may be there: it is looked for.
            Err(Lost { may_be_there: true, problem }) => {
                paper.lost = (paper.lost.0 + 1, Some(problem));
            }
            Err(Lost { problem, .. }) => {
                paper.origin.delivery = Delivery::Unsent;
                self.reading_failed(id, problem);
            }
        }
    }

    /// Pages of a document came; more do.
    pub(super) fn some_came(&mut self, task: TaskId, pages: Vec<Page>) {
        let Some(Task::Poll(id)) = self.tasks.get(&task) else { return };
        self.take_pages(*id, pages);
    }

    /// So many pages of a document that is not here are read there, of so many.
    pub(super) fn some_read(&mut self, task: TaskId, done: u32, total: u32) {
        let Some(Task::Poll(id)) = self.tasks.get(&task) else { return };
        if let Some((document, _)) = self.pair(*id) {
            document.reading = ReadState::Reading { done, total };
        }
    }

    /// The service is done with a document, or does not say.
    pub(super) fn polled(&mut self, task: TaskId, result: Result<Vec<Page>, Lost>) {
        let Some(Task::Poll(id)) = self.tasks.remove(&task) else { return };
        self.set_task(id, None);
        self.changed.insert(id);
        match result {
            Ok(pages) => self.all_came(id, pages),
            Err(Lost { problem, may_be_there: true }) => self.reading_failed(id, problem),
            Err(Lost { problem, may_be_there: false }) => {
                if let Some((_, paper)) = self.pair(id) {
                    paper.origin.delivery = Delivery::Unsent;
                }
                self.reading_failed(id, problem);
            }
        }
    }

    /// The service has it and cannot read it; asked again, it tries once more.
    fn remote_failed(&mut self, id: DocumentId, problem: Problem) {
        if let Some((_, paper)) = self.pair(id) {
            paper.asks_again = true;
        }
        self.reading_failed(id, problem);
    }

    /// A document whose answer was lost was found at its service, or is not there, or nobody can say.
    pub(super) fn looked_for(&mut self, task: TaskId, result: Result<Option<String>, Lost>) {
        let Some(Task::LookFor(id)) = self.tasks.remove(&task) else { return };
        self.set_task(id, None);
        self.changed.insert(id);
        let Some((document, paper)) = self.pair(id) else { return };
        match result {
            Ok(Some(file)) => paper.origin.delivery = Delivery::There(file),
            Ok(None) => {
                paper.origin.delivery = Delivery::Unsent;
                document.reading = ReadState::Queued;
                if paper.lost.0 >= MOST_LOST
                    && let (_, Some(problem)) = std::mem::take(&mut paper.lost)
                {
                    self.reading_failed(id, problem);
                }
            }
            Err(Lost { problem, may_be_there: true }) => {
                let message = format!(
                    "The answer was lost, and the service does not say whether it has {}; retry it to look once more",
                    document.name
                );
                self.reading_failed(id, Problem { message, details: problem.message });
            }
            Err(Lost { problem, .. }) => {
                paper.origin.delivery = Delivery::Unsent;
                let message = format!(
                    "The answer was lost, so {} may be at the service or not; look there, then read it again to send it once more",
                    document.name
                );
                self.reading_failed(id, Problem { message, details: problem.message });
            }
        }
    }

    /// All pages that a service has of a document. What it does not have is said to be missing.
    fn all_came(&mut self, id: DocumentId, pages: Vec<Page>) {
        let Some((document, paper)) = self.pair(id) else { return };
        if document.file == FileState::Elsewhere {
            return self.theirs_came(id, pages);
        }
        let count = pages.iter().filter(|page| Some(page.number) < document.page_count()).count() as u32;
        if paper.imported.is_some() && document.options.pages.is_empty() && Some(count) < document.page_count() {
            // Somebody else chose which pages are read.
            document.options.pages = pages.iter().map(|page| page.number).collect();
        }
        let all = document.wanted_pages();
        self.take_answer(id, &all, pages);
        let has_problem = |page: &std::sync::Arc<Page>| page.problem.is_some();
        if let Some((document, paper)) = self.pair(id) {
            paper.asks_again = document.pages.values().any(has_problem);
        }
    }

    /// What a service read that it fetched itself. Its pages are got now, and from then on it is a document like any
    /// other, of the pages that were read.
    fn theirs_came(&mut self, id: DocumentId, pages: Vec<Page>) {
        let Some((document, paper)) = self.pair(id) else { return };
        let Delivery::There(file) = paper.origin.delivery.clone() else { return };
        let Origin { connection, model, .. } = paper.origin.clone();
        let problems: Vec<&Problem> = pages.iter().filter_map(|page| page.problem.as_ref()).collect();
        if let (Some(problem), true) = (problems.first().copied().cloned(), problems.len() == pages.len()) {
            return self.remote_failed(id, problem);
        }
        paper.imported = Some(Imported { connection, model, file, page: String::new() });
        paper.activity = None;
        document.options.pages.clear();
        document.file = FileState::Opening;
        document.reading = ReadState::Done;
        self.put_pages(id, pages);
    }
}

fn waits(document: &DeskDocument, paper: &Paper) -> bool {
    let can_go = matches!(document.file, FileState::Ready(_) | FileState::Elsewhere) && paper.is_whole();
    document.reading.is_open() && can_go && paper.task.is_none()
}

/// Whether what stands at an address is, by its name, a picture of one page.
fn names_a_picture(address: &str) -> bool {
    let path = address.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    [".jpg", ".jpeg", ".png"].iter().any(|ending| path.ends_with(ending))
}

fn remote(origin: &Origin) -> Remote {
    Remote { connection: origin.connection, model: origin.model.clone() }
}
