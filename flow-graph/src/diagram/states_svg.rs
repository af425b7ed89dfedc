//! A state machine as SVG, laid out as a flow is: states are boxes, transitions the circles between them.

use std::fmt::Write as _;

use super::layout::{Layout, PlacedEdge, PlacedNode, layout};
use super::svg::{STYLE, lines, rounded};
use super::xml::escape;
use crate::states::{Arc, StateGraph};
use crate::{Edge, Graph, Kind, Node, NodeId, Role};

/// A transition as it is drawn: once for each state that it leads to.
struct Step<'a> {
    arc: &'a Arc,
    from: Vec<u16>,
    to: u16,
}

/// The state machine as SVG, with a style sheet for light and dark: a file, or a part of a page.
///
/// ```
/// use flow_graph::states::{Arc, StateDef, StateGraph};
///
/// const STATES: &[StateDef] = &[
///     StateDef { name: "New", value: "new", label: "New", end: false },
///     StateDef { name: "Done", value: "done", label: "Done", end: true },
/// ];
/// const ARCS: &[Arc] = &[Arc { name: "finish", label: "Finish", from: Some(&[0]), to: Some(1) }];
/// let svg = flow_graph::diagram::states_svg(&StateGraph { name: "job", states: STATES, initial: 0, arcs: ARCS });
/// assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
/// ```
#[must_use]
pub fn states_svg(graph: &StateGraph) -> String {
    let steps = steps(graph);
    let states = graph.states.len();
    // Node 0 is the dot before the first state; then come the states, then the transitions.
    let mut leads: Vec<Vec<Edge>> = vec![Vec::new(); 1 + states + steps.len()];
    let node = |at: usize| NodeId::try_from(at).unwrap_or(NodeId::MAX);
    let of_state = |state: u16| 1 + usize::from(state);
    leads[0].push(Edge::new(Role::Next, node(of_state(graph.initial))));
    for (at, step) in steps.iter().enumerate() {
        let own = 1 + states + at;
        for from in &step.from {
            leads[of_state(*from)].push(Edge::new(Role::Next, node(own)));
        }
        leads[own].push(Edge::new(Role::Next, node(of_state(step.to))));
    }
    let titles = graph.states.iter().map(|state| (state.label, Kind::View));
    let titles = titles.chain(steps.iter().map(|step| (step.arc.label, Kind::Timer)));
    let titles = std::iter::once(("", Kind::Start)).chain(titles);
    let nodes: Vec<Node<'_>> =
        titles.zip(&leads).map(|((title, kind), edges)| Node { title, edges, ..Node::new("", kind) }).collect();
    let layout = layout(&Graph { nodes: &nodes, ..Graph::new(graph.name) });
    draw(graph, &steps, &layout)
}

/// The transitions, in the order of the diagram's edges.
fn steps(graph: &StateGraph) -> Vec<Step<'_>> {
    let mut steps: Vec<Step<'_>> = Vec::new();
    for (from, to, arc) in graph.edges() {
        match steps.iter_mut().find(|step| step.arc.name == arc.name && step.to == to) {
            Some(step) => step.from.push(from),
            None => steps.push(Step { arc, from: vec![from], to }),
        }
    }
    steps
}

fn draw(graph: &StateGraph, steps: &[Step<'_>], layout: &Layout) -> String {
    let Layout { width, height, .. } = *layout;
    let name = escape(graph.name);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"flow-diagram\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"states-{name}\">\n\
         <title id=\"states-{name}\">{name}: {} states, {} transitions</title>\n<style>{STYLE}</style>\n\
         <rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>\n",
        graph.states.len(),
        graph.arcs.len(),
    );
    let states = graph.states.len();
    for edge in &layout.edges {
        let is_into_state = usize::from(edge.to) <= states;
        put_edge(&mut svg, edge, is_into_state);
    }
    for (at, placed) in layout.nodes.iter().enumerate() {
        match at.checked_sub(1) {
            None => put_dot(&mut svg, placed),
            Some(state) if state < states => put_state(&mut svg, placed, graph.states[state].end),
            Some(step) => put_step(&mut svg, placed, steps.get(step - states)),
        }
    }
    svg.push_str("</svg>\n");
    svg
}

