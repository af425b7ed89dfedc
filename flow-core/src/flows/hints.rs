//! What the flows of a list say to one another, and nobody hears: found without a database.

use std::fmt;

use flow_graph::Kind;

use super::Flows;
use super::dyn_flow::NamedEvent;
use crate::store::FlowConnection;

/// A node that speaks to no flow of the list, or waits for what none of them says: see [`Flows::hints`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListHint {
    /// The stored name of the flow.
    pub flow: &'static str,
    /// The stored name of the node.
    pub node: &'static str,
    /// What is missing.
    pub kind: ListHintKind,
}

/// What is missing in a list of flows.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ListHintKind {
    /// No flow of the list catches this signal.
    SignalNotCaught(&'static str),
    /// No flow of the list throws this signal.
    SignalNotThrown(&'static str),
    /// No flow of the list catches this message. One that is caught and not thrown is no hint: it comes from outside, by
    /// [`Flows::message`].
    MessageNotCaught(&'static str),
    /// This flow, of which processes are started, is not in the list.
    ChildFlowMissing(&'static str),
}

impl fmt::Display for ListHint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}.{}`: ", self.flow, self.node)?;
        match self.kind {
            ListHintKind::SignalNotCaught(name) => write!(f, "no flow of the list catches the signal `{name}`"),
            ListHintKind::SignalNotThrown(name) => write!(f, "no flow of the list throws the signal `{name}`"),
            ListHintKind::MessageNotCaught(name) => write!(f, "no flow of the list catches the message `{name}`"),
            ListHintKind::ChildFlowMissing(flow) => write!(f, "the list has no flow `{flow}`"),
        }
    }
}

impl<C: FlowConnection> Flows<C> {
    /// Signals and messages that nobody in the list throws or catches, and flows that are started and not in the list; in
    /// the order of the list. It needs no database: call it in a test.
    ///
    /// ```
    /// use flow_core::prelude::*;
    ///
    /// #[flow]
    /// pub struct WatchFlow {
    ///     #[node(permission(anyone), next = this.wait)] start: StartHandle,
    ///     #[node(signal = "prices_changed", next = this.end)] wait: SignalCatch,
    ///     end: End,
    /// }
    ///
    /// static FLOWS: Flows<diesel::SqliteConnection> = flows![WatchFlow];
    ///
    /// fn main() {
    ///     let hints: Vec<String> = FLOWS.hints().iter().map(ToString::to_string).collect();
    ///     assert_eq!(hints, ["`watch.wait`: no flow of the list throws the signal `prices_changed`"]);
    /// }
    /// ```
    #[must_use]
    pub fn hints(&self) -> Vec<ListHint> {
        let all: Vec<NamedEvent> = self.all().iter().flat_map(|flow| flow.events()).collect();
        let has = |kind: Kind, name: &str| all.iter().any(|event| event.kind == kind && event.name == name);
        let mut found = Vec::new();
        for flow in self.all() {
            let graph = flow.graph();
            for NamedEvent { node, kind, name } in flow.events() {
                let missing = match kind {
                    Kind::SignalThrow if !has(Kind::SignalCatch, name) => ListHintKind::SignalNotCaught(name),
                    Kind::SignalCatch if !has(Kind::SignalThrow, name) => ListHintKind::SignalNotThrown(name),
                    Kind::MessageThrow if !has(Kind::MessageCatch, name) => ListHintKind::MessageNotCaught(name),
                    _ => continue,
                };
                let node = graph.node(node).map_or("", |node| node.name);
                found.push(ListHint { flow: graph.name, node, kind: missing });
            }
            for (node, child) in flow.children().into_iter().filter(|(_, child)| self.find(child).is_none()) {
                found.push(ListHint { flow: graph.name, node, kind: ListHintKind::ChildFlowMissing(child) });
            }
        }
        found
    }
}
