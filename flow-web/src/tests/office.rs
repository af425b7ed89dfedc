//! Flows to test with, and people.

use flow_core::form::ChoicesOf;
use flow_core::prelude::*;
use flow_core::{Candidate, Choice, Secret};

use crate::WebUser;

pub(crate) type Db = diesel::SqliteConnection;

/// A colour.
#[derive(Choices, Clone, Copy, Debug, PartialEq)]
pub(crate) enum Colour {
    /// Red
    Red,
    /// Green
    Green,
}

/// A request.
#[derive(ProcessProxy, Debug, Clone)]
pub(crate) struct RequestProcess {
    process: Process,
    /// Text
    #[json(max_length = 60)]
    text: String,
    /// Pin
    pin: Option<Secret<String>>,
    /// Count
    #[json(range = 1..=9)]
    count: Option<i64>,
    /// Colours
    #[json(default)]
    colours: Vec<Colour>,
    /// Names
    #[json(default)]
    names: Vec<String>,
    /// Urgent
    #[json(default)]
    urgent: bool,
    /// Sure
    sure: Option<bool>,
    /// Approved
    approved: Option<bool>,
    /// A value
    value: serde_json::Value,
    /// Broken
    #[json(default)]
    broken: bool,
}

/// Request <b>&"title"
///
/// Something is asked for.
#[flow(process = RequestProcess, connection = Db, summary = "About {process.text}", reference = "R-{process.text}",
       name = "request")]
#[derive(Debug)]
pub(crate) struct RequestFlow {
    /// Ask for it
    #[node(form = AskForm { text, pin, count, colours, names, urgent, sure, value }, permission(this.is_no_guest),
           next = this.approve)]
    pub(crate) start: Start,
    /// Approve <i>it</i>
    #[node(form = ApproveForm { approved: required }, permission("approve"), different_from(this.start),
           next = this.note)]
    pub(crate) approve: View,
    /// Note it down
    #[node(form = NoteForm { broken }, permission("approve"), next = this.send)]
    pub(crate) note: View,
    /// Send it
    #[node(run = this.send_it, next = this.called)]
    pub(crate) send: Job,
    /// Wait for the answer
    #[node(permission("call"), next = this.end)]
    pub(crate) called: Handle,
    pub(crate) end: End,
}

impl RequestFlow {
    fn is_no_guest(user: &dyn User) -> bool {
        user.id() != "guest"
    }

    fn send_it(job: &JobContext<Self>) -> Step {
        if job.process.broken() { Err("the <line> is dead".into()) } else { Ok(()) }
    }
}

/// Order
#[flow(connection = Db, name = "order")]
#[derive(Debug)]
pub(crate) struct OrderFlow {
    /// Order it
    #[node(permission("order"), next = this.pack)]
    pub(crate) start: Start,
    /// Pack it
    #[node(candidates = this.packers, next = this.end)]
    pub(crate) pack: View,
    pub(crate) end: End,
}

impl OrderFlow {
    fn packers(_: &Activation<Self>) -> Vec<Candidate> {
        vec![group("packers")]
    }
}

/// A parcel on its way.
#[derive(ProcessProxy, Debug, Clone)]
pub(crate) struct ParcelProcess {
    process: Process,
    number: String,
    #[json(default)]
    weight: i64,
}

/// Parcel
#[flow(process = ParcelProcess, connection = Db, name = "parcel")]
#[derive(Debug)]
pub(crate) struct ParcelFlow {
    #[node(permission("order"), next = this.arrived)]
    pub(crate) sent: StartHandle,
    /// Wait for it
    #[node(message = "arrived", key = |a| a.process.number(), input = i64,
           run = |a, weight| a.process.set_weight(weight), permission("call"), next = this.end)]
    pub(crate) arrived: MessageCatch,
    pub(crate) end: End,
}

/// Where something goes.
#[derive(JsonModel, Clone, Debug, PartialEq)]
pub(crate) struct Address {
    /// Street
    pub(crate) street: String,
    /// Town
    #[json(max_length = 20)]
    pub(crate) town: String,
}

