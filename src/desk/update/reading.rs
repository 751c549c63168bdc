//! Documents are read: whole where they are short, page by page where they are long, what is in view first.

use super::{Core, Paper, Task};
use crate::desk::job::{Answer, Job, ReadOrder, TaskId};
use crate::desk::library::Change;
use crate::desk::{
    ActivityId, ConnectionId, Delivery, DeskDocument, DocumentId, FileState, Origin, Reach, ReadOptions, ReadState,
};
use crate::document::{Edit, Page, PageSize, PageText, Problem, Reread, Standing, Step, keep_confirmed};
use crate::pages::PageFile;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// A document of so many pages is read in one go.
const SHORT: u32 = 3;
/// The most pages that are asked for at once.
const MOST_AT_ONCE: u32 = 32;
/// For each so many bytes of a file, one page more is asked for at once.
const LARGE: u64 = 64 << 20;
/// The next request is larger after one that took less than this.
const FAST: Duration = Duration::from_millis(1500);
/// The next request is smaller after one that took longer than this.
const SLOW: Duration = Duration::from_secs(6);
/// How many pages' words are asked for at once.
const WORDS_AT_ONCE: u32 = 4;

impl Core {
    /// Has as many documents read as may be: the one that is shown, then those that are begun, then the next in order.
    pub(super) fn start_readings(&mut self) {
        if self.state.is_paused || !self.can_read(ConnectionId::THIS_COMPUTER) {
            return;
        }
        let is_begun = |d: &DeskDocument| matches!(d.reading, ReadState::Uploading { .. } | ReadState::Reading { .. });
        while self.has_seat(|task| matches!(task, Task::Read(..)), waits_to_be_read) {
            let shown = self.state.open.map(|open| open.document);
            let begun =
                |d: &DeskDocument, paper: &Paper| waits_to_be_read(d, paper) && (is_begun(d) || Some(d.id) == shown);
            let Some(id) = self.first_that(begun).or_else(|| self.first_that(waits_to_be_read)) else { return };
            self.order_pages(id);
        }
    }

    /// Asks for the next pages of a document; where none is left, the reading is over.
    fn order_pages(&mut self, id: DocumentId) {
        let seen = self.state.open.filter(|open| open.document == id).map_or(0, |open| open.page);
        let activity = ActivityId(self.next_task().0);
        self.pin_model(id);
        let Some((document, paper)) = self.pair(id) else { return };
        let wanted = document.wanted_pages();
        let count = wanted.len() as u32;
        let left: BTreeSet<u32> = wanted.into_iter().filter(|page| !paper.read.contains(page)).collect();
        if left.is_empty() {
            self.finish_reading(id);
            return;
        }
        let done = count - left.len() as u32;
        let whole = count <= SHORT && left.len() as u32 == count;
        // Each request sends the file again: of a large one more pages are asked for at once.
        let least = paper.stamp.map_or(1, |stamp| 1 + (stamp.bytes / LARGE) as u32);
        let asked = if whole { left.into_iter().collect() } else { next_pages(&left, seen, paper.chunk.max(least)) };
        document.reading = ReadState::Reading { done, total: count };
        paper.activity.get_or_insert(activity);
        let is_chosen = document.page_count() != Some(count);
        let order = order(document, paper, (!whole || is_chosen).then(|| asked.clone()));
        let task = self.start(Task::Read(id, asked), |task| Job::Read(task, order));
        self.set_task(id, Some(task));
        self.changed.insert(id);
    }

    /// So much of a file was sent.
    pub(super) fn sent(&mut self, task: TaskId, sent: u64, total: u64) {
        let Some(Task::Read(id, _) | Task::Post(id)) = self.tasks.get(&task) else { return };
        let Some((document, paper)) = self.pair(*id) else { return };
        // A file that is sent again for further pages is being read already, as far as a person can tell.
        if paper.read.is_empty() {
            document.reading = if sent < total {
                ReadState::Uploading { sent, total }
            } else {
                ReadState::Reading { done: 0, total: (document.wanted_pages().len() as u32).max(1) }
            };
        }
    }

