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

/// Lets the database tell workers that a job is due, by a trigger on `flow_due` and NOTIFY: an idle worker begins it
/// within milliseconds, and not at its next poll. Call it after [`migrate`](crate::Flows::migrate); once is enough.
///
/// Without it workers poll. With it they still do, so that nothing depends on a notification; it costs each commit that
/// makes something due a lock which PostgreSQL takes for NOTIFY, one commit at a time. Workers listen on connections that
/// they open themselves (`|| postgres::open(url)`); one that takes them from a pool polls.
///
/// ```no_run
/// # use flow_core::prelude::*;
/// # static FLOWS: Flows<diesel::PgConnection> = flows![];
/// let mut conn = flow_core::postgres::open("postgres://postgres@localhost/app")?;
/// FLOWS.migrate(&mut conn)?;
/// flow_core::postgres::notify_workers(&mut conn, true)?;
/// # Ok::<(), flow_core::Error>(())
/// ```
///
/// `wanted`: false removes the trigger again.
///
/// # Errors
/// [`Error::Database`], if the tables are missing or the role may not create a trigger.
pub fn notify_workers(conn: &mut PgConnection, wanted: bool) -> Result<()> {
    Ok(crate::store::postgres::notify::install(conn, wanted)?)
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
