//! What persons decide about a file: to approve it, to have it read again, to delete it.

use super::change::Change;
use super::contents::ContentHash;
use super::files::{FileRecord, Status, file};
use super::lanes::{Lane, Waiting};
use super::{AuditEntry, Result, Settled, Store, StoreError};
use crate::api::FileId;
use rusqlite::params;

impl Store {
    /// Approves a file whose reading has ended. An approval that stands is kept as it is.
    pub fn approve(&self, id: &FileId, by: &str) -> Result<FileRecord> {
        self.change(|change| {
            let record = file(change.tx, id.as_str())?;
            if record.status == Status::Pending {
                return Err(StoreError::Unfinished(id.to_string()));
            }
            if record.approval.is_none() {
                change
                    .tx
                    .prepare_cached("UPDATE file SET approved_ms = ?2, approved_by = ?3 WHERE id = ?1")?
                    .execute(params![id.as_str(), change.now_ms, by])?;
                change.audit(&AuditEntry::new(by, "file.approved").model(record.model.as_str()).file(id.as_str()))?;
            }
            file(change.tx, id.as_str())
        })
    }

    /// Takes the approval of a file back.
    pub fn unapprove(&self, id: &FileId, by: &str) -> Result<FileRecord> {
        self.change(|change| {
            let record = file(change.tx, id.as_str())?;
            if record.approval.is_some() {
                change
                    .tx
                    .prepare_cached("UPDATE file SET approved_ms = NULL, approved_by = NULL WHERE id = ?1")?
                    .execute([id.as_str()])?;
                change.audit(&AuditEntry::new(by, "file.unapproved").model(record.model.as_str()).file(id.as_str()))?;
            }
            file(change.tx, id.as_str())
        })
    }

    /// Has the failed pages of a file read again, or all of them where none failed; a model of labels then only has its
    /// say once more. Nothing happens while it is being
    /// read; corrections stay as they are.
    pub fn retry(&self, id: &FileId, by: &str) -> Result<FileRecord> {
        self.change(|change| {
            let record = file(change.tx, id.as_str())?;
            if record.approval.is_some() {
                return Err(StoreError::Approved(id.to_string()));
            }
            if record.status != Status::Pending {
                change.retry_file(&record)?;
                change.audit(&AuditEntry::new(by, "file.retried").model(record.model.as_str()).file(id.as_str()))?;
            }
            file(change.tx, id.as_str())
        })
    }

    /// Deletes a file with everything that is known of it; contents that others share stay. The audit trail keeps that
    /// there was a file of this name.
    pub fn delete_file(&self, id: &FileId, by: &str) -> Result<()> {
        match self.delete_once(id, by) {
            // Even deleting needs some room for the log. Without what is in it already there may be enough.
            Err(StoreError::DiskFull) if self.database.writer().fold_log().is_ok() => self.delete_once(id, by),
            outcome => outcome,
        }
    }

    /// Deletes the files whose client waited for the answer, read or not. Nobody does when the program has just begun.
    pub fn delete_waited_for(&self, by: &str) -> Result<()> {
        let waited_for: Vec<FileId> = self.database.read(|read| {
            let mut files = read.prepare("SELECT id FROM file WHERE lane = ?1 ORDER BY seq")?;
            let files = files.query_map([Lane::Sync.number()], |row| Ok(FileId::from(row.get::<_, String>(0)?)))?;
            Ok(files.collect::<rusqlite::Result<_>>()?)
        })?;
        waited_for.iter().try_for_each(|file| self.delete_file(file, by))
    }

    fn delete_once(&self, id: &FileId, by: &str) -> Result<()> {
        self.change(|change| {
            let record = file(change.tx, id.as_str())?;
            change.drop_content(record.content);
            let images: Vec<ContentHash> = change
                .tx
                .prepare_cached("SELECT image FROM page WHERE file = ?1 AND image IS NOT NULL")?
                .query_map([id.as_str()], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            for image in images {
                change.drop_content(image);
            }
            change.tx.prepare_cached("DELETE FROM file WHERE id = ?1")?.execute([id.as_str()])?;
            change.audit(&AuditEntry::new(by, "file.deleted").model(record.model.as_str()).file(id.as_str()))?;
            change.deleted();
            change.settled(Settled::File(id.clone()));
            Ok(())
        })
    }
}

impl Change<'_> {
    fn retry_file(&mut self, record: &FileRecord) -> Result<()> {
        let (id, model) = (record.id.as_str(), record.model.as_str());
        let pages = |wanted: &str| -> Result<Vec<String>> {
            let sql = format!("SELECT id FROM page WHERE file = ?1 {wanted} ORDER BY number");
            let mut pages = self.tx.prepare_cached(&sql)?;
            Ok(pages.query_map([id], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
        };
        let mut again = pages("AND status = 'failure'")?;
        let whole = super::models::model(self.tx, model)?.whole;
        if again.is_empty() && whole && record.progress.all > 0 {
            // The words stand; only the model has its say once more.
            self.tx.prepare_cached("UPDATE file SET status = 'pending', message = '' WHERE id = ?1")?.execute([id])?;
            return self.enqueue(Lane::Async, [Waiting { kind: "extract", model, file: Some(id), page: None }]);
        }
        if again.is_empty() {
            again = pages("")?;
        }
        self.tx.prepare_cached("UPDATE file SET status = 'pending', message = '' WHERE id = ?1")?.execute([id])?;
        if again.is_empty() {
            return self.enqueue(Lane::Async, [Waiting { kind: "open", model, file: Some(id), page: None }]);
        }
        let mut update = self.tx.prepare_cached("UPDATE page SET status = 'pending', message = '' WHERE id = ?1")?;
        for page in &again {
            update.execute([page])?;
        }
        self.enqueue(
            Lane::Async,
            again.iter().map(|page| Waiting { kind: "page", model, file: Some(id), page: Some(page) }),
        )
    }
}
