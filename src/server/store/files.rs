//! Submitted files: from their arrival to their deletion.

use super::change::Change;
use super::contents::{Content, ContentHash};
use super::lanes::{Lane, Waiting};
use super::{AuditEntry, Result, Settled, Store, StoreError};
use crate::api::{FileId, ModelId, PageId};
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::fmt;
use std::ops::RangeInclusive;
use uuid::Uuid;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// The password of an encrypted document; does not show in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(pub String);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password")
    }
}

/// A file that is submitted.
#[derive(Debug)]
pub struct NewFile {
    /// Its content.
    pub content: Content,
    /// Its name or address, as submitted.
    pub name: String,
    /// What is echoed with every result.
    pub metadata: String,
    /// Which pages are wanted, in the words of the request; empty for all.
    pub pages_wanted: String,
    /// The language hint, or empty.
    pub language: String,
    /// The password of an encrypted document.
    pub password: Option<Password>,
    /// [`Lane::Sync`] where somebody waits for it, else [`Lane::Async`].
    pub lane: Lane,
    /// Who submits it.
    pub by: String,
}

/// How far a file or a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// It waits or is being read.
    Pending,
    /// It is read. For a file: all pages are done, and one at least was read.
    Success,
    /// It could not be read; its message says why.
    Failure,
}

/// An approval of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// When, in milliseconds since 1970, UTC.
    pub at_ms: i64,
    /// By whom.
    pub by: String,
}

/// A submitted file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRecord {
    /// Its name in the service.
    pub id: FileId,
    /// The model that reads it.
    pub model: ModelId,
    /// Its name or address, as submitted.
    pub name: String,
    /// Its content.
    pub content: ContentHash,
    /// The content's size in bytes.
    pub bytes: u64,
    /// What is echoed with every result.
    pub metadata: String,
    /// Which pages are wanted, in the words of the request; empty for all.
    pub pages_wanted: String,
    /// The language hint, or empty.
    pub language: String,
    /// How it was submitted.
    pub lane: Lane,
    /// How far it is.
    pub status: Status,
    /// Why it failed, or empty.
    pub message: String,
    /// The name of the first of its pages that are read; known before the file is opened.
    pub first_page: PageId,
    /// How many pages the whole file has, once it was opened.
    pub page_count: Option<u32>,
    /// How far its pages are.
    pub progress: Progress,
    /// When it came, in milliseconds since 1970, UTC.
    pub received_ms: i64,
    /// The same in whole days.
    pub day: u32,
    /// Whether it is approved.
    pub approval: Option<Approval>,
}

/// How far the pages of a file are; none before it was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Pages that are read or failed.
    pub done: u32,
    /// All pages that are to be read.
    pub all: u32,
}

const FILE: &str = "SELECT id, model, name, content, size, metadata, pages_wanted, language, lane, status, message, \
     first_page, pages, received_ms, day, approved_ms, approved_by, \
     (SELECT count(*) FROM page WHERE file = file.id AND status <> 'pending'), \
     (SELECT count(*) FROM page WHERE file = file.id) FROM file";

impl Store {
    /// Takes files in: all, or none. When this has returned they will be read, come what may.
    pub fn put_files(&self, model: &ModelId, files: Vec<NewFile>) -> Result<Vec<FileRecord>> {
        self.change(|change| {
            super::models::model(change.tx, model.as_str())?;
            files.into_iter().map(|file| change.put_file(model, file)).collect()
        })
    }

    /// A file.
    pub fn file(&self, id: &FileId) -> Result<FileRecord> {
        self.database.read(|read| file(read, id.as_str()))
    }

    /// The file whose first page has, or will have, this name.
    pub fn file_of_first_page(&self, page: &PageId) -> Result<FileRecord> {
        self.database.read(|read| {
            read.prepare_cached(&format!("{FILE} WHERE first_page = ?1"))?
                .query_row([page.as_str()], from_row)
                .optional()?
                .ok_or_else(|| StoreError::missing("page", page))
        })
    }

    /// The password of an encrypted document. It is kept as long as the document is: whoever can read the one can read
    /// the other.
    pub fn password(&self, id: &FileId) -> Result<Option<Password>> {
        self.database.read(|read| {
            let password: Option<Option<String>> = read
                .prepare_cached("SELECT password FROM file WHERE id = ?1")?
                .query_row([id.as_str()], |row| row.get(0))
                .optional()?;
            Ok(password.ok_or_else(|| StoreError::missing("file", id))?.map(Password))
        })
    }

