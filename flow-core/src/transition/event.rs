//! What the background does for times, messages and signals, one process at a time.

use flow_graph::Slot;

use super::due::{Outcome, background, postpone};
use super::loaded::Loaded;
use super::perform::{Request, is_over};
use super::savepoint::attempt;
use super::verb::Verb;
use super::{FLOW, Input, perform, start};
use crate::engine::Event;
use crate::event::{self, Envelope, Tick};
use crate::flow::node;
use crate::flows::message::is_node;
use crate::form::Sent;
use crate::store::{DueKind, DueRow, DueWrite, FlowConnection, Locking, NEVER, Store as _};
use crate::{Error, Flow, Permission, Process, Result, Task, TaskId, TaskStatus, Timestamp, User, clock};

/// Most kept messages that a catch tries at once.
const MOST: i64 = 100;

/// Who has sent a message that is delivered later. What they may was found out when they sent it.
pub(crate) struct Sender<'s>(pub(crate) &'s str);

impl User for Sender<'_> {
    fn id(&self) -> &str {
        self.0
    }

    fn may(&self, _: &Permission) -> bool {
        true
    }

    fn is_system(&self) -> bool {
        true
    }
}

/// The stored name of the row of a `StartTimer`.
pub(crate) fn tick_key(flow: &str, node: &str) -> String {
    format!("{flow}.{node}")
}

/// The node that a row of a `StartTimer` belongs to, under its name now or an old one.
pub(crate) fn tick_node<F: Flow>(key: &str) -> Option<(flow_graph::NodeId, &'static Tick)> {
    let name = F::GRAPH.flow_names().find_map(|flow| key.strip_prefix(flow)?.strip_prefix('.'))?;
    let at = F::GRAPH.find(name)?;
    Some((at, node::<F>(at).ok()?.1.tick.as_ref()?))
}

/// What is stored with the row of a `StartTimer`.
pub(crate) fn tick_payload(tick: &Tick, time: Timestamp, release: u32) -> crate::data::Document {
    serde_json::json!({ "schedule": tick.text(), "tick": time, "release": release }).to_string().into()
}

/// The schedule that a row was made by, the time that it is for, and the release that made it.
pub(crate) fn tick_of(row: &DueRow) -> (String, Timestamp, u64) {
    let text = row.payload.as_ref().map(crate::data::Document::to_json).unwrap_or_default();
    let payload: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let time = payload["tick"].as_str().and_then(|time| time.parse().ok());
    let release = payload["release"].as_u64().unwrap_or_default();
    (payload["schedule"].as_str().unwrap_or_default().to_owned(), time.unwrap_or(row.due), release)
}

/// The time of a `StartTimer` has come: one process starts, and the row is due at the next time, in one transaction.
pub(super) fn start_process<F: Flow>(conn: &mut F::Connection, row: &DueRow) -> Result<Outcome> {
    let Some((at, tick)) = tick_node::<F>(&row.key) else {
        return Ok(Outcome::Unknown("this release of the flow has no such start"));
    };
    let now = clock::now();
    let next = tick.next(tick_of(row).1, now)?;
    let payload = tick_payload(tick, next, F::LOCKED.release);
    conn.transition(false, |conn, locking| {
        // Compare-and-set: the worker that changes the row starts the process, the others find another time in it.
        if !conn.store().tick(row, next, &payload)? {
            return Ok(Outcome::Passed);
        }
        Ok(Outcome::of(start::by_timer::<F>(conn, at, locking)?))
    })
}

/// A catch was opened, or its process goes on: it takes the oldest message that was kept for it, or waits.
pub(super) fn look_for_message<F: Flow>(conn: &mut F::Connection, row: &DueRow) -> Result<Outcome> {
    let task = TaskId::new(row.process_id, row.task);
    let found = conn.store().read(task.process(), task.number(), Locking::Optimistic)?;
    let at = found.as_ref().and_then(|(_, task)| F::GRAPH.find(&task.node));
    // One that is obsolete is left for a release in which it is a catch.
    let catches = |at: &flow_graph::NodeId| F::GRAPH.node(*at).is_some_and(|node| node.kind.subscribes());
    let Some((at, (process, _))) = at.filter(catches).zip(found) else {
        return Ok(Outcome::Unknown("the node of the catch is none in this release"));
    };
    if process.suspended.is_some() {
        return Ok(Outcome::Postponed("the process is suspended".to_owned()));
    }
    for kept in conn.store().kept_messages(&row.queue, MOST)? {
        match receive::<F>(conn, &kept, at, task) {
            Ok(true) => return Ok(Outcome::Done),
            Ok(false) => {}
            // The message is postponed and reported by its own row; another one may match.
            Err(error) if !error.is_retryable() => drop(postpone(conn, &kept, kept.lease_token, error)?),
            Err(error) => return Err(error),
        }
    }
    conn.store().set_due(&row.primary_key(), NEVER)?;
    Ok(Outcome::Done)
}

