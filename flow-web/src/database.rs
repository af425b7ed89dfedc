//! Where the pages get their connections.

use std::future::Future;
use std::ops::DerefMut;
use std::pin::Pin;

/// What is done with a connection.
pub type Work<C> = Box<dyn FnOnce(&mut C) + Send>;

/// Work on its way.
pub type Running<'d> = Pin<Box<dyn Future<Output = Result<(), DatabaseError>> + Send + 'd>>;

/// Connections for the pages: a pool. The engine is synchronous, so the work is done on a thread that may wait.
///
/// A pool of `deadpool-diesel` is one (feature `deadpool`, on by default). [`Blocking`] makes one of whatever has a
/// `get` that waits, such as a pool of `r2d2`.
pub trait Database<C>: Send + Sync + 'static {
    /// Runs some work with a connection. A connection whose work panicked must not be used again for other work while
    /// its transaction is open: flows roll back before the panic goes on.
    fn run(&self, work: Work<C>) -> Running<'_>;
}

/// Why some work could not be done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DatabaseError {
    /// There was no connection.
    #[error("no connection: {0}")]
    Unavailable(String),
    /// The work panicked: a callback of a flow did.
    #[error("a callback panicked")]
    Panicked,
}

#[cfg(feature = "deadpool")]
impl<C> Database<C> for deadpool_diesel::Pool<deadpool_diesel::Manager<C>>
where
    C: Send + 'static,
    deadpool_diesel::Manager<C>:
        deadpool::managed::Manager<Type = deadpool_diesel::Connection<C>, Error = deadpool_diesel::Error>,
{
    fn run(&self, work: Work<C>) -> Running<'_> {
        Box::pin(async move {
            let conn = self.get().await.map_err(|error| DatabaseError::Unavailable(error.to_string()))?;
            conn.interact(work).await.map_err(|_| DatabaseError::Panicked)
        })
    }
}

/// Connections from a closure that waits for one: `Blocking(move || pool.get())`. It runs on a thread of tokio that may
/// wait.
#[derive(Clone, Copy)]
pub struct Blocking<F>(pub F);

impl<F> std::fmt::Debug for Blocking<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Blocking")
    }
}

impl<C, F, P, E> Database<C> for Blocking<F>
where
    C: 'static,
    F: Fn() -> Result<P, E> + Clone + Send + Sync + 'static,
    P: DerefMut<Target = C>,
    E: std::fmt::Display,
{
    fn run(&self, work: Work<C>) -> Running<'_> {
        let get = self.0.clone();
        let done = tokio::task::spawn_blocking(move || {
            let mut conn = get().map_err(|error| DatabaseError::Unavailable(error.to_string()))?;
            work(&mut conn);
            Ok(())
        });
        Box::pin(async move { done.await.unwrap_or(Err(DatabaseError::Panicked)) })
    }
}
