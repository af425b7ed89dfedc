//! Documents: every type of field comes back as it was written, and whatever stands in a row is read or refused,
//! never a panic, and never a hindrance to a filter that finds other rows.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, unreachable_pub, dead_code, reason = "tests")]
#![recursion_limit = "512"]

use std::net::IpAddr;
use std::time::Duration;

use diesel::connection::SimpleConnection as _;
use flow_core::prelude::*;
use flow_core::{Bytes, ErrorKind, Secret};
use flow_tests::cases::Group;
use flow_tests::postgres::{self as server, Schema};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use rust_decimal::Decimal;
use serde_json::Value;
use url::Url;
use uuid::Uuid;

diesel::table! { authors (id) { id -> Integer, } }

#[derive(diesel::Queryable, diesel::Selectable, diesel::Identifiable, FlowModel, Debug, Clone, PartialEq)]
pub struct Author {
    id: i32,
}

#[derive(Choices, Clone, Copy, Debug, PartialEq)]
pub enum Carrier {
    Post,
    NightTrain,
}

#[derive(JsonModel, Clone, Debug, PartialEq)]
pub struct Spot {
    #[json(default)]
    x: i64,
    note: Option<String>,
}

macro_rules! every_type {
    ($($name:ident: $ty:ty = $strategy:expr;)*) => {
        /// A field of each type, and as an `Option` or a list where that is another codec.
        #[derive(ProcessProxy, Debug)]
        pub struct EveryProcess {
            process: Process,
            $($name: $ty,)*
        }

        impl EveryProcess {
            fn fields(&self) -> Vec<(&'static str, String)> {
                vec![$((stringify!($name), format!("{:?}", self.$name))),*]
            }
        }

        fn fields(data: &EveryProcessData) -> Vec<(&'static str, String)> {
            vec![$((stringify!($name), format!("{:?}", data.$name))),*]
        }

        /// Random values of all fields: a tuple of strategies has too few places for them.
        fn data(seed: &Seed) -> EveryProcessData {
            let random = TestRng::from_seed(RngAlgorithm::ChaCha, seed);
            let mut runner = TestRunner::new_with_rng(Config::default(), random);
            EveryProcessData { $($name: value(&mut runner, &$strategy),)* }
        }
    };
}

/// What random values are made from.
type Seed = [u8; 32];

fn value<T: std::fmt::Debug>(runner: &mut TestRunner, strategy: &impl Strategy<Value = T>) -> T {
    use proptest::strategy::ValueTree as _;
    strategy.new_tree(runner).unwrap().current()
}

/// Any text but for NUL, which no database keeps.
fn text() -> impl Strategy<Value = String> {
    any::<String>().prop_map(|text| text.replace('\0', "\u{1F600}'\"\\"))
}

fn finite() -> impl Strategy<Value = f64> {
    // PostgreSQL's numbers have no negative zero.
    prop_oneof![Just(0.0), Just(f64::MIN_POSITIVE), Just(f64::MAX), any::<f64>()]
        .prop_filter_map("finite", |number| number.is_finite().then_some(number + 0.0))
}

fn decimal() -> impl Strategy<Value = Decimal> {
    (any::<i64>(), 0_u32..=18).prop_map(|(digits, scale)| Decimal::new(digits, scale))
}

fn duration() -> impl Strategy<Value = Duration> {
    (0_u64..99_999 * 86_400, 0_u32..1_000_000_000).prop_map(|(seconds, nanos)| Duration::new(seconds, nanos))
}

fn timestamp() -> impl Strategy<Value = Timestamp> {
    // Years 1 to 9999: what both databases and Viewflow can say.
    (-62_135_596_800_000_000_i64..253_402_300_799_000_000).prop_map(Timestamp::from_micros)
}

fn date() -> impl Strategy<Value = jiff::civil::Date> {
    (1_i16..=9999, 1_i8..=12, 1_i8..=28).prop_map(|(year, month, day)| jiff::civil::date(year, month, day))
}

fn time() -> impl Strategy<Value = jiff::civil::Time> {
    (0_i8..24, 0_i8..60, 0_i8..60, 0_i32..1_000_000)
        .prop_map(|(hour, minute, second, micro)| jiff::civil::time(hour, minute, second, micro * 1000))
}

fn maybe<T: std::fmt::Debug + Clone>(of: impl Strategy<Value = T>) -> impl Strategy<Value = Option<T>> {
    proptest::option::of(of)
}

fn list<T: std::fmt::Debug>(of: impl Strategy<Value = T>) -> impl Strategy<Value = Vec<T>> {
    proptest::collection::vec(of, 0..4)
}

fn spot() -> impl Strategy<Value = Spot> {
    (any::<i64>(), maybe(text())).prop_map(|(x, note)| Spot { x, note })
}

