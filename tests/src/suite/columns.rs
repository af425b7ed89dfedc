//! Columns of the app's own in our rows.

/// The cases of columns in the rows of processes and tasks, on a back end.
#[macro_export]
macro_rules! columns_suite {
    ($connection:ty, $database:expr) => {
        mod columns {
            $crate::cases! {
            use flow_core::prelude::*;
            use flow_core::schema::{flow_process, flow_task};
            use flow_core::{ErrorKind, ProcessStatus::*};
            use $crate::app::{ALICE, BOB};

            type Db = $connection;
            const CODE: System = System("test");

            diesel::table! { customers (id) { id -> BigInt, name -> Text, } }
            flow_core::process_columns! {
                /// What an order has beside our columns.
                order_columns {
                    /// Who orders.
                    customer_id -> Nullable<BigInt>,
                    /// Has a default.
                    priority -> Integer,
                    /// Kept by the database, from a field.
                    city -> Nullable<Text>,
                }
            }
            flow_core::task_columns! { check_columns { shelf -> Nullable<Text>, colour -> Nullable<Text> } }
            flow_core::join_process!(customers);
            diesel::allow_tables_to_appear_in_same_query!(customers, order_columns, check_columns);

            /// The columns that the app writes, and one that the database does.
            #[derive(diesel::Queryable, diesel::Selectable, diesel::Identifiable, diesel::AsChangeset, Debug, Clone, PartialEq)]
            #[diesel(table_name = order_columns, treat_none_as_null = true)]
            pub struct OrderColumns { id: i64, customer_id: Option<i64>, priority: i32, #[diesel(skip_update)] city: Option<String> }

            /// Its priority has a default in the database.
            #[derive(diesel::AsChangeset, $crate::serde::Deserialize, Debug, Clone, Default)]
            #[serde(crate = "flow_tests::serde")]
            #[diesel(table_name = order_columns)]
            pub struct NewOrder { customer_id: Option<i64>, priority: Option<i32> }

            fn database() -> Db {
                let mut conn: Db = $database;
                // On SQLite a column that is added cannot be `stored`, on PostgreSQL 15 it can be nothing else.
                let sqlite = std::any::TypeId::of::<Db>() == std::any::TypeId::of::<diesel::SqliteConnection>();
                let kept = if sqlite { "virtual" } else { "stored" };
                diesel::connection::SimpleConnection::batch_execute(&mut conn, &format!(
                    "create table customers (id bigint primary key, name text not null);
                     insert into customers values (1, 'Ada'), (2, 'Bo');
                     alter table flow_process add column customer_id bigint references customers (id);
                     alter table flow_process add column priority integer not null default 3 check (priority < 10);
                     alter table flow_process add column city text generated always as (data ->> 'city') {kept};
                     create index orders_by_customer on flow_process (flow, customer_id);
                     alter table flow_task add column shelf text;
                     alter table flow_task add column colour text generated always as (data ->> 'colour') {kept};",
                )).unwrap();
                conn
            }

            #[derive(ProcessProxy, Debug, Clone)]
            pub struct OrderProcess {
                process: Process,
                /// Who orders
                #[proxy(columns, new = NewOrder)]
                order: OrderColumns,
                city: Option<String>,
            }

            #[derive(TaskProxy, Debug)]
            pub struct CheckTask { task: Task, colour: String }

            #[flow(process = OrderProcess, connection = Db)]
            pub struct OrderFlow {
                #[node(form = OrderForm { order, city }, permission(anyone),
                       next(this.check, task_data = |_a| CheckTaskData { colour: "red".to_owned() }))]
                start: Start,
                #[node(permission(anyone), next(this.check, task_data = |_a| CheckTaskData { colour: "blue".to_owned() }))]
                import: StartHandle,
                #[node(task = CheckTask, form = RaiseForm, permission(anyone), next = this.raise)]
                check: View,
                #[node(run = this.raise_again, next = this.store)]
                raise: Function,
                #[node(run = |job| i64::from(job.process.order().priority), on_done = this.stored(conn), next = this.end)]
                store: Job,
                end: End,
            }

            #[derive(Debug, Clone)]
            pub struct RaiseForm { priority: i32 }

            impl Form<OrderFlow, CheckTask> for RaiseForm {
                fn save(self, a: &mut Activation<OrderFlow, CheckTask>, conn: &mut Db) -> Step {
                    a.process.order_mut().priority = self.priority;
                    let key = (a.task.id().process(), a.task.id().number());
                    diesel::update(check_columns::table.find(key)).set(check_columns::shelf.eq("A1")).execute(conn)?;
                    Ok(())
                }
            }

            impl OrderFlow {
                fn raise_again(a: &mut Activation<Self>) -> Step {
                    a.process.order_mut().priority += 1;
                    Ok(())
                }

                fn stored(a: &mut Activation<Self>, conn: &mut Db, priority: i64) -> Step {
                    let kept = order_columns::table.find(a.process.id()).select(order_columns::priority).first::<i32>(conn)?;
                    assert_eq!(i64::from(kept), priority);
                    a.process.order_mut().customer_id = None;
                    Ok(())
                }
            }

            /// Reads columns that its starts do not give.
            #[derive(ProcessProxy, Debug)]
            pub struct PlainProcess { process: Process, #[proxy(columns)] order: OrderColumns, #[json(default)] note: String }

            #[flow(process = PlainProcess, connection = Db)]
            pub struct PlainFlow {
                #[node(permission(anyone), next = this.rank)] start: Start,
                #[node(run = |a| a.process.order_mut().priority = 1, next = this.end)] rank: Function,
                end: End,
            }

            /// Starts another as its child.
            #[flow(connection = Db)]
            pub struct ParentFlow {
                #[node(permission(anyone), next = this.order)] start: Start,
                #[node(start = OrderFlow.import, process_data = |_a| OrderProcessData {
                    order: NewOrder { customer_id: Some(2), priority: None }, city: None,
                }, next = this.end)]
                order: Subprocess,
                end: End,
            }

            static FLOWS: Flows<Db> = flows![OrderFlow, PlainFlow, ParentFlow];

            fn order(conn: &mut Db, customer: i64, city: &str) -> OrderProcess {
                let order = NewOrder { customer_id: Some(customer), priority: None };
                OrderFlow.start.run(conn, &ALICE, OrderForm { order, city: Some(city.to_owned()) }).unwrap()
            }

            fn raise(conn: &mut Db, process: i64, priority: i32) -> flow_core::Result<OrderProcess> {
                let task = OrderFlow.check.tasks().open().of(process).one(conn).unwrap().id();
                OrderFlow.check.assign(conn, task, &BOB).ok();
                OrderFlow.check.execute(conn, task, &BOB, RaiseForm { priority })
            }

            fn kept(conn: &mut Db, process: i64) -> OrderColumns {
                order_columns::table.find(process).select(OrderColumns::as_select()).first(conn).unwrap()
            }

            #[test]
            fn a_start_writes_them_into_its_own_row() {
                let mut conn = database();
                let process = order(&mut conn, 1, "Kiel");
                let expect = OrderColumns { id: process.id(), customer_id: Some(1), priority: 3, city: Some("Kiel".to_owned()) };
                assert_eq!(*process.order(), expect, "with what the database has added");
                assert_eq!(kept(&mut conn, process.id()), expect);
                let data = OrderProcessData { order: NewOrder { priority: Some(5), ..NewOrder::default() }, city: None };
                let process = OrderFlow.import.run(&mut conn, &CODE, data).unwrap();
                assert_eq!((process.order().customer_id, process.order().priority), (None, 5));
                let data = OrderProcessData { order: NewOrder::default(), city: None };
                let process = OrderFlow.import.run(&mut conn, &CODE, data).unwrap();
                assert_eq!((process.order().customer_id, process.order().priority), (None, 3), "nothing is given");
            }

            #[test]
            fn what_the_table_refuses_leaves_no_process() {
                let mut conn = database();
                for (customer, priority) in [(Some(3), None), (None, Some(10))] {
                    let form = OrderForm { order: NewOrder { customer_id: customer, priority }, city: None };
                    let error = OrderFlow.start.run(&mut conn, &ALICE, form).unwrap_err();
                    assert_eq!(error.kind(), ErrorKind::Database, "{error}");
                }
                assert_eq!(flow_process::table.count().get_result::<i64>(&mut conn).unwrap(), 0);
            }

            #[test]
            fn they_are_read_filtered_and_joined_in_one_query() {
                let mut conn = database();
                let kiel = order(&mut conn, 1, "Kiel").id();
                let bonn = order(&mut conn, 2, "Bonn").id();
                PlainFlow.start.run(&mut conn, &CODE, ()).unwrap();
                raise(&mut conn, bonn, 7).unwrap();
                let all = || OrderFlow.processes();
                let ids = |rows: Vec<OrderProcess>| rows.iter().map(|row| row.id()).collect::<Vec<_>>();
                assert_eq!(ids(all().order(order_columns::priority.desc()).load(&mut conn).unwrap()), [bonn, kiel]);
                assert_eq!(ids(all().filter(order_columns::city.eq("Kiel")).load(&mut conn).unwrap()), [kiel]);
                let both = all().filter(order_columns::customer_id.eq(2_i64)).filter(OrderProcess::FIELDS.city.eq("Bonn"));
                assert_eq!(both.load(&mut conn).unwrap()[0].order().priority, 8);
                let urgent = all().filter(order_columns::priority.ge(8)).update(OrderProcess::FIELDS.city.set(Some("Berlin".to_owned())), &mut conn);
                assert_eq!(urgent.unwrap(), 1);
                let each = all().filter(order_columns::city.eq("Berlin")).load_each(&mut conn).unwrap();
                assert_eq!(each[0].as_ref().unwrap().order().customer_id, Some(2));
                let of_bo = customers::table.on(order_columns::customer_id.eq(customers::id.nullable()));
                let found = all().inner_join(of_bo).filter(customers::name.eq("Bo"));
                assert_eq!(ids(found.load(&mut conn).unwrap()), [bonn]);
                let names: Vec<(i64, Option<String>)> = flow_process::table
                    .left_join(customers::table.on(order_columns::customer_id.eq(customers::id.nullable())))
                    .select((flow_process::id, customers::name.nullable())).order(flow_process::id).load(&mut conn).unwrap();
                let name = |name: &str| Some(name.to_owned());
                assert_eq!(names.iter().map(|(_, name)| name.clone()).collect::<Vec<_>>(), [name("Ada"), name("Bo"), None]);
            }

            #[test]
            fn what_a_transition_changes_is_written_with_it() {
                let mut conn = database();
                let id = order(&mut conn, 1, "Kiel").id();
                let after = raise(&mut conn, id, 5).unwrap();
                assert_eq!(after.order().priority, 6);
                assert_eq!(kept(&mut conn, id), OrderColumns { id, customer_id: Some(1), priority: 6, city: Some("Kiel".to_owned()) });
                assert_eq!(FLOWS.run_until_idle(&mut conn).unwrap().done, 1);
                assert_eq!(kept(&mut conn, id).customer_id, None);
                FLOWS.expect(&mut conn, id).is(Done);
            }

            #[test]
            fn what_a_failed_transition_changed_is_undone_with_it() {
                let mut conn = database();
                let id = order(&mut conn, 1, "Kiel").id();
                assert_eq!(raise(&mut conn, id, 9).unwrap_err().kind(), ErrorKind::Database, "9 + 1 is refused");
                assert_eq!(kept(&mut conn, id).priority, 3);
                let shelves = OrderFlow.tasks().filter(check_columns::shelf.is_not_null()).load::<Task>(&mut conn).unwrap();
                assert_eq!(shelves.len(), 0);
                raise(&mut conn, id, 8).unwrap();
                assert_eq!(kept(&mut conn, id).priority, 9);
            }

            #[test]
            fn saving_writes_what_changed() {
                let mut conn = database();
                let id = order(&mut conn, 1, "Kiel").id();
                let mut process = OrderFlow.processes().by_id(id).first(&mut conn).unwrap();
                process.order_mut().priority = 4;
                process.set_city(Some("Bonn".to_owned()));
                process.save(&mut conn).unwrap();
                let found = OrderFlow.processes().filter(order_columns::city.eq("Bonn")).first(&mut conn).unwrap();
                assert_eq!((found.order().priority, found.version()), (4, 2));
            }

            #[test]
            fn starts_need_not_give_them() {
                let mut conn = database();
                let process = PlainFlow.start.run(&mut conn, &CODE, ()).unwrap();
                assert_eq!((process.order().priority, process.note()), (1, ""));
                assert_eq!(kept(&mut conn, process.id()).priority, 1);
            }

            #[test]
            fn a_child_is_given_them_by_its_parent() {
                let mut conn = database();
                ParentFlow.start.run(&mut conn, &CODE, ()).unwrap();
                let child = OrderFlow.processes().first(&mut conn).unwrap();
                assert_eq!((child.order().customer_id, child.order().priority), (Some(2), 3));
            }

            #[test]
            fn those_of_tasks_are_filtered_and_read() {
                let mut conn = database();
                let id = order(&mut conn, 1, "Kiel").id();
                OrderFlow.import.run(&mut conn, &CODE, OrderProcessData { order: NewOrder::default(), city: None }).unwrap();
                let red = || OrderFlow.check.tasks().open().filter(check_columns::colour.eq("red"));
                assert_eq!(red().one(&mut conn).unwrap().id().process(), id);
                raise(&mut conn, id, 1).unwrap();
                let (task, shelf): (Task, Option<String>) = OrderFlow.tasks().filter(check_columns::shelf.is_not_null())
                    .select((Task::as_select(), check_columns::shelf)).first(&mut conn).unwrap();
                assert_eq!((task.node(), shelf.as_deref()), ("check", Some("A1")));
                // Beside those of its process, and the table that they refer to.
                let of_ada: Vec<i32> = flow_task::table.inner_join(flow_process::table)
                    .inner_join(customers::table.on(order_columns::customer_id.eq(customers::id.nullable())))
                    .filter(customers::name.eq("Ada")).filter(check_columns::colour.eq("red"))
                    .select(flow_task::number).load(&mut conn).unwrap();
                assert_eq!(of_ada, [2]);
            }
            }
        }
    };
}
