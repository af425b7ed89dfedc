//! A state machine as constants, and what is asked of it.

use std::fmt;

use flow_graph::diagram;
use flow_graph::states::{Arc, StateGraph};

use super::snapshot::Snapshot;
use super::{State, States, log};
use crate::proxy::Choices as _;
use crate::store::FlowConnection;
use crate::{Permission, Result, RowKey, StateLogRow, StepError, User};

/// A row with a state machine: what `#[states]` implements.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no state machine",
    note = "write its transitions: `#[states(Stage, field = stage)] impl {Self} {{ #[transition(from(New), to = Approved)] fn approve(&mut self) {{}} }}`"
)]
pub trait StateMachine: Sized + 'static {
    /// Its states.
    type States: States;

    /// Its transitions and its names.
    const MACHINE: &'static Machine<Self>;

    #[doc(hidden)]
    fn state(&self) -> &State<Self::States>;

    #[doc(hidden)]
    fn state_mut(&mut self) -> &mut State<Self::States>;

    /// What it looks like, to see which fields a transition changes.
    #[doc(hidden)]
    fn snapshot(&self) -> Option<Snapshot>;

    /// Whether a transition could be taken now by somebody who may: it leads from this state, and its conditions hold.
    fn can(&self, transition: TransitionOf<Self>) -> bool {
        let Some(transition) = transition.get() else { return false };
        leaves(self, transition) && unmet(self, transition).is_none()
    }

    /// Whether somebody has the permission for a transition. Without a rule only managers have.
    fn may(&self, transition: TransitionOf<Self>, user: &dyn User) -> bool {
        transition.get().is_some_and(|transition| permits(self, transition, user))
    }

    /// The transition of this name: `Review::transition("approve")`, for `can` and `may`. All of them are
    /// `Review::MACHINE.transitions`; `row.by(&user).call(name, ..)` takes one.
    #[must_use]
    fn transition(name: &str) -> Option<TransitionOf<Self>> {
        TransitionOf::by_name(name)
    }

    /// The transitions that lead from this state, each with why somebody cannot take it, if so. A transition from any
    /// state is not listed where its target is reached already.
    fn available(&self, user: &dyn User) -> Vec<Available<Self>> {
        let arcs = Self::MACHINE.graph.arcs.iter().zip(Self::MACHINE.transitions);
        let here = place(self.state().get());
        let leads = arcs.filter(|(arc, _)| arc.leaves(here) && (arc.from.is_some() || arc.to != Some(here)));
        let offer = |(arc, transition): (&'static Arc, &'static Transition<Self>)| {
            let refusal = if permits(self, transition, user) {
                unmet(self, transition).map(Refusal::Condition)
            } else {
                Some(Refusal::Permission(transition.permit.reason()))
            };
            Available { transition, to: arc.to.and_then(|to| Self::States::ALL.get(usize::from(to)).copied()), refusal }
        };
        leads.map(offer).collect()
    }

    /// The transitions that rows of this key have taken, the oldest first.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database) if the query fails.
    fn transitions_of<C: FlowConnection>(conn: &mut C, key: impl Into<RowKey>) -> Result<Vec<StateLogRow>> {
        log::of(Self::MACHINE.graph.name, &key.into(), conn)
    }

    /// The state machine as lines of text.
    #[must_use]
    fn diagram() -> String {
        diagram::states_text(Self::MACHINE.graph)
    }

    /// The state machine as Mermaid text, which GitHub, GitLab and mdBook draw.
    #[must_use]
    fn mermaid() -> String {
        diagram::states_mermaid(Self::MACHINE.graph)
    }

    /// The state machine as SVG, light and dark: states are boxes, transitions the circles between them.
    #[must_use]
    fn svg() -> String {
        diagram::states_svg(Self::MACHINE.graph)
    }
}

/// A state machine as constants.
#[derive(Debug)]
#[non_exhaustive]
pub struct Machine<M: StateMachine> {
    /// Its states, and where its transitions lead.
    pub graph: &'static StateGraph,
    /// Its transitions, in the order of the graph.
    pub transitions: &'static [Transition<M>],
    /// The field that holds the state.
    pub(super) field: &'static str,
    /// Old and new values of fields are recorded.
    pub(super) values: bool,
}

impl<M: StateMachine> Machine<M> {
    /// For the macro.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(
        graph: &'static StateGraph,
        transitions: &'static [Transition<M>],
        field: &'static str,
        values: bool,
    ) -> Self {
        Machine { graph, transitions, field, values }
    }
}

/// A transition, as it was declared.
#[derive(Debug)]
#[non_exhaustive]
pub struct Transition<M: StateMachine> {
    /// Its name: `approve`.
    pub name: &'static str,
    /// What people read: `Approve`.
    pub label: &'static str,
    /// What people should know of it.
    pub help: &'static str,
    pub(super) permit: Permit<M>,
    pub(super) when: &'static [Condition<M>],
}

impl<M: StateMachine> Transition<M> {
    /// For the macro.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(
        name: &'static str,
        label: &'static str,
        help: &'static str,
        permit: Permit<M>,
        when: &'static [Condition<M>],
    ) -> Self {
        Transition { name, label, help, permit, when }
    }
}

/// A transition of `M` by its place: `Review::TRANSITIONS.approve`.
pub struct TransitionOf<M>(u16, std::marker::PhantomData<fn() -> M>);

impl<M> Clone for TransitionOf<M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M> Copy for TransitionOf<M> {}

