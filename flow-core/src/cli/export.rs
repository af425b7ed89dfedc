//! Diagrams.

use flow_graph::diagram;
use serde_json::json;

use super::args::Export;
use super::output::{Failure, Output};
use crate::store::FlowConnection;
use crate::worker::Lent;
use crate::{Error, Flows};

pub(super) fn export<C: FlowConnection>(
    flows: &Flows<C>,
    what: Export,
    connect: impl FnOnce() -> Result<Lent<C>, Failure>,
) -> Result<Output, Failure> {
    let Export { flow, process, svg: _, bpmn, mermaid } = what;
    if let Some(process) = process {
        let mut conn = connect()?;
        let (row, text) = (flows.process(&mut conn, process)?, flows.svg_of(&mut conn, process)?);
        let json = json!({ "flow": row.flow(), "process": process, "format": "svg", "text": text });
        return Ok(Output::new(text, json));
    }
    let name = flow.ok_or_else(|| Error::invalid("flow", "is not given"))?;
    let graph = flows.get(&name)?.graph();
    let (format, text) = match (bpmn, mermaid) {
        (true, _) => ("bpmn", diagram::bpmn(graph)),
        (_, true) => ("mermaid", diagram::mermaid(graph)),
        _ => ("svg", diagram::svg(graph)),
    };
    let text = text.trim_end().to_owned();
    let json = json!({ "flow": graph.name, "process": null, "format": format, "text": text });
    Ok(Output::new(text, json))
}
