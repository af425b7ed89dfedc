//! A database of the first schema, with a process in each state, is migrated, and each process comes to its end.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    dead_code,
    reason = "tests"
)]
#![recursion_limit = "512"]

use flow_tests::cases::Group;
use flow_tests::postgres::{self as server, Schema};

/// The rows of the first schema, as its code wrote them: times and documents as text fit both databases.
const ROWS: &str = include_str!("../upgrade/schema_1.sql");

/// That the first migration was run, as diesel notes it.
const NOTED: &str = "CREATE TABLE __diesel_schema_migrations (
        version VARCHAR(50) PRIMARY KEY NOT NULL, run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP);
    INSERT INTO __diesel_schema_migrations (version) VALUES ('00000000000001');";

/// The identity goes on where the rows end.
const NUMBERED: &str =
    "SELECT setval(pg_get_serial_sequence('flow_process', 'id'), (SELECT max(id) FROM flow_process));";

macro_rules! upgrade {
    ($module:ident, $connection:ty, $database:expr, $then:expr, $schema:expr, $down:expr) => {
        mod $module {
            flow_tests::cases! {
            use diesel::connection::SimpleConnection as _;
            use diesel::sql_types::{BigInt, Text};
            use flow_core::test_util::TestClock;
            use flow_core::{ProcessStatus, TaskStatus, Timestamp};
            use flow_tests::upgrade::people::{ANNA, BOB};

            use super::*;

            flow_tests::upgrade_flows!($connection);

            const CODE: System = System("import");

            #[derive(diesel::QueryableByName)]
            struct Line {
                #[diesel(sql_type = Text)]
                line: String,
            }

            #[derive(diesel::QueryableByName)]
            struct Number {
                #[diesel(sql_type = BigInt)]
                n: i64,
            }

            /// A database of the first schema, when its last row was written.
            fn first_schema() -> ($connection, TestClock) {
                let mut conn = $database;
                for sql in [flow_core::$module::migrations()[0].1, NOTED, ROWS, $then] {
                    conn.batch_execute(sql).unwrap();
                }
                let written: Timestamp = "2026-01-02T00:01:00Z".parse().unwrap();
                (conn, TestClock::install_at(written))
            }

            fn lines(conn: &mut $connection, sql: &str) -> Vec<String> {
                diesel::sql_query(sql).load::<Line>(conn).unwrap().into_iter().map(|row| row.line).collect()
            }

            fn number(conn: &mut $connection, sql: &str) -> i64 {
                diesel::sql_query(sql).get_result::<Number>(conn).unwrap().n
            }

            fn open(conn: &mut $connection, process: i64, node: &str) -> TaskId {
                let tasks = FLOWS.tasks(conn, process).unwrap();
                let found = tasks.iter().find(|task| task.node() == node && !task.status().is_final());
                found.unwrap_or_else(|| panic!("no open {node} in {process}")).id()
            }

            /// The process has ended, the last of its tasks here, and its audit has no gap.
            fn ended(conn: &mut $connection, process: i64, last: &[&str]) {
                let found = FLOWS.expect(conn, process).is(ProcessStatus::Done);
                let nodes: Vec<&str> = found.rows().iter().map(|task| task.node()).collect();
                assert!(nodes.ends_with(last), "{}", found.story());
                let numbers: Vec<i64> = FLOWS.history(conn, process).unwrap().iter().map(|row| row.number()).collect();
                assert_eq!(numbers, (1..=numbers.len() as i64).collect::<Vec<_>>());
            }

            #[test]
            fn each_process_comes_to_its_end() {
                let (mut conn, clock) = first_schema();
                let conn = &mut conn;
                FLOWS.migrate(conn).unwrap();
                assert!(FLOWS.check(conn).unwrap().is_empty());

                // 1: the reminder has gone out, the deadline is armed. 3: both are.
                // 4: somebody has claimed the task. 5: `assign` has named somebody.
                let task = open(conn, 3, "approve");
                OrderFlow.approve.assign(conn, task, &BOB).unwrap();
                for (process, note) in [(3, "no"), (4, "")] {
                    let form = ApproveForm { note: note.to_owned() };
                    let task = open(conn, process, "approve");
                    OrderFlow.approve.execute(conn, task, &BOB, form).unwrap();
                }
                ended(conn, 3, &["approve", "approve__timeout", "approve__timeout_2", "check", "late"]);
                ended(conn, 4, &["approve", "approve__timeout", "approve__timeout_2", "check", "end"]);
                let task = open(conn, 5, "named");
                OrderFlow.named.execute(conn, task, &ANNA, NamedForm { note: String::new() }).unwrap();
                ended(conn, 5, &["named", "end"]);
                assert_eq!(number(conn, "select count(*) as n from flow_due where process_id in (3, 4)"), 0);

                // 6: a handle with a timeout.
                let task = open(conn, 6, "paid");
                OrderFlow.paid.run(conn, task, &CODE, ()).unwrap();
                ended(conn, 6, &["paid", "paid__timeout", "end"]);

                // 9: a job that is due. 13: its child has ended. 7: a worker has the job.
                FLOWS.run_until_idle(conn).unwrap();
                ended(conn, 9, &["send", "send__timeout", "end"]);
                ended(conn, 13, &["ship", "end"]);
                assert_eq!(FLOWS.process(conn, 7).unwrap().status(), ProcessStatus::New);
                clock.advance(minutes(5));
                FLOWS.run_until_idle(conn).unwrap();
                ended(conn, 7, &["send", "send__timeout", "end"]);

                // 11: the child 12 waits.
                let task = open(conn, 12, "deliver");
                ShipFlow.deliver.run(conn, task, &CODE, ()).unwrap();
                FLOWS.run_until_idle(conn).unwrap();
                ended(conn, 12, &["deliver", "end"]);
                ended(conn, 11, &["ship", "end"]);

                // 15: both branches are out. 16: one has arrived.
                let task = open(conn, 15, "left");
                OrderFlow.left.run(conn, task, &CODE, ()).unwrap();
                for process in [15, 16] {
                    let task = open(conn, process, "right");
                    OrderFlow.right.assign(conn, task, &BOB).unwrap();
                    OrderFlow.right.execute(conn, task, &BOB, RightForm { note: String::new() }).unwrap();
                    ended(conn, process, &["join", "end"]);
                }

                // 10: a timer. 1: a deadline that takes the task away. 8: one of a job in error.
                clock.advance(days(3));
                FLOWS.run_until_idle(conn).unwrap();
                ended(conn, 10, &["note_it", "end"]);
                ended(conn, 1, &["remind", "late"]);
                ended(conn, 8, &["send__timeout", "late"]);

                // 2: a Function failed in the background. It stays, and can be read.
                let failed = FLOWS.tasks(conn, 2).unwrap();
                let failed = failed.iter().find(|task| task.status() == TaskStatus::Error).unwrap();
                assert_eq!((failed.node(), failed.error()), ("note_it", Some("nobody can read this")));
                assert_eq!(number(conn, "select count(*) as n from flow_process where status = 'NEW'"), 1);
                assert_eq!(number(conn, "select count(*) as n from flow_due"), 0);

                // 17 had ended, and its key still names it. A new process is numbered behind the old ones.
                let again = OrderFlow.start.run_once(conn, &CODE, "order 17", order("end", "")).unwrap();
                assert_eq!(again.id(), 17);
                assert_eq!(OrderFlow.start.run(conn, &CODE, order("end", "")).unwrap().id(), 18);
            }

            #[test]
            fn the_new_columns_are_filled_from_the_old() {
                let (mut conn, _clock) = first_schema();
                let conn = &mut conn;
                FLOWS.migrate(conn).unwrap();
                FLOWS.migrate(conn).unwrap();
                let kinds = "select distinct node || ' ' || kind || ' ' || coalesce(cast(host as text), '-') || ' '
                    || cast(armed as text) as line from flow_task where process_id in (1, 6, 16) order by 1";
                assert_eq!(
                    lines(conn, kinds),
                    ["approve View - 2", "approve__timeout TimerBoundary 3 0", "approve__timeout_2 TimerBoundary 3 0",
                     "join Join - 0", "left  - 0", "paid Handle - 1", "paid__timeout TimerBoundary 3 0", "remind End - 0",
                     "right View - 0", "route Switch - 0", "split Split - 0", "start StartHandle - 0"]
                );
                let nominees = "select cast(process_id as text) || ' ' || nominee as line from flow_task
                    where nominee is not null order by process_id";
                assert_eq!(lines(conn, nominees), ["5 anna"]);
                let nested = "select cast(id as text) || ' ' || cast(depth as text) || ' ' || coalesce(started_by, '-') as line
                    from flow_process where id in (11, 12, 17) order by id";
                assert_eq!(lines(conn, nested), ["11 0 import", "12 1 -", "17 0 import"]);
                let numbers = "select count(*) as n from flow_process p where audit_count <>
                    (select max(number) from flow_audit a where a.process_id = p.id)";
                assert_eq!(number(conn, numbers), 0);
                let refused = conn.batch_execute("update flow_audit set note = 'changed'").unwrap_err();
                assert!(refused.to_string().contains("append-only"), "{refused}");
                // What is written from now on is as what was migrated, down to the kinds that the old rows could not tell.
                let id = OrderFlow.start.run(conn, &CODE, order("approve", "")).unwrap().id();
                let rows = format!("select distinct node || ' ' || kind || ' ' || coalesce(cast(host as text), '-') || ' '
                    || cast(armed as text) as line from flow_task where process_id = {id} order by 1");
                assert_eq!(
                    lines(conn, &rows),
                    ["approve View - 2", "approve__timeout__late TimerBoundary 3 0", "approve__timeout__remind TimerBoundary 3 0",
                     "route Switch - 0", "start StartHandle - 0"]
                );
            }

            #[test]
            fn what_is_over_is_offered_to_nobody_any_more() {
                let (mut conn, _clock) = first_schema();
                let conn = &mut conn;
                for (name, sql) in &flow_core::$module::migrations()[1..4] {
                    let version = name.split_once('_').unwrap().0;
                    conn.batch_execute(sql).unwrap();
                    let noted = format!("insert into __diesel_schema_migrations (version) values ('{version}')");
                    conn.batch_execute(&noted).unwrap();
                }
                let offer = "insert into flow_candidate (process_id, task, kind, id)
                    select process_id, number, 'group', 'board' from flow_task";
                conn.batch_execute(offer).unwrap();
                FLOWS.migrate(conn).unwrap();
                let of_open = "select count(*) as n from flow_task where finished is null";
                let (left, open) = (number(conn, "select count(*) as n from flow_candidate"), number(conn, of_open));
                assert!(open > 0 && number(conn, "select count(*) as n from flow_task") > open);
                assert_eq!(left, open);
            }

            #[test]
            fn a_migration_can_be_taken_back() {
                let (mut conn, _clock) = first_schema();
                let conn = &mut conn;
                let before = lines(conn, $schema);
                FLOWS.migrate(conn).unwrap();
                assert_ne!(lines(conn, $schema), before);
                conn.batch_execute($down).unwrap();
                assert_eq!(lines(conn, $schema), before);
                assert_eq!(number(conn, "select count(*) as n from flow_audit"), ROWS.matches("INTO flow_audit").count() as i64);
            }
            }
        }
    };
}

/// Columns and indexes, a line each.
const SQLITE_SCHEMA: &str = r#"
    select t.name || ' ' || c.name || ' ' || c.type || ' ' || c."notnull" || ' ' || c.pk as line
    from sqlite_master t, pragma_table_info(t.name) c where t.type = 'table' and t.name like 'flow%'
    union all select type || ' ' || name from sqlite_master where type <> 'table' and name like 'flow%' order by 1"#;
const POSTGRES_SCHEMA: &str = "
    select concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default) as line
    from information_schema.columns where table_schema = current_schema() and table_name like 'flow%'
    union all select indexdef from pg_indexes where schemaname = current_schema() order by 1";