    /// The service answered for pages, or did not.
    pub(super) fn read(&mut self, task: TaskId, result: Result<Answer, Problem>) {
        let Some(Task::Read(id, asked)) = self.tasks.remove(&task) else { return };
        let Some((_, paper)) = self.pair(id) else { return };
        paper.task = None;
        match result {
            Err(problem) => self.reading_failed(id, problem),
            Ok(Answer { pages, problem: Some(problem), .. }) if pages.is_empty() => self.reading_failed(id, problem),
            Ok(answer) => self.answered(id, &asked, answer),
        }
        self.changed.insert(id);
    }

    fn answered(&mut self, id: DocumentId, asked: &[u32], answer: Answer) {
        if let Some((_, paper)) = self.pair(id) {
            paper.chunk = next_chunk(paper.chunk, answer.took);
        }
        self.take_answer(id, asked, answer.pages);
    }

    /// What a service said of the pages it was asked for. One that it passes over is said to be missing.
    pub(super) fn take_answer(&mut self, id: DocumentId, asked: &[u32], mut pages: Vec<Page>) {
        let answered: BTreeSet<u32> = pages.iter().map(|page| page.number).collect();
        for number in asked.iter().copied().filter(|number| !answered.contains(number)) {
            let sentence = "The service said nothing about this page; read the document again";
            pages.push(Page { number, problem: Some(Problem::new(sentence)), ..Page::default() });
        }
        self.take_pages(id, pages);
        if let Some((document, paper)) = self.known(id)
            && document.page_count().is_some()
            && document.wanted_pages().iter().all(|page| paper.read.contains(page))
        {
            self.finish_reading(id);
        }
    }

    /// Pages of a document were read.
    pub(super) fn take_pages(&mut self, id: DocumentId, pages: Vec<Page>) {
        let Some((document, paper)) = self.pair(id) else { return };
        let Some(count) = document.page_count() else { return };
        let is_approved = document.standing == Standing::Approved;
        let (mut changes, mut reread) = (Vec::new(), Reread::default());
        for mut page in pages.into_iter().filter(|page| page.number < count) {
            if (page.size.width == 0 || page.size.height == 0)
                && let FileState::Ready(sizes) = &document.file
            {
                // A service that does not say its page's size means the file's.
                page.size = sizes.get(page.number as usize).copied().unwrap_or_default();
            }
            if let Some(old) = document.pages.get(&page.number) {
                let now = keep_confirmed(old, &mut page, &paper.history, is_approved);
                reread.says_else |= now.says_else;
                reread.has_other_table |= now.has_other_table;
            }
            let page = Arc::new(page);
            paper.read.insert(page.number);
            paper.stored.remove(&page.number);
            paper.wordless.remove(&page.number);
            document.pages.insert(page.number, Arc::clone(&page));
            changes.push(Change::Page(id, page));
        }
        let wanted = document.wanted_pages();
        let done = wanted.iter().filter(|page| paper.read.contains(page)).count() as u32;
        document.reading = ReadState::Reading { done, total: wanted.len() as u32 };
        let name = document.name.clone();
        self.keep(changes);
        self.has_new_values(id);
        self.drop_stale_selection();
        if reread.has_other_table {
            let sentence =
                format!("Read again, a table of {name} has other rows or columns; yours stands until you choose");
            self.info(sentence, Some(id));
        }
        if is_approved && reread.says_else {
            let (before, after) = (Standing::Approved, Standing::Open);
            self.make(id, Some(Step(vec![Edit::Standing { before, after }])));
            self.info(format!("Read again, {name} says something else; look at it and approve it again"), Some(id));
        }
    }

    fn finish_reading(&mut self, id: DocumentId) {
        let Some((document, paper)) = self.pair(id) else { return };
        // What the library still has to bring is no problem: pages with one are read again.
        let problems = document.pages.values().filter_map(|page| page.problem.as_ref());
        let failed = if problems.clone().count() == document.wanted_pages().len() {
            problems.clone().next().cloned()
        } else {
            None
        };
        if let Some(problem) = failed {
            self.reading_failed(id, problem);
            return;
        }
        paper.activity = None;
        paper.chunk = 1;
        document.reading = ReadState::Done;
        self.changed.insert(id);
    }

