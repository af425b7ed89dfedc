//! State machines of the app's own rows.

/// The cases of `#[states]`, on a back end.
#[macro_export]
macro_rules! states_suite {
    ($connection:ty, $database:expr) => {
        mod states {
            $crate::cases! {
            use flow_core::data::Document;
            use flow_core::data::sql_types::Json;
            use flow_core::prelude::*;
            use flow_core::test_util::TestClock;
            use flow_core::{Error, ErrorKind};
            use $crate::app::{ALICE, BOB, CAROL, MONA};

            type Db = $connection;

            diesel::table! { reviews (id) { id -> Integer, stage -> Text, text -> Text, } }
            diesel::table! {
                use diesel::sql_types::*;
                use super::Json;
                orders (id) { id -> Text, data -> Json, }
            }

            #[derive(States, Clone, Copy, Debug, PartialEq, Eq)]
            pub enum Stage {
                New,
                Approved,
                Rejected,
                /// Seen by all.
                Published,
                #[state(end)]
                Removed,
            }

            /// A review, whose stage has a column.
            #[derive(diesel::Queryable, diesel::Selectable, diesel::AsChangeset, $crate::serde::Serialize, Debug, Clone)]
            #[serde(crate = "flow_tests::serde")]
            #[diesel(table_name = reviews)]
            pub struct Review { pub id: i32, pub stage: State<Stage>, pub text: String }

            #[states(Stage, field = stage, table = reviews, log = values)]
            impl Review {
                /// Approve it
                #[transition(from(New, Rejected), to = Approved, permission("can_sign"), when(this.has_text, "the text is missing"))]
                pub fn approve(&mut self) {}

                #[transition(from(New), to = Rejected, permission("can_sign"))]
                pub fn reject(&mut self, why: &str) -> Step {
                    if why.is_empty() { return Err("say why".into()); }
                    self.text = format!("{}: {why}", self.text);
                    Ok(())
                }

                #[transition(from(Approved), to = Published, permission(this.is_other), when = this.is_short)]
                pub fn publish(&mut self) -> Step<usize> { Ok(self.text.len()) }

                /// Taken in one go.
                #[transition(from(New), to = Approved, permission(anyone))]
                pub fn express(&mut self, person: &dyn User) -> flow_core::Result<usize> {
                    assert_eq!(self.stage, Stage::Approved, "set before the body");
                    self.text.push('!');
                    self.by(person).publish()
                }

                #[transition(from(any), to = Removed, label = "Take away")]
                pub fn remove(&mut self) { assert!(self.text != "panic"); }

                #[transition(from(Removed), permission(auto))]
                pub fn burn(&mut self) {}

                fn has_text(&self) -> bool { !self.text.is_empty() }
                fn is_other(&self, user: &dyn User) -> bool { user.id() != "alice" }
                fn is_short(&self) -> Result<(), String> {
                    if self.text.len() < 20 { Ok(()) } else { Err(format!("{} letters are too many", self.text.len())) }
                }
            }

            #[derive(diesel::Queryable, diesel::Selectable, Debug, Clone)]
            #[diesel(table_name = orders)]
            pub struct OrderRow { pub id: String, pub data: Document }

            #[derive(States, Clone, Copy, Debug, PartialEq, Eq)]
            pub enum Delivery { #[state(value = "open")] Waiting, #[state(end)] Sent }

            /// An order, whose delivery is in its document.
            #[derive(JsonProxy, Debug, Clone)]
            #[proxy(table = orders, column = data)]
            pub struct Order { #[proxy(row)] order: OrderRow, delivery: State<Delivery>, #[json(default)] parcels: i64 }

            #[states(Delivery, field = delivery)]
            impl Order {
                #[transition(from(Waiting), to = Sent, permission(anyone), when(|order| order.parcels() < 3, "too many parcels"))]
                pub fn send(&mut self) { self.set_parcels(self.parcels() + 1); }
            }

            diesel::table! { drafts (code) { code -> Text, stage -> Text, text -> Text, revision -> Integer, } }

            /// A row whose key is a text, with a column that counts changes.
            #[derive(diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset, Debug, Clone)]
            #[diesel(table_name = drafts, primary_key(code))]
            pub struct Draft { pub code: String, pub stage: State<Stage>, pub text: String, pub revision: i32 }

            #[states(Stage, field = stage, table = drafts, key = code, version = revision)]
            impl Draft {
                #[transition(from(New), permission(anyone))]
                pub fn amend(&mut self, text: String) { self.text = text; }
                /// Arguments can have any names.
                #[transition(from(New), permission(anyone))]
                #[allow(clippy::too_many_arguments)]
                pub fn note(&mut self, row: i64, at: i64, given: String, name: &str, arguments: Option<i64>, conn: bool, db: &mut Db) -> Step {
                    self.text = format!("{row} {at} {given} {name} {arguments:?} {conn} {}", drafts::table.count().get_result::<i64>(db)?);
                    Ok(())
                }
                #[transition(from(New), to = Approved, permission(anyone))]
                pub fn approve(&mut self) {}
                #[transition(from(any), to = Rejected)]
                pub fn reject(&mut self) {}
                #[transition(from(Approved), to = Published)]
                pub fn publish(&mut self) {}
                #[transition(from(any), to = Removed)]
                pub fn remove(&mut self) {}
            }

            /// The same table, and a version that `AsChangeset` does not write.
            #[derive(diesel::Queryable, diesel::Selectable, diesel::AsChangeset, Debug)]
            #[diesel(table_name = drafts, primary_key(code))]
            pub struct Unraised {
                pub code: String,
                pub stage: State<Stage>,
                #[diesel(skip_update)]
                pub revision: i32,
            }

            #[states(Stage, field = stage, table = drafts, key = code, version = revision)]
            impl Unraised {
                #[transition(from(New), to = Approved, permission(anyone))]
                pub fn approve(&mut self) {}
                #[transition(from(any), to = Rejected)]
                pub fn reject(&mut self) {}
                #[transition(from(Approved), to = Published)]
                pub fn publish(&mut self) {}
                #[transition(from(any), to = Removed)]
                pub fn remove(&mut self) {}
            }

            fn draft(conn: &mut Db, code: &str) -> Draft {
                drafts::table.find(code).select(Draft::as_select()).first(conn).unwrap()
            }

            fn database() -> Db {
                let mut conn: Db = $database;
                let sqlite = std::any::TypeId::of::<Db>() == std::any::TypeId::of::<diesel::SqliteConnection>();
                let json = if sqlite { "text" } else { "jsonb" };
                diesel::connection::SimpleConnection::batch_execute(&mut conn, &format!(
                    "create table reviews (id integer primary key, stage text not null, text text not null);
                     create table orders (id text primary key, data {json} not null);
                     create table drafts (code text primary key, stage text not null, text text not null, revision integer not null);
                     insert into reviews values (1, 'new', 'fine'), (2, 'new', '');
                     insert into orders values ('A-1', '{{}}');",
                )).unwrap();
                conn
            }

            fn review(conn: &mut Db, id: i32) -> Review {
                reviews::table.find(id).select(Review::as_select()).first(conn).unwrap()
            }

            #[test]
            fn case_81_the_state_is_set_before_the_body_and_transitions_chain() {
                let conn = &mut database();
                let mut row = review(conn, 1);
                assert_eq!(row.by(&ALICE).express(&BOB).unwrap(), 5);
                row.save(conn).unwrap();
                assert_eq!(review(conn, 1).stage, Stage::Published);
                let log = row.transitions(conn).unwrap();
                let told: Vec<_> = log.iter().map(|row| (row.transition(), row.source(), row.target(), row.actor())).collect();
                assert_eq!(told, [("express", "new", "approved", "alice"), ("publish", "approved", "published", "bob")]);
            }

            #[test]
            fn case_81_an_error_or_a_panic_in_the_body_leaves_the_state() {
                let conn = &mut database();
                let mut row = review(conn, 1);
                let error = row.by(&BOB).reject("").unwrap_err();
                assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Step, "`reject` failed: say why"));
                assert_eq!(row.stage, Stage::New);
                // A transition inside is undone with the one around it.
                row.text = "much longer than allowed".into();
                assert_eq!(row.by(&ALICE).express(&BOB).unwrap_err().kind(), ErrorKind::Step);
                assert_eq!(row.stage, Stage::New);
                row.text = "panic".into();
                let taken = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| row.by(&MONA).remove()));
                assert!(taken.is_err());
                assert_eq!(row.stage, Stage::New);
                row.save(conn).unwrap();
                assert!(row.transitions(conn).unwrap().is_empty());
            }

            #[test]
            fn case_81_a_transition_from_another_state_or_without_its_condition_is_not_allowed() {
                let conn = &mut database();
                let mut row = review(conn, 2);
                let ways = Review::TRANSITIONS;
                assert!(!row.can(ways.approve) && row.can(ways.reject) && !row.can(ways.publish));
                let error = row.by(&BOB).approve().unwrap_err();
                assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Conflict, "`approve` is not allowed: the text is missing"));
                let error = row.by(&BOB).publish().unwrap_err();
                assert_eq!(error.to_string(), "`publish` is not allowed: `review` is `new`");
                row.text = "x".repeat(30);
                row.by(&BOB).approve().unwrap();
                assert_eq!(row.by(&BOB).publish().unwrap_err().to_string(), "`publish` is not allowed: 30 letters are too many");
            }

            #[test]
            fn case_81_without_a_rule_only_managers_may_and_with_anyone_all() {
                let conn = &mut database();
                let mut row = review(conn, 1);
                let ways = Review::TRANSITIONS;
                assert!(!row.may(ways.remove, &BOB) && row.may(ways.remove, &MONA) && row.may(ways.remove, &System("code")));
                assert!(row.may(ways.express, &ALICE));
                assert!(row.may(ways.publish, &BOB) && !row.may(ways.publish, &ALICE), "a method decides");
                assert!(!row.may(ways.burn, &BOB), "review.burn");
                let error = row.by(&ALICE).approve().unwrap_err();
                assert_eq!(error.to_string(), "`alice` may not approve `review`: the permission `can_sign` is missing");
                assert_eq!(error.kind(), ErrorKind::Denied);
            }

            #[test]
            fn what_is_available_says_why_it_is_refused() {
                let conn = &mut database();
                let mut row = review(conn, 2);
                let told = |row: &Review, user: &dyn User| {
                    let each = row.available(user).into_iter().map(|offer| {
                        (offer.transition.name, offer.to, offer.refusal.map(|refusal| refusal.to_string()))
                    });
                    each.collect::<Vec<_>>()
                };
                let managers = Some("it has no permission, so only managers may".to_owned());
                assert_eq!(told(&row, &BOB), [
                    ("approve", Some(Stage::Approved), Some("the text is missing".to_owned())),
                    ("reject", Some(Stage::Rejected), None),
                    ("express", Some(Stage::Approved), None),
                    ("remove", Some(Stage::Removed), managers),
                ]);
                // From any state, its own target included, where it is not offered.
                row.by(&MONA).remove().unwrap();
                row.by(&MONA).remove().unwrap();
                assert_eq!(told(&row, &System("code")), [("burn", None, None)]);
            }

            #[test]
            fn a_transition_is_taken_by_its_name_with_arguments_from_json() {
                use serde_json::{Value, json};
                let conn = &mut database();
                let mut row = review(conn, 1);
                let names: Vec<&str> = Review::MACHINE.transitions.iter().map(|transition| transition.name).collect();
                assert_eq!(names, ["approve", "reject", "publish", "express", "remove", "burn"]);
                assert!(row.can(Review::transition("reject").unwrap()) && Review::transition("fly").is_none());
                let mut refused = |user: &dyn User, name: &str, given: Value| {
                    let error = row.by(user).call(name, &given, &mut ()).unwrap_err();
                    assert_eq!(row.stage, Stage::New);
                    (error.kind(), error.to_string())
                };
                assert_eq!(refused(&BOB, "fly", Value::Null), (ErrorKind::NotFound, "there is no transition `fly` of `review`".to_owned()));
                for given in [Value::Null, json!({}), json!({"why": 7}), json!({"why": "dull", "because": "x"}), json!(["dull"])] {
                    assert_eq!(refused(&BOB, "reject", given.clone()).0, ErrorKind::Invalid, "{given}");
                    // Who may not hears nothing of arguments.
                    assert_eq!(refused(&ALICE, "reject", given).0, ErrorKind::Denied);
                }
                let (kind, text) = refused(&ALICE, "express", Value::Null);
                assert!(kind == ErrorKind::Misuse && text.contains("`person` cannot be read from JSON"), "{text}");
                assert_eq!(refused(&BOB, "publish", Value::Null).0, ErrorKind::Conflict);
                row.by(&BOB).because("as agreed").call("reject", &json!({"why": "dull"}), conn).unwrap();
                row.by(&BOB).call("approve", &Value::Null, conn).unwrap();
                row.save(conn).unwrap();
                let log = row.transitions(conn).unwrap();
                let told: Vec<_> = log.iter().map(|entry| (entry.transition(), entry.actor(), entry.note())).collect();
                assert_eq!(told, [("reject", "bob", Some("as agreed")), ("approve", "bob", None)]);
                assert_eq!(review(conn, 1).text, "fine: dull");
            }

            #[test]
            fn a_save_writes_the_row_and_its_log_or_neither() {
                let conn = &mut database();
                let _clock = TestClock::install();
                let mut row = review(conn, 1);
                row.by(&BOB).because("unclear").reject("too short").unwrap();
                row.save(conn).unwrap();
                let log = row.transitions(conn).unwrap();
                let [entry] = log.as_slice() else { panic!("{log:?}") };
                assert_eq!((entry.machine(), entry.row_key(), entry.note()), ("review", "1", Some("unclear")));
                assert_eq!(entry.at(), flow_core::clock::now());
                let json: serde_json::Value = serde_json::to_value(entry).unwrap();
                assert_eq!(json["fields"], serde_json::json!({"text": ["fine", "fine: too short"]}));
                // Inside a transaction of the caller's.
                let rolled_back: Result<(), Error> = diesel::Connection::transaction(conn, |conn| {
                    row.by(&BOB).approve()?;
                    row.save(conn)?;
                    Err(diesel::result::Error::RollbackTransaction.into())
                });
                assert!(rolled_back.is_err());
                assert_eq!(review(conn, 1).stage, Stage::Rejected);
                assert_eq!(Review::transitions_of(conn, 1).unwrap().len(), 1);
            }

            #[test]
            fn a_transition_costs_one_select_and_two_writes() {
                use diesel::connection::{Connection as _, InstrumentationEvent};
                static WORDS: std::sync::Mutex<Vec<String>> = std::sync::Mutex::new(Vec::new());
                let mut conn = database();
                conn.set_instrumentation(|event: InstrumentationEvent<'_>| {
                    if let InstrumentationEvent::StartQuery { query, .. } = event {
                        let text = query.to_string().to_lowercase();
                        WORDS.lock().unwrap().extend(text.split_whitespace().next().map(str::to_owned));
                    }
                });
                let mut row = review(&mut conn, 1);
                row.by(&CAROL).approve().unwrap();
                row.save(&mut conn).unwrap();
                let in_a_column = std::mem::take(&mut *WORDS.lock().unwrap());
                let rows = orders::table.select(Order::as_select());
                let mut order: Order = rows.first(&mut conn).unwrap();
                order.by(&BOB).send().unwrap();
                order.save(&mut conn).unwrap();
                let in_a_document = std::mem::take(&mut *WORDS.lock().unwrap());
                conn.set_instrumentation(|_: InstrumentationEvent<'_>| ());
                for words in [in_a_column, in_a_document] {
                    let count = |of: &[&str]| words.iter().filter(|word| of.contains(&word.as_str())).count();
                    assert_eq!(count(&["select"]), 1, "{words:?}");
                    assert_eq!(count(&["update", "insert"]), 2, "{words:?}");
                    assert!(words.iter().all(|word| ["select", "update", "insert", "begin", "commit"].contains(&word.as_str())), "{words:?}");
                }
            }

            #[test]
            fn of_two_who_take_two_transitions_of_one_row_one_wins() {
                let conn = &mut database();
                let (mut one, mut other) = (review(conn, 1), review(conn, 1));
                one.by(&BOB).approve().unwrap();
                other.by(&CAROL).reject("late").unwrap();
                one.save(conn).unwrap();
                let error = other.save(conn).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Conflict);
                let Error::RowConflict(conflict) = error else { panic!("{error}") };
                assert_eq!((conflict.table, conflict.key.as_str(), conflict.state.as_deref(), conflict.by.as_deref()), ("reviews", "1", Some("approved"), Some("bob")));
                assert!(conflict.at.is_some());
                assert_eq!(review(conn, 1).text, "fine");
                assert_eq!(one.transitions(conn).unwrap().len(), 1);
            }

            #[test]
            fn with_a_version_two_changes_that_keep_the_state_are_a_conflict() {
                let conn = &mut database();
                let code = "O'Hara \"1\" \\ $1";
                let new = Draft { code: code.to_owned(), stage: State::default(), text: "a".to_owned(), revision: 7 };
                diesel::insert_into(drafts::table).values(&new).execute(conn).unwrap();
                let (mut one, mut other, stale) = (draft(conn, code), draft(conn, code), draft(conn, code));
                one.by(&BOB).amend("b".to_owned()).unwrap();
                other.by(&CAROL).amend("c".to_owned()).unwrap();
                one.save(conn).unwrap();
                let error = other.save(conn).unwrap_err();
                let text = error.to_string();
                assert!(text.starts_with(&format!("`drafts` {code} was changed by someone else: it is `new`, by bob, since ")), "{text}");
                assert_eq!((other.revision, draft(conn, code).text.as_str()), (7, "b"), "nothing was written");
                assert_eq!(stale.delete(conn).unwrap_err().kind(), ErrorKind::Conflict);
                // The same value again, and without a transition.
                one.by(&BOB).amend("d".to_owned()).unwrap();
                one.save(conn).unwrap();
                one.text = "e".to_owned();
                one.save(conn).unwrap();
                let now = draft(conn, code);
                assert_eq!((one.revision, now.revision, now.text.as_str()), (10, 10, "e"));
                assert_eq!(Draft::transitions_of(conn, code).unwrap().len(), 2);
                one.delete(conn).unwrap();
                assert_eq!(drafts::table.count().get_result::<i64>(conn).unwrap(), 0);
            }

            #[test]
            fn arguments_of_any_name_are_passed() {
                let conn = &mut database();
                let mut new = Draft { code: "x".to_owned(), stage: State::default(), text: "a".to_owned(), revision: 7 };
                new.by(&BOB).note(1, 2, "3".to_owned(), "4", Some(5), true, conn).unwrap();
                assert_eq!(new.text, "1 2 3 4 Some(5) true 0");
                let given = serde_json::json!({"row": 5, "at": 4, "given": "3", "name": "2", "conn": false});
                new.by(&BOB).call("note", &given, conn).unwrap();
                assert_eq!(new.text, "5 4 3 2 None false 0");
                let error = new.by(&BOB).call("amend", &serde_json::json!({"txt": 1}), conn).unwrap_err();
                assert_eq!(error.to_string(), "not valid: `txt` is not an argument of transition `amend`: it has `text`");
                let error = new.by(&BOB).call("approve", &serde_json::json!({"txt": 1}), conn).unwrap_err();
                assert_eq!(error.to_string(), "not valid: `txt` is not an argument of transition `approve`, which has none");
            }

            #[test]
            fn a_version_that_is_not_written_is_misuse_and_writes_nothing() {
                let conn = &mut database();
                let new = Draft { code: "x".to_owned(), stage: State::default(), text: "a".to_owned(), revision: 1 };
                diesel::insert_into(drafts::table).values(&new).execute(conn).unwrap();
                let mut row: Unraised = drafts::table.select(Unraised::as_select()).first(conn).unwrap();
                row.by(&BOB).approve().unwrap();
                let error = row.save(conn).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Misuse);
                assert!(error.to_string().contains("`AsChangeset` of a row of `drafts` does not write the version `revision`"), "{error}");
                assert_eq!((draft(conn, "x").stage, row.revision), (State::default(), 1));
                assert!(Unraised::transitions_of(conn, "x").unwrap().is_empty());
            }

            #[test]
            fn a_row_with_an_empty_state_is_saved() {
                let conn = &mut database();
                let empty = |conn: &mut Db| diesel::update(reviews::table.find(1)).set(reviews::stage.eq("")).execute(conn).unwrap();
                empty(conn);
                let (mut row, mut other) = (review(conn, 1), review(conn, 1));
                row.text = "fresh".to_owned();
                row.save(conn).unwrap();
                row.by(&BOB).approve().unwrap();
                row.save(conn).unwrap();
                other.by(&CAROL).reject("late").unwrap();
                assert_eq!(other.save(conn).unwrap_err().kind(), ErrorKind::Conflict);
                assert_eq!((review(conn, 1).stage, review(conn, 1).text.as_str()), (row.stage, "fresh"));
            }

            #[test]
            fn a_conflict_with_a_word_that_is_no_state_says_it() {
                let conn = &mut database();
                let mut row = review(conn, 1);
                row.by(&BOB).approve().unwrap();
                diesel::update(reviews::table.find(1)).set(reviews::stage.eq("so \"odd\" \\ it's")).execute(conn).unwrap();
                let Error::RowConflict(conflict) = row.save(conn).unwrap_err() else { panic!() };
                assert_eq!(conflict.state.as_deref(), Some("so \"odd\" \\ it's"));
            }

            #[test]
            fn a_row_is_deleted_with_its_last_transition_logged() {
                let conn = &mut database();
                let mut row = review(conn, 1);
                row.by(&MONA).remove().unwrap();
                row.by(&System("code")).burn().unwrap();
                let stale = review(conn, 1);
                row.delete(conn).unwrap();
                let log = Review::transitions_of(conn, 1).unwrap();
                assert_eq!(log.iter().map(|row| row.transition()).collect::<Vec<_>>(), ["remove", "burn"]);
                assert_eq!(stale.delete(conn).unwrap_err().kind(), ErrorKind::NotFound);
                let mut made = Review { id: 9, stage: State::default(), text: String::new() };
                assert_eq!(made.save(conn).unwrap_err().kind(), ErrorKind::Misuse, "it was never read");
            }

            #[test]
            fn a_word_that_is_no_state_is_an_error_that_names_it() {
                let conn = &mut database();
                diesel::update(reviews::table.find(1)).set(reviews::stage.eq("lost")).execute(conn).unwrap();
                let error = reviews::table.select(Review::as_select()).load::<Review>(conn).unwrap_err();
                let told = std::iter::successors(Some(&error as &dyn std::error::Error), |error| error.source());
                let told: String = told.map(|error| format!("{error}; ")).collect();
                assert!(told.contains("`lost` is not one of the states new, approved"), "{told}");
                diesel::update(reviews::table.find(1)).set(reviews::stage.eq("")).execute(conn).unwrap();
                assert_eq!(review(conn, 1).stage, Stage::New, "an empty text is where rows begin");
            }

            #[test]
            fn case_81_diagrams_list_their_edges_sorted() {
                let text = "Approved  -> Published (publish), Removed (remove)\n\
                            New       -> Approved (approve), Approved (express), Rejected (reject), Removed (remove)\n\
                            Published -> Removed (remove)\n\
                            Rejected  -> Approved (approve), Removed (remove)\n\
                            Removed   -> Removed (burn)\n";
                assert_eq!(Review::diagram(), text);
                let mermaid = Review::mermaid();
                assert!(mermaid.contains("state \"Seen by all\" as s3"), "{mermaid}");
                assert!(mermaid.contains("    s1 --> s3: Publish\n    s1 --> s4: Take away\n"), "{mermaid}");
                assert_eq!(Review::TRANSITIONS.approve.label(), "Approve it");
            }

            #[test]
            fn a_state_in_a_document_is_saved_and_logged_with_it() {
                let conn = &mut database();
                let read = |conn: &mut Db| orders::table.select(Order::as_select()).first::<Order>(conn).unwrap();
                let (mut order, mut other) = (read(conn), read(conn));
                assert_eq!((order.delivery(), order.delivery_display()), (Delivery::Waiting, "Waiting"));
                order.by(&ALICE).send().unwrap();
                other.by(&BOB).send().unwrap();
                order.save(conn).unwrap();
                let Error::RowConflict(conflict) = other.save(conn).unwrap_err() else { panic!() };
                assert_eq!((conflict.state.as_deref(), conflict.by.as_deref()), (Some("sent"), Some("alice")));
                let sent = orders::table.filter(Order::FIELDS.delivery.eq(Delivery::Sent)).count();
                assert_eq!(sent.get_result::<i64>(conn).unwrap(), 1);
                assert_eq!((read(conn).delivery(), read(conn).parcels()), (Delivery::Sent, 1));
                let log = Order::transitions_of(conn, "A-1").unwrap();
                assert_eq!(log.len(), 1);
                assert_eq!(serde_json::to_value(log[0].fields()).unwrap(), serde_json::json!({"parcels": null}), "names alone");
                let mut order = read(conn);
                assert!(!order.can(Order::TRANSITIONS.send));
                assert_eq!(order.by(&ALICE).send().unwrap_err().to_string(), "`send` is not allowed: `order` is `sent`");
            }
            }
        }
    };
}
