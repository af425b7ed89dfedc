//! Helpers for PostgreSQL.

use diesel::{Connection as _, PgConnection};

use crate::{Error, Result};

/// Opens a connection: `postgres://user:password@host/database`.
///
/// ```no_run
/// let mut conn = flow_core::postgres::open("postgres://postgres@localhost/app")?;
/// # Ok::<(), flow_core::Error>(())
/// ```
///
/// A connection of a pool works as well: flows set nothing on it.
///
/// # Errors
/// [`Error::Database`] if the server cannot be reached or refuses.
pub fn open(url: &str) -> Result<PgConnection> {
    PgConnection::establish(url).map_err(|error| {
        // The address may hold a password.
        Error::Database(diesel::result::Error::QueryBuilderError(format!("cannot connect: {error}").into()))
    })
}

/// The tables as SQL, for those who run their own migrations.
#[must_use]
pub fn migration_sql() -> &'static str {
    crate::store::postgres::SQL
}
