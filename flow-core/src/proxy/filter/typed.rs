//! Comparing a field with a value of its own Rust type, where diesel has no SQL type for that.

use std::borrow::Borrow;

use diesel::dsl::{And, Eq, EqAny, Gt, GtEq, Lt, LtEq, NeAny, NotEq};
use diesel::expression::AsExpression;
use diesel::internal::derives::as_expression::Bound;
use diesel::sql_types::{SingleValue, SqlType, is_nullable::NotNull};
use diesel::{BoolExpressionMethods as _, ExpressionMethods};

use super::Field;
use crate::data::sql_types::{AsText, Exact, Instant, KeyOf, Length};
use crate::proxy::JsonType;
use crate::{FlowModel, Ref};

/// An SQL type of a field that is compared with values of one Rust type.
pub trait TypedSql: SqlType<IsNull = NotNull> + SingleValue {
    /// That type.
    type Value: Clone + std::fmt::Debug + 'static;

    /// The value as a statement has it.
    #[doc(hidden)]
    fn bind(value: &Self::Value) -> Result<Operand, String>;
}

/// A value as a statement has it.
#[doc(hidden)]
#[derive(Clone, Debug)]
pub enum Operand {
    Text(String),
    Integer(i64),
    Number(String),
}

/// The text of a value that is kept as one.
fn text<T: JsonType>(value: &T) -> Result<String, String> {
    Ok(match value.to_json()? {
        serde_json::Value::String(text) => text,
        other => other.to_string(),
    })
}

impl<T: JsonType + Clone + std::fmt::Debug + 'static> TypedSql for AsText<T> {
    type Value = T;
    fn bind(value: &T) -> Result<Operand, String> {
        text(value).map(Operand::Text)
    }
}

impl<T: JsonType + Clone + std::fmt::Debug + 'static> TypedSql for Instant<T> {
    type Value = T;
    fn bind(value: &T) -> Result<Operand, String> {
        text(value).map(Operand::Text)
    }
}

impl<M: FlowModel> TypedSql for KeyOf<M> {
    type Value = Ref<M>;
    fn bind(value: &Ref<M>) -> Result<Operand, String> {
        Ok(Operand::Text(value.key().to_owned()))
    }
}

impl<T: JsonType + Clone + std::fmt::Debug + 'static> TypedSql for Exact<T> {
    type Value = T;
    fn bind(value: &T) -> Result<Operand, String> {
        text(value).map(Operand::Number)
    }
}

impl TypedSql for Length<std::time::Duration> {
    type Value = std::time::Duration;
    fn bind(value: &std::time::Duration) -> Result<Operand, String> {
        crate::proxy::codec::nanos(*value).map(Operand::Integer)
    }
}

/// A value that a field is compared with. The methods of [`Field`] make it.
pub struct Typed<S: TypedSql>(S::Value);

impl<S: TypedSql> Clone for Typed<S> {
    fn clone(&self) -> Self {
        Typed(self.0.clone())
    }
}

impl<S: TypedSql> std::fmt::Debug for Typed<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl<S: TypedSql> AsExpression<S> for Typed<S> {
    type Expression = Bound<S, Self>;
    fn as_expression(self) -> Self::Expression {
        Bound::new(self)
    }
}

impl<S: TypedSql> Typed<S> {
    #[doc(hidden)]
    pub fn operand(&self) -> Result<Operand, String> {
        S::bind(&self.0)
    }
}

pub(super) fn typed<S: TypedSql>(value: impl Borrow<S::Value>) -> Typed<S> {
    Typed(value.borrow().clone())
}

macro_rules! compared {
    ($($(#[$doc:meta])* $name:ident: $out:ident;)*) => {$(
        $(#[$doc])*
        pub fn $name(self, value: impl Borrow<S::Value>) -> $out<Self, Typed<S>> {
            ExpressionMethods::$name(self, typed(value))
        }
    )*};
}

/// As diesel's methods of these names, for values of the field's own type.
impl<P, S: TypedSql, const I: u64> Field<P, S, I> {
    compared! {
        /// Whether it is this.
        eq: Eq;
        /// Whether it is something else.
        ne: NotEq;
        /// Whether it is less than this, or earlier, or shorter.
        lt: Lt;
        /// Whether it is at most this.
        le: LtEq;
        /// Whether it is more than this, or later, or longer.
        gt: Gt;
        /// Whether it is at least this.
        ge: GtEq;
    }

    /// Whether it is from the first to the second, both included.
    pub fn between(
        self,
        least: impl Borrow<S::Value>,
        most: impl Borrow<S::Value>,
    ) -> And<GtEq<Self, Typed<S>>, LtEq<Self, Typed<S>>> {
        self.ge(least).and(self.le(most))
    }

    /// Whether it is one of these.
    pub fn eq_any<V: Borrow<S::Value>>(self, values: impl IntoIterator<Item = V>) -> EqAny<Self, Vec<Typed<S>>> {
        ExpressionMethods::eq_any(self, values.into_iter().map(typed).collect::<Vec<_>>())
    }

    /// Whether it is none of these.
    pub fn ne_all<V: Borrow<S::Value>>(self, values: impl IntoIterator<Item = V>) -> NeAny<Self, Vec<Typed<S>>> {
        ExpressionMethods::ne_all(self, values.into_iter().map(typed).collect::<Vec<_>>())
    }
}