    pub(super) fn reading_failed(&mut self, id: DocumentId, problem: Problem) {
        if let Some((document, paper)) = self.pair(id) {
            document.reading = ReadState::Failed(problem.clone());
            paper.activity = None;
            paper.chunk = 1;
        }
        self.problem(problem, Some(id));
    }

    /// Has documents opened or read again: what failed or was stopped goes on where it was, what is done begins anew.
    pub(super) fn retry(&mut self, ids: impl IntoIterator<Item = DocumentId>) {
        let mut asked = BTreeSet::from([self.state.chosen, ConnectionId::THIS_COMPUTER]);
        for id in ids {
            self.retry_one(id);
            asked.extend(self.papers.get(&id).map(|paper| paper.origin.connection));
        }
        for id in asked {
            if matches!(self.state.reach.get(&id), Some(Reach::Failed(_))) {
                self.reach_unless_ready(id);
            }
        }
    }

    /// Who is to read what comes on the desk now.
    pub(super) fn chosen_origin(&self) -> Origin {
        let connection = self.state.chosen;
        Origin { connection, model: self.state.model_of(connection).to_owned(), ..Origin::default() }
    }

    /// From now on a document is read with this model, also when another one is chosen meanwhile.
    pub(super) fn pin_model(&mut self, id: DocumentId) {
        let Some(paper) = self.papers.get_mut(&id).filter(|paper| paper.origin.model.is_empty()) else { return };
        self.state.model_of(paper.origin.connection).clone_into(&mut paper.origin.model);
    }

    fn retry_one(&mut self, id: DocumentId) {
        let Some((document, paper)) = self.pair(id) else { return };
        paper.wordless.clear();
        let mut jobs = Vec::new();
        match &document.file {
            FileState::Failed(_) => {
                document.file = FileState::Opening;
                paper.quiet = false;
                if paper.is_fetched() && !document.path.as_os_str().is_empty() {
                    // What was fetched is of no use.
                    jobs.push(Job::Discard(std::mem::take(&mut document.path)));
                }
            }
            FileState::Ready(_) => jobs.push(Job::Check(vec![(id, document.path.clone(), paper.stamp)])),
            FileState::Opening | FileState::Elsewhere | FileState::NeedsPassword { .. } => {}
        }
        self.jobs.extend(jobs);
        let origin = self.chosen_origin();
        let Some((_, paper)) = self.known(id) else { return };
        let is_known = self.state.connections().any(|connection| connection == paper.origin.connection);
        let Some((document, paper)) = self.pair(id) else { return };
        if document.reading.is_open() {
            return;
        }
        // What is at another service already is asked for there; sent again it is where a person says so.
        if document.reading == ReadState::Done || !is_known || paper.origin.delivery == Delivery::Unsent {
            paper.origin = origin;
            paper.asks_again = false;
            if document.file == FileState::Elsewhere && paper.origin.connection.is_this_computer() {
                // Nobody else fetches it now.
                paper.is_theirs = false;
                document.file = FileState::Opening;
            }
        }
        if document.reading == ReadState::Done {
            paper.read.clear();
        } else {
            let has_problem = |page: &u32| document.pages.get(page).is_some_and(|page| page.problem.is_some());
            paper.read.retain(|page| !has_problem(page));
            if document.wanted_pages().iter().all(|page| paper.read.contains(page)) {
                paper.read.clear();
            }
        }
        paper.chunk = 1;
        document.reading = ReadState::Queued;
        self.changed.insert(id);
    }

    /// Reads a document again, with these options from now on.
    pub(super) fn read_with(&mut self, id: DocumentId, options: ReadOptions) {
        self.cancel_documents([id]);
        let Some((document, paper)) = self.pair(id) else { return };
        document.options = options;
        paper.read.clear();
        paper.origin.delivery = Delivery::Unsent;
        self.retry([id]);
    }

    /// Has everything that failed opened or read again.
    pub(super) fn retry_failed(&mut self) {
        let has_failed =
            |d: &&DeskDocument| matches!(d.file, FileState::Failed(_)) || matches!(d.reading, ReadState::Failed(_));
        let failed: Vec<_> = self.state.documents.iter().filter(has_failed).map(|d| d.id).collect();
        self.retry(failed);
    }

