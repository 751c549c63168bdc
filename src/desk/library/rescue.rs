//! A library that is damaged: what can be read of it is copied row by row into a new one, and it is kept aside. Rows are
//! found as `SQLite` finds them: where a page is damaged that leads to others, what it leads to is not looked for.

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

/// So many rows are asked for one by one at most, where not even the last key can be read.
const MOST_PROBES: i64 = 200_000;

/// A table, and what of its rows is copied.
struct Copied {
    name: &'static str,
    /// What its rows are found by.
    key: &'static str,
    columns: &'static [&'static str],
    /// The last column may be lost where the rest of the row can be read.
    spares_last: bool,
}

/// Documents come first: nothing stands without its document. Words are read again, values of persons cannot be.
const TABLES: &[Copied] = &[
    Copied { name: "document", key: "id", columns: &["id", "record", "sizes", "seen"], spares_last: false },
    Copied { name: "page", key: "rowid", columns: &["document", "number", "result", "words"], spares_last: true },
    Copied {
        name: "trail",
        key: "seq",
        columns: &["seq", "document", "at_ms", "reviewer", "act", "step"],
        spares_last: false,
    },
    Copied { name: "session", key: "only", columns: &["only", "session"], spares_last: false },
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
        // Otherwise a file that was cut off is refused as a whole.
        let _ = from.pragma_update(None, "writable_schema", true);
        for table in TABLES {
            let (name, columns) = (table.name, table.columns.join(", "));
            let places = vec!["?"; table.columns.len()].join(", ");
            let sql = format!("INSERT OR IGNORE INTO {name} ({columns}) VALUES ({places})");
            let mut insert = copies.prepare(&sql)?;
            // A row that does not fit its table is one that was damaged.
            let copied = rows(&from, table, |row| insert.execute(params_from_iter(row)).unwrap_or(0));
            tracing::warn!(name, copied, "rows were saved from a damaged library");
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
fn rows(from: &Connection, table: &Copied, mut take: impl FnMut(Vec<Value>) -> usize) -> usize {
    let (key, name) = (table.key, table.name);
    let columns = table.columns.join(", ");
    let (mut taken, mut ends) = (0, [None, None]);
    for (end, order) in ends.iter_mut().zip(["ASC", "DESC"]) {
        // What the rows of a table are found by besides their key may be damaged as well.
        let sql = format!("SELECT {key}, {columns} FROM {name} NOT INDEXED ORDER BY {key} {order}");
        let Ok(mut statement) = from.prepare(&sql) else { return taken };
        let Ok(mut found) = statement.query([]) else { continue };
        loop {
            match found.next() {
                Ok(Some(row)) => {
                    *end = row.get(0).ok();
                    taken += take(values(row));
                }
                // All of it was read.
                Ok(None) => return taken,
                Err(_) => break,
            }
        }
    }
    let first = ends[0].map_or(1, |end: i64| end + 1);
    let last_key = || from.query_row(&format!("SELECT max({key}) FROM {name}"), [], |row| row.get::<_, i64>(0)).ok();
    let behind = ends[1].or_else(|| last_key().map(|last| last + 1)).unwrap_or(first.saturating_add(MOST_PROBES));
    let one =
        |columns: &str| from.prepare(&format!("SELECT {key}, {columns} FROM {name} NOT INDEXED WHERE {key} = ?1"));
    let spared = columns.rsplit_once(", ").filter(|_| table.spares_last).map(|(rest, _)| format!("{rest}, NULL"));
    let mut statements: Vec<_> =
        std::iter::once(columns).chain(spared).filter_map(|columns| one(&columns).ok()).collect();
    for number in first..behind {
        let row = statements.iter_mut().find_map(|sql| sql.query_row([number], |row| Ok(values(row))).ok());
        taken += row.map_or(0, &mut take);
    }
    taken
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
