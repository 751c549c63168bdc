//! A library that is damaged: what can be read of it is copied row by row into a new one, and it is kept aside.

use super::open::FILE;
use super::schema::{SchemaError, prepare};
use crate::document::{Problem, counted};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use std::io;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// Files that belong to the library while it is in use.
const BESIDE: &[&str] = &["", "-wal", "-shm"];
/// The new one, until it stands in the library's place.
const NEW: &str = "library-rescued.sqlite";

/// So many rows between two that can be read are asked for one by one; more are not missing but never were.
const MOST_PROBES: i64 = 200_000;

/// The tables: their key, and what of their rows is copied. Documents come first: nothing stands without its document.
const TABLES: &[(&str, &str, &[&str])] = &[
    ("document", "id", &["id", "record", "sizes", "seen"]),
    ("page", "rowid", &["document", "number", "result", "words"]),
    ("trail", "seq", &["seq", "document", "at_ms", "reviewer", "act", "step"]),
    ("session", "only", &["only", "session"]),
];

/// Sets a damaged library aside and puts a new one in its place, with all rows of it that can be read. What was done, in
/// a sentence.
pub(super) fn rescue(data: &Path, damage: &dyn std::error::Error) -> io::Result<Problem> {
    tracing::error!(error = %damage, "the library is damaged");
    let (file, new) = (data.join(FILE), data.join(NEW));
    remove(&new)?;
    let copied = copy(&file, &new).map_err(io::Error::other)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
    let aside = format!("library-damaged-{now}.sqlite");
    for suffix in BESIDE {
        let from = data.join(format!("{FILE}{suffix}"));
        if from.exists() {
            std::fs::rename(from, data.join(format!("{aside}{suffix}")))?;
        }
    }
    std::fs::rename(&new, &file)?;
    let saved = match copied {
        0 => "nothing of it could be read, so a new one was begun".to_owned(),
        count => format!("{} could be read of it; what is missing of them is read again", counted(count, "document")),
    };
    let message = format!("The library was damaged and is kept as {aside}; {saved}");
    Ok(Problem { message, details: damage.to_string() })
}

/// Makes the library `new` of what can be read of `file`; how many documents.
fn copy(file: &Path, new: &Path) -> Result<usize, SchemaError> {
    let mut to = Connection::open(new)?;
    prepare(&mut to)?;
    // A page whose document is lost is let go by itself.
    to.pragma_update(None, "foreign_keys", false)?;
    let copies = to.transaction()?;
    if let Ok(from) = Connection::open(file) {
        for (table, key, columns) in TABLES {
            let copied = rows(&from, table, key, columns, |row| {
                let places = vec!["?"; columns.len()].join(", ");
                let sql = format!("INSERT OR IGNORE INTO {table} ({}) VALUES ({places})", columns.join(", "));
                // A row that does not fit its table is one that was damaged.
                let fits = copies.prepare_cached(&sql)?.execute(params_from_iter(row)).unwrap_or(0);
                Ok::<usize, rusqlite::Error>(fits)
            })?;
            tracing::warn!(table, copied, "rows were saved from a damaged library");
        }
    }
    for table in ["page", "trail"] {
        copies.execute(&format!("DELETE FROM {table} WHERE document NOT IN (SELECT id FROM document)"), [])?;
    }
    let documents = copies.query_row("SELECT count(*) FROM document", [], |row| row.get::<_, i64>(0))?;
    copies.commit()?;
    to.close().map_err(|(_, error)| error)?;
    Ok(documents as usize)
}

/// Takes every row of a table that can be read: from the front to the first that cannot, from the back to the last that
/// cannot, and those between one by one. How many were taken.
fn rows(
    from: &Connection,
    table: &str,
    key: &str,
    columns: &[&str],
    mut take: impl FnMut(Vec<Value>) -> rusqlite::Result<usize>,
) -> rusqlite::Result<usize> {
    let columns = columns.join(", ");
    let (mut taken, mut ends) = (0, [None, None]);
    for (end, order) in ends.iter_mut().zip(["ASC", "DESC"]) {
        // What the rows of a table are found by besides their key may be damaged as well.
        let sql = format!("SELECT {key}, {columns} FROM {table} NOT INDEXED ORDER BY {key} {order}");
        let Ok(mut statement) = from.prepare(&sql) else { return Ok(taken) };
        let Ok(mut found) = statement.query([]) else { continue };
        let mut is_whole = false;
        loop {
            match found.next() {
                Ok(Some(row)) => {
                    let Ok(number) = row.get::<_, i64>(0) else { continue };
                    *end = Some(number);
                    taken += take(values(row))?;
                }
                Ok(None) => {
                    is_whole = true;
                    break;
                }
                Err(_) => break,
            }
        }
        if is_whole {
            return Ok(taken);
        }
    }
    let (first, last) = (ends[0].map_or(1, |end| end + 1), ends[1].unwrap_or(0));
    let sql = format!("SELECT {key}, {columns} FROM {table} NOT INDEXED WHERE {key} = ?1");
    let Ok(mut statement) = from.prepare(&sql) else { return Ok(taken) };
    for number in first..last.min(first.saturating_add(MOST_PROBES)) {
        let row = statement.query_row([number], |row| Ok(values(row)));
        if let Ok(row) = row {
            taken += take(row)?;
        }
    }
    Ok(taken)
}

/// What a row has beside its key. What cannot be read of it is nothing.
fn values(row: &rusqlite::Row<'_>) -> Vec<Value> {
    (1..row.as_ref().column_count()).map(|at| row.get(at).unwrap_or(Value::Null)).collect()
}

fn remove(new: &Path) -> io::Result<()> {
    for suffix in BESIDE {
        let mut name = new.as_os_str().to_owned();
        name.push(suffix);
        match std::fs::remove_file(Path::new(&name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}
