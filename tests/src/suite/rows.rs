//! Typed fields over a JSON column of the app's own tables.

/// The cases of `JsonProxy`, on a back end.
#[macro_export]
macro_rules! rows_suite {
    ($connection:ty, $database:expr) => {
        mod rows {
            $crate::cases! {
            use flow_core::data::Document;
            use flow_core::prelude::*;
            use flow_core::{Choices, Error, ErrorKind};

            type Db = $connection;
            use flow_core::data::sql_types::Json;

            diesel::table! {
                use diesel::sql_types::*;
                use super::Json;
                users (id) { id -> Integer, username -> Text, data -> Json, }
            }
            diesel::table! {
                use diesel::sql_types::*;
                use super::Json;
                parts (code) { code -> Text, details -> Json, revision -> Integer, }
            }

            #[derive(diesel::Queryable, diesel::Selectable, Debug, Clone)]
            #[diesel(table_name = users)]
            pub struct User { pub id: i32, pub username: String, pub data: Document }

            #[derive(Choices, Clone, Copy, Debug, PartialEq)]
            pub enum Department { Sales, Research }

            /// One view of a user.
            #[derive(JsonProxy, Debug, Clone)]
            #[proxy(table = users, column = data, index(salary))]
            pub struct Employee {
                #[proxy(row)]
                user: User,
                /// Since when
                hired: chrono::NaiveDate,
                #[json(range = 0.., decimal_places = 2)]
                salary: rust_decimal::Decimal,
                #[json(choices)]
                department: Department,
                #[json(key("home", "city"))]
                city: Option<String>,
                #[json(default)]
                level: i64,
            }

            /// Another one, of the same rows.
            #[derive(JsonProxy, Debug, Clone)]
            #[proxy(table = users, column = data)]
            pub struct Client {
                #[proxy(row)]
                user: User,
                #[json(default, max_length = 20)]
                address: String,
                #[json(default)]
                vip: bool,
            }

            #[derive(diesel::Queryable, diesel::Selectable, Debug, Clone)]
            #[diesel(table_name = parts)]
            pub struct PartRow { pub code: String, pub details: Document, pub revision: i32 }

            /// A row with a text as its key, and a column that counts changes.
            #[derive(JsonProxy, Debug, Clone)]
            #[proxy(table = parts, column = details, key = code, version = revision)]
            pub struct Part { #[proxy(row)] part: PartRow, #[json(default)] grams: i64, #[json(default)] colour: String }

            diesel::table! {
                use diesel::sql_types::*;
                use super::Json;
                notes (id) { id -> Integer, extra -> Nullable<Json>, revision -> Integer, }
            }

            #[derive(diesel::Queryable, diesel::Selectable, Debug, Clone)]
            #[diesel(table_name = notes)]
            pub struct NoteRow { pub id: i32, pub extra: Document, pub revision: i32 }

            /// A row whose document may be NULL.
            #[derive(JsonProxy, Debug, Clone)]
            #[proxy(table = notes, column = extra)]
            pub struct Note { #[proxy(row)] note: NoteRow, #[json(default)] stars: i64, #[json(key("by", "name"))] author: Option<String> }

            /// The same, with a column that counts changes.
            #[derive(JsonProxy, Debug, Clone)]
            #[proxy(table = notes, column = extra, version = revision)]
            pub struct Counted { #[proxy(row)] note: NoteRow, #[json(default)] stars: i64 }

            fn database() -> Db {
                let mut conn: Db = $database;
                let sqlite = std::any::TypeId::of::<Db>() == std::any::TypeId::of::<diesel::SqliteConnection>();
                let (json, uuid) = if sqlite { ("text", "text") } else { ("jsonb", "uuid") };
                diesel::connection::SimpleConnection::batch_execute(&mut conn, &format!(
                    "create table users (id integer primary key, username text not null, data {json} not null);
                     create table parts (code text primary key, details {json} not null, revision integer not null);
                     create table notes (id integer primary key, extra {json}, revision integer not null);
                     create table tickets (id {uuid} primary key, data {json} not null);",
                )).unwrap();
                conn
            }

            fn hire(conn: &mut Db, id: i32, salary: &str, department: Department) -> Employee {
                let data = EmployeeData {
                    hired: chrono::NaiveDate::from_ymd_opt(2026, 1, 31).unwrap(),
                    salary: salary.parse().unwrap(),
                    department,
                    city: None,
                    level: 0,
                };
                let row = (users::id.eq(id), users::username.eq(format!("user {id}")), users::data.eq(data.document().unwrap()));
                diesel::insert_into(users::table).values(row).execute(conn).unwrap();
                employee(conn, id)
            }

            fn employee(conn: &mut Db, id: i32) -> Employee {
                users::table.find(id).select(Employee::as_select()).first(conn).unwrap()
            }

            fn client(conn: &mut Db, id: i32) -> Client {
                users::table.find(id).select(Client::as_select()).first(conn).unwrap()
            }

            #[test]
            fn several_views_of_one_row_each_write_their_own_keys() {
                let conn = &mut database();
                let mut worker = hire(conn, 1, "100.50", Department::Sales);
                assert_eq!((worker.username.as_str(), worker.department()), ("user 1", Department::Sales));
                assert_eq!(worker.department_display(), "Sales");
                let mut buyer = client(conn, 1);
                assert!(!buyer.vip());
                buyer.set_vip(true);
                buyer.save(conn).unwrap();
                // The document is not as it was read any more.
                worker.set_level(2);
                let error = worker.save(conn).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Conflict);
                assert_eq!(error.to_string(), "`users` 1 was changed by someone else");
                let mut worker = employee(conn, 1);
                worker.set_city(Some("Kiel".to_owned()));
                worker.save(conn).unwrap();
                // The same value again, without another read: what the database has is known.
                worker.set_city(Some("Bonn".to_owned()));
                worker.save(conn).unwrap();
                assert!(client(conn, 1).vip());
                assert_eq!(employee(conn, 1).city(), Some("Bonn"));
            }

            #[test]
            fn null_reads_as_an_empty_document_and_save_writes_it() {
                let conn = &mut database();
                for (id, extra) in [(1, None), (2, Some("{}")), (3, Some(r#"{"stars": 2}"#)), (4, None)] {
                    let row = (notes::id.eq(id), notes::extra.eq(extra.map(|text| Document::from(text.to_owned()))), notes::revision.eq(0));
                    diesel::insert_into(notes::table).values(row).execute(conn).unwrap();
                }
                let note = |conn: &mut Db, id: i32| -> Note { notes::table.find(id).select(Note::as_select()).first(conn).unwrap() };
                let stars = |conn: &mut Db, of: i64| -> Vec<i32> {
                    notes::table.filter(Note::FIELDS.stars.eq(of)).order(notes::id).select(notes::id).load(conn).unwrap()
                };
                assert_eq!((stars(conn, 0), stars(conn, 2)), (vec![1, 2, 4], vec![3]));
                let absent = notes::table.filter(Note::FIELDS.author.is_null()).count().get_result::<i64>(conn).unwrap();
                assert_eq!(absent, 4);
                let (mut first, mut other) = (note(conn, 1), note(conn, 1));
                assert_eq!((first.stars(), first.author()), (0, None));
                // Nothing was changed: NULL stays.
                first.save(conn).unwrap();
                assert_eq!(notes::table.filter(notes::extra.is_null()).count().get_result::<i64>(conn).unwrap(), 2);
                first.set_author(Some("anna".to_owned()));
                first.save(conn).unwrap();
                first.set_stars(3);
                first.save(conn).unwrap();
                other.set_stars(5);
                assert_eq!(other.save(conn).unwrap_err().kind(), ErrorKind::Conflict);
                let again = note(conn, 1);
                assert_eq!((again.stars(), again.author()), (3, Some("anna")));
                assert_eq!(stars(conn, 3), [1]);
                // By the column that counts changes.
                let counted = |conn: &mut Db| -> Counted { notes::table.find(4).select(Counted::as_select()).first(conn).unwrap() };
                let (mut one, mut two) = (counted(conn), counted(conn));
                one.set_stars(7);
                one.save(conn).unwrap();
                two.set_stars(8);
                assert_eq!(two.save(conn).unwrap_err().kind(), ErrorKind::Conflict);
                assert_eq!((counted(conn).stars(), counted(conn).revision), (7, 1));
                // One that is gone, and one that is deleted as it was read.
                let empty = note(conn, 2);
                empty.delete(conn).unwrap();
                assert_eq!(notes::table.find(2).count().get_result::<i64>(conn).unwrap(), 0);
            }

            /// The same, with a field inside of an object.
            #[derive(JsonProxy, Debug, Clone)]
            #[proxy(table = notes, column = extra, version = revision)]
            pub struct Signed { #[proxy(row)] note: NoteRow, #[json(key("by", "name"))] author: Option<String> }

            #[test]
            fn a_document_that_was_changed_without_its_version_is_not_lost() {
                let conn = &mut database();
                let row = (notes::id.eq(1), notes::extra.eq(Some(Document::from(r#"{"by": {"name": "anna"}}"#.to_owned()))), notes::revision.eq(0));
                diesel::insert_into(notes::table).values(row).execute(conn).unwrap();
                let read = |conn: &mut Db| -> Signed { notes::table.find(1).select(Signed::as_select()).first(conn).unwrap() };
                for odd in [r#"{"by": "anna"}"#, r#"["anna"]"#, r#""anna""#] {
                    let mut signed = read(conn);
                    diesel::update(notes::table).set(notes::extra.eq(Some(Document::from(odd.to_owned())))).execute(conn).unwrap();
                    signed.set_author(Some("bob".to_owned()));
                    let error = signed.save(conn).unwrap_err();
                    assert_eq!(error.kind(), ErrorKind::Conflict, "{odd}: {error}");
                    assert_eq!(notes::table.filter(notes::extra.is_null()).count().get_result::<i64>(conn).unwrap(), 0, "{odd}");
                    let error = Error::from(notes::table.find(1).select(Signed::as_select()).first::<Signed>(conn).unwrap_err());
                    assert_eq!(error.kind(), ErrorKind::Data, "{odd}: {error}");
                    let fits = Document::from(r#"{"by": null, "stars": 1}"#.to_owned());
                    diesel::update(notes::table).set(notes::extra.eq(Some(fits))).execute(conn).unwrap();
                }
                // NULL, and an object that is null, are made.
                let mut signed = read(conn);
                signed.set_author(Some("carol".to_owned()));
                signed.save(conn).unwrap();
                diesel::update(notes::table).set(notes::extra.eq(None::<Document>)).execute(conn).unwrap();
                signed.set_author(Some("dora".to_owned()));
                signed.save(conn).unwrap();
                assert_eq!(read(conn).author(), Some("dora"));
            }

            #[test]
            fn long_documents_and_keys_with_quotes_are_saved() {
                let conn = &mut database();
                let code = "O'Hara \"7\" \\ $1";
                let colour = "\"'\\\u{1F600}".repeat(100_000);
                let data = PartData { grams: 1, colour: colour.clone() };
                let row = (parts::code.eq(code), parts::details.eq(data.document().unwrap()), parts::revision.eq(1));
                diesel::insert_into(parts::table).values(row).execute(conn).unwrap();
                let read = |conn: &mut Db| parts::table.find(code).select(Part::as_select()).first::<Part>(conn).unwrap();
                let mut part = read(conn);
                part.set_grams(2);
                part.save(conn).unwrap();
                part.set_colour(format!("{colour}."));
                part.save(conn).unwrap();
                let mut part = read(conn);
                assert_eq!((part.grams(), part.colour().len()), (2, colour.len() + 1));
                part.set_colour(colour.repeat(2));
                assert_eq!(part.save(conn).unwrap_err().kind(), ErrorKind::Invalid, "a document has at most a mebibyte");
                // The document itself is compared.
                let mut worker = hire(conn, 1, "1", Department::Sales);
                let long = "x'\"".repeat(250_000);
                for city in [long.as_str(), "Kiel", long.as_str()] {
                    worker.set_city(Some(city.to_owned()));
                    worker.save(conn).unwrap();
                }
                let mut stale = employee(conn, 1);
                worker.set_level(3);
                worker.save(conn).unwrap();
                stale.set_level(4);
                assert_eq!(stale.save(conn).unwrap_err().kind(), ErrorKind::Conflict);
                assert_eq!(employee(conn, 1).city(), Some(long.as_str()));
            }

            #[test]
            fn fields_are_filtered_and_ordered_as_what_they_are() {
                let conn = &mut database();
                for (id, salary) in [(1, "9"), (2, "100.5"), (3, "10")] {
                    hire(conn, id, salary, if id == 2 { Department::Research } else { Department::Sales });
                }
                let rows = users::table.order(Employee::FIELDS.salary.asc()).select(users::id).load::<i32>(conn).unwrap();
                assert_eq!(rows, [1, 3, 2]);
                let query = users::table.filter(Employee::FIELDS.department.eq(Department::Sales)).filter(Employee::FIELDS.level.eq(0));
                let rows: Vec<Employee> = query.select(Employee::as_select()).order(users::id).load(conn).unwrap();
                assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [1, 3]);
                assert_eq!(users::table.filter(Client::FIELDS.vip.eq(false)).count().get_result::<i64>(conn).unwrap(), 3);
            }

            #[test]
            fn values_are_validated_before_they_are_written() {
                let conn = &mut database();
                let mut worker = hire(conn, 1, "1", Department::Sales);
                worker.set_salary("-1.234".parse().unwrap());
                let Err(Error::Invalid(faults)) = worker.save(conn) else { panic!() };
                assert_eq!(faults.len(), 1);
                assert_eq!(employee(conn, 1).salary(), "1".parse().unwrap());
            }

            #[test]
            fn a_row_whose_document_does_not_fit_hides_no_other() {
                let conn = &mut database();
                hire(conn, 1, "1", Department::Sales);
                let odd = ClientData { address: "x".into(), vip: true };
                let row = (users::id.eq(2), users::username.eq("odd"), users::data.eq(odd.document().unwrap()));
                diesel::insert_into(users::table).values(row).execute(conn).unwrap();
                let query = || users::table.order(users::id).select(Employee::as_select());
                assert_eq!(Error::from(query().load(conn).unwrap_err()).kind(), ErrorKind::Data);
                let each = query().load_each(conn).unwrap();
                assert!(each[0].is_ok());
                let error = each[1].as_ref().unwrap_err().to_string();
                assert_eq!(error, "`users` 2: field `hired` (at `$.\"hired\"`) holds nothing, expected a date, like 2026-11-23");
            }

            #[test]
            fn a_column_that_counts_changes_is_compared_and_raised() {
                let conn = &mut database();
                let row = (parts::code.eq("B-7"), parts::details.eq(PartData::default().document().unwrap()), parts::revision.eq(1));
                diesel::insert_into(parts::table).values(row).execute(conn).unwrap();
                let read = |conn: &mut Db| parts::table.find("B-7").select(Part::as_select()).first::<Part>(conn).unwrap();
                let (mut one, mut other) = (read(conn), read(conn));
                one.set_grams(5);
                one.save(conn).unwrap();
                one.set_grams(6);
                one.save(conn).unwrap();
                assert_eq!((one.revision, read(conn).revision), (3, 3));
                other.set_colour("red");
                assert_eq!(other.save(conn).unwrap_err().kind(), ErrorKind::Conflict);
                assert_eq!((read(conn).grams(), read(conn).colour()), (6, ""));
                read(conn).delete(conn).unwrap();
                one.set_grams(7);
                assert_eq!(one.save(conn).unwrap_err().kind(), ErrorKind::NotFound);
            }

            #[test]
            fn a_form_fills_all_fields_and_names_every_fault() {
                let conn = &mut database();
                let mut worker = hire(conn, 1, "1", Department::Sales);
                let form = EmployeeData::from_urlencoded("hired=2026-02-01&salary=12.5&department=research&city=&level=3").unwrap();
                worker.fill(form);
                worker.save(conn).unwrap();
                let worker = employee(conn, 1);
                assert_eq!((worker.department(), worker.level(), worker.city()), (Department::Research, 3, None));
                assert_eq!(worker.data().salary, "12.5".parse().unwrap());
                let Err(Error::Invalid(faults)) = EmployeeData::from_json(r#"{"hired": "soon", "salary": "1", "department": "none", "level": 1, "x": 2}"#) else { panic!() };
                assert_eq!(faults.iter().map(|fault| &*fault.field).collect::<Vec<_>>(), ["hired", "department", "x"]);
                assert_eq!(EmployeeData::FIELDS.len(), 5);
            }

            #[test]
            fn an_index_is_made_and_used_under_the_names_of_the_table() {
                let conn = &mut database();
                hire(conn, 1, "1", Department::Sales);
                let sql = Employee::index_sql::<Db>();
                assert!(sql.starts_with("CREATE INDEX IF NOT EXISTS users_by_employee_salary ON "), "{sql}");
                diesel::connection::SimpleConnection::batch_execute(conn, &sql).unwrap();
            }

            diesel::table! {
                use diesel::sql_types::*;
                use super::Json;
                tickets (id) { id -> Text, data -> Json, }
            }

            /// On PostgreSQL the column is a `uuid`.
            #[derive(diesel::Queryable, Debug, Clone)]
            pub struct Ticket { pub id: uuid::Uuid, pub data: Document }

            #[derive(JsonProxy, Debug, Clone)]
            #[proxy(table = tickets, column = data)]
            pub struct TicketText { #[proxy(row)] ticket: Ticket, #[json(default)] text: String }

            #[test]
            fn a_key_can_be_a_uuid() {
                let conn = &mut database();
                let id = uuid::Uuid::from_u128(7);
                diesel::connection::SimpleConnection::batch_execute(conn, &format!("insert into tickets values ('{id}', '{{}}')")).unwrap();
                let data: Document = tickets::table.select(tickets::data).first(conn).unwrap();
                let mut ticket = TicketText::from_row(Ticket { id, data }).unwrap();
                ticket.set_text("lamp");
                ticket.save(conn).unwrap();
                assert_eq!(tickets::table.filter(TicketText::FIELDS.text.eq("lamp")).count().get_result::<i64>(conn).unwrap(), 1);
            }
            }
        }
    };
}
