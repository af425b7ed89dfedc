//! Rows as JSON, for web pages and REST APIs.
//!
//! A row is serialized without its document, because the document may contain the values of `Secret` fields, and the
//! row does not know which keys those are. The idempotency key of a process is left out as well: it is the sender's.

use serde::ser::Error as _;
use serde::{Serialize, Serializer};

use crate::data::Document;
use crate::store::AuditRow;
use crate::{Process, ProcessStatus, Task, TaskId, TaskStatus, Timestamp, Verb};

/// A row together with its document, to be serialized: what [`Process::with_document`] and [`Task::with_document`]
/// return. The document stands under `data`, as it is stored, with the values of `Secret` fields.
#[derive(Clone, Copy, Debug)]
pub struct WithDocument<'r, R>(&'r R);

impl Process {
    /// The row with its document, for serialization. The document includes the values of `Secret` fields: use it for an
    /// export of your own data, not for a page.
    ///
    /// ```
    /// use flow_core::prelude::*;
    ///
    /// # #[derive(ProcessProxy)]
    /// # pub struct LeaveProcess { process: Process, days: i64 }
    /// # #[flow(process = LeaveProcess)]
    /// # pub struct LeaveFlow {
    /// #     #[node(form = LeaveForm { days }, permission(anyone), next = this.end)] start: Start,
    /// #     end: End,
    /// # }
    /// # static FLOWS: Flows<diesel::SqliteConnection> = flows![LeaveFlow];
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut conn = flow_core::sqlite::open(":memory:")?;
    /// # FLOWS.migrate(&mut conn)?;
    /// let leave = LeaveFlow.start.run(&mut conn, &System("me"), LeaveForm { days: 5 })?;
    /// let row: &Process = &leave;
    /// assert_eq!(serde_json::to_value(row)?.get("data"), None);
    /// assert_eq!(serde_json::to_value(row.with_document())?["data"]["days"], 5);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_document(&self) -> WithDocument<'_, Self> {
        WithDocument(self)
    }
}

impl Task {
    /// The row with its document, to be serialized: as [`Process::with_document`].
    #[must_use]
    pub fn with_document(&self) -> WithDocument<'_, Self> {
        WithDocument(self)
    }
}

/// A row of another table that a process or task is about.
#[derive(Serialize)]
struct ReferenceJson<'r> {
    r#type: &'r str,
    key: &'r str,
}

fn reference<'r>(model: Option<&'r String>, key: Option<&'r String>) -> Option<ReferenceJson<'r>> {
    Some(ReferenceJson { r#type: model?, key: key? })
}

#[derive(Serialize)]
struct ProcessJson<'r> {
    id: i64,
    flow: &'r str,
    status: ProcessStatus,
    version: i64,
    created: Timestamp,
    finished: Option<Timestamp>,
    suspended: Option<Timestamp>,
    started_by: Option<&'r str>,
    /// Of its sender, so only beside the document: an export has it, a page has not.
    #[serde(skip_serializing_if = "Option::is_none")]
    start_key: Option<Option<&'r str>>,
    reference: Option<&'r str>,
    parent: Option<TaskId>,
    depth: i32,
    release: i32,
    seed: Option<ReferenceJson<'r>>,
    artifact: Option<ReferenceJson<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'r Document>,
}

impl<'r> ProcessJson<'r> {
    fn of(row: &'r Process, data: Option<&'r Document>) -> Self {
        ProcessJson {
            id: row.id,
            flow: &row.flow,
            status: row.status,
            version: row.version,
            created: row.created,
            finished: row.finished,
            suspended: row.suspended,
            started_by: row.started_by(),
            start_key: data.map(|_| row.start_key()),
            reference: row.reference(),
            parent: row.parent(),
            depth: row.depth,
            release: row.release,
            seed: reference(row.seed_type.as_ref(), row.seed_key.as_ref()),
            artifact: reference(row.artifact_type.as_ref(), row.artifact_key.as_ref()),
            data,
        }
    }
}

#[derive(Serialize)]
struct TaskJson<'r> {
    id: TaskId,
    process: i64,
    flow: &'r str,
    node: &'r str,
    kind: &'r str,
    task_type: &'r str,
    status: TaskStatus,
    token: &'r str,
    owner: Option<&'r str>,
    on_behalf_of: Option<&'r str>,
    priority: i32,
    created: Timestamp,
    assigned: Option<Timestamp>,
    started: Option<Timestamp>,
    finished: Option<Timestamp>,
    due: Option<Timestamp>,
    error: Option<&'r str>,
    resting: bool,
    previous: Option<TaskId>,
    joined: Option<TaskId>,
    host: Option<TaskId>,
    seed: Option<ReferenceJson<'r>>,
    artifact: Option<ReferenceJson<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'r Document>,
}

