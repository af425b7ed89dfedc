//! JSON documents in SQLite's SQL: `json_type`, `json_extract`, `json_set`.

use diesel::query_builder::{AstPass, QueryFragment};
use diesel::result::QueryResult;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{BigInt, Text};
use diesel::sqlite::Sqlite;
use serde_json::Value;

use crate::data::{Patch, json_path};
use crate::store::json::{JsonDialect, JsonField, JsonKind, TextMatch, TextOperand, quote};

/// How a kind is read. `{}` is the value, `{t}` the word of `json_type` for it.
struct Template {
    /// Whether the value is of this kind.
    is: &'static str,
    /// It.
    value: &'static str,
    /// What the whole is cast to, so that operands are converted by the same rule.
    cast: Option<&'static str>,
}

const fn template(kind: JsonKind) -> Template {
    const PLAIN: &str = "{}";
    let (is, value, cast) = match kind {
        JsonKind::Bool => ("{t} in ('true', 'false')", PLAIN, None),
        JsonKind::Integer => ("{t} in ('integer')", PLAIN, None),
        JsonKind::Number => ("{t} in ('integer', 'real')", PLAIN, None),
        JsonKind::Text => ("{t} in ('text')", PLAIN, None),
        JsonKind::Json => ("{t} in ('array', 'object')", PLAIN, None),
        JsonKind::Instant => ("{t} in ('text') and substr({}, -6) = '+00:00'", PLAIN, None),
        JsonKind::Key => ("{t} in ('integer', 'text')", PLAIN, Some("text")),
        // Cast to `real`, the operand (a text) is converted by the same rule as the value.
        JsonKind::Decimal => (
            "({t} in ('integer', 'real') or {t} = 'text' and {} <> '' \
             and trim({}, '-0123456789.') = '' and ltrim({}, '-') glob '[0-9]*')",
            PLAIN,
            Some("real"),
        ),
        // In nanoseconds. Five digits of days are as many as fit into 64 bits.
        JsonKind::Duration => (
            "{t} = 'text' and {} glob 'P[0-9]*DT[0-9][0-9]H[0-9][0-9]M[0-9][0-9]*S' \
             and instr({}, 'D') <= 7 and trim({}, 'PDTHMS.0123456789') = ''",
            "cast(substr({}, 2) as integer) * 86400000000000 \
             + cast(substr({}, instr({}, 'T') + 1, 2) as integer) * 3600000000000 \
             + cast(substr({}, instr({}, 'T') + 4, 2) as integer) * 60000000000 \
             + cast(substr({}, instr({}, 'T') + 7, 2) as integer) * 1000000000 \
             + cast(substr(trim(substr({}, instr({}, 'T') + 9), '.S') || '000000000', 1, 9) as integer)",
            None,
        ),
    };
    Template { is, value, cast }
}

impl JsonDialect for Sqlite {
    // `IS DISTINCT FROM` itself needs SQLite 3.39.
    const IS_DISTINCT_FROM: &'static str = " IS NOT ";
    const IS_NOT_DISTINCT_FROM: &'static str = " IS ";
    // SQLite orders NULL first.
    const ASCENDING: &'static str = " ASC";
    const DESCENDING: &'static str = " DESC";
    const INDEX_ORDER: &'static str = "";
    const AS_UUID: &'static str = "";
    const AS_DOCUMENT: &'static str = "";
    const OBJECT: &'static str = "json_object";

