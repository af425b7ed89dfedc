//! Requests that have an effect once, however often they are sent: `Idempotency-Key` of HTTP.

use flow_graph::name_hash;

use super::Flows;
use crate::store::{FlowConnection, Store as _};
use crate::transition::{deny, permit};
use crate::{Error, Result, User, clock, sabotage};

/// The longest key with the id of its user, in bytes.
const LONGEST: usize = 250;

/// Requests are kept beside the ids of messages, under the name that no message has.
const REQUESTS: &str = "";

/// What became of a request with a key: see [`Flows::once`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Once<T> {
    /// It was done now.
    Done(T),
    /// The same request was done before: the numbers that it returned then. Nothing was done.
    Before(i64, i32),
    /// The key was used before for another request, which returned these numbers. Nothing was done.
    Other(i64, i32),
}

/// An error of the caller's, on its way through a transaction.
struct Failed<E>(E);

impl<E: From<Error>> From<diesel::result::Error> for Failed<E> {
    fn from(error: diesel::result::Error) -> Self {
        Failed(E::from(Error::from(error)))
    }
}

impl<C: FlowConnection> Flows<C> {
    /// Does something once for each key of a user, in one transaction with the note that it was done: for a web page or a
    /// REST interface whose requests may be sent twice. `request` is all that is asked for, such as method, address and
    /// body. `work` returns two numbers that name what it was about, such as those of a task; the same request gets them
    /// when it is sent again, and so does another request with the same key.
    ///
    /// If `work` fails, everything that it did is undone and the key is free; a denial is written into the history all the
    /// same. Of two at once the second waits for the first.
    ///
    /// The note is kept until [`forget_message_ids`](Flows::forget_message_ids) deletes it. A start that must be done once
    /// for ever has a key that its process keeps, see [`start_once`](Flows::start_once).
    ///
    /// ```
    /// use flow_core::prelude::*;
    /// use flow_core::Once;
    ///
    /// # #[flow]
    /// # pub struct LeaveFlow {
    /// #     #[node(permission(anyone), next = this.approve)] start: Start,
    /// #     #[node(permission(anyone), next = this.end)] approve: View,
    /// #     end: End,
    /// # }
    /// static FLOWS: Flows<diesel::SqliteConnection> = flows![LeaveFlow];
    ///
    /// # fn main() -> flow_core::Result<()> {
    /// # let mut conn = flow_core::sqlite::open(":memory:")?;
    /// # FLOWS.migrate(&mut conn)?;
    /// let anna = System("anna");
    /// # LeaveFlow.start.run(&mut conn, &anna, ())?;
    /// # let task = FLOWS.queue(&mut conn, &anna)?[0].id();
    /// let mut take = |request: &str| {
    ///     FLOWS.once(&mut conn, &anna, "k-17", request, |conn| {
    ///         let task = FLOWS.assign(conn, task, &anna)?;
    ///         Ok::<_, flow_core::Error>(((task.id().process(), task.id().number()), "done"))
    ///     })
    /// };
    /// assert_eq!(take("take the task")?, Once::Done("done"));
    /// assert_eq!(take("take the task")?, Once::Before(1, 2));
    /// assert_eq!(take("take another one")?, Once::Other(1, 2));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of `work`; `Invalid` if the key is empty, or longer than 250 bytes with the id of the user.
    pub fn once<T, E: From<Error>>(
        &self,
        conn: &mut C,
        user: &dyn User,
        key: &str,
        request: &str,
        work: impl FnOnce(&mut C) -> Result<((i64, i32), T), E>,
    ) -> Result<Once<T>, E> {
        permit::identified(user)?;
        // With the length of the id no two users share a text.
        let id = format!("{}:{}:{key}", user.id().len(), user.id());
        if key.is_empty() || id.len() > LONGEST || id.contains('\0') {
            let text = format!("must have 1 to {LONGEST} bytes with the id of the user, and no NUL character");
            return Err(Error::invalid("key", text).into());
        }
        let print = format!("{:016x}", name_hash(request));
        let outcome = deny::keeping(conn, |conn| {
            conn.atomically(|conn| {
                let now = clock::now();
                if !conn.store().add_message_id(REQUESTS, &id, &print, now)? {
                    let (known, at) = conn.store().message_of_id(REQUESTS, &id)?.unwrap_or_default();
                    let (process, number) = at.unwrap_or_default();
                    return Ok(if known.as_deref() == Some(&*print) || sabotage::is_out("other_request") {
                        Once::Before(process, number)
                    } else {
                        Once::Other(process, number)
                    });
                }
                let (at, value) = work(conn).map_err(Failed)?;
                conn.store().message_delivered(REQUESTS, &id, now, at)?;
                Ok(Once::Done(value))
            })
        });
        outcome.map_err(|Failed(error)| error)
    }
}
