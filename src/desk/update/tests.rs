//! What follows from what, without disk and network: jobs are looked at and answered by hand.

mod accounts;
mod adding;
mod annotating;
mod any_edits;
mod any_order;
mod editing;
mod keeping;
mod models;
mod options;
mod reading;
mod remote;
mod selecting;
mod tables;
mod theirs;
mod walking;

use super::Core;
use crate::desk::job::{Answer, Event, Found, Job, Opened, ReadOrder, Stamp, TaskId};
use crate::desk::library::{Change, Loaded};
use crate::desk::{Action, Command, ConnectionId, DeskDocument, DocumentId, Effect, ModelInfo, ReadState, Target};
use crate::document::{Field, FieldId, Page, PageRect, PageSize, Problem, Score};
use crate::pages::FileKind;
use std::time::Duration;

const SIZE: PageSize = PageSize::new(1000, 1400);
const STAMP: Stamp = Stamp { bytes: 10, written: 1 };

/// This computer's server answers.
fn connected() -> Event {
    let general = ModelInfo {
        id: "general".into(),
        name: "general".into(),
        state: crate::api::ModelState::Hosted,
        ..ModelInfo::default()
    };
    Event::Reached(ConnectionId::THIS_COMPUTER, Ok(vec![general]))
}

/// A desk whose jobs are collected instead of run.
struct Bench {
    core: Core,
    jobs: Vec<Job>,
}

impl Bench {
    /// An empty desk that does two things at once, with a service that answers.
    fn new() -> Self {
        let mut bench = Self::without_service();
        bench.event(connected());
        bench
    }

    fn without_service() -> Self {
        let mut bench = Self { core: Core::new(2, true, "t".into()), jobs: Vec::new() };
        bench.event(Event::Loaded(Box::default()));
        bench.jobs.clear();
        bench
    }

    fn with(loaded: Loaded) -> Self {
        let mut bench = Self { core: Core::new(2, true, "t".into()), jobs: Vec::new() };
        bench.event(Event::Loaded(Box::new(loaded)));
        bench
    }

    fn command(&mut self, command: Command) {
        let jobs = self.core.update(command);
        self.jobs.extend(jobs);
    }

    fn act(&mut self, action: Action) {
        self.command(Command::Do(action));
    }

    fn event(&mut self, event: Event) {
        let jobs = self.core.apply(event);
        self.jobs.extend(jobs);
    }

    /// Takes the first job for which `wanted` is something.
    fn take<T>(&mut self, wanted: impl Fn(&Job) -> Option<T>) -> Option<T> {
        let at = self.jobs.iter().position(|job| wanted(job).is_some())?;
        wanted(&self.jobs.remove(at))
    }

    fn take_find(&mut self) -> TaskId {
        self.take(|job| if let Job::Find(task, _) = job { Some(*task) } else { None }).unwrap()
    }

    fn take_open(&mut self) -> Option<(TaskId, String)> {
        self.take(|job| match job {
            Job::Open(task, file) => Some((*task, file.path.display().to_string())),
            _ => None,
        })
    }

    fn take_read(&mut self) -> Option<(TaskId, ReadOrder)> {
        self.take(|job| if let Job::Read(task, order) = job { Some((*task, order.clone())) } else { None })
    }

    fn stops(&self) -> Vec<TaskId> {
        self.jobs.iter().filter_map(|job| if let Job::Stop(task) = job { Some(*task) } else { None }).collect()
    }

    fn changes(&self) -> impl Iterator<Item = &Change> {
        self.jobs.iter().filter_map(|job| if let Job::Save(change) = job { Some(change) } else { None })
    }

    /// Adds files as a drop does.
    fn add(&mut self, names: &[&str]) {
        self.command(Command::AddPaths(names.iter().map(Into::into).collect()));
        let task = self.take_find();
        let found = |name: &&str| Found { path: name.into(), identity: name.into() };
        self.event(Event::Found(task, names.iter().map(found).collect()));
        self.event(Event::FoundAll(task, Vec::new()));
    }

    /// Adds a document and opens it, with so many pages.
    fn add_open(&mut self, name: &str, pages: usize) -> DocumentId {
        self.add(&[name]);
        let id = self.core.state.documents.last().unwrap().id;
        let (task, _) = self.take_open().unwrap();
        self.opened(task, pages);
        id
    }

    fn opened(&mut self, task: TaskId, pages: usize) {
        self.event(Event::Opened(
            task,
            Ok(Opened {
                kind: FileKind::Pdf,
                sizes: vec![SIZE; pages],
                stamp: Some(STAMP),
                hash: None,
                breaks_off: false,
                at_ms: 1,
            }),
        ));
    }

    fn answer(&mut self, task: TaskId, pages: Vec<Page>) {
        self.answer_after(task, pages, Duration::from_secs(3));
    }

    fn answer_after(&mut self, task: TaskId, pages: Vec<Page>, took: Duration) {
        self.event(Event::Read(task, Ok(Answer { pages, problem: None, took })));
    }

    /// Answers for everything that is asked for until nothing more is.
    fn read_all(&mut self) {
        while let Some((task, order)) = self.take_read() {
            let pages = order.pages.unwrap_or_else(|| vec![0]);
            self.answer(task, pages.into_iter().map(page).collect());
        }
    }

