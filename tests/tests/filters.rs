//! Filters of fields: the SQL of each operator, and that it finds what the same filter finds in Rust.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, unreachable_pub, dead_code, reason = "tests")]
#![recursion_limit = "512"]

use std::fmt::Write as _;
use std::time::Duration;

use diesel::connection::SimpleConnection as _;
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
#[proxy(index(city, count, day))]
pub struct FilteredProcess {
    process: Process,
    #[json(default)]
    flag: bool,
    count: Option<i64>,
    ratio: Option<f64>,
    #[json(key("where", "city"), alias = "town", default = "it's")]
    city: String,
    note: Option<String>,
    price: Option<Decimal>,
    day: Option<jiff::civil::Date>,
    at: Option<Timestamp>,
    #[json(default)]
    length: Duration,
    #[json(choices, default = Colour::Red)]
    colour: Colour,
    #[json(default)]
    tags: Vec<String>,
    prices: Option<Vec<Decimal>>,
    #[json(default)]
    lengths: Vec<Duration>,
    #[json(default)]
    colours: Vec<Colour>,
    #[json(default)]
    counts: Vec<i64>,
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
        line!(F.note.icontains("ä"));
        line!(F.note.istarts_with("ä"));
        line!(F.note.iexact("ä"));
        line!(F.note.is_distinct_from("x"));
        line!(F.city.eq_any(["Bonn", "Kiel"]));
        line!(F.price.eq(Decimal::ONE));
        line!(F.day.ge(jiff::civil::date(2026, 11, 23)));
        line!(F.at.lt(Timestamp::from_micros(0)));
        line!(F.length.between(Duration::ZERO, Duration::from_secs(1)));
        line!(F.colour.eq_any([Colour::Green]));
        line!(F.day.is_not_distinct_from(jiff::civil::date(2026, 11, 23)));
        line!(F.tags.contains("red"));
        line!(F.prices.contains(Decimal::ONE));
        line!(F.lengths.contains(Duration::ZERO));
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

/// Texts whose letters fold in ways of their own, and the signs of patterns.
const NOTES: &[&str] = &[
    "Bonn", "BONN", "bonn", "Ärger", "ÄRGER", "Straße", "STRASSE", "b%_", r"b\", "b*[a]?", "İI", "ΑΣ", "", "a\nb", "👍",
];

const PATTERNS: &[&str] = &[
    "", "%", "_", "B%", "b%", "%n", "_____", "b\\%\\_", "b\\\\", "b\\", "%[a]%", "b*%", "Ä%", "%ß%", "%\n%", "_%_",
    "%\\", "\\B%", "👍", "__",
];

/// What a pattern of LIKE means.
fn like(text: &str, pattern: &str) -> bool {
    fn matches(text: &[char], pattern: &[char]) -> bool {
        match pattern {
            [] => text.is_empty(),
            ['%', rest @ ..] => (0..=text.len()).any(|at| matches(&text[at..], rest)),
            ['_', rest @ ..] => !text.is_empty() && matches(&text[1..], rest),
            ['\\', letter, rest @ ..] | [letter, rest @ ..] => {
                text.first() == Some(letter) && matches(&text[1..], rest)
            }
        }
    }
    let letters = |text: &str| text.chars().collect::<Vec<_>>();
    matches(&letters(text), &letters(pattern))
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

#[derive(diesel::QueryableByName)]
struct OnSqlite {
    #[diesel(sql_type = diesel::sql_types::Text)]
    detail: String,
}

#[derive(diesel::QueryableByName)]
struct OnPostgres {
    #[diesel(sql_type = diesel::sql_types::Text, column_name = "QUERY PLAN")]
    line: String,
}

/// The statement and its values, as `debug_query` has them.
fn parts(debug: &str) -> (&str, Vec<String>) {
    let (sql, binds) = debug.split_once(" -- binds: ").unwrap();
    // One that is a list has brackets of its own: the names of the flow, of which there is one here.
    let binds = binds.trim_matches(['[', ']']).split(", ").map(|bind| match bind.strip_suffix(']') {
        Some(list) => format!("{{{}}}", list.trim_matches('"')),
        None => bind.trim_matches('"').to_owned(),
    });
    (sql, binds.collect())
}

fn explain_on_sqlite(conn: &mut diesel::SqliteConnection, debug: &str) -> String {
    // The planner does not look at the values.
    let sql = parts(debug).0.replace('?', "null");
    let rows: Vec<OnSqlite> = diesel::sql_query(format!("explain query plan {sql}")).load(conn).unwrap();
    rows.into_iter().map(|row| row.detail + "\n").collect()
}

fn explain_on_postgres(conn: &mut diesel::PgConnection, debug: &str) -> String {
    let (sql, binds) = parts(debug);
    let sql = binds.iter().enumerate().rev().fold(sql.to_owned(), |sql, (at, bind)| {
        sql.replace(&format!("${}", at + 1), &format!("'{}'", bind.replace('\'', "''")))
    });
    // A table of some hundred rows is read whole else.
    conn.batch_execute("set enable_seqscan = off").unwrap();
    let rows: Vec<OnPostgres> = diesel::sql_query(format!("explain {sql}")).load(conn).unwrap();
    rows.into_iter().map(|row| row.line + "\n").collect()
}

macro_rules! random_rows {
    ($module:ident, $connection:ty, $database:expr, $explain:path) => {
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
                let notes = NOTES;
                FilteredProcessData {
                    flag: dice.throw(2) == 0,
                    count: dice.maybe(|dice| dice.signed(20)),
                    ratio: dice.maybe(|dice| dice.signed(40) as f64 / 8.0),
                    city: cities[dice.throw(6) as usize].to_owned(),
                    note: dice.maybe(|dice| notes[dice.throw(NOTES.len() as u64) as usize].to_owned()),
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
                    tags: (0..dice.throw(3)).map(|_| cities[dice.throw(6) as usize].to_owned()).collect(),
                    prices: dice.maybe(|dice| {
                        (0..dice.throw(3)).map(|_| Decimal::new(dice.signed(20), dice.throw(3) as u32)).collect()
                    }),
                    lengths: (0..dice.throw(3)).map(|_| Duration::from_millis(dice.throw(5) * 500)).collect(),
                    colours: (0..dice.throw(2)).map(|_| Colour::Green).collect(),
                    counts: (0..dice.throw(4)).map(|_| dice.signed(5)).collect(),
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
                same!(|with| F.tags.contains(with.city.clone()), |row, with| row.tags().contains(&with.city));
                same!(|with| F.counts.contains(with.count.unwrap_or(3)), |row, with| row
                    .counts()
                    .contains(&with.count.unwrap_or(3)));
                same!(|_| F.lengths.contains(Duration::from_millis(500)), |row, _| row
                    .lengths()
                    .contains(&Duration::from_millis(500)));
                same!(|with| F.colours.contains(with.colour), |row, with| row.colours().contains(&with.colour));
                same!(|_| F.prices.contains(Decimal::new(50, 1)), |row, _| row
                    .prices()
                    .is_some_and(|prices| prices.contains(&Decimal::new(5, 0))));
                same!(|_| F.tags.contains("a\0b"), |_, _| false);
                for pattern in PATTERNS {
                    let found = FilteredFlow.processes().filter(F.note.like(*pattern)).load(&mut conn).unwrap();
                    let expect = rows.iter().filter(|row| row.note().is_some_and(|note| like(note, pattern))).count();
                    assert_eq!(found.len(), expect, "like {pattern}");
                    let found = FilteredFlow.processes().filter(F.note.not_like(*pattern)).load(&mut conn).unwrap();
                    let expect = rows.iter().filter(|row| row.note().is_some_and(|note| !like(note, pattern))).count();
                    assert_eq!(found.len(), expect, "not_like {pattern}");
                }
                for text in NOTES.iter().chain(&["ä", "S", "ß", "ss", "%", "i", "Σ", "ς"]) {
                    let folded = text.to_lowercase();
                    let count = |is: &dyn Fn(&str) -> bool| {
                        rows.iter().filter(|row| row.note().is_some_and(|note| is(&note.to_lowercase()))).count()
                    };
                    let found = FilteredFlow.processes().filter(F.note.icontains(*text)).load(&mut conn).unwrap();
                    assert_eq!(found.len(), count(&|note| note.contains(&folded)), "icontains {text}");
                    let found = FilteredFlow.processes().filter(F.note.istarts_with(*text)).load(&mut conn).unwrap();
                    assert_eq!(found.len(), count(&|note| note.starts_with(&folded)), "istarts_with {text}");
                    let found = FilteredFlow.processes().filter(F.note.iexact(*text)).load(&mut conn).unwrap();
                    assert_eq!(found.len(), count(&|note| note == folded), "iexact {text}");
                }
                // With the absent ones.
                same!(|with| F.count.is_distinct_from(with.count.unwrap_or(3)), |row, with| row.count()
                    != Some(with.count.unwrap_or(3)));
                same!(|with| F.count.is_distinct_from(with.count), |row, with| row.count() != with.count);
                same!(|with| F.note.is_distinct_from(with.note.clone()), |row, with| row.note()
                    != with.note.as_deref());
                same!(|with| F.ratio.is_not_distinct_from(with.ratio), |row, with| row.ratio() == with.ratio);
                same!(|with| F.flag.is_distinct_from(with.flag), |row, with| row.flag() != with.flag);
                same!(|with| F.city.is_distinct_from(with.city.clone()), |row, with| row.city() != with.city);
                same!(|with| F.price.is_distinct_from(with.price.unwrap_or_default()), |row, with| row.price()
                    != Some(with.price.unwrap_or_default()));
                same!(
                    |with| diesel::dsl::not(F.day.is_not_distinct_from(with.day.unwrap_or_default())),
                    |row, with| row.day() != Some(with.day.unwrap_or_default())
                );
                same!(|with| F.at.is_distinct_from(with.at.unwrap_or(Timestamp::from_micros(0))), |row, with| row.at()
                    != Some(with.at.unwrap_or(Timestamp::from_micros(0))));
                same!(|with| F.length.is_distinct_from(with.length), |row, with| row.length() != with.length);
                same!(|with| F.colour.is_distinct_from(with.colour), |row, with| row.colour() != with.colour);
                macro_rules! sorted {
                    ($field:ident, $key:expr) => {{
                        let ascending = FilteredFlow.processes().order(F.$field.asc()).load(&mut conn).unwrap();
                        let descending = FilteredFlow.processes().order(F.$field.desc()).load(&mut conn).unwrap();
                        let key: fn(&FilteredProcess) -> _ = $key;
                        // `None` is the least in Rust too.
                        assert!(ascending.iter().map(key).is_sorted(), stringify!($field));
                        assert!(descending.iter().rev().map(key).is_sorted(), stringify!($field));
                    }};
                }
                sorted!(count, |row| row.count());
                sorted!(note, |row| row.note().map(str::to_owned));
                sorted!(price, |row| row.price());
                sorted!(day, |row| row.day());
                sorted!(at, |row| row.at());
                sorted!(length, |row| row.length());
                sorted!(city, |row| row.city().to_owned());
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

            pub fn an_index_is_used_by_its_filter() {
                let mut conn: $connection = $database;
                let mut dice = Dice(7);
                diesel::Connection::transaction(&mut conn, |conn| {
                    for _ in 0..ROWS {
                        FilteredFlow.start.run(conn, &System("test"), data(&mut dice)).unwrap();
                    }
                    Ok::<_, diesel::result::Error>(())
                })
                .unwrap();
                let sql = FilteredProcess::index_sql::<$connection>();
                assert_eq!(sql.lines().count(), 3);
                // Of one table: without a name the tables of all schemas are locked, and those are other tests'.
                conn.batch_execute(&format!("{sql}{sql} analyze flow_process;")).unwrap();
                macro_rules! plan {
                    ($condition:expr) => {{
                        let query = FilteredFlow.processes().filter($condition);
                        let sql = diesel::debug_query::<<$connection as diesel::Connection>::Backend, _>(&query);
                        $explain(&mut conn, &sql.to_string())
                    }};
                }
                // By the name alone it could be that only the flow's column, which comes first, is looked up.
                let by_value = |plan: &str| {
                    plan.contains("<expr>")
                        || plan.lines().any(|line| line.contains("Index Cond") && line.contains("CASE"))
                };
                let uses = |plan: String, field: &str| {
                    let name = format!("flow_process_by_filtered_process_{field}");
                    assert!(plan.contains(&name) && by_value(&plan), "{plan}");
                };
                let day = jiff::civil::date(1999, 1, 2);
                uses(plan!(F.city.eq("Bonn")), "city");
                uses(plan!(F.count.eq(3)), "count");
                uses(plan!(F.day.between(day, day)), "day");
                assert!(!by_value(&plan!(F.price.eq(Decimal::ONE))));
            }
        }
    };
}

random_rows!(sqlite, diesel::SqliteConnection, flow_core::test_util::database(), explain_on_sqlite);
random_rows!(postgres, diesel::PgConnection, Schema::new().connect(), explain_on_postgres);

fn main() {
    let sqlite: &[flow_tests::cases::Case] = &[
        ("the_sql_of_each_operator", sql_of_sqlite),
        ("a_filter_finds_what_it_finds_in_rust", sqlite::a_filter_finds_what_it_finds_in_rust),
        ("an_index_is_used_by_its_filter", sqlite::an_index_is_used_by_its_filter),
    ];
    let postgres: &[flow_tests::cases::Case] = &[
        ("the_sql_of_each_operator", sql_of_postgres),
        ("a_filter_finds_what_it_finds_in_rust", postgres::a_filter_finds_what_it_finds_in_rust),
        ("an_index_is_used_by_its_filter", postgres::an_index_is_used_by_its_filter),
    ];
    let groups = [
        Group { name: "sqlite", cases: sqlite, missing: None },
        Group { name: "postgres", cases: postgres, missing: server::missing() },
    ];
    flow_tests::cases::run(&groups, server::clean_up);
}
