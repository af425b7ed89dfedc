//! Helpers for SQLite.

use diesel::{Connection as _, SqliteConnection};

use crate::{Error, Result};

/// Opens a database file, made if it is not there, with the settings that flows count on (see [`configure`]).
///
/// ```
/// let mut conn = flow_core::sqlite::open(":memory:")?;
/// # Ok::<(), flow_core::Error>(())
/// ```
///
/// # Errors
/// [`Error::Database`] if the file cannot be opened.
pub fn open(path: &str) -> Result<SqliteConnection> {
    let mut conn = SqliteConnection::establish(path).map_err(|error| {
        Error::Database(diesel::result::Error::QueryBuilderError(format!("cannot open `{path}`: {error}").into()))
    })?;
    configure(&mut conn)?;
    Ok(conn)
}

/// Sets WAL, `synchronous = FULL`, foreign keys and a busy timeout of ten seconds: for a connection that a
/// pool has opened.
///
/// # Errors
/// [`Error::Database`] if the database refuses.
pub fn configure(conn: &mut SqliteConnection) -> Result<()> {
    Ok(crate::store::sqlite::configure(conn)?)
}

/// The migrations as SQL, in order, for those who run their own: the name of each, and its text. One that was
/// released is never changed.
///
/// ```
/// for (name, sql) in flow_core::sqlite::migrations() {
///     println!("-- {name}\n{sql}");
/// }
/// ```
#[must_use]
pub fn migrations() -> &'static [(&'static str, &'static str)] {
    crate::store::sqlite::SQL
}
