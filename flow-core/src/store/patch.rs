//! A change of some keys of a JSON column, as an SQL expression.

use diesel::expression::{AppearsOnTable, Expression};
use diesel::query_builder::QueryId;

use crate::data::{Patch, sql_types::Json};
use crate::store::schema::{flow_process, flow_task};

/// The `data` of the row with these patches.
#[derive(Debug)]
pub(crate) struct Patched(pub(crate) Vec<Patch>);

impl Expression for Patched {
    type SqlType = Json;
}

impl AppearsOnTable<flow_process::table> for Patched {}
impl AppearsOnTable<flow_task::table> for Patched {}

impl QueryId for Patched {
    type QueryId = ();
    // The text differs by the number of patches.
    const HAS_STATIC_QUERY_ID: bool = false;
}

#[cfg(feature = "sqlite")]
mod sqlite {
    use diesel::query_builder::{AstPass, QueryFragment};
    use diesel::result::QueryResult;
    use diesel::sql_types::Text;
    use diesel::sqlite::Sqlite;

    use super::Patched;
    use crate::data::{json_path, quote};

    /// `json_set(data, '$."city"', json(?), ..)`
    impl QueryFragment<Sqlite> for Patched {
        fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
            out.push_sql("json_set(data");
            for patch in &self.0 {
                out.push_sql(", ");
                out.push_sql(&quote(&json_path(&patch.path)));
                out.push_sql(", json(");
                out.push_bind_param::<Text, _>(&patch.json)?;
                out.push_sql(")");
            }
            out.push_sql(")");
            Ok(())
        }
    }
}

#[cfg(feature = "postgres")]
mod postgres {
    use diesel::pg::Pg;
    use diesel::query_builder::{AstPass, QueryFragment};
    use diesel::result::QueryResult;
    use diesel::sql_types::Text;

    use super::Patched;
    use crate::data::keys_array;

    /// `jsonb_set(data, array['address','city'], $1::jsonb)`, one inside the other.
    impl QueryFragment<Pg> for Patched {
        fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
            for _ in &self.0 {
                out.push_sql("jsonb_set(");
            }
            out.push_sql("data");
            for patch in &self.0 {
                out.push_sql(", ");
                out.push_sql(&keys_array(&patch.path));
                out.push_sql(", ");
                out.push_bind_param::<Text, _>(&patch.json)?;
                out.push_sql("::jsonb)");
            }
            Ok(())
        }
    }
}