impl<'r> TaskJson<'r> {
    fn of(row: &'r Task, data: Option<&'r Document>) -> Self {
        TaskJson {
            id: row.id(),
            process: row.process_id,
            flow: &row.flow,
            node: &row.node,
            kind: &row.kind,
            task_type: &row.task_type,
            status: row.status,
            token: &row.token,
            owner: row.owner(),
            on_behalf_of: row.on_behalf_of(),
            priority: row.priority,
            created: row.created,
            assigned: row.assigned,
            started: row.started,
            finished: row.finished,
            due: row.due,
            error: row.error(),
            resting: row.resting,
            previous: row.previous(),
            joined: row.joined(),
            host: row.host(),
            seed: reference(row.seed_type.as_ref(), row.seed_key.as_ref()),
            artifact: reference(row.artifact_type.as_ref(), row.artifact_key.as_ref()),
            data,
        }
    }
}

#[derive(Serialize)]
struct AuditJson<'r> {
    process: i64,
    number: i64,
    version: i64,
    at: Timestamp,
    actor: &'r str,
    on_behalf_of: Option<&'r str>,
    note: Option<&'r str>,
    action: &'r str,
    task: Option<TaskId>,
    node: Option<&'r str>,
    process_status: ProcessStatus,
    /// To whom a `reassign` gave the task.
    #[serde(skip_serializing_if = "Option::is_none")]
    assigned_to: Option<String>,
    /// `{"2": "DONE"}`, by the numbers of the tasks; of a `reassign` also `"to"`.
    changes: &'r Document,
    fields: Option<&'r Document>,
}

/// Without its document.
impl Serialize for Process {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ProcessJson::of(self, None).serialize(serializer)
    }
}

/// Without its document.
impl Serialize for Task {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        TaskJson::of(self, None).serialize(serializer)
    }
}

impl Serialize for WithDocument<'_, Process> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ProcessJson::of(self.0, Some(&self.0.data)).serialize(serializer)
    }
}

impl Serialize for WithDocument<'_, Task> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        TaskJson::of(self.0, Some(&self.0.data)).serialize(serializer)
    }
}

impl Serialize for AuditRow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let row = AuditJson {
            process: self.process_id,
            number: self.number,
            version: self.version,
            at: self.at,
            actor: &self.actor,
            on_behalf_of: self.on_behalf_of(),
            note: self.note(),
            action: &self.action,
            task: self.task(),
            node: self.node(),
            process_status: self.process_status,
            assigned_to: self.assigned_to(),
            changes: &self.changes,
            fields: self.fields.as_ref(),
        };
        row.serialize(serializer)
    }
}

/// As JSON. One that is not valid JSON is an error.
impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.object() {
            Ok(object) => object.serialize(serializer),
            Err(found) => Err(S::Error::custom(found)),
        }
    }
}

macro_rules! as_word {
    ($($word:ty),*) => {$(
        /// As the word that is stored.
        impl Serialize for $word {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    )*};
}

as_word!(ProcessStatus, TaskStatus, Verb);

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn a_row_keeps_its_document_to_itself() {
        let data = Document::from(r#"{"iban":"DE02","n":1}"#.to_owned());
        let key = Some("order-17".to_owned());
        let row = Process { id: 17, start_key: key, ..Process::new("leave", Timestamp::from_micros(0), data) };
        let json = serde_json::to_value(&row).unwrap();
        assert_eq!(json.get("start_key"), None);
        assert_eq!(serde_json::to_value(row.with_document()).unwrap()["start_key"], "order-17", "an export has it");
        assert_eq!((&json["id"], &json["status"]), (&json!(17), &json!("NEW")));
        assert_eq!(json["created"], "1970-01-01T00:00:00.000000Z");
        assert!(!json.to_string().contains("DE02"));
        assert_eq!(serde_json::to_value(row.with_document()).unwrap()["data"], json!({"iban": "DE02", "n": 1}));

        let mut task = Task { process_id: 17, number: 2, status: TaskStatus::Assigned, ..Task::blank() };
        task.data.set(&["pin"], Value::from("4711")).unwrap();
        let json = serde_json::to_value(&task).unwrap();
        assert_eq!((&json["id"], &json["status"]), (&json!("17.2"), &json!("ASSIGNED")));
        assert!(!json.to_string().contains("4711"));
        assert_eq!(serde_json::to_value(task.with_document()).unwrap()["data"]["pin"], "4711", "as it is now");
    }

    #[test]
    fn a_document_that_is_not_valid_hinders_no_row_without_it() {
        let row = Process::new("leave", Timestamp::from_micros(0), Document::from("{".to_owned()));
        assert!(serde_json::to_value(&row).is_ok());
        assert!(serde_json::to_value(row.with_document()).is_err());
        assert_eq!(serde_json::to_value(Document::default()).unwrap(), json!({}));
    }
}
