//! The row of a process.

use crate::data::Document;
use crate::store::schema::flow_process;
use crate::{ProcessStatus, TaskId, Timestamp};

/// The row of a process, of any flow. Your own type with `#[derive(ProcessProxy)]` contains it and dereferences to it.
#[derive(Clone, Debug, diesel::Queryable, diesel::Selectable, diesel::Identifiable)]
#[diesel(table_name = flow_process)]
pub struct Process {
    pub(crate) id: i64,
    pub(crate) flow: String,
    pub(crate) status: ProcessStatus,
    pub(crate) version: i64,
    pub(crate) task_count: i32,
    pub(crate) open_tokens: i32,
    pub(crate) created: Timestamp,
    pub(crate) finished: Option<Timestamp>,
    pub(crate) data: Document,
    pub(crate) seed_type: Option<String>,
    pub(crate) seed_key: Option<String>,
    pub(crate) artifact_type: Option<String>,
    pub(crate) artifact_key: Option<String>,
    pub(crate) parent_process: Option<i64>,
    pub(crate) parent_task: Option<i32>,
    pub(crate) start_key: Option<String>,
    pub(crate) release: i32,
    pub(crate) reference: Option<String>,
    pub(crate) suspended: Option<Timestamp>,
    pub(crate) started_by: Option<String>,
    pub(crate) depth: i32,
}

impl Process {
    /// A process that is about to start.
    pub(crate) fn new(flow: &str, created: Timestamp, data: Document) -> Self {
        Process {
            id: 0,
            flow: flow.to_owned(),
            status: ProcessStatus::New,
            version: 0,
            task_count: 0,
            open_tokens: 0,
            created,
            finished: None,
            data,
            seed_type: None,
            seed_key: None,
            artifact_type: None,
            artifact_key: None,
            parent_process: None,
            parent_task: None,
            start_key: None,
            release: 0,
            reference: None,
            suspended: None,
            started_by: None,
            depth: 0,
        }
    }

    /// Its id: unique over all flows, never reused.
    #[must_use]
    pub fn id(&self) -> i64 {
        self.id
    }

    /// The stored name of its flow: `hello_world`.
    #[must_use]
    pub fn flow(&self) -> &str {
        &self.flow
    }

    /// Its status.
    #[must_use]
    pub fn status(&self) -> ProcessStatus {
        self.status
    }

    /// Its version for optimistic locking: each transition increments it.
    #[must_use]
    pub fn version(&self) -> i64 {
        self.version
    }

    /// When it was started.
    #[must_use]
    pub fn created(&self) -> Timestamp {
        self.created
    }

    /// When it ended, if it has.
    #[must_use]
    pub fn finished(&self) -> Option<Timestamp> {
        self.finished
    }

    /// The JSON document that holds the fields of its type.
    #[must_use]
    pub fn data(&self) -> &Document {
        &self.data
    }

    /// The task of the parent process that started it; `None` if it is not a subprocess.
    #[must_use]
    pub fn parent(&self) -> Option<TaskId> {
        Some(TaskId::new(self.parent_process?, self.parent_task?))
    }

    /// The idempotency key that it was started with, by `run_once`.
    #[must_use]
    pub fn start_key(&self) -> Option<&str> {
        self.start_key.as_deref()
    }

    /// The release of the flow that it was started under; 0 for rows from before releases were recorded.
    #[must_use]
    pub fn release(&self) -> i32 {
        self.release
    }

    /// A business key that users know it by, such as an order number.
    #[must_use]
    pub fn reference(&self) -> Option<&str> {
        self.reference.as_deref()
    }

    /// When it was suspended; `None` if it is not.
    #[must_use]
    pub fn suspended(&self) -> Option<Timestamp> {
        self.suspended
    }

    /// The id of the person, or the name of the code, that started it; `None` if another process did.
    #[must_use]
    pub fn started_by(&self) -> Option<&str> {
        self.started_by.as_deref()
    }

    /// Its nesting depth: 0 if no other process started it.
    #[must_use]
    pub fn depth(&self) -> i32 {
        self.depth
    }

    /// For the derive: the field at this place was set on purpose.
    #[doc(hidden)]
    pub fn touch(&mut self, field: u16) {
        self.data.touch(field);
    }
}
