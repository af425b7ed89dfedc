//! Filters of fields: the SQL of each operator, and that it finds what the same filter finds in Rust.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, unreachable_pub, dead_code, reason = "tests")]
#![recursion_limit = "512"]

use std::fmt::Write as _;
use std::time::Duration;

use flow_core::prelude::*;
use flow_tests::cases::Group;
use flow_tests::postgres::{self as server, Schema};
use rust_decimal::Decimal;

#[derive(Choices, Clone, Copy, Debug, PartialEq)]
pub enum Colour {
    Red,
    Green,
}

#[derive(ProcessProxy, Debug)]
pub struct FilteredProcess {
    process: Process,
    #[json(default)]
    flag: bool,
    count: Option<i64>,
    ratio: Option<f64>,
    #[json(key("where", "city"), alias = "town", default = "it's")]
    city: String,
    price: Option<Decimal>,
    day: Option<jiff::civil::Date>,
    at: Option<Timestamp>,
    #[json(default)]
    length: Duration,
    #[json(choices, default = Colour::Red)]
    colour: Colour,
}

const F: FilteredProcessFields = FilteredProcess::FIELDS;

/// What each operator is on this back end, as text.
macro_rules! statements {
    ($db:ty) => {{
        let mut out = String::new();
        macro_rules! line {
            ($condition:expr) => {{
                let sql = diesel::debug_query::<$db, _>(&$condition).to_string();
                writeln!(out, "{}\n    {sql}\n", stringify!($condition).replace("\n", " ")).unwrap();
            }};
        }
        line!(F.flag.eq(true));
        line!(F.count.ne(1));
        line!(F.count.lt(1));
        line!(F.count.le(1));
        line!(F.count.gt(1));
        line!(F.count.ge(1));
        line!(F.count.between(1, 2));
        line!(F.count.is_null());
        line!(F.ratio.gt(0.5));
        line!(F.city.like("B%"));
        line!(F.city.eq_any(["Bonn", "Kiel"]));
        line!(F.price.eq(Decimal::ONE));
        line!(F.day.ge(jiff::civil::date(2026, 11, 23)));
        line!(F.at.lt(Timestamp::from_micros(0)));
        line!(F.length.between(Duration::ZERO, Duration::from_secs(1)));
        line!(F.colour.eq_any([Colour::Green]));
        line!(F.length.asc());
        line!(F.price.desc());
        out
    }};
}

fn snapshot(name: &str, found: &str) {
    let path = format!("{}/snapshots/filters_{name}.txt", env!("CARGO_MANIFEST_DIR"));
    if std::env::var("FLOW_SNAPSHOTS").is_ok_and(|how| how == "overwrite") {
        std::fs::write(&path, found).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == found, "the SQL differs from {path}; FLOW_SNAPSHOTS=overwrite writes it anew\n{found}");
}

fn sql_of_sqlite() {
    snapshot("sqlite", &statements!(diesel::sqlite::Sqlite));
}

fn sql_of_postgres() {
    snapshot("postgres", &statements!(diesel::pg::Pg));
}

/// xorshift: the rows are the same in every run.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    fn signed(&mut self, most: u64) -> i64 {
        i64::try_from(self.throw(2 * most)).unwrap() - i64::try_from(most).unwrap()
    }

    fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        (self.throw(4) > 0).then(|| make(self))
    }
}

/// Thousands where it is optimised, some hundreds else.
const ROWS: usize = if cfg!(debug_assertions) { 300 } else { 10_000 };

