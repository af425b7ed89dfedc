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
        let mut paths = vec![self.meta().path];
        paths.extend(self.meta().alias);
        // An old name counts where the new one is not there.
        for path in &paths {
            fill::<P>(&mut out, "case when {} is null then ", path)?;
        }
        out.push_sql(&literal::<Sql>(self.meta().default));
        for path in paths.iter().rev() {
            for template in [" when ", Sql::POSTGRES_IS, " then ", Sql::POSTGRES_VALUE, " end"] {
                fill::<P>(&mut out, template, path)?;
            }
        }
        Ok(())
    }
}

/// The template with what is kept at this path.
fn fill<P: Kept<Column: QueryFragment<Pg>>>(
    out: &mut AstPass<'_, '_, Pg>,
    template: &str,
    path: &[&str],
) -> QueryResult<()> {
    for (place, part) in template.split("{}").enumerate() {
        if place > 0 {
            out.push_sql("(");
            P::COLUMN.walk_ast(out.reborrow())?;
            out.push_sql(" #> ");
            out.push_sql(&keys_array(path));
            out.push_sql(")");
        }
        out.push_sql(part);
    }
    Ok(())
}

/// A default of the derive as an SQL literal.
fn literal<Sql: JsonSql>(default: Option<&str>) -> String {
    match default.and_then(|json| serde_json::from_str(json).ok()) {
        None | Some(Value::Null) => "null".to_owned(),
        Some(Value::Bool(holds)) => holds.to_string(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::String(text)) if Sql::POSTGRES_VALUE == super::sql::TEXT => quote(&text),
        Some(other) => Sql::POSTGRES_VALUE.replace("{}", &format!("{}::jsonb", quote(&other.to_string()))),
    }
}

/// A decimal number as PostgreSQL has it: digits of ten thousand, and the place of the first.
pub(super) fn numeric(text: &str) -> Result<diesel::pg::data_types::PgNumeric, std::num::ParseIntError> {
    use diesel::pg::data_types::PgNumeric;

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
    use diesel::pg::data_types::PgNumeric;

    #[test]
    fn a_number_is_cut_at_its_point() {
        let expect = PgNumeric::Negative { weight: 1, scale: 3, digits: vec![1, 2345, 6780] };
        assert_eq!(super::numeric("-12345.678"), Ok(expect));
        assert_eq!(super::numeric("0.5"), Ok(PgNumeric::Positive { weight: 0, scale: 1, digits: vec![0, 5000] }));
    }
}
