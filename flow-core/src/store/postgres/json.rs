//! JSON documents in PostgreSQL's SQL: `jsonb`, `#>`, `jsonb_set`.

use std::io::Write as _;

use diesel::pg::Pg;
use diesel::pg::data_types::PgNumeric;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::result::QueryResult;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{BigInt, Text};
use serde_json::Value;

use crate::data::Patch;
use crate::store::json::{JsonDialect, JsonField, JsonKind, TextMatch, TextOperand, quote};

/// How a kind is read. `{}` is the `jsonb`.
struct Template {
    /// Whether the value is of this kind.
    is: &'static str,
    /// It.
    value: &'static str,
}

/// As text, compared by its bytes, as SQLite and Rust do.
const TEXT: &str = "({} #>> array[]::text[]) collate \"C\"";

const fn template(kind: JsonKind) -> Template {
    const IS_TEXT: &str = "jsonb_typeof({}) = 'string'";
    let (is, value) = match kind {
        JsonKind::Bool => ("jsonb_typeof({}) = 'boolean'", "({})::boolean"),
        JsonKind::Integer => (
            "jsonb_typeof({}) = 'number' and ({} #>> array[]::text[]) ~ '^-?[0-9]{1,19}$' \
             and ({})::numeric between -9223372036854775808 and 9223372036854775807",
            "({})::bigint",
        ),
        JsonKind::Number => (
            "jsonb_typeof({}) = 'number' and (({})::numeric = 0 or abs(({})::numeric) between 1e-307 and 1.79e308)",
            "({})::float8",
        ),
        JsonKind::Text => (IS_TEXT, TEXT),
        JsonKind::Json => ("jsonb_typeof({}) in ('array', 'object')", "{}"),
        JsonKind::Instant => ("jsonb_typeof({}) = 'string' and right({} #>> array[]::text[], 6) = '+00:00'", TEXT),
        JsonKind::Key => ("jsonb_typeof({}) in ('number', 'string')", TEXT),
        JsonKind::Decimal => {
            ("({} #>> array[]::text[]) ~ '^-?[0-9]{1,30}([.][0-9]{1,30})?$'", "({} #>> array[]::text[])::numeric")
        }
        // In nanoseconds. Five digits of days are as many as fit into 64 bits.
        JsonKind::Duration => (
            "jsonb_typeof({}) = 'string' and ({} #>> array[]::text[]) \
             ~ '^P[0-9]{1,5}DT[0-9]{2}H[0-9]{2}M[0-9]{2}([.][0-9]{1,9})?S$'",
            "substring({} #>> array[]::text[] from 'P([0-9]+)')::bigint * 86400000000000 \
             + substring({} #>> array[]::text[] from 'T([0-9]+)')::bigint * 3600000000000 \
             + substring({} #>> array[]::text[] from 'H([0-9]+)')::bigint * 60000000000 \
             + substring({} #>> array[]::text[] from 'M([0-9]+)')::bigint * 1000000000 \
             + rpad(coalesce(substring({} #>> array[]::text[] from '[.]([0-9]+)'), ''), 9, '0')::bigint",
        ),
    };
    Template { is, value }
}

impl JsonDialect for Pg {
    const IS_DISTINCT_FROM: &'static str = " IS DISTINCT FROM ";
    const IS_NOT_DISTINCT_FROM: &'static str = " IS NOT DISTINCT FROM ";
    const ASCENDING: &'static str = " ASC NULLS FIRST";
    const DESCENDING: &'static str = " DESC NULLS LAST";
    const INDEX_ORDER: &'static str = " NULLS FIRST";
    const AS_UUID: &'static str = "::uuid";
    const AS_DOCUMENT: &'static str = "::jsonb";
    const OBJECT: &'static str = "jsonb_build_object";

