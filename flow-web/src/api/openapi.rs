//! The description of the REST interface, as OpenAPI 3.1: with the forms of this app.

use axum::http::StatusCode;
use axum::response::Response;
use flow_core::FlowConnection;
use flow_core::form::form_schema;
use serde_json::{Map, Value, json};

use super::json_response;
use crate::fault::Fault;
use crate::visit::Visit;

/// The document.
pub(crate) async fn document<C: FlowConnection + Send>(visit: Visit<C>) -> Result<Response, Fault> {
    Ok(json_response(StatusCode::OK, &describe(&visit)))
}

/// An operation with its responses: the one of success, and problems: those that any request can have, and of these
/// statuses. A body is JSON and is always there, `{}` where it says nothing: what has none might be the form of another
/// site.
fn operation(tag: &str, id: &str, summary: &str, success: (&str, Value), problems: &[&str]) -> Value {
    let mut responses = Map::new();
    responses.insert(success.0.to_owned(), success.1);
    for status in ["401", "403", "404", "405", "422", "503"].iter().chain(problems) {
        responses.insert((*status).to_owned(), json!({ "$ref": "#/components/responses/Problem" }));
    }
    json!({ "tags": [tag], "operationId": id, "summary": summary, "responses": responses })
}

fn of(description: &str, schema: &Value) -> Value {
    json!({ "description": description, "content": { "application/json": { "schema": schema } } })
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn list_of(schema: &Value) -> Value {
    json!({
        "type": "object", "required": ["rows"],
        "properties": {
            "rows": { "type": "array", "items": schema },
            "next": { "type": ["string", "null"], "description": "`after` of the next page" },
            "problems": { "type": "array", "items": reference("RowProblem") },
        },
    })
}

fn parameter(place: &str, name: &str, schema: &Value) -> Value {
    json!({ "in": place, "name": name, "required": place == "path", "schema": schema })
}

/// The header by which a request has an effect once; with another request it is 422.
fn idempotency_key() -> Value {
    parameter("header", "Idempotency-Key", &json!({ "type": "string", "minLength": 1, "maxLength": 190 }))
}

/// A verb that was done before by a request with its key, about something that the person sees no more.
fn or_unseen(mut operation: Value) -> Value {
    operation["responses"]["204"] =
        json!({ "description": "It was done before, and the person sees nothing of it now" });
    operation
}

fn with_body(mut operation: Value, schema: &Value, required: bool) -> Value {
    operation["requestBody"] = json!({
        "required": required, "content": { "application/json": { "schema": schema } }
    });
    operation
}

fn with_parameters(mut operation: Value, parameters: Vec<Value>) -> Value {
    operation["parameters"] = parameters.into();
    operation
}

fn describe<C: FlowConnection + Send>(visit: &Visit<C>) -> Value {
    let text = json!({ "type": "string" });
    let task_id = parameter("path", "task", &json!({ "type": "string", "pattern": "^[0-9]+\\.[0-9]+$" }));
    let process_id = parameter("path", "process", &json!({ "type": "integer", "format": "int64" }));
    let if_match = parameter("header", "If-Match", &text);
    let (task, process) = (reference("Task"), reference("Process"));
    let mut paths = Map::new();

    let filters = |more: &[(&str, Value)]| -> Vec<Value> {
        let size = json!({ "type": "integer", "minimum": 1, "maximum": 200 });
        let days = json!({ "type": "integer", "minimum": 0 });
        let texts = ["text", "reference", "started_by", "after"].map(|name| (name, text.clone()));
        let flow = json!({ "type": "string", "description": "The stored name of a flow of this app, else 422" });
        let all = [("flow", flow)].into_iter().chain(texts).chain([("size", size), ("older", days)]);
        let all = all.chain(more.iter().cloned());
        all.map(|(name, schema)| parameter("query", name, &schema)).collect()
    };
    let order = json!({ "type": "string", "enum": ["oldest", "newest", "priority", "due"] });
    for (name, summary) in [
        ("inbox", "Tasks that are assigned to the person"),
        ("queue", "Tasks that the person may take"),
        ("archive", "Tasks that the person has done"),
        ("errors", "Tasks that have failed, of the flows that the person manages"),
        ("tasks", "Tasks that are open, of the flows that the person manages"),
    ] {
        let get = operation("lists", name, summary, ("200", of("A page of tasks", &list_of(&task))), &[]);
        let overdue = json!({ "type": "string", "enum": ["yes"] });
        let about = "The stored name of a node of `flow`, or without it of any flow of this app, else 422";
        let node = json!({ "type": "string", "description": about });
        let more = [("node", node), ("owner", text.clone()), ("overdue", overdue), ("order", order.clone())];
        let get = with_parameters(get, filters(&more));
        paths.insert(format!("/api/{name}"), json!({ "get": get }));
    }
    let statuses = json!({ "type": "string", "enum": ["open", "done", "canceled"] });
    let get = operation(
        "lists",
        "processes",
        "Processes that the person may see",
        ("200", of("A page of processes", &list_of(&process))),
        &[],
    );
    let about = "oldest, newest, or with `flow` a field of its forms, with a `-` the greatest first";
    let order = json!({ "type": "string", "description": about });
    let more = [("status", statuses), ("newer", json!({ "type": "integer", "minimum": 0 })), ("order", order)];
    paths.insert("/api/processes".to_owned(), json!({ "get": with_parameters(get, filters(&more)) }));
    let get = operation(
        "starts",
        "starts",
        "Every start of every flow",
        ("200", of("The starts", &list_of(&json!({ "type": "object" })))),
        &[],
    );
    paths.insert("/api/starts".to_owned(), json!({ "get": get }));
    starts(visit, &mut paths, &process);
    messages(&mut paths);
    tasks(&mut paths, &task_id, &if_match, &task);
    processes(&mut paths, &process_id, &process);
    let mut schemas = schemas();
    for flow in visit.flows().all() {
        for node in flow.graph().nodes.iter().filter(|node| node.kind.is_human() && !node.kind.begins()) {
            let name = format!("{}.{}", flow.graph().name, node.name);
            schemas.insert(name, form_schema(flow.fields(node.name)).into());
        }
    }
    json!({
        "openapi": "3.1.1",
        "info": { "title": visit.web.title, "version": env!("CARGO_PKG_VERSION") },
        "servers": [{ "url": if visit.caller.base.is_empty() { "/" } else { &*visit.caller.base } }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": {
                "Problem": {
                    "description": "Why it was not done (RFC 9457)",
                    "content": { "application/problem+json": { "schema": reference("Problem") } },
                },
            },
        },
    })
}

