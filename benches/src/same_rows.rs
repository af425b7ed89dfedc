//! A comparison is worth something only if both sides write the same: every column, of every row.

use diesel::connection::LoadConnection;
use diesel::prelude::*;
use diesel::{PgConnection, SqliteConnection};

use crate::floor::rusqlite;
use crate::postgres::Schema;
use crate::sqlite::File;

/// Times are there or not; everything else is as it is. The same text on both databases.
const ROWS: &str = "
    select 'process ' || cast(id as text) || ' ' || flow || ' ' || status || ' v' || cast(version as text)
        || ' tasks ' || cast(task_count as text) || ' open ' || cast(open_tokens as text)
        || ' finished ' || cast(finished is not null as text) || ' ' || cast(data as text)
        || coalesce(seed_type, '') || coalesce(seed_key, '') || coalesce(artifact_type, '')
        || coalesce(artifact_key, '') || coalesce(cast(parent_process as text), '')
        || ' by ' || coalesce(started_by, '-') || ' audit ' || cast(audit_count as text)
        || ' depth ' || cast(depth as text) || ' release ' || cast(release as text) || coalesce(reference, '') as line
    from flow_process
    union all
    select 'task ' || cast(process_id as text) || '.' || cast(number as text) || ' ' || flow || ' ' || node || ' '
        || task_type || ' ' || status || ' ' || token || ' scope ' || coalesce(cast(scope as text), '-')
        || ' open ' || cast(open_tokens as text) || ' previous ' || coalesce(cast(previous as text), '-')
        || ' joined ' || coalesce(cast(joined as text), '-') || ' owner ' || coalesce(owner, '-')
        || ' assigned ' || cast(assigned is not null as text) || ' started ' || cast(started is not null as text)
        || ' finished ' || cast(finished is not null as text) || ' due ' || cast(due is not null as text)
        || ' ' || cast(data as text) || coalesce(seed_type, '') || coalesce(seed_key, '')
        || coalesce(artifact_type, '') || coalesce(artifact_key, '') || coalesce(error, '')
        || ' kind ' || kind || ' host ' || coalesce(cast(host as text), '-') || ' armed ' || cast(armed as text)
        || coalesce(nominee, '') || coalesce(on_behalf_of, '') || ' priority ' || cast(priority as text)
    from flow_task
    union all
    select 'due ' || cast(process_id as text) || '.' || cast(task as text) || ' ' || kind from flow_due
    union all
    select 'audit ' || cast(process_id as text) || ' ' || cast(number as text) || ' v' || cast(version as text) || ' ' || actor || ' ' || action
        || ' ' || coalesce(cast(task as text), '-') || ' ' || coalesce(node, '-') || ' ' || process_status
        || ' ' || cast(changes as text)
    from flow_audit
    union all
    select 'note ' || cast(process_id as text) from note";

/// Three units of each, on a new file each.
pub(crate) fn sqlite(
    ours: fn(&mut SqliteConnection),
    floor: fn(&mut SqliteConnection),
    thin: fn(&mut ::rusqlite::Connection),
) {
    let after = |unit: fn(&mut SqliteConnection)| {
        let file = File::new("NORMAL");
        let mut conn = file.connect();
        (0..3).for_each(|_| unit(&mut conn));
        rows(&mut conn)
    };
    let file = File::new("NORMAL");
    let mut conn = rusqlite::open(&file.path(), "NORMAL");
    (0..3).for_each(|_| thin(&mut conn));
    let ours = after(ours);
    compare(&ours, &after(floor));
    compare(&ours, &rows(&mut file.connect()));
}

/// What two leave on new files.
pub(crate) fn sqlite_pair(ours: fn(&mut SqliteConnection), floor: fn(&mut SqliteConnection)) {
    let after = |unit: fn(&mut SqliteConnection)| {
        let file = File::new("NORMAL");
        let mut conn = file.connect();
        unit(&mut conn);
        rows(&mut conn)
    };
    compare(&after(ours), &after(floor));
}

/// What two leave in new schemas.
pub(crate) fn postgres_pair(url: &str, ours: fn(&mut PgConnection), floor: fn(&mut PgConnection)) {
    let after = |unit: fn(&mut PgConnection)| {
        let schema = Schema::new(url);
        let mut conn = schema.connect();
        unit(&mut conn);
        rows(&mut conn)
    };
    compare(&after(ours), &after(floor));
}

/// Three units of each, in a new schema each.
pub(crate) fn postgres(
    url: &str,
    ours: fn(&mut PgConnection),
    careful: fn(&mut PgConnection),
    fewest: fn(&mut PgConnection),
) {
    let after = |unit: fn(&mut PgConnection)| {
        let schema = Schema::new(url);
        let mut conn = schema.connect();
        (0..3).for_each(|_| unit(&mut conn));
        rows(&mut conn)
    };
    let ours = after(ours);
    compare(&ours, &after(careful));
    compare(&ours, &after(fewest));
}

#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = diesel::sql_types::Text)]
    line: String,
}

fn rows<C>(conn: &mut C) -> Vec<String>
where
    C: LoadConnection,
    diesel::query_builder::SqlQuery: for<'q> diesel::query_dsl::LoadQuery<'q, C, Line>,
{
    let mut rows: Vec<String> =
        diesel::sql_query(ROWS).load::<Line>(conn).unwrap().into_iter().map(|row| row.line).collect();
    rows.sort();
    rows
}

fn compare(ours: &[String], theirs: &[String]) {
    assert!(!ours.is_empty());
    assert!(
        ours == theirs,
        "what is written by hand is not what the flow writes\n{}\nby hand\n{}",
        ours.join("\n"),
        theirs.join("\n")
    );
}
