//! SQLite by hand: BEGIN IMMEDIATE, one read, a statement a row, COMMIT; over diesel and over rusqlite.

use flow_core::{Timestamp, clock};

use super::statement::Bind::{Moment, Number, Text};
use super::statement::{Driver, meets, number};
use super::{WHO, data, flow, kinds, last};

pub(crate) fn unit<const HUMAN: bool, const NOTE: bool>(conn: &mut impl Driver) {
    let flow = flow(HUMAN, NOTE);
    let id = start(conn, flow, kinds(HUMAN), data(HUMAN));
    let version = if HUMAN { assign(conn, id) } else { 1 };
    complete::<NOTE>(conn, id, flow, version, last(HUMAN));
}

fn start(conn: &mut impl Driver, flow: &str, [start, waits]: [[&str; 2]; 2], data: &str) -> i64 {
    let now = clock::now();
    conn.batch("BEGIN IMMEDIATE");
    let id = number!(
        conn,
        "insert into flow_process (flow, status, version, task_count, open_tokens, created, data, started_by,
                                   audit_count)
         values (?, 'NEW', 1, 2, 1, ?, ?, ?, 1) returning id",
        [Text(flow), Moment(now), Text(data), Text(WHO)]
    );
    meets!(
        conn,
        1,
        "insert into flow_task (process_id, number, flow, node, task_type, kind, status, token, owner, created, started,
                                finished)
         values (?, 1, ?, 'start', ?, ?, 'DONE', 'start', ?, ?, ?, ?)",
        [Number(id), Text(flow), Text(start[0]), Text(start[1]), Text(WHO), Moment(now), Moment(now), Moment(now)]
    );
    meets!(
        conn,
        1,
        "insert into flow_task (process_id, number, flow, node, task_type, kind, status, token, previous, created)
         values (?, 2, ?, 'approve', ?, ?, 'NEW', 'start', 1, ?)",
        [Number(id), Text(flow), Text(waits[0]), Text(waits[1]), Moment(now)]
    );
    audit(conn, id, 1, now, ["start", "NEW", r#"{"1":"DONE","2":"NEW"}"#], (1, "start"));
    conn.batch("COMMIT");
    id
}

/// The version of an open process whose task is in this status.
fn read(conn: &mut impl Driver, id: i64, status: &str) -> i64 {
    number!(
        conn,
        "select p.version from flow_process p join flow_task t on t.process_id = p.id
         where p.id = ? and p.status = 'NEW' and t.number = 2 and t.status = ?",
        [Number(id), Text(status)]
    )
}

fn assign(conn: &mut impl Driver, id: i64) -> i64 {
    let now = clock::now();
    conn.batch("BEGIN IMMEDIATE");
    let version = read(conn, id, "NEW") + 1;
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
        [Text(WHO), Moment(now), Number(id)]
    );
    audit(conn, id, version, now, ["assign", "NEW", r#"{"2":"ASSIGNED"}"#], (2, "approve"));
    conn.batch("COMMIT");
    version
}

fn complete<const NOTE: bool>(conn: &mut impl Driver, id: i64, flow: &str, from: i64, [action, before]: [&str; 2]) {
    let now = clock::now();
    conn.batch("BEGIN IMMEDIATE");
    let version = read(conn, id, before) + 1;
    assert_eq!(version, from + 1);
    meets!(
        conn,
        1,
        "update flow_process set status = 'DONE', version = ?, task_count = 5, open_tokens = 0, finished = ?,
                                 audit_count = audit_count + 1, data = json_set(data, '$.approved', json(?)) where id = ?",
        [Number(version), Moment(now), Text("true"), Number(id)]
    );
    meets!(
        conn,
        1,
        "update flow_task set status = 'DONE', started = ?, finished = ? where process_id = ? and number = 2",
        [Moment(now), Moment(now), Number(id)]
    );
    for (number, node, task_type, kind) in
        [(3, "check_approve", "EXCLUSIVE_GATEWAY", "If"), (4, "send", "FUNCTION", "Function"), (5, "end", "END", "End")]
    {
        meets!(
            conn,
            1,
            "insert into flow_task (process_id, number, flow, node, task_type, kind, status, token, previous, created,
                                    started, finished)
             values (?, ?, ?, ?, ?, ?, 'DONE', 'start', ?, ?, ?, ?)",
            [
                Number(id),
                Number(number),
                Text(flow),
                Text(node),
                Text(task_type),
                Text(kind),
                Number(number - 1),
                Moment(now),
                Moment(now),
                Moment(now),
            ]
        );
    }
    if NOTE {
        meets!(conn, 1, "insert into note (process_id) values (?)", [Number(id)]);
    }
    let changes = r#"{"2":"DONE","3":"DONE","4":"DONE","5":"DONE"}"#;
    audit(conn, id, version, now, [action, "DONE", changes], (2, "approve"));
    conn.batch("COMMIT");
}

fn audit(
    conn: &mut impl Driver,
    id: i64,
    version: i64,
    at: Timestamp,
    [action, status, changes]: [&str; 3],
    (task, node): (i64, &str),
) {
    meets!(
        conn,
        1,
        "insert into flow_audit (process_id, number, version, at, actor, action, task, node, process_status, changes)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            Number(id),
            Number(version),
            Number(version),
            Moment(at),
            Text(WHO),
            Text(action),
            Number(task),
            Text(node),
            Text(status),
            Text(changes),
        ]
    );
}
