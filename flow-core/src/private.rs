//! What the macros expand to. Not for direct use: it changes without notice.

pub use diesel;
#[cfg(feature = "macros")]
pub use flow_macros::flow_picture;
#[cfg(feature = "schemars")]
pub use schemars;
pub use serde;
pub use serde_json;

/// The JSON Schemas of what the macros make.
#[cfg(feature = "schemars")]
pub mod schema {
    pub use crate::form::{document_schema as document, form_schema as form};
}

pub use crate::callback::{
    Assignee, Callback, Cx, IntoWhen, MethodAnswer, Replied, Reply, When, call1, call2, call3, call4, delay,
};
pub use crate::candidate::CandidateList;
pub use crate::data::sql_types::AsText;
pub use crate::event::{MessageDef, MessageKey, Tick};
pub use crate::flow::{Initial, JobDef, NodeDef, Rule, Texts, ViewRule, hints};
pub use crate::flows::diagram::{state_of, svg_of};
pub use crate::form::{
    FormReader, ObjectFields, ReadDeserialize, ReadInput, ReadNothing, ReadSent, Reader, Sent, SentData, handle_input,
    own_form, read_borrowed, read_data, read_form, read_item, read_nothing,
};
pub use crate::job::{
    IsAnything, IsClone, IsFuture, IsResult, IsValue, JobCall, async_job, call as job_call, future_job, try_future_job,
    with_task,
};
pub use crate::payload::{Payload, PayloadBuilder, to};
pub use crate::proxy::{
    Beginning, Bound, Codec, DocumentReader, Empty, Field, FieldOf, Format, HasField, Index, InsertRow, JOINED_PLACE,
    JoinedColumns, JoinedField, JoinedQuery, JsonProxy, Key, List, Meta, Native, NewDocument, NewJoined, NewProcess,
    Optional, OwnColumns, PresentOf, ReadColumns, RowTable, Rules, Serde, SetColumns, Stored, StoredField, TableRow,
    Typed, ValueOf, check, check_object, choice, debug_fields, document, exact, form_field, how_to_give, index,
    is_joined, is_optional, missing_field, missing_in, numeric, object, of_present, read_in, set_in_task, textual,
};
#[cfg(feature = "pattern")]
pub use crate::proxy::{Compiled, Pattern};
pub use crate::query::{flow_tasks, processes};
pub use crate::sabotage::is_out as is_sabotaged;
pub use crate::schema::{flow_process, flow_task};
pub use crate::states::{
    Argument, By, ByFields, ByNothing, BySerde, Condition, FromJson, Given, Held, Holds, IntoStep, Looked, Machine,
    NotFromJson, Permit, Snapshot, StateTable, Tracked, Transition, TransitionOf, find_transition, look, take,
};
pub use crate::transition::Input;
pub use crate::transition::Output as JobOutput;
pub use flow_graph::states::{Arc, MOST_STATES, StateDef, StateGraph};

use crate::{Error, Flow, Result, StepError};

/// An item of an `NSubprocess`, as it is stored.
pub type Item = serde_json::Value;

/// The items of an `NSubprocess`, as they are stored.
pub fn items<T: serde::Serialize, I: IntoIterator<Item = T>>(items: I) -> Result<Vec<Item>, StepError> {
    items.into_iter().map(|item| Ok(serde_json::to_value(item)?)).collect()
}

/// An item, read from what is stored.
pub fn item<T: serde::de::DeserializeOwned>(stored: &Item) -> Result<T, StepError> {
    T::deserialize(stored).map_err(|error| format!("the item cannot be read: {error}").into())
}

/// The form or input that a start was called with, taken out: nothing behind it needs it.
pub fn taken<I: 'static>(input: &mut Option<Box<dyn std::any::Any>>) -> Result<I> {
    let found = input.take().and_then(|input| input.downcast().ok());
    found.map(|input| *input).ok_or_else(|| Error::Internal("a start was handed another type".to_owned()))
}

/// What a process is made from that code starts with its data: by its type, or by what was sent.
pub fn start_data<P: crate::ProcessProxy>(
    input: &mut Option<Box<dyn std::any::Any>>,
) -> Result<crate::proxy::Beginning<P>> {
    match input.take().map(|input| input.downcast::<SentData>()) {
        Some(Ok(sent)) => Ok((sent.0, None)),
        Some(Err(other)) => {
            *input = Some(other);
            crate::proxy::DataOf::<P>::beginning(taken::<P::Data>(input)?)
        }
        None => Err(Error::Internal("a start was handed nothing".to_owned())),
    }
}

