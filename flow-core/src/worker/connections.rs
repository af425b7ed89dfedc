//! Where the threads of a worker get their connections.

use std::error::Error;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use crate::store::{FlowConnection, Store as _};

/// A closure that gives a [`Worker`](crate::Worker) a connection: `|| pool.get()` takes one from a pool, for as short as
/// it is needed and never while the body of a job runs; `|| PgConnection::establish(url)` opens one, which its thread
/// keeps.
///
/// `How` says which of the two it is; the compiler finds it out.
pub trait Connections<C, How>: Send + Sync + 'static {
    /// Takes or opens a connection.
    #[doc(hidden)]
    fn lend(&self) -> Result<Lent<C>, Box<dyn Error + Send + Sync>>;
}

/// A connection is taken from a pool.
#[derive(Clone, Copy, Debug)]
pub struct Pooled<P>(std::marker::PhantomData<P>);

/// A connection is opened.
#[derive(Clone, Copy, Debug)]
pub struct Opened;

/// A connection on its way to a thread.
#[doc(hidden)]
#[allow(missing_debug_implementations, reason = "holds a connection")]
pub enum Lent<C> {
    Own(Box<C>),
    Pooled(Box<dyn DerefMut<Target = C>>),
}

impl<C, F, E> Connections<C, Opened> for F
where
    F: Fn() -> Result<C, E> + Send + Sync + 'static,
    E: Into<Box<dyn Error + Send + Sync>>,
{
    fn lend(&self) -> Result<Lent<C>, Box<dyn Error + Send + Sync>> {
        self().map(|conn| Lent::Own(Box::new(conn))).map_err(Into::into)
    }
}

impl<C, F, P, E> Connections<C, Pooled<P>> for F
where
    F: Fn() -> Result<P, E> + Send + Sync + 'static,
    P: DerefMut<Target = C> + 'static,
    E: Into<Box<dyn Error + Send + Sync>>,
{
    fn lend(&self) -> Result<Lent<C>, Box<dyn Error + Send + Sync>> {
        self().map(|conn| Lent::Pooled(Box::new(conn))).map_err(Into::into)
    }
}

impl<C> Deref for Lent<C> {
    type Target = C;

    fn deref(&self) -> &C {
        match self {
            Lent::Own(conn) => conn,
            Lent::Pooled(conn) => conn,
        }
    }
}

impl<C> DerefMut for Lent<C> {
    fn deref_mut(&mut self) -> &mut C {
        match self {
            Lent::Own(conn) => conn,
            Lent::Pooled(conn) => conn,
        }
    }
}

/// Lends connections, whatever the closure is.
pub(super) type Lend<C> = Arc<dyn Fn() -> Result<Lent<C>, Box<dyn Error + Send + Sync>> + Send + Sync>;

/// The connection of one thread.
pub(super) struct Connection<C> {
    lend: Lend<C>,
    /// One that was opened is kept until something fails.
    own: Option<Lent<C>>,
    /// Whether the kept connection listens for notifications; `None`: not tried yet.
    listens: Option<bool>,
}

impl<C: FlowConnection> Connection<C> {
    /// Whether this connection is notified when something is due.
    pub(super) fn listens(&mut self) -> bool {
        let Some(conn) = &mut self.own else { return false };
        // A connection that cannot LISTEN is polled.
        *self.listens.get_or_insert_with(|| conn.store().listen().unwrap_or(false))
    }

    /// Whether a notification has arrived. An error closes the connection at its next use.
    pub(super) fn is_notified(&mut self) -> bool {
        self.own.as_mut().is_some_and(|conn| conn.store().is_notified().unwrap_or(false))
    }
}

impl<C> Connection<C> {
    pub(super) fn new(lend: &Lend<C>) -> Self {
        Connection { lend: Arc::clone(lend), own: None, listens: None }
    }

    /// Uses a connection. After an error one that was opened is closed: nobody knows whether it can go on.
    pub(super) fn with<T>(&mut self, f: impl FnOnce(&mut C) -> crate::Result<T>) -> crate::Result<T> {
        let mut conn = match self.own.take() {
            Some(conn) => conn,
            None => {
                self.listens = None;
                (self.lend)().map_err(|error| {
                    let text = Box::new(error.to_string());
                    let kind = diesel::result::DatabaseErrorKind::UnableToSendCommand;
                    crate::Error::from(diesel::result::Error::DatabaseError(kind, text))
                })?
            }
        };
        let result = f(&mut conn);
        if result.is_ok() && matches!(conn, Lent::Own(_)) {
            self.own = Some(conn);
        }
        result
    }
}
