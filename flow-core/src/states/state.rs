//! The field that holds a state.

use std::fmt;
use std::ops::Deref;

use serde_json::{Map, Value};

use crate::data::sql_types::AsText;
use crate::form::FieldType;
use crate::proxy::{Choice, Choices, EmptyJson, JsonType, Mismatch};
use crate::{FieldError, Timestamp};

/// The states of a state machine: an enum without fields. `#[derive(States)]` implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an enum of states",
    note = "derive it on an enum without fields: `#[derive(States, Clone, Copy, Debug, PartialEq, Eq)]`"
)]
pub trait States: Choices + PartialEq + fmt::Debug + Send + Sync {
    /// The state of a new row: the first variant, or the one with `#[state(initial)]`.
    const INITIAL: Self;

    /// The same as JSON.
    #[doc(hidden)]
    const INITIAL_JSON: &'static str;

    /// All of them, for the checks and the diagrams.
    #[doc(hidden)]
    const DEFS: &'static [flow_graph::states::StateDef];
}

/// The state of a row: a field of this type is in a column of its own, or in the JSON document of a
/// `#[derive(JsonProxy)]`.
///
/// It reads as the enum. Only a transition sets it: a `Stage` cannot be assigned to a `State<Stage>`.
///
/// ```
/// use flow_core::{State, States};
///
/// #[derive(States, Clone, Copy, Debug, PartialEq, Eq)]
/// pub enum Stage { New, Approved }
///
/// let state = State::<Stage>::default();
/// assert_eq!(state, Stage::New);
/// assert_eq!(state.get(), Stage::New);
/// ```
///
/// ```compile_fail,E0308
/// # use flow_core::{State, States};
/// # #[derive(States, Clone, Copy, Debug, PartialEq, Eq)]
/// # pub enum Stage { New, Approved }
/// # struct Review { stage: State<Stage> }
/// fn skip(review: &mut Review) { review.stage = Stage::Approved; }
/// ```
#[derive(Clone, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct State<S: States> {
    pub(super) value: S,
    /// The word that was read; nothing for a row that is not stored yet.
    pub(super) read: Option<&'static str>,
    /// The transitions that were taken since.
    pub(super) taken: Vec<Taken>,
}

/// A transition that was taken and is not written yet.
#[doc(hidden)]
#[derive(Clone, Debug)]
pub struct Taken {
    pub(super) machine: &'static str,
    pub(super) transition: &'static str,
    pub(super) source: &'static str,
    pub(super) target: &'static str,
    pub(super) actor: String,
    pub(super) note: Option<String>,
    pub(super) at: Timestamp,
    pub(super) fields: Map<String, Value>,
}

impl Taken {
    /// The stored name of its state machine.
    pub(crate) fn machine(&self) -> &'static str {
        self.machine
    }
}

/// A state without its type, for what saves rows.
#[doc(hidden)]
pub trait Tracked {
    /// The transitions that were taken since the row was read.
    fn taken(&self) -> &[Taken];
    /// What was read, as it is stored.
    fn read(&self) -> Option<&'static str>;
    /// After it was written.
    fn settle(&mut self);
}

impl<S: States> Tracked for State<S> {
    fn taken(&self) -> &[Taken] {
        &self.taken
    }

    fn read(&self) -> Option<&'static str> {
        self.read
    }

    fn settle(&mut self) {
        self.read = Some(self.value.value());
        self.taken.clear();
    }
}

impl<S: States> State<S> {
    /// The state.
    #[must_use]
    pub fn get(&self) -> S {
        self.value
    }

    /// What is stored for it: `approved`.
    #[must_use]
    pub fn value(&self) -> &'static str {
        self.value.value()
    }

    /// What people read: `Approved`.
    #[must_use]
    pub fn label(&self) -> &'static str {
        self.value.label()
    }

    /// As it is stored. An empty text is the initial state, as it is of a row from before there were states.
    pub(super) fn of_word(word: &str) -> Option<Self> {
        let (value, read) = if word.is_empty() {
            (S::INITIAL, "")
        } else {
            let value = S::of_value(word)?;
            (value, value.value())
        };
        Some(State { value, read: Some(read), taken: Vec::new() })
    }
}

impl<S: States> Default for State<S> {
    /// The initial state, for a new row.
    fn default() -> Self {
        State { value: S::INITIAL, read: None, taken: Vec::new() }
    }
}

impl<S: States> Deref for State<S> {
    type Target = S;

    fn deref(&self) -> &S {
        &self.value
    }
}

impl<S: States> fmt::Debug for State<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "State({:?})", self.value)
    }
}

impl<S: States> PartialEq for State<S> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<S: States> PartialEq<S> for State<S> {
    fn eq(&self, other: &S) -> bool {
        self.value == *other
    }
}

/// As the word that is stored.
impl<S: States> serde::Serialize for State<S> {
    fn serialize<Z: serde::Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        serializer.serialize_str(self.value())
    }
}

impl<S: States> JsonType for State<S> {
    type Sql = AsText<S>;
    type Maybe = AsText<S>;
    const EXPECTED: &'static str = "one of the states";
    const TYPE: FieldType = FieldType::Choice;
    const CHOICES: &'static [Choice] = S::CHOICES;

    fn to_json(&self) -> Result<Value, String> {
        Ok(self.value().into())
    }

    fn from_json(json: &Value) -> Result<Self, Mismatch> {
        match json {
            Value::Null => State::of_word(""),
            Value::String(word) => State::of_word(word),
            _ => None,
        }
        .ok_or_else(|| crate::proxy::choice::<S>(json).err().unwrap_or_else(|| Mismatch::new(json, Self::EXPECTED)))
    }

    fn check(&self) -> Vec<FieldError> {
        Vec::new()
    }
}

impl<S: States> EmptyJson for State<S> {
    const EMPTY: &'static str = S::INITIAL_JSON;
}
