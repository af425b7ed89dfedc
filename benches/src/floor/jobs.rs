//! Jobs in batches by hand: a commit leases and begins what is due, another one completes it; each is a statement a table
//! for all of the batch, and on PostgreSQL one statement of data-modifying CTEs.

use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text};
use diesel::{PgConnection, SqliteConnection};
use flow_core::data::sql_types::Moment;
use flow_core::{Timestamp, clock};

/// Jobs of one commit, as many as a worker completes together.
const BATCH: usize = 256;

#[derive(diesel::QueryableByName)]
struct Leased {
    #[diesel(sql_type = BigInt)]
    process_id: i64,
}

fn ids(leased: Vec<Leased>) -> Vec<i64> {
    let mut ids: Vec<i64> = leased.into_iter().map(|row| row.process_id).collect();
    ids.sort_unstable();
    ids
}

/// Completes what is due until nothing is left, and returns how much it was.
pub(crate) fn drain_postgres(conn: &mut PgConnection) -> usize {
    let mut done = 0;
    loop {
        let now = clock::now();
        let leased: Vec<Leased> = diesel::sql_query(
            r#"with x as (
                 select process_id, task, kind, key from flow_due
                 where due <= $1 and leased_until is null and kind = 'JOB'
                 order by priority desc, due, process_id limit $2 for update skip locked),
               d as (
                 update flow_due d set leased_until = $1 + interval '1 minute', lease_token = lease_token + 1,
                                       attempt = attempt + 1, holder = 'hand'
                 from x where d.process_id = x.process_id and d.task = x.task and d.kind = x.kind and d.key = x.key
                 returning d.process_id),
               p as (
                 update flow_process p set version = version + 1, audit_count = audit_count + 1
                 from d where p.id = d.process_id and p.status = 'NEW' returning p.id, p.version, p.audit_count),
               t as (
                 update flow_task t set status = 'STARTED', started = $1 from p
                 where t.process_id = p.id and t.number = 2),
               a as (
                 insert into flow_audit (process_id, number, version, at, actor, action, task, node, process_status, changes)
                 select p.id, p.audit_count, p.version, $1, 'flow', 'claim', 2, 'work', 'NEW', '{"2": "STARTED"}' from p)
               select id as process_id from p"#,
        )
        .bind::<Moment, _>(now)
        .bind::<BigInt, _>(i64::try_from(BATCH).unwrap())
        .load(conn)
        .unwrap();
        if leased.is_empty() {
            return done;
        }
        let completed: Leased = diesel::sql_query(
            r#"with p as (
                 update flow_process set status = 'DONE', version = version + 1, task_count = 3, open_tokens = 0,
                                         finished = $1, audit_count = audit_count + 1
                 where id = any($2) and status = 'NEW' returning id, flow, version, finished, audit_count),
               t as (
                 update flow_task t set status = 'DONE', finished = p.finished from p
                 where t.process_id = p.id and t.number = 2),
               d as (
                 delete from flow_due d using p where d.process_id = p.id and d.task = 2),
               n as (
                 insert into flow_task (process_id, number, flow, node, task_type, kind, status, token, previous, created,
                                        started, finished)
                 select p.id, 3, p.flow, 'end', 'END', 'End', 'DONE', 'start', 2, p.finished, p.finished, p.finished
                 from p),
               a as (
                 insert into flow_audit (process_id, number, version, at, actor, action, task, node, process_status, changes)
                 select p.id, p.audit_count, p.version, p.finished, 'flow', 'complete', 2, 'work', 'DONE',
                        '{"2": "DONE", "3": "DONE"}' from p)
               select count(*) as process_id from p"#,
        )
        .bind::<Moment, _>(clock::now())
        .bind::<Array<BigInt>, _>(ids(leased))
        .get_result(conn)
        .unwrap();
        done += usize::try_from(completed.process_id).unwrap();
    }
}

