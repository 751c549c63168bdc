//! The tables and how they came about. Every change of the schema is one more migration at the end of the list; those
//! that were released are never changed.

use super::{Result, StoreError};
use rusqlite::{Connection, Transaction, TransactionBehavior};

/// Says that a database is one of ours: the letters `PdSt`, in its `application_id`.
const APPLICATION: i64 = 0x5064_5374;

/// What leads from each version to the next; the version in the database is the number of those already done.
const MIGRATIONS: &[&str] = &[
    include_str!("schema/1.sql"),
    include_str!("schema/2.sql"),
    include_str!("schema/3.sql"),
    include_str!("schema/4.sql"),
    include_str!("schema/5.sql"),
];

/// The newest schema this program knows.
pub(super) const KNOWN: i64 = MIGRATIONS.len() as i64;

/// Brings the database up to the newest schema, in one transaction. Answers whether it was empty before.
///
/// A database of a newer program, or of another one, is left as it is.
pub(super) fn migrate(connection: &mut Connection) -> Result<bool> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = number(&transaction, "user_version")?;
    if found > KNOWN {
        return Err(StoreError::Newer { found, known: KNOWN });
    }
    let tables: i64 = transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let fresh = found == 0 && tables == 0;
    if !fresh && number(&transaction, "application_id")? != APPLICATION {
        return Err(StoreError::Damaged("its database is not one of Proofdesk's".to_owned()));
    }
    for (done, migration) in MIGRATIONS.iter().enumerate().skip(usize::try_from(found).unwrap_or_default()) {
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "user_version", done as i64 + 1)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.commit()?;
    Ok(fresh)
}

fn number(transaction: &Transaction<'_>, pragma: &str) -> Result<i64> {
    Ok(transaction.pragma_query_value(None, pragma, |row| row.get(0))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_schema_is_refused_and_left_alone() {
        let mut connection = Connection::open_in_memory().unwrap();
        assert!(migrate(&mut connection).unwrap());
        assert!(!migrate(&mut connection).unwrap());
        connection.pragma_update(None, "user_version", KNOWN + 1).unwrap();
        let refused = migrate(&mut connection).unwrap_err();
        assert!(matches!(refused, StoreError::Newer { found, known } if found == KNOWN + 1 && known == KNOWN));
        assert!(refused.to_string().contains("update the program"));
        let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
        assert_eq!(version, KNOWN + 1);
    }

    #[test]
    fn somebody_elses_database_is_refused() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE theirs (x); PRAGMA user_version = 1;").unwrap();
        assert!(matches!(migrate(&mut connection), Err(StoreError::Damaged(_))));
        let ours: i64 =
            connection.query_row("SELECT count(*) FROM sqlite_schema WHERE name = 'file'", [], |r| r.get(0)).unwrap();
        assert_eq!(ours, 0);
    }

    #[test]
    fn the_audit_trail_can_only_grow() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        connection.execute("INSERT INTO audit (at_ms, actor, action) VALUES (1, 'a', 'b')", []).unwrap();
        assert!(connection.execute("UPDATE audit SET actor = 'c'", []).is_err());
        assert!(connection.execute("DELETE FROM audit", []).is_err());
    }
}
