//! A field in PostgreSQL's SQL.

use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::result::QueryResult;
use serde_json::Value;

use super::{Field, JsonSql, Kept};
use crate::data::{keys_array, quote};

/// `case when data #> array['n'] is null then default when jsonb_typeof(..) = 'boolean' then (..)::boolean end`
///
/// The guard is not optional: without it one row of another shape fails the whole statement.
impl<P: Kept<Column: QueryFragment<Pg>>, Sql: JsonSql, const I: u64> QueryFragment<Pg> for Field<P, Sql, I> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let path = format!(" #> {})", keys_array(self.meta.path));
        let fill = |out: &mut AstPass<'_, 'b, Pg>, template: &str| {
            for (place, part) in template.split("{}").enumerate() {
                if place > 0 {
                    out.push_sql("(");
                    P::COLUMN.walk_ast(out.reborrow())?;
                    out.push_sql(&path);
                }
                out.push_sql(part);
            }
            QueryResult::Ok(())
        };
        fill(&mut out, "case when {} is null then ")?;
        out.push_sql(&literal(self.meta.default));
        fill(&mut out, " when ")?;
        fill(&mut out, Sql::POSTGRES_IS)?;
        fill(&mut out, " then ")?;
        fill(&mut out, Sql::POSTGRES_VALUE)?;
        out.push_sql(" end");
        Ok(())
    }
}

/// A default of the derive as an SQL literal.
fn literal(default: Option<&str>) -> String {
    match default.and_then(|json| serde_json::from_str(json).ok()) {
        None | Some(Value::Null) => "null".to_owned(),
        Some(Value::Bool(holds)) => holds.to_string(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::String(text)) => quote(&text),
        Some(other) => format!("{}::jsonb", quote(&other.to_string())),
    }
}
