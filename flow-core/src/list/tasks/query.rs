//! What a list of tasks asks the database.

use super::super::conditions::owned;
use super::super::who;
use super::{FindTasks, Of, TaskOrder};
use crate::store::FlowConnection;
use crate::store::list::{ListIndex, ListQuery, NullColumn, Part, Sort, TextColumn, Where};
use crate::transition::permit;
use crate::{DynFlow, Result, TaskStatus, clock};

impl<C: FlowConnection> FindTasks<'_, C> {
    /// The order, which a cursor knows.
    pub(super) fn sort(&self) -> Sort {
        let newest_first = matches!(self.of, Of::Archive(_));
        let order = self.order.unwrap_or(if newest_first { TaskOrder::Newest } else { TaskOrder::Oldest });
        self.after.map_or(order.sort(), |place| place.sort)
    }

    /// What to ask the database; `None` if the list is empty for sure.
    pub(super) fn query(&self) -> Result<Option<ListQuery>> {
        if let Of::Inbox(user) | Of::Queue(user) | Of::Archive(user) = self.of {
            permit::identified(user)?;
        }
        let flows: Vec<&'static DynFlow<C>> = match &self.flow {
            Some(name) => vec![self.flows.get(name)?],
            None => self.flows.all().iter().collect(),
        };
        let flows: Vec<_> = flows
            .into_iter()
            .filter(|flow| self.manager.is_none_or(|user| user.is_system() || user.manages(flow.graph().name)))
            .collect();
        let mut condition = self.condition.clone();
        if let Of::Inbox(user) | Of::Queue(user) = self.of {
            condition = condition.and(Where::Snoozed { person: user.id().to_owned(), now: clock::now() }.negated());
        }
        let (parts, by_node) = self.parts(&flows);
        if !by_node {
            let names = flows.iter().flat_map(|flow| flow.graph().flow_names()).map(str::to_owned).collect();
            if !self.any_flow || self.flow.is_some() || self.manager.is_some() {
                condition = condition.and(Where::OneOf(TextColumn::TaskFlow, names));
            }
            if let Some(node) = &self.node {
                let mut names: Vec<String> = flows.iter().flat_map(|flow| node_names(flow, node)).collect();
                names.push(node.clone());
                condition = condition.and(Where::OneOf(TextColumn::Node, names));
            }
        }
        if let Some(owner) = &self.owner {
            condition = condition.and(owned(vec![owner.clone()]));
        }
        if let Some(status) = self.status {
            condition = condition.and(Where::TaskStatus(status));
        }
        if self.open {
            condition = condition.and(Where::IsNull(NullColumn::TaskFinished));
        }
        if parts.is_empty() || condition.is_never() {
            return Ok(None);
        }
        let query = ListQuery { parts, condition, sort: self.sort(), after: self.after, most: 0 };
        Ok(Some(query.bounded()))
    }

    /// The parts that an index has in order, and whether they name flow and node.
    fn parts(&self, flows: &[&'static DynFlow<C>]) -> (Vec<Part>, bool) {
        let owned_in = |people: Vec<String>, statuses: &[TaskStatus]| -> Vec<Part> {
            people
                .iter()
                .flat_map(|person| statuses.iter().map(move |status| (person, *status)))
                .map(|(person, status)| Part {
                    index: Some(ListIndex::Owner),
                    condition: owned(vec![person.clone()]).and(Where::TaskStatus(status)),
                })
                .collect()
        };
        match self.of {
            Of::Queue(user) => {
                let rights = who::rights(user);
                let parts = flows.iter().flat_map(|flow| self.of_nodes(flow, flow.takers(&rights))).collect();
                (parts, true)
            }
            Of::Inbox(user) => {
                let mut people: Vec<String> =
                    who::rights(user).iter().map(|acting| acting.right.id().to_owned()).collect();
                people.sort_unstable();
                people.dedup();
                (owned_in(people, &[TaskStatus::Assigned]), false)
            }
            Of::Archive(user) => {
                let done = [TaskStatus::Done, TaskStatus::Canceled, TaskStatus::Revived];
                (owned_in(vec![user.id().to_owned()], &done), false)
            }
            Of::Everybody => match (&self.owner, self.status) {
                (Some(owner), Some(status)) => (owned_in(vec![owner.clone()], &[status]), false),
                (Some(owner), None) => {
                    (vec![Part { index: Some(ListIndex::Owner), condition: owned(vec![owner.clone()]) }], false)
                }
                (None, _) if self.open => {
                    let nodes = flows.iter().flat_map(|flow| self.of_nodes(flow, all_nodes(flow)));
                    (nodes.collect(), true)
                }
                (None, _) => (vec![Part { index: None, condition: Where::always() }], false),
            },
        }
    }

    /// A part for each stored name of a flow and of a node.
    fn of_nodes(&self, flow: &'static DynFlow<C>, nodes: Vec<(Vec<&'static str>, Where)>) -> Vec<Part> {
        let mut parts = Vec::new();
        for (names, condition) in nodes {
            if self.node.as_ref().is_some_and(|node| !names.contains(&node.as_str())) {
                continue;
            }
            for (flow, name) in flow.graph().flow_names().flat_map(|flow| names.iter().map(move |name| (flow, *name))) {
                let at = Where::OneOf(TextColumn::TaskFlow, vec![flow.to_owned()])
                    .and(Where::OneOf(TextColumn::Node, vec![name.to_owned()]));
                let mut part = at.and(Where::IsNull(NullColumn::TaskFinished));
                // In the part itself, where the index has it.
                if let Some(status) = self.status {
                    part = part.and(Where::TaskStatus(status));
                }
                parts.push(Part { index: Some(ListIndex::Open), condition: part.and(condition.clone()) });
            }
        }
        parts
    }
}

/// All nodes of a flow.
fn all_nodes<C: FlowConnection>(flow: &'static DynFlow<C>) -> Vec<(Vec<&'static str>, Where)> {
    let graph = flow.graph();
    graph.ids().map(|id| (graph.names(id).collect(), Where::always())).collect()
}

/// The stored names of a node, by one of them.
fn node_names<C: FlowConnection>(flow: &'static DynFlow<C>, node: &str) -> Vec<String> {
    let graph = flow.graph();
    graph.find(node).map(|id| graph.names(id).map(str::to_owned).collect()).unwrap_or_default()
}