/// Delivers a kept message to this catch. False if it is gone by now, or not for this catch.
fn receive<F: Flow>(conn: &mut F::Connection, kept: &DueRow, at: flow_graph::NodeId, task: TaskId) -> Result<bool> {
    let envelope = Envelope::of(kept)?;
    if envelope.nodes.as_ref().is_some_and(|nodes| !nodes.iter().any(|node| is_node(F::GRAPH, at, node))) {
        return Ok(false);
    }
    conn.atomically(|conn| {
        if !conn.store().hold_due(&kept.primary_key())? {
            return Ok(false);
        }
        let value = envelope.value.to_string();
        match deliver::<F>(conn, at, task, &Sender(&envelope.user), value.as_bytes()) {
            Ok(_) => {
                arrived(conn, kept, &envelope, task)?;
                Ok(true)
            }
            Err(Error::Conflict(_) | Error::NotFound { .. } | Error::Denied { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    })
}

/// A message that was kept has come to its catch.
pub(crate) fn arrived<C: FlowConnection>(conn: &mut C, kept: &DueRow, envelope: &Envelope, task: TaskId) -> Result<()> {
    conn.store().delete_due(&kept.primary_key())?;
    if let Some(id) = &envelope.id {
        conn.store().message_delivered(&envelope.name, id, clock::now(), (task.process(), task.number()))?;
    }
    Ok(())
}

/// Completes the task of a catch with the value of a message.
pub(crate) fn deliver<F: Flow>(
    conn: &mut F::Connection,
    at: flow_graph::NodeId,
    id: TaskId,
    user: &dyn User,
    value: &[u8],
) -> Result<Task> {
    let (_, def) = node::<F>(at)?;
    let input = match def.sent.filter(|_| def.takes_value) {
        Some(read) => read(Sent::Json(value)).unwrap_or_else(Input::refused),
        None => Input::new((), Some(Clone::clone)),
    };
    let request = Request { verb: Verb::Run, at, id, user, to: None, expected: None };
    Ok(perform::request::<F>(conn, request, input)?.into_task())
}

/// A signal was thrown while this task waited for it.
pub(super) fn signal<F: Flow>(conn: &mut F::Connection, due: &DueRow) -> Result<Outcome> {
    background::<F>(conn, due, Verb::Catch, true, |conn, target, locking| {
        let gone = DueWrite::Delete(due.primary_key());
        let event = (Verb::Catch, Event::Complete);
        let performed = target.perform(conn, locking, event, FLOW, None, |work| work.also(gone))?;
        Ok(Some(Outcome::of(performed.failures)))
    })
}

/// A condition that did not hold when its process was changed last is looked at again: what it asks for may be outside.
/// Nothing is written as long as it does not hold.
pub(super) fn look<F: Flow>(conn: &mut F::Connection, due: &DueRow) -> Result<Outcome> {
    let (id, again) = ((due.process_id, due.task), clock::now() + event::LOOK_EVERY);
    let found = conn.store().read(id.0, id.1, Locking::Optimistic)?;
    if let Some((process, task)) = found.filter(|(process, task)| !is_over(process, task))
        && task.status == TaskStatus::New
        && process.suspended.is_none()
        && let Some(condition) =
            F::GRAPH.find(&task.node).and_then(|at| node::<F>(at).ok()?.1.callback(Slot::Condition))
    {
        let holds = conn.atomically(|conn| {
            attempt(|| holds::<F>(conn, condition, process, task)).map_or(Ok(true), Ok::<_, Error>)
        })?;
        if !holds {
            conn.store().set_due(&due.primary_key(), again)?;
            return Ok(Outcome::Passed);
        }
    }
    // The condition holds, fails, or is not waited for any more: decided again under the lock.
    background::<F>(conn, due, Verb::Catch, true, |conn, target, locking| {
        let performed = target.perform(conn, locking, (Verb::Catch, Event::Look), FLOW, None, |_| ())?;
        if performed.task.status == TaskStatus::New {
            conn.store().set_due(&due.primary_key(), again)?;
        }
        Ok(Some(Outcome::of(performed.failures)))
    })
}

/// Whether a condition holds. What a callback fails with is found out again, and stored, by the transition.
fn holds<F: Flow>(
    conn: &mut F::Connection,
    condition: &crate::callback::Callback<F>,
    process: Process,
    mut task: Task,
) -> Result<bool> {
    let mut loaded = Loaded::<F>::load(process, conn)?;
    let reply = (condition.call)(&mut loaded.cx(&mut task, conn)).map_err(|source| Error::of_step("if", source))?;
    Ok(!matches!(reply, crate::callback::Reply::Holds(false)))
}

/// The row of a message that a task has thrown.
pub(super) fn thrown(
    flow: &str,
    place: (i64, i32),
    def: &event::MessageDef,
    (key, value): (String, serde_json::Value),
) -> Result<DueRow> {
    let now = clock::now();
    let kept_for = def.kept_for.map_or(crate::days(1), |length| length());
    let envelope = Envelope {
        name: def.name.to_owned(),
        key,
        value,
        user: FLOW.to_owned(),
        nodes: None,
        id: None,
        until: now + kept_for,
    };
    let mut row = envelope.row(flow, now, place, event::thrown(now))?;
    row.kind = DueKind::Message.as_str().to_owned();
    Ok(row)
}
