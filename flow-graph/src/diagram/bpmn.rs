//! A flow as BPMN 2.0, with its layout (BPMN DI), for the tools that read it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::layout::{Label, Layout, PlacedEdge, Point, Rect, layout};
use super::words::{self, EdgeWords};
use super::xml::escape;
use crate::{EventDefinition, Exits, Graph, Kind, Node, NodeId, Role, Shape, Times};

/// The flow as an XML document of BPMN 2.0, with the places of its shapes and edges.
///
/// Each node is one element and each edge one sequence flow, as [`Kind::bpmn`](crate::Kind::bpmn) says; a `Split` some of
/// whose branches are not always taken is an inclusive gateway. What stands behind a list branch of a `Split` is marked as
/// multi-instance. Conditions are named, not spelled out: they are Rust. So the process says of itself that it is not
/// executable. Ids are made from stored names, and stay when nodes are added.
///
/// ```
/// # use flow_graph::{Edge, Graph, Kind, Node, Role};
/// # let nodes = [
/// #     Node { edges: &[Edge::new(Role::Next, 1)], ..Node::new("start", Kind::Start) },
/// #     Node::new("end", Kind::End),
/// # ];
/// # let graph = Graph { nodes: &nodes, ..Graph::new("hello") };
/// let xml = flow_graph::diagram::bpmn(&graph);
/// assert!(xml.contains("<bpmn:startEvent id=\"node_start\" name=\"start\">"));
/// assert!(xml.contains("sourceRef=\"node_start\" targetRef=\"node_end\""));
/// ```
#[must_use]
pub fn bpmn(graph: &Graph<'_>) -> String {
    let layout = layout(graph);
    let mut document = Document::new(graph, &layout);
    document.process();
    document.diagram();
    document.text
}

/// The events that have a code, each with the word of its elements.
const CODED: &[(EventDefinition, &str)] =
    &[(EventDefinition::Error, "error"), (EventDefinition::Escalation, "escalation")];

/// The element of a node.
pub(super) fn element(node: &Node<'_>) -> &'static str {
    let maybe = node.edges.iter().any(|edge| edge.times == Times::Maybe);
    match node.kind.exits() {
        Exits::Branches if maybe && node.kind == Kind::Split => "inclusiveGateway",
        // A timeout can be attached to an activity alone.
        _ if node.shape() != node.kind.shape() => "receiveTask",
        _ => node.kind.bpmn(),
    }
}

/// Whether there may be several tasks or children of a node at once, one for each item of a list.
pub(super) fn has_several(graph: &Graph<'_>, id: NodeId) -> bool {
    if graph.node(id).is_some_and(|node| node.kind == Kind::NSubprocess) {
        return true;
    }
    let activity = graph.node(id).is_some_and(|node| matches!(node.shape(), Shape::Task | Shape::Call));
    let from_list = |node: &Node<'_>| node.edges.iter().any(|edge| edge.to == id && edge.times == Times::Each);
    activity && graph.nodes.iter().any(from_list)
}

struct Document<'a> {
    graph: &'a Graph<'a>,
    layout: &'a Layout,
    /// The ids of the nodes.
    ids: Vec<String>,
    entering: BTreeMap<NodeId, Vec<&'a PlacedEdge>>,
    leaving: BTreeMap<NodeId, Vec<&'a PlacedEdge>>,
    hosts: BTreeMap<NodeId, NodeId>,
    /// What is a compensation handler.
    handlers: BTreeSet<NodeId>,
    text: String,
}

// Writing to a String cannot fail.
macro_rules! put {
    ($document:expr, $($arg:tt)*) => { let _ = writeln!($document.text, $($arg)*); };
}

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance""#;

impl<'a> Document<'a> {
    fn new(graph: &'a Graph<'a>, layout: &'a Layout) -> Self {
        let mut known = BTreeSet::new();
        let id = |(at, node): (usize, &Node<'_>)| {
            // A name that is no XML name, or is there twice, is one that the checks refuse.
            if is_name(node.name) && known.insert(node.name.to_owned()) { node.name.to_owned() } else { at.to_string() }
        };
        let ids = graph.nodes.iter().enumerate().map(id).collect();
        let mut document = Document {
            graph,
            layout,
            ids,
            entering: BTreeMap::new(),
            leaving: BTreeMap::new(),
            hosts: BTreeMap::new(),
            handlers: graph.handlers().into_iter().collect(),
            text: HEAD.to_owned(),
        };
        for edge in &layout.edges {
            document.entering.entry(edge.to).or_default().push(edge);
            document.leaving.entry(edge.from).or_default().push(edge);
        }
        for (host, node) in graph.ids().zip(graph.nodes) {
            document.hosts.extend(node.boundaries.iter().map(|boundary| (*boundary, host)));
        }
        document
    }

