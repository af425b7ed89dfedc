//! Tasks, and what is done with them.

use flow_core::FlowConnection;
use serde_json::{Map, Value, json};

use super::operation::{Operation, idempotency_key, parameter};
use super::{forms, reference, rows_of};
use crate::visit::Visit;

/// Verbs that take nothing but a reason, and "execute" and others that take more.
const VERBS: &[(&str, &str)] = &[
    ("execute", "Completes a task with the form of its flow and node"),
    ("run", "Completes a task that waits for a program, with its input"),
    ("assign", "Takes a task"),
    ("unassign", "Gives a task back"),
    ("reassign", "Gives a task to another person"),
    ("cancel_task", "Cancels a task"),
    ("end_branch", "Ends the branch of a task"),
    ("undo", "Undoes a task that is done"),
    ("revive", "Replaces a task by a new one"),
    ("retry", "Tries once more what has failed"),
    ("go_back", "Goes back to a task that is done"),
    ("move_retired", "Moves a task of a node that is obsolete on"),
];

fn id() -> Value {
    parameter("path", "task", &json!({ "type": "string", "pattern": "^[0-9]+\\.[0-9]+$" }))
}

/// The parameters of what changes a task.
fn changed() -> [Value; 3] {
    let mut if_match = parameter("header", "If-Match", &json!({ "type": "string" }));
    if_match["description"] = "The `ETag` of the task as the sender has seen it".into();
    [id(), if_match, idempotency_key()]
}

fn operation(name: &str, summary: &str) -> Operation {
    // Also what is only read: a task that somebody else has taken meanwhile is 409, and says who.
    Operation::new("tasks", name, summary).fails(&["404", "409"])
}

/// It responds with the task, which has a tag.
fn gives_task(operation: Operation, description: &str) -> Operation {
    operation.gives("200", description, &reference("Task")).with_header("200", "ETag")
}

pub(super) fn describe<C: FlowConnection + Send>(visit: &Visit<C>, paths: &mut Map<String, Value>) {
    let read = operation("task", "A task, and what can be done with it").takes([id()]);
    let read = gives_task(read, "The task").done();
    paths.insert("/api/tasks/{task}".to_owned(), json!({ "get": read }));
    let form = operation("task_form", "The form of a task").takes([id()]);
    let form = form.gives("200", "Its fields, their values and its schema", &reference("TaskForm"));
    paths.insert("/api/tasks/{task}/form".to_owned(), json!({ "get": form.with_header("200", "ETag").done() }));
    let why = operation("task_explain", "Why a task is in the person's lists, or not").takes([id()]);
    let why = why.gives("200", "Why", &reference("TaskExplanation")).done();
    paths.insert("/api/tasks/{task}/explain".to_owned(), json!({ "get": why }));
    let attempts = operation("attempts", "The attempts at a job").takes([id()]);
    let attempts = attempts.gives("200", "The attempts that have failed", &rows_of(&reference("Attempt"))).done();
    paths.insert("/api/tasks/{task}/attempts".to_owned(), json!({ "get": attempts }));
    drafts(paths);
    snooze(paths);
    for (verb, summary) in VERBS {
        let schema = match *verb {
            "execute" => forms::of_people(visit),
            "run" => forms::of_programs(visit),
            "reassign" => json!({
                "type": "object", "required": ["to"], "additionalProperties": false,
                "properties": { "to": { "type": "string" }, "note": { "type": ["string", "null"] } },
            }),
            _ => reference("Note"),
        };
        let post = operation(verb, summary).takes(changed()).body(&schema).fails(&["412"]);
        let post = gives_task(post, "The task afterwards").or_unseen().done();
        paths.insert(format!("/api/tasks/{{task}}/{verb}"), json!({ "post": post }));
    }
}

fn drafts(paths: &mut Map<String, Value>) {
    let about = "Any fields of the form, with any values: it is not validated before it is sent to `execute`";
    let half = json!({ "type": "object", "description": about });
    let put = operation("draft", "Keeps a form that is filled in by half").takes(changed()).body(&half);
    let put = gives_task(put.fails(&["412"]), "The task afterwards").or_unseen().done();
    let delete = operation("discard_draft", "Drops what was kept of a form").takes(changed()).fails(&["412"]);
    let delete = delete.gives_nothing("It is gone").done();
    paths.insert("/api/tasks/{task}/draft".to_owned(), json!({ "put": put, "delete": delete }));
}

fn snooze(paths: &mut Map<String, Value>) {
    let until = json!({
        "type": "object", "required": ["until"], "additionalProperties": false,
        "properties": { "until": { "type": "string", "format": "date-time" } },
    });
    let about = "Hides a task from the person's inbox and queue until a time; one that has passed shows it again";
    let post = operation("snooze", about).takes(changed()).body(&until).fails(&["412"]);
    let post = post.gives_nothing("It is hidden, or shown again").done();
    paths.insert("/api/tasks/{task}/snooze".to_owned(), json!({ "post": post }));
}
