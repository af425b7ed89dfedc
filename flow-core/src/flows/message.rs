//! Messages from outside, and how kept ones find their catch.

use std::time::Duration;

use flow_graph::{Graph, Kind, NodeId};
use serde::Serialize;

use super::{DynFlow, Flows};
use crate::event::{self, Envelope, MessageKey};
use crate::store::{DueKind, DueRow, FlowConnection, NEVER, OpenCatch, Store as _};
use crate::transition::due::Outcome;
use crate::transition::event::{Sender, arrived};
use crate::transition::permit;
use crate::{Error, Result, TaskId, User, clock, days, in_step};

/// How many catches are read at once.
const PAGE: i64 = 50;

/// The longest id of a message, in bytes.
const LONGEST_ID: usize = 200;

/// A message on its way: see [`Flows::message`].
#[must_use = "a message is sent by `send`"]
#[allow(missing_debug_implementations, reason = "holds a connection and a user")]
pub struct Message<'m, C: 'static, V: ?Sized> {
    flows: Flows<C>,
    conn: &'m mut C,
    user: &'m dyn User,
    name: &'m str,
    key: Result<String>,
    value: &'m V,
    id: Option<&'m str>,
    kept_for: Option<Duration>,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Delivery {
    /// This task has received it.
    To(TaskId),
    /// Nobody waits for it yet: it is kept, and delivered to the first catch that opens in time.
    Kept,
    /// A message of this id was delivered before, or is kept: nothing was changed.
    Repeated,
    /// It was sent inside a callback, and is delivered once that transaction is committed.
    Committed,
}

impl<C: FlowConnection> Flows<C> {
    /// A message for a `MessageCatch`, of this name, for the catch whose `key` is this one. The value is what the catch
    /// takes as its `input`, as `serde` writes it; `&()` for one that takes none. [`send`](Message::send) delivers it to
    /// exactly one catch: the oldest that waits for it and whose `permission` lets this user.
    ///
    /// ```
    /// use flow_core::prelude::*;
    /// use flow_core::Delivery;
    ///
    /// #[derive(ProcessProxy)]
    /// pub struct OrderProcess { process: Process, number: String, #[json(default)] paid: i64 }
    ///
    /// #[flow(process = OrderProcess)]
    /// pub struct OrderFlow {
    ///     #[node(permission(anyone), next = this.paid)] order: StartHandle,
    ///     #[node(message = "payment", key = |a| a.process.number(), input = i64, run = |a, amount| a.process.set_paid(amount),
    ///            permission("bank"), on_timeout(days(14), this.end), next = this.end)]
    ///     paid: MessageCatch,
    ///     end: End,
    /// }
    ///
    /// static FLOWS: Flows<diesel::SqliteConnection> = flows![OrderFlow];
    ///
    /// fn main() -> flow_core::Result<()> {
    ///     let mut conn = flow_core::sqlite::open(":memory:")?;
    ///     FLOWS.migrate(&mut conn)?;
    ///     let bank = System("bank");
    ///     // The payment comes before the order, twice.
    ///     let early = FLOWS.message(&mut conn, &bank, "payment", "A-17", &500).id("evt_1").kept_for(days(1)).send()?;
    ///     assert_eq!(early, Delivery::Kept);
    ///     let again = FLOWS.message(&mut conn, &bank, "payment", "A-17", &500).id("evt_1").kept_for(days(1)).send()?;
    ///     assert_eq!(again, Delivery::Repeated);
    ///     let order = OrderProcessData { number: "A-17".into(), paid: 0 };
    ///     OrderFlow.order.run(&mut conn, &System("shop"), order)?;
    ///     FLOWS.run_due(&mut conn)?;
    ///     assert_eq!(OrderFlow.processes().first::<OrderProcess>(&mut conn)?.paid(), 500);
    ///     Ok(())
    /// }
    /// ```
    pub fn message<'m, V: Serialize + ?Sized>(
        &self,
        conn: &'m mut C,
        user: &'m dyn User,
        name: &'m str,
        key: impl MessageKey,
        value: &'m V,
    ) -> Message<'m, C, V> {
        let key = key.message_key().map_err(|source| Error::Step { node: "key", source });
        Message { flows: *self, conn, user, name, key, value, id: None, kept_for: None }
    }

    /// Deletes the [ids](Message::id) of messages that were delivered, and the keys of requests that were
    /// [done](Flows::once), longer ago than this, in the caller's transaction if there is one. A message that is sent again
    /// with such an id is delivered again, and a request with such a key done again. Returns how many were deleted.
    ///
    /// Ids are stored until this is called: call it now and then, with a time after which no sender repeats a message.
    ///
    /// ```
    /// # use flow_core::prelude::*;
    /// # static FLOWS: Flows<diesel::SqliteConnection> = flows![];
    /// # fn main() -> flow_core::Result<()> {
    /// # let mut conn = flow_core::sqlite::open(":memory:")?;
    /// # FLOWS.migrate(&mut conn)?;
    /// assert_eq!(FLOWS.forget_message_ids(&mut conn, days(90))?, 0);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Database`.
    pub fn forget_message_ids(&self, conn: &mut C, older_than: Duration) -> Result<usize> {
        Ok(conn.store().forget_message_ids(clock::now() - older_than)?)
    }

    /// Delivers a message to the oldest catch that takes it. With `nodes` to one of these alone.
    fn deliver(
        &self,
        conn: &mut C,
        lookup: &str,
        user: &dyn User,
        value: &[u8],
        nodes: Option<&[String]>,
    ) -> Result<Option<TaskId>> {
        let mut last: Option<OpenCatch> = None;
        let mut elsewhere = Vec::new();
        loop {
            let page = conn.store().catches(lookup, last.as_ref(), PAGE)?;
            for open in &page {
                let id = TaskId::new(open.process, open.task);
                let node = self.find(&open.flow).and_then(|flow| Some((flow, flow.graph().find(&open.node)?)));
                // An obsolete node is a catch in another release.
                let node = node.filter(|(flow, at)| flow.graph().node(*at).is_some_and(|node| node.kind.subscribes()));
                let Some((flow, at)) = node else {
                    elsewhere.push(open.clone());
                    continue;
                };
                if nodes.is_some_and(|nodes| !nodes.iter().any(|node| is_node(flow.graph(), at, node))) {
                    continue;
                }
                match flow.deliver(conn, at, id, user, value) {
                    Ok(_) => return Ok(Some(id)),
                    // The catch has ended, is suspended, or this user may not deliver to it: try the next one.
                    Err(Error::Denied { .. } | Error::Conflict(_) | Error::NotFound { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
            match page.into_iter().next_back() {
                Some(newest) => last = Some(newest),
                None => break,
            }
        }
        // Workers that know these flows will look for the kept message.
        for open in elsewhere {
            conn.store().set_due(&open.due_key(), clock::now())?;
        }
        Ok(None)
    }

    /// A kept message is due: somebody may wait for it by now, or its time is over.
    pub(crate) fn deliver_kept(&self, conn: &mut C, row: &DueRow) -> Result<Outcome> {
        let envelope = Envelope::of(row)?;
        in_step::refuse(conn, row.process_id, "run_due")?;
        conn.atomically(|conn| {
            if !conn.store().hold_due(&row.primary_key())? {
                return Ok(Outcome::Passed);
            }
            let value = envelope.value.to_string();
            let sender = Sender(&envelope.user);
            let to = self.deliver(conn, &row.queue, &sender, value.as_bytes(), envelope.nodes.as_deref())?;
            if let Some(task) = to {
                arrived(conn, row, &envelope, task)?;
                return Ok(Outcome::Done);
            }
            if envelope.until > clock::now() {
                conn.store().set_due(&row.primary_key(), envelope.until)?;
                return Ok(Outcome::Done);
            }
            conn.store().delete_due(&row.primary_key())?;
            if let Some(id) = &envelope.id {
                conn.store().forget_message_id(&envelope.name, id)?;
            }
            tracing::warn!(message = envelope.name, key = envelope.key, "nobody has received a message in time");
            let text = format!("nobody has received message `{}` of key `{}` in time", envelope.name, envelope.key);
            Ok(Outcome::Expired(text))
        })
    }

    /// The flows that have a catch of this message, with its node.
    fn receivers(&self, name: &str) -> Vec<(&'static DynFlow<C>, NodeId)> {
        let of_flow = |flow: &'static DynFlow<C>| {
            let catches =
                flow.events().into_iter().filter(|event| event.kind == Kind::MessageCatch && event.name == name);
            catches.map(|event| (flow, event.node)).collect::<Vec<_>>()
        };
        self.all().iter().flat_map(of_flow).collect()
    }
}

fn qualified<C>(flow: &DynFlow<C>, at: NodeId) -> String {
    format!("{}.{}", flow.graph().name, flow.graph().node(at).map_or("", |node| node.name))
}

/// Whether this is the name of a node, as `flow.node`: the current one, or one that they had when it was stored.
pub(crate) fn is_node(graph: &Graph<'_>, at: NodeId, name: &str) -> bool {
    let named = |(flow, node): (&str, &str)| graph.is_named(flow) && graph.names(at).any(|name| name == node);
    name.split_once('.').is_some_and(named)
}

impl OpenCatch {
    fn due_key(&self) -> crate::store::DueKey {
        crate::store::DueKey::of_task(self.process, self.task, DueKind::Catch)
    }
}

impl<'m, C: FlowConnection, V: Serialize + ?Sized> Message<'m, C, V> {
    /// Keeps the message if nobody waits for it yet: a catch that opens within this time receives it. Without it such a
    /// message is refused.
    ///
    /// Whether the user may deliver it is decided now. So a catch whose `permission` is a method, which looks at the
    /// process, receives no kept messages but those of [`System`](crate::System) and of flows.
    pub fn kept_for(mut self, length: Duration) -> Self {
        self.kept_for = Some(length);
        self
    }

    /// An id by which the message is delivered once: sent again with the same id it changes nothing. It is stored with
    /// the delivery until [`forget_message_ids`](Flows::forget_message_ids) deletes it. If nobody receives the message, the
    /// id is free again.
    pub fn id(mut self, id: &'m str) -> Self {
        self.id = Some(id);
        self
    }

    /// Sends it, in a transaction of its own or inside the caller's. From inside a callback of a flow it is delivered once
    /// that transaction is committed, and kept for a day unless `kept_for` says otherwise.
    ///
    /// # Errors
    /// `NotFound` if no flow of the list receives messages of this name, or nobody waits for it and it is not to be kept;
    /// `Denied` if it is to be kept and the user may deliver it nowhere; `Invalid` if the key, the name or the id cannot
    /// be stored, or if the value is not what the catch takes; `Step` if the catch fails. Nothing was changed then.
    pub fn send(self) -> Result<Delivery> {
        let Message { flows, conn, user, name, key, value, id, kept_for } = self;
        permit::identified(user)?;
        let key = key?;
        let lookup = event::message(name, &key)?;
        if id.is_some_and(|id| id.is_empty() || id.len() > LONGEST_ID || id.contains('\0')) {
            let text = format!("the id of a message must have 1 to {LONGEST_ID} bytes and no NUL character");
            return Err(Error::invalid("id", text));
        }
        let receivers = flows.receivers(name);
        let Some((first, _)) = receivers.first() else {
            return Err(Error::NotFound { what: format!("flow of the list that receives message `{name}`") });
        };
        let value = serde_json::to_value(value).map_err(|error| Error::invalid("value", error.to_string()))?;
        let now = clock::now();
        let inside = in_step::is_any(conn);
        conn.atomically(|conn| {
            if let Some(id) = id
                && !conn.store().add_message_id(name, id, &key, now)?
            {
                return Ok(Delivery::Repeated);
            }
            if !inside && let Some(task) = flows.deliver(conn, &lookup, user, value.to_string().as_bytes(), None)? {
                if let Some(id) = id {
                    conn.store().message_delivered(name, id, now, (task.process(), task.number()))?;
                }
                return Ok(Delivery::To(task));
            }
            let kept_for = match kept_for {
                Some(length) => length,
                None if inside => days(1),
                None => {
                    return Err(Error::NotFound {
                        what: format!("task that waits for message `{name}` of key `{key}`"),
                    });
                }
            };
            let mut nodes: Vec<String> = Vec::new();
            for (flow, at) in &receivers {
                if flow.may_receive(user, *at) {
                    nodes.push(qualified(flow, *at));
                }
            }
            if nodes.is_empty() {
                let reason = "no catch of it is one at which this user may deliver without looking at the process";
                return Err(Error::denied(user, format!("send message `{name}` to be kept"), reason.to_owned()));
            }
            let envelope = Envelope {
                name: name.to_owned(),
                key,
                value,
                user: user.id().to_owned(),
                nodes: Some(nodes),
                id: id.map(str::to_owned),
                until: (now + kept_for).min(NEVER),
            };
            let row = envelope.row(first.graph().name, now, (0, 0), event::thrown(now))?;
            conn.store().insert_due(&row)?;
            Ok(if inside { Delivery::Committed } else { Delivery::Kept })
        })
    }
}
