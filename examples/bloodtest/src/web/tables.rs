//! The app's own tables: who gave blood, and the tubes with it.

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;

use crate::flow::Db;

diesel::table! {
    patient (id) {
        id -> Integer,
        name -> Text,
        born -> Text,
    }
}

diesel::table! {
    blood_sample (tube) {
        tube -> Text,
        drawn -> Text,
        patient -> Integer,
        process -> BigInt,
    }
}

diesel::joinable!(blood_sample -> patient (patient));
diesel::allow_tables_to_appear_in_same_query!(patient, blood_sample);

/// Makes the tables. A process has one sample, and a tube is used once.
pub(crate) fn create(conn: &mut Db) -> QueryResult<()> {
    conn.batch_execute(
        "create table if not exists patient (id integer primary key, name text not null, born text not null);
         create table if not exists blood_sample (
             tube text primary key,
             drawn text not null,
             patient integer not null references patient (id),
             process bigint not null unique references flow_process (id)
         )",
    )
}

/// Writes both rows of a process.
pub(crate) fn write(conn: &mut Db, who: (&str, &str), tube: (&str, &str), started: i64) -> QueryResult<()> {
    let new = (patient::name.eq(who.0), patient::born.eq(who.1));
    let id: i32 = diesel::insert_into(patient::table).values(new).returning(patient::id).get_result(conn)?;
    let new = (
        blood_sample::tube.eq(tube.0),
        blood_sample::drawn.eq(tube.1),
        blood_sample::patient.eq(id),
        blood_sample::process.eq(started),
    );
    diesel::insert_into(blood_sample::table).values(new).execute(conn)?;
    Ok(())
}

/// Whether a tube was used before.
pub(crate) fn is_used(conn: &mut Db, tube: &str) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(blood_sample::table.find(tube))).get_result(conn)
}

/// Name and birthday of the patient of a process, the tube, and when it was filled. A sample that code has sent has none.
pub(crate) fn of_process(conn: &mut Db, process: i64) -> QueryResult<Option<(String, String, String, String)>> {
    let columns = (patient::name, patient::born, blood_sample::tube, blood_sample::drawn);
    let rows = blood_sample::table.inner_join(patient::table).filter(blood_sample::process.eq(process));
    rows.select(columns).first(conn).optional()
}
