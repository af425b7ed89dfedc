//! A field as a diesel expression: `HelloWorldProcess::FIELDS.approved.eq(true)`.

mod contains;
mod distinct;
mod index;
mod order;
mod sql;
mod text;
mod typed;
mod update;

pub use contains::{Contains, ItemSql, ListField};
pub use distinct::Distinct;
pub use index::Index;
pub(super) use index::{Indexed, sql as index_sql};
pub use order::Sorted;
pub use sql::JsonSql;
pub(crate) use sql::NamedField;
pub use text::{Matches, TextSql};
pub use typed::{Operand, Typed as TypedValue, TypedSql};
pub use update::{Change, Changes, OneOf};
pub(crate) use update::{Update, update_error};

use std::any::Any;
use std::marker::PhantomData;

use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::query_builder::QueryId;
use diesel::sql_types::{self, SqlType};

use super::codec::{Codec, StoredAs};
use super::document::{Meta, NewProcess, accept, meta, place};
use super::{JsonProxy, ProcessProxy, TaskProxy};
use crate::{FieldError, FormField};

/// A field of a process or task type, for diesel's `filter` and `order`.
///
/// An absent key counts as the field's default, a value of the wrong JSON type as NULL.
pub struct Field<P, Sql, const I: u64>(PhantomData<fn() -> (P, Sql)>);

/// The field with this hash.
pub type FieldOf<P, const I: u64> =
    Field<P, <<<P as StoredField<I>>::As as StoredAs>::Codec as Codec<ValueOf<P, I>>>::Sql, I>;

impl<P, Sql, const I: u64> Field<P, Sql, I> {
    #[doc(hidden)]
    #[allow(clippy::new_without_default, reason = "for the derive alone")]
    #[must_use]
    pub const fn new() -> Self {
        Field(PhantomData)
    }

    /// What the derive knows of it.
    pub(in crate::proxy) fn meta(self) -> &'static Meta
    where
        P: JsonProxy,
    {
        const { meta(P::META, place(P::META, I)) }
    }

    /// The hash of the field's name, by which `#[flow]` finds what the derive knows of it.
    #[must_use]
    pub const fn index(self) -> u64 {
        I
    }

    /// What a form knows of it: for the metadata of a form of your own. See [`Form::ASKS`](crate::node::Form::ASKS).
    #[must_use]
    pub const fn form_field(self) -> FormField
    where
        P: HasField<I>,
    {
        P::FIELD
    }
}

impl<P, Sql, const I: u64> Clone for Field<P, Sql, I> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P, Sql, const I: u64> Copy for Field<P, Sql, I> {}

impl<P: JsonProxy, Sql, const I: u64> std::fmt::Debug for Field<P, Sql, I> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Field({})", self.meta().name)
    }
}

/// How a field of the document is kept, by the hash of its name. No more than this, as each item costs each build of
/// the user's: all else is in [`META`](JsonProxy::META).
pub trait StoredField<const I: u64>: JsonProxy {
    /// Its type and its codec: [`Stored`](super::Stored).
    type As: StoredAs;
}

/// The type of a field.
pub type ValueOf<P, const I: u64> = <<P as StoredField<I>>::As as StoredAs>::Value;

/// What one macro must know of a field that another macro made. Looked up by the hash of the name.
pub trait HasField<const I: u64>: ProcessProxy {
    /// What a form has for it: its type; of the joined row, what that is made from.
    type Value: 'static;

    /// What a form that requires it has: of an `Option` what is in it.
    type Present;

    /// Whether it may be missing.
    const OPTIONAL: bool;

    /// The value where it is not missing.
    fn of_present(value: Self::Present) -> Self::Value;

    /// What there is, if it is not missing.
    fn into_present(value: Self::Value) -> Option<Self::Present>;

    /// Sets it, on purpose: it is stored even if it equals its default.
    fn set(&mut self, value: Self::Value);

    /// Gives it to a new process.
    fn give(value: Self::Value, new: &mut NewProcess<Self>);

    /// Its value as text, for a summary.
    fn show(&self) -> String;

    /// What a form knows of it.
    const FIELD: FormField;

    /// Whether a form can be read from JSON that has it: not where the joined row is made from a type that is not
    /// `Deserialize`.
    const READABLE: bool = true;

    /// Reads it from a form, by its own codec, and checks it.
    ///
    /// # Errors
    /// What is wrong with it.
    fn accept(json: &serde_json::Value) -> Result<Self::Value, Vec<FieldError>>;
}

#[diagnostic::do_not_recommend]
impl<const I: u64, P: ProcessProxy + StoredField<I>> HasField<I> for P {
    type Value = ValueOf<P, I>;
    type Present = PresentOf<P, I>;
    const FIELD: FormField = form_field::<P, I>();
    const OPTIONAL: bool = is_optional::<P, I>();

