//! What the server keeps: models, files, pages, predictions, corrections, training data, jobs and an audit trail, in an
//! `SQLite` database, and the contents of files beside it, each named by its sha256. No HTTP and no reading of pages here.
//!
//! Everything is done by the narrow functions of [`Store`], so that another database and an object store can stand in
//! their place. They block; call them off the asynchronous threads. What they promise:
//!
//! - A change is one transaction: it happened when the function has returned, and not at all when it failed. A program
//!   killed at any instant leaves a store that opens ([`Store::open`]), with every accepted file in it.
//! - What somebody outside is promised (a file taken in, a page saved, an approval, a deletion) is on the disk when the
//!   function has returned. What jobs bring is lost with the computer's power at worst, and then done again.
//! - A file's pages are read by jobs ([`Store::claim`] …) that survive the program. What a job brings is saved in the
//!   transaction that ends it, and only by who holds it, so that a result stands exactly once.
//! - A content is there as long as a record names it. Deleted text is overwritten in the database and its log.
//! - What a person set is never overwritten by a reading: predictions and corrections are apart.

mod audit;
mod change;
mod contents;
mod database;
mod decisions;
mod error;
mod files;
mod jobs;
mod lanes;
mod models;
mod open;
mod pages;
mod schema;
mod state;
mod training;

pub use audit::{AuditEntry, AuditQuery};
pub use contents::{Content, ContentHash, Incoming};
pub use error::{Result, StoreError};
pub use files::{Approval, FileRecord, NewFile, Password, Progress, Status};
pub use jobs::{Claim, Fate, MAX_ATTEMPTS, MAX_INTERRUPTIONS, Task};
pub use lanes::Lane;
pub use models::{Holdings, LabelChange, LabelRecord, ModelRecord, NewLabel, NewModel, VersionRecord};
pub use pages::{Corrections, NewPage, PageContents, PageReading, PageRecord};
pub use training::{Lesson, NewTraining, Trained, TrainingRecord};

use crate::api::{FileId, ModelId};
use contents::Contents;
use database::Database;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::broadcast;

/// What happens when a program is killed does not depend on what the disk has seen; and tests are many.
const WAITS_FOR_DISK: bool = !cfg!(test);

/// Tells the time, in milliseconds since 1970, UTC.
pub type Clock = Box<dyn Fn() -> i64 + Send + Sync>;

/// Something came to an end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// The reading of a file ended, or the file was deleted.
    File(FileId),
    /// The training of a model ended.
    Model(ModelId),
}

/// So many ends may be waiting for a slow listener.
const SETTLED_WAITING: usize = 1024;

/// The store. All functions may be called from many threads at once; changes wait for one another.
pub struct Store {
    // Dropped before the lock, so that the folder is free only when nothing is open in it any more.
    database: Database,
    contents: Contents,
    clock: Clock,
    signing_key: [u8; 32],
    /// Claims so far, for the lanes' alternation.
    claims: AtomicU64,
    /// Counts changes that may have put a job in a lane.
    enqueued: Mutex<u64>,
    enqueued_changed: Condvar,
    settled: broadcast::Sender<Settled>,
    /// Whether deleted text may still be in the log.
    unfolded: AtomicBool,
    /// Contents that could not be removed yet.
    leftovers: Mutex<Vec<ContentHash>>,
    #[cfg(test)]
    probe: Mutex<Option<tests::Probe>>,
    _lock: std::fs::File,
}

impl Store {
    /// The key that signed URLs are made with; as old as the store.
    pub const fn signing_key(&self) -> &[u8; 32] {
        &self.signing_key
    }

    /// Begins a content: write to it, then call [`Incoming::finish`].
    pub fn incoming(&self) -> Result<Incoming> {
        self.contents.incoming()
    }

    /// A path where the content can be read. It may be deleted by others at any time.
    pub fn local_path(&self, hash: ContentHash) -> Result<PathBuf> {
        self.contents.existing(hash)
    }

    /// Waits until a job may have come to a lane since `seen`, at most `timeout`; answers the new `seen`. Begin with 0.
    pub fn wait_for_jobs(&self, seen: u64, timeout: Duration) -> u64 {
        let guard = database::lock(&self.enqueued);
        let (count, _) = self
            .enqueued_changed
            .wait_timeout_while(guard, timeout, |count| *count == seen)
            .unwrap_or_else(PoisonError::into_inner);
        *count
    }

    /// Wakes all who wait for jobs.
    pub fn wake(&self) {
        *database::lock(&self.enqueued) += 1;
        self.enqueued_changed.notify_all();
    }

    /// Tells whenever a file was finished or deleted, or the training of a model ended. Who listens too slowly misses
    /// some and is told so.
    pub fn settled(&self) -> broadcast::Receiver<Settled> {
        self.settled.subscribe()
    }

    /// Reads the whole database and says whether it is sound.
    pub fn check(&self) -> Result<()> {
        let found: String =
            self.database.read(|read| Ok(read.query_row("PRAGMA integrity_check(1)", [], |r| r.get(0))?))?;
        let strays: i64 = self
            .database
            .read(|read| Ok(read.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |r| r.get(0))?))?;
        match (found.as_str(), strays) {
            ("ok", 0) => Ok(()),
            ("ok", _) => Err(StoreError::Damaged(format!("{strays} records belong to nothing"))),
            (fault, _) => Err(StoreError::Damaged(fault.to_owned())),
        }
    }

    fn now_ms(&self) -> i64 {
        (self.clock)()
    }

    /// Tells tests at which instant of a change the store is: those at which a kill is worth trying.
    #[cfg(test)]
    fn instant(&self, name: &'static str) {
        if let Some(probe) = database::lock(&self.probe).as_mut() {
            probe(name);
        }
    }

    #[cfg(not(test))]
    #[expect(clippy::unused_self, reason = "nobody looks outside of tests")]
    const fn instant(&self, _name: &'static str) {}

    /// Lets the database grow by so many pages and no more; without a number as far as it likes.
    #[cfg(test)]
    pub(super) fn limit_size(&self, pages: Option<i64>) {
        let writer = self.database.writer();
        let count: i64 = writer.connection().pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
        let most = pages.map_or(i64::from(u32::MAX - 1), |pages| count + pages);
        let _: i64 =
            writer.connection().pragma_update_and_check(None, "max_page_count", most, |row| row.get(0)).unwrap();
    }

    fn note_unfolded(&self) {
        self.unfolded.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests;
