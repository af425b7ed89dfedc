//! Changing fields of many processes at once: `HelloWorldFlow.processes().filter(..).update(F.approved.set(true), conn)`.

use diesel::expression::{AppearsOnTable, Expression, ValidGrouping, is_aggregate};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use serde_json::Value;

use super::{Field, HasField};
use crate::data::Patch;
use crate::proxy::{NewProcess, ProcessProxy};
use crate::store::patch::{Patched, met_no_object};
use crate::store::schema::flow_process;
use crate::{Error, FieldError, Result};

/// A field and its new value: `FIELDS.approved.set(true)`.
#[derive(Debug)]
pub struct Change {
    field: &'static str,
    path: &'static [&'static str],
    json: Result<Value>,
}

impl<P, Sql, const I: u64> Field<P, Sql, I> {
    /// This field with a new value, for the `update` of a query. It is validated as a setter's is.
    pub fn set(self, value: P::Value) -> Change
    where
        P: HasField<I> + ProcessProxy,
    {
        let (field, path) = (self.meta().name, self.meta().path);
        let mut new = NewProcess::<P>::new();
        P::give(value, &mut new);
        let json = new.finish().map(|(document, _)| document.get(path).ok().flatten().cloned());
        Change { field, path, json: json.map(Option::unwrap_or_default) }
    }
}

/// One change, or several as a tuple or a list.
pub trait Changes {
    /// All of them.
    fn list(self) -> Vec<Change>;
}

impl Changes for Change {
    fn list(self) -> Vec<Change> {
        vec![self]
    }
}

impl Changes for Vec<Change> {
    fn list(self) -> Vec<Change> {
        self
    }
}

macro_rules! tuples {
    ($($($name:ident)*;)*) => {$(
        impl Changes for ($(tuples!(@ $name),)*) {
            #[allow(non_snake_case, reason = "named as their places")]
            fn list(self) -> Vec<Change> {
                let ($($name,)*) = self;
                vec![$($name),*]
            }
        }
    )*};
    (@ $name:ident) => { Change };
}

tuples! { A; A B; A B C; A B C D; A B C D E; A B C D E F; A B C D E F G; A B C D E F G H; }

/// What a bulk update writes.
#[derive(Debug)]
pub(crate) struct Update {
    pub(crate) data: Patched,
    /// The fields that are kept inside an object.
    pub(crate) nested: Vec<&'static str>,
}

impl Update {
    /// # Errors
    /// [`Error::Invalid`] with all faults at once.
    pub(crate) fn new(changes: impl Changes) -> Result<Self> {
        let (mut values, mut nested, mut errors) = (Vec::new(), Vec::new(), Vec::new());
        for Change { field, path, json } in changes.list() {
            match json {
                Ok(json) => values.push((path.to_vec(), json.to_string())),
                Err(Error::Invalid(faults)) => errors.extend(faults),
                Err(other) => return Err(other),
            }
            nested.extend((path.len() > 1).then_some(field));
        }
        if !errors.is_empty() {
            return Err(Error::Invalid(errors));
        }
        Ok(Update { data: Patched(Patch::new(values, |_| "{}".to_owned())), nested })
    }
}

/// What went wrong with a bulk update of these fields, which are kept inside objects.
pub(crate) fn update_error(nested: &[&'static str], error: diesel::result::Error) -> Error {
    if nested.is_empty() || !met_no_object(&error) {
        return error.into();
    }
    let message = "is stored inside an object, but one of the rows has another value in its place";
    Error::Invalid(nested.iter().map(|field| FieldError::new(*field, message)).collect())
}

/// Whether a process is one of those whose numbers this query selects.
#[derive(Clone, Copy, Debug)]
pub struct OneOf<Q>(pub(crate) Q);

impl<Q> Expression for OneOf<Q> {
    type SqlType = diesel::sql_types::Bool;
}

impl<Q> AppearsOnTable<flow_process::table> for OneOf<Q> {}

impl<Q, GB> ValidGrouping<GB> for OneOf<Q> {
    type IsAggregate = is_aggregate::No;
}

impl<Q: QueryId> QueryId for OneOf<Q> {
    type QueryId = OneOf<Q::QueryId>;
    const HAS_STATIC_QUERY_ID: bool = Q::HAS_STATIC_QUERY_ID;
}

impl<Q: QueryFragment<DB>, DB: diesel::backend::Backend> QueryFragment<DB> for OneOf<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("id in (");
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(")");
        Ok(())
    }
}
