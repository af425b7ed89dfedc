//! Types of fields: as Viewflow keeps them, read back as they were, found by filters, in the right order.

/// The cases of fields, on a back end.
#[macro_export]
macro_rules! fields_suite {
    ($connection:ty, $database:expr) => {
        mod fields {
            $crate::cases! {
            use std::net::IpAddr;
            use std::time::Duration;

            use flow_core::prelude::*;
            use flow_core::{Bytes, Error, ErrorKind, Secret};
            use rust_decimal::Decimal;
            use serde_json::{Value, json};
            use url::Url;
            use uuid::Uuid;

            type Db = $connection;
            const CODE: System = System("test");

            diesel::table! { authors (id) { id -> Integer, } }

            #[derive(diesel::Queryable, diesel::Selectable, diesel::Identifiable, diesel::Insertable, FlowModel, Debug, Clone, PartialEq)]
            pub struct Author { id: i32 }

            #[derive(Choices, Clone, Copy, Debug, PartialEq)]
            pub enum Carrier {
                /// Royal Mail
                Post,
                #[choice(value = "sea", label = "By ship")]
                Ship,
                NightTrain,
            }

            #[derive(JsonModel, Clone, Debug, PartialEq)]
            pub struct Address {
                #[json(max_length = 20)]
                street: String,
                #[json(default)]
                city: String,
                at: Option<Spot>,
            }

            #[derive(JsonModel, Clone, Debug, PartialEq)]
            pub struct Spot { #[json(default)] x: i64, #[json(default)] y: i64 }

            #[derive(ProcessProxy, Debug)]
            pub struct ManyProcess {
                process: Process,
                price: Option<Decimal>,
                id_there: Option<Uuid>,
                day: Option<jiff::civil::Date>,
                hour: Option<jiff::civil::Time>,
                at: Option<jiff::Timestamp>,
                naive_day: Option<chrono::NaiveDate>,
                naive_hour: Option<chrono::NaiveTime>,
                at_utc: Option<chrono::DateTime<chrono::Utc>>,
                time_day: Option<time::Date>,
                time_hour: Option<time::Time>,
                time_at: Option<time::OffsetDateTime>,
                our_at: Option<Timestamp>,
                length: Option<Duration>,
                ip: Option<IpAddr>,
                site: Option<Url>,
                seal: Option<Bytes>,
                #[json(choices)]
                carrier: Option<Carrier>,
                #[json(choices, default = Carrier::Post)]
                back: Carrier,
                any: Option<Value>,
                address: Option<Address>,
                #[json(default)]
                stops: Vec<Address>,
                author: Option<Ref<Author>>,
                #[json(default)]
                authors: Vec<Ref<Author>>,
                pin: Option<Secret<String>>,
                #[json(default)]
                fee: Decimal,
                #[json(default)]
                pause: Duration,
            }

            #[flow(process = ManyProcess, connection = Db)]
            pub struct ManyFlow {
                #[node(permission(anyone), next = this.wait)]
                pub start: StartHandle,
                #[node(permission(anyone), next = this.end)]
                wait: Handle,
                end: End,
            }

            fn started(conn: &mut Db, data: ManyProcessData) -> i64 {
                ManyFlow.start.run(conn, &CODE, data).unwrap().id()
            }

            fn load(conn: &mut Db, id: i64) -> ManyProcess {
                ManyFlow.processes().find(id).first(conn).unwrap()
            }

            /// Puts this document into the row, as another program would.
            fn put(conn: &mut Db, id: i64, document: &Value) {
                use flow_core::schema::flow_process;
                let document = flow_core::data::Document::from(document.to_string());
                diesel::update(flow_process::table.find(id)).set(flow_process::data.eq(document)).execute(conn).unwrap();
            }

            fn full() -> ManyProcessData {
                let at: jiff::Timestamp = "2026-11-23T14:30:00.5Z".parse().unwrap();
                ManyProcessData {
                    price: Some("12.50".parse().unwrap()),
                    id_there: Some(Uuid::from_u128(0x67e5_5044_10b1_426f_9247_bb68_0e5f_e0c8)),
                    day: Some(jiff::civil::date(2026, 11, 23)),
                    hour: Some(jiff::civil::time(14, 30, 0, 0)),
                    at: Some(at),
                    naive_day: chrono::NaiveDate::from_ymd_opt(2026, 11, 23),
                    naive_hour: chrono::NaiveTime::from_hms_opt(14, 30, 0),
                    at_utc: chrono::DateTime::from_timestamp(at.as_second(), 500_000_000),
                    time_day: time::Date::from_calendar_date(2026, time::Month::November, 23).ok(),
                    time_hour: time::Time::from_hms(14, 30, 0).ok(),
                    time_at: time::OffsetDateTime::from_unix_timestamp_nanos(at.as_nanosecond()).ok(),
                    our_at: Some("2026-11-23T14:30:00.5Z".parse().unwrap()),
                    length: Some(Duration::from_secs(90 * 60)),
                    ip: Some("::1".parse().unwrap()),
                    site: Some("https://example.org/a".parse().unwrap()),
                    seal: Some(Bytes::from(vec![0, 255, 16])),
                    carrier: Some(Carrier::Ship),
                    back: Carrier::NightTrain,
                    any: Some(json!({"a": [1, null]})),
                    address: Some(Address { street: "Elm".into(), city: "Bonn".into(), at: Some(Spot { x: 1, y: 2 }) }),
                    stops: vec![Address { street: "Oak".into(), city: String::new(), at: None }],
                    author: Some(Ref::to(&Author { id: 7 })),
                    authors: vec![Ref::to(&Author { id: 7 }), Ref::to(&Author { id: 8 })],
                    pin: Some("1234".to_owned().into()),
                    fee: "0.10".parse().unwrap(),
                    pause: Duration::from_micros(1),
                }
            }

            fn document() -> Value {
                json!({
                    "price": "12.50", "id_there": "67e55044-10b1-426f-9247-bb680e5fe0c8",
                    "day": "2026-11-23", "hour": "14:30:00", "at": "2026-11-23T14:30:00.500000+00:00",
                    "naive_day": "2026-11-23", "naive_hour": "14:30:00", "at_utc": "2026-11-23T14:30:00.500000+00:00",
                    "time_day": "2026-11-23", "time_hour": "14:30:00", "time_at": "2026-11-23T14:30:00.500000+00:00",
                    "our_at": "2026-11-23T14:30:00.500000+00:00", "length": "P0DT01H30M00S",
                    "ip": "::1", "site": "https://example.org/a", "seal": "AP8Q", "carrier": "sea", "back": "night_train",
                    "any": {"a": [1, null]}, "address": {"street": "Elm", "city": "Bonn", "at": {"x": 1, "y": 2}},
                    "stops": [{"street": "Oak", "city": "", "at": null}], "author": 7, "authors": [7, 8], "pin": "1234",
                    "fee": "0.10", "pause": "P0DT00H00M00.000001S"
                })
            }

            #[test]
            fn case_78_each_type_is_kept_as_viewflow_keeps_it_and_read_back_as_it_was() {
                let mut conn = $database;
                let id = started(&mut conn, full());
                let process = load(&mut conn, id);
                for (key, value) in document().as_object().unwrap() {
                    assert_eq!(process.data().get(&[key]).unwrap(), Some(value), "{key}");
                }
                let all = full();
                assert_eq!((process.price(), process.id_there(), process.day()), (all.price, all.id_there, all.day));
                assert_eq!((process.hour(), process.at(), process.length()), (all.hour, all.at, all.length));
                assert_eq!((process.naive_day(), process.naive_hour(), process.at_utc()), (all.naive_day, all.naive_hour, all.at_utc));
                assert_eq!((process.time_day(), process.time_hour(), process.time_at()), (all.time_day, all.time_hour, all.time_at));
                assert_eq!((process.our_at(), process.ip(), process.site().cloned()), (all.our_at, all.ip, all.site));
                assert_eq!((process.seal().cloned(), process.carrier(), process.back()), (all.seal, all.carrier, all.back));
                assert_eq!((process.any().cloned(), process.address().cloned(), process.stops()), (all.any, all.address, &all.stops[..]));
                assert_eq!((process.author().cloned(), process.authors()), (all.author, &all.authors[..]));
                assert_eq!((process.fee(), process.pause()), (all.fee, all.pause));
                assert_eq!(process.pin().unwrap().reveal(), "1234");
                assert!(!format!("{process:?}").contains("Some(\"1234\")") && format!("{:?}", process.pin()) == "Some(Secret(..))");
                assert_eq!((process.carrier_display(), process.back_display()), ("By ship", "Night train"));
            }

            #[test]
            fn an_empty_row_reads_as_its_defaults() {
                let mut conn = $database;
                let id = started(&mut conn, ManyProcessData::default());
                put(&mut conn, id, &json!({}));
                let process = load(&mut conn, id);
                assert_eq!((process.price(), process.back(), process.fee(), process.pause()), (None, Carrier::Post, Decimal::ZERO, Duration::ZERO));
                assert_eq!((process.carrier_display(), process.stops().len(), process.address()), ("", 0, None));
                let fields = ManyProcess::FIELDS;
                let count = |conn: &mut Db, found: i64| assert_eq!(found, 1, "{:?}", ManyFlow.processes().load(conn).unwrap());
                let found = ManyFlow.processes().filter(fields.back.eq(Carrier::Post)).filter(fields.fee.eq(Decimal::ZERO)).filter(fields.pause.eq(Duration::ZERO)).load(&mut conn).unwrap();
                count(&mut conn, found.len() as i64);
                let found = ManyFlow.processes().filter(fields.price.is_null()).filter(fields.day.is_null()).load(&mut conn).unwrap();
                count(&mut conn, found.len() as i64);
            }

            #[test]
            fn case_78_every_type_is_found_by_its_own_value() {
                let mut conn = $database;
                let id = started(&mut conn, full());
                started(&mut conn, ManyProcessData::default());
                let (all, fields) = (full(), ManyProcess::FIELDS);
                macro_rules! found {
                    ($condition:expr) => {{
                        let found: Vec<i64> = ManyFlow.processes().filter($condition).load(&mut conn).unwrap().iter().map(|row| row.id()).collect();
                        assert_eq!(found, [id], stringify!($condition));
                    }};
                }
                found!(fields.price.eq(Decimal::from(25) / Decimal::from(2)));
                found!(fields.price.between(Decimal::from(12), Decimal::from(13)));
                found!(fields.price.eq_any([Decimal::from(1), "12.5".parse().unwrap()]));
                found!(fields.id_there.eq(all.id_there.unwrap()));
                found!(fields.id_there.eq_any(all.id_there));
                found!(fields.day.ge(jiff::civil::date(2026, 11, 23)));
                found!(fields.day.between(jiff::civil::date(2026, 1, 1), jiff::civil::date(2026, 12, 31)));
                found!(fields.hour.lt(jiff::civil::time(14, 30, 0, 1)));
                found!(fields.at.eq(all.at.unwrap()));
                found!(fields.at.gt("2026-11-23T14:30:00Z".parse::<jiff::Timestamp>().unwrap()));
                found!(fields.naive_day.eq(all.naive_day.unwrap()));
                found!(fields.naive_hour.le(all.naive_hour.unwrap()));
                found!(fields.at_utc.eq(all.at_utc.unwrap()));
                found!(fields.time_day.eq(all.time_day.unwrap()));
                found!(fields.time_hour.eq(all.time_hour.unwrap()));
                found!(fields.time_at.eq(all.time_at.unwrap()));
                found!(fields.our_at.eq(all.our_at.unwrap()));
                found!(fields.length.eq(Duration::from_secs(5400)));
                found!(fields.length.eq_any([Duration::from_secs(5400), Duration::from_secs(1)]));
                found!(fields.ip.eq("::1".parse::<IpAddr>().unwrap()));
                found!(fields.site.eq(all.site.as_ref().unwrap()));
                found!(fields.seal.eq(all.seal.as_ref().unwrap()));
                found!(fields.carrier.eq(Carrier::Ship));
                found!(fields.carrier.ne_all([Carrier::Post, Carrier::NightTrain]));
                found!(fields.back.ne(Carrier::Post));
                found!(fields.author.eq(all.author.as_ref().unwrap()));
                found!(fields.author.is_not_null());
                found!(fields.pause.gt(Duration::ZERO).and(fields.fee.gt(Decimal::ZERO)));
            }

            #[test]
            fn case_78_decimals_dates_and_lengths_are_in_their_own_order() {
                let mut conn = $database;
                let (prices, lengths) = (["10", "9", "100.5", "-3", "9.25"], [864_000, 86_400, 5, 90_000, 0]);
                for (price, length) in prices.iter().zip(lengths) {
                    let data = ManyProcessData { price: price.parse().ok(), length: Some(Duration::from_secs(length)), ..Default::default() };
                    started(&mut conn, data);
                }
                let fields = ManyProcess::FIELDS;
                let rows = ManyFlow.processes().order(fields.price.asc()).load(&mut conn).unwrap();
                let order: Vec<String> = rows.iter().map(|row| row.price().unwrap().to_string()).collect();
                assert_eq!(order, ["-3", "9", "9.25", "10", "100.5"]);
                let rows = ManyFlow.processes().order(fields.length.desc()).load(&mut conn).unwrap();
                let order: Vec<u64> = rows.iter().map(|row| row.length().unwrap().as_secs()).collect();
                assert_eq!(order, [864_000, 90_000, 86_400, 5, 0]);
            }

            #[test]
            fn what_another_program_wrote_is_read_and_left_as_it_is() {
                let mut conn = $database;
                let id = started(&mut conn, full());
                let text = json!({
                    "at": "2026-11-23T16:30:00.5+02:00", "id_there": "67E5504410B1426F9247BB680E5FE0C8", "price": 12.5,
                    "length": "PT1H30M", "author": "7", "unknown": {"kept": true},
                    "address": {"street": "Elm", "unknown": 1, "at": {"x": 1, "unknown": 2}}
                });
                put(&mut conn, id, &text);
                let mut process = load(&mut conn, id);
                assert_eq!((process.at(), process.id_there(), process.length()), (full().at, full().id_there, full().length));
                assert_eq!((process.price(), process.author().unwrap().key()), (full().price, "7"));
                let mut address = process.address().unwrap().clone();
                (address.city, address.at) = ("Kiel".to_owned(), Some(Spot { x: 1, y: 5 }));
                process.set_address(Some(address));
                process.save(&mut conn).unwrap();
                let mut expect = text;
                expect["address"] = json!({"street": "Elm", "city": "Kiel", "unknown": 1, "at": {"x": 1, "y": 5, "unknown": 2}});
                let process = load(&mut conn, id);
                for (key, value) in expect.as_object().unwrap() {
                    assert_eq!(process.data().get(&[key]).unwrap(), Some(value), "{key}");
                }
            }

            #[test]
            fn two_who_change_different_keys_of_one_object_both_win() {
                let mut conn = $database;
                let id = started(&mut conn, full());
                let (mut first, mut second) = (load(&mut conn, id), load(&mut conn, id));
                let address = first.address().unwrap().clone();
                first.set_address(Some(Address { street: "Ash".into(), ..address.clone() }));
                second.set_address(Some(Address { at: Some(Spot { x: 1, y: 9 }), ..address }));
                first.save(&mut conn).unwrap();
                second.save(&mut conn).unwrap();
                let expect = Address { street: "Ash".into(), city: "Bonn".into(), at: Some(Spot { x: 1, y: 9 }) };
                assert_eq!(load(&mut conn, id).address(), Some(&expect));
            }

            #[test]
            fn what_does_not_fit_is_an_error_with_its_field_and_place() {
                let mut conn = $database;
                let id = started(&mut conn, full());
                for (document, path, found) in [
                    (json!({"price": "12,5"}), "$.\"price\"", "a string with other content"),
                    (json!({"price": true}), "$.\"price\"", "a boolean"),
                    (json!({"day": "2026-02-30"}), "$.\"day\"", "a string with other content"),
                    (json!({"day": "2026-11-23T00:00:00"}), "$.\"day\"", "a string with other content"),
                    (json!({"length": "-P1DT00H00M00S"}), "$.\"length\"", "a string with other content"),
                    (json!({"carrier": "pigeon"}), "$.\"carrier\"", "a string with other content"),
                    (json!({"address": {"street": 5}}), "$.\"address\".\"street\"", "an integer"),
                    (json!({"address": {"street": "Elm", "at": {"x": "a"}}}), "$.\"address\".\"at\".\"x\"", "a string of 1 characters"),
                    (json!({"address": [1]}), "$.\"address\"", "a list of 1"),
                    (json!({"stops": [{"street": "Oak"}, {}]}), "$.\"stops\"[1].\"street\"", "nothing"),
                    (json!({"pin": 1234}), "$.\"pin\"", "something else"),
                    (json!({"author": 1.5}), "$.\"author\"", "a number with a fraction"),
                ] {
                    put(&mut conn, id, &document);
                    let error = Error::from(ManyFlow.processes().find(id).first(&mut conn).unwrap_err());
                    let Error::Data(data) = error else { panic!("{document}: {error}") };
                    assert_eq!((data.path.as_str(), data.found.as_str()), (path, found), "{document}");
                    // A filter passes it by.
                    let fields = ManyProcess::FIELDS;
                    let any = fields.price.gt(Decimal::ZERO).and(fields.length.gt(Duration::ZERO)).and(fields.author.is_not_null());
                    assert_eq!(ManyFlow.processes().filter(any).load(&mut conn).unwrap().len(), 0);
                }
            }

            #[test]
            fn what_cannot_be_kept_is_refused_with_all_faults_at_once() {
                let mut conn = $database;
                let mut data = full();
                data.day = Some(jiff::civil::date(-1, 1, 1));
                data.length = Some(Duration::MAX);
                data.any = Some(json!("a\u{0}b"));
                data.address = Some(Address { street: "a street of more than twenty letters".into(), city: String::new(), at: None });
                let error = ManyFlow.start.run(&mut conn, &CODE, data).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Invalid);
                assert_eq!(
                    error.to_string(),
                    "not valid: `day` is before the year 0, `length` is longer than 99999 days, \
                     `any` contains the character NUL, `address.street` has 36 characters, at most 20 are allowed"
                );
            }

            #[test]
            fn case_79_references_are_loaded_in_the_order_of_the_list() {
                use diesel::connection::SimpleConnection as _;
                let mut conn = $database;
                conn.batch_execute("create table authors (id integer primary key)").unwrap();
                let authors = [Author { id: 8 }, Author { id: 7 }];
                diesel::insert_into(authors::table).values(&authors[..]).execute(&mut conn).unwrap();
                let id = started(&mut conn, ManyProcessData { authors: authors.iter().map(Ref::to).collect(), ..Default::default() });
                assert_eq!(load(&mut conn, id).authors().load(&mut conn).unwrap(), authors);
                diesel::delete(authors::table.find(7)).execute(&mut conn).unwrap();
                assert_eq!(load(&mut conn, id).authors().load(&mut conn).unwrap_err(), diesel::result::Error::NotFound);
            }
            }
        }
    };
}