    /// Has the words of the page in view read, and of its neighbours, where their results came without.
    pub(super) fn need_words(&mut self) {
        let Some(open) = self.state.open else { return };
        let is_connected = self.state.reach.get(&ConnectionId::THIS_COMPUTER) == Some(&Reach::Ready);
        let Some((document, paper)) = self.pair(open.document) else { return };
        if !is_connected || paper.words_task.is_some() || document.page_count().is_none() {
            return;
        }
        let lacking: BTreeSet<u32> = lacking_words(document, paper);
        let near = open.page.saturating_sub(1)..=open.page + 1;
        let asked = next_pages(&lacking, *near.start(), WORDS_AT_ONCE);
        if !asked.iter().any(|page| near.contains(page)) {
            return;
        }
        let order = order(document, paper, Some(asked.clone()));
        let sizes = Arc::new(sizes(document));
        let task = self.start(Task::Words(open.document, asked), |task| Job::Words(task, order, sizes));
        if let Some((_, paper)) = self.pair(open.document) {
            paper.words_task = Some(task);
        }
    }

    /// The words of pages came, or did not.
    pub(super) fn words(&mut self, task: TaskId, result: Result<Vec<(u32, PageText)>, Problem>) {
        let Some(Task::Words(id, asked)) = self.tasks.remove(&task) else { return };
        let Some((document, paper)) = self.pair(id) else { return };
        paper.words_task = None;
        let (texts, problem) = result.map_or_else(|problem| (Vec::new(), Some(problem)), |texts| (texts, None));
        let mut changes = Vec::new();
        for (number, text) in texts {
            if let Some(page) = document.pages.get_mut(&number) {
                Arc::make_mut(page).text = Some(text.into());
                changes.push(Change::Page(id, Arc::clone(page)));
            }
        }
        let still_lacking = lacking_words(document, paper);
        paper.wordless.extend(asked.iter().filter(|page| still_lacking.contains(page)));
        self.keep(changes);
        if let Some(problem) = problem {
            self.problem(problem, Some(id));
        }
    }
}

fn waits_to_be_read(document: &DeskDocument, paper: &Paper) -> bool {
    paper.origin.connection.is_this_computer()
        && document.reading.is_open()
        && matches!(document.file, FileState::Ready(_))
        && paper.is_whole()
        && paper.task.is_none()
}

pub(super) fn order(document: &DeskDocument, paper: &Paper, pages: Option<Vec<u32>>) -> ReadOrder {
    let file = PageFile { path: document.path.clone(), password: document.password.clone() };
    let ReadOptions { language, metadata, .. } = document.options.clone();
    ReadOrder { file, name: document.name.clone(), pages, model: paper.origin.model.clone(), language, metadata }
}

/// The size of each page's image, as the service said it or, where it did not, as the file says.
fn sizes(document: &DeskDocument) -> Vec<PageSize> {
    let FileState::Ready(sizes) = &document.file else { return Vec::new() };
    let size = |(number, size): (u32, &PageSize)| document.pages.get(&number).map_or(*size, |page| page.size);
    (0..).zip(sizes.iter()).map(size).collect()
}

/// The pages whose results came without words, and whose words were not asked for in vain.
fn lacking_words(document: &DeskDocument, paper: &Paper) -> BTreeSet<u32> {
    let lacks = |page: &&Arc<Page>| page.text.is_none() && page.problem.is_none();
    let lacking = document.pages.values().filter(lacks).map(|page| page.number);
    lacking.filter(|page| !paper.wordless.contains(page)).collect()
}

/// The next `most` pages of those that are left: from the one in view on, then from the first.
fn next_pages(left: &BTreeSet<u32>, seen: u32, most: u32) -> Vec<u32> {
    let mut pages: Vec<u32> = left.range(seen..).chain(left.range(..seen)).copied().take(most as usize).collect();
    pages.sort_unstable();
    pages
}

/// How many pages to ask for after so many took so long: few where they are slow, so that they come one by one.
fn next_chunk(chunk: u32, took: Duration) -> u32 {
    match took {
        _ if took < FAST => (chunk * 2).min(MOST_AT_ONCE),
        _ if took > SLOW => (chunk / 2).max(1),
        _ => chunk,
    }
}
