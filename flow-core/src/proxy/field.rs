//! A field as a diesel expression: `HelloWorldProcess::FIELDS.approved.eq(true)`.

use std::any::Any;
use std::marker::PhantomData;

use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::query_builder::QueryId;
use diesel::sql_types::{self, SqlType};

use super::meta::{meta, place};
use super::{Codec, Meta, NewProcess, ProcessProxy, StoredAs};
use crate::{FieldError, FormField};

/// What fields a type has, and where they are kept: the column of the table that its rows are in.
pub trait Kept: 'static {
    /// Its type.
    type Column: 'static;
    /// It.
    const COLUMN: &'static Self::Column;
    /// The fields, in the order of declaration.
    const META: &'static [Meta];
    /// The field at a place of [`META`](Kept::META).
    fn field(&self, place: u16) -> Option<&dyn Any>;
    /// The field at a place of [`META`](Kept::META), to be set.
    fn field_mut(&mut self, place: u16) -> Option<&mut dyn Any>;
}

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
    pub(super) fn meta(self) -> &'static Meta
    where
        P: Kept,
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

impl<P: Kept, Sql, const I: u64> std::fmt::Debug for Field<P, Sql, I> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Field({})", self.meta().name)
    }
}

/// How a field of the document is kept, by the hash of its name. No more than this, as each item costs each build of
/// the user's: all else is in [`META`](Kept::META).
pub trait StoredField<const I: u64>: Kept {
    /// Its type and its codec: [`Stored`](super::Stored).
    type As: StoredAs;
}

/// The type of a field.
pub(super) type ValueOf<P, const I: u64> = <<P as StoredField<I>>::As as StoredAs>::Value;

/// What one macro must know of a field that another macro made. Looked up by the hash of the name.
pub trait HasField<const I: u64>: ProcessProxy {
    /// What a form has for it: its type; of the joined row, what that is made from.
    type Value: 'static;

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
    fn accept(json: &serde_json::Value) -> Result<Self::Value, FieldError>;
}

#[diagnostic::do_not_recommend]
impl<const I: u64, P: ProcessProxy + StoredField<I>> HasField<I> for P {
    type Value = ValueOf<P, I>;
    const FIELD: FormField = form_field::<P, I>();

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

    fn accept(json: &serde_json::Value) -> Result<Self::Value, FieldError> {
        super::write::accept(const { meta(P::META, place(P::META, I)) }, json)
    }
}

/// What a form knows of a field of the document.
#[must_use]
pub const fn form_field<P: StoredField<I>, const I: u64>() -> FormField {
    FormField::of(meta(P::META, place(P::META, I)))
}

/// The hash of a field's name (FNV-1a).
#[must_use]
pub const fn index(name: &str) -> u64 {
    let bytes = name.as_bytes();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut at = 0;
    while at < bytes.len() {
        hash ^= bytes[at] as u64;
        hash = hash.wrapping_mul(0x0100_0000_01b3);
        at += 1;
    }
    hash
}

/// A field's value as text, for a summary: a text as it is, nothing as nothing, all else as JSON.
fn show(meta: &Meta, value: &dyn Any) -> String {
    if meta.keeping.secret {
        return String::new();
    }
    match meta.keeping.encode(value) {
        Ok(serde_json::Value::String(text)) => text,
        Ok(serde_json::Value::Null) | Err(_) => String::new(),
        Ok(json) => json.to_string(),
    }
}

impl<P, Sql: SqlType + sql_types::SingleValue, const I: u64> Expression for Field<P, Sql, I> {
    type SqlType = Sql;
}

impl<P: Kept<Column: AppearsOnTable<QS>>, Sql, const I: u64, QS> AppearsOnTable<QS> for Field<P, Sql, I> where
    Self: Expression
{
}

impl<P: Kept<Column: SelectableExpression<QS>>, Sql, const I: u64, QS> SelectableExpression<QS> for Field<P, Sql, I> where
    Self: AppearsOnTable<QS>
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

mod contains;
#[cfg(feature = "postgres")]
mod postgres;
mod sql;
#[cfg(feature = "sqlite")]
mod sqlite;
mod typed;

pub use contains::{Contains, ItemSql, ListField};
pub use sql::JsonSql;
pub use typed::{Operand, Typed as TypedValue, TypedSql};