/// The starts of this app, each with the schema of its form.
fn starts<C: FlowConnection + Send>(visit: &Visit<C>, paths: &mut Map<String, Value>, process: &Value) {
    for flow in visit.flows().all() {
        for node in flow.starts() {
            let name = format!("{}.{node}", flow.graph().name);
            let schema: Value = form_schema(flow.fields(node)).into();
            let summary = format!("{}: {}", flow.title(), flow.node_title(node));
            let created = of("The process", process);
            let post =
                operation("starts", &format!("start_{}", name.replace('.', "_")), &summary, ("201", created), &["409"]);
            let post = with_parameters(with_body(post, &schema, true), vec![idempotency_key()]);
            let form = of("Its fields and its schema", &json!({ "type": "object" }));
            let get = operation(
                "starts",
                &format!("form_{}", name.replace('.', "_")),
                &format!("{summary}: its form"),
                ("200", form),
                &[],
            );
            paths.insert(format!("/api/starts/{}/{node}", flow.graph().name), json!({ "get": get, "post": post }));
        }
    }
}

/// Messages, by the name that the catches of flows give.
fn messages(paths: &mut Map<String, Value>) {
    let body = json!({
        "type": "object", "required": ["key"], "additionalProperties": false,
        "properties": {
            "key": { "type": ["string", "number"] },
            "value": { "description": "What the catch takes as its input" },
            "kept_for": { "type": ["integer", "null"], "minimum": 0, "description": "Seconds that it waits for a catch" },
        },
    });
    let delivery = json!({
        "type": "object", "required": ["delivery"],
        "properties": {
            "delivery": { "type": "string", "enum": ["delivered", "kept", "repeated"] },
            "task": { "type": ["string", "null"] },
        },
    });
    let done = ("200", of("One catch has received it, now or when it was sent before", &delivery));
    let mut post = operation("messages", "message", "Sends a message to the catch that waits for it", done, &[]);
    post["responses"]["202"] = of("Nobody waits for it yet: it is kept", &delivery);
    let name = parameter("path", "name", &json!({ "type": "string" }));
    let post = with_parameters(with_body(post, &body, true), vec![name, idempotency_key()]);
    paths.insert("/api/messages/{name}".to_owned(), json!({ "post": post }));
}

