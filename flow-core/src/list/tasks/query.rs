//! What a list of tasks asks the database.

use super::super::conditions::owned;
use super::super::who;
use super::{FindTasks, Of, TaskOrder};
use crate::store::list::{
    Alternative, ListIndex, ListQuery, MOST_PARTS, NullColumn, Offer, Part, Sort, Source, TextColumn, Where,
};
use crate::store::{FlowConnection, OpenNode, Store as _};
use crate::transition::permit;
use crate::{DynFlow, Error, Result, TaskStatus, clock};

impl<C: FlowConnection> FindTasks<'_, C> {
    /// The order, which a cursor knows.
    fn sort(&self) -> Result<Sort> {
        if self.after.is_some_and(|place| (place.sort == Sort::Field) != self.by.is_some()) {
            return Err(Error::invalid("cursor", "is of a list in another order"));
        }
        if self.by.is_some() {
            return Ok(Sort::Field);
        }
        let newest_first = matches!(self.of, Of::Archive(_));
        let order = self.order.unwrap_or(if newest_first { TaskOrder::Newest } else { TaskOrder::Oldest });
        Ok(self.after.map_or(order.sort(), |place| place.sort))
    }

    /// What to ask the database; `None` if the list is empty for sure.
    pub(super) fn query(&self, conn: &mut C) -> Result<Option<ListQuery>> {
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
        let (parts, by_node) = self.parts(conn, &flows)?;
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
        let query = ListQuery { parts, condition, sort: self.sort()?, by: self.by.clone(), after: self.after, most: 0 };
        Ok(Some(query.bounded()))
    }

    /// The parts that an index has in order, and whether they name flow and node.
    fn parts(&self, conn: &mut C, flows: &[&'static DynFlow<C>]) -> Result<(Vec<Part>, bool)> {
        let owned_in = |people: Vec<String>, statuses: &[TaskStatus]| -> Vec<Part> {
            people
                .iter()
                .flat_map(|person| statuses.iter().map(move |status| (person, *status)))
                .map(|(person, status)| {
                    Part::of(Some(ListIndex::Owner), owned(vec![person.clone()]).and(Where::TaskStatus(status)))
                })
                .collect()
        };
        Ok(match self.of {
            Of::Queue(user) => {
                let rights = who::rights(user);
                let nodes: Vec<Part> =
                    flows.iter().flat_map(|flow| self.of_nodes(flow, flow.takers(&rights))).collect();
                let mut offers = Offers::default();
                let mut parts = Vec::new();
                for node in &nodes {
                    parts.extend(offers.parts(conn, &node.source, node.condition.clone())?);
                }
                (if parts.len() > MOST_PARTS { nodes } else { parts }, true)
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
                (Some(owner), None) => (vec![Part::of(Some(ListIndex::Owner), owned(vec![owner.clone()]))], false),
                (None, _) if self.open => (self.of_open_nodes(conn, flows)?, true),
                (None, _) => (vec![Part::of(None, Where::always())], false),
            },
        })
    }

    /// A part for each node of these flows at which tasks are open, and for each status of these: the index has the
    /// tasks of one status in order. Nodes that the code does not know are not among them.
    fn of_open_nodes(&self, conn: &mut C, flows: &[&'static DynFlow<C>]) -> Result<Vec<Part>> {
        let mut parts = Vec::new();
        let places = match &self.places {
            Some(places) => places.clone(),
            None => self.flows.open_places(conn)?,
        };
        for OpenNode { flow, node, status } in places.nodes().iter().cloned() {
            let known = flows.iter().find(|known| known.graph().is_named(&flow)).map(|known| known.graph());
            let Some((graph, id)) = known.and_then(|graph| Some((graph, graph.find(&node)?))) else { continue };
            let is_other_node = self.node.as_ref().is_some_and(|node| !graph.names(id).any(|name| name == node));
            if is_other_node || self.status.is_some_and(|wanted| wanted.as_str() != status) {
                continue;
            }
            parts.push(of_open_node(flow, node, status));
        }
        Ok(parts)
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
                parts.push(Part::of(Some(ListIndex::Open), part.and(condition.clone())));
            }
        }
        parts
    }
}

/// The open tasks of a node that are in one status.
pub(crate) fn of_open_node(flow: String, node: String, status: String) -> Part {
    let at = Where::OneOf(TextColumn::TaskFlow, vec![flow])
        .and(Where::OneOf(TextColumn::Node, vec![node]))
        .and(Where::OneOf(TextColumn::TaskStatus, vec![status]))
        .and(Where::IsNull(NullColumn::TaskFinished));
    Part::of(Some(ListIndex::Open), at)
}

/// Most tasks that are offered to a person, of which a list looks at each. Where there are more, it looks at the open
/// tasks of the node instead, of which many are offered to them then.
const OFFERS: i64 = 3_000;

/// Whether few tasks are offered to somebody: asked once for each.
#[derive(Default)]
pub(crate) struct Offers(Vec<(Vec<Offer>, bool)>);

impl Offers {
    fn are_few<C: FlowConnection>(&mut self, conn: &mut C, offers: &[Offer]) -> Result<bool> {
        if let Some((_, few)) = self.0.iter().find(|(known, _)| known == offers) {
            return Ok(*few);
        }
        let few = conn.store().count_offers(offers, OFFERS)? < OFFERS;
        self.0.push((offers.to_vec(), few));
        Ok(few)
    }

    /// The tasks that meet a condition by an index, where those that are offered to somebody are found by that.
    pub(crate) fn parts<C: FlowConnection>(
        &mut self,
        conn: &mut C,
        source: &Source,
        condition: Where,
    ) -> Result<Vec<Part>> {
        let mut parts = Vec::new();
        for Alternative { candidate, condition } in condition.alternatives() {
            let Some((person, groups)) = candidate else {
                parts.push(Part { source: source.clone(), condition });
                continue;
            };
            let offers = Offer::each(&person, &groups);
            if self.are_few(conn, &offers)? {
                let of = |offer| Part { source: Source::Offered(offer), condition: condition.clone() };
                parts.extend(offers.into_iter().map(of));
            } else {
                let condition = condition.and(Where::Candidate { person, groups });
                parts.push(Part { source: source.clone(), condition });
            }
        }
        Ok(parts)
    }
}

/// The stored names of a node, by one of them.
fn node_names<C: FlowConnection>(flow: &'static DynFlow<C>, node: &str) -> Vec<String> {
    let graph = flow.graph();
    graph.find(node).map(|id| graph.names(id).map(str::to_owned).collect()).unwrap_or_default()
}
