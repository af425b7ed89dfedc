//! What the flows of this folder share: the connection, and the app's own tables.

use diesel::connection::SimpleConnection as _;
use flow_core::prelude::*;

use crate::schema::{articles, grains, sources};

/// The app's connection.
pub type Db = diesel::SqliteConnection;

/// What any of these examples may fail with.
pub type Failure = Box<dyn std::error::Error>;

/// Everybody here: a real app has people of its own, see `hello-world`.
pub const USER: System = System("alice");

/// Where something comes from. What `FlowModel` is derived for, a process or a task can refer to.
#[derive(diesel::Queryable, diesel::Selectable, diesel::Identifiable, diesel::Insertable, FlowModel, Debug)]
#[diesel(table_name = sources)]
pub struct Source {
    /// Number
    pub id: i32,
    /// Title
    pub title: String,
}

/// A handful of grain.
#[derive(diesel::Queryable, diesel::Selectable, diesel::Identifiable, diesel::Insertable, FlowModel, Debug)]
#[diesel(table_name = grains)]
pub struct Grain {
    /// Number
    pub id: i32,
    /// Whether it would still grow
    pub fresh: bool,
}

/// Something to read. Its key is a text: references do not mind.
#[derive(diesel::Queryable, diesel::Selectable, diesel::Identifiable, diesel::Insertable, FlowModel, Debug)]
#[diesel(table_name = articles, primary_key(slug))]
pub struct Article {
    /// Key
    pub slug: String,
    /// Title
    pub title: String,
}

/// A database in memory with the flows' tables and the app's own, side by side.
pub fn database() -> Result<Db, Failure> {
    let mut conn = flow_core::sqlite::open(":memory:")?;
    crate::FLOWS.migrate(&mut conn)?;
    conn.batch_execute(
        "create table sources (id integer primary key, title text not null);
         create table grains (id integer primary key, fresh boolean not null);
         create table articles (slug text primary key, title text not null);
         create table carriers (id integer primary key, name text not null);
         insert into carriers values (1, 'The post'), (2, 'A courier');
         create table shipments (
             process_id bigint primary key references flow_process (id),
             carrier integer not null references carriers (id),
             weight integer not null
         )",
    )?;
    let source = Source { id: 7, title: "The almanac".to_owned() };
    diesel::insert_into(sources::table).values(&source).execute(&mut conn)?;
    let handfuls = [Grain { id: 1, fresh: true }, Grain { id: 2, fresh: false }];
    for grain in &handfuls {
        diesel::insert_into(grains::table).values(grain).execute(&mut conn)?;
    }
    Ok(conn)
}
