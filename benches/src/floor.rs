//! The same rows, audit included, by hand-written SQL with cached statements: what SQLite itself costs.

use rusqlite::{Connection, params};

pub(crate) fn version() -> &'static str {
    rusqlite::version()
}

const AT: &str = "2026-01-01T00:00:00.000000Z";

pub(crate) fn run(path: &str, synchronous: &str, count: i64) -> std::time::Duration {
    let conn = Connection::open(path).unwrap();
    conn.set_prepared_statement_cache_capacity(64);
    conn.execute_batch(&format!(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = {synchronous}; PRAGMA foreign_keys = ON;"
    ))
    .unwrap();
    conn.execute_batch(flow_core::sqlite::migration_sql()).unwrap();
    crate::timed(|| {
        for _ in 0..count {
            process(&conn);
        }
    })
}

/// One process from start to end: five transactions, as the flow makes them.
fn process(conn: &Connection) {
    let sql = |text: &str, values: &[&dyn rusqlite::ToSql]| conn.prepare_cached(text).unwrap().execute(values).unwrap();
    let begin = || sql("BEGIN IMMEDIATE", &[]);
    let commit = || sql("COMMIT", &[]);
    let task = |id: i64, number: i64, node: &str, kind: &str, status: &str, previous: i64, finished: Option<&str>| {
        sql(
            "insert into flow_task (process_id, number, flow, node, task_type, status, token, previous, created, started, finished)
             values (?, ?, 'hello_world', ?, ?, ?, 'start', ?, ?, ?, ?)",
            params![id, number, node, kind, status, previous, AT, finished, finished],
        );
    };
    let audit = |id: i64, version: i64, action: &str, changes: &str| {
        sql(
            "insert into flow_audit (process_id, version, at, actor, action, task, node, process_status, changes)
             values (?, ?, ?, 'bench', ?, 2, 'approve', 'NEW', ?)",
            params![id, version, AT, action, changes],
        );
    };
    let read = |id: i64, number: i64| {
        let text = "select status, version, data from flow_process where id = ?";
        conn.prepare_cached(text).unwrap().query_row([id], |row| row.get::<_, String>(0)).unwrap();
        let text = "select status, owner from flow_task where process_id = ? and number = ?";
        conn.prepare_cached(text).unwrap().query_row([id, number], |row| row.get::<_, String>(0)).unwrap();
    };
    let moved = |id: i64, version: i64, count: i64, status: &str| {
        sql(
            "update flow_process set version = ?, task_count = ?, status = ? where id = ?",
            params![version, count, status, id],
        );
    };
    let done = |id: i64, number: i64, status: &str| {
        sql(
            "update flow_task set status = ?, finished = ? where process_id = ? and number = ?",
            params![status, AT, id, number],
        );
    };

    begin();
    sql(
        "insert into flow_process (flow, status, version, task_count, open_tokens, created, data)
         values ('hello_world', 'NEW', 1, 3, 1, ?, '{\"text\":\"Hello, world!\"}')",
        params![AT],
    );
    let id = conn.last_insert_rowid();
    task(id, 1, "start", "HUMAN_START", "DONE", 0, Some(AT));
    task(id, 2, "approve", "HUMAN", "NEW", 1, None);
    task(id, 3, "approve__timeout", "TIMER", "SCHEDULED", 2, None);
    sql(
        "insert into flow_due (process_id, task, kind, flow, due) values (?, 3, 'TIMER', 'hello_world', ?)",
        params![id, AT],
    );
    audit(id, 1, "start", r#"{"1":"DONE","2":"NEW","3":"SCHEDULED"}"#);
    commit();

    begin();
    read(id, 2);
    moved(id, 2, 3, "NEW");
    sql(
        "update flow_task set status = 'ASSIGNED', owner = 'bench', assigned = ? where process_id = ? and number = 2",
        params![AT, id],
    );
    audit(id, 2, "assign", r#"{"2":"ASSIGNED"}"#);
    commit();

    begin();
    read(id, 2);
    sql(
        "update flow_process set version = 3, task_count = 5, data = json_set(data, '$.approved', json('true')) where id = ?",
        params![id],
    );
    done(id, 2, "DONE");
    done(id, 3, "CANCELED");
    sql("delete from flow_due where process_id = ? and task = ?", params![id, 3]);
    task(id, 4, "check_approve", "EXCLUSIVE_GATEWAY", "DONE", 2, Some(AT));
    task(id, 5, "send", "JOB", "SCHEDULED", 4, None);
    sql(
        "insert into flow_due (process_id, task, kind, flow, due) values (?, 5, 'JOB', 'hello_world', ?)",
        params![id, AT],
    );
    audit(id, 3, "execute", r#"{"2":"DONE","3":"CANCELED","4":"DONE","5":"SCHEDULED"}"#);
    commit();

    begin();
    read(id, 5);
    moved(id, 4, 5, "NEW");
    sql("update flow_task set status = 'STARTED', started = ? where process_id = ? and number = 5", params![AT, id]);
    sql(
        "update flow_due set attempt = 1, lease_token = 1, leased_until = ? where process_id = ? and task = 5",
        params![AT, id],
    );
    audit(id, 4, "claim", r#"{"5":"STARTED"}"#);
    commit();

    begin();
    read(id, 5);
    moved(id, 5, 6, "DONE");
    done(id, 5, "DONE");
    sql("delete from flow_due where process_id = ? and task = ?", params![id, 5]);
    task(id, 6, "end", "END", "DONE", 5, Some(AT));
    audit(id, 5, "complete", r#"{"5":"DONE","6":"DONE"}"#);
    commit();
}
