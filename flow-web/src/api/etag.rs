//! The entity tag of a task: what the person has seen of it. Not the version of the process, which other branches raise.

use axum::http::header::IF_MATCH;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use flow_core::{FlowConnection, Flows, TaskId, TaskTag};

use crate::fault::Fault;
use crate::visit::Visit;

/// A tag as a header.
pub(crate) fn header(tag: TaskTag) -> Result<HeaderValue, Fault> {
    HeaderValue::from_str(&format!("\"{tag}\"")).map_err(|_| Fault::Changed)
}

/// The flows by which a task is changed: where the request has `If-Match`, only if it is still as one of these tags says.
/// The engine compares again, in the transaction that changes the task.
pub(crate) fn flows<C: FlowConnection + Send>(visit: &Visit<C>, conn: &mut C, task: TaskId) -> Result<Flows<C>, Fault> {
    let flows = visit.flows();
    let Some(wanted) = wanted(&visit.headers) else { return Ok(flows) };
    if wanted.iter().any(|tag| tag == "*") {
        return Ok(flows);
    }
    let mut tags = wanted.iter().filter_map(|tag| tag.strip_prefix('"')?.strip_suffix('"')?.parse::<TaskTag>().ok());
    let first = tags.next().ok_or(Fault::Changed)?;
    // Of several one is right, if any is.
    let found = if tags.clone().next().is_some() { Some(flows.tag(conn, task, visit.user())?) } else { None };
    let expected = found.filter(|found| tags.any(|tag| tag == *found)).unwrap_or(first);
    Ok(flows.if_unchanged(expected))
}

/// Refuses `If-Match` where something is changed that has no tag: its sender relies on a comparison.
pub(crate) fn refuse_untagged(parts: &Parts) -> Result<(), Fault> {
    let path = parts.uri.path();
    if parts.method.is_safe() || path.starts_with("/api/tasks/") {
        return Ok(());
    }
    match wanted(&parts.headers) {
        None => Ok(()),
        // Any process that is there: one that is not there is 404.
        Some(tags) if path.starts_with("/api/processes/") && tags.iter().all(|tag| tag == "*") => Ok(()),
        Some(_) => Err(Fault::Request(StatusCode::PRECONDITION_FAILED, "fault.untagged")),
    }
}

fn wanted(headers: &HeaderMap) -> Option<Vec<String>> {
    let mut all = headers.get_all(IF_MATCH).iter().peekable();
    all.peek()?;
    let texts = all.flat_map(|value| value.to_str().unwrap_or_default().split(','));
    Some(texts.map(|tag| tag.trim().to_owned()).collect())
}
