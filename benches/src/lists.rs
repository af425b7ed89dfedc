//! Lists of people with a million tasks in the tables: the first and the last page of each, with what they cost.

pub(crate) mod fill;
pub(crate) mod plans;

use std::cell::Cell;
use std::time::Instant;

use flow_core::prelude::*;

use crate::cpu;
use crate::options::Options;
use crate::postgres::{Schema, backend};
use crate::report::Report;
use crate::sample::{number, real};
use crate::sqlite::File;

/// How many people and groups there are.
pub(crate) const PEOPLE: usize = 500;
pub(crate) const GROUPS: usize = 3_000;
/// Groups of one person.
const GROUPS_OF_ONE: usize = 12;
/// Calls that are timed, of each page.
const CALLS: usize = 100;
/// People whose last pages are looked for, from page to page.
const TO_THE_END: usize = 2;

/// A person of the sample: `p17`.
pub(crate) struct Person {
    id: String,
    groups: Vec<String>,
    /// Has the permission of the tasks that ask for one.
    asks: bool,
    is_manager: bool,
}

impl Person {
    pub(crate) fn new(n: usize) -> Self {
        let groups = (0..GROUPS_OF_ONE).map(|k| format!("g{}", (n * 7 + k * 251) % GROUPS)).collect();
        Person { id: format!("p{n}"), groups, asks: true, is_manager: false }
    }

    /// One who may take only what is offered to them and their groups.
    fn of_groups(n: usize) -> Self {
        Person { asks: false, ..Self::new(n) }
    }

    pub(crate) fn manager(n: usize) -> Self {
        Person { is_manager: true, ..Self::new(n) }
    }

    /// So many different ones.
    fn some(count: usize, make: fn(usize) -> Self) -> Vec<Self> {
        (0..count).map(|n| make(n * 37 % PEOPLE)).collect()
    }
}

impl User for Person {
    fn id(&self) -> &str {
        &self.id
    }

    fn may(&self, permission: &Permission) -> bool {
        self.asks && permission.name() == "ask"
    }

    fn manages(&self, _: &str) -> bool {
        self.is_manager
    }

    fn groups(&self) -> Vec<&str> {
        self.groups.iter().map(String::as_str).collect()
    }
}

/// A list as it was measured.
struct Measured {
    list: &'static str,
    page: &'static str,
    /// Milliseconds of each call.
    times: Vec<f64>,
    /// Milliseconds on a processor, of the program and of the server: what the machine is busy with does not count.
    busy: Vec<f64>,
    rows: usize,
    statements: usize,
}

impl Measured {
    fn row(&self, database: &str) -> Vec<String> {
        let Measured { list, page, rows, statements, times, busy } = self;
        let mut row = vec![database.to_owned(), (*list).to_owned(), (*page).to_owned(), rows.to_string()];
        row.push(statements.to_string());
        row.extend([at(times, 0.5), at(times, 0.99), at(busy, 0.5), at(busy, 0.99)].map(|ms| format!("{ms:.1}")));
        row
    }
}

/// The time below which this part of them is.
pub(crate) fn at(times: &[f64], part: f64) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a list")]
    let place = (real(i64::try_from(sorted.len()).unwrap()) * part) as usize;
    sorted[place.min(sorted.len() - 1)]
}

