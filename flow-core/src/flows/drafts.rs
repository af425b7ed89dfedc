//! Half-filled forms, kept with their task for the user who fills them in.

use serde_json::{Map, Value};

use super::Flows;
use crate::data::Document;
use crate::form::{self, Sent};
use crate::proxy::LARGEST_DOCUMENT;
use crate::store::{FlowConnection, Store as _};
use crate::{Error, FieldError, FieldErrorKind, FormField, Result, TaskId, TaskView, User, clock};

impl<C: FlowConnection> Flows<C> {
    /// Saves a half-filled form of a task, for this user alone. It is not validated: required fields may be missing, and
    /// texts may not be valid yet. [`form`](Flows::form) and [`values_for`](Flows::values_for) return it; it replaces an
    /// earlier draft, and is deleted when the task is done or cancelled. Secret fields are not saved.
    ///
    /// ```
    /// use flow_core::form::Sent;
    /// use flow_core::prelude::*;
    ///
    /// #[derive(ProcessProxy)]
    /// pub struct LeaveProcess { process: Process, #[json(default)] days: i64, #[json(default)] note: String }
    ///
    /// #[flow(process = LeaveProcess)]
    /// pub struct LeaveFlow {
    ///     #[node(permission(anyone), next = this.ask)] start: Start,
    ///     #[node(form = AskForm { days, note }, permission(anyone), next = this.end)] ask: View,
    ///     end: End,
    /// }
    ///
    /// static FLOWS: Flows<diesel::SqliteConnection> = flows![LeaveFlow];
    ///
    /// fn main() -> flow_core::Result<()> {
    ///     let mut conn = flow_core::sqlite::open(":memory:")?;
    ///     FLOWS.migrate(&mut conn)?;
    ///     let anna = System("anna");
    ///     LeaveFlow.start.run(&mut conn, &anna, ())?;
    ///     let task = FLOWS.queue(&mut conn, &anna)?[0].id();
    ///     FLOWS.draft(&mut conn, task, &anna, Sent::Urlencoded(b"days=&note=beach"))?;
    ///     assert_eq!(FLOWS.values_for(&mut conn, task, &anna)?["note"], "beach");
    ///     assert_eq!(FLOWS.values_for(&mut conn, task, &System("ben"))?["note"], "");
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    /// `Denied` if the user neither owns the task nor may claim it; `Conflict` if it is done or cancelled; `NotFound` if
    /// it is not a task of a `View`; `Invalid` if what was sent is not a form, has a field that the form has not, or is
    /// too large.
    pub fn draft(&self, conn: &mut C, task: TaskId, user: &dyn User, sent: Sent<'_>) -> Result<()> {
        conn.atomically(|conn| {
            self.hold_expected(conn, task, user)?;
            let row = self.open_work(conn, task, user)?;
            let document = kept(self.fields(row.flow(), row.node()), sent)?;
            conn.store().save_draft(task, user.id(), &document, clock::now())?;
            Ok(())
        })
    }

    /// Deletes the draft of this user, if there is one.
    ///
    /// # Errors
    /// `Database`.
    pub fn discard_draft(&self, conn: &mut C, task: TaskId, user: &dyn User) -> Result<()> {
        conn.atomically(|conn| {
            self.hold_expected(conn, task, user)?;
            Ok(conn.store().delete_draft(task, user.id())?)
        })
    }

    /// The values of a task's form as this user left them: those of the process as by [`values`](Flows::values), and over
    /// them those of the user's draft.
    ///
    /// # Errors
    /// `NotFound` if there is no such task.
    pub fn values_for(&self, conn: &mut C, task: TaskId, user: &dyn User) -> Result<Map<String, Value>> {
        let mut values = self.values(conn, task)?;
        values.extend(self.draft_of(conn, task, user)?);
        Ok(values)
    }

