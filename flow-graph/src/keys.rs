//! The keys of `#[flow(..)]`, `#[node(..)]` and edges: what each takes, and when it is needed.

use crate::{Exits, Kind, Role};

/// A key that an attribute takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// How it is written.
    pub name: &'static str,
    /// What stands behind it.
    pub takes: Takes,
    /// Whether it has to be there, and how often it may be.
    pub need: Need,
    /// How it looks in use: the help of an error message.
    pub example: &'static str,
    /// What it is for, as an editor shows it.
    pub doc: &'static str,
}

impl Key {
    /// It may be written more than once.
    #[must_use]
    pub const fn repeats(&self) -> bool {
        matches!(self.need, Need::Many)
    }
}

/// What stands behind a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// A node that it leads to, `this.x`, and in brackets the keys of an edge.
    Edge(Role),
    /// In brackets the node that tasks are moved to, `to = this.x`, and the keys of an edge.
    Retired,
    /// A closure, or a method of the flow.
    Callback,
    /// A length of time, or a callback that returns one.
    Delay,
    /// A number, or a callback that returns one.
    Number,
    /// `auto`, `anyone`, a name, or a method.
    Permission,
    /// A method that says who may.
    Rule,
    /// The owner of a node, or a callback that returns a person.
    Person,
    /// Nodes.
    Nodes,
    /// A delay and a node.
    Timeout,
    /// A node, and perhaps an error code.
    Error,
    /// The node that takes back what a task did.
    Handler,
    /// A node, and perhaps the code of an escalation.
    Escalation,
    /// How often and after how long, or a method.
    Retry,
    /// The fields of a form that is made, or a type.
    Form,
    /// A type or a value of the app's, as it is.
    Type,
    /// A text.
    Text,
    /// `true` or `false`.
    Flag,
    /// This word.
    Word(&'static str),
    /// A list of old names.
    Names,
    /// A check, and why its finding is right.
    Allow,
}

impl Takes {
    /// `this.x` behind it is a method of the flow, not a node.
    #[must_use]
    pub const fn is_code(self) -> bool {
        matches!(self, Takes::Callback | Takes::Delay | Takes::Number | Takes::Permission | Takes::Rule | Takes::Retry)
    }
}

/// Whether a key has to be there. Where a node's edges are missing, a check says so: see [`Exits`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// It is optional.
    Optional,
    /// It is optional, and can be written more than once.
    Many,
    /// It is required.
    Required,
    /// It is required if that other key is given.
    With(&'static str),
    /// It is required unless that other key is given.
    Unless(&'static str),
}

/// A key in the brackets of an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EdgeKey {
    /// How it is written.
    pub name: &'static str,
    /// The edges that it is for.
    pub edges: EdgesWith,
    /// How it looks in use.
    pub example: &'static str,
    /// What it is for, as an editor shows it.
    pub doc: &'static str,
}

/// The edges that have a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EdgesWith {
    /// All.
    All,
    /// Those that start several branches at once.
    Branches,
    /// Those, and the cases of a choice.
    BranchesAndCases,
}

impl EdgesWith {
    /// Whether an edge of this role, of a node with these exits, is one of them.
    #[must_use]
    pub const fn has(self, exits: Exits, role: Role) -> bool {
        let branch = matches!(exits, Exits::Branches);
        match self {
            EdgesWith::All => true,
            EdgesWith::Branches => branch,
            EdgesWith::BranchesAndCases => branch || matches!(role, Role::Case),
        }
    }
}

