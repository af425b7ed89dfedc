//! Commands that look and change nothing.

use std::fmt::Write as _;

use serde_json::json;

use super::args::{List, Status};
use super::json;
use super::output::{Failure, Output};
use crate::store::FlowConnection;
use crate::{Flows, ProcessId, ProcessStatus, TaskOrder};

pub(super) fn check<C: FlowConnection>(flows: &Flows<C>, conn: &mut C, deep: bool) -> Result<Output, Failure> {
    let mut problems = flows.check(conn)?;
    if deep {
        problems.extend(flows.check_deep(conn)?);
    }
    let json = json!(problems.iter().map(json::problem).collect::<Vec<_>>());
    let found = !problems.is_empty();
    Ok(Output::lines(&problems, ToString::to_string, "no problems", json).found(found))
}

pub(super) fn list<C: FlowConnection>(flows: &Flows<C>, conn: &mut C, list: List) -> Result<Output, Failure> {
    let List { flow, status, reference, errors, limit, after } = list;
    if let Some(flow) = &flow {
        flows.get(flow)?;
    }
    let limit = usize::from(limit);
    if errors {
        let mut tasks = flows.find_tasks().errors().order(TaskOrder::Oldest).page_size(limit);
        if let Some(flow) = flow {
            tasks = tasks.flow(flow);
        }
        if let Some(after) = after {
            tasks = tasks.after(after);
        }
        let page = tasks.load(conn)?;
        let json = json!({
            "tasks": page.rows.iter().map(json::task_row).collect::<Vec<_>>(),
            "next": page.next.map(|next| next.to_string()),
        });
        let line = |row: &crate::TaskRow| {
            let (task, error) = (row.task(), row.task().error().unwrap_or_default());
            format!("{}  {}.{}  since {}  {error}", task.id(), task.flow(), task.node(), task.created())
        };
        return Ok(with_next(Output::lines(&page.rows, line, "no tasks", json), page.next));
    }
    let mut processes = flows.find_processes().page_size(limit);
    if let Some(flow) = flow {
        processes = processes.flow(flow);
    }
    if let Some(reference) = reference {
        processes = processes.reference(reference);
    }
    processes = match status {
        Status::Open => processes.open(),
        Status::Done => processes.status(ProcessStatus::Done),
        Status::Canceled => processes.status(ProcessStatus::Canceled),
        Status::All => processes,
    };
    if let Some(after) = after {
        processes = processes.after(after);
    }
    let page = processes.load(conn)?;
    let json = json!({
        "processes": page.rows.iter().map(json::process_row).collect::<Vec<_>>(),
        "next": page.next.map(|next| next.to_string()),
    });
    let line = |row: &crate::ProcessRow| {
        let process = row.process();
        let reference = row.reference().map_or_else(String::new, |reference| format!("  {reference}"));
        let (id, flow, status, created) = (process.id(), process.flow(), process.status(), process.created());
        format!("{id}  {flow}  {status}  since {created}{reference}  {}", row.brief())
    };
    Ok(with_next(Output::lines(&page.rows, line, "no processes", json), page.next))
}

/// Says how the next page is asked for.
fn with_next(output: Output, next: Option<crate::Cursor>) -> Output {
    match next {
        Some(next) => output.and(&format!("\nmore: --after {next}")),
        None => output,
    }
}

pub(super) fn show<C: FlowConnection>(flows: &Flows<C>, conn: &mut C, id: ProcessId) -> Result<Output, Failure> {
    let process = flows.process(conn, id)?;
    let (tasks, history) = (flows.tasks(conn, id)?, flows.history(conn, id)?);
    let mut text = format!("process {id} of `{}` is {}", process.flow(), process.status());
    let _ = write!(text, ", since {}, release {}", process.created(), process.release());
    if let Some(reference) = process.reference() {
        let _ = write!(text, ", reference {reference}");
    }
    if let Some(parent) = process.parent() {
        let _ = write!(text, ", child of task {parent}");
    }
    text.push_str("\ntasks:");
    for task in &tasks {
        let owner = task.owner().map_or_else(String::new, |owner| format!(" of {owner}"));
        let _ = write!(text, "\n  {}  {}  {}{owner}, {}", task.id(), task.node(), task.status(), task.created());
        if let Some(error) = task.error() {
            let _ = write!(text, ": {error}");
        }
    }
    text.push_str("\nhistory:");
    for row in &history {
        let node = row.node().map_or_else(String::new, |node| format!(" {node}"));
        let task = row.task().map_or_else(String::new, |task| format!(" ({task})"));
        let note = row.note().map_or_else(String::new, |note| format!(": {note}"));
        let to = row.assigned_to().map_or_else(String::new, |to| format!(" to {to}"));
        let _ = write!(text, "\n  {}  {}{node}{task}{to} by {}{note}", row.at(), row.action(), row.actor());
    }
    Ok(Output::new(text, json!({ "process": process, "tasks": tasks, "history": history })))
}

pub(super) fn explain<C: FlowConnection>(flows: &Flows<C>, conn: &mut C, id: ProcessId) -> Result<Output, Failure> {
    let explanation = flows.explain(conn, id)?;
    Ok(Output::new(explanation.to_string(), json::explanation(&explanation)))
}

pub(super) fn due<C: FlowConnection>(flows: &Flows<C>, conn: &mut C) -> Result<Output, Failure> {
    let work = flows.due_work(conn)?;
    let json = json!(work.iter().map(json::due_work).collect::<Vec<_>>());
    let line = |work: &crate::DueWork| {
        let subject = work.task.map_or_else(|| work.process.to_string(), |task| task.to_string());
        let node = work.node.as_ref().map_or_else(String::new, |node| format!(".{node}"));
        let mut line = format!("{subject}  {}  {}{node}  due {}", work.kind, work.flow, work.due);
        if let Some(held) = &work.held {
            let _ = write!(line, "  held by {} until {}", held.worker, held.until);
        }
        if work.attempt > 0 {
            let _ = write!(line, "  attempt {}", work.attempt);
        }
        if let Some(error) = &work.last_error {
            let _ = write!(line, "  last error: {error}");
        }
        line
    };
    Ok(Output::lines(&work, line, "nothing is due", json))
}
