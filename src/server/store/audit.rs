//! The audit trail: who did what and when. It only grows, and never holds document text.

use super::{Result, Store};
use rusqlite::params;

/// An entry of the audit trail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its place in the trail; 0 until it is in it.
    pub seq: i64,
    /// When it happened, in milliseconds since 1970, UTC; given by the store.
    pub at_ms: i64,
    /// Who did it: a key's name, a person; empty where it was the program itself.
    pub actor: String,
    /// What was done: `file.put`, `file.read`, `file.failed`, `file.approved`, `file.unapproved`, `file.retried`,
    /// `file.deleted`, `page.corrected`, `page.failed`, `model.created`, `training.added`, `training.asked`,
    /// `training.done`, `training.failed`, or a caller's own word.
    pub action: String,
    /// The model it was done to, or empty.
    pub model: String,
    /// The file it was done to, or empty.
    pub file: String,
    /// The page it was done to, or empty.
    pub page: String,
    /// What else there is to say: counts, a reason. No document text: an entry outlives the document.
    pub detail: String,
}

impl AuditEntry {
    /// An entry for what somebody did.
    pub fn new(actor: &str, action: &str) -> Self {
        Self { actor: actor.to_owned(), action: action.to_owned(), ..Self::default() }
    }

    pub(super) fn by_the_program(action: &str) -> Self {
        Self::new("", action)
    }

    /// The same, done to this model.
    #[must_use]
    pub fn model(mut self, model: &str) -> Self {
        model.clone_into(&mut self.model);
        self
    }

    /// The same, done to this file.
    #[must_use]
    pub fn file(mut self, file: &str) -> Self {
        file.clone_into(&mut self.file);
        self
    }

    /// The same, done to this page.
    #[must_use]
    pub fn page(mut self, page: &str) -> Self {
        page.clone_into(&mut self.page);
        self
    }

    /// The same with more to say.
    #[must_use]
    pub fn detail(mut self, detail: &(impl ToString + ?Sized)) -> Self {
        self.detail = detail.to_string();
        self
    }
}

/// Which entries of the audit trail are wanted; the default is the first thousand.
#[derive(Clone, Debug)]
pub struct AuditQuery {
    /// Only those of this file.
    pub file: Option<String>,
    /// Only those after this place in the trail.
    pub after: i64,
    /// At most so many.
    pub limit: u32,
}

impl Default for AuditQuery {
    fn default() -> Self {
        Self { file: None, after: 0, limit: 1000 }
    }
}

impl Store {
    /// Adds to the audit trail what the store cannot know by itself.
    pub fn add_to_audit(&self, entry: &AuditEntry) -> Result<()> {
        self.change(|change| change.audit(entry))
    }

    /// Reads the audit trail, oldest first.
    pub fn audit(&self, query: &AuditQuery) -> Result<Vec<AuditEntry>> {
        const COLUMNS: &str = "SELECT seq, at_ms, actor, action, model, file, page, detail FROM audit";
        self.database.read(|read| {
            let mut entries = read.prepare_cached(&match query.file {
                Some(_) => format!("{COLUMNS} WHERE seq > ?1 AND file = ?3 AND file <> '' ORDER BY seq LIMIT ?2"),
                None => format!("{COLUMNS} WHERE seq > ?1 AND ?3 IS NULL ORDER BY seq LIMIT ?2"),
            })?;
            let found = entries.query_map(params![query.after, query.limit, query.file], |row| {
                Ok(AuditEntry {
                    seq: row.get(0)?,
                    at_ms: row.get(1)?,
                    actor: row.get(2)?,
                    action: row.get(3)?,
                    model: row.get(4)?,
                    file: row.get(5)?,
                    page: row.get(6)?,
                    detail: row.get(7)?,
                })
            })?;
            Ok(found.collect::<rusqlite::Result<_>>()?)
        })
    }
}