    /// `case when data #> array['n'] is null then default when jsonb_typeof(..) = 'boolean' then (..)::boolean end`
    fn field<'b>(
        column: &'b dyn QueryFragment<Self>,
        field: JsonField,
        out: &mut AstPass<'_, 'b, Self>,
    ) -> QueryResult<()> {
        let template = template(field.kind);
        // An old name counts where the new one is not there.
        for path in field.paths() {
            fill(column, out, "case when {} is null then ", path)?;
        }
        out.push_sql(&literal(&field.default_value(), &template));
        for path in field.paths().rev() {
            for part in [" when ", template.is, " then ", template.value, " end"] {
                fill(column, out, part, path)?;
            }
        }
        Ok(())
    }

    /// `exists (select 1 from jsonb_array_elements(..) item (value) where case when .. then .. end = ..)`
    fn contains<'b>(
        list: &'b dyn QueryFragment<Self>,
        kind: JsonKind,
        item: &'b str,
        out: &mut AstPass<'_, 'b, Self>,
    ) -> QueryResult<()> {
        let template = template(kind);
        let of_item = |template: &str| template.replace("{}", "item.value");
        out.push_sql("exists (select 1 from jsonb_array_elements(case when jsonb_typeof(");
        list.walk_ast(out.reborrow())?;
        out.push_sql(") = 'array' then ");
        list.walk_ast(out.reborrow())?;
        out.push_sql(" end) item (value) where case when ");
        let (is, value) = (of_item(template.is), of_item(template.value));
        out.push_sql(&format!("{is} then {value} end = "));
        for (place, part) in template.value.split("{}").enumerate() {
            if place > 0 {
                out.push_sql("(");
                out.push_bind_param::<Text, _>(item)?;
                out.push_sql("::jsonb)");
            }
            out.push_sql(part);
        }
        out.push_sql(")");
        Ok(())
    }

    fn matches<'b>(
        text: &'b dyn QueryFragment<Self>,
        operand: &'b TextOperand,
        out: &mut AstPass<'_, 'b, Self>,
    ) -> QueryResult<()> {
        // The collation decides how letters are folded: the same for each database of the server.
        const FOLDED: &str = " collate \"und-x-icu\")";
        let (before, between, behind) = match operand.how {
            TextMatch::Like => ("(", " like ", ")"),
            TextMatch::Exact => ("(lower(", " = lower(", ")"),
            TextMatch::Contains => ("(strpos(lower(", ", lower(", ") > 0)"),
            TextMatch::StartsWith => ("starts_with(lower(", ", lower(", ")"),
        };
        let folded = if operand.how == TextMatch::Like { "" } else { FOLDED };
        out.push_sql(before);
        text.walk_ast(out.reborrow())?;
        out.push_sql(folded);
        out.push_sql(between);
        out.push_bind_param::<Text, _>(operand)?;
        out.push_sql(folded);
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
        out.push_sql(&format!("({column} ? "));
        out.push_bind_param::<Text, _>(key)?;
        out.push_sql(")");
        Ok(())
    }

    fn takes(column: &str, patch: &Patch, out: &mut AstPass<'_, '_, Self>) {
        out.push_sql(&format!("jsonb_typeof({column}) = 'object'"));
        for parent in &patch.parents {
            out.push_sql(" and ");
            out.push_sql(&is_object_or_null(column, &parent.path));
        }
    }

    /// `case when .. then jsonb_set(jsonb_set(data, array['address'], ..), array['address','city'], $1::jsonb) end`
    fn patch<'b>(column: &str, patch: &'b Patch, out: &mut AstPass<'_, 'b, Self>) -> QueryResult<()> {
        for (place, parent) in patch.parents.iter().enumerate() {
            out.push_sql(if place == 0 { "case when " } else { " and " });
            out.push_sql(&is_object_or_null(column, &parent.path));
        }
        if !patch.parents.is_empty() {
            out.push_sql(" then ");
        }
        for _ in 0..patch.parents.len() + patch.values.len() {
            out.push_sql("jsonb_set(");
        }
        out.push_sql(column);
        for parent in &patch.parents {
            let keys = keys_array(&parent.path);
            out.push_sql(&format!(", {keys}, coalesce(nullif({column} #> {keys}, 'null'::jsonb), "));
            out.push_bind_param::<Text, _>(&parent.json)?;
            out.push_sql("::jsonb))");
        }
        for value in &patch.values {
            out.push_sql(&format!(", {}, ", keys_array(&value.path)));
            out.push_bind_param::<Text, _>(&value.json)?;
            out.push_sql("::jsonb)");
        }
        if !patch.parents.is_empty() {
            out.push_sql(" end");
        }
        Ok(())
    }
}

