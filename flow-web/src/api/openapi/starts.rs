//! What begins from outside: the starts of this app, and messages.

use flow_core::FlowConnection;
use serde_json::{Map, Value, json};

use super::operation::{Operation, idempotency_key, parameter};
use super::{forms, reference, rows_of};
use crate::visit::Visit;

pub(super) fn describe<C: FlowConnection + Send>(visit: &Visit<C>, paths: &mut Map<String, Value>) {
    let get = Operation::new("starts", "starts", "Every start of every flow, and whether the person may use it");
    let get = get.gives("200", "The starts", &rows_of(&reference("StartPlace"))).done();
    paths.insert("/api/starts".to_owned(), json!({ "get": get }));
    for flow in visit.flows().all() {
        for node in flow.starts() {
            let name = format!("{}_{node}", flow.graph().name);
            let summary = format!("{}: {}", flow.title(), flow.node_title(node));
            let schema = forms::schema(flow.graph(), node, flow.fields(node));
            let post = Operation::new("starts", &format!("start_{name}"), &summary).takes([idempotency_key()]);
            let post = post.body(&schema).fails(&["412"]);
            let post = post.gives("201", "The process", &reference("Process")).with_header("201", "Location");
            let post = post.gives("200", "The process that a request with this key has started", &reference("Process"));
            let post = post.with_header("200", "Location").done();
            let get = Operation::new("starts", &format!("form_{name}"), &format!("{summary}: its form"));
            let get = get.gives("200", "Its fields and its schema", &reference("StartForm")).done();
            paths.insert(format!("/api/starts/{}/{node}", flow.graph().name), json!({ "get": get, "post": post }));
        }
    }
    message(paths);
}

/// Messages, by the name that the catches of flows give.
fn message(paths: &mut Map<String, Value>) {
    let body = json!({
        "type": "object", "required": ["key"], "additionalProperties": false,
        "properties": {
            "key": { "type": ["string", "number"] },
            "value": { "description": "What the catch takes as its input" },
            "kept_for": {
                "type": ["integer", "null"], "minimum": 0, "maximum": 31_622_400,
                "description": "Seconds that it waits for a catch",
            },
        },
    });
    let name = parameter("path", "name", &json!({ "type": "string" }));
    let post = Operation::new("messages", "message", "Sends a message to the catch that waits for it");
    let post = post.takes([name, idempotency_key()]).body(&body).fails(&["404", "412"]);
    let about = "One catch has received it, now or when it was sent before";
    let post = post.gives("200", about, &reference("Delivery"));
    let post = post.gives("202", "Nobody waits for it yet: it is kept", &reference("Delivery")).done();
    paths.insert("/api/messages/{name}".to_owned(), json!({ "post": post }));
}