macro_rules! random_rows {
    ($module:ident, $connection:ty, $database:expr) => {
        mod $module {
            use super::*;

            #[flow(process = FilteredProcess, connection = $connection)]
            pub struct FilteredFlow {
                #[node(permission(anyone), next = this.wait)]
                pub start: StartHandle,
                #[node(permission(anyone), next = this.end)]
                wait: Handle,
                end: End,
            }

            fn data(dice: &mut Dice) -> FilteredProcessData {
                let cities = ["Bonn", "Kiel", "it's", "", "Ärö", "b%_"];
                FilteredProcessData {
                    flag: dice.throw(2) == 0,
                    count: dice.maybe(|dice| dice.signed(20)),
                    ratio: dice.maybe(|dice| dice.signed(40) as f64 / 8.0),
                    city: cities[dice.throw(6) as usize].to_owned(),
                    price: dice.maybe(|dice| Decimal::new(dice.signed(5000), dice.throw(4) as u32)),
                    day: dice.maybe(|dice| {
                        jiff::civil::date(
                            1999 + dice.throw(3) as i16,
                            1 + dice.throw(12) as i8,
                            1 + dice.throw(28) as i8,
                        )
                    }),
                    at: dice.maybe(|dice| Timestamp::from_micros(dice.signed(40) * 250_000)),
                    length: Duration::from_millis(dice.throw(40) * 40_000_500),
                    colour: if dice.throw(2) == 0 { Colour::Red } else { Colour::Green },
                }
            }

            pub fn a_filter_finds_what_it_finds_in_rust() {
                let mut conn: $connection = $database;
                let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
                diesel::Connection::transaction(&mut conn, |conn| {
                    for _ in 0..ROWS {
                        FilteredFlow.start.run(conn, &System("test"), data(&mut dice)).unwrap();
                    }
                    Ok::<_, diesel::result::Error>(())
                })
                .unwrap();
                let rows =
                    FilteredFlow.processes().order(flow_core::schema::flow_process::id.asc()).load(&mut conn).unwrap();
                macro_rules! same {
                    ($condition:expr, $filter:expr) => {{
                        let filter: fn(&FilteredProcess, &FilteredProcessData) -> bool = $filter;
                        let condition: fn(&FilteredProcessData) -> _ = $condition;
                        for _ in 0..4 {
                            let with = data(&mut dice);
                            let query = FilteredFlow
                                .processes()
                                .filter(condition(&with))
                                .order(flow_core::schema::flow_process::id.asc());
                            let found: Vec<i64> = query.load(&mut conn).unwrap().iter().map(|row| row.id()).collect();
                            let expect: Vec<i64> =
                                rows.iter().filter(|row| filter(row, &with)).map(|row| row.id()).collect();
                            assert_eq!(found, expect, "{} of {:?}", stringify!($condition), with.price);
                        }
                    }};
                }
                same!(|with| F.flag.eq(with.flag), |row, with| row.flag() == with.flag);
                same!(|with| F.count.lt(with.count), |row, with| row
                    .count()
                    .zip(with.count)
                    .is_some_and(|(a, b)| a < b));
                same!(|with| F.count.ne(with.count), |row, with| row
                    .count()
                    .zip(with.count)
                    .is_some_and(|(a, b)| a != b));
                same!(|with| F.ratio.ge(with.ratio), |row, with| row
                    .ratio()
                    .zip(with.ratio)
                    .is_some_and(|(a, b)| a >= b));
                same!(|with| F.city.le(with.city.clone()), |row, with| row.city() <= with.city.as_str());
                same!(|with| F.city.eq(with.city.clone()), |row, with| row.city() == with.city);
                same!(|with| F.price.gt(with.price.unwrap_or_default()), |row, with| row
                    .price()
                    .is_some_and(|a| a > with.price.unwrap_or_default()));
                same!(|with| F.price.eq(with.price.unwrap_or_default()), |row, with| row
                    .price()
                    .is_some_and(|a| a == with.price.unwrap_or_default()));
                same!(|with| F.price.eq_any(with.price), |row, with| with.price.is_some() && row.price() == with.price);
                same!(|with| F.day.le(with.day.unwrap_or_default()), |row, with| row
                    .day()
                    .is_some_and(|a| a <= with.day.unwrap_or_default()));
                same!(|with| F.at.ge(with.at.unwrap_or(Timestamp::from_micros(0))), |row, with| row
                    .at()
                    .is_some_and(|a| a >= with.at.unwrap_or(Timestamp::from_micros(0))));
                same!(|with| F.length.lt(with.length), |row, with| row.length() < with.length);
                same!(|with| F.length.between(with.length / 2, with.length), |row, with| row.length()
                    >= with.length / 2
                    && row.length() <= with.length);
                same!(|with| F.colour.ne(with.colour), |row, with| row.colour() != with.colour);
                same!(|_| F.count.is_null(), |row, _| row.count().is_none());
                let sorted = FilteredFlow
                    .processes()
                    .filter(F.price.is_not_null())
                    .order((F.price.asc(), F.length.desc()))
                    .load(&mut conn)
                    .unwrap();
                let keys: Vec<_> = sorted.iter().map(|row| (row.price(), std::cmp::Reverse(row.length()))).collect();
                assert!(keys.is_sorted());
            }
        }
    };
}

random_rows!(sqlite, diesel::SqliteConnection, flow_core::test_util::database());
random_rows!(postgres, diesel::PgConnection, Schema::new().connect());

fn main() {
    let sqlite: &[flow_tests::cases::Case] = &[
        ("the_sql_of_each_operator", sql_of_sqlite),
        ("a_filter_finds_what_it_finds_in_rust", sqlite::a_filter_finds_what_it_finds_in_rust),
    ];
    let postgres: &[flow_tests::cases::Case] = &[
        ("the_sql_of_each_operator", sql_of_postgres),
        ("a_filter_finds_what_it_finds_in_rust", postgres::a_filter_finds_what_it_finds_in_rust),
    ];
    let groups = [
        Group { name: "sqlite", cases: sqlite, missing: None },
        Group { name: "postgres", cases: postgres, missing: server::missing() },
    ];
    flow_tests::cases::run(&groups, server::clean_up);
}
