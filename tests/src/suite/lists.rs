//! Lists: filters, order, pages, what a page costs, and rows that cannot be read.

/// The cases of lists, on a back end.
#[macro_export]
macro_rules! lists_suite {
    ($connection:ty, $database:expr) => {
        mod lists {
            $crate::cases! {
            use std::sync::atomic::{AtomicUsize, Ordering};

            use diesel::connection::{Connection as _, InstrumentationEvent};
            use flow_core::prelude::*;
            use flow_core::test_util::TestClock;
            use flow_core::{Cursor, ErrorKind, Page, ProcessStatus, TaskOrder, TaskRow, TaskStatus};
            use $crate::app::{ALICE, BOB, MONA};

            type Db = $connection;
            const CODE: System = System("import");

            #[derive(ProcessProxy)]
            pub struct OrderProcess {
                process: Process,
                #[json(default)]
                number: String,
                #[json(default)]
                urgency: i32,
                days: Option<i64>,
            }

            #[flow(process = OrderProcess, connection = Db, name = "order", reference = "{process.number}", summary = "Order {process.number}")]
            pub struct OrderFlow {
                #[node(form = OrderForm { number, urgency, days }, permission(anyone), next = this.check)]
                start: Start,
                /// Check the order
                #[node(permission("can_sign"), priority = |a| a.process.urgency(), due = |a| a.process.days().map(|n| days(n as u64)),
                       summary = "Check {process.number}", next = this.pack)]
                check: View,
                #[node(permission(this.may_pack), next = this.end)]
                pack: View,
                end: End,
            }

            impl OrderFlow {
                fn may_pack(user: &dyn User, a: &Activation<Self>) -> bool {
                    assert_ne!(a.process.number(), "panics");
                    a.process.number().starts_with(user.id())
                }
            }

            #[flow(connection = Db, name = "note")]
            pub struct NoteFlow {
                #[node(permission(anyone), next = this.read)]
                start: Start,
                #[node(permission(anyone), priority = -1, due = hours(1), next = this.end)]
                read: View,
                end: End,
            }

            static FLOWS: Flows<Db> = flows![OrderFlow, NoteFlow];
            static ORDERS: Flows<Db> = flows![OrderFlow];

            fn order(conn: &mut Db, number: &str, urgency: i32, days: Option<i64>) -> i64 {
                OrderFlow.start.run(conn, &ALICE, OrderForm { number: number.into(), urgency, days }).unwrap().id()
            }

            fn open_task(conn: &mut Db, process: i64) -> TaskId {
                FLOWS.tasks(conn, process).unwrap().into_iter().find(|task| task.finished().is_none()).unwrap().id()
            }

            fn processes(page: &Page<TaskRow>) -> Vec<i64> {
                page.rows.iter().map(|row| row.process().id()).collect()
            }

            #[test]
            fn a_row_has_its_title_text_reference_and_process() {
                let mut conn: Db = $database;
                let id = order(&mut conn, "A-17", 3, None);
                let page = FLOWS.find_tasks().queue_of(&BOB).load(&mut conn).unwrap();
                let [row] = page.rows.as_slice() else { panic!("{page:?}") };
                assert_eq!((row.title(), row.brief(), row.reference()), ("Check the order", "Check A-17", Some("A-17")));
                assert_eq!((row.process().id(), row.problem(), row.task().priority()), (id, None, 3));
                assert_eq!((page.next, page.problems.len()), (None, 0));
                let page = FLOWS.find_processes().load(&mut conn).unwrap();
                let [row] = page.rows.as_slice() else { panic!("{page:?}") };
                assert_eq!((row.title(), row.brief(), row.reference(), row.id()), ("Order", "Order A-17", Some("A-17"), id));
            }

            #[test]
            fn the_reference_follows_the_field_with_each_transition() {
                let mut conn: Db = $database;
                let id = order(&mut conn, "A-17", 0, None);
                let mut process = OrderFlow.processes().by_id(id).first(&mut conn).unwrap();
                process.set_number("B\u{2019}18 ".repeat(100));
                process.save(&mut conn).unwrap();
                let task = open_task(&mut conn, id);
                OrderFlow.check.assign(&mut conn, task, &BOB).unwrap();
                OrderFlow.check.execute(&mut conn, task, &BOB, ()).unwrap();
                let reference = FLOWS.process(&mut conn, id).unwrap().reference().unwrap().to_owned();
                assert!(reference.starts_with("B\u{2019}18 B") && reference.chars().count() == 200, "{reference}");
                assert_eq!(FLOWS.find_processes().reference(&reference).load(&mut conn).unwrap().rows.len(), 1);
                assert_eq!(FLOWS.find_processes().reference("A-17").load(&mut conn).unwrap().rows.len(), 0);
                order(&mut conn, " ", 0, None);
                let newest = FLOWS.find_processes().load(&mut conn).unwrap();
                assert_eq!(newest.rows[0].reference(), None, "an empty one is none");
            }

            #[test]
            fn filters_add_up() {
                let mut conn: Db = $database;
                let clock = TestClock::install();
                let old = order(&mut conn, "A-17", 5, Some(1));
                clock.advance(days(3));
                let new = order(&mut conn, "A-18", 1, Some(1));
                let note = NoteFlow.start.run(&mut conn, &BOB, ()).unwrap().id();
                let task = open_task(&mut conn, new);
                OrderFlow.check.assign(&mut conn, task, &BOB).unwrap();
                let find = || FLOWS.find_tasks().open();
                let mut get = |list: flow_core::FindTasks<'_, Db>| processes(&list.load(&mut conn).unwrap());
                assert_eq!(get(find()), [old, new, note]);
                assert_eq!(get(find().flow("order")), [old, new]);
                assert_eq!(get(find().node("read")), [note]);
                assert_eq!(get(find().status(TaskStatus::Assigned)), [new]);
                assert_eq!(get(find().status(TaskStatus::New).flow("order")), [old]);
                assert_eq!(get(find().owner("bob")), [new]);
                assert_eq!(get(find().started_by("alice")), [old, new]);
                assert_eq!(get(find().participant("bob")), [new, note]);
                assert_eq!(get(find().priority_at_least(1)), [old, new]);
                assert_eq!(get(find().priority_at_least(2)), [old]);
                assert_eq!(get(find().older_than(days(1))), [old]);
                assert_eq!(get(find().newer_than(days(1))), [new, note]);
                assert_eq!(get(find().overdue()), [old]);
                assert_eq!(get(find().due_before(clock.now() + hours(2))), [old, note]);
                assert_eq!(get(find().reference("A-18")), [new]);
                assert_eq!(get(find().text("a-1").priority_at_least(2)), [old]);
                assert_eq!(get(find().text(&note.to_string())), [note]);
                assert_eq!(get(find().text("%")), Vec::<i64>::new(), "no pattern");
                assert_eq!(get(find().of(new)), [new]);
                assert_eq!(get(FLOWS.find_tasks().archive_of(&ALICE)), [new, old]);
                assert_eq!(get(FLOWS.find_tasks().inbox_of(&BOB)), [new]);
                assert_eq!(get(FLOWS.find_tasks().queue_of(&BOB).order(TaskOrder::Due)), [old, note]);
                assert_eq!(get(FLOWS.find_tasks().owner("alice").status(TaskStatus::Done)), [old, new]);
                assert_eq!(FLOWS.find_tasks().flow("x").load(&mut conn).unwrap_err().kind(), ErrorKind::NotFound);
                let mut get = |list: flow_core::FindProcesses<'_, Db>| {
                    list.load(&mut conn).unwrap().rows.iter().map(flow_core::ProcessRow::id).collect::<Vec<_>>()
                };
                let find = || FLOWS.find_processes();
                assert_eq!(get(find()), [note, new, old]);
                assert_eq!(get(find().oldest_first().flow("order")), [old, new]);
                assert_eq!(get(find().open().started_by("alice").older_than(days(1))), [old]);
                assert_eq!(get(find().status(ProcessStatus::Done)), Vec::<i64>::new());
                assert_eq!(get(find().participant("bob").text("a-18")), [new]);
                assert_eq!(get(find().ids([old, note]).newer_than(days(1))), [note]);
                assert_eq!(get(find().reference("A-17").open().flow("order")), [old]);
                assert_eq!((find().open().count(&mut conn, 2).unwrap(), find().open().count(&mut conn, 9).unwrap()), (2, 3));
            }

            const F: OrderProcessFields = OrderProcess::FIELDS;

            #[test]
            fn fields_filter_a_list_that_begins_at_the_flow() {
                let mut conn: Db = $database;
                let clock = TestClock::install();
                let first = order(&mut conn, "bob's", 5, Some(1));
                let second = order(&mut conn, "A-18", 1, None);
                let third = order(&mut conn, "carol's", 2, Some(9));
                // An absent key counts as its default: only the flow keeps the notes out.
                let note = NoteFlow.start.run(&mut conn, &BOB, ()).unwrap().id();
                let mut get = |list: flow_core::FindTasks<'_, Db>| processes(&list.load(&mut conn).unwrap());
                let find = || OrderFlow.find_tasks().open();
                assert_eq!(get(find()), [first, second, third]);
                assert_eq!(get(find().filter(F.urgency.lt(5))), [second, third]);
                assert_eq!(get(find().filter(F.urgency.ge(2).and(F.days.is_not_null())).filter(F.number.ne("bob's"))), [third]);
                assert_eq!(get(find().filter(F.number.eq("x").or(F.number.like("A%")))), [second]);
                assert_eq!(get(OrderFlow.find_tasks().queue_of(&BOB).filter(F.urgency.eq_any([2, 5])).order(TaskOrder::Newest)), [third, first]);
                assert_eq!(get(OrderFlow.find_tasks().archive_of(&ALICE).filter(F.days.gt(1))), [third]);
                use flow_core::schema::{flow_process, flow_task};
                assert_eq!(get(find().filter(flow_task::priority.gt(2))), [first], "columns of the row");
                assert_eq!(get(find().filter(flow_process::started_by.eq("bob"))), Vec::<i64>::new());
                assert_eq!(get(FLOWS.find_tasks().open().filter(flow_process::started_by.eq("bob"))), [note]);
                assert_eq!(OrderFlow.find_tasks().open().filter(F.urgency.lt(5)).count(&mut conn, 10).unwrap(), 2);
                let page = find().filter(F.urgency.lt(5)).page_size(1).load(&mut conn).unwrap();
                let page = find().filter(F.urgency.lt(5)).page_size(1).after(page.next.unwrap()).load(&mut conn).unwrap();
                assert_eq!((processes(&page), page.next), (vec![third], None));
                let mut get = |list: flow_core::FindProcesses<'_, Db>| {
                    list.load(&mut conn).unwrap().rows.iter().map(flow_core::ProcessRow::id).collect::<Vec<_>>()
                };
                clock.advance(days(3));
                let find = || OrderFlow.find_processes();
                assert_eq!(get(find()), [third, second, first]);
                assert_eq!(get(find().filter(F.urgency.lt(5)).oldest_first()), [second, third]);
                assert_eq!(get(find().filter(F.number.icontains("BOB")).visible_to(&ALICE)), [first]);
                assert_eq!(get(find().filter(F.days.is_null()).older_than(days(1)).reference("A-18")), [second]);
                let taken = OrderFlow.find_tasks().queue_of(&BOB).filter(F.urgency.ge(2)).assign(&mut conn, &BOB, 10).unwrap();
                assert_eq!(taken.iter().map(|(task, _)| task.process()).collect::<Vec<_>>(), [first, third]);
            }

            #[test]
            fn a_filter_binds_what_it_is_given() {
                let mut conn: Db = $database;
                let id = order(&mut conn, "' or 1 = 1 --", 0, None);
                order(&mut conn, "A-17", 0, None);
                let found = OrderFlow.find_processes().filter(F.number.eq("' or 1 = 1 --")).load(&mut conn).unwrap();
                assert_eq!(found.rows.iter().map(flow_core::ProcessRow::id).collect::<Vec<_>>(), [id]);
                // A value of another type in one row is NULL, and fails no statement.
                change(&mut conn, &format!("update flow_process set data = '{{\"number\": 7}}' where id = {id}"));
                let found = OrderFlow.find_processes().filter(F.number.ne("x")).load(&mut conn).unwrap();
                assert_eq!(found.rows.len(), 1);
            }

            /// Every page, one row after another: each row once, in the order of the whole list.
            fn page_by_page(conn: &mut Db, order: TaskOrder) -> Vec<(i32, Option<Timestamp>, i64)> {
                let (mut rows, mut next) = (Vec::new(), None::<Cursor>);
                loop {
                    let list = FLOWS.find_tasks().queue_of(&BOB).order(order).page_size(2);
                    let page = match next {
                        Some(cursor) => list.after(cursor.to_string().parse().unwrap()).load(conn).unwrap(),
                        None => list.load(conn).unwrap(),
                    };
                    assert!(page.rows.len() <= 2);
                    rows.extend(page.rows.iter().map(|row| (row.task().priority(), row.task().due(), row.process().id())));
                    next = page.next;
                    if next.is_none() {
                        return rows;
                    }
                }
            }

            #[test]
            fn pages_go_on_behind_their_last_row_in_each_order() {
                let mut conn: Db = $database;
                let _clock = TestClock::install();
                for n in 0..7 {
                    order(&mut conn, "x", n % 3, (n % 2 == 0).then_some(i64::from(n % 4)));
                    NoteFlow.start.run(&mut conn, &ALICE, ()).unwrap();
                }
                let oldest = page_by_page(&mut conn, TaskOrder::Oldest);
                assert_eq!(oldest.len(), 14);
                assert!(oldest.is_sorted_by_key(|row| row.2));
                let newest: Vec<_> = page_by_page(&mut conn, TaskOrder::Newest).into_iter().rev().collect();
                assert_eq!(newest, oldest);
                let mut expected = oldest.clone();
                expected.sort_by_key(|row| std::cmp::Reverse(row.0));
                assert_eq!(page_by_page(&mut conn, TaskOrder::Priority), expected);
                let mut expected = oldest;
                expected.sort_by_key(|row| (row.1.is_none(), row.1));
                assert_eq!(page_by_page(&mut conn, TaskOrder::Due), expected);
                let all = FLOWS.find_tasks().queue_of(&BOB).page_size(9_999).load(&mut conn).unwrap();
                assert_eq!((all.rows.len(), all.next), (14, None));
                assert_eq!(FLOWS.find_tasks().queue_of(&BOB).count(&mut conn, 5).unwrap(), 5);
                assert_eq!(FLOWS.find_tasks().queue_of(&BOB).count(&mut conn, 50).unwrap(), 14);
                let of_tasks: Cursor = "priority:1:1.1".parse().unwrap();
                let refused = FLOWS.find_processes().after(of_tasks).load(&mut conn).unwrap_err();
                assert_eq!(refused.kind(), ErrorKind::Invalid);
            }

            #[test]
            fn a_method_is_asked_about_the_rows_of_the_page_alone() {
                let mut conn: Db = $database;
                for n in 0..10 {
                    let name = if n < 6 { "bob" } else { "alice" };
                    let id = order(&mut conn, name, 0, None);
                    let task = open_task(&mut conn, id);
                    OrderFlow.check.assign(&mut conn, task, &BOB).unwrap();
                    OrderFlow.check.execute(&mut conn, task, &BOB, ()).unwrap();
                }
                let page = FLOWS.find_tasks().queue_of(&ALICE).page_size(4).load(&mut conn).unwrap();
                assert_eq!((page.rows.len(), page.next.is_some()), (0, true), "none of these four");
                let page = FLOWS.find_tasks().queue_of(&ALICE).page_size(4).after(page.next.unwrap()).load(&mut conn).unwrap();
                assert_eq!((page.rows.len(), page.next.is_some()), (2, true));
                assert_eq!(FLOWS.queue(&mut conn, &ALICE).unwrap().len(), 4, "the shorthand reads on");
                assert_eq!(FLOWS.queue(&mut conn, &BOB).unwrap().len(), 6);
            }

            static STATEMENTS: AtomicUsize = AtomicUsize::new(0);

            fn counted(conn: &mut Db, ask: impl FnOnce(&mut Db)) -> usize {
                conn.set_instrumentation(|event: InstrumentationEvent<'_>| {
                    if let InstrumentationEvent::StartQuery { query, .. } = event
                        && query.to_string().contains("flow_")
                    {
                        STATEMENTS.fetch_add(1, Ordering::Relaxed);
                    }
                });
                STATEMENTS.store(0, Ordering::Relaxed);
                ask(conn);
                let count = STATEMENTS.load(Ordering::Relaxed);
                conn.set_instrumentation(|_: InstrumentationEvent<'_>| ());
                count
            }

            /// Statements of each list.
            fn cost(conn: &mut Db) -> [usize; 6] {
                let rows = |page: Page<TaskRow>| assert!(!page.rows.is_empty());
                [
                    counted(conn, |conn| rows(FLOWS.find_tasks().queue_of(&BOB).load(conn).unwrap())),
                    counted(conn, |conn| rows(FLOWS.find_tasks().inbox_of(&BOB).load(conn).unwrap())),
                    counted(conn, |conn| rows(FLOWS.find_tasks().archive_of(&BOB).load(conn).unwrap())),
                    counted(conn, |conn| rows(FLOWS.find_tasks().open().load(conn).unwrap())),
                    counted(conn, |conn| assert!(!FLOWS.find_processes().visible_to(&BOB).load(conn).unwrap().rows.is_empty())),
                    counted(conn, |conn| assert!(FLOWS.find_processes().visible_to(&MONA).count(conn, 10).unwrap() > 0)),
                ]
            }

            #[test]
            fn a_page_costs_the_same_statements_whatever_is_in_it() {
                let mut conn: Db = $database;
                let mut more = |conn: &mut Db, count: usize| {
                    for n in 0..count {
                        let id = order(conn, "bob", 0, None);
                        NoteFlow.start.run(conn, &ALICE, ()).unwrap();
                        let task = open_task(conn, id);
                        OrderFlow.check.assign(conn, task, &BOB).unwrap();
                        if n % 2 == 0 {
                            OrderFlow.check.execute(conn, task, &BOB, ()).unwrap();
                        }
                    }
                };
                more(&mut conn, 2);
                let few = cost(&mut conn);
                more(&mut conn, 40);
                assert_eq!(cost(&mut conn), few);
                assert!(few.iter().all(|count| *count <= 5), "{few:?}");
            }

            fn change(conn: &mut Db, sql: &str) {
                diesel::sql_query(sql).execute(conn).unwrap();
            }

            /// Somebody with groups and no right of their own.
            #[derive(Debug)]
            struct Member(&'static str, &'static [&'static str]);

            impl User for Member {
                fn id(&self) -> &str {
                    self.0
                }

                fn may(&self, permission: &Permission) -> bool {
                    self.0 == "clerk" && permission.name() == "sort"
                }

                fn groups(&self) -> Vec<&str> {
                    self.1.to_vec()
                }
            }

            #[derive(ProcessProxy)]
            pub struct MailProcess {
                process: Process,
                #[json(default)]
                person: String,
                #[json(default)]
                group: String,
            }

            #[flow(process = MailProcess, connection = Db, name = "mail")]
            pub struct MailFlow {
                #[node(form = MailForm { person, group }, permission(anyone), next = this.split)]
                start: Start,
                #[node(next(this.read, task_data_source = |_a| 0..3), next = this.sort)]
                split: Split,
                #[node(candidates = |a| [person(a.process.person()), group(a.process.group())],
                       different_from(this.start), next = this.join)]
                read: View,
                #[node(permission("sort"), next = this.join)]
                sort: View,
                #[node(next = this.end)]
                join: Join,
                end: End,
            }

            static MAIL: Flows<Db> = flows![MailFlow, NoteFlow];

            const MEMBERS: &[Member] = &[
                Member("anna", &["board", "staff"]),
                Member("ben", &[]),
                Member("carl", &["staff"]),
                Member("clerk", &[]),
                Member("zoe", &["gone"]),
            ];

            /// The queue of each, and the processes that each may see, page by page; with how many there are.
            fn of_members(conn: &mut Db) -> Vec<(Vec<TaskId>, Vec<i64>, usize)> {
                let mut found = Vec::new();
                for user in MEMBERS {
                    let (mut queue, mut seen) = (Vec::new(), Vec::new());
                    let mut next = None::<Cursor>;
                    loop {
                        let list = MAIL.find_tasks().queue_of(user).page_size(2);
                        let page = if let Some(next) = next { list.after(next) } else { list }.load(conn).unwrap();
                        queue.extend(page.rows.iter().map(TaskRow::id));
                        next = page.next;
                        if next.is_none() { break }
                    }
                    loop {
                        let list = MAIL.find_processes().visible_to(user).page_size(2);
                        let page = if let Some(next) = next { list.after(next) } else { list }.load(conn).unwrap();
                        seen.extend(page.rows.iter().map(flow_core::ProcessRow::id));
                        next = page.next;
                        if next.is_none() { break }
                    }
                    let in_order = queue.is_sorted_by_key(|id: &TaskId| (id.process(), id.number()));
                    assert!(in_order && seen.is_sorted_by(|one, next| one > next), "{user:?}: {queue:?} {seen:?}");
                    let counts = [MAIL.find_tasks().queue_of(user), MAIL.find_tasks().inbox_of(user)];
                    let counts = flow_core::FindTasks::count_each(conn, counts, 100).unwrap();
                    assert_eq!(counts[0], queue.len(), "{user:?}");
                    assert_eq!(MAIL.find_processes().visible_to(user).count(conn, 100).unwrap(), seen.len(), "{user:?}");
                    let open: Vec<i64> = seen.iter().copied().filter(|id| {
                        MAIL.process(conn, *id).unwrap().status() == ProcessStatus::New
                    }).collect();
                    let of_open = MAIL.find_processes().visible_to(user).open().load(conn).unwrap();
                    assert_eq!(of_open.rows.iter().map(flow_core::ProcessRow::id).collect::<Vec<_>>(), open, "{user:?}");
                    found.push((queue, seen, counts[1]));
                }
                found
            }

            #[test]
            fn few_or_many_offers_a_person_has_the_same_lists() {
                let mut conn: Db = $database;
                let start = |conn: &mut Db, by: &Member, person: &str, group: &str| {
                    MailFlow.start.run(conn, by, MailForm { person: person.into(), group: group.into() }).unwrap().id()
                };
                let ids = [
                    start(&mut conn, &MEMBERS[0], "anna", "staff"),
                    start(&mut conn, &MEMBERS[1], "anna", "board"),
                    start(&mut conn, &MEMBERS[1], "zoe", "board"),
                    start(&mut conn, &MEMBERS[3], "ben", "nobody"),
                ];
                let note = NoteFlow.start.run(&mut conn, &MEMBERS[2], ()).unwrap().id();
                let taken = MailFlow.read.tasks().of(ids[2]).load::<Task>(&mut conn).unwrap();
                MailFlow.read.assign(&mut conn, taken[0].id(), &MEMBERS[4]).unwrap();
                MailFlow.read.assign(&mut conn, taken[1].id(), &MEMBERS[4]).unwrap();
                let few = of_members(&mut conn);
                // What they say is what the engine decides of each.
                for (user, (queue, seen, _)) in MEMBERS.iter().zip(&few) {
                    for id in ids.iter().chain([&note]) {
                        assert_eq!(MAIL.view(&mut conn, user, *id).is_ok(), seen.contains(id), "{user:?} {id}");
                        for task in MAIL.tasks(&mut conn, *id).unwrap().iter().filter(|task| task.finished().is_none()) {
                            let verbs = MAIL.available(&mut conn, task.id(), user).unwrap();
                            let can = verbs.iter().any(|known| known.verb == flow_core::Verb::Assign && known.is_allowed());
                            assert_eq!(queue.contains(&task.id()), can, "{user:?} {}", task.id());
                        }
                    }
                }
                assert!(few.iter().any(|(queue, ..)| queue.len() == 5) && few.iter().any(|(.., inbox)| *inbox == 2));
                // Done tasks that were offered to everybody, so many that lists look at the open tasks instead.
                change(&mut conn, &format!(
                    "insert into flow_task (process_id, number, flow, node, task_type, status, token, created, finished, data)
                     with recursive numbers(n) as (select 100 union all select n + 1 from numbers where n < 3200)
                     select {0}, n, 'mail', 'read', 'HUMAN', 'DONE', 'start', created, created, data
                     from numbers cross join flow_process where id = {0}", ids[0]));
                change(&mut conn, &format!(
                    "insert into flow_candidate (process_id, task, kind, id)
                     select process_id, number, 'group', name from flow_task
                     cross join (select 'staff' as name union all select 'board' union all select 'gone') names
                     where process_id = {} and number >= 100", ids[0]));
                assert_eq!(of_members(&mut conn), few);
            }

            #[test]
            fn what_is_open_is_counted_up_to_a_limit() {
                let mut conn: Db = $database;
                let started: Vec<i64> = (0..3).map(|_| order(&mut conn, "x", 0, Some(1))).collect();
                NoteFlow.start.run(&mut conn, &ALICE, ()).unwrap();
                let task = open_task(&mut conn, started[0]);
                OrderFlow.check.assign(&mut conn, task, &BOB).unwrap();
                let open = FLOWS.workload(&mut conn, &MONA).unwrap();
                let rows: Vec<_> = open.iter().map(|open| (open.node.as_str(), open.status, open.count, open.more)).collect();
                let expected = [
                    ("read", TaskStatus::New, 1, false), ("check", TaskStatus::Assigned, 1, false),
                    ("check", TaskStatus::New, 2, false),
                ];
                assert_eq!(rows, expected);
                assert!(FLOWS.workload(&mut conn, &BOB).unwrap().is_empty(), "he manages nothing");
                let page = FLOWS.workload_of_people(&mut conn, &MONA, None).unwrap();
                let [bob] = page.rows.as_slice() else { panic!("{page:?}") };
                assert_eq!((bob.person.as_str(), bob.tasks[0].count, page.next), ("bob", 1, None));
                assert!(FLOWS.workload_of_people(&mut conn, &MONA, Some("bob")).unwrap().rows.is_empty());
                // Sixty people, one of whom has more than are counted; and more tasks at a node than are counted.
                change(&mut conn, &format!(
                    "insert into flow_task (process_id, number, flow, node, task_type, status, token, owner, created, data)
                     with recursive numbers(n) as (select 100 union all select n + 1 from numbers where n < 1259)
                     select {0}, n, 'order', 'check', 'HUMAN', 'ASSIGNED', 'start',
                            case when n < 160 then 'p' || n else 'busy' end, created, data
                     from numbers cross join flow_process where id = {0}", started[1]));
                let first = FLOWS.workload_of_people(&mut conn, &MONA, None).unwrap();
                let (mut people, mut next) = (Vec::new(), None);
                loop {
                    let page = FLOWS.workload_of_people(&mut conn, &MONA, next.as_deref()).unwrap();
                    assert!(page.rows.len() <= 25);
                    people.extend(page.rows.into_iter().map(|row| row.person));
                    next = page.next;
                    if next.is_none() { break }
                }
                assert!(people.len() == 62 && people.is_sorted_by(|one, next| one < next), "each once: {people:?}");
                let busy = first.rows.iter().find(|row| row.person == "busy").unwrap();
                assert!(busy.tasks[0].more && busy.tasks[0].count >= 100, "{busy:?}");
                assert!(first.rows.iter().filter(|row| row.person != "busy").all(|row| !row.tasks[0].more));
                let open = FLOWS.workload(&mut conn, &MONA).unwrap();
                let assigned = open.iter().find(|open| open.status == TaskStatus::Assigned).unwrap();
                assert_eq!((assigned.count, assigned.more), (1_000, true));
            }

            #[test]
            fn many_processes_are_explained_at_once_as_one_by_one() {
                let mut conn: Db = $database;
                let mut ids: Vec<i64> = (0..3).map(|n| order(&mut conn, "x", n, Some(1))).collect();
                ids.push(MailFlow.start.run(&mut conn, &ALICE, MailForm { person: "bob".into(), group: "g".into() }).unwrap().id());
                let task = open_task(&mut conn, ids[1]);
                OrderFlow.check.assign(&mut conn, task, &BOB).unwrap();
                for flows in [&FLOWS, &MAIL] {
                    let known: Vec<i64> = ids.iter().copied().filter(|id| flows.process(&mut conn, *id).is_ok()).collect();
                    let rows: Vec<Process> = known.iter().map(|id| flows.process(&mut conn, *id).unwrap()).collect();
                    let rows: Vec<&Process> = rows.iter().collect();
                    let each = flows.explain_each(&mut conn, &rows, 9).unwrap();
                    let one_by_one: Vec<_> = known.iter().map(|id| flows.explain(&mut conn, *id).unwrap()).collect();
                    assert_eq!(each, one_by_one);
                    assert!(!known.is_empty());
                }
                let mail = MAIL.process(&mut conn, ids[3]).unwrap();
                let short = MAIL.explain_each(&mut conn, &[&mail], 2).unwrap();
                assert_eq!((short[0].places.len(), short[0].more), (2, true));
            }

            #[test]
            fn a_field_orders_a_list_page_by_page() {
                let mut conn: Db = $database;
                let of = [Some(5), None, Some(-3), Some(5), Some(40), None, Some(7), Some(5)];
                let mut rows: Vec<(Option<i64>, i64)> = Vec::new();
                for (n, days) in of.into_iter().enumerate() {
                    rows.push((days, order(&mut conn, &format!("n{}", 9 - n), 0, days)));
                }
                type List = fn() -> flow_core::FindProcesses<'static, Db>;
                let walk = |conn: &mut Db, list: List| {
                    let (mut found, mut next) = (Vec::new(), None::<Cursor>);
                    loop {
                        let list = list().page_size(2);
                        let page = match next {
                            Some(cursor) => list.after(cursor.to_string().parse().unwrap()).load(conn).unwrap(),
                            None => list.load(conn).unwrap(),
                        };
                        found.extend(page.rows.iter().map(flow_core::ProcessRow::id));
                        next = page.next;
                        if next.is_none() { return found }
                    }
                };
                let ids = |rows: &[(Option<i64>, i64)]| rows.iter().map(|(_, id)| *id).collect::<Vec<_>>();
                let mut expected = rows.clone();
                expected.sort_by_key(|row| row.0);
                assert_eq!(walk(&mut conn, || OrderFlow.find_processes().order_by(F.days.asc())), ids(&expected));
                assert_eq!(walk(&mut conn, || FLOWS.find_processes().order_by_name("order", "days", false).unwrap()), ids(&expected));
                assert_eq!(walk(&mut conn, || FLOWS.find_processes().visible_to(&MONA).order_by_name("order", "days", false).unwrap()), ids(&expected));
                expected.sort_by_key(|row| std::cmp::Reverse(row.0));
                assert_eq!(walk(&mut conn, || OrderFlow.find_processes().order_by(F.days.desc())), ids(&expected));
                assert_eq!(walk(&mut conn, || OrderFlow.find_processes().visible_to(&ALICE).order_by(F.days.desc())), ids(&expected));
                let backwards: Vec<i64> = ids(&rows).into_iter().rev().collect();
                assert_eq!(walk(&mut conn, || OrderFlow.find_processes().order_by(F.number.asc())), backwards);
                let (mut tasks, mut next) = (Vec::new(), None::<Cursor>);
                loop {
                    let list = OrderFlow.find_tasks().queue_of(&BOB).order_by(F.days.desc()).page_size(3);
                    let page = if let Some(next) = next { list.after(next) } else { list }.load(&mut conn).unwrap();
                    tasks.extend(processes(&page));
                    next = page.next;
                    if next.is_none() { break }
                }
                assert_eq!(tasks, ids(&expected));
                for (flow, field) in [("order", "nothing"), ("order", "id"), ("gone", "days")] {
                    assert!(FLOWS.find_processes().order_by_name(flow, field, false).is_err(), "{flow} {field}");
                }
                let by_field: Cursor = "field:1.0".parse().unwrap();
                let by_number: Cursor = "newest:1.0".parse().unwrap();
                assert_eq!(FLOWS.find_processes().after(by_field).load(&mut conn).unwrap_err().kind(), ErrorKind::Invalid);
                let other = OrderFlow.find_processes().order_by(F.days.asc()).after(by_number).load(&mut conn).unwrap_err();
                assert_eq!(other.kind(), ErrorKind::Invalid);
                let other = OrderFlow.find_tasks().order_by(F.days.asc()).after(by_number).load(&mut conn).unwrap_err();
                assert_eq!(other.kind(), ErrorKind::Invalid);
            }

            #[test]
            fn one_bad_row_costs_itself_alone() {
                let mut conn: Db = $database;
                let ids: Vec<i64> = (0..4).map(|_| order(&mut conn, "bob", 0, None)).collect();
                change(&mut conn, &format!("update flow_process set data = '{{\"number\": 7}}' where id = {}", ids[0]));
                change(&mut conn, &format!("update flow_task set node = 'gone' where process_id = {} and status = 'NEW'", ids[1]));
                change(&mut conn, &format!("update flow_process set flow = 'elsewhere' where id = {}", ids[2]));
                change(&mut conn, &format!("update flow_task set flow = 'elsewhere' where process_id = {}", ids[2]));
                let page = FLOWS.find_tasks().status(TaskStatus::New).load(&mut conn).unwrap();
                let problems: Vec<_> = page.rows.iter().map(|row| (row.process().id(), row.problem())).collect();
                assert!(problems[0].1.unwrap().contains("number"), "{problems:?}");
                assert_eq!(problems[1], (ids[1], Some("the flow `order` has no node `gone`")));
                assert_eq!((problems[2], problems.len()), ((ids[3], None), 3));
                let page = FLOWS.find_tasks().status(TaskStatus::New).any_flow().load(&mut conn).unwrap();
                let row = page.rows.iter().find(|row| row.process().id() == ids[2]).unwrap();
                assert_eq!(row.problem(), Some("no flow of the list is called `elsewhere`"));
                let queue = processes(&FLOWS.find_tasks().queue_of(&BOB).load(&mut conn).unwrap());
                assert_eq!(queue, [ids[0], ids[3]], "an unreadable document can be taken, an unknown node cannot");
                let page = FLOWS.find_processes().any_flow().load(&mut conn).unwrap();
                let bad: Vec<bool> = page.rows.iter().map(|row| row.problem().is_some()).collect();
                assert_eq!(bad, [false, true, false, true]);
                assert_eq!(FLOWS.find_processes().load(&mut conn).unwrap().rows.len(), 3);
                let page = ORDERS.find_processes().visible_to(&MONA).load(&mut conn).unwrap();
                assert_eq!(page.rows.len(), 3);
            }

            #[test]
            fn a_rule_that_panics_costs_its_row_and_is_named() {
                let mut conn: Db = $database;
                for number in ["bob", "panics", "bob"] {
                    let id = order(&mut conn, number, 0, None);
                    let task = open_task(&mut conn, id);
                    OrderFlow.check.assign(&mut conn, task, &CODE).unwrap();
                    OrderFlow.check.execute(&mut conn, task, &CODE, ()).unwrap();
                }
                let page = FLOWS.find_tasks().queue_of(&BOB).load(&mut conn).unwrap();
                assert_eq!((page.rows.len(), page.problems.len()), (2, 1));
                assert_eq!(page.problems[0].reason, "the rule of `pack` panicked");
                assert_eq!(page.problems[0].task.map(|task| task.process()), Some(page.problems[0].process));
            }
            }
        }
    };
}
