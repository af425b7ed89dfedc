//! PostgreSQL as a careful hand writes it: BEGIN, SELECT .. FOR UPDATE, a statement for each table, COMMIT. Two
//! transitions are 12 round trips, three are 18; a row of the app's own is one more.

use diesel::PgConnection;
use flow_core::clock;

use super::statement::Bind::{Moment, Number, Text};
use super::statement::{Driver as _, meets, number};
use super::{WHO, data, flow, kinds, last};

pub(crate) fn unit<const HUMAN: bool, const NOTE: bool>(conn: &mut PgConnection) {
    let id = start(conn, flow(HUMAN, NOTE), kinds(HUMAN), data(HUMAN));
    if HUMAN {
        assign(conn, id);
    }
    complete::<NOTE>(conn, id, flow(HUMAN, NOTE), if HUMAN { 3 } else { 2 }, last(HUMAN));
}

fn start(conn: &mut PgConnection, flow: &str, [start, waits]: [[&str; 2]; 2], data: &str) -> i64 {
    let now = Moment(clock::now());
    conn.batch("BEGIN");
    let id = number!(
        conn,
        "insert into flow_process (flow, status, version, task_count, open_tokens, created, data, started_by,
                                   audit_count)
         values (?, 'NEW', 1, 2, 1, ?, ?::jsonb, ?, 1) returning id",
        [Text(flow), now, Text(data), Text(WHO)]
    );
    meets!(
        conn,
        2,
        "insert into flow_task (process_id, number, flow, node, task_type, kind, status, token, previous, owner,
                                created, started, finished)
         values (?, 1, ?, 'start', ?, ?, 'DONE', 'start', null, ?, ?, ?, ?),
                (?, 2, ?, 'approve', ?, ?, 'NEW', 'start', 1, null, ?, null, null)",
        [
            Number(id),
            Text(flow),
            Text(start[0]),
            Text(start[1]),
            Text(WHO),
            now,
            now,
            now,
            Number(id),
            Text(flow),
            Text(waits[0]),
            Text(waits[1]),
            now,
        ]
    );
    meets!(
        conn,
        1,
        r#"insert into flow_audit (process_id, number, version, at, actor, action, task, node, process_status, changes)
         values (?, 1, 1, ?, ?, 'start', 1, 'start', 'NEW', '{"1": "DONE", "2": "NEW"}')"#,
        [Number(id), now, Text(WHO)]
    );
    conn.batch("COMMIT");
    id
}

/// The version of an open process whose task is in this status, both rows locked.
fn lock(conn: &mut PgConnection, id: i64, status: &str) -> i64 {
    number!(
        conn,
        "select p.version from flow_process p join flow_task t on t.process_id = p.id
         where p.id = ? and p.status = 'NEW' and t.number = 2 and t.status = ? for update",
        [Number(id), Text(status)]
    )
}

fn assign(conn: &mut PgConnection, id: i64) {
    let now = Moment(clock::now());
    conn.batch("BEGIN");
    let version = lock(conn, id, "NEW") + 1;
    meets!(
        conn,
        1,
        "update flow_process set version = ?, audit_count = audit_count + 1 where id = ?",
        [Number(version), Number(id)]
    );
    meets!(
        conn,
        1,
        "update flow_task set status = 'ASSIGNED', owner = ?, assigned = ? where process_id = ? and number = 2",
        [Text(WHO), now, Number(id)]
    );
    meets!(
        conn,
        1,
        r#"insert into flow_audit (process_id, number, version, at, actor, action, task, node, process_status, changes)
         values (?, ?, ?, ?, ?, 'assign', 2, 'approve', 'NEW', '{"2": "ASSIGNED"}')"#,
        [Number(id), Number(version), Number(version), now, Text(WHO)]
    );
    conn.batch("COMMIT");
}

fn complete<const NOTE: bool>(conn: &mut PgConnection, id: i64, flow: &str, to: i64, [action, before]: [&str; 2]) {
    let now = Moment(clock::now());
    conn.batch("BEGIN");
    let version = lock(conn, id, before) + 1;
    assert_eq!(version, to);
    meets!(
        conn,
        1,
        "update flow_process set status = 'DONE', version = ?, task_count = 5, open_tokens = 0, finished = ?,
                                 audit_count = audit_count + 1, data = data || ?::jsonb where id = ?",
        [Number(version), now, Text(r#"{"approved":true}"#), Number(id)]
    );
    meets!(
        conn,
        1,
        "update flow_task set status = 'DONE', started = ?, finished = ? where process_id = ? and number = 2",
        [now, now, Number(id)]
    );
    meets!(
        conn,
        3,
        "insert into flow_task (process_id, number, flow, node, task_type, kind, status, token, previous, created,
                                started, finished)
         values (?, 3, ?, 'check_approve', 'EXCLUSIVE_GATEWAY', 'If', 'DONE', 'start', 2, ?, ?, ?),
                (?, 4, ?, 'send', 'FUNCTION', 'Function', 'DONE', 'start', 3, ?, ?, ?),
                (?, 5, ?, 'end', 'END', 'End', 'DONE', 'start', 4, ?, ?, ?)",
        [
            Number(id),
            Text(flow),
            now,
            now,
            now,
            Number(id),
            Text(flow),
            now,
            now,
            now,
            Number(id),
            Text(flow),
            now,
            now,
            now,
        ]
    );
    if NOTE {
        meets!(conn, 1, "insert into note (process_id) values (?)", [Number(id)]);
    }
    meets!(
        conn,
        1,
        r#"insert into flow_audit (process_id, number, version, at, actor, action, task, node, process_status, changes)
         values (?, ?, ?, ?, ?, ?, 2, 'approve', 'DONE', '{"2": "DONE", "3": "DONE", "4": "DONE", "5": "DONE"}')"#,
        [Number(id), Number(version), Number(version), now, Text(WHO), Text(action)]
    );
    conn.batch("COMMIT");
}
