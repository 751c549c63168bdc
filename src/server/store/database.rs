//! The connections to the database: one that writes, some that read. Knows no table.

use super::{Result, StoreError, WAITS_FOR_DISK, schema};
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// More readers than this wait for one another.
const READERS: usize = 8;
/// The log is cut back to this size when it is reused.
const LOG_BYTES: i64 = 16 << 20;
/// Nobody else writes; only emptying the log waits, for those who read.
const BUSY_TIMEOUT: Duration = Duration::from_secs(1);
/// Bytes of the folder's own file system cache a connection may hold, in KiB as `SQLite` wants it.
const CACHE_KIB: i64 = 8 << 10;

/// What the mutexes here guard is whole between any two statements, so a panic elsewhere does not spoil it.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A database in write-ahead mode.
pub(super) struct Database {
    path: PathBuf,
    // Before the writer, so that the last connection to close is the one that may fold the log into the database.
    readers: Mutex<Readers>,
    returned: Condvar,
    writer: Mutex<WriterState>,
}

#[derive(Default)]
struct Readers {
    idle: Vec<Connection>,
    open: usize,
}

/// What a change must outlive. A killed program loses no change of either kind.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Outlives {
    /// The computer losing power: somebody outside was promised it.
    Power,
    /// The program alone: were it lost, it would be done again.
    Program,
}

/// The connection that writes, and what its changes outlive now.
struct WriterState {
    connection: Connection,
    outlives: Outlives,
}

/// The connection that writes, held until dropped.
pub(super) struct Writer<'a>(MutexGuard<'a, WriterState>);

impl Database {
    /// Opens or makes the database and brings its schema up to date. Answers whether it was empty.
    pub(super) fn open(path: &Path) -> Result<(Self, bool)> {
        make_private(path)?;
        let mut writer = Connection::open_with_flags(
            path,
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )?;
        writer.busy_timeout(BUSY_TIMEOUT)?;
        writer.set_prepared_statement_cache_capacity(128);
        // Outside of the schema's transaction, because there it would be too late; the other settings are per connection.
        writer.pragma_update(None, "foreign_keys", true)?;
        writer.pragma_update(None, "trusted_schema", false)?;
        writer.pragma_update(None, "secure_delete", true)?;
        writer.pragma_update(None, "cache_size", -CACHE_KIB)?;
        let fresh = schema::migrate(&mut writer)?;
        let mode: String = writer.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))?;
        if mode != "wal" {
            return Err(StoreError::Io(std::io::Error::other(
                "the disk it is on cannot hold a database in write-ahead mode; choose a folder on a local disk",
            )));
        }
        writer.pragma_update(None, "synchronous", Outlives::Power.level())?;
        writer.pragma_update(None, "journal_size_limit", LOG_BYTES)?;
        let database = Self {
            path: path.to_path_buf(),
            readers: Mutex::default(),
            returned: Condvar::new(),
            writer: Mutex::new(WriterState { connection: writer, outlives: Outlives::Power }),
        };
        Ok((database, fresh))
    }

    /// Waits for the connection that writes.
    pub(super) fn writer(&self) -> Writer<'_> {
        Writer(lock(&self.writer))
    }

    /// Runs `body` on one consistent state of the database, beside any writer.
    pub(super) fn read<T>(&self, body: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        let mut reader = Lent { database: self, connection: Some(self.take_reader()?) };
        let Some(connection) = reader.connection.as_mut() else {
            return Err(StoreError::Io(std::io::Error::other("no connection to read with")));
        };
        body(&connection.transaction()?)
    }

    fn take_reader(&self) -> Result<Connection> {
        let mut readers = lock(&self.readers);
        loop {
            if let Some(idle) = readers.idle.pop() {
                return Ok(idle);
            }
            if readers.open < READERS {
                break;
            }
            readers = self.returned.wait(readers).unwrap_or_else(PoisonError::into_inner);
        }
        let connection = self.open_reader()?;
        readers.open += 1;
        Ok(connection)
    }

    fn open_reader(&self) -> Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.set_prepared_statement_cache_capacity(64);
        connection.pragma_update(None, "trusted_schema", false)?;
        connection.pragma_update(None, "cache_size", -CACHE_KIB / 4)?;
        Ok(connection)
    }
}

/// Makes an empty file for the database, for this user alone, whoever may look into its folder; the log beside it gets
/// the same rights. A database that is there stays as it is.
fn make_private(path: &Path) -> Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?;
    Ok(())
}

impl Outlives {
    /// The setting of `synchronous`. In write-ahead mode "normal" writes the log without waiting for the disk; the order
    /// stays, so what is waited for later brings all before it.
    const fn level(self) -> &'static str {
        match self {
            _ if !WAITS_FOR_DISK => "off",
            Self::Power => "full",
            Self::Program => "normal",
        }
    }
}

/// A reading connection, given back when dropped.
struct Lent<'a> {
    database: &'a Database,
    connection: Option<Connection>,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        lock(&self.database.readers).idle.extend(self.connection.take());
        self.database.returned.notify_one();
    }
}

impl Writer<'_> {
    /// Begins a transaction; dropped without a commit it never was.
    pub(super) fn transaction(&mut self, outlives: Outlives) -> Result<Transaction<'_>> {
        if self.0.outlives != outlives {
            self.0.connection.pragma_update(None, "synchronous", outlives.level())?;
            self.0.outlives = outlives;
        }
        Ok(self.0.connection.transaction_with_behavior(TransactionBehavior::Immediate)?)
    }

    /// The connection between transactions.
    pub(super) fn connection(&self) -> &Connection {
        &self.0.connection
    }

    /// Folds the log into the database and empties it, so that nothing deleted is left in it. Answers whether it could:
    /// not while somebody reads.
    pub(super) fn fold_log(&self) -> Result<bool> {
        let busy: bool = self.0.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        Ok(!busy)
    }
}
