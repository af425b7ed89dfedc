//! A flow as SVG, with what a process has done of it.

use std::fmt::Write as _;

use super::layout::{Label, Layout, PlacedEdge, PlacedNode, layout_with};
use super::state::State;
use super::words::EdgeWords;
use super::xml::escape;
use super::{bpmn, icons, label, words};
use crate::{Graph, Kind, Node, NodeId, Shape};

/// The style sheet of the pictures, for a page that has them without their own ([`SvgOptions::style`]): light and dark,
/// by variables that a page can set.
pub const STYLE: &str = include_str!("style.css");

/// How a picture is drawn.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct SvgOptions<'a> {
    /// What a process has done: its nodes and edges are marked.
    pub state: Option<&'a State>,
    /// The picture has its own style sheet, as a file needs it. Without it the page has [`STYLE`].
    pub style: bool,
    /// The words of descriptions and tooltips.
    pub words: SvgWords<'a>,
}

impl Default for SvgOptions<'_> {
    fn default() -> Self {
        SvgOptions { state: None, style: true, words: SvgWords::ENGLISH }
    }
}

/// The words of a picture's descriptions and tooltips, in some language. `{count}` stands for a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "a translation has all of them")]
pub struct SvgWords<'a> {
    /// What the picture is of, where the flow has one step.
    pub one_step: &'a str,
    /// What the picture is of, where the flow has several steps.
    pub steps: &'a str,
    /// A step where the process is.
    pub open: &'a str,
    /// A step that has failed.
    pub error: &'a str,
    /// A step that is done.
    pub done: &'a str,
    /// A step that was cancelled.
    pub canceled: &'a str,
    /// A step where the process has not been.
    pub unvisited: &'a str,
    /// How often an edge was taken, if once.
    pub taken_once: &'a str,
    /// How often an edge was taken.
    pub taken: &'a str,
    /// How often the process has come to a step, if more than once.
    pub visited: &'a str,
    /// The words beside edges.
    pub edges: EdgeWords<'a>,
}

impl SvgWords<'_> {
    /// The words where none are given.
    pub const ENGLISH: SvgWords<'static> = SvgWords {
        one_step: "A flow of 1 step",
        steps: "A flow of {count} steps",
        open: "Open",
        error: "In error",
        done: "Done",
        canceled: "Cancelled",
        unvisited: "Not reached",
        taken_once: "taken once",
        taken: "taken {count} times",
        visited: "visited {count} times",
        edges: EdgeWords::ENGLISH,
    };

    /// The word of a state of a node.
    fn state(&self, word: &str) -> &str {
        match word {
            "open" => self.open,
            "error" => self.error,
            "done" => self.done,
            "canceled" => self.canceled,
            _ => self.unvisited,
        }
    }
}

/// A text with a number in it.
fn with_count(text: &str, count: impl std::fmt::Display) -> String {
    text.replace("{count}", &count.to_string())
}

impl<'a> SvgOptions<'a> {
    /// Marks what a process has done.
    #[must_use]
    pub const fn state(self, state: &'a State) -> Self {
        SvgOptions { state: Some(state), ..self }
    }

    /// Describes the picture in these words.
    #[must_use]
    pub const fn words(self, words: SvgWords<'a>) -> Self {
        SvgOptions { words, ..self }
    }

    /// Leaves the style sheet to the page, which has [`STYLE`].
    #[must_use]
    pub const fn without_style(self) -> Self {
        SvgOptions { style: false, ..self }
    }
}

/// The flow as SVG: one text that is a file, or a part of a page.
///
/// ```
/// # use flow_graph::{Edge, Graph, Kind, Node, Role};
/// # let nodes = [
/// #     Node { edges: &[Edge::new(Role::Next, 1)], ..Node::new("start", Kind::Start) },
/// #     Node::new("end", Kind::End),
/// # ];
/// # let graph = Graph { nodes: &nodes, ..Graph::new("hello") };
/// let svg = flow_graph::diagram::svg(&graph);
/// assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
/// ```
#[must_use]
pub fn svg(graph: &Graph<'_>) -> String {
    svg_with(graph, &SvgOptions::default())
}

/// The flow as SVG, with a process in it, or without a style sheet of its own.
#[must_use]
pub fn svg_with(graph: &Graph<'_>, options: &SvgOptions<'_>) -> String {
    let layout = layout_with(graph, &options.words.edges);
    let mut svg = Svg { graph, layout: &layout, state: options.state, words: options.words, text: String::new() };
    svg.head(options.style);
    svg.edges();
    svg.nodes();
    svg.text.push_str("</svg>\n");
    svg.text
}

struct Svg<'a> {
    graph: &'a Graph<'a>,
    layout: &'a Layout,
    state: Option<&'a State>,
    words: SvgWords<'a>,
    text: String,
}

