//! The queue with work that is made up.

use super::super::store::{Content, Lane, NewFile, NewLabel, NewModel, Settled};
use super::*;
use crate::api::ModelId;
use std::collections::BTreeSet;
use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

struct Bench {
    folder: tempfile::TempDir,
    store: Arc<Store>,
    model: ModelId,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(Store::open(folder.path()).unwrap());
        let new = NewModel {
            kind: "ocr".to_owned(),
            labels: vec![NewLabel { name: "total".to_owned(), ..NewLabel::default() }],
            ..NewModel::default()
        };
        let model = store.create_model(&new).unwrap().id;
        Self { folder, store, model }
    }

    /// A file with so many pages.
    fn put(&self, pages: u32, lane: Lane) -> FileId {
        let new = NewFile {
            content: content(&self.store, &pages.to_string()),
            name: pages.to_string(),
            metadata: String::new(),
            pages_wanted: pages.to_string(),
            language: String::new(),
            password: None,
            lane,
            by: String::new(),
        };
        self.store.put_files(&self.model, vec![new]).unwrap().remove(0).id
    }

    fn start<W>(&self, readers: usize, work: W) -> Queue
    where
        W: Fn(&Task, &CancellationToken) -> Result<Outcome, Failure> + Send + Sync + 'static,
    {
        let options = QueueOptions { readers, pause: Duration::from_millis(1), ..QueueOptions::default() };
        Queue::start(self.store.clone(), options, work).unwrap()
    }
}

fn content(store: &Store, text: &str) -> Content {
    let mut incoming = store.incoming().unwrap();
    incoming.write_all(text.as_bytes()).unwrap();
    incoming.finish().unwrap()
}

/// Opens files as their request says, and reads each page as its number.
#[expect(clippy::unnecessary_wraps, reason = "it is work, and work may fail")]
fn plain(store: &Store, task: &Task) -> Result<Outcome, Failure> {
    match task {
        Task::Open { file } => {
            let page_count = store.file(file).unwrap().pages_wanted.parse().unwrap();
            let pages = (0..page_count).map(|number| NewPage { number, width: 1, height: 1 }).collect();
            Ok(Outcome::Opened { page_count, pages })
        }
        Task::Page { number, .. } => Ok(Outcome::Read(page(&number.to_string()))),
        Task::Extract { .. } => Ok(Outcome::Extracted(Vec::new())),
        Task::Train { .. } => {
            let learned = content(store, "learned");
            Ok(Outcome::Trained(Trained { learned, accuracy: Some(1.0), report: String::new(), documents: 1 }))
        }
    }
}

fn page(boxes: &str) -> PageReading {
    let (boxes, words) = (boxes.to_owned(), String::new());
    PageReading { width: 1, height: 1, image: None, boxes, words, tables: "[]".to_owned(), message: String::new() }
}

fn finished(queue: &Queue, file: &FileId) -> Option<FileRecord> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(queue.finished(file)).unwrap()
}

#[test]
fn every_page_of_every_file_is_read_once() {
    let bench = Bench::new();
    let read = Arc::new(Mutex::new(Vec::new()));
    let (store, noted) = (bench.store.clone(), read.clone());
    let queue = bench.start(3, move |task, _| {
        if let Task::Page { page, .. } = task {
            noted.lock().unwrap().push(page.clone());
        }
        plain(&store, task)
    });
    let files: Vec<FileId> = (1..=12).map(|pages| bench.put(pages, Lane::Async)).collect();
    for (file, pages) in files.iter().zip(1_u32..) {
        let record = finished(&queue, file).unwrap();
        assert_eq!((record.status, record.progress.done), (Status::Success, pages));
        let boxes: Vec<String> = bench.store.pages(file).unwrap().into_iter().filter_map(|page| page.boxes).collect();
        assert_eq!(boxes, (0..pages).map(|n| n.to_string()).collect::<Vec<_>>());
    }
    queue.stop();
    let read = read.lock().unwrap();
    assert_eq!(read.len(), 78);
    assert_eq!(read.iter().collect::<BTreeSet<_>>().len(), 78);
}

