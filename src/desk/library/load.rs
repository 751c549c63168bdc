//! Reading the library at the start.

use super::{LoadedDocument, Record, Session};
use crate::desk::{DocumentId, TrailEntry};
use crate::document::{History, Page, PageSize};
use rusqlite::{Connection, OptionalExtension};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The documents without their results, in the order they were added. A row that makes no sense is left out.
pub(super) fn documents(connection: &Connection) -> rusqlite::Result<Vec<LoadedDocument>> {
    let mut stored: BTreeMap<i64, BTreeSet<u32>> = BTreeMap::new();
    let mut pages = connection.prepare("SELECT document, number FROM page")?;
    let mut rows = pages.query([])?;
    while let Some(row) = rows.next()? {
        stored.entry(row.get(0)?).or_default().insert(row.get(1)?);
    }
    let mut documents = Vec::new();
    records(connection, &mut documents)?;
    let mut histories = histories(connection, "WHERE document NOT IN (SELECT document FROM page)")?;
    for document in &mut documents {
        document.stored = stored.remove(&(document.record.id.0 as i64)).unwrap_or_default();
        document.history = histories.remove(&(document.record.id.0 as i64)).unwrap_or_default();
    }
    Ok(documents)
}

/// What persons did to a document, oldest first. A step that makes no sense is said without what it was.
pub(super) fn trail(connection: &Connection, id: DocumentId) -> rusqlite::Result<Vec<TrailEntry>> {
    let sql = "SELECT at_ms, reviewer, act, step FROM trail WHERE document = ?1 ORDER BY seq";
    let mut statement = connection.prepare(sql)?;
    let entry = |row: &rusqlite::Row<'_>| {
        let (act, step): (String, Option<String>) = (row.get(2)?, row.get(3)?);
        Ok(TrailEntry {
            at_ms: row.get(0)?,
            by: row.get(1)?,
            is_undone: act == "undone",
            step: step.and_then(|json| serde_json::from_str(&json).ok()),
        })
    };
    statement.query_map([id.0 as i64], entry)?.collect()
}

/// What persons changed in a document.
pub(super) fn history(connection: &Connection, id: DocumentId) -> rusqlite::Result<History> {
    let one = histories(connection, &format!("WHERE document = {}", id.0))?;
    Ok(one.into_values().next().unwrap_or_default())
}

/// The documents that persons changed.
pub(super) fn changed(connection: &Connection) -> rusqlite::Result<BTreeSet<DocumentId>> {
    let mut statement = connection.prepare("SELECT DISTINCT document FROM trail")?;
    statement.query_map([], |row| row.get::<_, i64>(0).map(|id| DocumentId(id as u64)))?.collect()
}

/// What persons changed in some documents, by document. A step that makes no sense is left out, with all that came before
/// it: it could not be undone past it.
fn histories(connection: &Connection, which: &str) -> rusqlite::Result<BTreeMap<i64, History>> {
    let mut histories: BTreeMap<i64, History> = BTreeMap::new();
    let sql = format!("SELECT document, act, step FROM trail {which} ORDER BY seq");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (document, act, step): (i64, String, Option<String>) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let history = histories.entry(document).or_default();
        match (act.as_str(), step.map(|json| serde_json::from_str(&json))) {
            ("undone", _) => drop(history.undo()),
            ("redone", _) => drop(history.redo()),
            (_, Some(Ok(step))) => history.push(step),
            _ => {
                tracing::warn!(document, "a change of the library could not be understood");
                *history = History::default();
            }
        }
    }
    Ok(histories)
}

fn records(connection: &Connection, documents: &mut Vec<LoadedDocument>) -> rusqlite::Result<()> {
    let mut statement = connection.prepare("SELECT id, record, sizes, seen FROM document ORDER BY id")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        let (record, sizes): (String, Option<String>) = (row.get(1)?, row.get(2)?);
        let Ok(record) = serde_json::from_str::<Record>(&record) else {
            tracing::warn!(id, "a document of the library could not be understood");
            continue;
        };
        let sizes = sizes.and_then(|json| serde_json::from_str::<Vec<(u32, u32)>>(&json).ok());
        let sizes = sizes.map(|all| Arc::new(all.into_iter().map(|(w, h)| PageSize::new(w, h)).collect::<Vec<_>>()));
        documents.push(LoadedDocument {
            record: Record { id: DocumentId(id as u64), sizes: sizes.filter(|sizes| !sizes.is_empty()), ..record },
            seen: row.get(3)?,
            stored: BTreeSet::new(),
            history: History::default(),
        });
    }
    Ok(())
}

/// How the window was left.
pub(super) fn session(connection: &Connection) -> rusqlite::Result<Option<Session>> {
    let json = connection.query_row("SELECT session FROM session", [], |row| row.get::<_, String>(0)).optional()?;
    Ok(json.and_then(|json| serde_json::from_str(&json).ok()))
}

/// A page that takes no more memory than it needs: lists that were read grew by doubling, and there may be many pages.
fn fitted(mut page: Page) -> Page {
    page.fields.shrink_to_fit();
    page.tables.shrink_to_fit();
    for table in &mut page.tables {
        table.cells.shrink_to_fit();
    }
    page
}

/// The results of a document. One that makes no sense is left out.
pub(super) fn pages(connection: &Connection, id: DocumentId) -> rusqlite::Result<Vec<Page>> {
    let mut statement =
        connection.prepare_cached("SELECT number, result, words FROM page WHERE document = ?1 ORDER BY number")?;
    let mut rows = statement.query([id.0 as i64])?;
    let mut pages = Vec::new();
    while let Some(row) = rows.next()? {
        let (number, result, words): (u32, String, Option<String>) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let text = words.map(|json| serde_json::from_str(&json)).transpose();
        let (Ok(page), Ok(text)) = (serde_json::from_str::<Page>(&result), text) else {
            tracing::warn!(id = id.0, number, "a page of the library could not be understood");
            continue;
        };
        pages.push(fitted(Page { number, text, ..page }));
    }
    Ok(pages)
}