// Writing to a String cannot fail.
macro_rules! put {
    ($svg:expr, $($arg:tt)*) => { let _ = write!($svg.text, $($arg)*); };
}

impl Svg<'_> {
    fn head(&mut self, style: bool) {
        let Layout { width, height, .. } = *self.layout;
        let (name, title) =
            (escape(self.graph.name), if self.graph.title.is_empty() { self.graph.name } else { self.graph.title });
        put!(
            self,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"flow-diagram\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" role=\"img\" \
             aria-labelledby=\"flow-{name}-title flow-{name}-desc\">\n\
             <title id=\"flow-{name}-title\">{}</title>\n<desc id=\"flow-{name}-desc\">{}</desc>\n",
            escape(title),
            escape(&self.description()),
        );
        if style {
            put!(self, "<style>{STYLE}</style>\n");
        }
        put!(self, "<rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>\n");
    }

    /// What a screen reader says of the picture.
    fn description(&self) -> String {
        let fields = self.graph.nodes.iter().filter(|node| !node.kind.is_boundary()).count();
        let mut text = with_count(if fields == 1 { self.words.one_step } else { self.words.steps }, fields);
        let of = |wanted: &'static str| {
            let all = self.graph.ids().zip(self.graph.nodes);
            let some = all.filter(move |(id, node)| {
                !node.kind.is_boundary() && self.state.is_some_and(|state| state.node(*id).word() == wanted)
            });
            some.map(|(_, node)| words::title(node)).collect::<Vec<_>>().join(", ")
        };
        for word in ["open", "error", "done", "canceled"] {
            let names = of(word);
            if !names.is_empty() {
                let _ = write!(text, ". {}: {names}", self.words.state(word));
            }
        }
        text.push('.');
        text
    }

    fn edges(&mut self) {
        let layout = self.layout;
        // What was taken lies above what was not.
        let taken = |edge: &&PlacedEdge| self.state.is_some_and(|state| state.taken(edge.from, edge.edge) > 0);
        let (taken, others): (Vec<_>, Vec<_>) = layout.edges.iter().partition(taken);
        for edge in others {
            self.edge(edge, "");
        }
        for edge in taken {
            self.edge(edge, " taken");
        }
    }

    fn edge(&mut self, edge: &PlacedEdge, class: &str) {
        let (Some(from), Some(to)) = (self.graph.node(edge.from), self.graph.node(edge.to)) else { return };
        put!(self, "<g class=\"edge{class}\"><title>{} → {}", escape(words::title(from)), escape(words::title(to)));
        if let Some(state) = self.state.filter(|_| !class.is_empty()) {
            let taken = state.taken(edge.from, edge.edge);
            let text = if taken == 1 { self.words.taken_once } else { self.words.taken };
            put!(self, " ({})", escape(&with_count(text, taken)));
        }
        // What leads to a compensation handler is no way of the process.
        let association = if from.kind == Kind::CompensationBoundary { " class=\"dashed\"" } else { "" };
        put!(self, "</title><path d=\"{}\"{association}/>", rounded(&edge.points));
        if let Some(end) = edge.points.last() {
            put!(self, "<path class=\"head\" d=\"M{} {}l-9-4.5v9z\"/>", end.x, end.y);
        }
        if let Some(label) = &edge.label {
            self.label(label, "label");
        }
        self.text.push_str("</g>\n");
    }

    fn nodes(&mut self) {
        let all = || self.graph.ids().zip(self.graph.nodes);
        // Boundaries lie on the border of their hosts.
        let hosts = all().filter(|(_, node)| !node.kind.is_boundary());
        for (id, node) in hosts.chain(all().filter(|(_, node)| node.kind.is_boundary())) {
            if let Some(placed) = self.layout.nodes.get(usize::from(id)) {
                self.node(id, node, placed);
            }
        }
    }

    fn node(&mut self, id: NodeId, node: &Node<'_>, placed: &PlacedNode) {
        let state = self.state.map(|state| state.node(id));
        let word = state.map_or("", |state| state.word());
        let element = bpmn::element(node);
        put!(
            self,
            "<g class=\"node {element}{}{word}\" data-node=\"{}\"><title>{}",
            if word.is_empty() { "" } else { " " },
            escape(node.name),
            escape(words::title(node))
        );
        if !node.description.is_empty() && node.description != node.title {
            put!(self, "\n{}", escape(node.description));
        }
        if let Some(state) = state {
            put!(self, "\n{}", escape(self.words.state(word)));
            if state.visits() > 1 {
                put!(self, ", {}", escape(&with_count(self.words.visited, state.visits())));
            }
        }
        self.text.push_str("</title>");
        self.shape(id, node, placed);
        if let Some(label) = &placed.label {
            self.label(label, if node.shape() == Shape::Task || node.shape() == Shape::Call { "" } else { "label" });
        }
        if let Some(visits) = state.map(|state| state.visits()).filter(|visits| *visits > 1) {
            self.count(node, placed, visits);
        }
        self.text.push_str("</g>\n");
    }

    fn shape(&mut self, id: NodeId, node: &Node<'_>, placed: &PlacedNode) {
        let (at, element) = (placed.at, bpmn::element(node));
        let (x, y) = (at.center().x, at.center().y);
        match node.shape() {
            Shape::Task | Shape::Call => {
                put!(
                    self,
                    "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"10\"/>",
                    at.x,
                    at.y,
                    at.width,
                    at.height
                );
                let icon = match node.kind.shape() {
                    Shape::Event => icons::event(node.kind.event(), false),
                    _ => icons::task(element),
                };
                self.icon(icon, at.x + 14, at.y + 13);
                if bpmn::has_several(self.graph, id) {
                    self.icon(icons::MANY, at.x + 32, at.y + 13);
                }
            }
            Shape::Gateway => {
                let half = at.width / 2;
                put!(self, "<path class=\"body\" d=\"M{} {y}l{half}-{half}l{half} {half}l-{half} {half}z\"/>", at.x);
                self.icon(icons::gateway(element), x, y);
            }
            Shape::Start | Shape::Event | Shape::End => {
                let radius = at.width / 2;
                let beside = node.kind != Kind::CompensationBoundary && !node.interrupting;
                let dashed = if node.kind.is_boundary() && beside { " class=\"dashed\"" } else { "" };
                put!(self, "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"{dashed}/>");
                if node.shape() == Shape::Event {
                    put!(self, "<circle cx=\"{x}\" cy=\"{y}\" r=\"{}\"{dashed}/>", radius - 3);
                }
                let thrown = node.kind.bpmn() == "intermediateThrowEvent";
                self.icon(icons::event(node.kind.event(), thrown), x, y);
            }
        }
    }

    fn icon(&mut self, path: &str, x: i32, y: i32) {
        if !path.is_empty() {
            put!(self, "<path class=\"icon\" transform=\"translate({x} {y})\" d=\"{path}\"/>");
        }
    }

    fn label(&mut self, label: &Label, class: &str) {
        self.text.push_str(&lines(label, class));
    }

    /// How often the process has come here, in a corner that no edge leaves from.
    fn count(&mut self, node: &Node<'_>, placed: &PlacedNode, visits: u32) {
        let at = placed.at;
        let (x, y) = match node.shape() {
            Shape::Task | Shape::Call => (at.right() - 8, at.y + 17),
            Shape::Gateway => (at.x + 10, at.y + 9),
            Shape::Start | Shape::Event | Shape::End => (at.x + 4, at.y + 4),
        };
        put!(self, "<text class=\"count\" x=\"{x}\" y=\"{y}\">×{visits}</text>");
    }
}

