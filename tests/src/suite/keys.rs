//! Keys of flows and nodes that are each a small matter: `available`, `on_create`, the flow's `permission`, `audit`.

/// The cases of keys, on a back end.
#[macro_export]
macro_rules! keys_suite {
    ($connection:ty, $database:expr) => {
        mod keys {
            $crate::cases! {
            use flow_core::prelude::*;
            use flow_core::test_util::TestClock;
            use flow_core::{ErrorKind, Secret, TaskStatus};
            use serde_json::{Value, json};
            use $crate::app::{ALICE, BOB, CAROL, MONA, Person};

            type Db = $connection;
            const CODE: System = System("code");

            #[derive(JsonModel, Clone, Debug, PartialEq)]
            pub struct Account {
                iban: String,
                pin: Secret<String>,
            }

            #[derive(ProcessProxy, Debug, Clone)]
            pub struct OrderProcess {
                process: Process,
                #[json(default)]
                amount: i64,
                #[json(default)]
                told: Vec<String>,
                #[json(key("to", "city"), default)]
                city: String,
                pin: Option<Secret<String>>,
                account: Option<Account>,
                #[json(default)]
                fail: bool,
            }

            #[flow(process = OrderProcess, connection = Db, name = "keys_order", permission("staff"))]
            pub struct OrderFlow {
                #[node(form = OrderForm { amount, fail }, available(this.not_bob), next = this.check)]
                start: Start,
                #[node(form = UrgentForm { amount }, permission("urgent"), available(this.not_bob), next = this.check)]
                urgent: Start,
                #[node(permission("import"), next = this.check)]
                import: StartHandle,
                #[node(form = CheckForm { city }, on_create = this.created(conn), on_timeout(days(1), this.later), next = this.own)]
                check: View,
                #[node(form = LaterForm { amount }, permission(auto), on_create = |a| {
                    if a.process.fail() { return Err("nobody is there".into()); }
                    let told = [a.process.told(), &[format!("{} by {}", a.task.node(), a.actor().unwrap_or("nobody"))]].concat();
                    a.process.set_told(told);
                    Ok(())
                }, next = this.end)]
                later: View,
                #[node(assign = this.check.owner, on_create = this.created(conn), next = this.end)]
                own: View,
                end: End,
            }

            impl OrderFlow {
                fn not_bob(user: &dyn User) -> bool {
                    user.id() != "bob"
                }

                /// What it finds in the database: its own row, with its owner.
                fn created(a: &mut Activation<Self>, conn: &mut Db) -> Step {
                    use flow_core::schema::flow_task;
                    let id = a.task.id();
                    let row = flow_task::table.filter(flow_task::process_id.eq(id.process())).filter(flow_task::number.eq(id.number()));
                    let owner: Option<String> = row.select(flow_task::owner).first(conn)?;
                    if a.process.fail() {
                        return Err("the board cannot be told".into());
                    }
                    let told = format!("{} of {}", a.task.node(), owner.unwrap_or_else(|| "nobody".to_owned()));
                    let told = [a.process.told(), &[told]].concat();
                    a.process.set_told(told);
                    Ok(())
                }
            }

            static FLOWS: Flows<Db> = flows![OrderFlow, LedgerFlow];

            /// With permissions beside those that these people have.
            struct With(Person, &'static [&'static str]);

            impl User for With {
                fn id(&self) -> &str { self.0.id() }
                fn may(&self, permission: &Permission) -> bool { self.1.contains(&permission.name()) }
            }

            fn form(fail: bool) -> OrderForm {
                OrderForm { amount: 5, fail }
            }

            fn order(conn: &mut Db, id: i64) -> OrderProcess {
                OrderFlow.processes().by_id(id).first(conn).unwrap()
            }

            fn open(conn: &mut Db, id: i64) -> Task {
                FLOWS.find_tasks().of(id).open().load(conn).unwrap().rows.into_iter().map(|row| row.task().clone()).find(|task| task.host().is_none()).unwrap()
            }

            #[test]
            fn a_start_is_available_to_some_and_needs_its_permission_besides() {
                let mut conn: Db = $database;
                assert!(OrderFlow.start.run(&mut conn, &ALICE, form(false)).is_ok(), "no other rule was given");
                let refused = OrderFlow.start.run(&mut conn, &BOB, form(false)).map(drop).unwrap_err();
                assert_eq!(refused.to_string(), "`bob` may not start `keys_order.start`: it is not available to them");
                assert_eq!(OrderFlow.start.check(&BOB).unwrap_err().kind(), ErrorKind::Denied);
                assert_eq!(FLOWS.get("keys_order").unwrap().may_start("start", &BOB).unwrap_err().kind(), ErrorKind::Denied);
                assert!(OrderFlow.start.run(&mut conn, &CODE, form(false)).is_ok());
                for (user, may) in [(&With(ALICE, &["urgent"]), true), (&With(ALICE, &[]), false), (&With(BOB, &["urgent"]), false)] {
                    assert_eq!(OrderFlow.urgent.check(user).is_ok(), may, "{}", user.id());
                }
            }

            #[test]
            fn nodes_that_say_nothing_have_the_permission_of_the_flow() {
                let mut conn: Db = $database;
                let names: Vec<String> = FLOWS.get("keys_order").unwrap().graph().nodes.iter().map(|node| node.name.to_owned()).collect();
                let asked: Vec<(String, String)> = FLOWS.permissions().filter(|permission| permission.flow() == "keys_order").map(|permission| (permission.node().to_owned(), permission.name().to_owned())).collect();
                let expected = [("urgent", "urgent"), ("import", "import"), ("check", "staff"), ("later", "keys_order.later")];
                assert_eq!(asked, expected.map(|(node, name)| (node.to_owned(), name.to_owned())), "{names:?}");
                let id = OrderFlow.start.run(&mut conn, &ALICE, form(false)).unwrap().id();
                let check = open(&mut conn, id).id();
                assert_eq!(OrderFlow.check.assign(&mut conn, check, &MONA).unwrap_err().kind(), ErrorKind::Denied, "managers are not meant");
                let staff = With(CAROL, &["staff"]);
                assert_eq!(FLOWS.queue(&mut conn, &staff).unwrap().len(), 1);
                OrderFlow.check.assign(&mut conn, check, &staff).unwrap();
                OrderFlow.check.execute(&mut conn, check, &staff, CheckForm { city: "Bonn".to_owned() }).unwrap();
                // `own` is assigned by the flow, which is a rule of its own.
                let own = open(&mut conn, id);
                assert_eq!((own.node(), own.owner()), ("own", Some("carol")));
                assert_eq!(FLOWS.reassign(&mut conn, own.id(), &With(BOB, &["staff"]), &With(BOB, &["staff"])).unwrap_err().kind(), ErrorKind::Denied);
            }

            #[test]
            fn on_create_runs_once_for_each_task_when_it_is_written_and_assigned() {
                let mut conn: Db = $database;
                let clock = TestClock::install();
                let id = OrderFlow.start.run(&mut conn, &ALICE, form(false)).unwrap().id();
                assert_eq!(order(&mut conn, id).told(), ["check of nobody"]);
                let check = open(&mut conn, id).id();
                FLOWS.cancel_task(&mut conn, check, &MONA).unwrap();
                let again = FLOWS.revive(&mut conn, check, &MONA).unwrap();
                assert_eq!(again.status(), TaskStatus::New);
                clock.advance(days(1));
                FLOWS.run_until_idle(&mut conn).unwrap();
                assert_eq!(order(&mut conn, id).told(), ["check of nobody", "check of nobody", "later by nobody"]);
                assert_eq!(FLOWS.check_deep(&mut conn).unwrap(), []);

                let id = OrderFlow.start.run(&mut conn, &ALICE, form(false)).unwrap().id();
                let staff = With(CAROL, &["staff"]);
                let check = open(&mut conn, id).id();
                OrderFlow.check.assign(&mut conn, check, &staff).unwrap();
                OrderFlow.check.execute(&mut conn, check, &staff, CheckForm { city: "Kiel".to_owned() }).unwrap();
                assert_eq!(order(&mut conn, id).told(), ["check of nobody", "own of carol"]);
            }

            #[test]
            fn what_fails_when_a_task_is_made_undoes_the_step_or_puts_the_task_in_error() {
                let mut conn: Db = $database;
                let refused = OrderFlow.start.run(&mut conn, &ALICE, form(true)).map(drop).unwrap_err();
                assert_eq!(refused.to_string(), "`check` failed: the board cannot be told");
                assert_eq!(FLOWS.find_processes().count(&mut conn, 10).unwrap(), 0, "nothing was written");

                let clock = TestClock::install();
                let id = OrderFlow.start.run(&mut conn, &ALICE, form(false)).unwrap().id();
                let mut process = order(&mut conn, id);
                process.set_fail(true);
                process.save(&mut conn).unwrap();
                let check = open(&mut conn, id).id();
                let staff = With(CAROL, &["staff"]);
                OrderFlow.check.assign(&mut conn, check, &staff).unwrap();
                let form = CheckForm { city: "Kiel".to_owned() };
                let refused = OrderFlow.check.execute(&mut conn, check, &staff, form).map(drop).unwrap_err();
                assert_eq!(refused.to_string(), "`own` failed: the board cannot be told");
                assert_eq!((open(&mut conn, id).id(), order(&mut conn, id).city()), (check, ""));

                clock.advance(days(1));
                FLOWS.run_until_idle(&mut conn).unwrap();
                let later = open(&mut conn, id);
                assert_eq!((later.node(), later.status(), later.error()), ("later", TaskStatus::Error, Some("nobody is there")));
                assert_eq!(order(&mut conn, id).told(), ["check of nobody"]);
                let mut process = order(&mut conn, id);
                process.set_fail(false);
                process.save(&mut conn).unwrap();
                FLOWS.retry(&mut conn, later.id(), &MONA).unwrap();
                assert_eq!(open(&mut conn, id).status(), TaskStatus::New);
                assert_eq!(order(&mut conn, id).told(), ["check of nobody", "later by mona"]);
                assert_eq!(FLOWS.check_deep(&mut conn).unwrap(), []);
            }

            fn fields(conn: &mut Db, id: i64) -> Vec<(String, Vec<String>)> {
                let rows = FLOWS.history(conn, id).unwrap();
                rows.iter().map(|row| (row.action().to_owned(), row.fields().into_iter().map(|field| field.name).collect())).collect()
            }

            #[test]
            fn the_audit_names_the_fields_that_a_step_and_a_save_changed() {
                let mut conn: Db = $database;
                let id = OrderFlow.start.run(&mut conn, &ALICE, form(false)).unwrap().id();
                let staff = With(CAROL, &["staff"]);
                let check = open(&mut conn, id).id();
                OrderFlow.check.assign(&mut conn, check, &staff).unwrap();
                OrderFlow.check.execute(&mut conn, check, &staff, CheckForm { city: "Kiel".to_owned() }).unwrap();
                let mut process = order(&mut conn, id);
                process.set_amount(6);
                process.set_fail(false);
                process.save(&mut conn).unwrap();
                process.save(&mut conn).unwrap();
                process.set_amount(7);
                process.save_as(&mut conn, &BOB.because("a typing error")).unwrap();
                let expected = [("start", &[][..]), ("assign", &[]), ("execute", &["city", "told"]), ("save", &["amount"]), ("save", &["amount"])];
                let named = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
                assert_eq!(fields(&mut conn, id), expected.map(|(verb, names)| (verb.to_owned(), named(names))));
                let rows = FLOWS.history(&mut conn, id).unwrap();
                assert!(rows.iter().flat_map(|row| row.fields()).all(|field| field.values.is_none()));
                let last = rows.last().unwrap();
                assert_eq!((last.actor(), last.note(), last.version()), ("bob", Some("a typing error"), process.row().version()));
                assert_eq!(rows[3].actor(), "code");
                assert_eq!(FLOWS.check_deep(&mut conn).unwrap(), []);
            }

            #[flow(process = OrderProcess, connection = Db, name = "keys_ledger", audit = values)]
            pub struct LedgerFlow {
                #[node(form = LedgerForm { amount, pin, account }, permission(anyone), next = this.wait)]
                start: Start,
                #[node(delay = hours(1), next = this.count)]
                wait: Timer,
                #[node(run = this.count_up(conn), next = this.end)]
                count: Function,
                end: End,
            }

            impl LedgerFlow {
                /// Sets a field, has it written, and fails: it is rolled back, and the audit says nothing of it.
                fn count_up(a: &mut Activation<Self>, _conn: &mut Db) -> Step {
                    a.process.set_amount(a.process.amount() + 1);
                    if a.process.fail() { Err("full".into()) } else { Ok(()) }
                }
            }

            #[test]
            fn with_values_the_audit_has_them_but_for_secrets_and_not_what_was_rolled_back() {
                let mut conn: Db = $database;
                let clock = TestClock::install();
                let account = Account { iban: "CH93".to_owned(), pin: Secret::new("1234".to_owned()) };
                let form = LedgerForm { amount: 5, pin: Some(Secret::new("9876".to_owned())), account: Some(account) };
                let mut process = LedgerFlow.start.run(&mut conn, &ALICE, form).unwrap();
                let id = process.id();
                process.set_fail(true);
                process.save(&mut conn).unwrap();
                clock.advance(hours(1));
                FLOWS.run_until_idle(&mut conn).unwrap();
                let rows = FLOWS.history(&mut conn, id).unwrap();
                let values = |row: &flow_core::AuditRow| -> Vec<(String, Option<(Value, Value)>)> {
                    row.fields().into_iter().map(|field| (field.name, field.values)).collect()
                };
                let of = |verb: &str| rows.iter().rev().find(|row| row.action() == verb).unwrap();
                assert_eq!(values(of("start")), [
                    ("account".to_owned(), None),
                    ("amount".to_owned(), Some((Value::Null, json!(5)))),
                    ("pin".to_owned(), None),
                ]);
                assert_eq!(values(of("timeout")), [], "what was rolled back was not changed");
                let shown = serde_json::to_string(&rows).unwrap();
                assert!(!shown.contains("1234") && !shown.contains("9876") && !shown.contains("CH93"), "{shown}");

                let mut process = LedgerFlow.processes().by_id(id).first(&mut conn).unwrap();
                process.set_fail(false);
                process.save(&mut conn).unwrap();
                let failed = FLOWS.tasks(&mut conn, id).unwrap().into_iter().find(|task| task.status() == TaskStatus::Error).unwrap();
                FLOWS.retry(&mut conn, failed.id(), &MONA).unwrap();
                let rows = FLOWS.history(&mut conn, id).unwrap();
                assert_eq!(values(rows.last().unwrap()), [("amount".to_owned(), Some((json!(5), json!(6))))]);
            }
            }
        }
    };
}
