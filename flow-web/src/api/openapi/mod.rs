//! The description of the REST interface, as OpenAPI 3.1: with the forms of this app.
//!
//! `tests/contract.rs` compares it with what is returned.

pub(in crate::api) mod forms;
mod lists;
mod operation;
mod processes;
mod schemas;
mod starts;
mod tasks;

use axum::http::StatusCode;
use axum::response::Response;
use flow_core::FlowConnection;
use serde_json::{Map, Value, json};

use super::json_response;
use crate::fault::Fault;
use crate::visit::Visit;

/// How people sign in, where the app does not describe it.
const APP_SIGNS_IN: &str = "Who sends a request, the app decides, by a cookie or a header of its own: what it does not \
                            know is 401.";

/// What holds for all operations.
const GENERAL: &str = "A body is JSON and is always there, `{}` where it says nothing. A method that an address does not \
                       have is 405. Errors are problems (RFC 9457).";

/// The document.
pub(crate) async fn document<C: FlowConnection + Send>(visit: Visit<C>) -> Result<Response, Fault> {
    Ok(json_response(StatusCode::OK, &describe(&visit)))
}

fn describe<C: FlowConnection + Send>(visit: &Visit<C>) -> Value {
    let mut paths = Map::new();
    lists::describe(&mut paths);
    starts::describe(visit, &mut paths);
    tasks::describe(visit, &mut paths);
    processes::describe(&mut paths);
    let mut schemas = schemas::all();
    forms::describe(visit, &mut schemas);
    let schemes = &visit.web.security_schemes;
    let description = if schemes.is_empty() { format!("{APP_SIGNS_IN} {GENERAL}") } else { GENERAL.to_owned() };
    let mut document = json!({
        "openapi": "3.1.1",
        "info": { "title": visit.web.title, "version": env!("CARGO_PKG_VERSION"), "description": description },
        "servers": [{ "url": if visit.caller.base.is_empty() { "/" } else { &*visit.caller.base } }],
        "paths": paths,
        "components": {
            "schemas": schemas, "responses": operation::problems(), "headers": operation::headers(),
        },
    });
    if !schemes.is_empty() {
        // One of them is enough.
        document["security"] = schemes.iter().map(|(name, _)| json!({ name: [] })).collect();
        document["components"]["securitySchemes"] = Value::Object(schemes.iter().cloned().collect());
    }
    document
}

/// A reference to a schema.
fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// All rows of something.
fn rows_of(schema: &Value) -> Value {
    json!({
        "type": "object", "required": ["rows"],
        "properties": { "rows": { "type": "array", "items": schema } },
    })
}