/// Declares the flow on a connection type, in a module of its own.
macro_rules! list_flows {
    ($module:ident, $connection:ty) => {
        #[allow(dead_code, reason = "a flow brings queries that are not asked here")]
        mod $module {
            use diesel::connection::{Connection as _, InstrumentationEvent};
            use flow_core::prelude::*;
            use flow_core::{Cursor, FindProcesses, FindTasks, TaskOrder};

            use super::{CALLS, Measured, Person, TO_THE_END, plans, timed};

            type Db = $connection;

            #[flow(connection = Db, name = "list_ask")]
            pub(super) struct AskFlow {
                #[node(permission(anyone), next = this.ask)]
                start: StartHandle,
                #[node(permission("ask"), next = this.sign)]
                ask: View,
                #[node(candidates = |_| [group("g1")], next = this.check)]
                sign: View,
                #[node(permission("ask"), different_from(this.ask), next = this.work)]
                check: View,
                #[node(run = |_| (), next = this.end)]
                work: Job,
                end: End,
            }

            static FLOWS: Flows<Db> = flows![AskFlow];

            type Tasks = for<'u> fn(&'u Person) -> FindTasks<'u, Db>;
            type Processes = for<'u> fn(&'u Person) -> FindProcesses<'u, Db>;

            const TASKS: &[(&str, fn(usize) -> Person, Tasks)] = &[
                ("inbox", Person::new, |me| FLOWS.find_tasks().inbox_of(me)),
                ("queue", Person::new, |me| FLOWS.find_tasks().queue_of(me)),
                ("queue, by priority", Person::new, |me| FLOWS.find_tasks().queue_of(me).order(TaskOrder::Priority)),
                ("queue, by due time", Person::new, |me| FLOWS.find_tasks().queue_of(me).order(TaskOrder::Due)),
                ("queue of groups alone", Person::of_groups, |me| FLOWS.find_tasks().queue_of(me)),
                ("archive", Person::new, |me| FLOWS.find_tasks().archive_of(me)),
                ("errors", Person::manager, |me| FLOWS.find_tasks().managed_by(me).errors()),
                ("open tasks", Person::manager, |me| FLOWS.find_tasks().managed_by(me).open()),
            ];

            const PROCESSES: &[(&str, fn(usize) -> Person, Processes)] = &[
                ("my requests", Person::new, |me| FLOWS.find_processes().started_by(me.id()).visible_to(me)),
                ("my open requests", Person::new, |me| {
                    FLOWS.find_processes().started_by(me.id()).open().visible_to(me)
                }),
                ("processes that one may see", Person::new, |me| FLOWS.find_processes().visible_to(me)),
                ("processes seen by groups alone", Person::of_groups, |me| FLOWS.find_processes().visible_to(me)),
                ("processes of a manager", Person::manager, |me| FLOWS.find_processes().visible_to(me)),
            ];

            /// Where the last page begins; `None` if the first is the last.
            macro_rules! last {
                ($list:expr, $conn:ident) => {{
                    let mut last: Option<Cursor> = None;
                    loop {
                        let list = $list.page_size(200);
                        let page = if let Some(cursor) = last { list.after(cursor) } else { list }.load($conn).unwrap();
                        match page.next {
                            Some(next) => last = Some(next),
                            None => break last,
                        }
                    }
                }};
            }

            macro_rules! measure {
                ($lists:ident, $conn:ident, $found:ident) => {
                    for (list, make, of) in $lists {
                        let people = Person::some(CALLS, *make);
                        let first = |conn: &mut Db, at: usize| of(&people[at]).load(conn).unwrap().rows.len();
                        $found.push(timed(list, "first", &mut |at| first($conn, at)));
                        let ends: Vec<_> = people[..TO_THE_END].iter().map(|me| last!(of(me), $conn)).collect();
                        let last = |conn: &mut Db, at: usize| {
                            let list = of(&people[at % TO_THE_END]);
                            let end = ends[at % TO_THE_END];
                            let list = if let Some(end) = end { list.after(end) } else { list };
                            list.page_size(200).load(conn).unwrap().rows.len()
                        };
                        $found.push(timed(list, "last", &mut |at| last($conn, at)));
                        $found.push(timed(list, "count, up to 100", &mut |at| {
                            of(&people[at]).count($conn, 100).unwrap()
                        }));
                    }
                };
            }

            /// Each page, timed; and the statements of each, with their plans.
            pub(super) fn measure(conn: &mut Db) -> Vec<Measured> {
                let mut found = Vec::new();
                measure!(TASKS, conn, found);
                measure!(PROCESSES, conn, found);
                found
            }

            /// The statements of the first page of each list.
            pub(super) fn statements(conn: &mut Db) -> Vec<(&'static str, Vec<String>)> {
                let mut found = Vec::new();
                let mut look = |conn: &mut Db, list, load: &mut dyn FnMut(&mut Db)| {
                    conn.set_instrumentation(|event: InstrumentationEvent<'_>| {
                        if let InstrumentationEvent::StartQuery { query, .. } = event {
                            plans::note(query.to_string());
                        }
                    });
                    load(conn);
                    conn.set_instrumentation(|_: InstrumentationEvent<'_>| ());
                    found.push((list, plans::noted()));
                };
                for (list, make, of) in TASKS {
                    let me = make(7);
                    look(conn, *list, &mut |conn| drop(of(&me).load(conn).unwrap()));
                }
                for (list, make, of) in PROCESSES {
                    let me = make(7);
                    look(conn, *list, &mut |conn| drop(of(&me).load(conn).unwrap()));
                }
                found
            }
        }
    };
}

