//! Random forms, and random JSON.

use std::net::IpAddr;
use std::time::Duration;

use flow_core::prelude::*;
use flow_core::{Bytes, Secret};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::Value;
use url::Url;
use uuid::Uuid;

use crate::flows::{AllForm, Author, Carrier, Part, Shape};

fn texts(least: usize) -> impl Strategy<Value = String> {
    // Anything that a text can hold: no NUL.
    proptest::collection::vec(any::<char>().prop_filter("no NUL", |c| *c != '\0'), least..20)
        .prop_map(String::from_iter)
}

fn days() -> impl Strategy<Value = jiff::civil::Date> {
    (0i16..=9999, 1i8..=12, 1i8..=28).prop_map(|(y, m, d)| jiff::civil::date(y, m, d))
}

fn hours() -> impl Strategy<Value = jiff::civil::Time> {
    let nanos = prop_oneof![Just(0), 0..1_000_000_000i32];
    (0i8..24, 0i8..60, 0i8..60, nanos).prop_map(|(h, m, s, n)| jiff::civil::time(h, m, s, n))
}

fn moments() -> impl Strategy<Value = jiff::Timestamp> {
    // The years 0 to 9999.
    (-62_135_596_800i64..253_402_207_200, 0i32..1_000_000)
        .prop_map(|(s, us)| jiff::Timestamp::new(s, us * 1000).unwrap())
}

fn carriers() -> impl Strategy<Value = Carrier> {
    prop_oneof![Just(Carrier::Post), Just(Carrier::Ship)]
}

fn authors_of() -> impl Strategy<Value = Ref<Author>> {
    any::<i32>().prop_map(|id| Ref::to(&Author { id }))
}

fn parts() -> impl Strategy<Value = Part> {
    let leaf = (texts(1), any::<i64>()).prop_map(|(name, width)| Part { name, width, parts: Vec::new() });
    leaf.prop_recursive(3, 12, 3, |inner| {
        (texts(1), any::<i64>(), proptest::collection::vec(inner, 0..3)).prop_map(|(name, width, parts)| Part {
            name,
            width,
            parts,
        })
    })
}

pub fn jsons() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        texts(0).prop_map(Value::from)
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(texts(0), inner, 0..4).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

/// Those that serde_json reads back as they were, which for some it does not.
fn halves() -> impl Strategy<Value = f64> {
    any::<i32>().prop_map(|number| f64::from(number) / 2.0)
}

pub fn forms() -> impl Strategy<Value = AllForm> {
    use proptest::option::of;
    let plain = (texts(1), of(texts(1)), any::<bool>(), of(any::<bool>()), any::<u8>(), any::<i64>());
    let numbers = (of(0u64..=i64::MAX as u64), halves(), of(any::<i16>().prop_map(|n| f32::from(n) / 4.0)));
    let exact = (any::<i64>(), 0u32..20).prop_map(|(number, scale)| Decimal::new(number, scale));
    let keys = (exact, of(any::<u128>().prop_map(Uuid::from_u128)));
    let times = (days(), hours(), moments(), of((0i64..4_000_000_000_000_000).prop_map(Timestamp::from_micros)));
    let others = (
        of((0u32..3_000_000)
            .prop_map(|n| chrono::NaiveDate::from_num_days_from_ce_opt(n as i32 % 3_000_000 + 366).unwrap())),
        of((0u8..24, 0u8..60).prop_map(|(h, m)| time::Time::from_hms(h, m, 0).unwrap())),
    );
    let rest = (
        (0u64..8_000_000_000, 0u32..1_000_000_000).prop_map(|(s, n)| Duration::new(s, n)),
        any::<IpAddr>(),
        of("[a-z]{1,9}".prop_map(|host| Url::parse(&format!("https://{host}.example/?q={host}")).unwrap())),
        proptest::collection::vec(any::<u8>(), 0..30).prop_map(Bytes::from),
        carriers(),
        of(carriers()),
    );
    let lists = (
        authors_of(),
        proptest::collection::vec(authors_of(), 0..4),
        proptest::collection::vec(texts(0), 0..4),
        proptest::collection::vec(carriers(), 0..4),
        proptest::collection::vec(any::<i64>(), 0..4),
    );
    let objects = (
        parts(),
        jsons(),
        texts(0),
        prop_oneof![Just(Shape::Round), any::<i64>().prop_map(|side| Shape::Square { side })],
    );
    (plain, numbers, keys, times, others, rest, lists, objects).prop_map(
        |(plain, numbers, keys, times, others, rest, lists, objects)| {
            let (text, note, yes, maybe, small, whole) = plain;
            let (large, real, single) = numbers;
            let (price, id_there) = keys;
            let (day, hour, at, our_at) = times;
            let (naive_day, time_hour) = others;
            let (length, ip, site, seal, carrier, back) = rest;
            let (author, authors, words, carriers, numbers) = lists;
            let (part, any, pin, shape) = objects;
            let pin = Secret::new(pin);
            AllForm {
                text,
                note,
                yes,
                maybe,
                small,
                whole,
                large,
                real,
                single,
                price,
                id_there,
                day,
                hour,
                at,
                our_at,
                naive_day,
                time_hour,
                length,
                ip,
                site,
                seal,
                carrier,
                back,
                author,
                authors,
                words,
                carriers,
                numbers,
                part,
                any,
                pin,
                shape,
            }
        },
    )
}