    fn id(&self, node: NodeId) -> &str {
        self.ids.get(usize::from(node)).map_or("", String::as_str)
    }

    /// The id of an edge, in its element.
    fn flow(&self, edge: &PlacedEdge) -> String {
        format!("flow_{}_{}", self.id(edge.from), edge.edge + 1)
    }

    /// The codes that are thrown or taken, each once, in the order of the nodes.
    fn codes(&self, event: EventDefinition) -> Vec<&'a str> {
        let mut codes: Vec<&str> = Vec::new();
        for code in self.graph.nodes.iter().filter(|node| node.kind.event() == event) {
            codes.extend(code.code.filter(|code| !codes.contains(code)));
        }
        codes
    }

    /// The attribute that names the error or the escalation that an event is about.
    fn code(&self, node: &Node<'_>) -> Option<String> {
        let word = CODED.iter().find(|(event, _)| *event == node.kind.event()).map(|(_, word)| word)?;
        let at = self.codes(node.kind.event()).iter().position(|known| Some(*known) == node.code)?;
        Some(format!(" {word}Ref=\"{word}_{}\"", at + 1))
    }

    fn process(&mut self) {
        let graph = self.graph;
        let name = if is_name(graph.name) { graph.name } else { "flow" };
        let title = if graph.title.is_empty() { graph.name } else { graph.title };
        put!(
            self,
            " id=\"definitions_{name}\" targetNamespace=\"urn:flow:{name}\" exporter=\"flow-core\" \
             exporterVersion=\"{}\">",
            env!("CARGO_PKG_VERSION")
        );
        for (event, word) in CODED {
            for (at, code) in self.codes(*event).into_iter().enumerate() {
                let code = escape(code);
                put!(self, "  <bpmn:{word} id=\"{word}_{}\" name=\"{code}\" {word}Code=\"{code}\" />", at + 1);
            }
        }
        put!(self, "  <bpmn:process id=\"process_{name}\" name=\"{}\" isExecutable=\"false\">", escape(title));
        if !graph.description.is_empty() {
            put!(self, "    <bpmn:documentation>{}</bpmn:documentation>", escape(graph.description));
        }
        for (id, node) in graph.ids().zip(graph.nodes) {
            self.node(id, node);
        }
        // Associations stand behind all elements.
        let (associations, flows): (Vec<_>, Vec<_>) =
            self.layout.edges.iter().partition(|edge| self.is_association(edge));
        for edge in flows {
            self.sequence_flow(edge);
        }
        for edge in associations {
            let (from, to) = (self.id(edge.from).to_owned(), self.id(edge.to).to_owned());
            let own = self.flow(edge);
            let ends = format!("sourceRef=\"node_{from}\" targetRef=\"node_{to}\"");
            put!(self, "    <bpmn:association id=\"{own}\" associationDirection=\"One\" {ends} />");
        }
        put!(self, "  </bpmn:process>");
    }

    /// It leads to a compensation handler, which is no way of the process.
    fn is_association(&self, edge: &PlacedEdge) -> bool {
        self.graph.node(edge.from).is_some_and(|node| node.kind == Kind::CompensationBoundary)
    }

    /// The parts of an element stand in the order of the schema.
    fn node(&mut self, id: NodeId, node: &Node<'_>) {
        let element = self.element(id, node);
        let own = self.id(id).to_owned();
        let mut attributes = format!("id=\"node_{own}\" name=\"{}\"", escape(&name(node)));
        if let Some(host) = self.hosts.get(&id).filter(|_| node.kind.is_boundary()) {
            let _ = write!(attributes, " attachedToRef=\"node_{}\"", self.id(*host));
            if !node.interrupting && node.kind != Kind::CompensationBoundary {
                attributes.push_str(" cancelActivity=\"false\"");
            }
        }
        if self.handlers.contains(&id) {
            attributes.push_str(" isForCompensation=\"true\"");
        }
        let flows = |edges: Option<&Vec<&'a PlacedEdge>>| -> Vec<&'a PlacedEdge> {
            edges.into_iter().flatten().copied().filter(|edge| !self.is_association(edge)).collect()
        };
        let (entering, leaving) = (flows(self.entering.get(&id)), flows(self.leaving.get(&id)));
        let default = leaving.iter().find(|edge| self.condition(node, edge) == Condition::Default);
        if let Some(edge) = default {
            let _ = write!(attributes, " default=\"{}\"", self.flow(edge));
        }
        put!(self, "    <bpmn:{element} {attributes}>");
        if !node.description.is_empty() {
            put!(self, "      <bpmn:documentation>{}</bpmn:documentation>", escape(node.description));
        }
        if node.kind == Kind::Obsolete {
            put!(self, "      <bpmn:documentation>{OBSOLETE}</bpmn:documentation>");
        }
        for edge in entering {
            put!(self, "      <bpmn:incoming>{}</bpmn:incoming>", self.flow(edge));
        }
        for edge in leaving {
            put!(self, "      <bpmn:outgoing>{}</bpmn:outgoing>", self.flow(edge));
        }
        if has_several(self.graph, id) {
            let sequential = if node.sequential { " isSequential=\"true\"" } else { "" };
            put!(self, "      <bpmn:multiInstanceLoopCharacteristics{sequential} />");
        }
        let definition = match node.kind.event() {
            _ if node.shape() == Shape::Task => None,
            EventDefinition::None => None,
            EventDefinition::Timer => Some("timerEventDefinition"),
            EventDefinition::Message => Some("messageEventDefinition"),
            EventDefinition::Error => Some("errorEventDefinition"),
            EventDefinition::Terminate => Some("terminateEventDefinition"),
            EventDefinition::Signal => Some("signalEventDefinition"),
            EventDefinition::Condition => Some("conditionalEventDefinition"),
            EventDefinition::Compensation => Some("compensateEventDefinition"),
            EventDefinition::Escalation => Some("escalationEventDefinition"),
        };
        if let Some(definition) = definition {
            let code = self.code(node).unwrap_or_default();
            let start = format!("      <bpmn:{definition} id=\"definition_{own}\"{code}");
            match node.kind.event() {
                EventDefinition::Condition => {
                    let text = escape(words::title(node));
                    let condition = "<bpmn:condition xsi:type=\"bpmn:tFormalExpression\">";
                    put!(self, "{start}>\n        {condition}{text}</bpmn:condition>\n      </bpmn:{definition}>");
                }
                _ => {
                    put!(self, "{start} />");
                }
            }
        }
        put!(self, "    </bpmn:{element}>");
    }

    fn element(&self, id: NodeId, node: &Node<'_>) -> &'static str {
        match self.hosts.contains_key(&id) {
            // It cannot be attached to anything.
            false if node.kind.is_boundary() => "intermediateCatchEvent",
            _ => element(node),
        }
    }

    fn condition(&self, node: &Node<'_>, edge: &PlacedEdge) -> Condition {
        let inclusive = element(node) == "inclusiveGateway";
        match node.edges.get(edge.edge).map(|edge| edge.role) {
            Some(Role::Else | Role::Default) => Condition::Default,
            Some(Role::Then | Role::Case) => Condition::Asked,
            Some(Role::Next) if inclusive => Condition::Asked,
            _ => Condition::None,
        }
    }

    fn sequence_flow(&mut self, edge: &PlacedEdge) {
        let Some(node) = self.graph.node(edge.from) else { return };
        let condition = self.condition(node, edge);
        // A flow without a condition needs no name; one beside others that have conditions does.
        let asked = condition != Condition::None;
        let word =
            asked.then(|| words::edge(node, edge.edge, &EdgeWords::ENGLISH).unwrap_or_else(|| "always".to_owned()));
        let name = word.as_ref().map(|word| format!(" name=\"{}\"", escape(word))).unwrap_or_default();
        let start = format!(
            "    <bpmn:sequenceFlow id=\"{}\"{name} sourceRef=\"node_{}\" targetRef=\"node_{}\"",
            self.flow(edge),
            self.id(edge.from),
            self.id(edge.to)
        );
        match condition {
            Condition::Asked => {
                let branch = if node.kind.exits() == Exits::Branches {
                    format!("branch {}, ", edge.edge + 1)
                } else {
                    String::new()
                };
                let text = format!("{}: {branch}{}", words::title(node), word.unwrap_or_default());
                put!(
                    self,
                    "{start}>\n      <bpmn:conditionExpression xsi:type=\"bpmn:tFormalExpression\">{}\
                     </bpmn:conditionExpression>\n    </bpmn:sequenceFlow>",
                    escape(&text)
                );
            }
            Condition::Default | Condition::None => {
                put!(self, "{start} />");
            }
        }
    }

    fn diagram(&mut self) {
        let name = if is_name(self.graph.name) { self.graph.name } else { "flow" };
        put!(self, "  <bpmndi:BPMNDiagram id=\"diagram_{name}\">");
        put!(self, "    <bpmndi:BPMNPlane id=\"plane_{name}\" bpmnElement=\"process_{name}\">");
        let layout = self.layout;
        for ((id, node), placed) in self.graph.ids().zip(self.graph.nodes).zip(&layout.nodes) {
            let own = self.id(id).to_owned();
            let marker = if self.element(id, node) == "exclusiveGateway" { " isMarkerVisible=\"true\"" } else { "" };
            put!(self, "      <bpmndi:BPMNShape id=\"shape_{own}\" bpmnElement=\"node_{own}\"{marker}>");
            put!(self, "        {}", bounds(&placed.at));
            let beside = !matches!(node.shape(), Shape::Task | Shape::Call);
            // The name of a boundary stands beside the edge that leaves it.
            let leaving = self.leaving.get(&id).and_then(|edges| edges.first()).filter(|_| node.kind.is_boundary());
            let label = placed.label.as_ref().filter(|_| beside);
            self.label(label.or(leaving.and_then(|edge| edge.label.as_ref())));
            put!(self, "      </bpmndi:BPMNShape>");
        }
        for edge in &layout.edges {
            let flow = self.flow(edge);
            put!(self, "      <bpmndi:BPMNEdge id=\"edge_{flow}\" bpmnElement=\"{flow}\">");
            for Point { x, y } in &edge.points {
                put!(self, "        <di:waypoint x=\"{x}\" y=\"{y}\" />");
            }
            let named = self.graph.node(edge.from).is_some_and(|node| !node.kind.is_boundary());
            self.label(edge.label.as_ref().filter(|_| named));
            put!(self, "      </bpmndi:BPMNEdge>");
        }
        put!(self, "    </bpmndi:BPMNPlane>\n  </bpmndi:BPMNDiagram>\n</bpmn:definitions>");
    }

    fn label(&mut self, label: Option<&Label>) {
        if let Some(label) = label {
            put!(self, "        <bpmndi:BPMNLabel>\n          {}\n        </bpmndi:BPMNLabel>", bounds(&label.at));
        }
    }
}

