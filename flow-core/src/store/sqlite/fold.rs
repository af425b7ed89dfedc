//! `flow_lower`: letters without case, by Unicode's rules. SQLite's own `lower` knows ASCII alone.

use diesel::SqliteConnection;
use diesel::result::QueryResult;
use diesel::sql_types::{Nullable, Text};

#[diesel::declare_sql_function]
extern "SQL" {
    /// The text in small letters, as `str::to_lowercase` has them.
    fn flow_lower(text: Nullable<Text>) -> Nullable<Text>;
}

/// Makes the function known to a connection.
pub(super) fn register(conn: &mut SqliteConnection) -> QueryResult<()> {
    flow_lower_utils::register_impl(conn, |text: Option<String>| text.map(|text| text.to_lowercase()))
}
