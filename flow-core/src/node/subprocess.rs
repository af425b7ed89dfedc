//! How a flow starts another one.

use flow_graph::{Graph, Kind};

use super::{ConnectionOf, InputNode, ProcessOf, StartHandle};
use crate::model::IntoRef;
use crate::proxy::{Beginning, DataOf, ProcessProxy};
use crate::{Error, Flow, Process, StepError, proxy, transition};

/// Builds the start of a child process, for a `Subprocess`.
#[doc(hidden)]
#[allow(missing_debug_implementations, reason = "holds a value of the user's")]
pub struct Child<N: InputNode> {
    node: std::marker::PhantomData<fn() -> N>,
    data: Option<Beginning<ProcessOf<N>>>,
    seed: Option<(String, String)>,
}

/// Begins a child: its start takes the process's own data, and nothing else.
#[doc(hidden)]
pub fn child<N>(_start: &StartHandle<N>) -> Child<N>
where
    N: InputNode<Input: DataOf<ProcessOf<N>>>,
{
    Child { node: std::marker::PhantomData, data: None, seed: None }
}

/// The rows of children, as their own type.
#[doc(hidden)]
pub fn children<N: InputNode>(
    _start: &StartHandle<N>,
    rows: Vec<Process>,
    conn: &mut ConnectionOf<N>,
) -> Result<Vec<ProcessOf<N>>, StepError> {
    let children = rows.into_iter().map(|row| proxy::load(row, conn));
    Ok(children.collect::<Result<_, Error>>()?)
}

/// The child of a task that has one.
#[doc(hidden)]
pub fn newest<P>(children: Vec<P>) -> Result<P, StepError> {
    let missing = || Error::Internal("a child that is not there".to_owned());
    Ok(children.into_iter().next_back().ok_or_else(missing)?)
}

/// The stored name of the flow that a child is a process of.
#[doc(hidden)]
pub const fn flow_of<S: InFlow>(_start: &S) -> &'static str {
    S::FLOW
}

/// Any node of a flow: of a start that cannot start a child, [`child`] says so.
#[doc(hidden)]
pub trait InFlow {
    /// The stored name of the flow.
    const FLOW: &'static str;
    /// Its graph.
    const GRAPH: &'static Graph<'static>;
}

/// Whether a process of the flow can end with this error code.
#[doc(hidden)]
pub const fn ends_with<S: InFlow>(_start: &S, code: &str) -> bool {
    has_code(S::GRAPH, Kind::ErrorEnd, code)
}

/// Whether a process of the flow can throw an escalation with this code.
#[doc(hidden)]
pub const fn throws<S: InFlow>(_start: &S, code: &str) -> bool {
    has_code(S::GRAPH, Kind::EscalationThrow, code)
}

const fn has_code(graph: &Graph<'_>, kind: Kind, code: &str) -> bool {
    let nodes = graph.nodes;
    let mut at = 0;
    while at < nodes.len() {
        if let Some(known) = nodes[at].code
            && nodes[at].kind as u8 == kind as u8
            && is_same(known.as_bytes(), code.as_bytes())
        {
            return true;
        }
        at += 1;
    }
    false
}

const fn is_same(a: &[u8], b: &[u8]) -> bool {
    let mut at = 0;
    while at < a.len() && at < b.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    a.len() == b.len()
}

/// Every process comes here, and so needs that the child can end.
#[doc(hidden)]
pub const fn runs<N>(_start: &StartHandle<N>)
where
    N: InputNode<Input: DataOf<ProcessOf<N>>>,
{
    <N::Flow as Flow>::subprocess_recursion
}

impl<N: InputNode> Child<N> {
    /// With these fields.
    pub fn data(mut self, data: <ProcessOf<N> as ProcessProxy>::Data) -> Result<Self, StepError> {
        self.data = Some(data.beginning()?);
        Ok(self)
    }

    /// With this seed.
    pub fn seed<S: IntoRef<<ProcessOf<N> as ProcessProxy>::Seed>>(mut self, seed: S) -> Result<Self, StepError> {
        self.seed = seed.key();
        Ok(self)
    }

    /// How it is started, for the engine.
    pub fn plan(self) -> transition::ChildPlan<<N::Flow as Flow>::Connection> {
        transition::start::child::<N::Flow>(N::ID, self.data.unwrap_or_default(), self.seed)
    }
}
