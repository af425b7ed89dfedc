//! Types and functions of the user's with names that the macros might have used themselves.

use flow_core::prelude::*;

diesel::table! { rows (process_id) { process_id -> BigInt, note -> Text, } }
flow_core::process_columns! { schema { colour -> Nullable<Text> } }

#[derive(diesel::Queryable, diesel::Selectable, diesel::Identifiable, diesel::AsChangeset)]
#[diesel(table_name = rows, primary_key(process_id))]
pub struct Own {
    process_id: i64,
    note: String,
}

#[derive(diesel::Insertable, serde::Deserialize, Debug, Clone)]
#[diesel(table_name = rows)]
pub struct Row {
    note: String,
}

#[derive(diesel::Queryable, diesel::Selectable, diesel::Identifiable, diesel::AsChangeset)]
#[diesel(table_name = schema)]
pub struct Found {
    id: i64,
    colour: Option<String>,
}

#[derive(Choices, Clone, Copy, Debug)]
pub enum Key {
    Minor,
    Major,
}

fn value(_: &i64) -> Result<(), String> {
    Ok(())
}

fn document(_: &str) -> Result<(), String> {
    Ok(())
}

/// A joined row.
#[derive(ProcessProxy)]
pub struct A {
    process: Process,
    #[proxy(joined, new = Row)]
    own: Own,
    #[json(validate = value)]
    value: i64,
    #[json(validate = document)]
    document: Option<String>,
    key: Key,
}

/// Columns in the row.
#[derive(ProcessProxy)]
pub struct C {
    process: Process,
    #[proxy(columns)]
    found: Found,
    read: i64,
    place: i64,
}

#[flow(process = A, was = ["d", "b"])]
pub struct DB {
    #[node(form = F { own, value, document, key }, permission(anyone), next = this.end)]
    start: Start,
    end: End,
}

#[flow(process = C)]
pub struct ST {
    #[node(form = G { read, place }, permission(anyone), next = this.end)]
    start: Start,
    end: End,
}

fn main() {
    static FLOWS: Flows<diesel::SqliteConnection> = flows![DB, ST];
    assert_eq!(FLOWS.graphs().count(), 2);
    assert_eq!((DB.graph().name, DB.graph().was), ("db", &["d", "b"][..]));
}
