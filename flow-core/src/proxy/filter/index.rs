//! `#[proxy(index(approved))]`: an index over a field of the document, as SQL for a migration of the user's.

use diesel::query_builder::{AstPass, QueryBuilder as _, QueryFragment};
use diesel::result::QueryResult;

use super::{Field, JsonSql, index};
use crate::proxy::JsonProxy;
use crate::store::json::{JsonDialect, JsonField};

/// A field that has an index: of which type, and which.
#[derive(Clone, Copy, Debug)]
pub struct Index {
    owner: &'static str,
    name: &'static str,
    field: JsonField,
}

impl Index {
    /// The field `name` of the type whose name in snake case is `owner`.
    #[must_use]
    pub fn new<P: JsonProxy, Sql: JsonSql, const I: u64>(
        owner: &'static str,
        name: &'static str,
        field: Field<P, Sql, I>,
    ) -> Self {
        Index { owner, name, field: field.json_field() }
    }
}

/// The column as an index may name it: SQLite refuses the table's name there.
struct Column(&'static str);

impl<DB: JsonDialect> QueryFragment<DB> for Column {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql(self.0);
        Ok(())
    }
}

/// The expression of a field, as its filters have it.
struct Expression(Column, JsonField);

impl<DB: JsonDialect> QueryFragment<DB> for Expression {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        DB::field(&self.0, self.1, &mut out)
    }
}

/// What an index is of.
#[derive(Clone, Copy, Debug)]
pub(in crate::proxy) struct Indexed<'t> {
    /// The name of the table, for that of the index.
    pub(in crate::proxy) name: &'t str,
    /// The table in SQL.
    pub(in crate::proxy) table: &'t str,
    /// The column of the document, in SQL.
    pub(in crate::proxy) column: &'static str,
    /// Columns in front of the field: `flow, `.
    pub(in crate::proxy) before: &'t str,
}

/// `CREATE INDEX IF NOT EXISTS flow_process_by_leave_process_days ON flow_process (flow, (..));`, a line for each.
pub(in crate::proxy) fn sql<DB: JsonDialect>(of: Indexed<'_>, indexes: &[Index]) -> String {
    let Indexed { table, before, column, .. } = of;
    let lines = indexes.iter().map(|each| {
        let name = short(format!("{}_by_{}_{}", of.name, each.owner, each.name));
        let mut expression = DB::QueryBuilder::default();
        // Pushing text cannot fail.
        let _ = QueryFragment::<DB>::to_sql(&Expression(Column(column), each.field), &mut expression, &DB::default());
        let (expression, order) = (expression.finish(), DB::INDEX_ORDER);
        format!("CREATE INDEX IF NOT EXISTS {name} ON {table} ({before}({expression}){order});\n")
    });
    lines.collect()
}

/// PostgreSQL cuts names at 63 bytes, so two long ones would be one.
fn short(name: String) -> String {
    const LONGEST: usize = 63;
    if name.len() <= LONGEST {
        return name;
    }
    let hash = format!("_{:016x}", index(&name));
    let mut end = LONGEST - hash.len();
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{hash}", &name[..end])
}

#[cfg(test)]
mod tests {
    #[test]
    fn long_names_stay_different() {
        let (one, other) = (super::short("x".repeat(70)), super::short("x".repeat(71)));
        assert_eq!((one.len(), other.len()), (63, 63));
        assert_ne!(one, other);
        assert_eq!(super::short("flow_task_by_a_b".to_owned()), "flow_task_by_a_b");
    }
}
