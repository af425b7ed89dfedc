//! A flow with everything in it that writes, a script that brings its process to its end from wherever it stands,
//! and what must be true at each moment in between.

use diesel::connection::InstrumentationEvent;
use std::io::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Events of the database seen by this process.
static EVENTS: AtomicUsize = AtomicUsize::new(0);

/// Counts the events of a connection; at the one with this number the process says so and waits to be killed.
pub fn stop_at(conn: &mut impl diesel::Connection, number: usize) {
    conn.set_instrumentation(move |_: InstrumentationEvent<'_>| {
        if EVENTS.fetch_add(1, Ordering::Relaxed) + 1 == number {
            println!("event {number}");
            std::io::stdout().flush().unwrap();
            std::thread::sleep(std::time::Duration::from_secs(600));
        }
    });
}

/// Calls `f` at the event of this number: with a connection that goes away there.
pub fn at_event(conn: &mut impl diesel::Connection, number: usize, mut f: impl FnMut() + Send + 'static) {
    let mut seen = 0;
    conn.set_instrumentation(move |_: InstrumentationEvent<'_>| {
        seen += 1;
        if seen == number {
            f();
        }
    });
}

/// The table of the app's own, into which the callbacks write.
pub const EFFECTS: &str = "create table effects (process bigint not null, task integer not null, what text not null)";

