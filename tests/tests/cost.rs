//! What a step costs does not depend on how many tasks the process has.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    reason = "tests"
)]

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::connection::{Connection as _, InstrumentationEvent};
use diesel::sql_types::BigInt;
use flow_core::ProcessStatus;
use flow_core::prelude::*;
use flow_core::test_util::rows_read;

#[derive(ProcessProxy)]
pub struct WideProcess {
    process: Process,
    width: i64,
}

#[flow(process = WideProcess)]
pub struct WideFlow {
    #[node(permission(anyone), next = this.split)]
    start: StartHandle,
    #[node(next(this.work, task_data_source = |a| 0..a.process.width()), next = this.join)]
    split: Split,
    #[node(permission(anyone), next = this.join)]
    work: Handle,
    #[node(next = this.end)]
    join: Join,
    end: End,
}

static FLOWS: Flows<diesel::SqliteConnection> = flows![WideFlow];
static STATEMENTS: AtomicUsize = AtomicUsize::new(0);

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// Rows that this connection has written since it was opened.
fn written(conn: &mut diesel::SqliteConnection) -> i64 {
    diesel::sql_query("select total_changes() as n").get_result::<Count>(conn).unwrap().n
}

/// Statements, rows written and rows read of one step in the middle of so many open branches.
fn cost_of_one(width: i64) -> (usize, i64, u64) {
    let mut conn = flow_core::test_util::database();
    let data = WideProcessData { width };
    let process = WideFlow.start.run(&mut conn, &System("test"), data).unwrap();
    let tasks = WideFlow.work.tasks().of(process.id()).load::<Task>(&mut conn).unwrap();
    assert_eq!(tasks.len(), usize::try_from(width).unwrap());
    let middle = tasks[tasks.len() / 2].id();
    conn.set_instrumentation(|event: InstrumentationEvent<'_>| {
        if matches!(event, InstrumentationEvent::StartQuery { .. }) {
            STATEMENTS.fetch_add(1, Ordering::Relaxed);
        }
    });
    let before = (written(&mut conn), rows_read());
    STATEMENTS.store(0, Ordering::Relaxed);
    WideFlow.work.run(&mut conn, middle, &System("test"), ()).unwrap();
    let statements = STATEMENTS.load(Ordering::Relaxed);
    let read = rows_read() - before.1;
    let rows = written(&mut conn) - before.0;
    FLOWS.expect(&mut conn, process.id()).is(ProcessStatus::New);
    (statements, rows, read)
}

#[test]
fn one_of_five_thousand_branches_costs_what_one_of_five_does() {
    let few = cost_of_one(5);
    assert_eq!(cost_of_one(5_000), few);
    let (statements, rows, read) = few;
    assert!(statements <= 14 && rows <= 6, "{statements} statements, {rows} rows");
    // The process and the task; then the split and its waiting join.
    assert_eq!(read, 4, "rows read");
}

/// Every branch runs at once, with a callback each.
#[flow(process = WideProcess)]
pub struct InstantFlow {
    #[node(permission(anyone), next = this.split)]
    start: StartHandle,
    #[node(next(this.work, task_data_source = |a| 0..a.process.width()), next = this.join)]
    split: Split,
    #[node(run = this.count, next = this.join)]
    work: Function,
    #[node(next = this.end)]
    join: Join,
    end: End,
}

thread_local! {
    static WORKED: std::cell::Cell<i64> = const { std::cell::Cell::new(0) };
}

impl InstantFlow {
    fn count(_: &mut Activation<Self>) {
        WORKED.set(WORKED.get() + 1);
    }
}

/// As many branches as a split may have, in one transition: it comes to its end, and each has run once.
#[test]
fn the_widest_split_runs_in_one_transition() {
    let mut conn = flow_core::test_util::database();
    let data = WideProcessData { width: 9_999 };
    let process = InstantFlow.start.run(&mut conn, &System("test"), data).unwrap();
    assert_eq!((process.status(), WORKED.get()), (ProcessStatus::Done, 9_999));
}

/// A flow that makes the engine ask everything it ever asks of a process, in branches.
#[flow(process = WideProcess)]
pub struct StoryFlow {
    #[node(form = StoryForm { width }, permission(anyone), next = this.split)]
    start: Start,
    #[node(next(this.check, task_data_source = |a| 0..a.process.width()), next = this.pause)]
    split: Split,
    #[node(permission(anyone), different_from(this.start), on_timeout(days(3), this.late), next = this.call)]
    check: View,
    #[node(run = |_job| (), next = this.sign)]
    call: Job,
    #[node(permission(anyone), assign = this.start.owner, next = this.join)]
    sign: View,
    #[node(delay = |_a| std::time::Duration::ZERO, next = this.join)]
    pause: Timer,
    #[node(run = |_a| (), next = this.join)]
    late: Function,
    #[node(next = this.end)]
    join: Join,
    end: End,
}