/// A line of a bill.
#[derive(JsonModel, Clone, Debug, PartialEq)]
pub(crate) struct Line {
    /// What
    #[json(max_length = 30)]
    pub(crate) what: String,
    /// Pieces
    #[json(range = 1..=99)]
    pub(crate) pieces: i64,
    /// Fragile
    #[json(default)]
    pub(crate) fragile: bool,
}

/// A bill.
#[derive(ProcessProxy, Debug, Clone)]
pub(crate) struct BillProcess {
    process: Process,
    /// Address
    address: Address,
    /// Lines
    ///
    /// What was bought.
    #[json(default)]
    lines: Vec<Line>,
    /// Country
    country: Colour,
    /// Town hall
    hall: String,
}

/// Bill
#[flow(process = BillProcess, connection = Db, name = "bill")]
#[derive(Debug)]
pub(crate) struct BillFlow {
    /// Write a bill
    #[node(form = BillForm { address, lines, country, hall }, permission("order"), next = this.check)]
    pub(crate) start: Start,
    /// Check the bill
    #[node(form = CheckForm { address, lines }, permission("approve"), next = this.end)]
    pub(crate) check: View,
    pub(crate) end: End,
}

/// Town halls of a country: 120 of each.
const HALLS: ChoicesOf<Db> = ChoicesOf::new("hall", |_, _, asked| {
    let country = asked.values.get("country").and_then(|country| country.as_str()).unwrap_or_default().to_owned();
    let halls = (0..if country.is_empty() { 0 } else { 120 }).map(|at| format!("{country} {at}"));
    Ok(halls.map(|hall| Choice::from((hall.clone(), hall.to_uppercase()))).collect())
});

pub(crate) static FLOWS: Flows<Db> = flows![RequestFlow, OrderFlow, ParcelFlow, BillFlow].with_choices(&[HALLS]);

/// Somebody who uses the pages.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) id: &'static str,
    name: &'static str,
    permissions: &'static [&'static str],
    manages: &'static [&'static str],
    groups: &'static [&'static str],
    stands_in_for: &'static [&'static str],
    language: Option<&'static str>,
}

const fn person(id: &'static str, permissions: &'static [&'static str], manages: &'static [&'static str]) -> Person {
    Person { id, name: id, permissions, manages, groups: &[], stands_in_for: &[], language: None }
}

impl Person {
    /// The same, who has lost all rights.
    pub(crate) fn without_rights(&self) -> Person {
        person(self.id, &[], &[])
    }
}

pub(crate) const PEOPLE: &[Person] = &[
    Person { name: "Anna <Berg>", ..person("anna", &["order"], &[]) },
    Person { name: "Bob", ..person("bob", &["approve", "call"], &[]) },
    person("bill", &["approve"], &[]),
    Person { language: Some("de"), ..person("gerd", &["approve"], &[]) },
    person("boss", &[], &["request", "trip"]),
    person("head", &["order"], &["order"]),
    person("guest", &[], &[]),
    Person { groups: &["packers"], ..person("paul", &[], &[]) },
    Person { stands_in_for: &["bob", "paul"], ..person("dora", &[], &[]) },
    Person { stands_in_for: &["boss"], ..person("aide", &["order"], &[]) },
];

impl User for Person {
    fn id(&self) -> &str {
        self.id
    }

    fn may(&self, permission: &Permission) -> bool {
        self.permissions.contains(&permission.name())
    }

    fn manages(&self, flow: &str) -> bool {
        self.manages.contains(&flow)
    }

    fn groups(&self) -> Vec<&str> {
        self.groups.to_vec()
    }

    fn acts_for(&self) -> Vec<&dyn User> {
        let others = PEOPLE.iter().filter(|person| self.stands_in_for.contains(&person.id));
        others.map(|person| person as &dyn User).collect()
    }
}

impl WebUser for Person {
    fn display_name(&self) -> &str {
        self.name
    }

    fn language(&self) -> Option<&str> {
        self.language
    }
}
