//! The result of a check: what is wrong, where, and what to do.

use crate::{Edge, Kind, NodeId};

/// The severity of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Severity {
    /// A hint: not printed by the compiler; `hints()` lists it.
    Off,
    /// A warning of the compiler; `allow(.., reason = "..")` silences it.
    Warning,
    /// An error that `allow(.., reason = "..")` turns off.
    Denied,
    /// An error.
    Error,
}

/// The place of a finding: the smallest part of a flow that its author can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Place {
    /// The flow's own name.
    Flow,
    /// The name of a node.
    Node(NodeId),
    /// The target of a node's edge, by the edge's place in the node.
    Edge(NodeId, usize),
    /// A node's callback, by its place in [`NodeCode::callbacks`](crate::code::NodeCode::callbacks).
    Callback(NodeId, usize),
    /// A field that a callback reads, by their places.
    Read(NodeId, usize, usize),
    /// A word of a callback that says something, by their places.
    Word(NodeId, usize, usize),
    /// A field of a node's form, by its place.
    Form(NodeId, usize),
    /// How long a timer or a timeout takes.
    Delay(NodeId),
}

/// A hint as a constant: found by the macro in the code of a flow, and not printed by the compiler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The name of the check.
    pub check: &'static str,
    /// Where it is.
    pub place: Place,
    /// The fact.
    pub headline: &'static str,
    /// What to do.
    pub help: &'static [&'static str],
}

impl Hint {
    /// The same as a finding.
    #[must_use]
    pub fn finding(&self) -> Finding {
        let mut finding = Finding::at(self.place, self.headline);
        (finding.check, finding.severity) = (self.check, Severity::Off);
        finding.help = self.help.iter().map(ToString::to_string).collect();
        finding.edits = vec![Vec::new(); finding.help.len()];
        finding.choices = (0..finding.help.len()).collect();
        finding
    }
}

/// An edit of a graph by a suggested fix, for a help that is code.
///
/// A node that a help adds is known by the number that follows those of the graph; a second one by the next.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Edit {
    /// An edge of a node leads elsewhere.
    Lead {
        /// The node.
        node: NodeId,
        /// The place of the edge in it.
        edge: usize,
        /// Where it leads then.
        to: NodeId,
    },
    /// All edges of a node are replaced.
    Edges {
        /// The node.
        node: NodeId,
        /// Its edges then.
        edges: Vec<Edge>,
    },
    /// A node is added.
    Add(NewNode),
    /// A node to which nothing leads any more is removed.
    Remove(NodeId),
    /// A timeout interrupts its task.
    Interrupt(NodeId),
    /// `allow(.., reason = "..")` on a node.
    Allow(NodeId, &'static str),
}

/// A node that a help adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewNode {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Where it leads.
    pub edges: Vec<Edge>,
}

/// A finding of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The name of the check that found it: `unreachable_nodes`.
    pub check: &'static str,
    /// Its severity.
    pub severity: Severity,
    /// Where it is.
    pub place: Place,
    /// The headline: what is wrong, with the names of the flow.
    pub headline: String,
    /// Related places, each with a label.
    pub also: Vec<(Place, String)>,
    /// Why it is wrong.
    pub notes: Vec<String>,
    /// How to fix it: code that can be pasted, where the fix is certain.
    pub help: Vec<String>,
    /// The edits of each help; empty if the help is only prose.
    pub edits: Vec<Vec<Edit>>,
    /// Helps of one number are alternatives: the first that is right is kept.
    pub(crate) choices: Vec<usize>,
}

impl Finding {
    /// A finding that states a fact about a place; the check's name and weight are filled in by [`check()`](crate::check()).
    pub(crate) fn at(place: Place, headline: impl Into<String>) -> Self {
        Finding {
            check: "",
            severity: Severity::Error,
            place,
            headline: headline.into(),
            also: Vec::new(),
            notes: Vec::new(),
            help: Vec::new(),
            edits: Vec::new(),
            choices: Vec::new(),
        }
    }

    pub(crate) fn also(mut self, place: Place, label: impl Into<String>) -> Self {
        self.also.push((place, label.into()));
        self
    }

    /// The shortest execution that shows it, as numbered lines.
    pub(crate) fn story(self, lines: &[String]) -> Self {
        let lines: Vec<String> = lines.iter().enumerate().map(|(at, line)| format!("{}. {line}", at + 1)).collect();
        self.note(lines.join("\n      "))
    }

    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// What to do, in words.
    pub(crate) fn help(self, help: impl Into<String>) -> Self {
        self.paste(help, Vec::new())
    }

    /// What to do, as code: the text says what the edits do.
    pub(crate) fn paste(mut self, help: impl Into<String>, edits: Vec<Edit>) -> Self {
        self.choices.push(self.choices.last().map_or(0, |last| last + 1));
        self.help.push(help.into());
        self.edits.push(edits);
        self
    }

    /// The same in another way, for where the last one is not right.
    pub(crate) fn or_paste(mut self, help: impl Into<String>, edits: Vec<Edit>) -> Self {
        self.choices.push(self.choices.last().copied().unwrap_or(0));
        self.help.push(help.into());
        self.edits.push(edits);
        self
    }

    /// Keeps those of its helps for which `wanted` is true, by their places.
    pub(crate) fn retain_help(&mut self, mut wanted: impl FnMut(usize) -> bool) {
        let keep: Vec<bool> = (0..self.help.len()).map(&mut wanted).collect();
        let kept = |at: &mut usize| {
            *at += 1;
            keep[*at - 1]
        };
        let (mut help, mut edits, mut choices) = (0, 0, 0);
        self.help.retain(|_| kept(&mut help));
        self.edits.retain(|_| kept(&mut edits));
        self.choices.retain(|_| kept(&mut choices));
    }

    /// How to allow it, and why one would: `"if running once for each branch is intended"`.
    pub(crate) fn allow(self, why: &str, check: &'static str, node: NodeId, name: &str) -> Self {
        let text = format!("{why}: `allow({check}, reason = \"..\")` on {name}");
        self.paste(text, vec![Edit::Allow(node, check)])
    }
}

impl Place {
    /// The node that it is at; none for the flow's own name.
    #[must_use]
    pub const fn node(self) -> Option<NodeId> {
        match self {
            Place::Flow => None,
            Place::Node(id)
            | Place::Edge(id, _)
            | Place::Callback(id, _)
            | Place::Read(id, ..)
            | Place::Word(id, ..)
            | Place::Form(id, _)
            | Place::Delay(id) => Some(id),
        }
    }
}