    fn document(&self, id: DocumentId) -> &DeskDocument {
        self.core.state.document(id).unwrap()
    }

    fn names(&self) -> Vec<&str> {
        self.core.state.documents.iter().map(|d| d.name.as_str()).collect()
    }

    fn shown(&self) -> Option<(&str, u32)> {
        let open = self.core.state.open?;
        Some((self.document(open.document).name.as_str(), open.page))
    }

    fn told(&self) -> Vec<&str> {
        self.core.state.notices.iter().map(|notice| notice.problem.message.as_str()).collect()
    }

    fn effects(&mut self) -> Vec<Effect> {
        self.core.take_effects()
    }

    fn selected(&self) -> Option<(u32, &str)> {
        match self.core.state.selection.as_ref()? {
            Target::Field { page, id } | Target::Table { page, id } | Target::Cell { page, id, .. } => {
                Some((*page, id.0.as_str()))
            }
        }
    }
}

/// A page with three fields below each other, the second of them doubtful.
fn page(number: u32) -> Page {
    let field = |(at, score): (u16, f32)| Field {
        id: FieldId(format!("{number}.{at}")),
        label: "amount".into(),
        rect: Some(PageRect::new(10.0, f32::from(at) * 100.0, 200.0, f32::from(at) * 100.0 + 30.0)),
        score: Score::new(score),
        ..Field::default()
    };
    Page { number, size: SIZE, fields: [(1, 0.9), (2, 0.4), (3, 0.9)].map(field).into(), ..Page::default() }
}

/// A cell of a table whose columns are 100 and whose rows are 20 pixels wide and high.
fn cell(row: u32, col: u32) -> crate::document::Cell {
    let (x, y) = (col as f32 * 100.0, row as f32 * 20.0);
    crate::document::Cell {
        id: format!("{row}.{col}"),
        row,
        col,
        row_span: 1,
        col_span: 1,
        text: format!("{row}{col}"),
        rect: crate::document::PageRect::new(x, y, x + 100.0, y + 20.0),
        ..crate::document::Cell::default()
    }
}

fn failing(number: u32, sentence: &str) -> Page {
    Page { number, problem: Some(Problem::new(sentence)), ..Page::default() }
}

fn is_reading(document: &DeskDocument, done: u32, total: u32) -> bool {
    document.reading == ReadState::Reading { done, total }
}

#[test]
fn what_is_asked_before_the_library_is_open_is_done_afterwards() {
    let mut bench = Bench { core: Core::new(2, true, "t".into()), jobs: Vec::new() };
    bench.command(Command::AddPaths(vec!["a.pdf".into()]));
    bench.command(Command::SetThreshold(0.5));
    bench.event(Event::HandedOver(vec![Command::AddPaths(vec!["b.pdf".into()])]));
    assert_eq!(bench.jobs, []);
    assert_eq!(bench.effects(), [Effect::Raise]);
    bench.event(Event::Loaded(Box::default()));
    assert_eq!(bench.core.state.view.threshold, Score::new(0.5));
    let finds = bench.jobs.iter().filter(|job| matches!(job, Job::Find(..))).count();
    assert_eq!(finds, 2);
}

#[test]
fn actions_of_the_window_at_large_are_effects_and_switches() {
    let mut bench = Bench::new();
    bench.act(Action::Quit);
    bench.act(Action::ShowProblems);
    bench.command(Command::CopyText("9.50".into()));
    assert_eq!(bench.effects(), [Effect::Quit, Effect::ShowProblems, Effect::CopyText("9.50".into())]);
    assert_eq!(bench.effects(), []);
    let before = bench.core.state.view.clone();
    for action in [
        Action::ToggleWords,
        Action::ToggleFields,
        Action::ToggleTables,
        Action::ToggleContinuous,
        Action::ToggleDocuments,
        Action::ToggleInspector,
        Action::ToggleThumbnails,
    ] {
        bench.act(action);
        assert_ne!(bench.core.state.view, before, "{action:?}");
        bench.act(action);
        assert_eq!(bench.core.state.view, before, "{action:?}");
    }
}

#[test]
fn the_list_of_notices_ends_somewhere_and_can_be_shortened() {
    let mut bench = Bench::new();
    for number in 0..300 {
        bench.event(Event::NotSaved(Problem::new(number.to_string())));
    }
    let notices = &bench.core.state.notices;
    assert_eq!((notices.len(), notices[0].number, notices[199].number), (200, 101, 300));
    bench.command(Command::Dismiss(300));
    assert_eq!(bench.told().last(), Some(&"298"));
}

#[test]
fn neither_password_nor_text_is_in_the_debug_text() {
    let mut bench = Bench::new();
    let id = bench.add_open("a.pdf", 1);
    bench.core.state.documents[0].password = Some("open sesame".into());
    let unlock = Command::GivePassword(id, "open sesame".into());
    let shown = format!("{:?} {unlock:?} {:?}", bench.core, Command::CopyText("open sesame".into()));
    assert!(!shown.contains("sesame"), "{shown}");
}
