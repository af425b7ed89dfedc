//! The database: SQLite, or with `--features postgres` PostgreSQL.

/// The app's connection.
#[cfg(not(feature = "postgres"))]
pub(crate) type Db = diesel::SqliteConnection;
/// The app's connection.
#[cfg(feature = "postgres")]
pub(crate) type Db = diesel::PgConnection;

#[cfg(feature = "postgres")]
pub(crate) use flow_core::postgres::open;
#[cfg(not(feature = "postgres"))]
pub(crate) use flow_core::sqlite::open;