list_flows!(sqlite, diesel::SqliteConnection);
list_flows!(postgres, diesel::PgConnection);

thread_local! {
    /// The server's process of the connection that is measured.
    pub(crate) static SERVER: Cell<Option<i32>> = const { Cell::new(None) };
}

/// Seconds on a processor, of this thread and of the server.
pub(crate) fn busy() -> f64 {
    let server = SERVER.get().and_then(|id| cpu::of_process(id, "postgres")).unwrap_or_default();
    cpu::of_this_thread() + server
}

/// Times the calls of a page, which returns how many rows it has.
fn timed(list: &'static str, page: &'static str, call: &mut dyn FnMut(usize) -> usize) -> Measured {
    let mut measured = Measured { list, page, times: Vec::new(), busy: Vec::new(), rows: call(0), statements: 0 };
    for at in 0..CALLS {
        let (begun, busy) = (Instant::now(), busy());
        call(at);
        measured.times.push(begun.elapsed().as_secs_f64() * 1e3);
        measured.busy.push((self::busy() - busy) * 1e3);
    }
    println!("{}", measured.row("").join(" "));
    measured
}

pub(crate) fn run(options: &Options, url: Option<&str>, report: &mut Report) {
    let processes = options.finished / 4;
    let mut rows = Vec::new();
    let mut add = |database: &str, mut found: Vec<Measured>, statements: &[(&'static str, Vec<String>)]| {
        for measured in &mut found {
            let of = statements.iter().find(|(list, _)| *list == measured.list);
            measured.statements =
                if measured.page == "count, up to 100" { 1 } else { of.map_or(0, |(_, all)| all.len()) };
        }
        rows.extend(found.iter().map(|measured| measured.row(database)));
    };
    let file = File::new("FULL");
    let mut conn = file.connect();
    fill::sqlite(&mut conn, processes);
    let statements = sqlite::statements(&mut conn);
    if let Some(folder) = &options.lists {
        plans::sqlite(&mut conn, &statements, folder);
    }
    add("SQLite", sqlite::measure(&mut conn), &statements);
    if let Some(url) = url {
        let schema = Schema::new(url);
        let mut conn = schema.connect();
        fill::postgres(&mut conn, processes);
        SERVER.set(Some(backend(&mut conn)));
        let statements = postgres::statements(&mut conn);
        if let Some(folder) = &options.lists {
            plans::postgres(&mut conn, &statements, folder);
        }
        add("PostgreSQL", postgres::measure(&mut conn), &statements);
    }
    report.title(&format!(
        "Lists with {} tasks of {} processes, {PEOPLE} people, {GROUPS} groups: {CALLS} calls of each page",
        number(real(processes * 4)),
        number(real(processes)),
    ));
    report.plain(&["", "list", "page", "rows", "statements", "p50 ms", "p99 ms", "CPU p50 ms", "CPU p99 ms"], &rows);
}
