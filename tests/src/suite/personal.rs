//! What one person puts off, and what they have half filled in.

/// The cases of snoozed tasks and drafts, on a back end.
#[macro_export]
macro_rules! personal_suite {
    ($connection:ty, $database:expr) => {
        mod personal {
            $crate::cases! {
            use flow_core::form::Sent;
            use flow_core::prelude::*;
            use flow_core::schema::flow_draft;
            use flow_core::test_util::TestClock;
            use flow_core::{ErrorKind, Secret};
            use $crate::app::{ALICE, BOB, CAROL};

            type Db = $connection;

            #[derive(ProcessProxy)]
            pub struct ClaimProcess {
                process: Process,
                #[json(default)]
                amount: i64,
                #[json(default, blank)]
                reason: String,
                #[json(default)]
                urgent: bool,
                pin: Option<Secret<String>>,
            }

            #[flow(process = ClaimProcess, connection = Db, name = "claim")]
            pub struct ClaimFlow {
                #[node(permission(anyone), next = this.fill)]
                start: Start,
                #[node(form = FillForm { amount, reason, urgent, pin }, permission("can_sign"), next = this.end)]
                fill: View,
                end: End,
            }

            static FLOWS: Flows<Db> = flows![ClaimFlow];

            fn started(conn: &mut Db) -> TaskId {
                let id = ClaimFlow.start.run(conn, &ALICE, ()).unwrap().id();
                ClaimFlow.fill.tasks().of(id).one(conn).unwrap().id()
            }

            fn form(amount: i64) -> FillForm {
                FillForm { amount, reason: "taxi".into(), urgent: false, pin: None }
            }

            #[test]
            fn a_snoozed_task_is_hidden_from_one_person_until_then() {
                let mut conn: Db = $database;
                let clock = TestClock::install();
                let task = started(&mut conn);
                let later = clock.now() + days(2);
                FLOWS.snooze(&mut conn, task, &BOB, clock.now() + days(1)).unwrap();
                FLOWS.snooze(&mut conn, task, &BOB, later).unwrap();
                let queue = |conn: &mut Db, user: &dyn User| FLOWS.queue(conn, user).unwrap().len();
                assert_eq!((queue(&mut conn, &BOB), queue(&mut conn, &CAROL)), (0, 1));
                clock.advance(days(1));
                assert_eq!(queue(&mut conn, &BOB), 0);
                clock.advance(days(1));
                assert_eq!(queue(&mut conn, &BOB), 1);
                ClaimFlow.fill.assign(&mut conn, task, &BOB).unwrap();
                FLOWS.snooze(&mut conn, task, &BOB, clock.now() + days(1)).unwrap();
                assert_eq!(FLOWS.inbox(&mut conn, &BOB).unwrap().len(), 0);
                FLOWS.snooze(&mut conn, task, &BOB, clock.now()).unwrap();
                assert_eq!(FLOWS.inbox(&mut conn, &BOB).unwrap().len(), 1, "a time that has passed shows it again");
                assert_eq!(FLOWS.history(&mut conn, task.process()).unwrap().len(), 2, "nothing else changed");
            }

            #[test]
            fn who_may_not_do_a_task_cannot_put_it_off_nor_save_a_draft() {
                let mut conn: Db = $database;
                let task = started(&mut conn);
                let soon = flow_core::clock::now() + days(1);
                let kind = |error: flow_core::Error| error.kind();
                assert_eq!(kind(FLOWS.snooze(&mut conn, task, &ALICE, soon).unwrap_err()), ErrorKind::Denied);
                assert_eq!(kind(FLOWS.draft(&mut conn, task, &ALICE, Sent::Json(b"{}")).unwrap_err()), ErrorKind::Denied);
                let start = TaskId::new(task.process(), 1);
                assert_eq!(kind(FLOWS.snooze(&mut conn, start, &BOB, soon).unwrap_err()), ErrorKind::NotFound);
                ClaimFlow.fill.assign(&mut conn, task, &BOB).unwrap();
                ClaimFlow.fill.execute(&mut conn, task, &BOB, form(1)).unwrap();
                assert_eq!(kind(FLOWS.snooze(&mut conn, task, &BOB, soon).unwrap_err()), ErrorKind::Conflict);
                assert_eq!(kind(FLOWS.draft(&mut conn, task, &BOB, Sent::Json(b"{}")).unwrap_err()), ErrorKind::Conflict);
            }

            #[test]
            fn a_draft_is_kept_as_it_is_for_one_person_and_gone_with_execute() {
                let mut conn: Db = $database;
                let task = started(&mut conn);
                FLOWS.draft(&mut conn, task, &CAROL, Sent::Json(br#"{"amount": "many", "reason": null}"#)).unwrap();
                FLOWS.draft(&mut conn, task, &BOB, Sent::Urlencoded(b"amount=12&reason=taxi&urgent=on&pin=1234")).unwrap();
                FLOWS.draft(&mut conn, task, &BOB, Sent::Urlencoded(b"amount=1x&reason=%00train&pin=1234")).unwrap();
                let values = FLOWS.values_for(&mut conn, task, &BOB).unwrap();
                assert_eq!((&values["amount"], &values["reason"]), (&"1x".into(), &"\u{fffd}train".into()));
                assert_eq!((&values["urgent"], values.get("pin")), (&false.into(), None), "a secret is not kept");
                assert_eq!(FLOWS.values_for(&mut conn, task, &CAROL).unwrap()["amount"], "many");
                assert_eq!(FLOWS.values(&mut conn, task).unwrap()["amount"], 0);
                let fields = FLOWS.form(&mut conn, task, &BOB).unwrap();
                assert_eq!((fields[0].texts(), fields[1].texts()), (vec!["1x".to_owned()], vec!["\u{fffd}train".to_owned()]));
                let count = |conn: &mut Db| flow_draft::table.count().get_result::<i64>(conn).unwrap();
                assert_eq!(count(&mut conn), 2);
                FLOWS.discard_draft(&mut conn, task, &CAROL).unwrap();
                assert_eq!(count(&mut conn), 1);
                ClaimFlow.fill.assign(&mut conn, task, &BOB).unwrap();
                assert_eq!(count(&mut conn), 1);
                ClaimFlow.fill.execute(&mut conn, task, &BOB, form(7)).unwrap();
                assert_eq!(count(&mut conn), 0);
            }

            #[test]
            fn a_draft_takes_the_fields_of_the_form_alone() {
                let mut conn: Db = $database;
                let task = started(&mut conn);
                let refused = FLOWS.draft(&mut conn, task, &BOB, Sent::Json(br#"{"amount": 1, "owner": "bob"}"#)).unwrap_err();
                assert_eq!(refused.to_string(), "not valid: `owner` is not a field of this form");
                let long = format!("{{\"reason\": \"{}\"}}", "x".repeat(2 << 20));
                assert_eq!(FLOWS.draft(&mut conn, task, &BOB, Sent::Json(long.as_bytes())).unwrap_err().kind(), ErrorKind::Invalid);
                assert_eq!(flow_draft::table.count().get_result::<i64>(&mut conn).unwrap(), 0);
            }
            }
        }
    };
}