upgrade!(
    sqlite,
    diesel::SqliteConnection,
    flow_core::sqlite::open(":memory:").unwrap(),
    "",
    SQLITE_SCHEMA,
    concat!(
        include_str!("../../flow-core/migrations/sqlite/00000000000006_flow_orders_by_status/down.sql"),
        include_str!("../../flow-core/migrations/sqlite/00000000000005_flow_orders/down.sql"),
        include_str!("../../flow-core/migrations/sqlite/00000000000004_flow_state_log/down.sql"),
        include_str!("../../flow-core/migrations/sqlite/00000000000003_flow_resting_tokens/down.sql"),
        include_str!("../../flow-core/migrations/sqlite/00000000000002_flow_names_releases_and_people/down.sql")
    )
);
upgrade!(
    postgres,
    diesel::PgConnection,
    Schema::without_tables().connect(),
    NUMBERED,
    POSTGRES_SCHEMA,
    concat!(
        include_str!("../../flow-core/migrations/postgres/00000000000006_flow_orders_by_status/down.sql"),
        include_str!("../../flow-core/migrations/postgres/00000000000005_flow_orders/down.sql"),
        include_str!("../../flow-core/migrations/postgres/00000000000004_flow_state_log/down.sql"),
        include_str!("../../flow-core/migrations/postgres/00000000000003_flow_resting_tokens/down.sql"),
        include_str!("../../flow-core/migrations/postgres/00000000000002_flow_names_releases_and_people/down.sql")
    )
);

fn main() {
    let groups = [
        Group { name: "sqlite", cases: sqlite::CASES, missing: None },
        Group { name: "postgres", cases: postgres::CASES, missing: server::missing() },
    ];
    flow_tests::cases::run(&groups, server::clean_up);
}
