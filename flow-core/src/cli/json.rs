//! What is printed with `--json`. Names stay as they are: programs read them.

use serde_json::{Value, json};

use crate::{DueReport, DueWork, Explanation, Place, Problem, ProcessRow, RetiredPlace, TaskRow, Unmoved, WaitsFor};

pub(super) fn problem(problem: &Problem) -> Value {
    json!({
        "flow": problem.flow,
        "process": problem.process,
        "task": problem.task,
        "node": problem.node,
        "kind": problem.kind.word(),
        "message": problem.to_string(),
    })
}

pub(super) fn process_row(row: &ProcessRow) -> Value {
    json!({
        "process": row.process(),
        "title": row.title(),
        "brief": row.brief(),
        "problem": row.problem(),
    })
}

pub(super) fn task_row(row: &TaskRow) -> Value {
    json!({
        "task": row.task(),
        "title": row.title(),
        "brief": row.brief(),
        "problem": row.problem(),
    })
}

pub(super) fn explanation(explanation: &Explanation) -> Value {
    json!({
        "process": explanation.process,
        "title": explanation.title,
        "status": explanation.status,
        "suspended": explanation.suspended,
        "places": explanation.places.iter().map(place).collect::<Vec<_>>(),
    })
}

fn place(place: &Place) -> Value {
    json!({
        "task": place.task,
        "node": place.node,
        "title": place.title,
        "status": place.status,
        "since": place.since,
        "waits_for": waits_for(&place.waits_for),
        "attempts": place.attempts,
        "next_try": place.next_try,
        "last_error": place.last_error,
        "then": place.then,
    })
}

fn waits_for(what: &WaitsFor) -> Value {
    match what {
        WaitsFor::Anybody => json!({ "kind": "anybody" }),
        WaitsFor::Person(person) => json!({ "kind": "person", "person": person }),
        WaitsFor::Code => json!({ "kind": "code" }),
        WaitsFor::Message(name, key) => json!({ "kind": "message", "name": name, "key": key }),
        WaitsFor::Signal(name) => json!({ "kind": "signal", "name": name }),
        WaitsFor::Condition => json!({ "kind": "condition" }),
        WaitsFor::Worker => json!({ "kind": "worker" }),
        WaitsFor::RunningUntil(until) => json!({ "kind": "running", "until": until }),
        WaitsFor::Time(at) => json!({ "kind": "time", "at": at }),
        WaitsFor::Branches { arrived, open } => json!({ "kind": "branches", "arrived": arrived, "open": open }),
        WaitsFor::Child(child) => json!({ "kind": "child", "process": child }),
        WaitsFor::Compensation { open } => json!({ "kind": "compensation", "open": open }),
        WaitsFor::Turn => json!({ "kind": "turn" }),
        WaitsFor::Children(open) => json!({ "kind": "children", "open": open }),
        WaitsFor::Retry => json!({ "kind": "retry" }),
        WaitsFor::Revive => json!({ "kind": "revive" }),
        WaitsFor::Resume => json!({ "kind": "resume" }),
        WaitsFor::MoveOn => json!({ "kind": "move_on" }),
        WaitsFor::OtherRelease => json!({ "kind": "other_release" }),
    }
}

pub(super) fn due_work(work: &DueWork) -> Value {
    let held = work.held.as_ref();
    json!({
        "flow": work.flow,
        "process": work.process,
        "task": work.task,
        "node": work.node,
        "kind": work.kind,
        "due": work.due,
        "attempt": work.attempt,
        "held": held.map(|held| json!({ "worker": held.worker, "since": held.since, "until": held.until })),
        "last_error": work.last_error,
        "postponed": work.postponed,
        "queue": work.queue,
        "priority": work.priority,
    })
}

pub(super) fn report(report: &DueReport) -> Value {
    let problems = report.problems.iter().map(|problem| {
        json!({
            "flow": problem.flow,
            "process": problem.process,
            "task": problem.task,
            "node": problem.node,
            "error": problem.error,
            "message": problem.to_string(),
        })
    });
    json!({
        "done": report.done,
        "failed": report.failed,
        "retried": report.retried,
        "passed": report.passed,
        "postponed": report.postponed,
        "unknown": report.unknown,
        "problems": problems.collect::<Vec<_>>(),
    })
}

pub(super) fn retired(place: &RetiredPlace) -> Value {
    json!({
        "flow": place.flow,
        "node": place.node,
        "to": place.to,
        "tasks": place.tasks,
        "oldest": place.oldest,
        "stays": place.stays.iter().map(unmoved).collect::<Vec<_>>(),
    })
}

pub(super) fn unmoved(stays: &Unmoved) -> Value {
    json!({ "task": stays.task, "error": super::output::error(&stays.error) })
}
