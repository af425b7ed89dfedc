//! A field in SQLite's SQL.

use diesel::query_builder::{AstPass, QueryFragment};
use diesel::result::QueryResult;
use diesel::sqlite::Sqlite;
use serde_json::Value;

use super::{Field, JsonSql, Kept};
use crate::data::{json_path, quote};

/// `case when json_type(data, '$."n"') is null then default when .. then json_extract(data, '$."n"') end`
impl<P: Kept<Column: QueryFragment<Sqlite>>, Sql: JsonSql, const I: u64> QueryFragment<Sqlite> for Field<P, Sql, I> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        if Sql::SQLITE_AS.is_some() {
            out.push_sql("cast(");
        }
        let mut paths = vec![self.meta().path];
        paths.extend(self.meta().alias);
        // An old name counts where the new one is not there.
        for path in &paths {
            fill::<P>(&mut out, "case when {t} is null then ", path)?;
        }
        out.push_sql(&literal::<Sql>(self.meta().default));
        for path in paths.iter().rev() {
            for template in [" when ", Sql::SQLITE_IS, " then ", Sql::SQLITE_VALUE, " end"] {
                fill::<P>(&mut out, template, path)?;
            }
        }
        if let Some(ty) = Sql::SQLITE_AS {
            out.push_sql(" as ");
            out.push_sql(ty);
            out.push_sql(")");
        }
        Ok(())
    }
}

/// The template with what is kept at this path.
fn fill<P: Kept<Column: QueryFragment<Sqlite>>>(
    out: &mut AstPass<'_, '_, Sqlite>,
    template: &str,
    path: &[&str],
) -> QueryResult<()> {
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        let (before, found) = rest.split_at(at);
        out.push_sql(before);
        let (function, length) = if found.starts_with("{t}") { ("json_type(", 3) } else { ("json_extract(", 2) };
        out.push_sql(function);
        P::COLUMN.walk_ast(out.reborrow())?;
        out.push_sql(", ");
        out.push_sql(&quote(&json_path(path)));
        out.push_sql(")");
        rest = &found[length..];
    }
    out.push_sql(rest);
    Ok(())
}

/// A default of the derive as an SQL literal.
fn literal<Sql: JsonSql>(default: Option<&str>) -> String {
    match default.and_then(|json| serde_json::from_str(json).ok()) {
        None | Some(Value::Null) => "null".to_owned(),
        Some(Value::Bool(holds)) => u8::from(holds).to_string(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::String(text)) => Sql::SQLITE_VALUE.replace("{}", &quote(&text)),
        Some(other) => quote(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use diesel::sql_types::{Bool, Text};

    use super::*;

    #[test]
    fn a_default_cannot_break_out_of_its_literal() {
        assert_eq!(literal::<Text>(Some(r#""it's""#)), "'it''s'");
        assert_eq!(literal::<Bool>(Some("true")), "1");
        assert_eq!(literal::<Bool>(None), "null");
    }
}