#[test]
fn pages_are_read_by_as_many_threads_as_asked_for_at_the_same_time() {
    let bench = Bench::new();
    let together = Arc::new(std::sync::Barrier::new(3));
    let store = bench.store.clone();
    let queue = bench.start(3, move |task, _| {
        if let Task::Page { .. } = task {
            let name = std::thread::current().name().unwrap().to_owned();
            assert!(name.starts_with("reader-"), "{name}");
            // Three pages of one file meet here, or this never ends.
            together.wait();
        }
        plain(&store, task)
    });
    assert_eq!(finished(&queue, &bench.put(6, Lane::Sync)).unwrap().status, Status::Success);
}

#[test]
fn what_fails_is_tried_three_times_and_says_why_and_a_panic_is_a_failure_too() {
    let bench = Bench::new();
    let (store, tries) = (bench.store.clone(), Arc::new(AtomicUsize::new(0)));
    let tried = tries.clone();
    let queue = bench.start(1, move |task, _| match task {
        Task::Page { number: 0, .. } => match tried.fetch_add(1, Ordering::Relaxed) {
            0 => panic!("out of luck"),
            1 => Err(Failure::ThisTime("no luck".to_owned())),
            _ => plain(&store, task),
        },
        Task::Page { number: 1, .. } => panic!("never"),
        Task::Page { number: 2, .. } => Err(Failure::ForGood("it is empty".to_owned())),
        _ => plain(&store, task),
    });
    let file = bench.put(4, Lane::Async);
    assert_eq!(finished(&queue, &file).unwrap().status, Status::Success);
    let pages = bench.store.pages(&file).unwrap();
    let found: Vec<(Status, &str)> = pages.iter().map(|page| (page.status, page.message.as_str())).collect();
    let failed = |why| (Status::Failure, why);
    let read = (Status::Success, "");
    assert_eq!(
        found,
        [
            read,
            failed("This page could not be read because the reader failed; try it again, and tell us if it stays so"),
            failed("it is empty"),
            read
        ]
    );
    assert_eq!(tries.load(Ordering::Relaxed), 3);
}

/// Work that says when it began a page and then waits to be let go or cancelled.
fn slow(
    store: Arc<Store>,
) -> (impl Fn(&Task, &CancellationToken) -> Result<Outcome, Failure> + Send + Sync, Receiver<Task>) {
    let (began, beginnings): (SyncSender<Task>, _) = sync_channel(100);
    let work = move |task: &Task, token: &CancellationToken| {
        let Task::Page { .. } = task else { return plain(&store, task) };
        began.send(task.clone()).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(token.cancelled());
        Err(Failure::Cancelled)
    };
    (work, beginnings)
}

#[test]
fn a_graceful_stop_gives_back_what_runs_and_the_next_queue_resumes() {
    let bench = Bench::new();
    let (work, beginnings) = slow(bench.store.clone());
    let queue = bench.start(2, work);
    let file = bench.put(5, Lane::Async);
    let began = [beginnings.recv().unwrap(), beginnings.recv().unwrap()];
    assert_eq!(bench.store.job_counts().unwrap(), (3, 2));
    queue.stop();
    assert_eq!(bench.store.job_counts().unwrap(), (5, 0));
    drop(queue);

    let Bench { folder, store, model } = bench;
    drop((beginnings, store));
    let bench = Bench { store: Arc::new(Store::open(folder.path()).unwrap()), folder, model };
    let store = bench.store.clone();
    let (order, orders) = sync_channel(100);
    let queue = bench.start(1, move |task, _| {
        order.send(task.clone()).unwrap();
        plain(&store, task)
    });
    assert_eq!(finished(&queue, &file).unwrap().status, Status::Success);
    queue.stop();
    let orders: Vec<Task> = orders.iter().collect();
    assert_eq!(orders.len(), 5, "the file was not opened again");
    assert!(began.iter().all(|task| orders[..2].contains(task)), "what was broken off goes first");
}

