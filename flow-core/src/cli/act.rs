//! Commands that change processes, or do what is due.

use std::fmt::Display;

use serde_json::{Value, json};

use super::args::Target;
use super::json;
use super::output::{self, Failure, Output};
use super::user::Operator;
use crate::store::FlowConnection;
use crate::{DueReport, ErrorKind, Flows, TaskId, Worker};

pub(super) fn retry<C: FlowConnection>(
    flows: &Flows<C>,
    conn: &mut C,
    user: &Operator,
    tasks: &[TaskId],
) -> Result<Output, Failure> {
    each(tasks, |task| {
        let row = flows.retry(conn, *task, user)?;
        Ok((format!("task {task} of `{}.{}` is {}", row.flow(), row.node(), row.status()), json!(row.status())))
    })
}

pub(super) fn cancel<C: FlowConnection>(
    flows: &Flows<C>,
    conn: &mut C,
    user: &Operator,
    targets: &[Target],
) -> Result<Output, Failure> {
    each(targets, |target| match target {
        Target::Process(id) => {
            let row = flows.cancel(conn, *id, user)?;
            Ok((format!("process {id} of `{}` is {}", row.flow(), row.status()), json!(row.status())))
        }
        Target::Task(id) => {
            let row = flows.cancel_task(conn, *id, user)?;
            let text = format!("task {id} of `{}.{}` is {}", row.flow(), row.node(), row.status());
            Ok((text, json!(row.status())))
        }
    })
}

/// Does something with each id. What is refused stops no other; of a single id it is the command's failure. A database
/// that fails ends the command.
fn each<T: Display>(ids: &[T], mut f: impl FnMut(&T) -> crate::Result<(String, Value)>) -> Result<Output, Failure> {
    let (mut lines, mut rows, mut refused) = (Vec::new(), Vec::new(), false);
    for id in ids {
        match f(id) {
            Ok((line, status)) => {
                lines.push(line);
                rows.push(json!({ "id": id.to_string(), "status": status, "error": null }));
            }
            Err(error) if ids.len() == 1 || error.kind() == ErrorKind::Database => return Err(error.into()),
            Err(error) => {
                refused = true;
                lines.push(format!("{id}: {error}"));
                rows.push(json!({ "id": id.to_string(), "status": null, "error": output::error(&error) }));
            }
        }
    }
    Ok(Output::new(lines.join("\n"), json!(rows)).found(refused))
}

pub(super) fn run_due<C: FlowConnection>(flows: &Flows<C>, conn: &mut C) -> Result<Output, Failure> {
    Ok(report(&flows.run_due(conn)?))
}

pub(super) fn work<C: FlowConnection>(worker: Worker<C>) -> Result<Output, Failure> {
    let running = worker.start()?;
    running.stop_on_signals()?;
    // Failures of single jobs are in the log and in the database; the exit code is about the worker.
    let DueReport { done, failed, retried, passed, postponed, unknown, .. } = running.wait();
    let done = DueReport { done, failed, retried, passed, postponed, unknown, ..DueReport::default() };
    Ok(Output::new(text(&done), json::report(&done)))
}

fn report(report: &DueReport) -> Output {
    let mut lines = vec![text(report)];
    lines.extend(report.problems.iter().map(ToString::to_string));
    Output::new(lines.join("\n"), json::report(report)).found(!report.problems.is_empty())
}

fn text(report: &DueReport) -> String {
    let DueReport { done, failed, retried, passed, postponed, unknown, .. } = report;
    format!(
        "{done} done, {failed} failed, {retried} failed and tried again, {passed} not needed any more, {postponed} \
         postponed, {unknown} not known"
    )
}

pub(super) fn plan<C: FlowConnection>(flows: &Flows<C>, conn: &mut C) -> Result<Output, Failure> {
    let places = flows.retired(conn)?;
    let json = json!(places.iter().map(json::retired).collect::<Vec<_>>());
    let stays = places.iter().any(|place| !place.stays.is_empty());
    let line = |place: &crate::RetiredPlace| {
        let stays = place.stays.iter().map(|stays| format!("\n  {stays}"));
        format!("{place}{}", stays.collect::<String>())
    };
    Ok(Output::lines(&places, line, "nothing is to be moved", json).found(stays))
}

pub(super) fn move_retired<C: FlowConnection>(
    flows: &Flows<C>,
    conn: &mut C,
    user: &Operator,
) -> Result<Output, Failure> {
    let done = flows.move_retired(conn, user)?;
    let json = json!({
        "moved": done.moved,
        "stays": done.stays.iter().map(json::unmoved).collect::<Vec<_>>(),
    });
    let mut lines = vec![format!("{} tasks moved, {} stay", done.moved.len(), done.stays.len())];
    lines.extend(done.stays.iter().map(ToString::to_string));
    Ok(Output::new(lines.join("\n"), json).found(!done.stays.is_empty()))
}
