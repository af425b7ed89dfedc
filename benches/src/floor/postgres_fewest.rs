//! PostgreSQL in the fewest round trips: one statement of data-modifying CTEs for each transition, nothing read
//! before. The caller remembers which version it left the process at.

use diesel::PgConnection;
use flow_core::clock;

use super::statement::Bind::{Moment, Number, Text};
use super::statement::{Driver as _, number};
use super::{WHO, data, flow, kinds, last};

pub(crate) fn unit<const HUMAN: bool, const NOTE: bool>(conn: &mut PgConnection) {
    let id = start(conn, flow(HUMAN, NOTE), kinds(HUMAN), data(HUMAN));
    let version = if HUMAN { assign(conn, id) } else { 1 };
    let met =
        if NOTE { complete_and_note(conn, id, version, last(HUMAN)) } else { complete(conn, id, version, last(HUMAN)) };
    assert_eq!(met, id);
}

fn start(conn: &mut PgConnection, flow: &str, [start, waits]: [[&str; 2]; 2], data: &str) -> i64 {
    number!(
        conn,
        r#"with p as (
             insert into flow_process (flow, status, version, task_count, open_tokens, created, data, started_by,
                                   audit_count)
             values (?, 'NEW', 1, 2, 1, ?, ?::jsonb, ?, 1) returning id, flow, created),
           t as (
             insert into flow_task (process_id, number, flow, node, task_type, kind, status, token, previous, owner,
                                    created, started, finished)
             select p.id, 1, p.flow, 'start', ?, ?, 'DONE', 'start', null::int, ?, p.created, p.created, p.created from p
             union all
             select p.id, 2, p.flow, 'approve', ?, ?, 'NEW', 'start', 1, null, p.created, null, null from p),
           a as (
             insert into flow_audit (process_id, number, version, at, actor, action, task, node, process_status, changes)
             select p.id, 1, 1, p.created, ?, 'start', 1, 'start', 'NEW', '{"1": "DONE", "2": "NEW"}' from p)
           select id from p"#,
        [
            Text(flow),
            Moment(clock::now()),
            Text(data),
            Text(WHO),
            Text(start[0]),
            Text(start[1]),
            Text(WHO),
            Text(waits[0]),
            Text(waits[1]),
            Text(WHO),
        ]
    )
}

fn assign(conn: &mut PgConnection, id: i64) -> i64 {
    let now = Moment(clock::now());
    number!(
        conn,
        r#"with p as (
             update flow_process set version = 2, audit_count = audit_count + 1 where id = ? and version = 1 and status = 'NEW'
             returning id, version, audit_count),
           t as (
             update flow_task t set status = 'ASSIGNED', owner = ?, assigned = ? from p
             where t.process_id = p.id and t.number = 2),
           a as (
             insert into flow_audit (process_id, number, version, at, actor, action, task, node, process_status, changes)
             select p.id, p.audit_count, p.version, ?, ?, 'assign', 2, 'approve', 'NEW', '{"2": "ASSIGNED"}' from p)
           select version from p"#,
        [Number(id), Text(WHO), now, now, Text(WHO)]
    )
}

/// The text of the last transition, with or without a row of the app's own.
macro_rules! complete {
    ($note:literal) => {
        concat!(
            r#"with p as (
                 update flow_process set status = 'DONE', version = version + 1, task_count = 5, open_tokens = 0,
                                         finished = ?, audit_count = audit_count + 1, data = data || ?::jsonb
                 where id = ? and version = ? and status = 'NEW' returning id, flow, version, finished, audit_count),
               c as (
                 update flow_task t set status = 'DONE', started = p.finished, finished = p.finished from p
                 where t.process_id = p.id and t.number = 2),
               n as (
                 insert into flow_task (process_id, number, flow, node, task_type, kind, status, token, previous, created,
                                        started, finished)
                 select p.id, x.number, p.flow, x.node, x.task_type, x.kind, 'DONE', 'start', x.number - 1, p.finished,
                        p.finished, p.finished
                 from p, (values (3, 'check_approve', 'EXCLUSIVE_GATEWAY', 'If'), (4, 'send', 'FUNCTION', 'Function'),
                                 (5, 'end', 'END', 'End')) x(number, node, task_type, kind)),"#,
            $note,
            r#"a as (
                 insert into flow_audit (process_id, number, version, at, actor, action, task, node, process_status, changes)
                 select p.id, p.audit_count, p.version, p.finished, ?, ?, 2, 'approve', 'DONE',
                        '{"2": "DONE", "3": "DONE", "4": "DONE", "5": "DONE"}' from p)
               select id from p"#
        )
    };
}

fn complete(conn: &mut PgConnection, id: i64, version: i64, [action, _]: [&str; 2]) -> i64 {
    number!(
        conn,
        complete!(""),
        [Moment(clock::now()), Text(r#"{"approved":true}"#), Number(id), Number(version), Text(WHO), Text(action),]
    )
}

fn complete_and_note(conn: &mut PgConnection, id: i64, version: i64, [action, _]: [&str; 2]) -> i64 {
    number!(
        conn,
        complete!(" o as (insert into note (process_id) select p.id from p), "),
        [Moment(clock::now()), Text(r#"{"approved":true}"#), Number(id), Number(version), Text(WHO), Text(action),]
    )
}
