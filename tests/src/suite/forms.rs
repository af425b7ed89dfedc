//! Forms on their way into the database: read from what was sent, kept by each field's own codec.

/// The cases of forms, on a back end.
#[macro_export]
macro_rules! forms_suite {
    ($connection:ty, $database:expr) => {
        mod forms {
            $crate::cases! {
            use std::time::Duration;

            use flow_core::prelude::*;
            use flow_core::{Choice, Error, ErrorKind, FieldErrorKind, FieldType, FormField};
            use rust_decimal::Decimal;
            use serde_json::{Value, json};

            type Db = $connection;
            const CODE: System = System("test");

            diesel::table! { writers (id) { id -> Integer, name -> Text, } }

            #[derive(diesel::Queryable, diesel::Selectable, diesel::Identifiable, diesel::Insertable, FlowModel, Debug, Clone)]
            #[diesel(table_name = writers)]
            pub struct Writer { id: i32, name: String }

            // Neither `Deserialize` nor `Serialize`: a form takes it as it is kept.
            #[derive(JsonModel, Clone, Debug, PartialEq)]
            pub struct Place { #[json(max_length = 8)] street: String, #[json(default)] number: i64 }

            #[derive(ProcessProxy, Debug)]
            pub struct BookProcess {
                process: Process,
                /// Title of the book.
                ///
                /// As on its cover.
                #[json(max_length = 12)]
                title: String,
                /// Price
                #[json(label = "Price in euros", help = "Without tax")]
                price: Decimal,
                loan: Duration,
                writer: Ref<Writer>,
                #[json(default)]
                writers: Vec<Ref<Writer>>,
                place: Option<Place>,
                #[json(default)]
                approved: bool,
            }

            /// A form of the app's own, which says what it asks for.
            #[derive(Clone, Debug)]
            pub struct TitleForm { title: String }

            impl Form<BookFlow> for TitleForm {
                const ASKS: &'static [FormField] = &[BookProcess::FIELDS.title.form_field()];

                fn save(self, a: &mut Activation<BookFlow>, _conn: &mut Db) -> Step {
                    a.process.set_title(self.title);
                    Ok(())
                }
            }

            #[flow(process = BookProcess, connection = Db)]
            pub struct BookFlow {
                #[node(form = BookForm { title, price, loan, writer, writers, place }, permission(anyone), next = this.approve)]
                pub start: Start,
                #[node(form = ApproveBook { approved, loan }, permission(anyone), next = this.rename)]
                pub approve: View,
                #[node(form = TitleForm, permission(anyone), next = this.sign)]
                pub rename: View,
                #[node(permission(anyone), next = this.end)]
                pub sign: View,
                pub end: End,
            }

            static FLOWS: Flows<Db> = flows![BookFlow];

            #[derive(JsonModel, Clone, Debug, PartialEq)]
            pub struct Line {
                #[json(max_length = 8)]
                text: String,
                #[json(range = 0.5..=100, decimal_places = 2)]
                amount: Option<Decimal>,
                #[json(default)]
                parts: Vec<Line>,
            }

            #[derive(ProcessProxy, Debug)]
            pub struct BillProcess {
                process: Process,
                #[json(default)]
                lines: Vec<Line>,
                #[json(range = 0..=1000, decimal_places = 2)]
                total: Option<Decimal>,
                approved: Option<bool>,
                reason: Option<String>,
                day: Option<jiff::civil::Date>,
            }

            /// Refuses what it does not like, by field.
            #[derive(Clone, Debug)]
            pub struct OwnForm { total: i64 }

            impl Form<BillFlow> for OwnForm {
                fn save(self, a: &mut Activation<BillFlow>, _conn: &mut Db) -> Step {
                    if self.total > 5 {
                        return Err(Error::Invalid(vec![flow_core::FieldError::new("total", "is too much")]).into());
                    }
                    a.process.set_total(Some(self.total.into()));
                    Ok(())
                }
            }

            fn refuse() -> Step {
                Err(Error::Invalid(vec![flow_core::FieldError::new("total", "is refused")]).into())
            }

            #[flow(process = BillProcess, connection = Db)]
            pub struct BillFlow {
                #[node(form = BillForm { lines, total }, permission(anyone), next = this.approve)]
                pub start: Start,
                #[node(form = DecideForm { approved: required, reason: required, day }, permission(anyone), next = this.own)]
                pub approve: View,
                #[node(form = OwnForm, permission(anyone), next = this.hand)]
                pub own: View,
                #[node(input = bool, run = this.handle, permission(anyone), next = this.look)]
                pub hand: Handle,
                #[node(run = this.look_at, next = this.end)]
                look: Function,
                end: End,
            }

            impl BillFlow {
                fn handle(_: &mut Activation<Self>, fine: bool) -> Step {
                    if fine { Ok(()) } else { refuse() }
                }

                fn look_at(a: &mut Activation<Self>) -> Step {
                    if a.process.total() == Some(Decimal::ONE) { refuse() } else { Ok(()) }
                }
            }

            fn faults<T>(read: flow_core::Result<T>) -> Vec<(String, FieldErrorKind)> {
                let Err(Error::Invalid(faults)) = read else { panic!("no fault") };
                faults.into_iter().map(|fault| (fault.field.into_owned(), fault.kind)).collect()
            }

            #[test]
            fn a_decision_is_asked_for_where_the_process_has_none_yet() {
                use FieldErrorKind as Kind;
                let mut conn = $database;
                let fault = |field: &str, kind| (field.to_owned(), kind);
                let [approved, reason, day] = BillFlow.approve.fields() else { panic!() };
                assert!(approved.required && !approved.optional && reason.required && !reason.optional && day.optional);
                let choices: Vec<&str> = approved.choices.iter().map(|choice| &*choice.value).collect();
                assert_eq!(choices, ["true", "false"]);
                for nothing in [json!({}), json!({"approved": null, "reason": null}), json!({"approved": "", "reason": null})] {
                    let read = DecideForm::from_value(&nothing);
                    assert_eq!(faults(read), [fault("approved", Kind::Missing), fault("reason", Kind::Missing)], "{nothing}");
                }
                let read = DecideForm::from_urlencoded("approved=&reason=");
                assert_eq!(faults(read), [fault("approved", Kind::Missing), fault("reason", Kind::Empty)]);
                let read = DecideForm::from_urlencoded("approved=maybe&reason=x");
                assert_eq!(faults(read), [fault("approved", Kind::Type)]);
                assert!(serde_json::from_value::<DecideForm>(json!({"reason": "x"})).is_err());
                let no = DecideForm::from_urlencoded("approved=false&reason=late&day=").unwrap();
                assert_eq!((no.approved, no.reason.as_str(), no.day), (false, "late", None));
                let no = DecideForm::from_value(&json!({"approved": false, "reason": "late", "day": ""})).unwrap();
                assert_eq!((no.approved, no.day), (false, None), "an empty text is what a page sends for nothing");

                let bill = BillFlow.start.run(&mut conn, &CODE, BillForm { lines: vec![], total: None }).unwrap();
                let task = BillFlow.approve.tasks().open().of(bill.id()).one(&mut conn).unwrap().id();
                BillFlow.approve.assign(&mut conn, task, &CODE).unwrap();
                let bill = BillFlow.approve.execute(&mut conn, task, &CODE, no).unwrap();
                assert_eq!((bill.approved(), bill.reason()), (Some(false), Some("late")));
                assert_eq!(BillFlow.approve.fields_of(&bill)[0].texts(), ["false"], "a page shows the no that was said");
                let values = flow_core::form::values(BillFlow.approve.fields(), &bill);
                assert_eq!(Value::Object(values), json!({"approved": false, "reason": "late", "day": null}));
            }

            #[test]
            fn a_number_that_json_does_not_keep_is_refused() {
                use FieldErrorKind as Kind;
                for exact in [json!(12.5), json!(1000), json!(0.25), json!("12.50"), json!("0.10")] {
                    assert!(BillForm::from_value(&json!({"lines": [], "total": exact})).is_ok(), "{exact}");
                }
                for sent in ["0.0123456789012345678", "12345678901234567.25"] {
                    let form = format!("{{\"lines\": [], \"total\": {sent}}}");
                    let read = BillForm::from_json(form.as_bytes());
                    assert_eq!(faults(read), [("total".to_owned(), Kind::Type)], "{sent}");
                }
            }

            #[test]
            fn what_is_sent_has_no_more_values_than_a_form_may_have() {
                let lines = |count: usize| json!({"lines": vec![json!({"text": "a", "parts": []}); count]});
                assert!(BillForm::from_value(&lines(5_000)).is_ok());
                let told = BillForm::from_value(&lines(10_000)).unwrap_err().to_string();
                assert_eq!(told, "not valid: `lines` has more than 20000 values, with those before it");
                let text = format!("lines={}", "[".repeat(30_000));
                assert!(BillForm::from_urlencoded(text.as_bytes()).is_err());
            }

            #[test]
            fn faults_inside_lists_of_structs_say_where_they_are() {
                use FieldErrorKind as Kind;
                let fault = |field: &str, kind| (field.to_owned(), kind);
                let line = |text: &str, amount: &str| json!({"text": text, "amount": amount});
                let lines = json!([line("a", "1.50"), line("a long text", "0.10"), {"text": "b", "parts": [line("c", "1.234")]}]);
                let read = BillForm::from_value(&json!({"lines": lines, "total": "1000.01"}));
                assert_eq!(faults(read), [
                    fault("lines[1].text", Kind::TooLong), fault("lines[1].amount", Kind::OutOfRange),
                    fault("lines[2].parts[0].amount", Kind::OutOfRange), fault("total", Kind::OutOfRange),
                ]);
                let read = BillForm::from_value(&json!({"lines": [line("a", "1"), {"text": 5}]}));
                assert_eq!(faults(read), [fault("lines[1].text", Kind::Type)]);
                let told = BillForm::from_value(&json!({"lines": [], "total": "12.345"})).unwrap_err().to_string();
                assert_eq!(told, "not valid: `total` has 3 decimal places, at most 2 are allowed");
                let told = BillForm::from_value(&json!({"lines": [line("a", "0.49")]})).unwrap_err().to_string();
                assert_eq!(told, "not valid: `lines[0].amount` is less than 0.5");
                assert!(BillForm::from_value(&json!({"lines": [line("a", "0.500")], "total": "1000.00"})).is_ok());
                assert_eq!(BillFlow.start.fields()[1].decimal_places, Some(2));
            }

            #[test]
            fn what_code_says_is_invalid_reaches_the_caller_as_invalid() {
                let mut conn = $database;
                let bill = BillFlow.start.run(&mut conn, &CODE, BillForm { lines: vec![], total: None }).unwrap().id();
                let task = |conn: &mut Db| FLOWS_OF_BILLS.tasks(conn, bill).unwrap().last().unwrap().id();
                let open = task(&mut conn);
                BillFlow.approve.assign(&mut conn, open, &CODE).unwrap();
                let decide = DecideForm { approved: true, reason: "fine".into(), day: None };
                BillFlow.approve.execute(&mut conn, open, &CODE, decide).unwrap();
                let open = task(&mut conn);
                BillFlow.own.assign(&mut conn, open, &CODE).unwrap();
                let error = BillFlow.own.execute(&mut conn, open, &CODE, OwnForm { total: 6 }).unwrap_err();
                assert_eq!(error.to_string(), "not valid: `total` is too much");
                BillFlow.own.execute(&mut conn, open, &CODE, OwnForm { total: 1 }).unwrap();
                let open = task(&mut conn);
                let error = BillFlow.hand.run(&mut conn, open, &CODE, false).unwrap_err();
                assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Invalid, "not valid: `total` is refused"));
                let error = BillFlow.hand.run(&mut conn, open, &CODE, true).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Invalid, "a function behind it");
            }

            static FLOWS_OF_BILLS: Flows<Db> = flows![BillFlow];

            #[test]
            fn a_form_that_was_sent_is_kept_by_the_codecs_of_its_fields() {
                let mut conn = $database;
                let place = r#"{"street":"Elm","number":5}"#;
                let sent = format!("title=Emma&price=12.50&loan=PT90M&writer=7&writers=8&writers=9&place={place}");
                let book = BookFlow.start.run(&mut conn, &CODE, BookForm::from_urlencoded(sent).unwrap()).unwrap();
                let kept = json!({
                    "title": "Emma", "price": "12.50", "loan": "P0DT01H30M00S", "writer": 7, "writers": [8, 9],
                    "place": {"street": "Elm", "number": 5}
                });
                for (key, value) in kept.as_object().unwrap() {
                    assert_eq!(book.data().get(&[key]).unwrap(), Some(value), "{key}");
                }
                // What is kept is what a form reads.
                let again = BookForm::from_value(&kept).unwrap();
                assert_eq!(BookFlow.start.run(&mut conn, &CODE, again).unwrap().place(), book.place());

                // And what is shown of it is what it was sent as.
                let shown = BookFlow.start.fields().iter().map(|field| field.clone().with_value_of(&book));
                let shown: Vec<(&str, Vec<String>)> = shown.map(|field| (field.name, field.texts())).collect();
                let texts = |texts: &[&str]| texts.iter().map(ToString::to_string).collect::<Vec<_>>();
                assert_eq!(shown, [
                    ("title", texts(&["Emma"])), ("price", texts(&["12.50"])), ("loan", texts(&["P0DT01H30M00S"])),
                    ("writer", texts(&["7"])), ("writers", texts(&["8", "9"])), ("place", vec![kept["place"].to_string()]),
                ]);
                let shown = BookFlow.approve.fields_of(&book);
                assert_eq!((shown[0].texts(), shown[1].texts()), (Vec::new(), texts(&["P0DT01H30M00S"])));
                assert_eq!(FLOWS.fields_of(&book, "approve"), shown);
                assert_eq!(BookFlow.rename.fields_of(&book)[0].texts(), ["Emma"], "a form of the app's own says so itself");

                let task = BookFlow.approve.tasks().open().of(book.id()).one(&mut conn).unwrap();
                BookFlow.approve.assign(&mut conn, task.id(), &CODE).unwrap();
                let form = ApproveBook::from_urlencoded("approved=on&loan=P1D").unwrap();
                let book = BookFlow.approve.execute(&mut conn, task.id(), &CODE, form).unwrap();
                assert_eq!((book.approved(), book.loan()), (true, Duration::from_secs(86_400)));
            }

            #[test]
            fn everything_that_is_wrong_is_told_at_once() {
                let sent = json!({
                    "title": "a title of many letters", "price": true, "writer": 1.5, "writers": [7, []],
                    "place": {"street": "a long street"}, "titel": 1
                });
                let Err(Error::Invalid(faults)) = BookForm::from_value(&sent) else { panic!() };
                let told: Vec<(&str, FieldErrorKind)> = faults.iter().map(|fault| (&*fault.field, fault.kind)).collect();
                assert_eq!(told, [
                    ("title", FieldErrorKind::TooLong), ("price", FieldErrorKind::Type), ("loan", FieldErrorKind::Missing),
                    ("writer", FieldErrorKind::Type), ("writers[1]", FieldErrorKind::Type), ("place.street", FieldErrorKind::TooLong),
                    ("titel", FieldErrorKind::Unknown),
                ]);
                assert_eq!(Error::Invalid(faults).kind(), ErrorKind::Invalid);
            }

            #[test]
            fn a_node_says_what_its_form_asks_for() {
                let fields = BookFlow.start.fields();
                let told: Vec<(&str, &str, &str)> = fields.iter().map(|field| (field.name, field.label, field.help)).collect();
                assert_eq!(told, [
                    ("title", "Title of the book", "As on its cover."), ("price", "Price in euros", "Without tax"),
                    ("loan", "Loan", ""), ("writer", "Writer", ""), ("writers", "Writers", ""), ("place", "Place", ""),
                ]);
                let types: Vec<FieldType> = fields.iter().map(|field| field.ty).collect();
                const WRITER: FieldType = FieldType::Reference("writers");
                assert_eq!(types[..5], [FieldType::Text, FieldType::Decimal, FieldType::Duration, WRITER, FieldType::List(&WRITER)]);
                let FieldType::Object(place) = types[5] else { panic!("{types:?}") };
                assert_eq!(place.list().iter().map(|field| field.name).collect::<Vec<_>>(), ["street", "number"]);
                assert_eq!(BookFlow.rename.fields()[0], fields[0], "a form of the app's own says so itself");
                assert!(BookFlow.sign.fields().is_empty(), "without a form");
                assert_eq!(FLOWS.fields("book", "approve"), BookFlow.approve.fields());
                assert!(FLOWS.fields("book", "end").is_empty() && FLOWS.fields("nothing", "start").is_empty());
            }

            #[test]
            fn choices_come_from_a_query() {
                use diesel::connection::SimpleConnection as _;
                let mut conn = $database;
                conn.batch_execute("create table writers (id integer primary key, name text not null)").unwrap();
                let all = [("Kafka", 1), ("Austen", 2)].map(|(name, id)| Writer { id, name: name.to_owned() });
                diesel::insert_into(writers::table).values(&all[..]).execute(&mut conn).unwrap();
                let rows: Vec<Writer> = writers::table.order(writers::name.asc()).load(&mut conn).unwrap();
                let field = BookFlow.start.fields()[3].clone();
                let field = field.with_choices(rows.iter().map(|writer| Choice::row(writer, writer.name.clone())));
                let choices: Vec<(&str, &str)> = field.choices.iter().map(|choice| (&*choice.value, &*choice.label)).collect();
                assert_eq!(choices, [("2", "Austen"), ("1", "Kafka")]);
                assert_eq!(field.with_choices([("2", "Austen")]).choices.len(), 1);
            }
            }
        }
    };
}