fn is_object_or_null(column: &str, path: &[&str]) -> String {
    format!("coalesce(jsonb_typeof({column} #> {}), 'null') in ('null', 'object')", keys_array(path))
}

impl ToSql<Text, Pg> for TextOperand {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(self.text.as_bytes())?;
        if self.how == TextMatch::Like && ends_in_an_escape(&self.text) {
            out.write_all(b"\\")?;
        }
        Ok(IsNull::No)
    }
}

/// Whether the last character of a pattern is an escape of nothing, which LIKE refuses: it is taken as it is.
fn ends_in_an_escape(pattern: &str) -> bool {
    pattern.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1
}

/// The template with the value at this path.
fn fill<'b>(
    column: &'b dyn QueryFragment<Pg>,
    out: &mut AstPass<'_, 'b, Pg>,
    template: &str,
    path: &[&str],
) -> QueryResult<()> {
    for (place, part) in template.split("{}").enumerate() {
        if place > 0 {
            out.push_sql("(");
            column.walk_ast(out.reborrow())?;
            out.push_sql(" #> ");
            out.push_sql(&keys_array(path));
            out.push_sql(")");
        }
        out.push_sql(part);
    }
    Ok(())
}

/// `array['address','city']`
fn keys_array(keys: &[&str]) -> String {
    let keys: Vec<String> = keys.iter().map(|key| quote(key)).collect();
    format!("array[{}]", keys.join(","))
}

/// A default of the derive as an SQL literal.
fn literal(default: &Value, template: &Template) -> String {
    match default {
        Value::Null => "null".to_owned(),
        Value::Bool(holds) => holds.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) if template.value == TEXT => quote(text),
        other => template.value.replace("{}", &format!("{}::jsonb", quote(&other.to_string()))),
    }
}

/// A decimal number as PostgreSQL has it: digits of ten thousand, and the place of the first.
pub(crate) fn numeric(text: &str) -> Result<PgNumeric, std::num::ParseIntError> {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fill = |length: usize| "0".repeat((4 - length % 4) % 4);
    let all = format!("{}{whole}{fraction}{}", fill(whole.len()), fill(fraction.len()));
    let digits = (0..all.len() / 4).map(|at| all[4 * at..4 * at + 4].parse::<i16>()).collect::<Result<Vec<_>, _>>()?;
    let weight = i16::try_from(whole.len().div_ceil(4)).unwrap_or(i16::MAX) - 1;
    let scale = u16::try_from(fraction.len()).unwrap_or(u16::MAX);
    Ok(match negative {
        true => PgNumeric::Negative { weight, scale, digits },
        false => PgNumeric::Positive { weight, scale, digits },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_cut_at_its_point() {
        let expect = PgNumeric::Negative { weight: 1, scale: 3, digits: vec![1, 2345, 6780] };
        assert_eq!(numeric("-12345.678"), Ok(expect));
        assert_eq!(numeric("0.5"), Ok(PgNumeric::Positive { weight: 0, scale: 1, digits: vec![0, 5000] }));
    }

    #[test]
    fn a_pattern_does_not_end_inside_an_escape() {
        assert_eq!(["a\\", "a\\\\", "a\\%", ""].map(ends_in_an_escape), [true, false, false, false]);
    }
}
