//! The row of a task.

use crate::data::Document;
use crate::store::schema::flow_task;
use crate::{TaskId, TaskStatus, Timestamp};

/// The row of a task: one visit of a process to a node.
#[derive(Clone, Debug, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = flow_task, treat_none_as_default_value = false)]
pub struct Task {
    pub(crate) process_id: i64,
    pub(crate) number: i32,
    pub(crate) flow: String,
    pub(crate) node: String,
    pub(crate) task_type: String,
    pub(crate) status: TaskStatus,
    pub(crate) token: String,
    pub(crate) scope: Option<i32>,
    pub(crate) open_tokens: i32,
    pub(crate) previous: Option<i32>,
    pub(crate) joined: Option<i32>,
    pub(crate) owner: Option<String>,
    pub(crate) created: Timestamp,
    pub(crate) assigned: Option<Timestamp>,
    pub(crate) started: Option<Timestamp>,
    pub(crate) finished: Option<Timestamp>,
    pub(crate) due: Option<Timestamp>,
    pub(crate) data: Document,
    pub(crate) seed_type: Option<String>,
    pub(crate) seed_key: Option<String>,
    pub(crate) artifact_type: Option<String>,
    pub(crate) artifact_key: Option<String>,
    pub(crate) error: Option<String>,
    pub(crate) kind: String,
    pub(crate) host: Option<i32>,
    pub(crate) armed: i32,
    pub(crate) resting: bool,
    pub(crate) nominee: Option<String>,
    pub(crate) on_behalf_of: Option<String>,
    pub(crate) priority: i32,
}

impl Task {
    /// What stands in for a row that is lent to a callback.
    pub(crate) fn blank() -> Self {
        Task {
            process_id: 0,
            number: 0,
            flow: String::new(),
            node: String::new(),
            task_type: String::new(),
            status: TaskStatus::Unknown,
            token: String::new(),
            scope: None,
            open_tokens: 0,
            previous: None,
            joined: None,
            owner: None,
            created: Timestamp::from_micros(0),
            assigned: None,
            started: None,
            finished: None,
            due: None,
            data: Document::default(),
            seed_type: None,
            seed_key: None,
            artifact_type: None,
            artifact_key: None,
            error: None,
            kind: String::new(),
            host: None,
            armed: 0,
            resting: false,
            nominee: None,
            on_behalf_of: None,
            priority: 0,
        }
    }

    /// Its id: the process id, and its number in the process.
    #[must_use]
    pub fn id(&self) -> TaskId {
        TaskId::new(self.process_id, self.number)
    }

    /// The stored name of its flow.
    #[must_use]
    pub fn flow(&self) -> &str {
        &self.flow
    }

    /// The stored name of its node: `approve`; of a timeout `approve__timeout__escalate`.
    #[must_use]
    pub fn node(&self) -> &str {
        &self.node
    }

    /// The type of task as Viewflow stores it: `HUMAN`, `JOB`, ..
    #[must_use]
    pub fn task_type(&self) -> &str {
        &self.task_type
    }

    /// The kind of its node: `View`, `Job`, `TimerBoundary`, ..; empty for some tasks of the first schema.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The task that it is a boundary of; of a task that compensates another, the `CompensateThrow`.
    #[must_use]
    pub fn host(&self) -> Option<TaskId> {
        self.host.map(|number| TaskId::new(self.process_id, number))
    }

    /// The task that it compensates: whose work it takes back.
    #[must_use]
    pub fn compensates(&self) -> Option<TaskId> {
        let previous = self.host.and(self.previous).filter(|previous| self.host != Some(*previous));
        previous.map(|number| TaskId::new(self.process_id, number))
    }

    /// Whether its branch is still open although the task was cancelled.
    #[must_use]
    pub fn resting(&self) -> bool {
        self.resting
    }

    /// The id of the user on whose behalf the owner acts.
    #[must_use]
    pub fn on_behalf_of(&self) -> Option<&str> {
        self.on_behalf_of.as_deref()
    }

    /// Its priority: a higher number comes first.
    #[must_use]
    pub fn priority(&self) -> i32 {
        self.priority
    }

    /// Its status.
    #[must_use]
    pub fn status(&self) -> TaskStatus {
        self.status
    }

    /// The branch it is on: `start`, or `start/4_2` for the second branch of the split with number 4.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The task that led to it.
    #[must_use]
    pub fn previous(&self) -> Option<TaskId> {
        self.previous.map(|number| TaskId::new(self.process_id, number))
    }

    /// Its owner: the id of the user who has claimed it or did it.
    #[must_use]
    pub fn owner(&self) -> Option<&str> {
        self.owner.as_deref()
    }

    /// When it was created.
    #[must_use]
    pub fn created(&self) -> Timestamp {
        self.created
    }

    /// When it was assigned.
    #[must_use]
    pub fn assigned(&self) -> Option<Timestamp> {
        self.assigned
    }

    /// When work on it started.
    #[must_use]
    pub fn started(&self) -> Option<Timestamp> {
        self.started
    }

    /// When it was done or cancelled.
    #[must_use]
    pub fn finished(&self) -> Option<Timestamp> {
        self.finished
    }

    /// When it is due, for a timer.
    #[must_use]
    pub fn due(&self) -> Option<Timestamp> {
        self.due
    }

    /// The error text, if the task is in ERROR.
    #[must_use]
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    /// The JSON document that holds the fields of its type.
    #[must_use]
    pub fn data(&self) -> &Document {
        &self.data
    }

    /// The join that its branch arrived at.
    #[must_use]
    pub fn joined(&self) -> Option<TaskId> {
        self.joined.map(|number| TaskId::new(self.process_id, number))
    }

    /// For the derive: the field at this place was set on purpose.
    #[doc(hidden)]
    pub fn touch(&mut self, field: u16) {
        self.data.touch(field);
    }
}
