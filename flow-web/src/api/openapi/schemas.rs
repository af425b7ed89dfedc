//! What is returned.

use flow_core::{ProcessStatus, TaskStatus};
use serde_json::{Map, Value, json};

use super::reference;

/// All schemas but those of forms.
pub(super) fn all() -> Map<String, Value> {
    let mut schemas = Map::new();
    rows(&mut schemas);
    forms(&mut schemas);
    explanations(&mut schemas);
    requests(&mut schemas);
    schemas
}

/// An object: those of its properties whose names end in `?` may be missing.
fn insert(schemas: &mut Map<String, Value>, name: &str, properties: &[(&str, Value)]) {
    let required: Vec<&str> = properties.iter().map(|(name, _)| *name).filter(|name| !name.ends_with('?')).collect();
    let properties: Map<String, Value> =
        properties.iter().map(|(name, schema)| (name.trim_end_matches('?').to_owned(), schema.clone())).collect();
    schemas.insert(name.to_owned(), json!({ "type": "object", "required": required, "properties": properties }));
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn maybe_text() -> Value {
    json!({ "type": ["string", "null"] })
}

fn number() -> Value {
    json!({ "type": "integer", "format": "int64" })
}

fn flag() -> Value {
    json!({ "type": "boolean" })
}

fn time() -> Value {
    json!({ "type": "string", "format": "date-time" })
}

fn maybe_time() -> Value {
    json!({ "type": ["string", "null"], "format": "date-time" })
}

fn all_of(name: &str) -> Value {
    json!({ "type": "array", "items": reference(name) })
}

fn object(description: &str) -> Value {
    json!({ "type": "object", "description": description })
}

fn task_status() -> Value {
    // A row of a later version may have another one.
    let all = TaskStatus::KNOWN.iter().chain(&[TaskStatus::Unknown]);
    json!({ "type": "string", "enum": all.map(|status| Value::from(status.as_str())).collect::<Value>() })
}

fn process_status() -> Value {
    let all = ProcessStatus::KNOWN.iter().chain(&[ProcessStatus::Unknown]);
    json!({ "type": "string", "enum": all.map(|status| Value::from(status.as_str())).collect::<Value>() })
}

fn rows(schemas: &mut Map<String, Value>) {
    let row = json!({ "oneOf": [reference("Row"), { "type": "null" }] });
    insert(
        schemas,
        "Task",
        &[
            ("id", text()),
            ("process", number()),
            ("flow", text()),
            ("node", text()),
            ("kind", text()),
            ("task_type", text()),
            ("title", text()),
            ("brief?", maybe_text()),
            ("process_brief?", text()),
            ("reference?", maybe_text()),
            ("problem?", maybe_text()),
            ("status", task_status()),
            ("owner", maybe_text()),
            ("on_behalf_of", maybe_text()),
            ("priority", number()),
            ("token", text()),
            ("previous", maybe_text()),
            ("joined", maybe_text()),
            ("host", maybe_text()),
            ("seed", row.clone()),
            ("artifact", row.clone()),
            ("created", time()),
            ("assigned", maybe_time()),
            ("started", maybe_time()),
            ("finished", maybe_time()),
            ("due", maybe_time()),
            ("error", maybe_text()),
            ("resting", flag()),
            ("values?", object("What its form has of the process and of the task")),
            ("available?", all_of("Availability")),
        ],
    );
    insert(
        schemas,
        "Process",
        &[
            ("id", number()),
            ("flow", text()),
            ("title?", text()),
            ("brief?", text()),
            ("problem?", maybe_text()),
            ("status", process_status()),
            ("version", number()),
            ("reference", maybe_text()),
            ("started_by", maybe_text()),
            ("created", time()),
            ("finished", maybe_time()),
            ("suspended", maybe_time()),
            ("parent", maybe_text()),
            ("depth", number()),
            ("release", number()),
            ("seed", row.clone()),
            ("artifact", row),
            ("values?", object("What its forms have of it")),
            ("available?", all_of("Availability")),
        ],
    );
    insert(schemas, "Row", &[("type", text()), ("key", text())]);
    insert(schemas, "RowProblem", &[("process", number()), ("task", maybe_text()), ("reason", text())]);
    insert(schemas, "Availability", &[("verb", text()), ("allowed", flag()), ("reason", maybe_text())]);
    insert(
        schemas,
        "Change",
        &[
            ("process", number()),
            ("number", number()),
            ("version", number()),
            ("action", text()),
            ("at", time()),
            ("actor", text()),
            ("on_behalf_of", maybe_text()),
            ("task", maybe_text()),
            ("node", maybe_text()),
            ("note", maybe_text()),
            ("process_status", process_status()),
            ("assigned_to?", text()),
            ("changes", object("The new status of each task, by its number")),
            ("fields", json!({ "type": ["object", "null"], "description": "The fields that changed" })),
        ],
    );
}

fn forms(schemas: &mut Map<String, Value>) {
    let schema = json!({ "description": "The JSON Schema of what is sent" });
    let mut choices = json!({ "type": "array" });
    choices["items"] = json!({
        "type": "object", "required": ["value", "label", "selected"],
        "properties": { "value": text(), "label": text(), "selected": flag() },
    });
    insert(
        schemas,
        "Field",
        &[
            ("name", text()),
            ("label", text()),
            ("help", text()),
            ("input", json!({ "type": "string", "description": "The `type` of an input of HTML" })),
            ("required", flag()),
            ("optional", flag()),
            ("many", json!({ "type": "boolean", "description": "It is a list" })),
            ("max_length", json!({ "type": ["integer", "null"] })),
            ("pattern", maybe_text()),
            ("min", maybe_text()),
            ("max", maybe_text()),
            ("choices", choices),
            ("texts", json!({ "type": "array", "items": text(), "description": "What it holds" })),
        ],
    );
    insert(schemas, "StartForm", &[("fields", all_of("Field")), ("schema", schema.clone())]);
    insert(
        schemas,
        "TaskForm",
        &[("fields", all_of("Field")), ("values", object("By the names of the fields")), ("schema", schema)],
    );
    insert(
        schemas,
        "StartPlace",
        &[
            ("flow", text()),
            ("node", text()),
            ("flow_title", text()),
            ("title", text()),
            ("allowed", flag()),
            ("reason", maybe_text()),
        ],
    );
}

fn explanations(schemas: &mut Map<String, Value>) {
    insert(
        schemas,
        "Attempt",
        &[("number", number()), ("started", time()), ("ended", maybe_time()), ("error", maybe_text())],
    );
    insert(
        schemas,
        "TaskExplanation",
        &[
            ("task", text()),
            ("in_inbox", flag()),
            ("in_queue", flag()),
            ("reason", maybe_text()),
            ("text", json!({ "type": "string", "description": "The same, in one sentence" })),
        ],
    );
    insert(
        schemas,
        "Place",
        &[
            ("task", text()),
            ("node", text()),
            ("title", text()),
            ("status", task_status()),
            ("since", maybe_time()),
            ("waits_for", text()),
            ("attempts", number()),
            ("next_try", maybe_time()),
            ("last_error", maybe_text()),
            ("then", json!({ "type": "array", "items": text() })),
        ],
    );
    insert(
        schemas,
        "Explanation",
        &[
            ("process", number()),
            ("title", text()),
            ("status", process_status()),
            ("suspended", maybe_time()),
            ("places", all_of("Place")),
            ("text", text()),
        ],
    );
    let outcomes = json!({ "type": "string", "enum": ["delivered", "kept", "repeated"] });
    insert(schemas, "Delivery", &[("delivery", outcomes), ("task", maybe_text())]);
}

fn requests(schemas: &mut Map<String, Value>) {
    schemas.insert(
        "Note".to_owned(),
        json!({
            "type": "object", "additionalProperties": false,
            "properties": { "note": { "type": ["string", "null"], "description": "Why: the history keeps it" } },
        }),
    );
    let wrong = json!({
        "type": "object", "required": ["field", "kind", "message"],
        "properties": { "field": text(), "kind": text(), "message": text() },
    });
    insert(
        schemas,
        "Problem",
        &[
            ("type", text()),
            ("title", text()),
            ("status", json!({ "type": "integer" })),
            ("detail?", text()),
            ("instance?", text()),
            ("fields?", json!({ "type": "array", "items": wrong })),
            ("task?", text()),
            ("task_status?", task_status()),
            ("process_status?", process_status()),
            ("by?", maybe_text()),
            ("at?", maybe_time()),
        ],
    );
}
