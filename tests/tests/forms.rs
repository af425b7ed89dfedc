//! Forms without a database: every type of field, there and back; what a stranger may send; JSON Schemas.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, unreachable_pub, reason = "tests")]

use std::net::IpAddr;
use std::time::Duration;

use flow_core::prelude::*;
use flow_core::proxy::ProcessData as _;
use flow_core::{Bytes, Error, FieldErrorKind, FieldType, Secret};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

diesel::table! { authors (id) { id -> Integer, } }

#[derive(diesel::Queryable, diesel::Selectable, diesel::Identifiable, FlowModel, Debug, Clone, PartialEq)]
pub struct Author {
    id: i32,
}

#[derive(Choices, Clone, Copy, Debug, PartialEq)]
pub enum Carrier {
    /// Royal Mail
    Post,
    #[choice(value = "sea", label = "By ship")]
    Ship,
}

#[derive(JsonModel, Clone, Debug, PartialEq)]
pub struct Part {
    /// Name of the part
    #[json(max_length = 20)]
    name: String,
    #[json(key("size", "width"), default)]
    width: i64,
    /// A part of parts.
    #[json(default)]
    parts: Vec<Part>,
}

#[derive(serde::Serialize, serde::Deserialize, Clone, Debug, PartialEq)]
pub enum Shape {
    Round,
    Square { side: i64 },
}

fn is_even(n: &i64) -> Result<(), String> {
    if n % 2 == 0 { Ok(()) } else { Err("is odd".to_owned()) }
}

#[derive(ProcessProxy, Debug)]
pub struct AllProcess {
    process: Process,
    /// What it says.
    #[json(max_length = 40)]
    text: String,
    note: Option<String>,
    #[json(default)]
    yes: bool,
    maybe: Option<bool>,
    small: u8,
    whole: i64,
    large: Option<u64>,
    real: f64,
    single: Option<f32>,
    price: Decimal,
    id_there: Option<Uuid>,
    day: jiff::civil::Date,
    hour: jiff::civil::Time,
    at: jiff::Timestamp,
    our_at: Option<Timestamp>,
    naive_day: Option<chrono::NaiveDate>,
    time_hour: Option<time::Time>,
    length: Duration,
    ip: IpAddr,
    site: Option<Url>,
    seal: Bytes,
    #[json(choices)]
    carrier: Carrier,
    #[json(choices)]
    back: Option<Carrier>,
    author: Ref<Author>,
    #[json(default)]
    authors: Vec<Ref<Author>>,
    #[json(default)]
    words: Vec<String>,
    #[json(default)]
    carriers: Vec<Carrier>,
    #[json(default)]
    numbers: Vec<i64>,
    part: Part,
    any: Value,
    pin: Secret<String>,
    #[json(serde)]
    shape: Shape,
}

#[derive(ProcessProxy, Debug)]
pub struct RuledProcess {
    process: Process,
    #[json(range = 1..=10)]
    stars: i64,
    #[json(range = ..=1.5)]
    share: Option<f64>,
    #[json(choices("red", "green"), label = "Colour of it", help = "Or none")]
    colour: Option<String>,
    #[json(choices(1, 2, 5))]
    coin: Option<i32>,
    #[json(email)]
    mail: Option<String>,
    #[json(url)]
    page: Option<String>,
    #[json(slug)]
    slug: Option<String>,
    #[json(file_path)]
    file: Option<String>,
    #[json(pattern = "[A-Z]{2}[0-9]+|none")]
    code: Option<String>,
    #[json(validate = is_even)]
    even: Option<i64>,
    #[json(default = 3, key("where", "zip"))]
    zip: i64,
    #[json(key("where", "city"))]
    city: String,
}

#[flow(process = AllProcess)]
#[derive(Debug)]
pub struct AllFlow {
    #[node(form = AllForm { text, note, yes, maybe, small, whole, large, real, single, price, id_there, day, hour, at,
        our_at, naive_day, time_hour, length, ip, site, seal, carrier, back, author, authors, words, carriers, numbers,
        part, any, pin, shape }, permission(anyone), next = this.end)]
    start: Start,
    end: End,
}

#[flow(process = RuledProcess)]
#[derive(Debug)]
pub struct RuledFlow {
    #[node(form = RuledForm { stars, share, colour, coin, mail, page, slug, file, code, even, zip, city }, permission(anyone), next = this.end)]
    start: Start,
    end: End,
}

