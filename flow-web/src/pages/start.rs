//! Starting processes.

use axum::http::StatusCode;
use axum::response::Response;
use flow_core::form::Sent;
use flow_core::graph::Graph;
use flow_core::graph::diagram::{SvgOptions, svg_with};
use flow_core::{Error, FieldError, FlowConnection, clock};
use serde_json::{Value, json};

use super::task::{add, chosen, depend};
use crate::fault::Fault;
use crate::once;
use crate::posted::Posted;
use crate::visit::Visit;
use crate::widget::Filling;

/// What can be started, and what not and why.
pub(crate) async fn list<C: FlowConnection + Send>(visit: Visit<C>) -> Result<Response, Fault> {
    visit
        .work(|conn, visit| {
            let mut flows = Vec::new();
            for flow in visit.flows().all() {
                let mut starts = Vec::new();
                for node in flow.starts().filter(|node| is_for_people(flow.graph(), node)) {
                    let refused = match flow.may_start(node, visit.user()) {
                        Ok(()) => None,
                        Err(Error::Denied { reason, .. }) => Some(reason),
                        Err(error) => return Err(error.into()),
                    };
                    starts.push(json!({ "node": node, "title": visit.node_title(flow.graph().name, node), "refused": refused }));
                }
                if !starts.is_empty() {
                    let graph = flow.graph();
                    flows.push(json!({
                        "name": graph.name, "title": visit.flow_title(graph.name), "description": visit.about(graph), "starts": starts,
                    }));
                }
            }
            visit.page(conn, "start", json!({ "all": flows }))
        })
        .await
}

fn is_for_people(graph: &flow_core::graph::Graph<'_>, node: &str) -> bool {
    let node = graph.find(node).and_then(|id| graph.node(id));
    node.is_some_and(|node| node.kind.is_human())
}

pub(crate) async fn form<C: FlowConnection + Send>(visit: Visit<C>) -> Result<Response, Fault> {
    visit.work(|conn, visit| page(conn, visit, None, &[])).await
}

/// The page of a start, with what was sent before and what is wrong with it.
fn page<C: FlowConnection + Send>(
    conn: &mut C,
    visit: &Visit<C>,
    posted: Option<&Posted>,
    faults: &[FieldError],
) -> Result<Response, Fault> {
    let (flow, node) = (visit.param("flow")?, visit.param("node")?);
    let known = visit.flows().get(flow)?;
    if !is_for_people(known.graph(), node) {
        return Err(Fault::not_found());
    }
    let mut fields = visit.flows().start_form(conn, flow, node, visit.user())?;
    if let Some(posted) = posted {
        fields = chosen(conn, visit, &fields, posted)?;
    }
    let filling = Filling {
        language: visit.caller.language,
        zone: &visit.web.zone,
        words: &visit.web.words,
        templates: &visit.web.templates,
        flow: known.graph().name,
        posted,
        faults,
    };
    let once = posted.and_then(|posted| posted.own("once")).filter(|key| once::is_key(key));
    let name = known.graph().name;
    let nodes = visit.web.words.nodes(visit.caller.language, known.graph());
    let graph = &Graph { title: visit.flow_title(name), nodes: &nodes, ..*known.graph() };
    let mut content: Value = json!({
        "flow": name, "node": node, "flow_title": visit.flow_title(name), "title": visit.node_title(name, node),
        "description": visit.about(known.graph()),
        "once": once.map_or_else(once::key, str::to_owned),
        "diagram": svg_with(
            graph,
            &SvgOptions::default().words(visit.web.words.picture(visit.caller.language)).without_style(),
        ),
    });
    add(&mut content, filling.form(&fields, depend(visit, &fields)));
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let templates =
        [format!("{name}/{node}_start_form.html"), format!("{name}/start_form.html"), "start_form.html".to_owned()];
    visit.page_of(conn, &templates, status, content)
}

/// Starts a process: one, however often the form is sent.
pub(crate) async fn start<C: FlowConnection + Send>(visit: Visit<C>, posted: Posted) -> Result<Response, Fault> {
    visit
        .work(move |conn, visit| {
            let (flow, node) = (visit.param("flow")?, visit.param("node")?);
            let known = visit.flows().get(flow)?;
            if !is_for_people(known.graph(), node) {
                return Err(Fault::not_found());
            }
            let once = posted.own("once").filter(|key| once::is_key(key));
            let once = once.ok_or(Fault::Request(StatusCode::BAD_REQUEST, "fault.once"))?;
            if posted.is_about_the_form() {
                return page(conn, visit, Some(&posted), &[]);
            }
            let form = posted.form(known.fields(node), visit.caller.language, &visit.web.zone);
            let began = clock::now();
            let key = format!(
                "web:{}",
                if flow_core::__private::is_sabotaged("no_once") { once::key() } else { once.to_owned() }
            );
            let sent = Sent::Urlencoded(form.as_bytes());
            match visit.flows().start_once(conn, flow, node, visit.user(), &key, sent) {
                // Somebody else's key: it names nothing of this person's.
                Ok(process) if process.started_by() != Some(visit.user().id()) => Err(Fault::not_found()),
                Ok(process) if process.created() < began => {
                    // It was sent before, perhaps with other values: that is said, and nothing is done.
                    visit.redirect(&format!("/processes/{}?done=started_before:{}", process.id(), process.id()))
                }
                Ok(process) => {
                    let done = format!("start:{}", process.id());
                    let next = super::next::after(visit, conn, process.id().into(), &done)?;
                    let next =
                        if next.starts_with("/?") { format!("/processes/{}?done={done}", process.id()) } else { next };
                    visit.redirect(&next)
                }
                Err(Error::Invalid(faults)) => page(conn, visit, Some(&posted), &faults),
                Err(error) => Err(error.into()),
            }
        })
        .await
}
