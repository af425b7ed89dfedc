//! The app's database. Only this file knows which it is.

use std::error::Error;

use deadpool_diesel::Runtime;

/// The app's connection.
#[cfg(not(feature = "postgres"))]
pub(crate) type Db = diesel::SqliteConnection;

/// The app's connection.
#[cfg(feature = "postgres")]
pub(crate) type Db = diesel::PgConnection;

/// The app's pool.
pub(crate) type Pool = deadpool_diesel::Pool<deadpool_diesel::Manager<Db>>;

pub(crate) fn open(database: &str) -> flow_core::Result<Db> {
    #[cfg(not(feature = "postgres"))]
    return flow_core::sqlite::open(database);
    #[cfg(feature = "postgres")]
    return flow_core::postgres::open(database);
}

pub(crate) fn pool(database: &str) -> Result<Pool, Box<dyn Error>> {
    let pool = Pool::builder(deadpool_diesel::Manager::new(database, Runtime::Tokio1)).max_size(4);
    #[cfg(not(feature = "postgres"))]
    let pool = {
        use deadpool_diesel::sqlite::{Hook, HookError};
        pool.post_create(Hook::async_fn(|conn, _| {
            Box::pin(async move {
                let done = conn.interact(flow_core::sqlite::configure).await;
                let done = done.map_err(|error| HookError::message(error.to_string()))?;
                done.map_err(|error| HookError::message(error.to_string()))
            })
        }))
    };
    Ok(pool.build()?)
}