    /// The files that a model got on these days (since 1970, UTC), in the order in which they came.
    pub fn files_of_days(&self, model: &ModelId, days: RangeInclusive<u32>) -> Result<Vec<FileRecord>> {
        self.database.read(|read| {
            let mut found =
                read.prepare_cached(&format!("{FILE} WHERE model = ?1 AND day BETWEEN ?2 AND ?3 ORDER BY day, seq"))?;
            let found = found.query_map(params![model.as_str(), days.start(), days.end()], from_row)?;
            Ok(found.collect::<rusqlite::Result<_>>()?)
        })
    }
}

impl Change<'_> {
    fn put_file(&mut self, model: &ModelId, new: NewFile) -> Result<FileRecord> {
        let id = Uuid::new_v4().to_string();
        let bytes = i64::try_from(new.content.bytes()).unwrap_or(i64::MAX);
        let content = self.publish(new.content)?;
        self.tx
            .prepare_cached(
                "INSERT INTO file (id, model, name, content, size, metadata, pages_wanted, language, lane, status, \
                 first_page, received_ms, day, password) \
 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'pending', ?10, ?11, ?12, ?13)",
            )?
            .execute(params![
                id,
                model.as_str(),
                new.name,
                content,
                bytes,
                new.metadata,
                new.pages_wanted,
                new.language,
                new.lane.number(),
                Uuid::new_v4().to_string(),
                self.now_ms,
                self.now_ms.div_euclid(DAY_MS),
                new.password.map(|password| password.0),
            ])?;
        let open = Waiting { kind: "open", model: model.as_str(), file: Some(&id), page: None };
        self.enqueue(new.lane, [open])?;
        self.audit(&AuditEntry::new(&new.by, "file.put").model(model.as_str()).file(&id))?;
        file(self.tx, &id)
    }

    /// Goes on with a file where none of its pages is pending any more: a model of labels has its say over all of them,
    /// else its reading has ended.
    pub(super) fn settle_file(&mut self, id: &str) -> Result<()> {
        let (pending, read): (i64, i64) = self
            .tx
            .prepare_cached(
                "SELECT count(*) FILTER (WHERE status = 'pending'), count(*) FILTER (WHERE status = 'success') \
                 FROM page WHERE file = ?1",
            )?
            .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        if pending > 0 {
            return Ok(());
        }
        let (model, lane, whole): (String, i64, bool) = self
            .tx
            .prepare_cached(
                "SELECT model, lane, whole FROM file JOIN model ON model.id = file.model WHERE file.id = ?1",
            )?
            .query_row([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        if read > 0 && whole {
            let extract = Waiting { kind: "extract", model: &model, file: Some(id), page: None };
            return self.enqueue(Lane::from_number(lane), [extract]);
        }
        self.end_file(id, read > 0)
    }

    /// Ends the reading of a file; `read`: something of it was read.
    pub(super) fn end_file(&mut self, id: &str, read: bool) -> Result<()> {
        let (status, message) = if read { ("success", "") } else { ("failure", "none of its pages could be read") };
        let model: String = self
            .tx
            .prepare_cached("UPDATE file SET status = ?2, message = ?3 WHERE id = ?1 RETURNING model")?
            .query_row([id, status, message], |row| row.get(0))?;
        self.settled(Settled::File(FileId::from(id)));
        let action = if read { "file.read" } else { "file.failed" };
        self.audit(&AuditEntry::by_the_program(action).model(&model).file(id))
    }
}

/// A file as it stands in this connection.
pub(super) fn file(connection: &Connection, id: &str) -> Result<FileRecord> {
    connection
        .prepare_cached(&format!("{FILE} WHERE id = ?1"))?
        .query_row([id], from_row)
        .optional()?
        .ok_or_else(|| StoreError::missing("file", id))
}

impl Status {
    pub(super) fn from_word(word: &str) -> Self {
        match word {
            "success" => Self::Success,
            "failure" => Self::Failure,
            _ => Self::Pending,
        }
    }
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<FileRecord> {
    let bytes: i64 = row.get(4)?;
    let approved: Option<i64> = row.get(15)?;
    let approved_by: Option<String> = row.get(16)?;
    Ok(FileRecord {
        id: FileId(row.get(0)?),
        model: ModelId(row.get(1)?),
        name: row.get(2)?,
        content: row.get(3)?,
        bytes: bytes.unsigned_abs(),
        metadata: row.get(5)?,
        pages_wanted: row.get(6)?,
        language: row.get(7)?,
        lane: Lane::from_number(row.get(8)?),
        status: Status::from_word(&row.get::<_, String>(9)?),
        message: row.get(10)?,
        first_page: PageId(row.get(11)?),
        page_count: row.get(12)?,
        received_ms: row.get(13)?,
        day: row.get(14)?,
        approval: approved.map(|at_ms| Approval { at_ms, by: approved_by.unwrap_or_default() }),
        progress: Progress { done: row.get(17)?, all: row.get(18)? },
    })
}