    fn of_present(value: Self::Present) -> Self::Value {
        of_present::<P, I>(value)
    }

    fn into_present(value: Self::Value) -> Option<Self::Present> {
        into_present::<P, I>(value)
    }

    fn set(&mut self, value: Self::Value) {
        let place = const { place(P::META, I) };
        if let Some(field) = self.field_mut(place).and_then(<dyn Any>::downcast_mut) {
            *field = value;
        }
        self.row_mut().touch(place);
    }

    fn give(value: Self::Value, new: &mut NewProcess<Self>) {
        new.document().field(const { place(P::META, I) }, &value);
    }

    fn show(&self) -> String {
        let place = const { place(P::META, I) };
        self.field(place).map_or_else(String::new, |value| show(meta(P::META, place), value))
    }

    fn accept(json: &serde_json::Value) -> Result<Self::Value, Vec<FieldError>> {
        accept_stored::<P, I>(json)
    }
}

/// What a form has of a field that it requires.
pub type PresentOf<P, const I: u64> = <<<P as StoredField<I>>::As as StoredAs>::Codec as Codec<ValueOf<P, I>>>::Present;

/// For the macro: whether a field may be missing, as an `Option`.
#[must_use]
pub const fn is_optional<P: StoredField<I>, const I: u64>() -> bool {
    <<P::As as StoredAs>::Codec as Codec<ValueOf<P, I>>>::OPTIONAL
}

/// For the macro: the value of a field that is not missing.
pub fn of_present<P: StoredField<I>, const I: u64>(value: PresentOf<P, I>) -> ValueOf<P, I> {
    <<P::As as StoredAs>::Codec as Codec<ValueOf<P, I>>>::of_present(value)
}

/// What there is of a field, if it is not missing.
pub(crate) fn into_present<P: StoredField<I>, const I: u64>(value: ValueOf<P, I>) -> Option<PresentOf<P, I>> {
    <<P::As as StoredAs>::Codec as Codec<ValueOf<P, I>>>::into_present(value)
}

/// For the macro: sets a field of a task, on purpose: it is stored even if it equals its default.
pub fn set_in_task<T: TaskProxy + StoredField<I>, const I: u64>(task: &mut T, value: ValueOf<T, I>) {
    let place = const { place(T::META, I) };
    if let Some(field) = task.field_mut(place).and_then(<dyn Any>::downcast_mut) {
        *field = value;
    }
    task.row_mut().touch(place);
}

/// Reads a field of the document from a form, by its own codec, and checks it.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn accept_stored<P: StoredField<I>, const I: u64>(
    json: &serde_json::Value,
) -> Result<<P::As as StoredAs>::Value, Vec<FieldError>> {
    accept(const { meta(P::META, place(P::META, I)) }, json)
}

/// What a form knows of a field of the document.
#[must_use]
pub const fn form_field<P: StoredField<I>, const I: u64>() -> FormField {
    FormField::of(meta(P::META, place(P::META, I)))
}

/// The hash of a field's name, by which the macros find what one another made.
#[must_use]
pub const fn index(name: &str) -> u64 {
    flow_graph::name_hash(name)
}

/// A field's value as text, for a summary: a text as it is, nothing as nothing, all else as JSON. Without the characters
/// that change the direction of what follows: a value must not turn the text around it.
fn show(meta: &Meta, value: &dyn Any) -> String {
    if meta.codec.secret {
        return String::new();
    }
    let turns = |letter: char| matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    match meta.codec.encode(value) {
        Ok(serde_json::Value::String(text)) if text.contains(turns) => text.replace(turns, ""),
        Ok(serde_json::Value::String(text)) => text,
        Ok(serde_json::Value::Null) | Err(_) => String::new(),
        Ok(json) => json.to_string().replace(turns, ""),
    }
}

impl<P, Sql: SqlType + sql_types::SingleValue, const I: u64> Expression for Field<P, Sql, I> {
    type SqlType = Sql;
}

impl<P: JsonProxy<Column: AppearsOnTable<QS>>, Sql, const I: u64, QS> AppearsOnTable<QS> for Field<P, Sql, I> where
    Self: Expression
{
}

impl<P: JsonProxy<Column: SelectableExpression<QS>>, Sql, const I: u64, QS> SelectableExpression<QS>
    for Field<P, Sql, I>
where
    Self: AppearsOnTable<QS>,
{
}

impl<P, Sql, const I: u64, GB> ValidGrouping<GB> for Field<P, Sql, I> {
    type IsAggregate = is_aggregate::No;
}

impl<P, Sql, const I: u64> QueryId for Field<P, Sql, I> {
    type QueryId = ();
    // The text differs by field, which no type says.
    const HAS_STATIC_QUERY_ID: bool = false;
}
