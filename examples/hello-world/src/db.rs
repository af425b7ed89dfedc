//! The app's database. Only this file knows which it is.

/// The app's connection.
#[cfg(not(feature = "postgres"))]
pub type Db = diesel::SqliteConnection;

/// The app's connection.
#[cfg(feature = "postgres")]
pub type Db = diesel::PgConnection;

/// Where it is, if nothing else is said.
pub const DEFAULT: &str =
    if cfg!(feature = "postgres") { "postgres://postgres@localhost/postgres" } else { "hello-world.sqlite" };

pub fn open(database: &str) -> flow_core::Result<Db> {
    #[cfg(not(feature = "postgres"))]
    return flow_core::sqlite::open(database);
    #[cfg(feature = "postgres")]
    return flow_core::postgres::open(database);
}
