//! Why the store said no. Each sentence says what happened and, where there is something to do, what.

use std::io::ErrorKind;
use std::path::PathBuf;

/// Why the store did not do what it was asked. Unless said otherwise nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Nothing has that name (any more).
    #[error("there is no {what} `{name}`")]
    Missing {
        /// `model`, `file`, `page` or `content`.
        what: &'static str,
        /// The name that was asked for.
        name: String,
    },
    /// An annotation names a label that the model does not have.
    #[error("the model has no label `{0}`")]
    UnknownLabel(String),
    /// The model reads without ever learning.
    #[error("the model `{0}` cannot be trained: it reads any document as it is")]
    FixedModel(String),
    /// The model waits to be trained or is being trained.
    #[error("the model `{0}` is being trained; try again when it has finished")]
    BusyModel(String),
    /// There is nothing to learn from.
    #[error("the model `{0}` has no annotated documents to learn from; upload some first")]
    NothingToLearn(String),
    /// The file's pages are not all read yet.
    #[error("the file `{0}` is still being read; try again when it has finished")]
    Unfinished(String),
    /// The file is approved, so it may not be read again.
    #[error("the file `{0}` is approved; take the approval back before it is read again")]
    Approved(String),
    /// The job went to somebody else, is done already, or its file was deleted.
    #[error("the job is no longer held by who reports on it")]
    LostClaim,
    /// There is no room for it.
    #[error("the disk is full; free some space and try again")]
    DiskFull,
    /// Another program holds the folder.
    #[error("another program already uses the store in {}; stop it first", .0.display())]
    InUse(PathBuf),
    /// A newer program wrote it.
    #[error(
        "the store was written by a newer version of Proofdesk (schema {found}, this one knows {known}); update the program"
    )]
    Newer {
        /// The schema's version in the database.
        found: i64,
        /// The newest this program knows.
        known: i64,
    },
    /// The database cannot be trusted.
    #[error("the store is damaged ({0}); restore its folder from a backup, or start with an empty folder")]
    Damaged(String),
    /// A file or folder could not be read or written.
    #[error("the store could not use its folder: {0}")]
    Io(#[source] std::io::Error),
    /// The database did not do its work.
    #[error("the store's database failed: {0}")]
    Database(#[source] rusqlite::Error),
}

/// What the store answers.
pub type Result<T> = std::result::Result<T, StoreError>;

impl StoreError {
    pub(in crate::server) fn missing(what: &'static str, name: &(impl ToString + ?Sized)) -> Self {
        Self::Missing { what, name: name.to_string() }
    }
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => Self::DiskFull,
            _ => Self::Io(error),
        }
    }
}

impl From<tempfile::PersistError> for StoreError {
    fn from(error: tempfile::PersistError) -> Self {
        error.error.into()
    }
}

/// The shared-memory file beside the log could not grow: there is no room either.
const IOERR_SHMSIZE: i32 = rusqlite::ffi::SQLITE_IOERR_SHMSIZE;

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        let Some(cause) = error.sqlite_error() else {
            return match error {
                // The column held what this program never writes there.
                rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::InvalidColumnType(..)
                | rusqlite::Error::IntegralValueOutOfRange(..) => Self::Damaged(error.to_string()),
                other => Self::Database(other),
            };
        };
        match cause.code {
            ErrorCode::DiskFull => Self::DiskFull,
            ErrorCode::SystemIoFailure if cause.extended_code == IOERR_SHMSIZE => Self::DiskFull,
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Self::Damaged(error.to_string()),
            _ => Self::Database(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_said_as_such_whoever_noticed_it() {
        let of_file = std::io::Error::from(ErrorKind::StorageFull);
        assert!(matches!(StoreError::from(of_file), StoreError::DiskFull));
        for code in [rusqlite::ffi::SQLITE_FULL, IOERR_SHMSIZE] {
            let of_database = rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None);
            assert!(matches!(StoreError::from(of_database), StoreError::DiskFull), "{code}");
        }
    }
}
