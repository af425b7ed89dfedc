//! What only waiting work needs.

use std::borrow::Cow;

use crate::data::Document;
use crate::store::schema::flow_due;
use crate::{Process, Task, Timestamp};

/// The token of a row that nobody has claimed: no process has this version.
pub(crate) const NOBODY: i64 = 0;

/// When a row is due that is only there to be found: the last time that there is.
pub(crate) const NEVER: Timestamp = Timestamp::from_micros(i64::MAX);

/// A row of `flow_due`.
#[derive(Clone, Debug, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = flow_due, treat_none_as_default_value = false)]
#[allow(unreachable_pub, reason = "seen through a sealed trait")]
pub struct DueRow {
    pub(crate) process_id: i64,
    pub(crate) task: i32,
    pub(crate) kind: String,
    /// What names work that belongs to no task, or one of several of a task.
    pub(crate) key: String,
    pub(crate) flow: String,
    pub(crate) due: Timestamp,
    /// How often it was begun.
    pub(crate) attempt: i32,
    /// The version of the process that the newest claim made: who has another one has lost the lease. Below zero if the
    /// job was claimed before a thread was free for it. [`NOBODY`] again when the attempt has ended.
    pub(crate) lease_token: i64,
    pub(crate) leased_until: Option<Timestamp>,
    pub(crate) last_error: Option<String>,
    /// How often it could not be done and was made due again later.
    pub(crate) postponed: i32,
    /// Who has the lease.
    pub(crate) holder: Option<String>,
    pub(crate) queue: String,
    pub(crate) priority: i32,
    /// What shares a limit of how many run at once.
    pub(crate) concurrency: Option<String>,
    /// The release that could not do it.
    pub(crate) failed_release: Option<i32>,
    pub(crate) payload: Option<Document>,
}

/// A row of `flow_due` with the task that it is about, and its process.
#[derive(Clone, Debug)]
#[allow(unreachable_pub, reason = "seen through a sealed trait")]
pub struct DueTask {
    pub(crate) due: DueRow,
    pub(crate) process: Process,
    pub(crate) task: Task,
}

/// The primary key of a row of `flow_due`. A task may have several rows of one kind, with different `key`s.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(unreachable_pub, reason = "seen through a sealed trait")]
pub struct DueKey {
    pub(crate) process_id: i64,
    pub(crate) task: i32,
    pub(crate) kind: Cow<'static, str>,
    pub(crate) key: String,
}

impl DueKey {
    /// The only row of this kind that a task has.
    pub(crate) const fn of_task(process_id: i64, task: i32, kind: DueKind) -> Self {
        DueKey { process_id, task, kind: Cow::Borrowed(kind.as_str()), key: String::new() }
    }

    /// Its columns, in the order of the primary key.
    pub(crate) fn columns(&self) -> (i64, i32, &str, &str) {
        (self.process_id, self.task, &self.kind, &self.key)
    }
}

/// The sorts of due work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DueKind {
    Job,
    Timer,
    /// A child process has ended: the row is the child's, the work its parent's.
    Resume,
    /// A child process has thrown an escalation: the row is the child's, the work its parent's.
    Escalate,
    /// An item of a task that has no child yet: never due, it waits for its turn.
    Item,
    /// The parent of this process does not wait for it any more: it is to be cancelled.
    Cancel,
    /// A job that completed while its process was suspended: its branch is to go on.
    Continue,
    /// `notify` of the flow is to be called with a change.
    Notify,
    /// A timer starts a process.
    Tick,
    /// A task waits for a message or a signal. It is due when it is to look for messages that were kept, else never.
    Catch,
    /// A message that nobody has received yet.
    Message,
    /// A signal was thrown while this task waited for it.
    Signal,
    /// A condition that a task waits for is to be looked at.
    Condition,
}

impl DueKind {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            DueKind::Job => "JOB",
            DueKind::Timer => "TIMER",
            DueKind::Resume => "RESUME",
            DueKind::Escalate => "ESCALATE",
            DueKind::Item => "ITEM",
            DueKind::Cancel => "CANCEL",
            DueKind::Continue => "CONTINUE",
            DueKind::Notify => "NOTIFY",
            DueKind::Tick => "TICK",
            DueKind::Catch => "CATCH",
            DueKind::Message => "MESSAGE",
            DueKind::Signal => "SIGNAL",
            DueKind::Condition => "CONDITION",
        }
    }

    /// All statuses that this version knows.
    pub(crate) const ALL: &'static [DueKind] = &[
        DueKind::Job,
        DueKind::Timer,
        DueKind::Resume,
        DueKind::Escalate,
        DueKind::Item,
        DueKind::Cancel,
        DueKind::Continue,
        DueKind::Notify,
        DueKind::Tick,
        DueKind::Catch,
        DueKind::Message,
        DueKind::Signal,
        DueKind::Condition,
    ];

    /// The kind of a stored word; `None` of one that another version wrote.
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        DueKind::ALL.iter().copied().find(|kind| kind.as_str() == word)
    }
}

impl DueRow {
    /// A child has ended, perhaps with an error code: its parent, a process of `flow`, is to go on.
    pub(crate) fn resume(child: i64, flow: &str, now: Timestamp, code: Option<&str>) -> Self {
        let payload = code.map(|code| Document::from(serde_json::json!({ "code": code }).to_string()));
        DueRow { payload, ..DueRow::new(child, 0, DueKind::Resume, flow, now) }
    }

    /// A child has thrown an escalation, by this task: its parent, a process of `flow`, may take it. Its key puts the
    /// rows of a child in order, whatever the clocks say: by the version of the child that threw it, and by task.
    pub(crate) fn escalation(
        (child, version): (i64, i64),
        flow: &str,
        now: Timestamp,
        (task, code): (i32, &str),
    ) -> Self {
        let payload = Some(Document::from(serde_json::json!({ "code": code }).to_string()));
        let key = format!("{version:020}.{task:010}");
        DueRow { payload, key, ..DueRow::new(child, 0, DueKind::Escalate, flow, now) }
    }

    /// The code with which the child has ended, or that it has thrown.
    pub(crate) fn error_code(&self) -> Option<String> {
        let code = self.payload.as_ref()?.get(&["code"]).ok()??;
        code.as_str().map(str::to_owned)
    }

    /// Whether the newest attempt was begun and nobody wrote what came of it: its body may have killed the worker.
    pub(crate) fn has_lost_its_worker(&self) -> bool {
        self.lease_token != NOBODY
    }

    /// Whether it was claimed while the threads of its worker did other jobs. If the worker is lost, that is no sign that
    /// its body was run.
    pub(crate) fn was_claimed_ahead(&self) -> bool {
        self.lease_token < NOBODY
    }

    /// What names it.
    pub(crate) fn primary_key(&self) -> DueKey {
        DueKey {
            process_id: self.process_id,
            task: self.task,
            kind: Cow::Owned(self.kind.clone()),
            key: self.key.clone(),
        }
    }

    pub(crate) fn new(process_id: i64, task: i32, kind: DueKind, flow: &str, due: Timestamp) -> Self {
        DueRow {
            process_id,
            task,
            kind: kind.as_str().to_owned(),
            key: String::new(),
            flow: flow.to_owned(),
            due,
            attempt: 0,
            lease_token: NOBODY,
            leased_until: None,
            last_error: None,
            postponed: 0,
            holder: None,
            queue: String::new(),
            priority: 0,
            concurrency: None,
            failed_release: None,
            payload: None,
        }
    }
}
