//! What the compiler says about wrong views of rows.

use flow_core::data::{Document, sql_types::Json};
use flow_core::prelude::*;

diesel::table! {
    use diesel::sql_types::*;
    use super::Json;
    users (id) { id -> Integer, username -> Text, data -> Json, }
}

#[derive(diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = users)]
pub struct User {
    pub id: i32,
    pub username: String,
    pub data: Document,
}

#[derive(JsonProxy)]
#[proxy(table = users, column = data)]
pub struct NoRow {
    vip: bool,
}

#[derive(JsonProxy)]
pub struct NoTable {
    #[proxy(row)]
    user: User,
    vip: bool,
}

#[derive(JsonProxy)]
#[proxy(table = users, column = dat)]
pub struct WrongColumn {
    #[proxy(row)]
    user: User,
    vip: bool,
}

#[derive(JsonProxy)]
#[proxy(table = users, column = data, seed = User, table = users, key = 5, 7)]
pub struct WrongOptions {
    #[proxy(row)]
    user: User,
    vip: bool,
    save: bool,
    #[proxy(row)]
    other: User,
}

#[derive(JsonProxy)]
#[proxy(table = users, column = data)]
pub struct Client {
    #[proxy(row)]
    user: User,
    #[json(default)]
    vip: bool,
}

fn clients(conn: &mut diesel::SqliteConnection) {
    let _: Vec<Client> = users::table.filter(Client::FIELDS.vp.eq(true)).select(Client::as_select()).load(conn).unwrap();
}

#[derive(States, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    New,
}

#[derive(ProcessProxy)]
pub struct StateProcess {
    process: Process,
    stage: State<Stage>,
}

fn main() {}