/// One table's part in what becomes of a batch: `?1` is now, `?2` the processes as JSON. How many rows it meets.
fn of_batch(conn: &mut SqliteConnection, text: &str, now: Timestamp, ids: &str) -> usize {
    diesel::sql_query(text).bind::<Moment, _>(now).bind::<Text, _>(ids).execute(conn).unwrap()
}

/// As [`drain_postgres`].
pub(crate) fn drain_sqlite(conn: &mut SqliteConnection) -> usize {
    let mut done = 0;
    loop {
        let now = clock::now();
        conn.batch_execute("BEGIN IMMEDIATE").unwrap();
        let leased: Vec<Leased> = diesel::sql_query(
            "update flow_due
             set leased_until = ?, lease_token = lease_token + 1, attempt = attempt + 1, holder = 'hand'
             where (process_id, task, kind, key) in (
                 select process_id, task, kind, key from flow_due
                 where due <= ? and leased_until is null and kind = 'JOB' order by priority desc, due, process_id limit ?)
             returning process_id",
        )
        .bind::<Moment, _>(now)
        .bind::<Moment, _>(now)
        .bind::<BigInt, _>(i64::try_from(BATCH).unwrap())
        .load(conn)
        .unwrap();
        if leased.is_empty() {
            conn.batch_execute("ROLLBACK").unwrap();
            return done;
        }
        let ids = serde_json::Value::from(ids(leased)).to_string();
        diesel::sql_query(
            "update flow_process set version = version + 1, audit_count = audit_count + 1
             where id in (select value from json_each(?)) and status = 'NEW'",
        )
        .bind::<Text, _>(&ids)
        .execute(conn)
        .unwrap();
        of_batch(
            conn,
            "update flow_task set status = 'STARTED', started = ?1
             where process_id in (select value from json_each(?2)) and number = 2",
            now,
            &ids,
        );
        of_batch(
            conn,
            r#"insert into flow_audit (process_id, number, version, at, actor, action, task, node, process_status, changes)
               select p.id, p.audit_count, p.version, ?1, 'flow', 'claim', 2, 'work', 'NEW', '{"2":"STARTED"}'
               from json_each(?2) j, flow_process p where p.id = j.value"#,
            now,
            &ids,
        );
        conn.batch_execute("COMMIT").unwrap();
        let now = clock::now();
        conn.batch_execute("BEGIN IMMEDIATE").unwrap();
        let completed = of_batch(
            conn,
            "update flow_process set status = 'DONE', version = version + 1, task_count = 3, open_tokens = 0,
                                     finished = ?1, audit_count = audit_count + 1
             where id in (select value from json_each(?2)) and status = 'NEW'",
            now,
            &ids,
        );
        of_batch(
            conn,
            "update flow_task set status = 'DONE', finished = ?1
             where process_id in (select value from json_each(?2)) and number = 2",
            now,
            &ids,
        );
        of_batch(
            conn,
            "insert into flow_task (process_id, number, flow, node, task_type, kind, status, token, previous, created,
                                    started, finished)
             select p.id, 3, p.flow, 'end', 'END', 'End', 'DONE', 'start', 2, ?1, ?1, ?1
             from json_each(?2) j, flow_process p where p.id = j.value",
            now,
            &ids,
        );
        of_batch(
            conn,
            r#"insert into flow_audit (process_id, number, version, at, actor, action, task, node, process_status, changes)
               select p.id, p.audit_count, p.version, ?1, 'flow', 'complete', 2, 'work', 'DONE', '{"2":"DONE","3":"DONE"}'
               from json_each(?2) j, flow_process p where p.id = j.value"#,
            now,
            &ids,
        );
        diesel::sql_query("delete from flow_due where process_id in (select value from json_each(?)) and task = 2")
            .bind::<Text, _>(&ids)
            .execute(conn)
            .unwrap();
        conn.batch_execute("COMMIT").unwrap();
        done += completed;
    }
}
