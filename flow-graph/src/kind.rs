//! The kinds of node, and the facts about each: made from the rows of the grammar.

use crate::keys::{Key, Need, Takes, key_name};
use crate::{NodeId, Role};

/// The edges that lead out of a kind of node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exits {
    /// None: the branch ends here.
    None,
    /// One: `next`.
    Next,
    /// Two: `then` and `else`.
    ThenElse,
    /// One of several: `case` and `default`.
    Cases,
    /// Several at once: `next`, more than once.
    Branches,
}

/// How a kind of node is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Where a process begins.
    Start,
    /// Something that is waited for.
    Event,
    /// Where a branch ends.
    End,
    /// Work of a person or of code.
    Task,
    /// Another flow.
    Call,
    /// Where ways part or meet.
    Gateway,
}

/// What an event of BPMN is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventDefinition {
    /// Nothing: a plain event, or no event at all.
    None,
    /// A time.
    Timer,
    /// A message, or a call by code.
    Message,
    /// An error, with its code.
    Error,
    /// The end of the whole process.
    Terminate,
    /// A signal.
    Signal,
    /// A condition.
    Condition,
    /// What was done is taken back.
    Compensation,
    /// An escalation, with its code.
    Escalation,
}

/// Where the code of a kind's `run` runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// It has none.
    None,
    /// In the transaction, with the process to change.
    Transaction,
    /// In the background, outside any transaction, with a copy of the process.
    Background,
    /// Before there is a process: it makes its data.
    Makes,
}

/// A row of the grammar.
struct Row {
    name: &'static str,
    stored: &'static str,
    bpmn: &'static str,
    shape: Shape,
    event: EventDefinition,
    exits: Exits,
    body: Body,
    begins: bool,
    waits: bool,
    human: bool,
    boundary: bool,
    terminates: bool,
    keys: &'static [Key],
}

impl Row {
    /// What holds where a row says nothing.
    const PLAIN: Row = Row {
        name: "",
        stored: "",
        bpmn: "",
        shape: Shape::Task,
        event: EventDefinition::None,
        exits: Exits::Next,
        body: Body::None,
        begins: false,
        waits: false,
        human: false,
        boundary: false,
        terminates: false,
        keys: &[],
    };
}

