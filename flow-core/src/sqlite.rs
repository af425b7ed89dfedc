//! Helpers for SQLite.

use diesel::{Connection as _, SqliteConnection};

use crate::{Error, Result};

/// Opens a database file, which is created if it does not exist, with the settings that flows require (see
/// [`configure`]).
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

/// Configures a connection that was opened by a pool: WAL, `synchronous = FULL`, foreign keys and a busy timeout of ten
/// seconds.
///
/// # Errors
/// [`Error::Database`] if the database returns an error.
pub fn configure(conn: &mut SqliteConnection) -> Result<()> {
    Ok(crate::store::sqlite::configure(conn)?)
}

/// The migrations as SQL, in order, as pairs of name and text, for applications that run migrations with their own
/// tool. A released migration never changes.
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