/// The form or input that a start was called with, to look at.
pub fn input<I: 'static>(input: &Option<Box<dyn std::any::Any>>) -> Result<&I> {
    let found = input.as_ref().and_then(|input| input.downcast_ref());
    found.ok_or_else(|| Error::Internal("a start was handed another type".to_owned()))
}

/// The input that a start was called with, for its code.
pub fn take_input<I: 'static>(input: &mut Option<Box<dyn std::any::Any>>) -> Result<I, StepError> {
    crate::callback::downcast(input.take())
}

/// The value of a message, as it is stored and handed over.
pub fn message_value<V: serde::Serialize>(value: &V) -> Result<serde_json::Value, StepError> {
    Ok(serde_json::to_value(value)?)
}

/// The `input` of a catch: it is read from the value of the message.
pub fn message_input<T: serde::de::DeserializeOwned>() {}

/// Reads the row of a task as its node's own type.
pub fn read_task<T: crate::TaskProxy>(row: crate::Task) -> Result<()> {
    T::from_row(row).map(drop)
}

/// `T`, of which the constant says that it has its derive: a constant that is ill-typed makes it an unknown type, about
/// which rustc reports nothing more.
pub trait Derived<const IS: bool> {
    type Type;
}

impl<T> Derived<true> for T {
    type Type = T;
}

/// The back end of a flow's connection.
pub type Backend<F> = <<F as Flow>::Connection as diesel::Connection>::Backend;

/// The connection of a flow that names none.
#[cfg(feature = "sqlite")]
pub type DefaultConnection = diesel::SqliteConnection;

/// What a flow without `connection = ..` gets where no back end is turned on: it is no `FlowConnection`.
#[cfg(not(feature = "sqlite"))]
#[derive(Debug)]
pub struct NoBackEnd;

#[cfg(not(feature = "sqlite"))]
pub type DefaultConnection = NoBackEnd;

/// Whether a value can be made a second time: by its `Clone`, if it has one.
#[derive(Debug)]
pub struct Again<T>(std::marker::PhantomData<T>);

/// What holds where there is no `Clone`. An inherent constant goes before a trait's.
pub trait Never<T> {
    const AGAIN: crate::node::Again<T> = None;
}

impl<T> Never<T> for Again<T> {}

impl<T: Clone> Again<T> {
    pub const AGAIN: crate::node::Again<T> = Some(T::clone);
}

/// `Deserialize` of a form: as [`FormInput`](crate::FormInput) reads JSON.
pub fn deserialize_form<'de, T: crate::FormInput, D: serde::Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    crate::form::deserialize(from)
}

/// What a joined row is made from, by its `Deserialize`, if it has one.
#[derive(Debug)]
pub struct Readable<T>(std::marker::PhantomData<T>);

type ReadNew<T> = Option<fn(&'static str, &serde_json::Value) -> Result<T, Vec<crate::FieldError>>>;

/// What holds where there is no `Deserialize`. An inherent constant goes before a trait's.
pub trait NotReadable<T> {
    const READ: ReadNew<T> = None;
}

impl<T> NotReadable<T> for Readable<T> {}

impl<T: serde::de::DeserializeOwned> Readable<T> {
    pub const READ: ReadNew<T> = Some(|name, json| {
        T::deserialize(json).map_err(|error| {
            vec![crate::FieldError::of(crate::FieldErrorKind::Type, name, format!("is not valid: {error}"))]
        })
    });
}

/// What the derive calls where [`READ`](NotReadable::READ) is `None`: `#[flow]` has reported it.
pub fn unreadable<T>(name: &'static str) -> Result<T, Vec<crate::FieldError>> {
    Err(vec![crate::FieldError::new(name, "cannot be read from a form")])
}

/// An error of a start's code, with the node it is of.
pub fn step<T>(node: &'static str, answer: Result<T, StepError>) -> Result<T> {
    answer.map_err(|error| Error::of_step(node, error))
}

/// Texts joined at compile time, for a message that names a field.
#[must_use]
pub const fn concat<const N: usize>(parts: &[&str]) -> [u8; N] {
    let mut out = [b' '; N];
    let (mut at, mut part) = (0, 0);
    while part < parts.len() {
        let bytes = parts[part].as_bytes();
        let mut b = 0;
        while b < bytes.len() && at < N {
            out[at] = bytes[b];
            at += 1;
            b += 1;
        }
        part += 1;
    }
    out
}

/// Stands for the row of a type that has none, which its derive has reported. It is never called.
#[must_use]
pub fn missing_row<'a, T>() -> &'a mut T {
    std::process::abort()
}