macro_rules! kinds {
    (fields { $($field:tt)* } boundaries { $($boundary:tt)* }) => {
        kinds! { all $($field)* $($boundary)* }
        kinds! { written $($field)* }
    };
    (all $(
        $(#[$doc:meta])* $kind:ident ($($owner:ident)?) { $($fact:ident: $value:expr,)* } {
            $($(#[doc = $key_doc:literal])* $key:ident: $takes:expr, $need:expr, $example:literal;)*
        }
    )*) => {
        /// What a node is. The words are Viewflow's; what each does is in `flow_core::node`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Kind {
            $($(#[$doc])* $kind,)*
        }

        impl Kind {
            /// How many kinds there are, those that are never written as a field included.
            pub(crate) const COUNT: usize = [$(Kind::$kind),*].len();

            const fn row(self) -> &'static Row {
                match self {$(
                    Kind::$kind => const {
                        &Row {
                            name: stringify!($kind),
                            human: !stringify!($($owner)?).is_empty(),
                            keys: &[$(Key {
                                name: key_name(stringify!($key)),
                                takes: $takes,
                                need: $need,
                                example: $example,
                                doc: concat!($($key_doc),*),
                            },)*],
                            $($fact: $value,)*
                            ..Row::PLAIN
                        }
                    },
                )*}
            }
        }
    };
    (written $(
        $(#[$doc:meta])* $kind:ident ($($owner:ident)?) { $($facts:tt)* } { $($keys:tt)* }
    )*) => {
        impl Kind {
            /// Every kind that can be written as a field's type.
            pub const FIELDS: &'static [Kind] = &[$(Kind::$kind,)*];
        }
    };
}

crate::__node_kinds!(kinds);

impl Kind {
    /// The type a field of this kind has: `View`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.row().name
    }

    /// The word stored in `flow_task.task_type`: Viewflow's. Two kinds may have the same.
    #[must_use]
    pub const fn task_type(self) -> &'static str {
        self.row().stored
    }

    /// The element of BPMN 2.0 that it is: `userTask`.
    #[must_use]
    pub const fn bpmn(self) -> &'static str {
        self.row().bpmn
    }

    /// How it is drawn.
    #[must_use]
    pub const fn shape(self) -> Shape {
        self.row().shape
    }

    /// What it is about, if it is an event of BPMN.
    #[must_use]
    pub const fn event(self) -> EventDefinition {
        self.row().event
    }

    /// The keys that `#[node(..)]` takes on a field of this kind, its own first.
    #[must_use]
    pub const fn keys(self) -> &'static [Key] {
        self.row().keys
    }

    /// The key of this name on a field of this kind.
    #[must_use]
    pub fn key(self, name: &str) -> Option<&'static Key> {
        self.keys().iter().find(|key| key.name == name)
    }

    /// The kind whose type is called `name`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Kind> {
        Kind::FIELDS.iter().copied().find(|kind| kind.name() == name)
    }

    /// A process begins here.
    #[must_use]
    pub const fn begins(self) -> bool {
        self.row().begins
    }

    /// A branch ends here.
    #[must_use]
    pub const fn ends(self) -> bool {
        matches!(self.exits(), Exits::None)
    }

    /// The whole process ends here, whatever is open in it.
    #[must_use]
    pub const fn terminates(self) -> bool {
        self.row().terminates
    }

    /// A process rests here until somebody or something goes on with it.
    #[must_use]
    pub const fn waits(self) -> bool {
        self.row().waits
    }

    /// It waits for what somebody else tells, by a name: a message or a signal.
    #[must_use]
    pub const fn subscribes(self) -> bool {
        matches!(self, Kind::MessageCatch | Kind::SignalCatch)
    }

    /// It can be a compensation handler: it runs code, and nothing has to happen before.
    #[must_use]
    pub const fn can_compensate(self) -> bool {
        self.is_function() || matches!(self, Kind::Job)
    }

    /// It runs code inside the transaction and goes on at once, without anything else.
    #[must_use]
    pub const fn is_function(self) -> bool {
        matches!(self, Kind::Function | Kind::SendHandle | Kind::BusinessRule)
    }

    /// A person does a task of it: what a start asks is no task that waits.
    #[must_use]
    pub const fn is_task_of_a_person(self) -> bool {
        self.is_human() && self.waits()
    }

    /// A person does it.
    #[must_use]
    pub const fn is_human(self) -> bool {
        self.row().human
    }

    /// Code calls it, with an input.
    #[must_use]
    pub fn takes_input(self) -> bool {
        self.key("input").is_some()
    }

    /// It belongs to another task and ends with it.
    #[must_use]
    pub const fn is_boundary(self) -> bool {
        self.row().boundary
    }

    /// A boundary that has no row before something of its task comes to it: a failure, or an escalation of its child.
    #[must_use]
    pub const fn is_taker(self) -> bool {
        matches!(self, Kind::ErrorBoundary | Kind::EscalationBoundary)
    }

    /// It opens several branches at once, and counts those that have not ended.
    #[must_use]
    pub const fn splits(self) -> bool {
        matches!(self, Kind::Split | Kind::SplitFirst)
    }

    /// It runs another flow.
    #[must_use]
    pub const fn runs_child(self) -> bool {
        matches!(self, Kind::Subprocess | Kind::NSubprocess)
    }

    /// It waits, or goes on at once: a condition may hold already, of items there may be none, and nothing may have to be
    /// taken back.
    #[must_use]
    pub const fn may_pass(self) -> bool {
        matches!(self, Kind::ConditionalCatch | Kind::NSubprocess | Kind::CompensateThrow)
    }

    /// An edge may lead here: it is no start, and in use.
    #[must_use]
    pub const fn can_be_led_to(self) -> bool {
        !self.begins() && !matches!(self, Kind::Obsolete)
    }

    /// A node of this kind may become an [`Obsolete`](Kind::Obsolete) one, which keeps its open tasks. A join may not:
    /// the branches that wait in it are in one task.
    #[must_use]
    pub const fn can_retire(self) -> bool {
        // What a compensation waits for goes on by itself.
        self.waits() && !self.is_boundary() && !matches!(self, Kind::CompensateThrow)
    }

    /// Whether a node of this kind can have tasks of another kind, which older releases have made.
    ///
    /// ```
    /// use flow_graph::Kind;
    ///
    /// assert!(Kind::Obsolete.keeps(Kind::View) && !Kind::Obsolete.keeps(Kind::Join));
    /// assert!(Kind::View.keeps(Kind::View) && !Kind::View.keeps(Kind::Job));
    /// ```
    #[must_use]
    pub const fn keeps(self, stored: Kind) -> bool {
        self as u8 == stored as u8 || matches!(self, Kind::Obsolete) && stored.can_retire()
    }

    /// Where the code of its `run` runs.
    #[must_use]
    pub const fn body(self) -> Body {
        self.row().body
    }

    /// The edges that lead out of it.
    #[must_use]
    pub const fn exits(self) -> Exits {
        self.row().exits
    }
}

