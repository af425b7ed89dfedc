//! One list of commands, done on any back end: what each answered, and all that is in the tables afterwards.

use flow_core::{Permission, User};

/// What is done, and by whom: people are numbers.
#[derive(Clone, Debug)]
pub enum Command {
    Start { by: usize, items: Vec<i64>, text: &'static str },
    StartOnce { key: usize, items: Vec<i64> },
    Assign { task: usize, by: usize },
    Unassign { task: usize, by: usize },
    Execute { task: usize, by: usize, approved: bool },
    Deliver { task: usize, item: i64 },
    Save { process: usize, text: &'static str },
    Wait { minutes: u64 },
    Work,
}

/// People, as many as there are numbers.
#[derive(Debug)]
pub struct Person(pub usize);

const NAMES: [&str; 3] = ["anna", "ben", "cleo"];

impl User for Person {
    fn id(&self) -> &str {
        NAMES[self.0 % NAMES.len()]
    }

    fn may(&self, _: &Permission) -> bool {
        self.0 % NAMES.len() != 2
    }

    fn manages(&self, _: &str) -> bool {
        false
    }
}

/// The flows, and `perform`.
#[macro_export]
macro_rules! differential {
    ($connection:ty) => {
        use flow_core::prelude::*;
        use flow_core::test_util::TestClock;
        use flow_core::{AuditRow, Error};
        use $crate::differential::{Command, Person};

        type Db = $connection;
        const CODE: System = System("code");

        #[derive(ProcessProxy, Debug)]
        pub struct OrderProcess {
            process: Process,
            #[json(default, max_length = 20)]
            text: String,
            #[json(default)]
            items: Vec<i64>,
            #[json(default)]
            approved: bool,
            #[json(key("totals", "delivered"), default)]
            delivered: i64,
        }

        #[derive(TaskProxy)]
        pub struct ItemTask {
            task: Task,
            #[json(default)]
            item: i64,
            #[json(key("delivery", "state"))]
            state: Option<String>,
        }

        #[flow(process = OrderProcess, connection = Db)]
        pub struct OrderFlow {
            #[node(form = StartForm { text, items }, permission(auto), next = this.split)]
            start: Start,
            #[node(permission(anyone), next = this.split)]
            import: StartHandle,
            #[node(
                next(this.deliver, task_data_source = |a| a.process.items().iter().map(|item| ItemTaskData { item: *item, state: None }).collect::<Vec<_>>()),
                next(this.label, when = |a| a.process.text() != ""),
                next = this.check
            )]
            split: Split,
            #[node(task = ItemTask, permission(anyone), input = i64, run = this.delivered, next = this.meet)]
            deliver: Handle,
            #[node(run = this.print_label, on_done = |a, n| a.process.set_delivered(a.process.delivered() + n), next = this.meet)]
            label: Job,
            #[node(form = CheckForm { approved }, permission(auto), on_timeout(hours(3), this.meet),
                   on_timeout(hours(1), this.reminded, interrupting = false), next = this.is_good)]
            check: View,
            reminded: End,
            #[node(if = |a| a.process.approved(), then = this.meet, else = this.check)]
            is_good: If,
            #[node(next = this.ship)]
            meet: Join,
            #[node(start = ShipFlow.start, next = this.end)]
            ship: Subprocess,
            end: End,
        }

        #[flow(connection = Db)]
        pub struct ShipFlow {
            #[node(permission(anyone), next = this.pause)]
            pub start: StartHandle,
            #[node(delay = minutes(20), next = this.end)]
            pause: Timer,
            end: End,
        }

        impl OrderFlow {
            fn delivered(a: &mut Activation<Self, ItemTask>, item: i64) -> Step {
                if item < 0 {
                    return Err("less than nothing was delivered".into());
                }
                a.task.set_item(item);
                a.task.set_state(Some("delivered".to_owned()));
                a.process.set_delivered(a.process.delivered() + 1);
                Ok(())
            }

            fn print_label(job: &JobContext<Self>) -> Step<i64> {
                match job.process.text() {
                    "torn" => Err("the paper is torn".into()),
                    _ => Ok(100),
                }
            }
        }

        static FLOWS: Flows<Db> = flows![OrderFlow, ShipFlow];

        /// Does the commands one after the other; what they answered, and what is in the tables afterwards.
        pub fn perform(conn: &mut Db, commands: &[Command]) -> Vec<String> {
            let clock = TestClock::install();
            let mut lines = Vec::new();
            for command in commands {
                let answer = one(conn, &clock, command);
                lines.push(match answer {
                    Ok(text) => format!("{command:?}: {text}"),
                    Err(error) => format!("{command:?}: {:?}", error.kind()),
                });
            }
            lines.extend(tables(conn));
            lines
        }

        fn one(conn: &mut Db, clock: &TestClock, command: &Command) -> Result<String, Error> {
            Ok(match command {
                Command::Start { by, items, text } => {
                    let form = StartForm { text: (*text).to_owned(), items: items.clone() };
                    OrderFlow.start.run(conn, &Person(*by), form)?.text().to_owned()
                }
                Command::StartOnce { key, items } => {
                    let data = OrderProcessData { text: "once".to_owned(), items: items.clone(), approved: false, delivered: 0 };
                    OrderFlow.import.run_once(conn, &CODE, &format!("key {key}"), data)?.version().to_string()
                }
                Command::Assign { task, by } => match nth(OrderFlow.check.tasks().order(order()).load(conn)?, *task) {
                    Some(id) => OrderFlow.check.assign(conn, id, &Person(*by))?.status().to_string(),
                    None => String::new(),
                },
                Command::Unassign { task, by } => match nth(OrderFlow.check.tasks().order(order()).load(conn)?, *task) {
                    Some(id) => OrderFlow.check.unassign(conn, id, &Person(*by))?.status().to_string(),
                    None => String::new(),
                },
                Command::Execute { task, by, approved } => {
                    match nth(OrderFlow.check.tasks().order(order()).load(conn)?, *task) {
                        Some(id) => {
                            let form = CheckForm { approved: *approved };
                            OrderFlow.check.execute(conn, id, &Person(*by), form)?.version().to_string()
                        }
                        None => String::new(),
                    }
                }
                Command::Deliver { task, item } => {
                    match nth(OrderFlow.deliver.tasks().order(order()).load(conn)?, *task) {
                        Some(id) => OrderFlow.deliver.run(conn, id, &CODE, *item)?.version().to_string(),
                        None => String::new(),
                    }
                }
                Command::Save { process, text } => {
                    let mut rows: Vec<OrderProcess> =
                        OrderFlow.processes().order(flow_core::schema::flow_process::id).load(conn)?;
                    if rows.is_empty() {
                        return Ok(String::new());
                    }
                    let at = process % rows.len();
                    rows[at].set_text((*text).to_owned());
                    rows[at].save(conn)?;
                    rows[at].version().to_string()
                }
                Command::Wait { minutes: length } => {
                    clock.advance(minutes(*length));
                    String::new()
                }
                Command::Work => {
                    let mut report = FLOWS.run_due(conn)?;
                    // The numbers of processes differ.
                    let problems: Vec<String> = report.problems.drain(..).map(|problem| problem.error).collect();
                    format!("{report:?} {problems:?}")
                }
            })
        }

        use flow_core::schema::flow_task;

        fn order() -> (flow_task::process_id, flow_task::number) {
            (flow_task::process_id, flow_task::number)
        }

        fn nth(tasks: Vec<Task>, n: usize) -> Option<TaskId> {
            (!tasks.is_empty()).then(|| tasks[n % tasks.len()].id())
        }

        /// All rows, with the processes numbered in their order: a start that was undone may use up a number.
        fn tables(conn: &mut Db) -> Vec<String> {
            let mut lines = Vec::new();
            let rows: Vec<Process> = flow_core::schema::flow_process::table
                .order(flow_core::schema::flow_process::id)
                .select(Process::as_select())
                .load(conn)
                .unwrap();
            let ids: Vec<i64> = rows.iter().map(Process::id).collect();
            let place = |id: i64| ids.iter().position(|known| *known == id);
            for row in &rows {
                let parent = row.parent().map(|task| (place(task.process()), task.number()));
                lines.push(format!(
                    "process {:?} {} {} v{} {} {:?} {} {parent:?} {:?}",
                    place(row.id()), row.flow(), row.status(), row.version(), row.created(), row.finished(),
                    json(row.data()), row.start_key(),
                ));
                for task in FLOWS.tasks(conn, row.id()).unwrap() {
                    lines.push(format!(
                        "  task {} {} {} {} {:?} {:?} {:?} {} {:?} {:?} {:?} {:?} {} {:?}",
                        task.id().number(), task.node(), task.status(), task.token(),
                        task.previous().map(TaskId::number), task.joined().map(TaskId::number), task.owner(),
                        task.created(), task.assigned(), task.started(), task.finished(), task.due(),
                        json(task.data()), task.error(),
                    ));
                }
                let audit: Vec<AuditRow> = FLOWS.history(conn, row.id()).unwrap();
                for line in audit {
                    lines.push(format!(
                        "  audit {} {} {} {} {:?} {:?} {} {:?}",
                        line.version(), line.at(), line.actor(), line.action(), line.task().map(TaskId::number),
                        line.node(), line.process_status(), line.changes(),
                    ));
                }
            }
            lines
        }

        /// A document by its content: `jsonb` orders the keys.
        fn json(data: &flow_core::data::Document) -> String {
            let keys = ["text", "items", "approved", "totals", "item", "delivery"];
            let values = keys.map(|key| data.get(&[key]).unwrap().map(ToString::to_string).unwrap_or_default());
            values.join("|")
        }
    };
}
