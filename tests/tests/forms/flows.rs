//! The flows whose forms are asked: one with a field of every type, one with every rule.

use std::net::IpAddr;
use std::time::Duration;

use flow_core::prelude::*;
use flow_core::proxy::ProcessData as _;
use flow_core::{Bytes, Secret};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

diesel::table! { authors (id) { id -> Integer, } }

#[derive(diesel::Queryable, diesel::Selectable, diesel::Identifiable, FlowModel, Debug, Clone, PartialEq)]
pub struct Author {
    pub id: i32,
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
    pub name: String,
    #[json(key("size", "width"), default)]
    pub width: i64,
    /// A part of parts.
    #[json(default)]
    pub parts: Vec<Part>,
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
    pub text: String,
    pub note: Option<String>,
    #[json(default)]
    pub yes: bool,
    pub maybe: Option<bool>,
    pub small: u8,
    pub whole: i64,
    pub large: Option<u64>,
    pub real: f64,
    pub single: Option<f32>,
    pub price: Decimal,
    pub id_there: Option<Uuid>,
    pub day: jiff::civil::Date,
    pub hour: jiff::civil::Time,
    pub at: jiff::Timestamp,
    pub our_at: Option<Timestamp>,
    pub naive_day: Option<chrono::NaiveDate>,
    pub time_hour: Option<time::Time>,
    pub length: Duration,
    pub ip: IpAddr,
    pub site: Option<Url>,
    pub seal: Bytes,
    #[json(choices)]
    pub carrier: Carrier,
    #[json(choices)]
    pub back: Option<Carrier>,
    pub author: Ref<Author>,
    #[json(default)]
    pub authors: Vec<Ref<Author>>,
    #[json(default)]
    pub words: Vec<String>,
    #[json(default)]
    pub carriers: Vec<Carrier>,
    #[json(default)]
    pub numbers: Vec<i64>,
    pub part: Part,
    pub any: Value,
    pub pin: Secret<String>,
    #[json(serde)]
    pub shape: Shape,
}

#[derive(ProcessProxy, Debug)]
pub struct RuledProcess {
    process: Process,
    #[json(range = 1..=10)]
    pub stars: i64,
    #[json(range = ..=1.5)]
    pub share: Option<f64>,
    #[json(choices("red", "green"), label = "Colour of it", help = "Or none")]
    pub colour: Option<String>,
    #[json(choices(1, 2, 5))]
    pub coin: Option<i32>,
    #[json(email)]
    pub mail: Option<String>,
    #[json(url)]
    pub page: Option<String>,
    #[json(slug)]
    pub slug: Option<String>,
    #[json(file_path)]
    pub file: Option<String>,
    #[json(pattern = "[A-Z]{2}[0-9]+|none")]
    pub code: Option<String>,
    #[json(validate = is_even)]
    pub even: Option<i64>,
    #[json(default = 3, key("where", "zip"))]
    pub zip: i64,
    #[json(key("where", "city"))]
    pub city: String,
}

#[flow(process = AllProcess)]
#[derive(Debug)]
pub struct AllFlow {
    #[node(form = AllForm { text, note, yes, maybe, small, whole, large, real, single, price, id_there, day, hour, at,
        our_at, naive_day, time_hour, length, ip, site, seal, carrier, back, author, authors, words, carriers, numbers,
        part, any, pin, shape }, permission(anyone), next = this.end)]
    pub start: Start,
    pub end: End,
}

#[flow(process = RuledProcess)]
#[derive(Debug)]
pub struct RuledFlow {
    #[node(form = RuledForm { stars, share, colour, coin, mail, page, slug, file, code, even, zip, city }, permission(anyone), next = this.end)]
    pub start: Start,
    pub end: End,
}

/// What is kept of a form, which is what one is read from: each field by its own codec.
pub fn kept(form: &AllForm) -> Value {
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
pub fn urlencoded(json: &Value) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, value) in json.as_object().unwrap() {
        let mut field = AllForm::FIELDS.iter().find(|field| field.name == name).unwrap().clone();
        field.value = Some(value.clone());
        form.extend_pairs(field.texts().iter().map(|text| (name, text)));
    }
    form.finish()
}

pub fn kept_example() -> Value {
    json!({
        "text": "hi", "note": null, "yes": true, "maybe": null, "small": 1, "whole": -1, "large": null, "real": 0.5,
        "single": null, "price": "1.50", "id_there": null, "day": "2026-11-23", "hour": "14:30:00",
        "at": "2026-11-23T14:30:00+00:00", "our_at": null, "naive_day": null, "time_hour": null, "length": "P0DT00H05M00S",
        "ip": "::1", "site": null, "seal": "", "carrier": "sea", "back": null, "author": 7, "authors": [], "words": [],
        "carriers": [], "numbers": [], "part": {"name": "a", "size": {"width": 1}, "parts": []}, "any": {}, "pin": "1234",
        "shape": "Round"
    })
}