#[test]
fn a_queue_that_stops_tells_those_who_wait_for_a_file() {
    let bench = Bench::new();
    let (work, beginnings) = slow(bench.store.clone());
    let queue = bench.start(1, work);
    let file = bench.put(1, Lane::Sync);
    beginnings.recv().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let waiting = queue.finished(&file);
        let stopping = async { queue.shared.stop.cancel() };
        let (found, ()) = tokio::join!(waiting, stopping);
        assert_eq!(found.unwrap(), None);
    });
}

#[test]
fn a_file_deleted_while_it_is_read_is_cancelled_and_told_to_those_who_wait() {
    let bench = Bench::new();
    let (work, beginnings) = slow(bench.store.clone());
    // The signs of life are what notices, so they are given often here.
    let options = QueueOptions { readers: 1, lease: Duration::from_millis(300), ..QueueOptions::default() };
    let queue = Queue::start(bench.store.clone(), options, work).unwrap();
    let file = bench.put(1, Lane::Sync);
    beginnings.recv().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let found = runtime.block_on(async {
        let waiting = queue.finished(&file);
        let deleting = async { bench.store.delete_file(&file, "p").unwrap() };
        tokio::join!(waiting, deleting).0
    });
    assert!(matches!(found, Err(StoreError::Missing { what: "file", .. })));
    let next = bench.put(1, Lane::Sync);
    let Task::Page { file, .. } = beginnings.recv().unwrap() else { panic!("a page") };
    assert_eq!(file, next, "the reader is free again");
}

#[test]
fn a_full_disk_is_no_attempt_and_the_queue_goes_on_when_there_is_room() {
    let bench = Bench::new();
    let store = bench.store.clone();
    let tries = Arc::new(AtomicUsize::new(0));
    let tried = tries.clone();
    let queue = bench.start(1, move |task, _| {
        let Task::Page { .. } = task else { return plain(&store, task) };
        // More often than an attempt may fail.
        match tried.fetch_add(1, Ordering::Relaxed) {
            0..2 => store.limit_size(Some(0)),
            _ => store.limit_size(None),
        }
        Ok(Outcome::Read(page(&"x".repeat(1_000_000))))
    });
    let file = bench.put(1, Lane::Async);
    assert_eq!(finished(&queue, &file).unwrap().status, Status::Success);
    assert_eq!(tries.load(Ordering::Relaxed), 3);
    assert_eq!(bench.store.pages(&file).unwrap()[0].message, "");
}

#[test]
fn a_training_does_not_keep_pages_waiting() {
    let bench = Bench::new();
    let store = bench.store.clone();
    let (trained, go_on) = (Mutex::new(None), Arc::new(std::sync::Barrier::new(2)));
    let gate = go_on.clone();
    let queue = bench.start(1, move |task, _| {
        if let Task::Train { .. } = task {
            gate.wait();
            *trained.lock().unwrap() = std::thread::current().name().map(str::to_owned);
            assert_eq!(trained.lock().unwrap().as_deref(), Some("trainer"));
        }
        plain(&store, task)
    });
    let document = super::super::store::NewTraining {
        content: content(&bench.store, "x"),
        name: "x".to_owned(),
        width: 1,
        height: 1,
        annotation: String::new(),
        words: "[]".to_owned(),
        tables: String::new(),
        labels: vec![("total".to_owned(), 1)],
    };
    bench.store.add_training(&bench.model, vec![document], "p").unwrap();
    let mut settled = bench.store.settled();
    bench.store.ask_training(&bench.model, "p").unwrap();
    assert_eq!(finished(&queue, &bench.put(1, Lane::Async)).unwrap().status, Status::Success);
    go_on.wait();
    while settled.blocking_recv().unwrap() != Settled::Model(bench.model.clone()) {}
    assert_eq!(bench.store.model(&bench.model).unwrap().state.number(), 5);
}