/// What is kept of a form, which is what one is read from: each field by its own codec.
fn kept(form: &AllForm) -> Value {
    let form = form.clone();
    let data = AllProcessData {
        text: form.text,
        note: form.note,
        yes: form.yes,
        maybe: form.maybe,
        small: form.small,
        whole: form.whole,
        large: form.large,
        real: form.real,
        single: form.single,
        price: form.price,
        id_there: form.id_there,
        day: form.day,
        hour: form.hour,
        at: form.at,
        our_at: form.our_at,
        naive_day: form.naive_day,
        time_hour: form.time_hour,
        length: form.length,
        ip: form.ip,
        site: form.site,
        seal: form.seal,
        carrier: form.carrier,
        back: form.back,
        author: form.author,
        authors: form.authors,
        words: form.words,
        carriers: form.carriers,
        numbers: form.numbers,
        part: form.part,
        any: form.any,
        pin: form.pin,
        shape: form.shape,
    };
    let document = data.document().unwrap();
    let value = |name: &str| document.get(&[name]).unwrap().cloned().unwrap();
    AllForm::FIELDS.iter().map(|field| (field.name.to_owned(), value(field.name))).collect()
}

/// As a browser sends it: a text for each value, one for each item of a list, none for a checkbox that is off.
fn urlencoded(json: &Value) -> String {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut pairs: Vec<(&str, String)> = Vec::new();
    for (name, value) in json.as_object().unwrap() {
        let name = name.as_str();
        match value {
            _ if ["any", "part", "shape"].contains(&name) => pairs.push((name, value.to_string())),
            Value::Bool(holds) if name == "yes" => pairs.extend(holds.then(|| (name, "on".to_owned()))),
            Value::Null => pairs.push((name, String::new())),
            Value::Array(items) => pairs.extend(items.iter().map(|item| (name, text(item)))),
            value => pairs.push((name, text(value))),
        }
    }
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

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

fn jsons() -> impl Strategy<Value = Value> {
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

fn forms() -> impl Strategy<Value = AllForm> {
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

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_type_comes_back_from_json_and_from_an_html_form(form in forms()) {
        let json = kept(&form);
        for back in [
            AllForm::from_value(&json),
            AllForm::from_json(json.to_string()),
            serde_json::from_value::<AllForm>(json.clone()).map_err(|error| panic!("{error}")),
            AllForm::from_urlencoded(urlencoded(&json)),
        ] {
            prop_assert_eq!(kept(&back.unwrap()), json.clone());
        }
    }

    #[test]
    fn any_json_is_a_form_or_a_typed_error(json in jsons(), at in 0usize..40) {
        let mut all = kept_example();
        let fields = AllFlow.start.fields();
        all[fields[at % fields.len()].name] = json.clone();
        for read in [AllForm::from_value(&json), AllForm::from_value(&all), AllForm::from_urlencoded(urlencoded(&all))] {
            prop_assert!(matches!(read, Ok(_) | Err(Error::Invalid(_))));
        }
    }

    #[test]
    fn any_bytes_are_a_form_or_a_typed_error(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for read in [AllForm::from_json(&bytes), AllForm::from_urlencoded(&bytes)] {
            prop_assert!(matches!(read, Err(Error::Invalid(_))));
        }
    }
}

fn kept_example() -> Value {
    json!({
        "text": "hi", "note": null, "yes": true, "maybe": null, "small": 1, "whole": -1, "large": null, "real": 0.5,
        "single": null, "price": "1.50", "id_there": null, "day": "2026-11-23", "hour": "14:30:00",
        "at": "2026-11-23T14:30:00+00:00", "our_at": null, "naive_day": null, "time_hour": null, "length": "P0DT00H05M00S",
        "ip": "::1", "site": null, "seal": "", "carrier": "sea", "back": null, "author": 7, "authors": [], "words": [],
        "carriers": [], "numbers": [], "part": {"name": "a", "size": {"width": 1}, "parts": []}, "any": {}, "pin": "1234",
        "shape": "Round"
    })
}

/// The faults, by field.
fn faults<T: std::fmt::Debug>(read: flow_core::Result<T>) -> Vec<(String, FieldErrorKind)> {
    let Err(Error::Invalid(faults)) = read else { panic!("{read:?}") };
    faults.into_iter().map(|fault| (fault.field.into_owned(), fault.kind)).collect()
}

#[test]
fn every_field_is_told_by_its_own_fault() {
    use FieldErrorKind as Kind;
    let mut json = kept_example();
    assert!(AllForm::from_value(&json).is_ok());
    for (field, wrong, kind) in [
        ("text", json!(5), Kind::Type),
        ("text", json!(""), Kind::Empty),
        ("text", json!("x".repeat(41)), Kind::TooLong),
        ("text", json!("a\0b"), Kind::Other),
        ("text", Value::Null, Kind::Type),
        ("yes", json!("true"), Kind::Type),
        ("small", json!(256), Kind::Type),
        ("whole", json!(1.5), Kind::Type),
        ("whole", json!(u64::MAX), Kind::Type),
        ("large", json!(u64::MAX), Kind::Type),
        ("real", json!("1"), Kind::Type),
        ("price", json!("1,50"), Kind::Type),
        ("price", json!("1".repeat(1000)), Kind::Type),
        ("day", json!("2026-02-30"), Kind::Type),
        ("at", json!("2026-11-23T14:30:00"), Kind::Type),
        ("length", json!("90 minutes"), Kind::Type),
        ("ip", json!("1.2.3"), Kind::Type),
        ("seal", json!("!"), Kind::Type),
        ("carrier", json!("Ship"), Kind::NotAChoice),
        ("carrier", json!(1), Kind::Type),
        ("author", json!({}), Kind::Type),
        ("numbers", json!([1, "2"]), Kind::Type),
        ("part", json!({"name": 1}), Kind::Type),
        ("shape", json!("Oval"), Kind::Type),
    ] {
        let before = std::mem::replace(&mut json[field], wrong.clone());
        assert_eq!(faults(AllForm::from_value(&json)), [(field.to_owned(), kind)], "{field}: {wrong}");
        json[field] = before;
    }
}

#[test]
fn what_a_stranger_may_send_is_told_and_nothing_of_it_is_repeated() {
    let deep = format!("{{\"any\": {}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    for text in ["", "{", "nothing", "{\"text\": \"\\ud800\"}", "\u{feff}{}", "{\"text\": 1e999999}", &deep, "{} {}"] {
        let read = faults(AllForm::from_json(text));
        assert_eq!(read, [(String::new(), FieldErrorKind::Type)], "{}", &text[..text.len().min(40)]);
    }
    for text in ["5", "\"hunter2\"", "[]", "null"] {
        let error = AllForm::from_json(text).unwrap_err().to_string();
        assert_eq!(error, "not valid: expected a JSON object", "{text}");
    }
    let twice = faults(RuledForm::from_json(r#"{"stars": 1, "stars": 2, "zip": 1, "city": "x"}"#));
    assert_eq!(twice, [("stars".to_owned(), FieldErrorKind::Twice)]);
    assert_eq!(faults(RuledForm::from_urlencoded("stars=1&stars=2&zip=1&city=x")), twice);
    let wrong = serde_json::from_str::<RuledForm>(r#"{"stars": 1, "zip": 1, "city": "x", "sity": 1}"#).unwrap_err();
    assert_eq!(wrong.to_string(), "not valid: `sity` is not a field of this form");
    let pin = AllForm::from_json(r#"{"pin": ["hunter2"]}"#).unwrap_err().to_string();
    assert!(pin.contains("`pin` is something else") && !pin.contains("hunter2"), "{pin}");
    let many: String = (0..1000).map(|n| format!("unknown{n}=1&")).collect();
    assert!(faults(RuledForm::from_urlencoded(many)).len() < 40);
    let nested = format!("stars=1&zip=1&city=x&share={}", "[".repeat(100_000));
    assert_eq!(faults(RuledForm::from_urlencoded(nested)), [("share".to_owned(), FieldErrorKind::Type)]);
}

#[test]
fn rules_are_kept_by_what_is_sent() {
    use FieldErrorKind as Kind;
    let sent =
        "stars=11&share=2&colour=blue&coin=3&mail=anna&page=here&slug=a+b&file=..%2Fx&code=AB1x&even=3&zip=&city=";
    let told: Vec<FieldErrorKind> =
        faults(RuledForm::from_urlencoded(sent)).into_iter().map(|(_, kind)| kind).collect();
    let (outside, none, form) = (Kind::OutOfRange, Kind::NotAChoice, Kind::Format);
    assert_eq!(
        told,
        [outside, outside, none, none, form, form, form, form, form, Kind::Other, Kind::Missing, Kind::Empty]
    );
    let code = RuledForm::from_urlencoded("stars=1&code=ab&zip=1&city=x").unwrap_err().to_string();
    assert_eq!(code, "not valid: `code` does not match `[A-Z]{2}[0-9]+|none`");
    let form =
        RuledForm::from_urlencoded("stars=10&share=&colour=&coin=5&mail=&file=a%2Fb.pdf&code=AB12&zip=+7+&city=x")
            .unwrap();
    assert_eq!(form.code.as_deref(), Some("AB12"));
    assert_eq!((form.stars, form.share, form.colour, form.coin, form.zip), (10, None, None, Some(5), 7));
}

#[test]
fn a_form_says_what_it_asks_for() {
    let fields = RuledFlow.start.fields();
    let field = |name: &str| fields.iter().find(|field| field.name == name).unwrap();
    let types = ["mail", "page", "slug", "file", "colour", "coin"].map(|name| field(name).ty);
    assert_eq!(
        types,
        [FieldType::Email, FieldType::Url, FieldType::Slug, FieldType::FilePath, FieldType::Choice, FieldType::Integer]
    );
    assert_eq!(field("code").pattern, Some("[A-Z]{2}[0-9]+|none"));
    assert_eq!((field("colour").label, field("colour").help), ("Colour of it", "Or none"));
    let coins: Vec<(&str, &str)> =
        field("coin").choices.iter().map(|choice| (&*choice.value, &*choice.label)).collect();
    assert_eq!(coins, [("1", "1"), ("2", "2"), ("5", "5")]);
    assert_eq!((field("stars").required, field("zip").default, field("zip").required), (true, Some("3"), true));
    assert_eq!(
        (field("stars").least.unwrap().to_string(), field("stars").most.unwrap().to_string()),
        ("1".into(), "10".into())
    );
    let all = AllFlow.start.fields();
    let field = |name: &str| all.iter().find(|field| field.name == name).unwrap();
    assert_eq!((field("text").label, field("text").max_length), ("What it says", Some(40)));
    assert_eq!(field("small").most.unwrap().to_string(), "255");
    assert_eq!((field("yes").required, field("maybe").optional, field("pin").secret), (false, true, true));
    assert_eq!(field("carrier").choices[1].label, "By ship");
    assert_eq!((field("carriers").ty, field("carriers").choices.len()), (FieldType::List(&FieldType::Choice), 2));
    assert_eq!(
        (field("day").ty.input(), field("yes").ty.input(), field("price").ty.input()),
        ("date", "checkbox", "text")
    );
}

#[test]
fn a_schema_says_how_each_field_is_written() {
    let schema = schemars::schema_for!(RuledForm).to_value();
    assert_eq!(schema["additionalProperties"], false);
    assert_eq!(schema["required"], json!(["stars", "zip", "city"]));
    let properties = &schema["properties"];
    assert_eq!(properties["stars"], json!({"type": "integer", "title": "Stars", "minimum": 1, "maximum": 10}));
    let colour = json!({"type": ["string", "null"], "enum": ["red", "green", null], "title": "Colour of it", "description": "Or none"});
    assert_eq!(properties["colour"], colour);
    assert_eq!(properties["coin"]["enum"], json!([1, 2, 5, null]));
    assert_eq!(properties["mail"]["format"], "email");
    assert_eq!(properties["code"]["pattern"], "^(?:[A-Z]{2}[0-9]+|none)$");
    assert_eq!(properties["city"]["minLength"], 1);

    let document = schemars::schema_for!(RuledProcessData).to_value();
    assert_eq!(document["properties"]["where"]["properties"]["zip"]["default"], 3);
    assert_eq!(
        (&document["required"], &document["properties"]["where"]["required"]),
        (&json!(["stars", "where"]), &json!(["city"]))
    );
    assert!(document.get("additionalProperties").is_none(), "other keys of a document are left alone");

    let all = schemars::schema_for!(AllForm).to_value();
    let property = |name: &str| all["properties"][name].clone();
    assert_eq!(property("text"), json!({"type": "string", "title": "What it says", "minLength": 1, "maxLength": 40}));
    assert_eq!(
        (&property("length")["format"], &property("seal")["contentEncoding"]),
        (&json!("duration"), &json!("base64"))
    );
    assert_eq!(
        (&property("author")["type"], &property("pin")["writeOnly"]),
        (&json!(["integer", "string"]), &json!(true))
    );
    assert_eq!(property("carriers")["items"]["enum"], json!(["post", "sea"]));
    let part = property("part");
    assert_eq!(part["properties"]["size"]["properties"]["width"]["type"], "integer");
    assert_eq!(part["properties"]["parts"]["items"], json!({"type": "object"}), "a list of itself ends there");
}
