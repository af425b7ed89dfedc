//! Comparison that treats an absent value as one: `FIELDS.carrier.is_distinct_from(Carrier::Post)`.

use std::borrow::Borrow;

use diesel::expression::{AppearsOnTable, AsExpression, Expression, SelectableExpression, ValidGrouping};
use diesel::internal::derives::as_expression::Bound;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{BigInt, Bool, Double, Nullable, Text};

use super::typed::typed;
use super::{Field, TypedSql, TypedValue};
use crate::Ref;
use crate::data::sql_types::{AsText, Exact, Instant, KeyOf, Length};
use crate::store::json::JsonDialect;

/// `field IS DISTINCT FROM value`, or `IS NOT DISTINCT FROM`: true or false, never NULL.
#[derive(Clone, Copy, Debug)]
pub struct Distinct<F, E> {
    field: F,
    value: E,
    distinct: bool,
}

/// An SQL type of a field, and what it is compared with: a value of the field's type, or an expression.
#[doc(hidden)]
pub trait ComparedWith<V>: Sized {
    type Operand;
    fn operand(value: V) -> Self::Operand;
}

macro_rules! as_diesel {
    ($($sql:ty),*) => {$(
        impl<V: AsExpression<$sql>> ComparedWith<V> for $sql {
            type Operand = V::Expression;
            fn operand(value: V) -> V::Expression {
                value.as_expression()
            }
        }
    )*};
}

as_diesel!(Bool, BigInt, Double, Text, Nullable<Bool>, Nullable<BigInt>, Nullable<Double>, Nullable<Text>);

macro_rules! as_its_own_type {
    ($($sql:ident: $value:ty;)*) => {$(
        impl<T: 'static, V: Borrow<$value>> ComparedWith<V> for $sql<T>
        where
            Self: TypedSql<Value = $value>,
        {
            type Operand = Bound<Self, TypedValue<Self>>;
            fn operand(value: V) -> Self::Operand {
                Bound::new(typed(value))
            }
        }
    )*};
}

as_its_own_type! {
    AsText: T;
    Instant: T;
    Exact: T;
    Length: T;
    KeyOf: Ref<T>;
}

/// Comparison that knows no NULL.
///
/// ```
/// use flow_core::prelude::*;
///
/// #[derive(ProcessProxy)]
/// pub struct OrderProcess { process: Process, pieces: Option<i64> }
///
/// #[flow(process = OrderProcess)]
/// pub struct OrderFlow {
///     #[node(permission(anyone), next = this.end)] start: StartHandle,
///     end: End,
/// }
///
/// static FLOWS: Flows<diesel::SqliteConnection> = flows![OrderFlow];
/// const F: OrderProcessFields = OrderProcess::FIELDS;
///
/// fn main() -> flow_core::Result<()> {
///     let mut conn = flow_core::sqlite::open(":memory:")?;
///     FLOWS.migrate(&mut conn)?;
///     for pieces in [Some(1), Some(2), None] {
///         OrderFlow.start.run(&mut conn, &System("me"), OrderProcessData { pieces })?;
///     }
///     let without_null = OrderFlow.processes().filter(F.pieces.ne(1)).load(&mut conn)?;
///     let with_null = OrderFlow.processes().filter(F.pieces.is_distinct_from(1)).load(&mut conn)?;
///     assert_eq!((without_null.len(), with_null.len()), (1, 2));
///     Ok(())
/// }
/// ```
impl<P, Sql, const I: u64> Field<P, Sql, I> {
    /// Whether it is something else, or absent: unlike `ne`, which leaves out what is absent.
    pub fn is_distinct_from<V>(self, value: V) -> Distinct<Self, Sql::Operand>
    where
        Sql: ComparedWith<V>,
    {
        Distinct { field: self, value: Sql::operand(value), distinct: true }
    }

    /// Whether it is this: true or false, so that `not(..)` of it finds what is absent.
    pub fn is_not_distinct_from<V>(self, value: V) -> Distinct<Self, Sql::Operand>
    where
        Sql: ComparedWith<V>,
    {
        Distinct { field: self, value: Sql::operand(value), distinct: false }
    }
}

impl<F, E> Expression for Distinct<F, E> {
    type SqlType = Bool;
}

impl<F: AppearsOnTable<QS>, E: AppearsOnTable<QS>, QS> AppearsOnTable<QS> for Distinct<F, E> {}
impl<F: SelectableExpression<QS>, E: SelectableExpression<QS>, QS> SelectableExpression<QS> for Distinct<F, E> {}

impl<F: ValidGrouping<GB>, E, GB> ValidGrouping<GB> for Distinct<F, E> {
    type IsAggregate = F::IsAggregate;
}

impl<F, E> QueryId for Distinct<F, E> {
    type QueryId = ();
    // The text differs by field, which no type says.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<F: QueryFragment<DB>, E: QueryFragment<DB>, DB: JsonDialect> QueryFragment<DB> for Distinct<F, E> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("(");
        self.field.walk_ast(out.reborrow())?;
        out.push_sql(if self.distinct { DB::IS_DISTINCT_FROM } else { DB::IS_NOT_DISTINCT_FROM });
        self.value.walk_ast(out.reborrow())?;
        out.push_sql(")");
        Ok(())
    }
}
