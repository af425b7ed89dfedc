//! A flow as Mermaid text, which GitHub, GitLab and mdBook draw.

use std::fmt::Write as _;

use super::words;
use crate::{Graph, Kind, Role, Shape};

/// The flow as a Mermaid flowchart.
///
/// ```
/// # use flow_graph::{Edge, Graph, Kind, Node, Role};
/// # let nodes = [
/// #     Node { edges: &[Edge::new(Role::Next, 1)], ..Node::new("start", Kind::Start) },
/// #     Node::new("end", Kind::End),
/// # ];
/// # let graph = Graph { nodes: &nodes, ..Graph::new("hello") };
/// let text = flow_graph::diagram::mermaid(&graph);
/// assert!(text.starts_with("flowchart LR\n"));
/// assert!(text.contains("n0 --> n1"));
/// ```
#[must_use]
pub fn mermaid(graph: &Graph<'_>) -> String {
    let mut text = String::from("flowchart LR\n");
    for (id, node) in graph.ids().zip(graph.nodes) {
        let (open, close) = brackets(node.shape());
        // Writing to a String cannot fail.
        let _ = writeln!(text, "    n{id}{open}\"{}\"{close}", escape(words::title(node)));
    }
    for (id, node) in graph.ids().zip(graph.nodes) {
        for edge in node.edges {
            let word = match edge.role {
                Role::Next | Role::Case => "",
                Role::Then => "|yes|",
                Role::Else => "|no|",
                Role::Default => "|else|",
            };
            // What leads to a compensation handler is no way of the process.
            let arrow = if node.kind == Kind::CompensationBoundary { "-.->" } else { "-->" };
            let _ = writeln!(text, "    n{id} {arrow}{word} n{}", edge.to);
        }
        for boundary in node.boundaries {
            let _ = writeln!(text, "    n{id} -.- n{boundary}");
        }
    }
    text
}

fn brackets(shape: Shape) -> (&'static str, &'static str) {
    match shape {
        Shape::Start => ("([", "])"),
        Shape::Event => ("((", "))"),
        Shape::End => ("(((", ")))"),
        Shape::Task => ("[", "]"),
        Shape::Call => ("[[", "]]"),
        Shape::Gateway => ("{", "}"),
    }
}

// Mermaid reads `#35;` as a character by number, and nothing else inside quotes.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' | '#' | '<' | '>' | '&' | '`' => {
                let _ = write!(out, "#{};", u32::from(c));
            }
            '\n' | '\r' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_cannot_break_out_of_their_quotes() {
        assert_eq!(escape("a \"b\" <script>\n#1;"), "a #34;b#34; #60;script#62; #35;1;");
    }
}
