//! Pages of the app in place of those of nodes.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use flow_core::{FlowConnection, Flows, TaskId};

use crate::fault::Fault;

/// A page of the app in place of that of a node: see [`FlowWeb::own_page`](crate::FlowWeb::own_page).
pub(crate) struct OwnPage {
    pub(crate) flow: String,
    pub(crate) node: String,
    pub(crate) address: String,
}

impl OwnPage {
    /// What is wrong with it.
    pub(crate) fn fault<C: FlowConnection>(&self, flows: &Flows<C>) -> Option<String> {
        let OwnPage { flow, node, address } = self;
        // By their current names alone: the pages look for these.
        let known = flows.find(flow).filter(|known| known.graph().name == flow);
        let Some(known) = known else { return Some(format!("there is no flow `{flow}`")) };
        let Some(known) = known.graph().nodes.iter().find(|known| known.name == node) else {
            return Some(format!("`{flow}` has no node `{node}`"));
        };
        if !known.kind.is_human() {
            return Some(format!("`{flow}.{node}` is no start or task of people, so it has no page"));
        }
        let has_task = address.contains("{task}");
        // What is left in braces is filled in by nothing.
        let rest = if known.kind.begins() { address.clone() } else { filled(address, "", "") };
        if !address.starts_with('/') || address.contains("//") {
            Some(format!("`{address}` is no path of the app, as in /leave/{{task}}: it begins with one `/`"))
        } else if !has_task && !known.kind.begins() {
            Some(format!("`{address}` does not say which task of `{flow}.{node}` is meant, as in /leave/{{task}}"))
        } else if rest.contains(|c: char| !c.is_ascii_graphic() || matches!(c, '{' | '}' | '\\')) {
            Some(format!("`{address}` has what an address cannot have, or a placeholder that is not known here"))
        } else {
            None
        }
    }

    /// To the page, of a task or of a start.
    pub(crate) fn redirect(&self, task: Option<TaskId>) -> Result<Response, Fault> {
        let address = match task {
            Some(task) => filled(&self.address, &task.to_string(), &task.process().to_string()),
            None => self.address.clone(),
        };
        let address = HeaderValue::from_str(&address).map_err(|_| Fault::not_found())?;
        Ok((StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response())
    }
}

fn filled(address: &str, task: &str, process: &str) -> String {
    address.replace("{task}", task).replace("{process}", process)
}
