//! Rows that fields refer to: more clients than anybody looks through, and towns, which depend on the country.

use diesel::connection::SimpleConnection as _;
use flow_core::Choice;
use flow_core::form::ChoicesOf;
use flow_core::prelude::*;

use crate::db::Db;

diesel::table! {
    /// Whom something is for.
    clients (id) {
        /// Number.
        id -> Integer,
        /// What they are called.
        name -> Text,
    }
}

diesel::table! {
    /// Towns.
    towns (id) {
        /// Number.
        id -> Integer,
        /// As in the choices of the field `country`.
        country -> Text,
        /// What it is called.
        name -> Text,
    }
}

/// Whom something is for.
#[derive(diesel::Queryable, diesel::Selectable, diesel::Identifiable, FlowModel, Debug, Clone, PartialEq)]
pub(crate) struct Client {
    id: i32,
    name: String,
}

/// A town.
#[derive(diesel::Queryable, diesel::Selectable, diesel::Identifiable, FlowModel, Debug, Clone, PartialEq)]
pub(crate) struct Town {
    id: i32,
    country: String,
    name: String,
}

fn all_clients(conn: &mut Db) -> Step<Vec<Choice>> {
    let rows: Vec<Client> = clients::table.order(clients::id).select(Client::as_select()).load(conn)?;
    Ok(rows.iter().map(|client| Choice::row(client, client.name.clone())).collect())
}

/// All of them.
pub(crate) const CLIENTS: ChoicesOf<Db> = ChoicesOf::new("client", |conn, _, _| all_clients(conn));

/// All of them, for a field that may stay empty.
pub(crate) const HELPERS: ChoicesOf<Db> = ChoicesOf::new("helper", |conn, _, _| all_clients(conn));

/// Those of the country that was filled in.
pub(crate) const TOWNS: ChoicesOf<Db> = ChoicesOf::new("town", |conn, _, asked| {
    let country = asked.values.get("country").and_then(|country| country.as_str()).unwrap_or_default();
    let found = towns::table.filter(towns::country.eq(country)).order(towns::id).select(Town::as_select());
    let rows: Vec<Town> = found.load(conn)?;
    Ok(rows.iter().map(|town| Choice::row(town, town.name.clone())).collect())
});

/// Makes the tables and fills them, if they are not there: 120 clients, 3 towns in Austria, 60 in Germany.
pub(crate) fn create(conn: &mut Db) -> flow_core::Result<()> {
    conn.batch_execute(
        "create table if not exists clients (id integer primary key, name text not null);
         create table if not exists towns (id integer primary key, country text not null, name text not null);",
    )?;
    if clients::table.count().get_result::<i64>(conn)? > 0 {
        return Ok(());
    }
    for id in 1..=120 {
        let row = (clients::id.eq(id), clients::name.eq(format!("Client {id}")));
        diesel::insert_into(clients::table).values(row).execute(conn)?;
    }
    let austrian = ["Graz", "Linz", "Wien"].map(|name| ("austria", name.to_owned()));
    let german = (1..=60).map(|at| ("germany", format!("Neustadt {at}")));
    for (id, (country, name)) in (1..).zip(austrian.into_iter().chain(german)) {
        let row = (towns::id.eq(id), towns::country.eq(country), towns::name.eq(name));
        diesel::insert_into(towns::table).values(row).execute(conn)?;
    }
    Ok(())
}
