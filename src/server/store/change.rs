//! Changes: one transaction each, with what goes with it: contents that come and go, the audit trail, who is woken.

use super::contents::{Content, ContentHash};
use super::database::{Outlives, Writer, lock};
use super::{AuditEntry, Result, Settled, Store};
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, Transaction, params};
use std::sync::atomic::Ordering;

/// Every content that a record names.
pub(super) const NAMED: &str = "SELECT content FROM file UNION SELECT content FROM training \
     UNION SELECT image FROM page WHERE image IS NOT NULL UNION SELECT learned FROM model WHERE learned IS NOT NULL \
     UNION SELECT learned FROM version";

/// A change under way.
pub(super) struct Change<'a> {
    store: &'a Store,
    /// The transaction it is made in.
    pub(super) tx: &'a Transaction<'a>,
    /// When it is made.
    pub(super) now_ms: i64,
    effects: Effects,
}

/// What follows a change.
#[derive(Default)]
struct Effects {
    /// Contents that came with it or that a record no longer names: removed where no record does in the end.
    touched: Vec<ContentHash>,
    enqueued: bool,
    settled: Vec<Settled>,
    deleted: bool,
}

impl Change<'_> {
    /// Puts a content under its name; it stays where the change commits and a record names it.
    pub(super) fn publish(&mut self, content: Content) -> Result<ContentHash> {
        let hash = content.hash();
        self.effects.touched.push(hash);
        self.store.contents.publish(content)?;
        self.store.instant("a content was published");
        Ok(hash)
    }

    /// A record no longer names this content.
    pub(super) fn drop_content(&mut self, hash: ContentHash) {
        self.effects.touched.push(hash);
    }

    /// A job may have come to a lane.
    pub(super) fn enqueued(&mut self) {
        self.effects.enqueued = true;
    }

    /// A file is finished or gone, or a model trained.
    pub(super) fn settled(&mut self, what: Settled) {
        self.effects.settled.push(what);
    }

    /// Text was deleted, so it must leave the log too.
    pub(super) fn deleted(&mut self) {
        self.effects.deleted = true;
    }

    /// Adds to the audit trail.
    pub(super) fn audit(&self, entry: &AuditEntry) -> Result<()> {
        self.tx
            .prepare_cached(
                "INSERT INTO audit (at_ms, actor, action, model, file, page, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                self.now_ms,
                entry.actor,
                entry.action,
                entry.model,
                entry.file,
                entry.page,
                entry.detail
            ])?;
        Ok(())
    }
}

impl Store {
    /// Makes a change that somebody is promised: all of `body`, or nothing where it fails.
    pub(super) fn change<T>(&self, body: impl FnOnce(&mut Change<'_>) -> Result<T>) -> Result<T> {
        self.change_that(Outlives::Power, body)
    }

    /// Makes a change that would be made again if it were lost.
    pub(super) fn work<T>(&self, body: impl FnOnce(&mut Change<'_>) -> Result<T>) -> Result<T> {
        self.change_that(Outlives::Program, body)
    }

    fn change_that<T>(&self, outlives: Outlives, body: impl FnOnce(&mut Change<'_>) -> Result<T>) -> Result<T> {
        // Contents come and go under the writer's lock too: no deletion can take a content from under a new record.
        let mut writer = self.database.writer();
        let (outcome, effects) = {
            let tx = writer.transaction(outlives)?;
            let mut change = Change { store: self, tx: &tx, now_ms: self.now_ms(), effects: Effects::default() };
            let body = body(&mut change);
            let effects = change.effects;
            self.instant("before a commit");
            let outcome = body.and_then(|value| {
                tx.commit()?;
                Ok(value)
            });
            (outcome, effects)
        };
        self.instant("after a commit");
        if !effects.touched.is_empty() {
            self.remove_unnamed(writer.connection(), effects.touched);
        }
        if outcome.is_ok() {
            if effects.deleted {
                self.note_unfolded();
            }
            self.fold_if_due(&writer);
            drop(writer);
            if effects.enqueued {
                self.wake();
            }
            for settled in effects.settled {
                // An error says that nobody listens.
                let _ = self.settled.send(settled);
            }
        }
        outcome
    }

    /// Removes those of `touched` that no record names. What cannot be removed now is tried again later, at the latest
    /// when the store is opened.
    fn remove_unnamed(&self, connection: &Connection, mut touched: Vec<ContentHash>) {
        let mut leftovers = lock(&self.leftovers);
        touched.append(&mut leftovers);
        touched.sort_unstable();
        touched.dedup();
        for hash in touched {
            let removed = is_named(connection, hash).and_then(|named| {
                if named {
                    return Ok(());
                }
                self.instant("before a content is removed");
                self.contents.remove(hash)
            });
            if let Err(error) = removed {
                tracing::warn!(%error, "a deleted content could not be removed yet");
                leftovers.push(hash);
            }
        }
    }

    /// Empties the log where deleted text is in it. While somebody reads it cannot; then the next change does.
    fn fold_if_due(&self, writer: &Writer<'_>) {
        if !self.unfolded.swap(false, Ordering::Relaxed) {
            return;
        }
        self.instant("before the log is folded");
        match writer.fold_log() {
            Ok(true) => {}
            Ok(false) => self.note_unfolded(),
            Err(error) => {
                tracing::warn!(%error, "the log of the store could not be emptied yet");
                self.note_unfolded();
            }
        }
    }
}

fn is_named(connection: &Connection, hash: ContentHash) -> Result<bool> {
    Ok(connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM file WHERE content = ?1) OR EXISTS (SELECT 1 FROM page WHERE image = ?1) \
             OR EXISTS (SELECT 1 FROM training WHERE content = ?1) OR EXISTS (SELECT 1 FROM model WHERE learned = ?1) \
             OR EXISTS (SELECT 1 FROM version WHERE learned = ?1)",
        )?
        .query_row([hash], |row| row.get(0))?)
}

impl ToSql for ContentHash {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.to_string().into())
    }
}

impl FromSql for ContentHash {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::parse(value.as_str()?).ok_or(FromSqlError::InvalidType)
    }
}