static STORY: Flows<diesel::SqliteConnection> = flows![StoryFlow];
static ASKED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

#[derive(diesel::QueryableByName)]
struct Plan {
    #[diesel(sql_type = diesel::sql_types::Text)]
    detail: String,
}

fn listen(conn: &mut diesel::SqliteConnection) {
    conn.set_instrumentation(|event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            let text = query.to_string();
            let text = text.split(" -- binds").next().unwrap_or_default().to_owned();
            ASKED.lock().unwrap().insert(text);
        }
    });
}

/// The test's own question is not the engine's.
fn tasks_of(
    conn: &mut diesel::SqliteConnection,
    ask: impl FnOnce(&mut diesel::SqliteConnection) -> diesel::QueryResult<Vec<Task>>,
) -> Vec<Task> {
    conn.set_instrumentation(|_: InstrumentationEvent<'_>| ());
    let tasks = ask(conn).unwrap();
    listen(conn);
    tasks
}

/// A person without any right but one, so that each list asks everything that it ever asks.
struct Anna;

impl User for Anna {
    fn id(&self) -> &'static str {
        "anna"
    }

    fn may(&self, _: &Permission) -> bool {
        false
    }

    fn groups(&self) -> Vec<&str> {
        vec!["board", "staff"]
    }
}

/// Each list whose page an index has in order.
fn lists(conn: &mut diesel::SqliteConnection) {
    let after =
        |list: flow_core::FindTasks<'static, diesel::SqliteConnection>| list.after("oldest:7.1".parse().unwrap());
    STORY.inbox(conn, &Anna).unwrap();
    STORY.queue(conn, &Anna).unwrap();
    after(STORY.find_tasks().inbox_of(&Anna)).load(conn).unwrap();
    after(STORY.find_tasks().queue_of(&Anna)).load(conn).unwrap();
    STORY.find_tasks().archive_of(&Anna).after("newest:7.1".parse().unwrap()).load(conn).unwrap();
    after(STORY.find_tasks().errors()).load(conn).unwrap();
    STORY.find_tasks().owner("anna").started_by("anna").load(conn).unwrap();
    STORY.find_tasks().queue_of(&Anna).order(flow_core::TaskOrder::Priority).load(conn).unwrap();
    STORY.find_tasks().queue_of(&Anna).count(conn, 100).unwrap();
    STORY.find_processes().started_by("anna").load(conn).unwrap();
    STORY.find_processes().open().load(conn).unwrap();
    STORY.find_processes().open().visible_to(&Anna).load(conn).unwrap();
    STORY.find_processes().reference("A-17").load(conn).unwrap();
    assert!(STORY.view(conn, &Anna, 99).is_err());
}

/// The engine counts rows that it is given; what the database looks at to find them is in the plan.
#[test]
fn no_question_reads_all_tasks_of_a_process() {
    let mut conn = flow_core::test_util::database();
    let (alice, bob) = (System("alice"), System("bob"));
    listen(&mut conn);
    let process = StoryFlow.start.run(&mut conn, &alice, StoryForm { width: 2 }).unwrap();
    STORY.run_due(&mut conn).unwrap();
    for task in tasks_of(&mut conn, |conn| StoryFlow.check.tasks().of(process.id()).load(conn)) {
        StoryFlow.check.assign(&mut conn, task.id(), &bob).unwrap();
        StoryFlow.check.execute(&mut conn, task.id(), &bob, ()).unwrap();
    }
    STORY.run_due(&mut conn).unwrap();
    for task in tasks_of(&mut conn, |conn| StoryFlow.sign.tasks().of(process.id()).open().load(conn)) {
        StoryFlow.sign.execute(&mut conn, task.id(), &alice, ()).unwrap();
    }
    lists(&mut conn);
    conn.set_instrumentation(|_: InstrumentationEvent<'_>| ());
    STORY.expect(&mut conn, process.id()).is(ProcessStatus::Done);
    let asked = std::mem::take(&mut *ASKED.lock().unwrap());
    let mut plans = 0;
    // What an INSERT has in its plan is the check of its references.
    let asks = |text: &&String| text.contains("flow_") && !text.to_lowercase().starts_with("insert");
    for text in asked.iter().filter(asks) {
        let explained: Vec<Plan> = diesel::sql_query(format!("EXPLAIN QUERY PLAN {text}")).load(&mut conn).unwrap();
        for Plan { detail } in explained {
            plans += 1;
            // A row for each queue that somebody has paused: a handful.
            let whole = detail.starts_with("SCAN flow_") && !detail.starts_with("SCAN flow_queue")
                || detail.starts_with("SEARCH flow_task") && detail.ends_with("(process_id=?)");
            assert!(!whole, "{detail}\n{text}");
        }
    }
    assert!(plans > 40, "{plans} plans");
}