fn author() -> impl Strategy<Value = Ref<Author>> {
    any::<i32>().prop_map(|id| Ref::to(&Author { id }))
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(text(), inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

every_type! {
    flag: bool = any::<bool>();
    tiny: i8 = any::<i8>();
    small: i16 = any::<i16>();
    middle: i32 = any::<i32>();
    large: i64 = any::<i64>();
    byte: u8 = any::<u8>();
    word: u16 = any::<u16>();
    number: u32 = any::<u32>();
    positive: u64 = 0_u64..=9_223_372_036_854_775_807;
    ratio: f64 = finite();
    text: String = text().prop_map(|text| format!("x{text}"));
    maybe_text: Option<String> = maybe(text());
    texts: Vec<String> = list(text());
    maybe_large: Option<i64> = maybe(any::<i64>());
    ratios: Vec<f64> = list(finite());
    price: Decimal = decimal();
    prices: Vec<Decimal> = list(decimal());
    key: Uuid = any::<u128>().prop_map(Uuid::from_u128);
    day: jiff::civil::Date = date();
    hour: jiff::civil::Time = time();
    at: Timestamp = timestamp();
    length: Duration = duration();
    lengths: Vec<Duration> = list(duration());
    address: IpAddr = any::<IpAddr>();
    site: Option<Url> = maybe("[a-z]{1,8}".prop_map(|host| Url::parse(&format!("https://{host}.example/?q=%20")).unwrap()));
    seal: Bytes = any::<Vec<u8>>().prop_map(Bytes::from);
    carrier: Carrier = prop_oneof![Just(Carrier::Post), Just(Carrier::NightTrain)];
    carriers: Vec<Carrier> = list(Just(Carrier::NightTrain));
    spot: Spot = spot();
    maybe_spot: Option<Spot> = maybe(spot());
    spots: Vec<Spot> = list(spot());
    author: Ref<Author> = author();
    authors: Vec<Ref<Author>> = list(author());
    pin: Secret<String> = text().prop_map(|text| Secret::new(format!("x{text}")));
    anything: Value = any_json();
}

/// JSON that another program could have left behind, as text.
fn hostile() -> impl Strategy<Value = String> {
    let scalar = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("9223372036854775808".to_owned()),
        Just("-9223372036854775809".to_owned()),
        Just("18446744073709551616".to_owned()),
        Just("1e400".to_owned()),
        Just("-1e400".to_owned()),
        Just("1e-400".to_owned()),
        Just("0.1".to_owned()),
        Just(r#""\u0000""#.to_owned()),
        Just(r#""\ud800""#.to_owned()),
        Just(r#""9999-99-99""#.to_owned()),
        Just(r#""P99999999999DT00H00M00S""#.to_owned()),
        Just(r#""1e5""#.to_owned()),
        Just(r#"".5""#.to_owned()),
        Just(r#""NaN""#.to_owned()),
        Just(format!("\"{}\"", "9".repeat(400))),
        Just("9".repeat(400)),
        Just(format!("{}{}", "[".repeat(200), "]".repeat(200))),
        Just(format!("{}1{}", r#"{"x":"#.repeat(100), "}".repeat(100))),
        Just(format!("\"{}\"", "x".repeat(1_000_000))),
        Just(r#"{"x":1,"x":"two"}"#.to_owned()),
        Just("[]".to_owned()),
        Just("{}".to_owned()),
        any_json().prop_map(|json| json.to_string()),
    ];
    let names: Vec<String> = EveryProcess::NAMES.iter().map(|name| (*name).to_owned()).collect();
    let document =
        proptest::collection::vec((proptest::sample::select(names), scalar.clone()), 0..12).prop_map(|keys| {
            let keys: Vec<String> = keys.into_iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
            format!("{{{}}}", keys.join(","))
        });
    prop_oneof![8 => document, 1 => scalar, 1 => Just(r#"{"text":"#.to_owned())]
}

impl EveryProcess {
    const NAMES: &'static [&'static str] = &[
        "flag",
        "tiny",
        "small",
        "middle",
        "large",
        "byte",
        "positive",
        "ratio",
        "text",
        "maybe_text",
        "texts",
        "maybe_large",
        "price",
        "prices",
        "key",
        "day",
        "hour",
        "at",
        "length",
        "lengths",
        "address",
        "site",
        "seal",
        "carrier",
        "spot",
        "maybe_spot",
        "spots",
        "author",
        "authors",
        "pin",
        "anything",
    ];
}

const F: EveryProcessFields = EveryProcess::FIELDS;

/// So many that the time is well spent; `PROPTEST_CASES` asks for more.
fn runner() -> TestRunner {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(60);
    TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() })
}

macro_rules! documents {
    ($module:ident, $connection:ty, $database:expr, $put:literal) => {
        mod $module {
            use super::*;

            #[flow(process = EveryProcess, connection = $connection)]
            pub struct EveryFlow {
                #[node(permission(anyone), next = this.wait)]
                pub start: StartHandle,
                #[node(form = EveryForm { flag, tiny, small, middle, large, byte, word, number, positive, ratio, text, maybe_text, texts, maybe_large, ratios, price, prices, key, day, hour, at, length, lengths, address, site, seal, carrier, carriers, spot, maybe_spot, spots, author, authors, pin, anything }, permission(anyone), next = this.wait)]
                pub fill: Start,
                #[node(permission(anyone), next = this.end)]
                wait: View,
                end: End,
            }

            static FLOWS: Flows<$connection> = flows![EveryFlow];
            const CODE: System = System("test");

            pub fn every_type_comes_back_as_it_was() {
                let conn = std::cell::RefCell::new($database);
                let result = runner().run(&any::<Seed>(), |seed| {
                    let data = data(&seed);
                    let conn: &mut $connection = &mut conn.borrow_mut();
                    let expect = fields(&data);
                    // These show less than they are.
                    let (pin, seal) = (data.pin.reveal().clone(), data.seal.clone());
                    let id = EveryFlow.start.run(conn, &CODE, data).map_err(|error| fail(&error))?.id();
                    let mut found: EveryProcess = EveryFlow.processes().find(id).first(conn).unwrap();
                    prop_assert_eq!(found.fields(), expect);
                    prop_assert_eq!((found.pin().reveal(), found.seal()), (&pin, &seal));
                    // Nothing is different, so nothing is written.
                    found.save(conn).unwrap();
                    prop_assert_eq!(found.version(), 1);
                    Ok(())
                });
                result.unwrap_or_else(|error| panic!("{error}"));
            }

            pub fn every_type_goes_through_a_form() {
                let conn = std::cell::RefCell::new($database);
                let result = runner().run(&any::<Seed>(), |seed| {
                    let conn: &mut $connection = &mut conn.borrow_mut();
                    let mut data = data(&seed);
                    // On a page an empty text that may be left out is left out.
                    data.maybe_text = data.maybe_text.filter(|text| !text.is_empty());
                    let expect = fields(&data);
                    let document = flow_core::proxy::ProcessData::document(&data).map_err(|error| fail(&error))?;
                    let of = |name: &str| (name.to_owned(), document.get(&[name]).unwrap().unwrap().clone());
                    let json = Value::Object(EveryForm::FIELDS.iter().map(|field| of(field.name)).collect());
                    let as_json = EveryForm::from_json(&json.to_string()).map_err(|error| fail(&error))?;
                    let by_serde: EveryForm = serde_json::from_value(json.clone()).map_err(|error| fail(&error))?;
                    let as_page = EveryForm::from_urlencoded(&page(&json)).map_err(|error| fail(&error))?;
                    for form in [as_json, by_serde, as_page] {
                        let started = EveryFlow.fill.run(conn, &CODE, form).map_err(|error| fail(&error))?;
                        prop_assert_eq!(started.fields(), expect.clone());
                    }
                    Ok(())
                });
                result.unwrap_or_else(|error| panic!("{error}"));
            }

            pub fn whatever_stands_in_a_row_is_read_or_refused() {
                let conn = std::cell::RefCell::new($database);
                let good = {
                    let conn: &mut $connection = &mut conn.borrow_mut();
                    let mut data = data(&[7; 32]);
                    (data.large, data.text) = (7, "good".to_owned());
                    EveryFlow.start.run(conn, &CODE, data).unwrap().id()
                };
                let result = runner().run(&(any::<Seed>(), hostile()), |(seed, document)| {
                    let conn: &mut $connection = &mut conn.borrow_mut();
                    let id = EveryFlow.start.run(conn, &CODE, data(&seed)).map_err(|error| fail(&error))?.id();
                    let put = diesel::sql_query($put)
                        .bind::<diesel::sql_types::Text, _>(&document)
                        .bind::<diesel::sql_types::BigInt, _>(id)
                        .execute(conn);
                    if put.is_err() {
                        // The database itself knows better.
                        return Ok(());
                    }
                    let read = EveryFlow.processes().find(id).first(conn).map_err(flow_core::Error::from);
                    if let Err(error) = &read {
                        prop_assert!(matches!(error.kind(), ErrorKind::Data | ErrorKind::Database), "{error:?}");
                        prop_assert!(error.to_string().len() < 2_000, "{error}");
                    }
                    // What needs no field goes on: the task is taken, the history is read.
                    let task = EveryFlow.wait.tasks().of(id).one(conn).unwrap();
                    EveryFlow.wait.assign(conn, task.id(), &CODE).map_err(|error| fail(&error))?;
                    prop_assert_eq!(FLOWS.history(conn, id).unwrap().len(), 2);
                    let done = EveryFlow.wait.execute(conn, task.id(), &CODE, ());
                    prop_assert_eq!(done.is_ok(), read.is_ok(), "{:?}", done.err());
                    let each = EveryFlow.processes().load_each(conn).map_err(|error| fail(&error))?;
                    prop_assert_eq!(each.iter().filter(|row| row.is_err()).count(), usize::from(read.is_err()));
                    if serde_json::from_str::<serde::de::IgnoredAny>(&document).is_ok() {
                        filters(conn, good)?;
                    }
                    let good = format!("(select data from flow_process where id = {good})");
                    conn.batch_execute(&format!("update flow_process set data = {good} where id = {id}")).unwrap();
                    Ok(())
                });
                result.unwrap_or_else(|error| panic!("{error}"));
            }

            /// Each filter finds the good row, whatever stands in the others.
            fn filters(conn: &mut $connection, good: i64) -> Result<(), TestCaseError> {
                macro_rules! finds {
                    ($condition:expr) => {
                        let query =
                            EveryFlow.processes().filter($condition).select(flow_core::schema::flow_process::id);
                        let found: Result<Vec<i64>, _> = query.load(conn);
                        let found = found.map_err(|error| fail(&format!("{}: {error}", stringify!($condition))))?;
                        prop_assert!(found.contains(&good), stringify!($condition));
                    };
                }
                let row: EveryProcess = EveryFlow.processes().find(good).first(conn).unwrap();
                finds!(F.flag.eq(row.flag()));
                finds!(F.tiny.eq(i64::from(row.tiny())));
                finds!(F.large.eq(7));
                finds!(F.positive.ge(0));
                finds!(F.ratio.eq(row.ratio()));
                finds!(F.text.eq("good"));
                finds!(F.price.eq(row.price()));
                finds!(F.key.eq(row.key()));
                finds!(F.day.le(row.day()));
                finds!(F.hour.ge(row.hour()));
                finds!(F.at.eq(row.at()));
                finds!(F.length.le(row.length()));
                finds!(F.carrier.eq(row.carrier()));
                finds!(F.author.eq(row.author().clone()));
                finds!(F.address.eq(row.address()));
                finds!(F.large.between(7, 7).and(F.texts.contains("good").or(F.text.like("go%"))));
                finds!(F.prices.contains(row.price()).or(F.large.eq(7)));
                finds!(F.lengths.contains(row.length()).or(F.large.eq(7)));
                Ok(())
            }
        }
    };
}

/// As a page sends it: a text each, a list item by item, nothing for what is not there.
fn page(json: &Value) -> String {
    let mut out = form_urlencoded::Serializer::new(String::new());
    let mut send = |key: &str, text: String| {
        out.append_pair(key, &text);
    };
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    for (key, value) in json.as_object().unwrap() {
        match value {
            _ if key == "anything" => send(key, value.to_string()),
            Value::Null | Value::Bool(false) => {}
            Value::Array(items) => items.iter().for_each(|item| send(key, text(item))),
            other => send(key, text(other)),
        }
    }
    out.finish()
}

fn fail(error: &impl std::fmt::Display) -> TestCaseError {
    TestCaseError::fail(error.to_string())
}

documents!(
    sqlite,
    diesel::SqliteConnection,
    flow_core::test_util::database(),
    "update flow_process set data = ? where id = ?"
);
documents!(
    postgres,
    diesel::PgConnection,
    Schema::new().connect(),
    "update flow_process set data = $1::jsonb where id = $2"
);

fn main() {
    let sqlite: &[flow_tests::cases::Case] = &[
        ("every_type_comes_back_as_it_was", sqlite::every_type_comes_back_as_it_was),
        ("every_type_goes_through_a_form", sqlite::every_type_goes_through_a_form),
        ("whatever_stands_in_a_row_is_read_or_refused", sqlite::whatever_stands_in_a_row_is_read_or_refused),
    ];
    let postgres: &[flow_tests::cases::Case] = &[
        ("every_type_comes_back_as_it_was", postgres::every_type_comes_back_as_it_was),
        ("every_type_goes_through_a_form", postgres::every_type_goes_through_a_form),
        ("whatever_stands_in_a_row_is_read_or_refused", postgres::whatever_stands_in_a_row_is_read_or_refused),
    ];
    let groups = [
        Group { name: "sqlite", cases: sqlite, missing: None },
        Group { name: "postgres", cases: postgres, missing: server::missing() },
    ];
    flow_tests::cases::run(&groups, server::clean_up);
}