impl<M: StateMachine> fmt::Debug for TransitionOf<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.get().map_or("?", |transition| transition.name))
    }
}

impl<M> TransitionOf<M> {
    /// For the macro.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(place: u16) -> Self {
        TransitionOf(place, std::marker::PhantomData)
    }
}

impl<M: StateMachine> TransitionOf<M> {
    pub(super) fn place(self) -> u16 {
        self.0
    }

    /// How it was declared.
    pub(super) fn get(self) -> Option<&'static Transition<M>> {
        M::MACHINE.transitions.get(usize::from(self.0))
    }

    /// Its stored name: `approve`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.get().map_or("", |transition| transition.name)
    }

    /// What people read: `Approve`.
    #[must_use]
    pub fn label(self) -> &'static str {
        self.get().map_or("", |transition| transition.label)
    }
}

/// Who may take a transition.
#[doc(hidden)]
pub enum Permit<M> {
    /// No rule was given.
    Managers,
    Anyone,
    Named(&'static str),
    Method(fn(&M, &dyn User) -> bool),
}

impl<M> fmt::Debug for Permit<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason())
    }
}

impl<M> Permit<M> {
    /// Why somebody may not.
    pub(super) fn reason(&self) -> String {
        match self {
            Permit::Managers => "it has no permission, so only managers may".to_owned(),
            Permit::Anyone => "anybody may".to_owned(),
            Permit::Named(name) => format!("the permission `{name}` is missing"),
            Permit::Method(_) => "its permission method returned false".to_owned(),
        }
    }
}

/// That a condition holds; if not, why, where it gives a reason itself.
#[doc(hidden)]
pub type Held = Result<(), Option<String>>;

/// What must hold for a transition.
#[doc(hidden)]
pub struct Condition<M> {
    /// What is said where it does not hold and gives no reason itself.
    text: &'static str,
    holds: fn(&M) -> Held,
}

impl<M> Condition<M> {
    /// For the macro.
    #[must_use]
    pub const fn new(text: &'static str, holds: fn(&M) -> Held) -> Self {
        Condition { text, holds }
    }
}

impl<M> fmt::Debug for Condition<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}

/// What a condition can return: whether it holds, or why not.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`when` takes a condition: a `bool`, or a `Result` whose error says why not",
    label = "this returns `{Self}`"
)]
pub trait Holds {
    fn holds(self) -> Held;
}

impl Holds for bool {
    fn holds(self) -> Held {
        if self { Ok(()) } else { Err(None) }
    }
}

impl<E: Into<StepError>> Holds for Result<(), E> {
    fn holds(self) -> Held {
        self.map_err(|error| Some(error.into().to_string()))
    }
}

/// For the macro: calls a closure that looks at a row.
#[doc(hidden)]
pub fn look<M, R>(row: &M, f: impl FnOnce(&M) -> R) -> R {
    f(row)
}

/// A transition that leads from the state of a row.
#[derive(Debug)]
#[non_exhaustive]
pub struct Available<M: StateMachine> {
    /// The transition.
    pub transition: &'static Transition<M>,
    /// Where it leads; `None`: the state stays.
    pub to: Option<M::States>,
    /// Why it cannot be taken now, if so.
    pub refusal: Option<Refusal>,
}

/// Its name, its label, the stored word of its target, and why it is refused.
impl<M: StateMachine> serde::Serialize for Available<M> {
    fn serialize<Z: serde::Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        use serde::ser::SerializeStruct as _;

        let mut out = serializer.serialize_struct("Available", 4)?;
        out.serialize_field("name", self.transition.name)?;
        out.serialize_field("label", self.transition.label)?;
        out.serialize_field("to", &self.to.map(|state| state.value()))?;
        out.serialize_field("refused", &self.refusal.as_ref().map(ToString::to_string))?;
        out.end()
    }
}

/// Why a transition cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// A condition does not hold: its text.
    Condition(String),
    /// The person may not: which rule it was.
    Permission(String),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Condition(text) | Refusal::Permission(text) => f.write_str(text),
        }
    }
}

/// The place of a state among all.
#[allow(clippy::cast_possible_truncation, reason = "the macro refuses more than 256")]
pub(super) fn place<S: States>(state: S) -> u16 {
    S::ALL.iter().position(|other| *other == state).unwrap_or_default() as u16
}

/// Where a transition leads, by its name.
pub(super) fn arc<M: StateMachine>(transition: &Transition<M>) -> Option<&'static Arc> {
    M::MACHINE.graph.arcs.iter().find(|arc| arc.name == transition.name)
}

pub(super) fn leaves<M: StateMachine>(row: &M, transition: &Transition<M>) -> bool {
    arc(transition).is_some_and(|arc| arc.leaves(place(row.state().get())))
}

/// The text of the first condition that does not hold.
pub(super) fn unmet<M: StateMachine>(row: &M, transition: &Transition<M>) -> Option<String> {
    transition.when.iter().find_map(|condition| {
        (condition.holds)(row).err().map(|text| text.unwrap_or_else(|| condition.text.to_owned()))
    })
}

pub(super) fn permits<M: StateMachine>(row: &M, transition: &Transition<M>, user: &dyn User) -> bool {
    let machine = M::MACHINE.graph.name;
    user.is_system()
        || match &transition.permit {
            Permit::Managers => user.manages(machine),
            Permit::Anyone => true,
            Permit::Named(name) => {
                user.may(&Permission { name: (*name).to_owned(), flow: machine, node: transition.name })
            }
            Permit::Method(method) => method(row, user),
        }
}
