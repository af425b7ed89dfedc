//! Processes with columns of their own: one row of another table, joined.

/// The cases of joined rows, on a back end.
#[macro_export]
macro_rules! joined_suite {
    ($connection:ty, $database:expr) => {
        mod joined {
            $crate::cases! {
            use flow_core::prelude::*;
            use flow_core::schema::flow_process;
            use flow_core::{Error, ErrorKind, ProcessStatus::*, TaskStatus, test_util::TestClock};
            use $crate::app::{ALICE, BOB};

            type Db = $connection;
            const CODE: System = System("test");

            diesel::table! { parcels (process_id) { process_id -> BigInt, carrier -> Text, weight -> Integer, label -> Nullable<Text>, } }
            diesel::table! { items (id) { id -> Integer, process_id -> BigInt, name -> Text, } }
            diesel::allow_tables_to_appear_in_same_query!(parcels, items);
            flow_core::join_process!(items, process_id);

            #[derive(diesel::Queryable, diesel::Selectable, diesel::Identifiable, diesel::AsChangeset, Debug, Clone, PartialEq)]
            #[diesel(table_name = parcels, primary_key(process_id), treat_none_as_null = true)]
            pub struct Parcel { process_id: i64, carrier: String, weight: i32, label: Option<String> }

            /// Its weight has a default in the database.
            #[derive(diesel::Insertable, $crate::serde::Deserialize, Debug, Clone)]
            #[serde(crate = "flow_tests::serde")]
            #[diesel(table_name = parcels)]
            pub struct NewParcel { carrier: String, label: Option<String> }

            fn parcel(carrier: &str) -> NewParcel {
                NewParcel { carrier: carrier.to_owned(), label: Some("new".to_owned()) }
            }

            fn database() -> Db {
                let mut conn: Db = $database;
                diesel::connection::SimpleConnection::batch_execute(
                    &mut conn,
                    "create table parcels (process_id bigint primary key references flow_process (id), carrier text not null check (carrier <> ''),
                         weight integer not null default 7, label text);
                     create table items (id integer primary key, process_id bigint not null, name text not null)",
                ).unwrap();
                conn
            }

            #[derive(ProcessProxy, Debug, Clone)]
            pub struct ParcelProcess {
                process: Process,
                /// What is sent
                #[proxy(joined, new = NewParcel)]
                parcel: Parcel,
                note: Option<String>,
                #[json(default)]
                heavy: bool,
            }

            /// A form of one's own, which changes the joined row.
            #[derive(Debug, Clone)]
            pub struct WeighForm { weight: i32 }

            impl Form<ParcelFlow> for WeighForm {
                fn save(self, a: &mut Activation<ParcelFlow>, conn: &mut Db) -> Step {
                    a.process.parcel_mut().weight = self.weight;
                    a.process.parcel_mut().label = None;
                    // What was set before is in the database when a callback takes the connection.
                    let stored: String = parcels::table.find(a.process.id()).select(parcels::carrier).first(conn)?;
                    assert_eq!(stored, a.process.parcel().carrier);
                    Ok(())
                }
            }

            #[flow(process = ParcelProcess, connection = Db, summary = "A parcel: {process.note}")]
            pub struct ParcelFlow {
                #[node(form = ParcelForm { parcel, note }, permission(anyone), next = this.weigh)]
                start: Start,
                #[node(permission(anyone), next = this.weigh)]
                import: StartHandle,
                #[node(form = WeighForm, permission(anyone), next = this.check)]
                weigh: View,
                #[node(run = this.check_weight, next = this.send)]
                check: Function,
                #[node(run = |job| i64::from(job.process.parcel().weight), on_done = this.sent(conn), next = this.end)]
                send: Job,
                end: End,
            }

            impl ParcelFlow {
                fn check_weight(a: &mut Activation<Self>) -> Step {
                    let weight = a.process.parcel().weight;
                    a.process.set_heavy(weight > 10);
                    a.process.parcel_mut().carrier.push_str(" checked");
                    if weight > 100 { Err("too heavy".into()) } else { Ok(()) }
                }

                fn sent(a: &mut Activation<Self>, conn: &mut Db, weight: i64) -> Step {
                    a.process.parcel_mut().label = Some(format!("sent {weight}"));
                    // Written behind the process's back; what is in memory goes over it at the end.
                    diesel::update(parcels::table).set(parcels::weight.eq(1)).execute(conn)?;
                    if weight == 13 { Err("unlucky".into()) } else { Ok(()) }
                }
            }

            #[derive(ProcessProxy, Debug)]
            pub struct OrderProcess { process: Process, carrier: String }

            /// Sends a parcel as a child, and waits for nothing else.
            #[flow(process = OrderProcess, connection = Db)]
            pub struct OrderFlow {
                #[node(permission(anyone), next = this.wait)] start: StartHandle,
                #[node(delay = seconds(1), next = this.name_it)] wait: Timer,
                #[node(run = |a| a.process.set_carrier(format!("{}!", a.process.carrier())), next = this.parcel)] name_it: Function,
                #[node(start = ParcelFlow.import, process_data = |a| ParcelProcessData {
                    parcel: NewParcel { carrier: a.process.carrier().to_owned(), label: None }, note: None, heavy: false,
                }, next = this.end)]
                parcel: Subprocess,
                end: End,
            }

            static STATEMENTS: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);

            #[test]
            fn a_list_reads_the_joined_rows_by_one_statement() {
                use std::sync::atomic::Ordering;
                use diesel::connection::{Connection as _, InstrumentationEvent};

                let mut conn = database();
                let flows: Flows<Db> = flows![ParcelFlow];
                let mut cost = |count: usize| {
                    for _ in 0..count {
                        let data = ParcelProcessData { parcel: parcel("post"), note: Some("fragile".into()), heavy: false };
                        ParcelFlow.import.run(&mut conn, &CODE, data).unwrap();
                    }
                    conn.set_instrumentation(|event: InstrumentationEvent<'_>| {
                        if let InstrumentationEvent::StartQuery { .. } = event {
                            STATEMENTS.fetch_add(1, Ordering::Relaxed);
                        }
                    });
                    STATEMENTS.store(0, Ordering::Relaxed);
                    let page = flows.find_processes().load(&mut conn).unwrap();
                    let tasks = flows.find_tasks().load(&mut conn).unwrap();
                    let statements = STATEMENTS.load(Ordering::Relaxed);
                    conn.set_instrumentation(|_: InstrumentationEvent<'_>| ());
                    assert!(page.rows.iter().all(|row| row.problem().is_none() && row.brief() == "A parcel: fragile"));
                    assert!(tasks.rows.iter().all(|row| row.problem().is_none()));
                    (page.rows.len(), tasks.rows.len(), statements)
                };
                // Of each process two tasks: its row is read once.
                assert_eq!(cost(1), (1, 2, 4));
                assert_eq!(cost(19), (20, 40, 4));
                let gone = page_of(&mut conn, &flows);
                assert!(gone.contains("no row"), "{gone}");
            }

            /// What a list says of a process whose joined row was deleted.
            fn page_of(conn: &mut Db, flows: &Flows<Db>) -> String {
                diesel::delete(parcels::table.filter(parcels::process_id.eq(1))).execute(conn).unwrap();
                let page = flows.find_processes().oldest_first().load(conn).unwrap();
                assert_eq!(page.rows.iter().filter(|row| row.problem().is_some()).count(), 1, "it costs itself alone");
                page.rows[0].problem().unwrap().to_owned()
            }

            /// Two steps in the background, of which the second fails.
            #[flow(process = ParcelProcess, connection = Db)]
            pub struct LateFlow {
                #[node(permission(anyone), next = this.wait)] start: StartHandle,
                #[node(delay = seconds(1), next = this.first)] wait: Timer,
                #[node(run = |a| a.process.parcel_mut().carrier.push_str(" first"), next = this.second)] first: Function,
                #[node(run = this.fail, next = this.end)] second: Function,
                end: End,
            }

            impl LateFlow {
                fn fail(a: &mut Activation<Self>) -> Step {
                    a.process.parcel_mut().carrier.push_str(" second");
                    Err("late".into())
                }
            }

            static FLOWS: Flows<Db> = flows![ParcelFlow, OrderFlow, LateFlow];

            fn started(conn: &mut Db, carrier: &str) -> (i64, TaskId) {
                let form = ParcelForm { parcel: parcel(carrier), note: Some("careful".to_owned()) };
                let process = ParcelFlow.start.run(conn, &ALICE, form).unwrap();
                let task = ParcelFlow.weigh.tasks().open().of(process.id()).one(conn).unwrap().id();
                (process.id(), task)
            }

            fn weigh(conn: &mut Db, task: TaskId, weight: i32) -> flow_core::Result<ParcelProcess> {
                ParcelFlow.weigh.assign(conn, task, &BOB).ok();
                ParcelFlow.weigh.execute(conn, task, &BOB, WeighForm { weight })
            }

            fn stored(conn: &mut Db, process: i64) -> Parcel {
                parcels::table.find(process).select(Parcel::as_select()).first(conn).unwrap()
            }

            #[test]
            fn the_row_is_written_with_the_process_by_every_start() {
                let mut conn = database();
                let form = ParcelForm { parcel: parcel("dhl"), note: None };
                let process = ParcelFlow.start.run(&mut conn, &ALICE, form).unwrap();
                let expect = |id| Parcel { process_id: id, carrier: "dhl".to_owned(), weight: 7, label: Some("new".to_owned()) };
                assert_eq!(*process.parcel(), expect(process.id()), "with what the database has added");
                assert_eq!(stored(&mut conn, process.id()), expect(process.id()));
                let data = ParcelProcessData { parcel: parcel("dhl"), note: None, heavy: true };
                let process = ParcelFlow.import.run(&mut conn, &CODE, data).unwrap();
                assert_eq!((process.parcel(), process.heavy()), (&expect(process.id()), true));
            }

            #[test]
            fn a_start_that_is_told_twice_writes_one_row_and_gives_it_back() {
                let mut conn = database();
                let form = || ParcelForm { parcel: parcel("dhl"), note: None };
                let first = ParcelFlow.start.run_once(&mut conn, &ALICE, "order 1", form()).unwrap();
                let again = ParcelFlow.start.run_once(&mut conn, &ALICE, "order 1", form()).unwrap();
                assert_eq!((again.id(), again.parcel()), (first.id(), first.parcel()));
                assert_eq!(parcels::table.count().get_result::<i64>(&mut conn).unwrap(), 1);
            }

            #[test]
            fn a_row_that_the_table_refuses_leaves_no_process() {
                let mut conn = database();
                let form = ParcelForm { parcel: parcel(""), note: None };
                let error = ParcelFlow.start.run(&mut conn, &ALICE, form).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Database, "{error}");
                assert_eq!(flow_process::table.count().get_result::<i64>(&mut conn).unwrap(), 0);
            }

            #[test]
            fn it_is_read_with_the_process_and_both_are_filtered_and_ordered() {
                let mut conn = database();
                let (dhl, _) = started(&mut conn, "dhl");
                let (ups, task) = started(&mut conn, "ups");
                weigh(&mut conn, task, 20).unwrap();
                let ids = |rows: Vec<ParcelProcess>| rows.iter().map(|row| row.id()).collect::<Vec<_>>();
                let all = || ParcelFlow.processes();
                assert_eq!(ids(all().order(parcels::weight.desc()).load(&mut conn).unwrap()), [ups, dhl]);
                assert_eq!(ids(all().filter(parcels::weight.gt(10)).load(&mut conn).unwrap()), [ups]);
                let fields = ParcelProcess::FIELDS;
                assert_eq!(ids(all().filter(fields.heavy.eq(false)).load(&mut conn).unwrap()), [dhl]);
                let both = all().filter(fields.note.eq("careful")).filter(parcels::carrier.like("ups%"));
                assert_eq!(ids(both.order(flow_process::id.desc()).load(&mut conn).unwrap()), [ups]);
                let one = all().by_id(dhl).first(&mut conn).unwrap();
                assert_eq!((one.id(), one.parcel().weight), (dhl, 7));
                // A table of the app's beside both.
                diesel::insert_into(items::table).values((items::id.eq(1), items::process_id.eq(ups), items::name.eq("book"))).execute(&mut conn).unwrap();
                let with_book = all().inner_join(items::table).filter(items::name.eq("book")).load(&mut conn).unwrap();
                assert_eq!(ids(with_book), [ups]);
            }

            #[test]
            fn what_a_transition_changes_is_written_with_it() {
                let mut conn = database();
                let (process, task) = started(&mut conn, "dhl");
                let after = weigh(&mut conn, task, 20).unwrap();
                let expect = Parcel { process_id: process, carrier: "dhl checked".to_owned(), weight: 20, label: None };
                assert_eq!((*after.parcel() == expect, after.heavy()), (true, true));
                assert_eq!(stored(&mut conn, process), expect);
                assert_eq!(FLOWS.run_until_idle(&mut conn).unwrap().done, 1);
                assert_eq!(stored(&mut conn, process), Parcel { label: Some("sent 20".to_owned()), ..expect });
                FLOWS.expect(&mut conn, process).is(Done);
            }

            #[test]
            fn what_a_failed_transition_changed_is_undone_with_it() {
                let mut conn = database();
                let (process, task) = started(&mut conn, "dhl");
                let before = stored(&mut conn, process);
                let error = weigh(&mut conn, task, 101).unwrap_err();
                assert_eq!(error.to_string(), "`check` failed: too heavy");
                assert_eq!(stored(&mut conn, process), before);
                weigh(&mut conn, task, 13).unwrap();
                let before = stored(&mut conn, process);
                assert_eq!(FLOWS.run_until_idle(&mut conn).unwrap().failed, 1);
                let seen = FLOWS.expect(&mut conn, process).is(New);
                assert_eq!(seen.rows().last().unwrap().status(), TaskStatus::Error);
                assert_eq!(stored(&mut conn, process), before, "in the background, too");
            }

            #[test]
            fn a_task_that_fails_in_the_background_takes_only_its_own_changes_with_it() {
                let clock = TestClock::install();
                let mut conn = database();
                let data = ParcelProcessData { parcel: parcel("dhl"), note: None, heavy: false };
                let process = LateFlow.start.run(&mut conn, &CODE, data).unwrap().id();
                clock.advance(seconds(1));
                FLOWS.run_until_idle(&mut conn).unwrap();
                FLOWS.expect(&mut conn, process).is(New).tasks(&["start:DONE", "wait:DONE", "first:DONE", "second:ERROR"]);
                assert_eq!(stored(&mut conn, process).carrier, "dhl first");
            }

            #[test]
            fn a_child_with_a_joined_row_is_given_it_by_its_parent() {
                let clock = TestClock::install();
                let mut conn = database();
                let data = OrderProcessData { carrier: "ups".to_owned() };
                let order = OrderFlow.start.run(&mut conn, &CODE, data).unwrap().id();
                clock.advance(seconds(1));
                FLOWS.run_until_idle(&mut conn).unwrap();
                let child = ParcelFlow.processes().filter(flow_process::parent_process.eq(order)).first(&mut conn).unwrap();
                assert_eq!((child.parcel().carrier.as_str(), child.parcel().weight), ("ups!", 7));
            }

            #[test]
            fn saving_writes_what_changed_and_raises_the_version() {
                let mut conn = database();
                let (id, _) = started(&mut conn, "dhl");
                let mut process = ParcelFlow.processes().by_id(id).first(&mut conn).unwrap();
                process.save(&mut conn).unwrap();
                assert_eq!(FLOWS.process(&mut conn, id).unwrap().version(), 1, "nothing had changed");
                process.parcel_mut().weight = 9;
                process.save(&mut conn).unwrap();
                assert_eq!((stored(&mut conn, id).weight, process.version()), (9, 2));
                process.parcel_mut().carrier = String::new();
                process.set_note(Some("lost".to_owned()));
                assert_eq!(process.save(&mut conn).unwrap_err().kind(), ErrorKind::Database);
                assert_eq!(FLOWS.process(&mut conn, id).unwrap().data().get(&["note"]).unwrap(), Some(&"careful".into()));
                process.parcel_mut().carrier = "ups".to_owned();
                process.save(&mut conn).unwrap();
                let read = ParcelFlow.processes().by_id(id).first(&mut conn).unwrap();
                assert_eq!((read.parcel().carrier.as_str(), read.note(), read.version()), ("ups", Some("lost"), 3));
            }

            #[test]
            fn a_row_that_is_gone_is_named_and_blocks_nothing_that_needs_it_not() {
                let mut conn = database();
                let (process, task) = started(&mut conn, "dhl");
                diesel::delete(parcels::table).execute(&mut conn).unwrap();
                ParcelFlow.weigh.assign(&mut conn, task, &BOB).unwrap();
                let error = weigh(&mut conn, task, 1).unwrap_err();
                assert!(matches!(&error, Error::Data(data) if data.field == "parcel" && data.process == process), "{error}");
                assert_eq!(ParcelFlow.processes().load(&mut conn).unwrap().len(), 0);
                assert_eq!(FLOWS.history(&mut conn, process).unwrap().len(), 2);
            }
            }
        }
    };
}