macro_rules! edge_keys {
    ($($(#[doc = $doc:literal])* $key:ident: $edges:expr, $example:literal;)*) => {
        /// The keys in the brackets of an edge, behind its node.
        pub const EDGE_KEYS: &[EdgeKey] = &[$(EdgeKey {
            name: key_name(stringify!($key)),
            edges: $edges,
            example: $example,
            doc: concat!($($doc),*),
        },)*];
    };
}

crate::__edge_keys!(edge_keys);

const fn key(name: &'static str, takes: Takes, example: &'static str, doc: &'static str) -> Key {
    Key { name, takes, need: Need::Optional, example, doc }
}

/// The keys of `#[flow(..)]` on the struct.
pub const FLOW_KEYS: &[Key] = &[
    key(
        "process",
        Takes::Type,
        "process = HelloWorldProcess",
        "The process type, with `#[derive(ProcessProxy)]`. Without it: `Process`.",
    ),
    key("connection", Takes::Type, "connection = Db", "The diesel connection type. Without it: `SqliteConnection`."),
    key(
        "name",
        Takes::Text,
        "name = \"hello_world\"",
        "The stored name. Without it: the name of the struct in snake case, without `Flow`.",
    ),
    key("was", Takes::Names, "was = [\"old_name\"]", "Old stored names, after a rename."),
    key("title", Takes::Text, "title = \"Hello world\"", "The title that users see. Without it: from the doc comment."),
    key("summary", Takes::Text, "summary = \"Send '{process.text}'\"", "A one-line description of a running process."),
    key("result", Takes::Text, "result = \"Sent '{process.text}'\"", "The same for a process that has ended."),
    key(
        "permission",
        Takes::Permission,
        "permission(auto)",
        "Who may do its nodes that do not say it themselves, by `permission`, `available`, `assign` or `candidates`: \
         `auto` (`<flow>.<node>`), `anyone` or a permission. Without it: managers only.",
    ),
    key(
        "view",
        Takes::Permission,
        "view(auto)",
        "Who may see its processes, besides managers and participants: `auto` (`<flow>.view`), `anyone`, a permission, or \
         `this.method`, which is `fn(user: &dyn User, process: &P) -> bool`.",
    ),
    key(
        "reference",
        Takes::Text,
        "reference = \"{process.number}\"",
        "The business key of a process, as users know it. Stored with each transition, and indexed.",
    ),
    key(
        "calendar",
        Takes::Type,
        "calendar = CAL",
        "The working days of `working_days(3)`: a static that implements `Calendar`.",
    ),
    key(
        "observe",
        Takes::Callback,
        "observe = this.watch",
        "Sees each change inside its transaction, and may refuse it: `fn(change: &Change<'_>) -> Step`, with the \
         connection as `this.watch(conn)`; or the path of a function of both that several flows name.",
    ),
    key(
        "notify",
        Takes::Callback,
        "notify = this.mail",
        "Called with each change after it was committed, at least once: `fn(note: &Notification) -> Step`, with the \
         connection as `this.mail(conn)`; or the path of a function that several flows name.",
    ),
    key(
        "audit",
        Takes::Word("values"),
        "audit = values",
        "The audit has the old and the new values of the fields that were changed, but for secret ones. Without it: the \
         names of the fields.",
    ),
    key(
        "cancel",
        Takes::Rule,
        "cancel(this.may_withdraw)",
        "Who may cancel a process beside managers: `fn(user: &dyn User, process: &P, open: &[Task]) -> Step<bool>`.",
    ),
    key("crate", Takes::Type, "crate = ::flow_core", "The path of the `flow_core` crate, if it was renamed."),
    key(
        "lock",
        Takes::Text,
        "lock = \"releases/leave.lock\"",
        "The path of its lock, relative to this file or to `Cargo.toml`. Default: `flow.lock` beside `Cargo.toml`.",
    ),
];

/// The kinds that have a key which a field of another kind has not.
pub fn owners_of(name: &str) -> impl Iterator<Item = Kind> + '_ {
    Kind::FIELDS.iter().copied().filter(move |kind| kind.key(name).is_some())
}

/// A key as it is written: what Rust calls `r#if` is `if`.
pub(crate) const fn key_name(ident: &'static str) -> &'static str {
    match ident.as_bytes() {
        [b'r', b'#', ..] => ident.split_at(2).1,
        _ => ident,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_kind_has_a_key_twice_and_each_example_begins_with_its_key() {
        let of_kinds = Kind::FIELDS.iter().map(|kind| kind.keys());
        for keys in of_kinds.chain([FLOW_KEYS]) {
            for (at, key) in keys.iter().enumerate() {
                assert!(!keys[..at].iter().any(|other| other.name == key.name), "{} twice", key.name);
                assert!(key.example.starts_with(key.name) && !key.doc.is_empty(), "{}", key.name);
                if let Need::With(other) | Need::Unless(other) = key.need {
                    assert!(keys.iter().any(|key| key.name == other), "{} needs `{other}`", key.name);
                }
            }
        }
        assert!(EDGE_KEYS.iter().all(|key| key.example.starts_with(key.name) && !key.doc.is_empty()));
    }
}