    /// `case when json_type(data, '$."n"') is null then default when .. then json_extract(data, '$."n"') end`
    fn field<'b>(
        column: &'b dyn QueryFragment<Self>,
        field: JsonField,
        out: &mut AstPass<'_, 'b, Self>,
    ) -> QueryResult<()> {
        let template = template(field.kind);
        if template.cast.is_some() {
            out.push_sql("cast(");
        }
        // An old name counts where the new one is not there.
        for path in field.paths() {
            fill(column, out, "case when {t} is null then ", path)?;
        }
        out.push_sql(&literal(&field.default_value(), &template));
        for path in field.paths().rev() {
            for part in [" when ", template.is, " then ", template.value, " end"] {
                fill(column, out, part, path)?;
            }
        }
        if let Some(ty) = template.cast {
            out.push_sql(&format!(" as {ty})"));
        }
        Ok(())
    }

    /// `exists (select 1 from json_each(..) item where case when item.type = .. then item.value end = ..)`
    fn contains<'b>(
        list: &'b dyn QueryFragment<Self>,
        kind: JsonKind,
        item: &'b str,
        out: &mut AstPass<'_, 'b, Self>,
    ) -> QueryResult<()> {
        let template = template(kind);
        let (cast, end) = match template.cast {
            Some(ty) => ("cast(", format!(" as {ty})")),
            None => ("", String::new()),
        };
        let of_item = |template: &str| template.replace("{t}", "item.type").replace("{}", "item.value");
        out.push_sql("exists (select 1 from json_each(");
        list.walk_ast(out.reborrow())?;
        // The members of an object have texts as keys.
        out.push_sql(") item where typeof(item.key) = 'integer' and ");
        let (is, value) = (of_item(template.is), of_item(template.value));
        out.push_sql(&format!("{cast}case when {is} then {value} end{end} = {cast}"));
        for (place, part) in template.value.split("{}").enumerate() {
            if place > 0 {
                out.push_sql("json_extract(");
                out.push_bind_param::<Text, _>(item)?;
                out.push_sql(", '$')");
            }
            out.push_sql(part);
        }
        out.push_sql(&end);
        out.push_sql(")");
        Ok(())
    }

    fn matches<'b>(
        text: &'b dyn QueryFragment<Self>,
        operand: &'b TextOperand,
        out: &mut AstPass<'_, 'b, Self>,
    ) -> QueryResult<()> {
        let (before, between, behind) = match operand.how {
            TextMatch::Like => ("(", " glob ", ")"),
            TextMatch::Exact => ("(flow_lower(", ") = ", ")"),
            TextMatch::Contains => ("(instr(flow_lower(", "), ", ") > 0)"),
            TextMatch::StartsWith => ("(instr(flow_lower(", "), ", ") = 1)"),
        };
        out.push_sql(before);
        text.walk_ast(out.reborrow())?;
        out.push_sql(between);
        out.push_bind_param::<Text, _>(operand)?;
        out.push_sql(behind);
        Ok(())
    }

    fn text<'b>(text: &'b str, out: &mut AstPass<'_, 'b, Self>) -> QueryResult<()> {
        out.push_bind_param::<Text, _>(text)
    }

    fn integer<'b>(number: &'b i64, out: &mut AstPass<'_, 'b, Self>) -> QueryResult<()> {
        out.push_bind_param::<BigInt, _>(number)
    }

    fn has_key<'b>(column: &str, key: &'b str, out: &mut AstPass<'_, 'b, Self>) -> QueryResult<()> {
        out.push_sql(&format!("(json_type({column}, '$.\"' || "));
        out.push_bind_param::<Text, _>(key)?;
        out.push_sql(" || '\"') is not null)");
        Ok(())
    }

    fn takes(column: &str, patch: &Patch, out: &mut AstPass<'_, '_, Self>) {
        push(out, &["json_type(", column, ") = 'object'"]);
        for parent in &patch.parents {
            push(out, &[" and coalesce(json_type(", column, ", "]);
            push_path(out, &parent.path);
            out.push_sql("), 'null') in ('null', 'object')");
        }
    }

    /// `case when json_type(data) = 'object' then json_set(data, '$."city"', json(?), ..) end`
    fn patch<'b>(column: &str, patch: &'b Patch, out: &mut AstPass<'_, 'b, Self>) -> QueryResult<()> {
        if patch.is_empty() {
            out.push_sql(column);
            return Ok(());
        }
        // Of anything else `json_set` returns what it was given.
        out.push_sql("case when ");
        Self::takes(column, patch, out);
        push(out, &[" then json_set(", column]);
        for parent in &patch.parents {
            out.push_sql(", ");
            push_path(out, &parent.path);
            push(out, &[", json(coalesce(json_extract(", column, ", "]);
            push_path(out, &parent.path);
            out.push_sql("), ");
            out.push_bind_param::<Text, _>(&parent.json)?;
            out.push_sql("))");
        }
        for value in &patch.values {
            out.push_sql(", ");
            push_path(out, &value.path);
            out.push_sql(", json(");
            out.push_bind_param::<Text, _>(&value.json)?;
            out.push_sql(")");
        }
        out.push_sql(") end");
        Ok(())
    }
}

