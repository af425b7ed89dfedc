//! The flow: its start and its task ask for a field of each type.

use std::net::IpAddr;
use std::time::Duration;

use flow_core::prelude::*;
use flow_core::{Bytes, Secret};
use jiff::civil::{Date, Time};
use rust_decimal::Decimal;
use url::Url;
use uuid::Uuid;

use crate::db::Db;
use crate::rows::{CLIENTS, Client, HELPERS, TOWNS, Town};

/// A colour.
#[derive(Choices, Clone, Copy, Debug, PartialEq)]
pub(crate) enum Colour {
    /// Red
    Red,
    /// Green
    Green,
    /// Blue
    Blue,
}

/// A country.
#[derive(Choices, Clone, Copy, Debug, PartialEq)]
pub(crate) enum Country {
    /// Austria
    Austria,
    /// Germany
    Germany,
}

/// Where somebody lives.
#[derive(JsonModel, Clone, Debug, PartialEq)]
pub(crate) struct Address {
    /// Street
    #[json(max_length = 40)]
    street: String,
    /// House number
    #[json(range = 1..=9999)]
    number: i64,
    /// Since
    since: Option<Date>,
}

/// What is bought.
#[derive(JsonModel, Clone, Debug, PartialEq)]
pub(crate) struct Line {
    /// What
    #[json(max_length = 30)]
    what: String,
    /// Pieces
    #[json(range = 1..=99)]
    pieces: i64,
    /// Price of one
    #[json(decimal_places = 2)]
    price: Decimal,
    /// Fragile
    #[json(default)]
    fragile: bool,
}

/// A field of each type.
#[derive(ProcessProxy, Debug, Clone)]
pub(crate) struct EveryProcess {
    process: Process,
    /// Title
    ///
    /// At most 40 characters.
    #[json(max_length = 40)]
    title: String,
    /// Nickname
    #[json(max_length = 20)]
    nickname: Option<String>,
    /// Story
    #[json(max_length = 2000)]
    story: String,
    /// Email
    #[json(email)]
    email: String,
    /// Web site
    site: Url,
    /// Short name
    #[json(slug)]
    slug: String,
    /// Folder
    #[json(file_path)]
    folder: String,
    /// Code
    ///
    /// Three capitals, a hyphen, two digits.
    #[json(pattern = "[A-Z]{3}-[0-9]{2}", max_length = 6)]
    code: String,
    /// Pieces
    #[json(range = 1..=500)]
    pieces: i64,
    /// Ratio
    #[json(range = 0.0..=1.0)]
    ratio: f64,
    /// Price
    #[json(range = 0..=100_000, decimal_places = 2)]
    price: Decimal,
    /// Limit
    limit: Option<Decimal>,
    /// Urgent
    urgent: bool,
    /// Agreed
    agreed: Option<bool>,
    /// Insured
    insured: Option<bool>,
    /// Day
    day: Date,
    /// Hour
    hour: Time,
    /// Moment
    moment: jiff::Timestamp,
    /// Reminder
    reminder: Option<jiff::Timestamp>,
    /// How long
    length: Duration,
    /// Key
    key: Uuid,
    /// Address of the computer
    ip: IpAddr,
    /// Seal
    seal: Bytes,
    /// Colour
    #[json(choices)]
    colour: Colour,
    /// Second colour
    #[json(choices)]
    second: Option<Colour>,
    /// Colours of the box
    #[json(default)]
    colours: Vec<Colour>,
    /// Words
    #[json(default, validate = few)]
    words: Vec<String>,
    /// Numbers
    #[json(default)]
    numbers: Vec<i64>,
    /// Client
    client: Ref<Client>,
    /// Helper
    helper: Option<Ref<Client>>,
    /// Country
    #[json(choices)]
    country: Country,
    /// Town
    town: Ref<Town>,
    /// Address
    address: Address,
    /// Lines
    ///
    /// What is bought.
    #[json(default)]
    lines: Vec<Line>,
    /// Anything
    anything: serde_json::Value,
    /// PIN
    ///
    /// Nobody sees it again.
    #[json(validate = long_enough)]
    pin: Secret<String>,
}

/// No more than three words.
fn few(words: &[String]) -> Result<(), &'static str> {
    if words.len() > 3 { Err("has more than three words") } else { Ok(()) }
}

/// A PIN has four characters or more.
fn long_enough(pin: &Secret<String>) -> Result<(), &'static str> {
    if pin.reveal().chars().count() < 4 { Err("is shorter than four characters") } else { Ok(()) }
}

/// Every field
///
/// A form with a field of each type, filled in once and checked once.
#[flow(process = EveryProcess, connection = Db, summary = "{process.title}")]
#[derive(Debug)]
pub(crate) struct EveryFlow {
    /// Fill in everything
    #[node(form = EveryForm {
               title, nickname, story, email, site, slug, folder, code, pieces, ratio, price, limit, urgent,
               agreed: required, insured, day, hour, moment, reminder, length, key, ip, seal, colour, second, colours,
               words, numbers, client, helper, country, town, address, lines, anything, pin
           }, permission(anyone), next = this.check)]
    pub(crate) start: Start,

    /// Check everything
    #[node(form = CheckForm {
               title, nickname, story, email, site, slug, folder, code, pieces, ratio, price, limit, urgent,
               agreed: required, insured, day, hour, moment, reminder, length, key, ip, seal, colour, second, colours,
               words, numbers, client, helper, country, town, address, lines, anything, pin
           }, permission(anyone), next = this.file)]
    pub(crate) check: View,

    /// File it
    #[node(permission(anyone), next = this.end)]
    pub(crate) file: View,

    /// Filed
    pub(crate) end: End,
}

/// The flows of the app.
pub(crate) static FLOWS: Flows<Db> = flows![EveryFlow].with_choices(&[CLIENTS, HELPERS, TOWNS]);
