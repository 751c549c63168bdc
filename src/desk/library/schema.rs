//! The tables of the library, and how those of an earlier version become today's.

use rusqlite::Connection;

/// What each version has added to the one before; the version of a library is how many of these it has seen.
/// Only ever appended to.
const STEPS: &[&str] = &[
    "
    CREATE TABLE document (
        id       INTEGER PRIMARY KEY,
        record   TEXT NOT NULL,          -- Record as JSON, without what may be large
        sizes    TEXT,                   -- [[width, height], …] of the pages at 300 DPI; NULL: to be opened anew
        seen     INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE TABLE page (
        document INTEGER NOT NULL REFERENCES document (id) ON DELETE CASCADE,
        number   INTEGER NOT NULL,       -- from 0
        result   TEXT NOT NULL,          -- Page as JSON, without its words
        words    TEXT,                   -- PageText as JSON
        PRIMARY KEY (document, number)
    ) STRICT;
    CREATE TABLE session (
        only     INTEGER PRIMARY KEY CHECK (only = 1),
        session  TEXT NOT NULL           -- Session as JSON
    ) STRICT;
",
    "
    CREATE TABLE trail (                 -- the audit trail: what persons did; rows are only added
        seq      INTEGER PRIMARY KEY AUTOINCREMENT,
        document INTEGER NOT NULL REFERENCES document (id) ON DELETE CASCADE,
        at_ms    INTEGER NOT NULL,       -- milliseconds since 1970, UTC
        reviewer TEXT NOT NULL,
        act      TEXT NOT NULL CHECK (act IN ('made', 'undone', 'redone')),
        step     TEXT                    -- Step as JSON: before and after; NULL where it was undone or redone
    ) STRICT;
    CREATE INDEX trail_document ON trail (document, seq);
",
];

/// Why the tables cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum SchemaError {
    /// A later version of the program has made them.
    #[error("the library has version {0}")]
    Newer(i64),
    /// The file or the disk is not as it should be.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
}

/// Sets a connection up and brings its tables to today's version, all steps or none.
pub(super) fn prepare(connection: &mut Connection) -> Result<(), SchemaError> {
    // A kill of the process loses nothing that was committed; a power cut may lose the last moments, never the file.
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "normal")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let Some(missing) = usize::try_from(version).ok().and_then(|seen| STEPS.get(seen..)) else {
        return Err(SchemaError::Newer(version));
    };
    if missing.is_empty() {
        return Ok(());
    }
    let transaction = connection.transaction()?;
    for step in missing {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", STEPS.len() as i64)?;
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_is_brought_up_to_date_once() {
        let mut connection = Connection::open_in_memory().unwrap();
        prepare(&mut connection).unwrap();
        connection.execute("INSERT INTO document (id, record) VALUES (1, '{}')", []).unwrap();
        prepare(&mut connection).unwrap();
        let kept: i64 = connection.query_row("SELECT count(*) FROM document", [], |row| row.get(0)).unwrap();
        assert_eq!(kept, 1);
    }

    #[test]
    fn a_library_of_a_later_version_is_left_alone() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.pragma_update(None, "user_version", 99).unwrap();
        assert!(matches!(prepare(&mut connection), Err(SchemaError::Newer(99))));
    }
}