// Writing to a String cannot fail.
fn put_edge(svg: &mut String, edge: &PlacedEdge, has_head: bool) {
    let _ = write!(svg, "<g class=\"edge\"><path d=\"{}\"/>", rounded(&edge.points));
    if let Some(end) = edge.points.last().filter(|_| has_head) {
        let _ = write!(svg, "<path class=\"head\" d=\"M{} {}l-9-4.5v9z\"/>", end.x, end.y);
    }
    svg.push_str("</g>\n");
}

fn put_dot(svg: &mut String, placed: &PlacedNode) {
    let (center, radius) = (placed.at.center(), placed.at.width / 2);
    let (x, y) = (center.x, center.y);
    let _ = writeln!(svg, "<g class=\"edge\"><circle class=\"head\" cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"/></g>");
}

fn put_state(svg: &mut String, placed: &PlacedNode, is_end: bool) {
    let at = placed.at;
    let class = if is_end { "node endEvent" } else { "node" };
    let (x, y, width, height) = (at.x, at.y, at.width, at.height);
    let _ = write!(
        svg,
        "<g class=\"{class}\"><rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{}\"/>",
        height / 2
    );
    if let Some(label) = &placed.label {
        svg.push_str(&lines(label, ""));
    }
    svg.push_str("</g>\n");
}

fn put_step(svg: &mut String, placed: &PlacedNode, step: Option<&Step<'_>>) {
    let (center, radius) = (placed.at.center(), placed.at.width / 2);
    let name = step.map_or("", |step| step.arc.name);
    let _ = write!(
        svg,
        "<g class=\"node\"><title>{}</title><circle cx=\"{}\" cy=\"{}\" r=\"{radius}\"/>\
         <path class=\"icon\" transform=\"translate({} {})\" d=\"M-5 0h9M0-4l4 4l-4 4\"/>",
        escape(name),
        center.x,
        center.y,
        center.x,
        center.y
    );
    if let Some(label) = &placed.label {
        svg.push_str(&lines(label, "label"));
    }
    svg.push_str("</g>\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::states::StateDef;

    const fn state(name: &'static str, end: bool) -> StateDef {
        StateDef { name, value: name, label: name, end }
    }

    const STATES: &[StateDef] = &[state("New", false), state("Approved", false), state("</text><b>", true)];
    const ARCS: &[Arc] = &[
        Arc { name: "approve", label: "Approve", from: Some(&[0]), to: Some(1) },
        Arc { name: "remove", label: "Remove", from: None, to: Some(2) },
        Arc { name: "note", label: "Note", from: None, to: None },
    ];
    const GRAPH: StateGraph = StateGraph { name: "review", states: STATES, initial: 0, arcs: ARCS };

    #[test]
    fn each_way_is_drawn_once_into_and_once_out_of_its_transition() {
        let steps = steps(&GRAPH);
        let of = |name: &str| steps.iter().filter(|step| step.arc.name == name).collect::<Vec<_>>();
        assert_eq!(of("approve").len(), 1);
        assert_eq!(of("remove")[0].from.len(), 2, "from both of the other states");
        assert_eq!(of("note").len(), 3, "it stays in each state");
        let ways: usize = steps.iter().map(|step| step.from.len()).sum();
        let svg = states_svg(&GRAPH);
        assert_eq!(svg.matches("<g class=\"edge\"><path").count(), 1 + ways + steps.len());
        assert_eq!(svg.matches("class=\"node endEvent\"").count(), 1);
        assert!(!svg.contains("<b>") && svg.contains("&lt;b&gt;"));
    }
}
