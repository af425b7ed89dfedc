//! Starting processes by JSON.

use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use flow_core::form::Sent;
use flow_core::{Error, FlowConnection, clock};
use serde_json::json;

use super::json_response;
use super::once::{once, own_key};
use super::openapi::forms::schema;
use super::sent::Json;
use crate::fault::Fault;
use crate::visit::Visit;

/// Every start of every flow, and whether the person may use it.
pub(crate) async fn list<C: FlowConnection + Send>(visit: Visit<C>) -> Result<Response, Fault> {
    let mut starts = Vec::new();
    for flow in visit.flows().all() {
        for node in flow.starts() {
            let allowed = match flow.may_start(node, visit.user()) {
                Ok(()) => Ok(()),
                Err(Error::Denied { reason, .. }) => Err(reason),
                Err(error) => return Err(error.into()),
            };
            starts.push(json!({
                "flow": flow.graph().name, "node": node, "flow_title": flow.title(), "title": flow.node_title(node),
                "allowed": allowed.is_ok(), "reason": allowed.err(),
            }));
        }
    }
    Ok(json_response(StatusCode::OK, &json!({ "rows": starts })))
}

/// The form of a start: its fields, and its schema.
pub(crate) async fn form<C: FlowConnection + Send>(visit: Visit<C>) -> Result<Response, Fault> {
    visit
        .work(|conn, visit| {
            let (flow, node) = (visit.param("flow")?, visit.param("node")?);
            let fields = visit.flows().start_form(conn, flow, node, visit.user())?;
            let schema = schema(visit.flows().get(flow)?.graph(), node, &fields);
            Ok(json_response(StatusCode::OK, &json!({ "fields": fields, "schema": schema })))
        })
        .await
}

/// Starts a process. With `Idempotency-Key` one, however often it is sent by this person.
pub(crate) async fn start<C: FlowConnection + Send>(visit: Visit<C>, sent: Json) -> Result<Response, Fault> {
    visit
        .work(move |conn, visit| {
            let (flow, node) = (visit.param("flow")?, visit.param("node")?);
            let (flows, key) = (visit.flows(), own_key(visit)?);
            let start = |conn: &mut C| {
                let (form, user) = (Sent::Json(sent.form()), visit.user());
                let now = clock::now();
                let process = match &key {
                    Some(key) => flows.start_once(conn, flow, node, user, key, form)?,
                    None => flows.start(conn, flow, node, user, form)?,
                };
                let at = format!("{}/api/processes/{}", visit.caller.base, process.id());
                // Sent before: nothing is created by this request.
                let status = if process.created() < now { StatusCode::OK } else { StatusCode::CREATED };
                let mut response = json_response(status, &json!(process));
                if let Ok(at) = HeaderValue::from_str(&at) {
                    response.headers_mut().insert(LOCATION, at);
                }
                Ok(((process.id(), 0), response))
            };
            // The process keeps its key for ever: it is what is returned again.
            once(visit, conn, sent.form(), start, |conn, _| start(conn).map(|(_, response)| response))
        })
        .await
}