    /// As [`values_for`](Flows::values_for), of a task that was read already.
    ///
    /// # Errors
    /// `Database`, where the task was read for somebody else.
    pub fn values_in(&self, conn: &mut C, view: &TaskView, user: &dyn User) -> Result<Map<String, Value>> {
        let fields = self.fields(view.task.flow(), view.task.node());
        let mut values = form::values_of_task(fields, view.process(), &view.task);
        if let Some(draft) = self.draft_in(conn, view, user)? {
            values.extend(drafted(fields, &draft));
        }
        Ok(values)
    }

    /// What this user has half filled in, by the names of the fields that the form has now.
    pub(super) fn draft_of(&self, conn: &mut C, task: TaskId, user: &dyn User) -> Result<Map<String, Value>> {
        let Some(document) = conn.store().draft(task, user.id())? else { return Ok(Map::new()) };
        let row = self.task(conn, task)?;
        Ok(drafted(self.fields(row.flow(), row.node()), &document))
    }

    /// The draft of this user, which a view of theirs has.
    pub(super) fn draft_in(&self, conn: &mut C, view: &TaskView, user: &dyn User) -> Result<Option<Document>> {
        match &view.draft {
            (viewer, draft) if viewer == user.id() => Ok(draft.clone()),
            _ => Ok(conn.store().draft(view.task.id(), user.id())?),
        }
    }

    /// A task of a `View` that is open, and that this user owns or may claim.
    pub(super) fn open_work(&self, conn: &mut C, task: TaskId, user: &dyn User) -> Result<crate::Task> {
        let (flow, at) = self.node_of(conn, task, super::by_id::PEOPLE)?;
        flow.may_work(conn, at, task, user)
    }
}

/// The values of a draft, by the names of the fields that the form has now.
pub(super) fn drafted(fields: &[FormField], document: &Document) -> Map<String, Value> {
    let Ok(Value::Object(mut draft)) = serde_json::from_str(&document.to_json()) else { return Map::new() };
    draft.retain(|name, _| fields.iter().any(|field| field.name == name.as_str() && !field.secret));
    draft
}

/// What is kept of what was sent, by the form's fields.
fn kept(fields: &[FormField], sent: Sent<'_>) -> Result<Document> {
    let html = matches!(sent, Sent::Urlencoded(_));
    let mut values = sent.values()?;
    let known = |name: &str| fields.iter().any(|field| field.name == name);
    let faults: Vec<FieldError> = values
        .keys()
        .filter(|name| !known(name))
        .map(|name| FieldError::of(FieldErrorKind::Unknown, name.clone(), "is not a field of this form"))
        .collect();
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    for field in fields {
        if field.secret {
            values.remove(field.name);
        } else if html && field.is_checkbox() {
            // An HTML form does not send one that is off.
            let is_on = values.get(field.name).is_some_and(is_on);
            values.insert(field.name.to_owned(), is_on.into());
        } else if html && let Some(value) = values.get_mut(field.name) {
            *value = typed(field, value.take());
        }
    }
    let json = Value::Object(values).to_string();
    if json.len() > LARGEST_DOCUMENT {
        return Err(Error::invalid(
            "draft",
            format!("is {} bytes large, at most {LARGEST_DOCUMENT} are allowed", json.len()),
        ));
    }
    Ok(Document::from(json.replace("\\u0000", "\\ufffd")))
}

/// What the texts of an HTML form say for a field, so that other clients read the draft as they read the form. What says
/// nothing, or no value of its type, is kept as it was typed.
fn typed(field: &FormField, sent: Value) -> Value {
    let texts: Option<Vec<String>> = match &sent {
        Value::String(text) => Some(vec![text.clone()]),
        Value::Array(texts) => texts.iter().map(|text| text.as_str().map(str::to_owned)).collect(),
        _ => None,
    };
    texts.and_then(|texts| field.value_of_texts(&texts)).unwrap_or(sent)
}

/// Whether a checkbox is on. A hidden field may stand in front of it, for its being off.
fn is_on(value: &Value) -> bool {
    match value {
        Value::String(text) => matches!(text.as_str(), "on" | "true" | "yes" | "1"),
        Value::Array(texts) => texts.last().is_some_and(is_on),
        _ => false,
    }
}
