//! Opening a store: whatever the last program left is brought in order here.

use super::contents::{ContentHash, Contents, make_private};
use super::database::{Database, Outlives};
use super::{Clock, Result, SETTLED_WAITING, Store, StoreError, change};
use rusqlite::OptionalExtension;
use std::collections::HashSet;
use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Condvar, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::broadcast;

impl Store {
    /// Opens the store in `folder`, or makes one. Jobs that ran when the last program stopped wait again; contents that no
    /// record names are removed.
    ///
    /// The folder is for one program at a time ([`StoreError::InUse`]).
    pub fn open(folder: &Path) -> Result<Self> {
        Self::open_with_clock(folder, Box::new(system_clock))
    }

    /// The same with another clock.
    pub fn open_with_clock(folder: &Path, clock: Clock) -> Result<Self> {
        make_private(folder)?;
        let lock = lock(folder)?;
        let path = folder.join("store.sqlite");
        let contents = Contents::open(folder)?;
        if !path.exists() && !contents.is_empty()? {
            // Going on would take all contents for strays and remove them.
            return Err(StoreError::Damaged("its database is gone while contents are there".to_owned()));
        }
        let (database, fresh) = Database::open(&path)?;
        if fresh && !contents.is_empty()? {
            return Err(StoreError::Damaged("its database is empty while contents are there".to_owned()));
        }
        let signing_key = signing_key(&database)?;
        let store = Self {
            database,
            contents,
            clock,
            signing_key,
            claims: AtomicU64::new(0),
            enqueued: Mutex::new(1),
            enqueued_changed: Condvar::new(),
            settled: broadcast::Sender::new(SETTLED_WAITING),
            unfolded: AtomicBool::new(false),
            leftovers: Mutex::default(),
            #[cfg(test)]
            probe: Mutex::default(),
            _lock: lock,
        };
        store.interrupt_all()?;
        let kept = store.named_contents()?;
        match store.contents.remove_all_but(&kept)? {
            0 => {}
            removed => tracing::info!(removed, "removed contents that no record names"),
        }
        store.database.writer().fold_log()?;
        Ok(store)
    }

    /// Every content that a record names.
    pub(super) fn named_contents(&self) -> Result<HashSet<ContentHash>> {
        self.database.read(|read| {
            let mut all = read.prepare(change::NAMED)?;
            let mut rows = all.query([])?;
            let mut kept = HashSet::new();
            while let Some(row) = rows.next()? {
                kept.insert(row.get(0)?);
            }
            Ok(kept)
        })
    }
}

/// Takes the folder's lock. A process that is just being started holds, for a moment, what this one let go.
fn lock(folder: &Path) -> Result<File> {
    const TRIES: u32 = 20;
    let lock = File::create(folder.join("lock"))?;
    for _ in 0..TRIES {
        match lock.try_lock() {
            Ok(()) => return Ok(lock),
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(10)),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
    }
    Err(StoreError::InUse(folder.to_path_buf()))
}

fn system_clock() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// The key of the store's signed URLs; made once.
fn signing_key(database: &Database) -> Result<[u8; 32]> {
    let mut writer = database.writer();
    let transaction = writer.transaction(Outlives::Power)?;
    let found: Option<[u8; 32]> = transaction
        .query_row("SELECT value FROM setting WHERE name = 'signing_key'", [], |row| row.get(0))
        .optional()?;
    if let Some(key) = found {
        return Ok(key);
    }
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(|error| StoreError::Io(std::io::Error::other(error)))?;
    transaction.execute("INSERT INTO setting (name, value) VALUES ('signing_key', ?1)", [key])?;
    transaction.commit()?;
    Ok(key)
}
