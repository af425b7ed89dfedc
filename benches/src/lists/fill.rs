//! The rows: four tasks of each process, half of the processes open.

use diesel::connection::SimpleConnection;

use super::{GROUPS, PEOPLE};

/// Of five open processes one waits for anybody with a permission, one for its owner, one for a group or a person, one
/// for somebody who has not done another task, and one has failed or waits for a worker. `{numbers}` gives `n`.
const FILL: &str = "
    insert into flow_process (id, flow, status, version, task_count, open_tokens, created, finished, data, started_by,
                              reference, audit_count)
    select n, 'list_ask', case when n % 2 = 0 then 'NEW' else 'DONE' end, 4, 4, n % 2, {at},
           case when n % 2 = 1 then {at} end, {empty}, 'p' || (n % {people}), 'R-' || n, 0
    from {numbers};
    insert into flow_task (process_id, number, flow, node, task_type, kind, status, token, previous, owner, created,
                           started, finished, priority, due, data)
    select n, 1, 'list_ask', 'start', 'START', 'StartHandle', 'DONE', 'start', cast(null as integer), 'p' || (n % {people}), {at}, {at}, {at}, 0, {never}, {empty}
    from {numbers}
    union all
    select n, 2, 'list_ask', 'ask', 'HUMAN', 'View', 'DONE', 'start', 1, 'p' || (n * 7 % {people}), {at}, {at}, {at}, 0, {never}, {empty}
    from {numbers}
    union all
    select n, 3, 'list_ask', 'sign', 'HUMAN', 'View', 'DONE', 'start', 2, 'p' || (n * 11 % {people}), {at}, {at}, {at}, 0, {never}, {empty}
    from {numbers}
    union all
    select n, 4, 'list_ask', 'end', 'END', 'End', 'DONE', 'start', 3, null, {at}, {at}, {at}, 0, {never}, {empty}
    from {numbers} where n % 2 = 1
    union all
    select n, 4, 'list_ask', case n / 2 % 5 when 2 then 'sign' when 3 then 'check' when 4 then 'work' else 'ask' end,
           case n / 2 % 5 when 4 then 'JOB' else 'HUMAN' end, case n / 2 % 5 when 4 then 'Job' else 'View' end,
           case n / 2 % 5 when 1 then 'ASSIGNED' when 4 then case when n / 10 % 2 = 0 then 'ERROR' else 'SCHEDULED' end
           else 'NEW' end, 'start', 3,
           case n / 2 % 5 when 1 then 'p' || (n / 10 % {people}) end, {at}, {never}, {never}, n % 10,
           case when n % 3 = 0 then {at} end, {empty}
    from {numbers} where n % 2 = 0;
    insert into flow_candidate (process_id, task, kind, id)
    select n, 4, 'group', 'g' || (n / 10 % {groups}) from {numbers} where n % 2 = 0 and n / 2 % 5 = 2
    union all
    select n, 4, 'person', 'p' || (n / 10 % {people}) from {numbers} where n % 2 = 0 and n / 2 % 5 = 2;
    insert into flow_due (process_id, task, kind, key, flow, due, attempt, lease_token)
    select n, 4, 'JOB', '', 'list_ask', {at}, 0, 0 from {numbers} where n % 2 = 0 and n / 2 % 5 = 4 and n / 10 % 2 = 1;
    insert into flow_audit (process_id, number, version, at, actor, action, task, process_status, changes)
    select n, 1, 1, {at}, 'p' || (n % {people}), 'start', 1, 'NEW', {empty} from {numbers}
    union all
    select n, 2, 2, {at}, 'p' || (n * 7 % {people}), 'execute', 2, 'NEW', {empty} from {numbers}
    union all
    select n, 3, 3, {at}, 'p' || (n * 11 % {people}), 'execute', 3, 'NEW', {empty} from {numbers};";

fn text(numbers: &str, at: &str, never: &str, empty: &str) -> String {
    let (people, groups) = (PEOPLE.to_string(), GROUPS.to_string());
    let fill =
        FILL.replace("{numbers}", numbers).replace("{at}", at).replace("{never}", never).replace("{empty}", empty);
    fill.replace("{people}", &people).replace("{groups}", &groups)
}

pub(crate) fn sqlite(conn: &mut impl SimpleConnection, processes: i64) {
    let numbers = format!(
        "(with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < {processes}) select n from numbers)"
    );
    let fill = text(&numbers, "'2026-01-01T00:00:00.000000Z'", "null", "'{}'");
    conn.batch_execute(&format!("begin immediate; {fill} commit; pragma wal_checkpoint(truncate); analyze;")).unwrap();
}

pub(crate) fn postgres(conn: &mut impl SimpleConnection, processes: i64) {
    let numbers = format!("(select n from generate_series(1, {processes}) n) numbers");
    conn.batch_execute(&text(&numbers, "timestamptz '2026-01-01 00:00:00+00'", "null::timestamptz", "'{}'::jsonb"))
        .unwrap();
    for table in ["flow_process", "flow_task", "flow_candidate", "flow_due", "flow_snooze", "flow_audit"] {
        conn.batch_execute(&format!("vacuum analyze {table}")).unwrap();
    }
}