fn tasks(paths: &mut Map<String, Value>, id: &Value, if_match: &Value, task: &Value) {
    let object = json!({ "type": "object" });
    let changed = || vec![id.clone(), if_match.clone(), idempotency_key()];
    let one = |name: &str, summary: &str, schema: &Value| {
        let get = operation("tasks", name, summary, ("200", of(summary, schema)), &[]);
        json!({ "get": with_parameters(get, vec![id.clone()]) })
    };
    paths.insert("/api/tasks/{task}".to_owned(), one("task", "A task, and what can be done with it", task));
    paths.insert("/api/tasks/{task}/form".to_owned(), one("task_form", "The form of a task", &object));
    paths.insert(
        "/api/tasks/{task}/explain".to_owned(),
        one("task_explain", "Why a task is in the person's lists, or not", &object),
    );
    paths.insert("/api/tasks/{task}/attempts".to_owned(), one("attempts", "The attempts at a job", &list_of(&object)));
    let done = || ("200", of("The task afterwards", task));
    let put = operation("tasks", "draft", "Keeps a form that is filled in by half", done(), &["409", "412"]);
    let dropped = ("204", json!({ "description": "It is gone" }));
    let delete = operation("tasks", "discard_draft", "Drops what was kept of a form", dropped, &["412"]);
    paths.insert(
        "/api/tasks/{task}/draft".to_owned(),
        json!({
            "put": or_unseen(with_parameters(with_body(put, &object, true), changed())),
            "delete": with_parameters(delete, changed()),
        }),
    );
    let until = json!({
        "type": "object", "required": ["until"], "additionalProperties": false,
        "properties": { "until": { "type": "string", "format": "date-time" } },
    });
    let hidden = ("204", json!({ "description": "It is hidden" }));
    let snooze = "Hides a task from the person's inbox and queue until a time; one that has passed shows it again";
    let post = with_body(operation("tasks", "snooze", snooze, hidden, &["409"]), &until, true);
    paths.insert(
        "/api/tasks/{task}/snooze".to_owned(),
        json!({ "post": with_parameters(post, vec![id.clone(), idempotency_key()]) }),
    );
    for (verb, summary) in [
        ("execute", "Completes a task with its form: the schema is that of the flow and node of the task"),
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
    ] {
        let schema = match verb {
            "execute" | "run" => object.clone(),
            "reassign" => json!({
                "type": "object", "required": ["to"], "additionalProperties": false,
                "properties": { "to": { "type": "string" }, "note": { "type": "string" } },
            }),
            _ => reference("Note"),
        };
        let post = operation("tasks", verb, summary, done(), &["409", "412"]);
        let post = or_unseen(with_parameters(with_body(post, &schema, true), changed()));
        paths.insert(format!("/api/tasks/{{task}}/{verb}"), json!({ "post": post }));
    }
}

fn processes(paths: &mut Map<String, Value>, id: &Value, process: &Value) {
    let object = json!({ "type": "object" });
    let task = reference("Task");
    for (path, name, summary, schema) in [
        ("", "process", "A process, and what can be done with it", process.clone()),
        ("/tasks", "tasks_of_process", "Its tasks", list_of(&task)),
        ("/history", "history", "What happened to it", list_of(&reference("Change"))),
        ("/explain", "explain", "What it waits for", reference("Explanation")),
    ] {
        let get = operation("processes", name, summary, ("200", of(summary, &schema)), &[]);
        let get = with_parameters(get, vec![id.clone()]);
        paths.insert(format!("/api/processes/{{process}}{path}"), json!({ "get": get }));
    }
    let picture = json!({ "description": "SVG", "content": { "image/svg+xml": { "schema": { "type": "string" } } } });
    let get = operation("processes", "diagram", "Its picture, with where it stands", ("200", picture), &[]);
    let get = with_parameters(get, vec![id.clone()]);
    paths.insert("/api/processes/{process}/diagram.svg".to_owned(), json!({ "get": get }));
    let comment = json!({
        "type": "object", "required": ["text"], "additionalProperties": false,
        "properties": { "text": { "type": "string" } },
    });
    let post = operation("processes", "comment", "A comment", ("201", of("The row of its history", &object)), &[]);
    let post = or_unseen(with_parameters(with_body(post, &comment, true), vec![id.clone(), idempotency_key()]));
    paths.insert("/api/processes/{process}/comment".to_owned(), json!({ "post": post }));
    for (verb, summary) in [
        ("cancel", "Cancels a process"),
        ("suspend", "Suspends a process"),
        ("resume_process", "Lets a suspended process go on"),
    ] {
        let post = operation("processes", verb, summary, ("200", of("The process afterwards", process)), &["409"]);
        let post = with_body(post, &reference("Note"), true);
        let post = or_unseen(with_parameters(post, vec![id.clone(), idempotency_key()]));
        paths.insert(format!("/api/processes/{{process}}/{verb}"), json!({ "post": post }));
    }
}

