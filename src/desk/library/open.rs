//! Opening the library's file: who may, and what becomes of one that is damaged.

use super::rescue::rescue;
use super::schema::{SchemaError, prepare};
use super::writer::Waiting;
use super::{Change, KeptReading, Loaded, LoadedDocument, Record, load};
use crate::desk::folder::make_private;
use crate::document::Problem;
use rusqlite::{Connection, ErrorCode};
use std::collections::BTreeSet;
use std::error::Error;
use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;

pub(super) const FILE: &str = "library.sqlite";
const LOCK: &str = "library.lock";

/// An open library.
pub(super) struct Opened {
    /// Its file.
    pub(super) connection: Connection,
    /// What is in it.
    pub(super) loaded: Loaded,
    /// Keeps other processes from it.
    pub(super) lock: File,
}

/// Opens the library of `data`, or begins one. What stands in the way, as a sentence: then nothing is kept.
pub(super) fn open(data: &Path) -> Result<Opened, Problem> {
    let unusable = |error: io::Error| {
        let reason = error.to_string();
        let reason = reason.split(" (os error").next().unwrap_or_default().to_lowercase();
        not_kept(&format!("The folder {} cannot be used ({reason})", data.display()), &error)
    };
    make_private(data).map_err(unusable)?;
    let lock = File::options().create(true).truncate(false).write(true).open(data.join(LOCK)).map_err(unusable)?;
    lock.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => not_kept("Another Proofdesk has the library open", &error),
        TryLockError::Error(error) => unusable(error),
    })?;
    let file = data.join(FILE);
    let (connection, loaded) = match read(&file) {
        Ok(read) => read,
        Err(error) if is_damage(&error) => renewed(data, &error).map_err(unusable)?,
        Err(SchemaError::Newer(version)) => {
            let what = "The library was made by a later version of Proofdesk";
            return Err(not_kept(what, &SchemaError::Newer(version)));
        }
        Err(SchemaError::Sqlite(error)) => {
            return Err(not_kept(&format!("The library cannot be opened ({})", reason(&error)), &error));
        }
    };
    Ok(Opened { connection, loaded, lock })
}

fn read(file: &Path) -> Result<(Connection, Loaded), SchemaError> {
    let mut connection = Connection::open(file)?;
    prepare(&mut connection)?;
    let loaded =
        Loaded { documents: load::documents(&connection)?, session: load::session(&connection)?, ..Loaded::default() };
    Ok((connection, loaded))
}

/// Whether the file is to blame: another one would do.
fn is_damage(error: &SchemaError) -> bool {
    match error {
        SchemaError::Newer(_) => false,
        SchemaError::Sqlite(error) => match error.sqlite_error_code() {
            // `Unknown` are tables that are missing or have other columns; `None` is a value of another kind than its
            // column's.
            Some(
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::TypeMismatch | ErrorCode::Unknown,
            )
            | None => true,
            Some(_) => false,
        },
    }
}

/// Whether `SQLite` says that the file is damaged.
pub(super) fn is_corrupt(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

/// Puts a new library in the place of a damaged one, with what can be read of that.
pub(super) fn renewed(data: &Path, damage: &dyn Error) -> io::Result<(Connection, Loaded)> {
    let problem = rescue(data, damage)?;
    let (mut connection, mut loaded) = read(&data.join(FILE)).map_err(io::Error::other)?;
    let mut waiting = Waiting::default();
    for LoadedDocument { record, stored, .. } in &mut loaded.documents {
        if record.reading == KeptReading::Done && !has_all(record, stored) {
            record.reading = KeptReading::Queued;
            waiting.add(Change::Document(Box::new(record.clone())));
        }
    }
    waiting.write(&mut connection).map_err(io::Error::other)?;
    loaded.problem = Some(problem);
    Ok((connection, loaded))
}

/// Whether the results of all pages are there that were to be read.
fn has_all(record: &Record, stored: &BTreeSet<u32>) -> bool {
    let count = record.sizes.as_ref().map_or(0, |sizes| sizes.len() as u32);
    let chosen: Vec<u32> = record.options.pages.iter().copied().filter(|page| *page < count).collect();
    let is_there = |page: &u32| stored.contains(page);
    match (count, &chosen[..]) {
        (0, _) => !stored.is_empty(),
        (_, []) => (0..count).all(|page| stored.contains(&page)),
        _ => chosen.iter().all(is_there),
    }
}

pub(super) fn not_kept(what: &str, error: &dyn Error) -> Problem {
    let message = format!("{what}, so what you do now is kept only until Proofdesk ends");
    Problem { message, details: error.to_string() }
}

/// The system's reason in words.
pub(super) fn reason(error: &rusqlite::Error) -> &'static str {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => "the disk is full",
        Some(ErrorCode::ReadOnly) => "it is read-only",
        Some(ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => "it may not be opened",
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => "another program has it open",
        Some(ErrorCode::SystemIoFailure) => "the disk failed",
        _ => "it is damaged",
    }
}
