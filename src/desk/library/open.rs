//! Opening the library's file: who may, and what becomes of one that is damaged.

use super::schema::{SchemaError, prepare};
use super::writer::Waiting;
use super::{Change, Loaded, LoadedDocument, load};
use crate::desk::folder::make_private;
use crate::document::Problem;
use rusqlite::{Connection, ErrorCode};
use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

const FILE: &str = "library.sqlite";
/// Files that belong to it while it is in use.
const BESIDE: &[&str] = &["", "-wal", "-shm"];
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
        Err(error) if is_damage(&error) => renewed(data, &file, &error).map_err(unusable)?,
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
        Loaded { documents: load::documents(&connection)?, session: load::session(&connection)?, problem: None };
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

/// Sets a damaged library aside and begins a new one with the documents that can be saved from it.
fn renewed(data: &Path, file: &Path, damage: &SchemaError) -> io::Result<(Connection, Loaded)> {
    tracing::error!(error = %damage, "the library is damaged");
    let documents = Connection::open(file).map(|connection| load::salvaged(&connection)).unwrap_or_default();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
    let aside = format!("library-damaged-{now}.sqlite");
    for suffix in BESIDE {
        let from = data.join(format!("{FILE}{suffix}"));
        if from.exists() {
            std::fs::rename(from, data.join(format!("{aside}{suffix}")))?;
        }
    }
    let (mut connection, _) = read(file).map_err(io::Error::other)?;
    let mut waiting = Waiting::default();
    for LoadedDocument { record, seen, .. } in &documents {
        waiting.add(Change::Document(Box::new(record.clone())));
        waiting.add(Change::Seen(record.id, *seen));
    }
    waiting.write(&mut connection).map_err(io::Error::other)?;
    let saved = match documents.len() {
        0 => "a new one was begun".to_owned(),
        1 => "1 document was saved from it and is read again".to_owned(),
        count => format!("{count} documents were saved from it and are read again"),
    };
    let problem = Problem {
        message: format!("The library was damaged, so it was set aside as {aside}; {saved}"),
        details: damage.to_string(),
    };
    Ok((connection, Loaded { documents, session: None, problem: Some(problem) }))
}

fn not_kept(what: &str, error: &dyn std::error::Error) -> Problem {
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
