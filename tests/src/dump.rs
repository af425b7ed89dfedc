//! Everything that is in the tables, as text: equal before and after means that nothing was written.

use diesel::connection::LoadConnection;
use diesel::row::{Field as _, Row as _};
use diesel::sql_types::Text;
use diesel::sqlite::{Sqlite, SqliteConnection};

pub fn dump(conn: &mut SqliteConnection) -> String {
    let mut text = String::new();
    let tables = [
        "flow_process",
        "flow_task",
        "flow_due",
        "flow_audit",
        "flow_candidate",
        "flow_attempt",
        "flow_snooze",
        "flow_draft",
        "flow_message",
        "flow_queue",
        "flow_state_log",
    ];
    for table in tables {
        let query = diesel::sql_query(format!("select * from {table} order by 1, 2, 3"));
        let rows = LoadConnection::load(conn, query).expect("a table");
        for row in rows {
            let row = row.expect("a row");
            text.push_str(table);
            for at in 0..row.field_count() {
                let field = row.get(at).expect("a field");
                let value = field.value().map(|value| {
                    <String as diesel::deserialize::FromSql<Text, Sqlite>>::from_sql(value).expect("text")
                });
                text.push_str(&format!(" {:?}={value:?}", field.field_name().unwrap_or_default()));
            }
            text.push('\n');
        }
    }
    text
}
