//! The entity tag of a task: its status, its owner, and what the person has kept of its form. Not the version of the
//! process, which other branches raise.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use axum::http::header::IF_MATCH;
use axum::http::{HeaderMap, HeaderValue};
use flow_core::{FlowConnection, Task};

use crate::fault::Fault;
use crate::visit::Visit;

/// The tag of a task as this person sees it.
pub(crate) fn of<C: FlowConnection + Send>(visit: &Visit<C>, conn: &mut C, task: &Task) -> Result<String, Fault> {
    let values = visit.flows().values_for(conn, task.id(), visit.user())?;
    let mut hasher = DefaultHasher::new();
    task.id().hash(&mut hasher);
    task.status().as_str().hash(&mut hasher);
    task.owner().hash(&mut hasher);
    task.resting().hash(&mut hasher);
    serde_json::Value::Object(values).to_string().hash(&mut hasher);
    Ok(format!("\"{:016x}\"", hasher.finish()))
}

/// Refuses a request whose `If-Match` names another state than that of the task. The engine looks again in the
/// transaction, at all that its verb depends on.
pub(crate) fn check<C: FlowConnection + Send>(visit: &Visit<C>, conn: &mut C, task: &Task) -> Result<(), Fault> {
    let Some(wanted) = wanted(&visit.headers) else { return Ok(()) };
    if wanted.iter().any(|tag| tag == "*") {
        return Ok(());
    }
    let tag = of(visit, conn, task)?;
    if wanted.contains(&tag) { Ok(()) } else { Err(Fault::Changed) }
}

fn wanted(headers: &HeaderMap) -> Option<Vec<String>> {
    let mut all = headers.get_all(IF_MATCH).iter().peekable();
    all.peek()?;
    let texts = all.flat_map(|value| value.to_str().unwrap_or_default().split(','));
    Some(texts.map(|tag| tag.trim().to_owned()).collect())
}

/// The header.
pub(crate) fn header(tag: &str) -> HeaderValue {
    HeaderValue::from_str(tag).unwrap_or(HeaderValue::from_static("\"\""))
}