/// A label as text.
pub(super) fn lines(label: &Label, class: &str) -> String {
    let x = label.at.center().x;
    let mut text = format!("<text class=\"{class}\">");
    for (line, y) in label.lines.iter().zip((label.at.y + 12..).step_by(usize::try_from(label::LINE).unwrap_or(1))) {
        let _ = write!(text, "<tspan x=\"{x}\" y=\"{y}\">{}</tspan>", escape(line));
    }
    text.push_str("</text>");
    text
}

/// A path over these points, with round corners.
pub(super) fn rounded(points: &[super::Point]) -> String {
    let mut path = String::new();
    for (at, point) in points.iter().enumerate() {
        let corner = at.checked_sub(1).and_then(|before| Some((points.get(before)?, points.get(at + 1)?)));
        let Some((before, after)) = corner else {
            let _ = write!(path, "{}{} {}", if at == 0 { "M" } else { "L" }, point.x, point.y);
            continue;
        };
        let (dx, dy) = ((point.x - before.x).signum(), (point.y - before.y).signum());
        let (ex, ey) = ((after.x - point.x).signum(), (after.y - point.y).signum());
        let shortest = |a: &super::Point, b: &super::Point| (a.x - b.x).abs() + (a.y - b.y).abs();
        let radius = (shortest(before, point).min(shortest(point, after)) / 2).min(5);
        let _ = write!(
            path,
            "L{} {}q{} {} {} {}",
            point.x - dx * radius,
            point.y - dy * radius,
            dx * radius,
            dy * radius,
            (dx + ex) * radius,
            (dy + ey) * radius
        );
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kind;

    #[test]
    fn a_hostile_title_is_text() {
        let nodes = [Node { title: "</text><script>alert(1)</script>", ..Node::new("a", Kind::View) }];
        let svg = svg(&Graph { nodes: &nodes, title: "<b>&", ..Graph::new("f") });
        assert!(!svg.contains("<script") && !svg.contains("<b>"));
        assert!(svg.contains("&lt;script&gt;") && svg.contains("&lt;b&gt;&amp;"));
    }
}