/// Why nothing leads to it.
const OBSOLETE: &str = "Obsolete: only processes of earlier releases are here.";

/// What an element is called: a boundary by what it does, anything else by its title.
fn name(node: &Node<'_>) -> String {
    let word = node.kind.is_boundary().then(|| words::edge(node, 0, &EdgeWords::ENGLISH)).flatten();
    word.unwrap_or_else(|| words::title(node).to_owned())
}

/// Whether a branch has a condition, or is taken where no other is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Condition {
    None,
    Asked,
    Default,
}

fn bounds(at: &Rect) -> String {
    format!("<dc:Bounds x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" />", at.x, at.y, at.width, at.height)
}

/// Whether a stored name can be a part of an id.
fn is_name(name: &str) -> bool {
    let rest = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    rest && name.starts_with(|c: char| c.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::Draft;

    #[test]
    fn a_split_with_conditions_is_inclusive_and_lists_are_multi_instance() {
        let draft = Draft::new()
            .node("start", Kind::StartHandle, &["s"])
            .node("s", Kind::Split, &["*a", "?b", "j"])
            .node("a", Kind::View, &["j"])
            .node("b", Kind::View, &["j"])
            .node("j", Kind::Join, &["end"])
            .node("end", Kind::End, &[])
            .timeout("b", "end", false);
        let xml = draft.with_graph(bpmn);
        assert!(xml.contains("<bpmn:inclusiveGateway id=\"node_s\""), "{xml}");
        assert_eq!(xml.matches("multiInstanceLoopCharacteristics").count(), 1, "{xml}");
        assert!(xml.contains("<bpmn:messageEventDefinition id=\"definition_start\" />"), "{xml}");
        assert!(xml.contains("attachedToRef=\"node_b\" cancelActivity=\"false\""), "{xml}");
        assert!(xml.contains("name=\"always\" sourceRef=\"node_s\" targetRef=\"node_j\""), "{xml}");
    }

    #[test]
    fn a_compensation_handler_is_associated_with_what_it_takes_back() {
        let draft = Draft::new()
            .node("start", Kind::StartHandle, &["pay"])
            .node("pay", Kind::Job, &["back"])
            .node("back", Kind::CompensateThrow, &["end"])
            .node("refund", Kind::Function, &[])
            .node("end", Kind::End, &[])
            .compensate("pay", "refund");
        let xml = draft.with_graph(bpmn);
        assert!(
            xml.contains("<bpmn:scriptTask id=\"node_refund\" name=\"refund\" isForCompensation=\"true\">"),
            "{xml}"
        );
        let association = "associationDirection=\"One\" sourceRef=\"node_timeout\" targetRef=\"node_refund\"";
        assert!(xml.contains(association), "{xml}");
        assert_eq!(xml.matches("<bpmn:compensateEventDefinition").count(), 2, "{xml}");
        assert!(!xml.contains("cancelActivity") && !xml.contains("targetRef=\"node_refund\">"), "{xml}");
    }

    #[test]
    fn hostile_names_and_titles_are_text() {
        let evil = "\"/><x>&\0";
        let nodes = [Node { title: evil, description: evil, ..Node::new(evil, Kind::View) }];
        let xml = bpmn(&Graph { nodes: &nodes, title: evil, ..Graph::new(evil) });
        assert!(!xml.contains("<x>") && !xml.contains('\0'));
        assert!(xml.contains("id=\"node_0\""));
    }
}
