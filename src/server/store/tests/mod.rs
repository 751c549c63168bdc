//! Tests of the store as a whole; its parts are tested where they are.

mod agreement;
mod crash;
mod damage;
mod files;
mod kill;
mod migration;
mod ops;
mod order;
mod threads;
mod world;

use super::*;
use crate::api::PageId;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use tempfile::TempDir;

/// Told at which instant of a change the store is.
pub(super) type Probe = Box<dyn FnMut(&'static str) + Send>;

/// Long enough for any test.
pub(super) const LEASE: Duration = Duration::from_mins(1);
/// The two lanes of those who read.
pub(super) const READING: &[Lane] = &[Lane::Sync, Lane::Async];

/// A store in a folder of its own, with a clock that stands until it is moved.
pub(super) struct Desk {
    pub(super) folder: TempDir,
    pub(super) clock_ms: Arc<AtomicI64>,
    pub(super) store: Store,
}

impl Desk {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock_ms = Arc::new(AtomicI64::new(1_700_000_000_000));
        let store = open(folder.path(), &clock_ms);
        Self { folder, clock_ms, store }
    }

    pub(super) fn reopen(self) -> Self {
        let Self { folder, clock_ms, store } = self;
        drop(store);
        let store = open(folder.path(), &clock_ms);
        Self { folder, clock_ms, store }
    }

    pub(super) fn advance(&self, time: Duration) {
        self.clock_ms.fetch_add(time.as_millis() as i64, Ordering::Relaxed);
    }

    pub(super) fn model(&self) -> ModelId {
        let new = NewModel { kind: "ocr".to_owned(), labels: labels(&["total", "date"]), ..NewModel::default() };
        self.store.create_model(&new).unwrap().id
    }

    pub(super) fn put(&self, model: &ModelId, name: &str) -> FileId {
        put(&self.store, model, name, Lane::Async)
    }
}

pub(super) fn open(folder: &Path, clock_ms: &Arc<AtomicI64>) -> Store {
    let clock_ms = clock_ms.clone();
    Store::open_with_clock(folder, Box::new(move || clock_ms.load(Ordering::Relaxed))).unwrap()
}

pub(super) fn content(store: &Store, bytes: &[u8]) -> Content {
    let mut incoming = store.incoming().unwrap();
    incoming.write_all(bytes).unwrap();
    incoming.finish().unwrap()
}

pub(super) fn new_file(store: &Store, bytes: &[u8], name: &str, lane: Lane) -> NewFile {
    NewFile {
        content: content(store, bytes),
        name: name.to_owned(),
        metadata: format!("metadata of {name}"),
        pages_wanted: String::new(),
        language: String::new(),
        password: None,
        lane,
        by: "tests".to_owned(),
    }
}

pub(super) fn put(store: &Store, model: &ModelId, name: &str, lane: Lane) -> FileId {
    let new = new_file(store, format!("content of {name}").as_bytes(), name, lane);
    store.put_files(model, vec![new]).unwrap().remove(0).id
}

pub(super) fn claim(store: &Store) -> Claim {
    store.claim(READING, LEASE).unwrap().expect("a job waits")
}

pub(super) fn labels(names: &[&str]) -> Vec<NewLabel> {
    names.iter().map(|name| NewLabel { name: (*name).to_owned(), ..NewLabel::default() }).collect()
}

pub(super) fn numbered(pages: u32) -> Vec<NewPage> {
    (0..pages).map(|number| NewPage { number, width: 100, height: 200 }).collect()
}

pub(super) fn reading(boxes: &str) -> PageReading {
    PageReading {
        width: 2550,
        height: 3300,
        image: None,
        boxes: boxes.to_owned(),
        words: format!("words of {boxes}"),
        tables: "[]".to_owned(),
        message: String::new(),
    }
}

/// Opens the file that is next and makes it so many pages.
pub(super) fn open_next(store: &Store, pages: u32) {
    let opening = claim(store);
    assert!(matches!(opening.task, Task::Open { .. }), "{opening:?}");
    store.save_opened(&opening, pages, &numbered(pages)).unwrap();
}

/// Reads the page that is next; answers its file and number.
pub(super) fn read_next(store: &Store) -> (FileId, u32) {
    let claim = claim(store);
    let Task::Page { file, number, .. } = claim.task.clone() else { panic!("a page is next: {claim:?}") };
    store.save_page(&claim, reading(&format!("[{number}]"))).unwrap();
    (file, number)
}

/// The names of all contents that are there.
pub(super) fn contents_in(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for sub in std::fs::read_dir(folder.join("contents")).unwrap() {
        for entry in std::fs::read_dir(sub.unwrap().path()).unwrap() {
            names.push(entry.unwrap().file_name().into_string().unwrap());
        }
    }
    names.sort();
    names
}

/// All files below a folder, with their bytes.
pub(super) fn bytes_in(folder: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(bytes_in(&path));
        } else {
            let bytes = std::fs::read(&path).unwrap();
            found.push((path, bytes));
        }
    }
    found
}

pub(super) fn page_ids(store: &Store, file: &FileId) -> Vec<PageId> {
    store.pages(file).unwrap().into_iter().map(|page| page.id).collect()
}