/// The numbers of a flow's nodes: each field in the order of declaration, followed by its boundaries.
///
/// ```
/// let numbers = flow_graph::number([0, 2, 0]);
/// assert_eq!(numbers, [0..1, 1..4, 4..5], "the second has number 1, its boundaries 2 and 3");
/// ```
#[must_use]
pub fn number(boundaries: impl IntoIterator<Item = usize>) -> Vec<std::ops::Range<NodeId>> {
    let mut next: NodeId = 0;
    let of_field = |boundaries: usize| {
        let first = next;
        // A flow of more nodes than there are numbers is refused where its graph is made.
        next = first.saturating_add(1).saturating_add(NodeId::try_from(boundaries).unwrap_or(NodeId::MAX));
        first..next
    };
    boundaries.into_iter().map(of_field).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_field_kind_is_found_by_its_name() {
        for kind in Kind::FIELDS {
            assert_eq!(Kind::from_name(kind.name()), Some(*kind));
        }
        assert_eq!(Kind::from_name("TimerBoundary"), None, "made by on_timeout, never a field");
        assert_eq!(Kind::from_name("ErrorBoundary"), None, "made by on_error, never a field");
        assert_eq!(Kind::from_name("CompensationBoundary"), None, "made by compensate, never a field");
        assert_eq!(Kind::from_name("EscalationBoundary"), None, "made by on_escalation, never a field");
    }

    #[test]
    fn each_row_says_what_it_is_and_has_the_keys_of_its_exits() {
        for kind in Kind::FIELDS {
            assert!(!kind.task_type().is_empty() && !kind.bpmn().is_empty(), "{kind:?}");
            let edges = kind.keys().iter().filter_map(|key| match key.takes {
                Takes::Edge(role) => Some((role, key.need)),
                Takes::Retired => Some((Role::Next, Need::Optional)),
                _ => None,
            });
            let wanted: &[(Role, Need)] = match kind.exits() {
                Exits::None => &[],
                Exits::Next => &[(Role::Next, Need::Optional)],
                Exits::ThenElse => &[(Role::Then, Need::Optional), (Role::Else, Need::Optional)],
                Exits::Cases => &[(Role::Case, Need::Many), (Role::Default, Need::Optional)],
                Exits::Branches => &[(Role::Next, Need::Many)],
            };
            assert_eq!(edges.collect::<Vec<_>>(), wanted, "{kind:?}");
            assert_eq!(kind.key("run").is_some(), kind.body() != Body::None, "{kind:?}");
            assert!(kind.key("on_timeout").is_none() || kind.waits(), "{kind:?}");
        }
    }
}