/// The flow, the script and the invariants, on a connection type.
#[macro_export]
macro_rules! kill {
    ($connection:ty) => {
        use diesel::sql_types::{BigInt, Integer, Text};
        use flow_core::ProcessStatus;
        use flow_core::prelude::*;
        use flow_core::test_util::TestClock;

        type Db = $connection;
        const CODE: System = System("script");

        #[derive(ProcessProxy, Debug)]
        pub struct OrderProcess {
            process: Process,
            #[json(default)]
            items: Vec<i64>,
            #[json(default)]
            packed: i64,
        }

        #[derive(TaskProxy)]
        pub struct ItemTask {
            task: Task,
            #[json(default)]
            item: i64,
        }

        /// A form of one's own, which writes with the connection.
        #[derive(Clone)]
        pub struct CheckForm;

        impl Form<OrderFlow> for CheckForm {
            fn save(self, a: &mut Activation<OrderFlow>, conn: &mut Db) -> Step {
                effect(conn, a.task.id(), "check")
            }
        }

        #[flow(process = OrderProcess, connection = Db)]
        pub struct OrderFlow {
            #[node(permission(anyone), next = this.split)]
            start: StartHandle,
            #[node(
                next(this.pick, task_data_source = |a| a.process.items().iter().map(|item| ItemTaskData { item: *item }).collect::<Vec<_>>()),
                next = this.label
            )]
            split: Split,
            #[node(task = ItemTask, run = this.picked(conn), next = this.join)]
            pick: Function,
            #[node(run = |_| (), on_done = this.labelled(conn), next = this.join)]
            label: Job,
            #[node(next = this.check)]
            join: Join,
            #[node(form = CheckForm, permission(anyone), on_timeout(days(9), this.late), next = this.ship)]
            check: View,
            #[node(start = ShipFlow.start, next = this.end)]
            ship: Subprocess,
            late: End,
            end: End,
        }

        /// The child waits too, so that its end resumes the parent as due work.
        #[flow(connection = Db)]
        pub struct ShipFlow {
            #[node(permission(anyone), next = this.pause)]
            pub start: StartHandle,
            #[node(delay = minutes(1), next = this.end)]
            pause: Timer,
            end: End,
        }

        impl OrderFlow {
            fn picked(a: &mut Activation<Self, ItemTask>, conn: &mut Db) -> Step {
                effect(conn, a.task.id(), "pick")?;
                let packed = a.process.packed();
                a.process.set_packed(packed + 1);
                Ok(())
            }

            fn labelled(a: &mut Activation<Self>, conn: &mut Db, _: ()) -> Step {
                effect(conn, a.task.id(), "label")
            }
        }

        static FLOWS: Flows<Db> = flows![OrderFlow, ShipFlow];

        fn effect(conn: &mut Db, task: TaskId, what: &str) -> Step {
            diesel::sql_query(format!(
                "insert into effects values ({}, {}, '{what}')",
                task.process(),
                task.number()
            ))
            .execute(conn)?;
            Ok(())
        }

        /// Brings the process to its end, from wherever it stands.
        pub fn script(conn: &mut Db) -> flow_core::Result<()> {
            let data = OrderProcessData { items: vec![7, 8], packed: 0 };
            let process = OrderFlow.start.run_once(conn, &CODE, "the order", data)?.id();
            // Leases of workers that were killed have ended, and timers are due.
            let clock = TestClock::install_at(flow_core::clock::now() + minutes(30));
            for _ in 0..20 {
                FLOWS.run_due(conn)?;
                clock.advance(minutes(30));
                for task in OrderFlow.check.tasks().open().of(process).load(conn)? {
                    if task.owner().is_none() {
                        OrderFlow.check.assign(conn, task.id(), &CODE)?;
                    }
                    OrderFlow.check.execute(conn, task.id(), &CODE, CheckForm)?;
                }
                if FLOWS.process(conn, process)?.status() == ProcessStatus::Done {
                    return Ok(());
                }
            }
            panic!("it did not come to its end:\n{}", FLOWS.expect(conn, process).story());
        }

        #[derive(diesel::QueryableByName)]
        struct Effect {
            #[diesel(sql_type = BigInt)]
            process: i64,
            #[diesel(sql_type = Integer)]
            task: i32,
            #[diesel(sql_type = Text)]
            what: String,
        }

        #[derive(diesel::QueryableByName)]
        struct Due {
            #[diesel(sql_type = BigInt)]
            process_id: i64,
            #[diesel(sql_type = Integer)]
            task: i32,
            #[diesel(sql_type = Text)]
            kind: String,
        }

        /// What is true at each moment, whatever was killed.
        pub fn invariants(conn: &mut Db) {
            let mut rows: Vec<Process> = Vec::new();
            rows.extend(OrderFlow.processes().load(conn).unwrap().into_iter().map(|order: OrderProcess| order.process));
            rows.extend(ShipFlow.processes().load(conn).unwrap());
            let effects: Vec<Effect> = diesel::sql_query("select * from effects").load(conn).unwrap();
            let due: Vec<Due> = diesel::sql_query("select process_id, task, kind from flow_due").load(conn).unwrap();
            for row in &rows {
                let tasks = FLOWS.tasks(conn, row.id()).unwrap();
                let history = FLOWS.history(conn, row.id()).unwrap();
                let story = FLOWS.expect(conn, row.id()).story();
                let open = tasks.iter().filter(|task| !task.status().is_final()).count();
                assert_eq!(row.status() == ProcessStatus::New, open > 0, "open, with an open task, or neither\n{story}");

                let joins = tasks.iter().filter(|task| task.node() == "join").count();
                assert!(joins <= 1, "a join came twice\n{story}");

                // The audit replayed gives the state.
                let mut statuses = std::collections::BTreeMap::new();
                for (place, audit) in history.iter().enumerate() {
                    assert_eq!(audit.version(), i64::try_from(place).unwrap() + 1, "no gap\n{story}");
                    statuses.extend(audit.changes());
                }
                let now: std::collections::BTreeMap<_, _> = tasks.iter().map(|task| (task.id().number(), task.status())).collect();
                assert_eq!(statuses, now, "{story}");
                assert_eq!(history.last().map(|audit| audit.process_status()), Some(row.status()));
                assert_eq!(row.version(), i64::try_from(history.len()).unwrap());

                // The app's own row is there exactly when its transition is.
                for task in &tasks {
                    let what = match task.node() {
                        "pick" | "label" | "check" => task.node(),
                        _ => continue,
                    };
                    let found = effects.iter().filter(|effect| {
                        (effect.process, effect.task, effect.what.as_str()) == (row.id(), task.id().number(), what)
                    });
                    let done = task.status() == flow_core::TaskStatus::Done;
                    assert_eq!(found.count(), usize::from(done), "{what} of task {}\n{story}", task.id());
                }

                // What waits for a time or a worker is due, and nothing else is.
                for task in &tasks {
                    let waits = !task.status().is_final()
                        && matches!(task.node(), "label" | "pause" | "check__timeout__late");
                    let rows = due.iter().filter(|due| due.process_id == row.id() && due.task == task.id().number() && due.kind != "RESUME");
                    assert_eq!(rows.count(), usize::from(waits), "task {}\n{story}", task.id());
                }
            }
            let ids: Vec<i64> = rows.iter().map(Process::id).collect();
            assert!(effects.iter().all(|effect| ids.contains(&effect.process)), "an effect without its process");
            assert!(due.iter().all(|due| ids.contains(&due.process_id)), "due work without its process");
        }

        /// When all is done.
        pub fn complete(conn: &mut Db) {
            let orders: Vec<OrderProcess> = OrderFlow.processes().load(conn).unwrap();
            let [order] = orders.as_slice() else { panic!("{} orders", orders.len()) };
            assert_eq!((order.status(), order.packed()), (ProcessStatus::Done, 2));
            assert_eq!(ShipFlow.processes().load(conn).unwrap().len(), 1, "one child");
            let mut whats: Vec<Effect> = diesel::sql_query("select * from effects order by what").load(conn).unwrap();
            whats.dedup_by(|a, b| (a.process, a.task, &a.what) == (b.process, b.task, &b.what));
            let whats: Vec<&str> = whats.iter().map(|effect| effect.what.as_str()).collect();
            assert_eq!(whats, ["check", "label", "pick", "pick"]);
        }
    };
}