fn schemas() -> Map<String, Value> {
    let text = json!({ "type": "string" });
    let maybe = json!({ "type": ["string", "null"] });
    let time = json!({ "type": ["string", "null"], "format": "date-time" });
    let mut schemas = Map::new();
    let flag = json!({ "type": "boolean" });
    let number = json!({ "type": "integer", "format": "int64" });
    let row = json!({ "oneOf": [reference("Row"), { "type": "null" }] });
    let available = json!({ "type": "array", "items": reference("Availability") });
    let mut insert = |name: &str, required: &[&str], properties: &[(&str, &Value)]| {
        let properties: Map<String, Value> =
            properties.iter().map(|(name, schema)| ((*name).to_owned(), (*schema).clone())).collect();
        let schema = json!({ "type": "object", "required": required, "properties": properties });
        schemas.insert(name.to_owned(), schema);
    };
    insert(
        "Task",
        &["id", "process", "flow", "node", "status"],
        &[
            ("id", &text),
            ("process", &number),
            ("flow", &text),
            ("node", &text),
            ("kind", &text),
            ("task_type", &text),
            ("title", &text),
            ("brief", &maybe),
            ("process_brief", &maybe),
            ("reference", &maybe),
            ("problem", &maybe),
            ("status", &text),
            ("owner", &maybe),
            ("on_behalf_of", &maybe),
            ("priority", &number),
            ("token", &text),
            ("previous", &maybe),
            ("joined", &maybe),
            ("host", &maybe),
            ("seed", &row),
            ("artifact", &row),
            ("created", &time),
            ("assigned", &time),
            ("started", &time),
            ("finished", &time),
            ("due", &time),
            ("error", &maybe),
            ("resting", &flag),
            ("values", &json!({ "type": "object", "description": "What its form has of the process and of the task" })),
            ("available", &available),
        ],
    );
    insert(
        "Process",
        &["id", "flow", "status"],
        &[
            ("id", &number),
            ("flow", &text),
            ("title", &text),
            ("brief", &text),
            ("problem", &maybe),
            ("status", &text),
            ("version", &number),
            ("reference", &maybe),
            ("started_by", &maybe),
            ("start_key", &maybe),
            ("created", &time),
            ("finished", &time),
            ("suspended", &time),
            ("parent", &maybe),
            ("depth", &number),
            ("release", &number),
            ("seed", &row),
            ("artifact", &row),
            ("values", &json!({ "type": "object" })),
            ("available", &available),
        ],
    );
    insert("Row", &["type", "key"], &[("type", &text), ("key", &text)]);
    insert("RowProblem", &["process", "reason"], &[("process", &number), ("task", &maybe), ("reason", &text)]);
    insert("Availability", &["verb", "allowed"], &[("verb", &text), ("allowed", &flag), ("reason", &maybe)]);
    insert(
        "Change",
        &["action", "at", "actor"],
        &[
            ("process", &number),
            ("number", &number),
            ("version", &number),
            ("action", &text),
            ("at", &time),
            ("actor", &text),
            ("on_behalf_of", &maybe),
            ("task", &maybe),
            ("node", &maybe),
            ("note", &maybe),
            ("process_status", &text),
            ("assigned_to", &text),
            ("changes", &json!({ "type": "object", "description": "The new status of each task, by its number" })),
            ("fields", &json!({ "description": "The fields that changed" })),
        ],
    );
    insert(
        "Place",
        &["task", "node", "status", "waits_for"],
        &[
            ("task", &text),
            ("node", &text),
            ("title", &text),
            ("status", &text),
            ("since", &time),
            ("waits_for", &text),
            ("attempts", &number),
            ("next_try", &time),
            ("last_error", &maybe),
            ("then", &json!({ "type": "array", "items": { "type": "string" } })),
        ],
    );
    insert(
        "Explanation",
        &["process", "status", "places", "text"],
        &[
            ("process", &number),
            ("title", &text),
            ("status", &text),
            ("suspended", &time),
            ("places", &json!({ "type": "array", "items": reference("Place") })),
            ("text", &text),
        ],
    );
    schemas.insert(
        "Note".to_owned(),
        json!({ "type": "object", "additionalProperties": false, "properties": { "note": text } }),
    );
    schemas.insert(
        "Problem".to_owned(),
        json!({
            "type": "object", "required": ["type", "title", "status"],
            "properties": {
                "type": text, "title": text, "status": { "type": "integer" }, "detail": text, "instance": text,
                "fields": {
                    "type": "array",
                    "items": {
                        "type": "object", "required": ["field", "kind", "message"],
                        "properties": { "field": text, "kind": text, "message": text },
                    },
                },
                "task": text, "task_status": text, "process_status": text, "by": maybe, "at": time,
            },
        }),
    );
    schemas
}