// A statement is walked three times each time it runs, so nothing is formatted on the way.

fn push(out: &mut AstPass<'_, '_, Sqlite>, texts: &[&str]) {
    texts.iter().for_each(|text| out.push_sql(text));
}

/// A path as an SQL literal: `'$."address"."city"'`.
fn push_path(out: &mut AstPass<'_, '_, Sqlite>, path: &[&str]) {
    out.push_sql("'$");
    for key in path {
        out.push_sql(".\"");
        for (at, piece) in key.split('\'').enumerate() {
            push(out, &[if at == 0 { "" } else { "''" }, piece]);
        }
        out.push_sql("\"");
    }
    out.push_sql("'");
}

/// The template with the value at this path.
fn fill<'b>(
    column: &'b dyn QueryFragment<Sqlite>,
    out: &mut AstPass<'_, 'b, Sqlite>,
    template: &str,
    path: &[&str],
) -> QueryResult<()> {
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        let (before, found) = rest.split_at(at);
        out.push_sql(before);
        let (function, length) = if found.starts_with("{t}") { ("json_type(", 3) } else { ("json_extract(", 2) };
        out.push_sql(function);
        column.walk_ast(out.reborrow())?;
        out.push_sql(", ");
        out.push_sql(&quote(&json_path(path)));
        out.push_sql(")");
        rest = &found[length..];
    }
    out.push_sql(rest);
    Ok(())
}

/// A default of the derive as an SQL literal.
fn literal(default: &Value, template: &Template) -> String {
    match default {
        Value::Null => "null".to_owned(),
        Value::Bool(holds) => u8::from(*holds).to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => template.value.replace("{}", &quote(text)),
        other => quote(&other.to_string()),
    }
}

impl ToSql<Text, Sqlite> for TextOperand {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(match self.how {
            TextMatch::Like => glob(&self.text),
            TextMatch::Contains | TextMatch::StartsWith | TextMatch::Exact => self.text.to_lowercase(),
        });
        Ok(IsNull::No)
    }
}

/// A pattern of LIKE as one of GLOB, which is the one that regards case.
fn glob(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 4);
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '%' => out.push('*'),
            '_' => out.push('?'),
            letter => {
                let letter = if letter == '\\' { letters.next().unwrap_or('\\') } else { letter };
                if matches!(letter, '*' | '?' | '[') {
                    out.extend(['[', letter, ']']);
                } else {
                    out.push(letter);
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_default_cannot_break_out_of_its_literal() {
        let literal = |kind, json: &str| literal(&serde_json::from_str(json).unwrap(), &template(kind));
        assert_eq!(literal(JsonKind::Text, r#""it's""#), "'it''s'");
        assert_eq!(literal(JsonKind::Bool, "true"), "1");
        assert_eq!(literal(JsonKind::Bool, "null"), "null");
    }

    #[test]
    fn a_pattern_means_the_same_to_glob() {
        assert_eq!(glob("B%_"), "B*?");
        assert_eq!(glob(r"100\%\_\\"), r"100%_\");
        assert_eq!(glob("[a]*?"), "[[]a][*][?]");
        assert_eq!(glob("\\"), "\\", "nothing is behind it");
    }
}
