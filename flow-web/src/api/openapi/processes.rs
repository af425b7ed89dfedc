//! Processes, and what is done with them.

use serde_json::{Map, Value, json};

use super::operation::{Operation, idempotency_key, parameter};
use super::{reference, rows_of};

fn id() -> Value {
    parameter("path", "process", &json!({ "type": "integer", "format": "int64" }))
}

fn operation(name: &str, summary: &str) -> Operation {
    Operation::new("processes", name, summary).fails(&["404"])
}

pub(super) fn describe(paths: &mut Map<String, Value>) {
    for (path, name, summary, schema) in [
        ("", "process", "A process, and what can be done with it", reference("Process")),
        ("/tasks", "tasks_of_process", "Its tasks", rows_of(&reference("Task"))),
        ("/history", "history", "What happened to it", rows_of(&reference("Change"))),
        ("/explain", "explain", "What it waits for", reference("Explanation")),
    ] {
        let get = operation(name, summary).takes([id()]).gives("200", summary, &schema).done();
        paths.insert(format!("/api/processes/{{process}}{path}"), json!({ "get": get }));
    }
    let picture = json!({ "description": "SVG", "content": { "image/svg+xml": { "schema": { "type": "string" } } } });
    let get = operation("diagram", "Its picture, with where it stands").takes([id()]).responds("200", picture).done();
    paths.insert("/api/processes/{process}/diagram.svg".to_owned(), json!({ "get": get }));
    let comment = json!({
        "type": "object", "required": ["text"], "additionalProperties": false,
        "properties": { "text": { "type": "string" } },
    });
    let post = operation("comment", "A comment").takes([id(), idempotency_key()]).body(&comment).fails(&["412"]);
    let post = post.gives("201", "The row of its history", &reference("Change")).or_unseen().done();
    paths.insert("/api/processes/{process}/comment".to_owned(), json!({ "post": post }));
    for (verb, summary) in [
        ("cancel", "Cancels a process"),
        ("suspend", "Suspends a process"),
        ("resume_process", "Lets a suspended process go on"),
    ] {
        let post = operation(verb, summary).takes([id(), idempotency_key()]).body(&reference("Note"));
        let post = post.fails(&["409", "412"]).gives("200", "The process afterwards", &reference("Process"));
        paths.insert(format!("/api/processes/{{process}}/{verb}"), json!({ "post": post.or_unseen().done() }));
    }
}
