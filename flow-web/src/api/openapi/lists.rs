//! The lists.

use serde_json::{Map, Value, json};

use super::operation::{Operation, parameter};
use super::reference;

pub(super) fn describe(paths: &mut Map<String, Value>) {
    let text = json!({ "type": "string" });
    let order = json!({ "type": "string", "enum": ["oldest", "newest", "priority", "due"] });
    for (name, summary) in [
        ("inbox", "Tasks that are assigned to the person"),
        ("queue", "Tasks that the person may take"),
        ("archive", "Tasks that the person has done"),
        ("errors", "Tasks that have failed, of the flows that the person manages"),
        ("tasks", "Tasks that are open, of the flows that the person manages"),
    ] {
        let about = "The stored name of a node of `flow`, or without it of any flow of this app, else 422";
        let node = json!({ "type": "string", "description": about });
        let overdue = json!({ "type": "string", "enum": ["yes"] });
        let more = [("node", node), ("owner", text.clone()), ("overdue", overdue), ("order", order.clone())];
        let get = Operation::new("lists", name, summary).takes(filters(&more));
        let get = get.gives("200", "A page of tasks", &page_of(&reference("Task"))).done();
        paths.insert(format!("/api/{name}"), json!({ "get": get }));
    }
    let statuses = json!({ "type": "string", "enum": ["open", "done", "canceled"] });
    let about = "oldest, newest, or with `flow` a field of its forms, with a `-` the greatest first";
    let order = json!({ "type": "string", "description": about });
    let more = [("status", statuses), ("newer", json!({ "type": "integer", "minimum": 0 })), ("order", order)];
    let get = Operation::new("lists", "processes", "Processes that the person may see").takes(filters(&more));
    let get = get.gives("200", "A page of processes", &page_of(&reference("Process"))).done();
    paths.insert("/api/processes".to_owned(), json!({ "get": get }));
}

/// The filters of all lists, and more.
fn filters(more: &[(&str, Value)]) -> Vec<Value> {
    let text = json!({ "type": "string" });
    let size = json!({ "type": "integer", "minimum": 1, "maximum": 200 });
    let days = json!({ "type": "integer", "minimum": 0 });
    let texts = ["text", "reference", "started_by", "after"].map(|name| (name, text.clone()));
    let flow = json!({ "type": "string", "description": "The stored name of a flow of this app, else 422" });
    let all = [("flow", flow)].into_iter().chain(texts).chain([("size", size), ("older", days)]);
    let all = all.chain(more.iter().cloned());
    all.map(|(name, schema)| parameter("query", name, &schema)).collect()
}

fn page_of(schema: &Value) -> Value {
    json!({
        "type": "object", "required": ["rows", "next", "problems"],
        "properties": {
            "rows": { "type": "array", "items": schema },
            "next": { "type": ["string", "null"], "description": "`after` of the next page" },
            "problems": { "type": "array", "items": reference("RowProblem") },
        },
    })
}
