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

/// The migrations as SQL, in order, for those who run their own: the name of each, and its text. One that was
/// released is never changed.
///
/// ```
/// for (name, sql) in flow_core::postgres::migrations() {
///     println!("-- {name}\n{sql}");
/// }
/// ```
#[must_use]
pub fn migrations() -> &'static [(&'static str, &'static str)] {
    crate::store::postgres::SQL
}
