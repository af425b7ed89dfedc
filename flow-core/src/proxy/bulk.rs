//! Changing fields of many processes at once: `HelloWorldFlow.processes().filter(..).update(F.approved.set(true), conn)`.

use diesel::expression::{AppearsOnTable, Expression, ValidGrouping, is_aggregate};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use serde_json::Value;

use super::{Field, HasField, NewProcess, ProcessProxy};
use crate::data::sql_types::Json;
use crate::store::schema::flow_process;
use crate::{Error, Result};

/// A field and its new value: `FIELDS.approved.set(true)`.
#[derive(Debug)]
pub struct Change {
    path: &'static [&'static str],
    json: Result<Value>,
}

impl<P, Sql, const I: u64> Field<P, Sql, I> {
    /// This field with a new value, for the `update` of a query. It is validated as a setter's is.
    pub fn set(self, value: P::Value) -> Change
    where
        P: HasField<I> + ProcessProxy,
    {
        let path = self.meta().path;
        let mut new = NewProcess::<P>::new();
        P::give(value, &mut new);
        let json = new.finish().map(|(document, _)| document.get(path).ok().flatten().cloned());
        Change { path, json: json.map(Option::unwrap_or_default) }
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

/// The document of a row with these changes in it. Objects on their way are made.
#[derive(Debug)]
pub struct Changed(Vec<(&'static [&'static str], String)>);

impl Changed {
    /// All faults at once.
    pub(crate) fn new(changes: impl Changes) -> Result<Self> {
        let (mut valid, mut errors) = (Vec::new(), Vec::new());
        for change in changes.list() {
            match change.json {
                Ok(json) => valid.push((change.path, json.to_string())),
                Err(Error::Invalid(faults)) => errors.extend(faults),
                Err(other) => return Err(other),
            }
        }
        if errors.is_empty() { Ok(Changed(valid)) } else { Err(Error::Invalid(errors)) }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The objects that must be there, the outer ones first.
    fn parents(&self) -> Vec<&'static [&'static str]> {
        let mut parents: Vec<&'static [&'static str]> =
            self.0.iter().flat_map(|(path, _)| (1..path.len()).map(|depth| &path[..depth])).collect();
        parents.sort_by_key(|path| (path.len(), *path));
        parents.dedup();
        parents
    }
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

impl Expression for Changed {
    type SqlType = Json;
}

impl AppearsOnTable<flow_process::table> for Changed {}

impl QueryId for Changed {
    type QueryId = ();
    // The text differs by the changes.
    const HAS_STATIC_QUERY_ID: bool = false;
}

/// `json_set(data, '$."approved"', json(?), ..)`
#[cfg(feature = "sqlite")]
impl QueryFragment<diesel::sqlite::Sqlite> for Changed {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, diesel::sqlite::Sqlite>) -> QueryResult<()> {
        use crate::data::{json_path, quote};

        let parents = self.parents();
        out.push_sql("json_set(");
        for _ in &parents {
            out.push_sql("json_patch(");
        }
        out.push_sql("data");
        for parent in &parents {
            // A value that is kept where an object should be is left as it is: nothing is set inside it.
            let free = (1..parent.len()).map(|depth| {
                let path = quote(&json_path(&parent[..depth]));
                format!("coalesce(json_type(data, {path}), 'null') in ('null', 'object') and ")
            });
            let (free, path) = (free.collect::<String>(), quote(&json_path(parent)));
            let object = parent.iter().rev().fold("{}".to_owned(), |inner, key| format!("{{\"{key}\":{inner}}}"));
            out.push_sql(&format!(
                ", case when {free}coalesce(json_type(data, {path}), 'null') = 'null' then {} else '{{}}' end)",
                quote(&object)
            ));
        }
        for (path, json) in &self.0 {
            out.push_sql(&format!(", {}, json(", quote(&json_path(path))));
            out.push_bind_param::<diesel::sql_types::Text, _>(json)?;
            out.push_sql(")");
        }
        out.push_sql(")");
        Ok(())
    }
}

/// `jsonb_set(data, array['approved'], $1::jsonb)`, one inside the other.
#[cfg(feature = "postgres")]
impl QueryFragment<diesel::pg::Pg> for Changed {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, diesel::pg::Pg>) -> QueryResult<()> {
        use crate::data::keys_array;

        let parents = self.parents();
        for _ in 0..parents.len() + self.0.len() {
            out.push_sql("jsonb_set(");
        }
        out.push_sql("data");
        for parent in parents {
            let keys = keys_array(parent);
            out.push_sql(&format!(", {keys}, coalesce(nullif(data #> {keys}, 'null'::jsonb), '{{}}'::jsonb))"));
        }
        for (path, json) in &self.0 {
            out.push_sql(&format!(", {}, ", keys_array(path)));
            out.push_bind_param::<diesel::sql_types::Text, _>(json)?;
            out.push_sql("::jsonb)");
        }
        Ok(())
    }
}
