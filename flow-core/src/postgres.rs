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
/// A pooled connection works as well: flows do not change its settings.
///
/// # Errors
/// [`Error::Database`] if the server cannot be reached or refuses the connection.
pub fn open(url: &str) -> Result<PgConnection> {
    PgConnection::establish(url).map_err(|error| {
        // The address may hold a password.
        Error::Database(diesel::result::Error::QueryBuilderError(format!("cannot connect: {error}").into()))
    })
}

/// The migrations as SQL, in order, as pairs of name and text, for applications that run migrations with their own
/// tool. A released migration never changes.
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
