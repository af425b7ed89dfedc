//! A flow by its names and by values, for what does not know its type: pages, REST, tools.

use std::fmt;

use flow_graph::Graph;

use super::{lists, permissions, problems};
use crate::flow::node;
use crate::store::{DueRow, FlowConnection};
use crate::transition::due::{self, Outcome};
use crate::{Flow, FormField, Permission, Problem, Process, Result, Task, User};

/// A flow without its type: what a page, a REST interface or a tool needs of any flow, by the stored names of its
/// nodes. `flows![]` makes one for each flow of the list.
pub struct DynFlow<C> {
    graph: &'static Graph<'static>,
    run_due: fn(&mut C, &DueRow) -> Result<Outcome>,
    queue: fn(&mut C, &dyn User) -> Result<Vec<Task>>,
    fields: fn(&str) -> &'static [FormField],
    permissions: fn() -> Vec<Permission>,
    problems: fn(&mut C) -> Result<Vec<Problem>>,
    children: fn() -> Vec<(&'static str, &'static str)>,
}

impl<C> fmt::Debug for DynFlow<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.graph.name)
    }
}

impl<C> DynFlow<C> {
    /// The graph: the nodes, and where each leads.
    #[must_use]
    pub const fn graph(&self) -> &'static Graph<'static> {
        self.graph
    }
}

impl<C: FlowConnection> DynFlow<C> {
    /// This flow, without its type.
    #[must_use]
    pub const fn of<F: Flow<Connection = C>>() -> Self {
        DynFlow {
            graph: F::GRAPH,
            run_due: due::run::<F>,
            queue: lists::queue::<F>,
            fields: fields::<F>,
            permissions: permissions::of_flow::<F>,
            problems: problems::of_flow::<F>,
            children: children::<F>,
        }
    }

    pub(crate) fn run_due(&self, conn: &mut C, row: &DueRow) -> Result<Outcome> {
        (self.run_due)(conn, row)
    }

    pub(super) fn queue(&self, conn: &mut C, user: &dyn User) -> Result<Vec<Task>> {
        (self.queue)(conn, user)
    }

    pub(super) fn permissions(&self) -> Vec<Permission> {
        (self.permissions)()
    }

    pub(super) fn problems(&self, conn: &mut C) -> Result<Vec<Problem>> {
        (self.problems)(conn)
    }

    /// The nodes that start other flows, each with that flow's stored name.
    pub(super) fn children(&self) -> Vec<(&'static str, &'static str)> {
        (self.children)()
    }

    /// What the form of a node asks for. Empty if there is no such node or form.
    #[must_use]
    pub fn fields(&self, node: &str) -> &'static [FormField] {
        (self.fields)(node)
    }
}

/// What a node's form asks for.
fn fields<F: Flow>(name: &str) -> &'static [FormField] {
    let found = F::GRAPH.find(name).and_then(|id| node::<F>(id).ok());
    found.map_or(&[], |(_, def)| def.fields)
}

/// The nodes that start other flows.
fn children<F: Flow>() -> Vec<(&'static str, &'static str)> {
    let nodes = F::GRAPH.ids().filter_map(|id| node::<F>(id).ok());
    nodes.filter_map(|(node, def)| Some((node.name, def.child_flow?))).collect()
}

impl<C: FlowConnection> super::Flows<C> {
    /// What the form of a node asks for, by the stored names of its flow and itself: of any task,
    /// `FLOWS.fields(task.flow(), task.node())`. Empty if there is no such node or form.
    ///
    /// ```
    /// use flow_core::prelude::*;
    ///
    /// #[derive(ProcessProxy)]
    /// pub struct LeaveProcess { process: Process, #[json(default)] days: i64 }
    ///
    /// #[flow(process = LeaveProcess)]
    /// pub struct LeaveFlow {
    ///     #[node(form = LeaveForm { days }, permission(anyone), next = this.end)] start: Start,
    ///     end: End,
    /// }
    ///
    /// static FLOWS: Flows<diesel::SqliteConnection> = flows![LeaveFlow];
    ///
    /// fn main() {
    ///     assert_eq!(FLOWS.fields("leave", "start")[0].label, "Days");
    ///     assert!(FLOWS.fields("leave", "end").is_empty());
    /// }
    /// ```
    #[must_use]
    pub fn fields(&self, flow: &str, node: &str) -> &'static [FormField] {
        self.find(flow).map_or(&[], |flow| flow.fields(node))
    }

    /// What the form of a node asks for, each field with its value in this process: as
    /// [`fields_of`](crate::node::View::fields_of) of the node.
    #[must_use]
    pub fn fields_of(&self, process: &Process, node: &str) -> Vec<FormField> {
        let fields = self.fields(process.flow(), node);
        fields.iter().map(|field| field.clone().with_value_of(process)).collect()
    }
}
