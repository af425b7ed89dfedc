//! Who may take a task, as a condition in SQL. It says the same as `transition/permit.rs`, which has the last word.

use flow_graph::Slot;

use crate::flow::{NodeDef, Rule, node};
use crate::sabotage::is_out;
use crate::store::list::{NullColumn, TextColumn, Where};
use crate::transition::permit;
use crate::{Flow, TaskStatus, User};

/// A person, and in whose right they act: their own, or that of one whom they stand in for.
#[derive(Clone, Copy)]
pub(crate) struct Acting<'u> {
    pub(crate) actor: &'u dyn User,
    pub(crate) right: &'u dyn User,
}

impl Acting<'_> {
    /// Four eyes look at both.
    fn people(&self) -> Vec<String> {
        let mut people = vec![self.actor.id().to_owned()];
        if !self.is_own() {
            people.push(self.right.id().to_owned());
        }
        people
    }

    pub(crate) fn is_own(&self) -> bool {
        self.actor.id() == self.right.id()
    }
}

/// In whose right a person may act, their own first.
pub(crate) fn rights(user: &dyn User) -> Vec<Acting<'_>> {
    if let Some((person, _)) = user.represents() {
        return vec![Acting { actor: user, right: person }];
    }
    let others = user.acts_for().into_iter().filter(|other| other.id() != user.id());
    std::iter::once(user).chain(others).map(|right| Acting { actor: user, right }).collect()
}

/// The tasks of one node that somebody may take.
pub(crate) struct OfNode {
    /// The stored names of the node.
    pub(crate) names: Vec<&'static str>,
    /// The kind that a task must have, and the conditions of each right, with those that a method of the flow must
    /// decide besides.
    pub(crate) rights: Vec<OfRight>,
    kind: &'static str,
}

/// What one right allows at a node.
pub(crate) struct OfRight {
    /// Without a look at the task.
    pub(crate) certain: Where,
    /// Where a method of the flow says yes.
    pub(crate) asked: Where,
}

impl OfNode {
    /// The tasks that can be taken, or may turn out so, beside their flow, name and status.
    pub(crate) fn condition(&self) -> Where {
        let some = self
            .rights
            .iter()
            .fold(Where::never(), |some, right| some.or(right.certain.clone()).or(right.asked.clone()));
        // A row of the first schema may not say of which kind it is.
        some.and(Where::OneOf(TextColumn::Kind, vec![String::new(), self.kind.to_owned()]))
    }

    /// Those that can be taken for sure.
    pub(crate) fn certain(&self) -> Where {
        let some = self.rights.iter().fold(Where::never(), |some, right| some.or(right.certain.clone()));
        some.and(Where::OneOf(TextColumn::Kind, vec![String::new(), self.kind.to_owned()]))
    }

    /// Whether a method of the flow decides about some.
    pub(crate) fn asks(&self) -> bool {
        self.rights.iter().any(|right| !right.asked.is_never())
    }
}

/// A task that nobody has, of a process that goes on.
pub(crate) fn free() -> Where {
    Where::TaskStatus(TaskStatus::New)
        .and(Where::IsNull(NullColumn::TaskFinished))
        .and(Where::IsNull(NullColumn::Suspended))
}

/// The nodes of a flow whose tasks somebody may take. Nodes that they may never take a task of are left out.
pub(crate) fn of_flow<F: Flow>(rights: &[Acting<'_>]) -> Vec<OfNode> {
    let mut found = Vec::new();
    for id in F::GRAPH.ids() {
        let Ok((node, def)) = node::<F>(id) else { continue };
        if !node.kind.is_human() || node.kind.begins() {
            continue;
        }
        let rights: Vec<OfRight> = rights.iter().map(|right| of_right(*right, node.name, def)).collect();
        let of_node = OfNode { names: F::GRAPH.names(id).collect(), rights, kind: node.kind.name() };
        if !of_node.condition().is_never() {
            found.push(of_node);
        }
    }
    found
}

fn of_right<F: Flow>(acting: Acting<'_>, node: &'static str, def: &NodeDef<F>) -> OfRight {
    let right = acting.right;
    let mut four_eyes = Where::always();
    if !def.different_from.is_empty() && !is_out("queue_four_eyes") {
        let nodes = def.different_from.iter().flat_map(|other| F::GRAPH.names(*other)).map(str::to_owned).collect();
        four_eyes = Where::Did { nodes, people: acting.people() }.negated();
    }
    if right.is_system() {
        return OfRight { certain: four_eyes, asked: Where::never() };
    }
    let assigns = permit::assigns(def);
    let offered = || match is_out("queue_candidates") {
        true => Where::always(),
        false => Where::Candidate {
            person: right.id().to_owned(),
            groups: right.groups().into_iter().map(str::to_owned).collect(),
        },
    };
    let candidates = def.callback(Slot::Candidates).map(|_| offered());
    let (mut certain, mut asked) = (Where::never(), Where::never());
    match (&def.rule, candidates) {
        (Rule::Managers, Some(offered)) => certain = offered,
        (Rule::Managers, None) if acting.is_own() && right.manages(F::GRAPH.name) => {
            certain = if assigns { Where::IsNull(NullColumn::Nominee) } else { Where::always() };
        }
        (Rule::Managers, None) => {}
        (Rule::Task(_), offered) => asked = offered.unwrap_or_else(Where::always),
        (rule, offered) => {
            if permit::passes_by_name(rule, right, F::GRAPH.name, node) == Some(true) {
                certain = offered.unwrap_or_else(Where::always);
            }
        }
    }
    if assigns && !is_out("queue_nominee") {
        certain = certain.or(Where::OneOf(TextColumn::Nominee, vec![right.id().to_owned()]));
    }
    OfRight { certain: certain.and(four_eyes.clone()), asked: asked.and(four_eyes) }
}
