//! `save` and the bulk update: what they say is written is stored, whoever else writes meanwhile.

/// The cases of saving, on a back end.
#[macro_export]
macro_rules! save_suite {
    ($connection:ty, $database:expr) => {
        mod save {
            $crate::cases! {
            use diesel::connection::SimpleConnection as _;
            use diesel::Connection as _;
            use flow_core::prelude::*;
            use flow_core::{Error, ErrorKind, ProcessStatus};
            use serde_json::{Value, json};

            type Db = $connection;
            const CODE: System = System("test");

            #[derive(JsonModel, Clone, Debug, PartialEq)]
            pub struct Street { name: String, #[json(default)] number: i64 }

            #[derive(JsonModel, Clone, Debug, PartialEq)]
            pub struct Home { owner: String, street: Option<Street> }

            #[derive(ProcessProxy, Debug)]
            pub struct PersonProcess {
                process: Process,
                #[json(key("address", "city"))]
                city: Option<String>,
                #[json(key("address", "zip"))]
                zip: Option<String>,
                home: Option<Home>,
                #[json(alias = "flat")]
                second: Option<Home>,
                #[json(default)]
                n: i64,
                #[json(default)]
                m: i64,
            }

            const F: PersonProcessFields = PersonProcess::FIELDS;

            #[flow(process = PersonProcess, connection = Db)]
            pub struct PersonFlow {
                #[node(permission(anyone), next = this.move_in)] pub start: StartHandle,
                #[node(permission(anyone), input = (), run = |a, _i| a.process.set_city(Some("Bonn".into())), next = this.end)]
                pub move_in: Handle,
                pub end: End,
            }

            fn home(owner: &str, number: i64) -> Home {
                Home { owner: owner.to_owned(), street: Some(Street { name: "Elm".to_owned(), number }) }
            }

            fn nobody() -> PersonProcessData {
                PersonProcessData { city: None, zip: None, home: None, second: None, n: 0, m: 0 }
            }

            fn started(conn: &mut Db, data: PersonProcessData) -> i64 {
                PersonFlow.start.run(conn, &CODE, data).unwrap().id()
            }

            fn load(conn: &mut Db, id: i64) -> PersonProcess {
                PersonFlow.processes().by_id(id).first(conn).unwrap()
            }

            fn put(conn: &mut Db, id: i64, document: &Value) {
                conn.batch_execute(&format!("update flow_process set data = '{document}' where id = {id}")).unwrap();
            }

            fn move_in(conn: &mut Db, id: i64) {
                let task = PersonFlow.move_in.tasks().of(id).one(conn).unwrap().id();
                PersonFlow.move_in.run(conn, task, &CODE, ()).unwrap();
            }

            #[test]
            fn two_leaves_of_an_object_that_is_not_there_both_stay() {
                for before in [json!({}), json!({"address": null}), json!({"address": {"country": "DE"}})] {
                    let mut conn = $database;
                    let id = started(&mut conn, nobody());
                    put(&mut conn, id, &before);
                    let (mut one, mut other) = (load(&mut conn, id), load(&mut conn, id));
                    one.set_city(Some("Bonn".into()));
                    other.set_zip(Some("53111".into()));
                    one.save(&mut conn).unwrap();
                    other.save(&mut conn).unwrap();
                    let now = load(&mut conn, id);
                    assert_eq!((now.city(), now.zip()), (Some("Bonn"), Some("53111")));
                    assert_eq!(now.data().get(&["address", "country"]).unwrap(), before["address"].get("country"));
                }
            }

            #[test]
            fn a_save_and_a_transition_write_leaves_of_one_new_object() {
                let mut conn = $database;
                let id = started(&mut conn, nobody());
                put(&mut conn, id, &json!({}));
                let mut page = load(&mut conn, id);
                move_in(&mut conn, id);
                page.set_zip(Some("53111".into()));
                page.save(&mut conn).unwrap();
                let now = load(&mut conn, id);
                assert_eq!((now.city(), now.zip()), (Some("Bonn"), Some("53111")));
            }

            #[test]
            fn a_leaf_under_an_object_that_somebody_has_set_to_null_brings_it_back_whole() {
                let mut conn = $database;
                let id = started(&mut conn, PersonProcessData { home: Some(home("Anna", 1)), ..nobody() });
                let (mut one, mut other) = (load(&mut conn, id), load(&mut conn, id));
                one.set_home(None);
                one.save(&mut conn).unwrap();
                other.set_home(Some(home("Anna", 2)));
                other.save(&mut conn).unwrap();
                assert_eq!(load(&mut conn, id).home(), Some(&home("Anna", 2)), "with what it must have, its owner");

                // An object further inside.
                let (mut one, mut other) = (load(&mut conn, id), load(&mut conn, id));
                one.set_home(Some(Home { street: None, ..home("Ben", 0) }));
                one.save(&mut conn).unwrap();
                other.set_home(Some(home("Anna", 3)));
                other.save(&mut conn).unwrap();
                assert_eq!(load(&mut conn, id).home(), Some(&home("Ben", 3)));
            }

            #[test]
            fn what_an_old_name_holds_moves_whole() {
                let mut conn = $database;
                let id = started(&mut conn, nobody());
                put(&mut conn, id, &json!({"flat": {"owner": "Anna", "street": {"name": "Elm", "number": 1, "floor": 3}}}));
                let mut person = load(&mut conn, id);
                person.set_second(Some(home("Anna", 2)));
                person.save(&mut conn).unwrap();
                let now = load(&mut conn, id);
                assert_eq!(now.second(), Some(&home("Anna", 2)));
                assert_eq!(now.data().get(&["second", "street", "floor"]).unwrap(), Some(&3.into()));
            }

            #[test]
            fn a_value_that_is_no_object_in_the_way_is_an_error_and_stays() {
                let mut conn = $database;
                let id = started(&mut conn, PersonProcessData { zip: Some("1".into()), ..nobody() });
                let mut person = load(&mut conn, id);
                put(&mut conn, id, &json!({"address": "Bonn"}));
                person.set_zip(Some("53111".into()));
                let error = person.save(&mut conn).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Data);
                assert!(error.to_string().contains("field `zip` (at `$.\"address\".\"zip\"`)"), "{error}");
                let error = PersonFlow.processes().by_id(id).update(F.zip.set(Some("2".into())), &mut conn).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Invalid);
                assert!(error.to_string().contains("`zip` is kept inside an object"), "{error}");
                let row = flow_core::schema::flow_process::table.find(id).select(Process::as_select()).first(&mut conn).unwrap();
                assert_eq!(row.data().get(&["address"]).unwrap(), Some(&"Bonn".into()));
                // What needs no object goes on.
                assert_eq!(PersonFlow.processes().by_id(id).update(F.n.set(1), &mut conn).unwrap(), 1);
            }

            #[test]
            fn a_bulk_update_makes_the_objects_that_its_rows_lack() {
                let mut conn = $database;
                let documents = [json!({}), json!({"address": null}), json!({"address": {"country": "DE", "zip": "1"}})];
                let ids = documents.each_ref().map(|document| {
                    let id = started(&mut conn, nobody());
                    put(&mut conn, id, document);
                    id
                });
                let changes = (F.city.set(Some("Bonn".into())), F.zip.set(Some("53111".into())), F.n.set(7));
                assert_eq!(PersonFlow.processes().update(changes, &mut conn).unwrap(), 3);
                for id in ids {
                    let now = load(&mut conn, id);
                    assert_eq!((now.city(), now.zip(), now.n()), (Some("Bonn"), Some("53111"), 7));
                }
                assert_eq!(load(&mut conn, ids[2]).data().get(&["address", "country"]).unwrap(), Some(&"DE".into()));
            }

            fn roll_back(conn: &mut Db, f: impl FnOnce(&mut Db)) {
                let result: Result<(), Error> = conn.transaction(|conn| {
                    f(conn);
                    Err(diesel::result::Error::RollbackTransaction.into())
                });
                result.unwrap_err();
            }

            #[test]
            fn what_was_rolled_back_is_written_by_the_next_save() {
                let mut conn = $database;
                let id = started(&mut conn, nobody());
                let mut person = load(&mut conn, id);
                person.set_n(6);
                person.set_city(Some("Bonn".into()));
                roll_back(&mut conn, |conn| person.save(conn).unwrap());
                assert_eq!(load(&mut conn, id).n(), 0);
                // Somebody else takes the version that this write had.
                assert_eq!(PersonFlow.processes().by_id(id).update(F.m.set(3), &mut conn).unwrap(), 1);
                person.save(&mut conn).unwrap();
                let now = load(&mut conn, id);
                assert_eq!((now.n(), now.city(), now.m()), (6, Some("Bonn"), 3));
                assert_eq!(now.version(), person.version());

                // Two saves in one transaction, the second of them in a savepoint.
                person.set_n(7);
                roll_back(&mut conn, |conn| {
                    person.save(conn).unwrap();
                    person.set_m(8);
                    conn.transaction(|conn| person.save(conn)).unwrap();
                });
                person.save(&mut conn).unwrap();
                let now = load(&mut conn, id);
                assert_eq!((now.n(), now.m()), (7, 8));
            }

            #[test]
            fn what_was_committed_is_not_written_again() {
                let mut conn = $database;
                let id = started(&mut conn, nobody());
                let mut person = load(&mut conn, id);
                person.set_n(6);
                person.set_m(1);
                conn.transaction(|conn| person.save(conn)).unwrap();
                let version = load(&mut conn, id).version();
                person.save(&mut conn).unwrap();
                assert_eq!(load(&mut conn, id).version(), version, "nothing to write");

                person.set_n(7);
                conn.transaction(|conn| person.save(conn)).unwrap();
                PersonFlow.processes().by_id(id).update(F.m.set(9), &mut conn).unwrap();
                person.set_city(Some("Kiel".into()));
                person.save(&mut conn).unwrap();
                let now = load(&mut conn, id);
                assert_eq!((now.n(), now.m(), now.city()), (7, 9, Some("Kiel")), "the other's value stays");
            }

            #[test]
            fn a_process_that_is_done_can_be_corrected() {
                let mut conn = $database;
                let id = started(&mut conn, nobody());
                move_in(&mut conn, id);
                let mut person = load(&mut conn, id);
                assert_eq!(person.status(), ProcessStatus::Done);
                let (version, finished) = (person.version(), person.finished());
                person.set_city(None);
                person.save(&mut conn).unwrap();
                assert_eq!(PersonFlow.processes().by_id(id).update(F.n.set(2), &mut conn).unwrap(), 1);
                let now = load(&mut conn, id);
                assert_eq!((now.city(), now.n(), now.status(), now.finished()), (None, 2, ProcessStatus::Done, finished));
                assert_eq!(now.version(), version + 2);
            }

            #[test]
            fn a_row_that_is_not_there_is_not_found() {
                let mut conn = $database;
                let id = started(&mut conn, nobody());
                let find = |conn: &mut Db, id: i64| -> flow_core::Result<PersonProcess> {
                    Ok(PersonFlow.processes().by_id(id).first(conn)?)
                };
                assert!(find(&mut conn, id).is_ok());
                assert_eq!(find(&mut conn, id + 1).unwrap_err().kind(), ErrorKind::NotFound);
                let mut person = load(&mut conn, id);
                conn.batch_execute(&format!(
                    "delete from flow_audit where process_id = {id}; delete from flow_task where process_id = {id};
                     delete from flow_process where id = {id}"
                )).unwrap();
                person.set_n(1);
                assert_eq!(person.save(&mut conn).unwrap_err().kind(), ErrorKind::NotFound);
            }

            mod older {
                use super::*;

                #[derive(JsonModel, Clone, Debug)]
                pub struct Line { text: String }

                #[derive(ProcessProxy)]
                pub struct RuleProcess { process: Process, text: String, lines: Vec<Line>, #[json(default)] n: i64 }

                #[flow(process = RuleProcess, connection = Db, name = "rule")]
                pub struct RuleFlow {
                    #[node(permission(anyone), next = this.wait)] pub start: StartHandle,
                    #[node(permission(anyone), next = this.end)] pub wait: Handle,
                    pub end: End,
                }

                pub fn start(conn: &mut Db) -> i64 {
                    let lines = vec![Line { text: "longer than five".into() }];
                    let data = RuleProcessData { text: "longer than five".into(), lines, n: 0 };
                    RuleFlow.start.run(conn, &CODE, data).unwrap().id()
                }
            }

            mod stricter {
                use super::*;

                #[derive(JsonModel, Clone, Debug)]
                pub struct Line { #[json(max_length = 5)] text: String }

                #[derive(ProcessProxy)]
                pub struct RuleProcess {
                    process: Process,
                    #[json(max_length = 5)]
                    text: String,
                    lines: Vec<Line>,
                    #[json(default)]
                    n: i64,
                }

                impl RuleProcess {
                    pub fn add(&mut self, text: &str) {
                        self.lines.push(Line { text: text.to_owned() });
                    }
                }

                #[flow(process = RuleProcess, connection = Db, name = "rule")]
                pub struct RuleFlow {
                    #[node(permission(anyone), next = this.wait)] pub start: StartHandle,
                    #[node(permission(anyone), input = Option<&'static str>, run = this.count, next = this.end)] pub wait: Handle,
                    pub end: End,
                }

                impl RuleFlow {
                    fn count(a: &mut Activation<Self>, text: Option<&'static str>) {
                        a.process.set_n(1);
                        if let Some(text) = text {
                            a.process.set_text(text);
                        }
                    }
                }
            }

            #[test]
            fn a_stricter_rule_meets_those_who_set_the_field() {
                let mut conn = $database;
                let id = older::start(&mut conn);
                let find = |conn: &mut Db| stricter::RuleFlow.processes().by_id(id).first(conn).unwrap();
                let task = stricter::RuleFlow.wait.tasks().of(id).one(&mut conn).unwrap().id();
                let mut same = find(&mut conn);
                same.set_text("longer than five");
                let Err(Error::Invalid(faults)) = same.save(&mut conn) else { panic!() };
                assert_eq!(faults.iter().map(|fault| &*fault.field).collect::<Vec<_>>(), ["text"]);
                let mut changed = find(&mut conn);
                changed.add("short");
                let Err(Error::Invalid(faults)) = changed.save(&mut conn) else { panic!() };
                assert_eq!(faults.iter().map(|fault| &*fault.field).collect::<Vec<_>>(), ["lines[0].text"]);
                let error = stricter::RuleFlow.wait.run(&mut conn, task, &CODE, Some("too long")).map(|_| ()).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Invalid);
                let mut other = find(&mut conn);
                other.set_n(5);
                other.save(&mut conn).unwrap();
                let done = stricter::RuleFlow.wait.run(&mut conn, task, &CODE, None).unwrap();
                assert_eq!((done.status(), done.n(), done.text()), (ProcessStatus::Done, 1, "longer than five"));
            }
            }
        }
    };
}
