//! Starting processes.

use axum::http::StatusCode;
use axum::response::Response;
use flow_core::form::Sent;
use flow_core::graph::Graph;
use flow_core::graph::diagram::{SvgOptions, svg_with};
use flow_core::{Error, FieldError, FlowConnection, Once, clock};
use serde_json::{Value, json};

use super::task::{add, chosen, depend};
use crate::fault::Fault;
use crate::once;
use crate::posted::Posted;
use crate::show;
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
                        Err(Error::Denied { reason, refusal, .. }) => Some(show::refused(visit, &refusal, &reason)),
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
    visit
        .work(|conn, visit| {
            let (flow, node) = (visit.param("flow")?, visit.param("node")?);
            let known = visit.flows().get(flow)?;
            match visit.web.looks.own_page(known.graph().name, node) {
                Some(own) => known.may_start(node, visit.user()).map_err(Fault::from).and_then(|()| own.redirect(None)),
                None => page(conn, visit, None, &Refused::default()),
            }
        })
        .await
}

/// Why a form was not taken.
#[derive(Clone, Copy, Default)]
struct Refused<'r> {
    faults: &'r [FieldError],
    /// It was sent with other values, and has started this process.
    before: Option<i64>,
}

/// The page of a start, with what was sent before and what is wrong with it.
fn page<C: FlowConnection + Send>(
    conn: &mut C,
    visit: &Visit<C>,
    posted: Option<&Posted>,
    refused: &Refused<'_>,
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
        layout: visit.web.looks.layout(known.graph().name, node),
        posted,
        faults: refused.faults,
    };
    let once = posted.and_then(|posted| posted.own("once")).filter(|key| once::is_key(key) && refused.before.is_none());
    let name = known.graph().name;
    let nodes = visit.web.words.nodes(visit.caller.language, known.graph());
    let graph = &Graph { title: visit.flow_title(name), nodes: &nodes, ..*known.graph() };
    let mut content: Value = json!({
        "flow": name, "node": node, "flow_title": visit.flow_title(name), "title": visit.node_title(name, node),
        "description": visit.about(known.graph()),
        "action": format!("/start/{name}/{node}"), "once": once.map_or_else(once::key, str::to_owned), "before": refused.before,
        "diagram": svg_with(
            graph,
            &SvgOptions::default().words(visit.web.words.picture(visit.caller.language)).without_style(),
        ),
    });
    add(&mut content, filling.form(&fields, depend(visit, &fields)));
    let is_refused = !refused.faults.is_empty() || refused.before.is_some();
    let status = if is_refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
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
                return page(conn, visit, Some(&posted), &Refused::default());
            }
            let form = posted.form(known.fields(node), visit.caller.language, &visit.web.zone);
            let key = format!(
                "web:{}",
                if flow_core::__private::is_sabotaged("no_once") { once::key() } else { once.to_owned() }
            );
            let request = format!("{} {form}", visit.line);
            let begun = visit.flows().once(conn, visit.user(), &key, &request, |conn| {
                let (user, now) = (visit.user(), clock::now());
                let process =
                    visit.flows().start_once(conn, flow, node, user, &key, Sent::Urlencoded(form.as_bytes()))?;
                // Somebody else's key: it names nothing of this person's.
                if process.started_by() != Some(user.id()) {
                    return Err(Fault::not_found());
                }
                let before = process.created() < now;
                Ok(((process.id(), 0), (process, before)))
            });
            match begun {
                // It was sent before: that is said, and nothing is done.
                Ok(Once::Before(id, _)) => visit.redirect(&format!("/processes/{id}?done=started_before:{id}")),
                Ok(Once::Done((process, true))) => {
                    let id = process.id();
                    visit.redirect(&format!("/processes/{id}?done=started_before:{id}"))
                }
                Ok(Once::Done((process, _))) => {
                    let done = format!("start:{}", process.id());
                    let next = super::next::after(visit, conn, process.id().into(), &done)?;
                    let next =
                        if next.starts_with("/?") { format!("/processes/{}?done={done}", process.id()) } else { next };
                    visit.redirect(&next)
                }
                // With other values than before: whoever meant to start another one sends it again, by a new key.
                Ok(Once::Other(id, _)) => page(conn, visit, Some(&posted), &Refused { faults: &[], before: Some(id) }),
                Ok(_) => Err(Fault::Request(StatusCode::BAD_REQUEST, "fault.once")),
                Err(Fault::Flow(Error::Invalid(faults))) => {
                    page(conn, visit, Some(&posted), &Refused { faults: &faults, before: None })
                }
                Err(fault) => Err(fault),
            }
        })
        .await
}
