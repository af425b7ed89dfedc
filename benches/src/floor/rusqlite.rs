//! rusqlite: the thinnest driver of SQLite, with its statements cached.

use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{CachedStatement, Connection, ToSql, params_from_iter};

use super::statement::{Bind, Driver};

/// A connection with the same settings as the others.
pub(crate) fn open(path: &str, synchronous: &str) -> Connection {
    let conn = Connection::open(path).unwrap();
    conn.set_prepared_statement_cache_capacity(64);
    let settings = format!(
        "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = {synchronous};
         PRAGMA foreign_keys = ON;"
    );
    conn.execute_batch(&settings).unwrap();
    conn
}

impl ToSql for Bind<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Bind::Number(number) => ToSqlOutput::Owned(Value::Integer(*number)),
            Bind::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Bind::Moment(at) => ToSqlOutput::Owned(Value::Text(at.to_string())),
        })
    }
}

fn prepared<'c>(conn: &'c Connection, text: &str) -> CachedStatement<'c> {
    conn.prepare_cached(text).unwrap()
}

impl Driver for Connection {
    fn batch(&mut self, text: &str) {
        prepared(self, text).execute([]).unwrap();
    }

    fn meets<Id: 'static>(&mut self, rows: usize, text: &'static str, binds: &[Bind<'_>]) {
        assert_eq!(prepared(self, text).execute(params_from_iter(binds)).unwrap(), rows, "{text}");
    }

    fn number<Id: 'static>(&mut self, text: &'static str, binds: &[Bind<'_>]) -> i64 {
        prepared(self, text).query_row(params_from_iter(binds), |row| row.get(0)).unwrap()
    }
}
