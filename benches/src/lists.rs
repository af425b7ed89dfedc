//! Lists of a person with a million tasks in the tables: a page of each, and capped counts.

use std::time::Instant;

use diesel::connection::SimpleConnection;
use flow_core::prelude::*;

use crate::options::Options;
use crate::postgres::Schema;
use crate::report::Report;
use crate::sample::{number, real};
use crate::sqlite::File;

/// Calls that are timed, of each list.
const CALLS: usize = 50;

/// Tasks that wait, one a process: each hundredth is anna's. `{numbers}` gives `n`.
const FILL: &str = "
    insert into flow_process (id, flow, status, version, task_count, open_tokens, created, data, started_by, audit_count)
    select n, 'list_ask', 'NEW', 1, 2, 1, {at}, {empty}, 'bench', 0 from {numbers};
    insert into flow_task (process_id, number, flow, node, task_type, kind, status, token, owner, nominee, created, priority, data)
    select n, 2, 'list_ask', 'ask', 'HUMAN', 'View', case when n % 100 = 0 then 'ASSIGNED' else 'NEW' end, 'start',
           case when n % 100 = 0 then 'anna' end, null, {at}, n % 10, {empty} from {numbers};";

struct Anna;

impl User for Anna {
    fn id(&self) -> &'static str {
        "anna"
    }

    fn may(&self, permission: &Permission) -> bool {
        permission.name() == "ask"
    }
}

/// Declares the flow on a connection type, in a module of its own.
macro_rules! list_flows {
    ($module:ident, $connection:ty) => {
        #[allow(dead_code, reason = "a flow brings queries that are not asked here")]
        mod $module {
            use flow_core::TaskOrder;
            use flow_core::prelude::*;

            use super::{Anna, CALLS, median};

            type Db = $connection;

            #[flow(connection = Db, name = "list_ask")]
            pub(super) struct AskFlow {
                #[node(permission(anyone), next = this.ask)]
                start: StartHandle,
                #[node(permission("ask"), next = this.end)]
                ask: View,
                end: End,
            }

            static FLOWS: Flows<Db> = flows![AskFlow];

            /// Each list, and its median in microseconds.
            pub(super) fn measure(conn: &mut Db) -> Vec<(&'static str, f64)> {
                let mut found = Vec::new();
                let mut time = |name, list: &mut dyn FnMut(&mut Db) -> usize| {
                    assert!(list(conn) > 0, "{name}");
                    found.push((name, median((0..CALLS).map(|_| list(conn)))));
                };
                time("inbox", &mut |conn| FLOWS.find_tasks().inbox_of(&Anna).load(conn).unwrap().rows.len());
                time("queue", &mut |conn| FLOWS.find_tasks().queue_of(&Anna).load(conn).unwrap().rows.len());
                time("queue, by priority", &mut |conn| {
                    FLOWS.find_tasks().queue_of(&Anna).order(TaskOrder::Priority).load(conn).unwrap().rows.len()
                });
                time("open tasks", &mut |conn| FLOWS.find_tasks().open().load(conn).unwrap().rows.len());
                time("count of the queue, up to 100", &mut |conn| {
                    FLOWS.find_tasks().queue_of(&Anna).count(conn, 100).unwrap()
                });
                time("processes that anna may see", &mut |conn| {
                    FLOWS.find_processes().visible_to(&Anna).load(conn).unwrap().rows.len()
                });
                found
            }
        }
    };
}

list_flows!(sqlite, diesel::SqliteConnection);
list_flows!(postgres, diesel::PgConnection);

/// The median time of what an iterator does between its items, in microseconds.
fn median(calls: impl Iterator<Item = usize>) -> f64 {
    let mut times = Vec::new();
    let mut begun = Instant::now();
    for _ in calls {
        times.push(begun.elapsed().as_secs_f64() * 1e6);
        begun = Instant::now();
    }
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn fill(conn: &mut impl SimpleConnection, numbers: &str, at: &str, empty: &str) {
    let fill = FILL.replace("{numbers}", numbers).replace("{at}", at).replace("{empty}", empty);
    conn.batch_execute(&format!("begin; {fill} commit;")).unwrap();
    conn.batch_execute("analyze").unwrap();
}

pub(crate) fn run(options: &Options, url: Option<&str>, report: &mut Report) {
    let tasks = options.finished;
    let mut rows = Vec::new();
    let mut add = |name: &str, found: Vec<(&'static str, f64)>| {
        rows.extend(found.into_iter().map(|(list, time)| vec![name.to_owned(), list.to_owned(), number(time)]));
    };
    let file = File::new("FULL");
    let mut conn = file.connect();
    let numbers = format!(
        "(with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < {tasks}) select n from numbers)"
    );
    fill(&mut conn, &numbers, "'2026-01-01T00:00:00.000000Z'", "'{}'");
    add("SQLite", sqlite::measure(&mut conn));
    if let Some(url) = url {
        let schema = Schema::new(url);
        let mut conn = schema.connect();
        let numbers = format!("(select n from generate_series(1, {tasks}) n) numbers");
        fill(&mut conn, &numbers, "timestamptz '2026-01-01 00:00:00+00'", "'{}'::jsonb");
        add("PostgreSQL", postgres::measure(&mut conn));
    }
    report.title(&format!("Lists with {} tasks that wait, a page of 50: median of {CALLS} calls", number(real(tasks))));
    report.plain(&["", "list", "µs"], &rows);
}
