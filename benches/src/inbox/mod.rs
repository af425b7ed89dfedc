//! A page that people open all day, over HTTP: the inbox of 25 tasks with 10,000 open ones in the tables, beside the inbox
//! of Viewflow. Each is a server of its own on loopback; one client loads them in turns.

mod client;
mod served;

use std::time::Duration;

use crate::lists::at;
use crate::options::Options;
use crate::postgres::Schema;
use crate::report::Report;
use crate::sample::{Spread, number, real};
use crate::sqlite::File;
use crate::viewflow::Viewflow;
use client::{Load, Page, most, once, steady};
pub(crate) use served::{Served, serve};

/// Tasks that are open.
pub(crate) const TASKS: usize = 10_000;

/// Those of the person who asks: a page of Viewflow.
pub(crate) const MINE: usize = 25;

/// Requests a second of the steady load: the goal.
const RATE: u32 = 200;

/// Connections of the other load.
const CONNECTIONS: usize = 8;

/// How long each load is, in a round.
const LENGTH: Duration = Duration::from_secs(6);

/// One server under load.
struct Contender {
    name: String,
    page: Page,
    size: usize,
    rates: Vec<f64>,
    steady: Load,
    /// Ends when it goes.
    _served: Served,
}

impl Contender {
    async fn new(name: String, served: Served, path: &str, cookie: &str, link: &str) -> Self {
        let page = Page::new(served.address, path, cookie);
        let text = once(&page).await;
        assert!(text.matches(link).count() >= MINE, "{name}: {text}");
        Contender { name, page, size: text.len(), rates: Vec::new(), steady: Load::default(), _served: served }
    }

    /// Both loads; the first round warms up.
    async fn round(&mut self, counts: bool) {
        let load = most(&self.page, CONNECTIONS, LENGTH).await;
        let rate = of(load.times.len()) / load.seconds;
        let steady = steady(&self.page, RATE, LENGTH).await;
        eprintln!("  {}: {rate:.0}/s, {} of {}", self.name, steady.times.len(), u64::from(RATE) * LENGTH.as_secs());
        if counts {
            self.rates.push(rate);
            self.steady.times.extend(steady.times);
            self.steady.seconds += steady.seconds;
        }
    }

    fn row(&self) -> Vec<String> {
        let Load { times, seconds } = &self.steady;
        let mut row = vec![self.name.clone(), format!("{:.1}", of(self.size) / 1e3)];
        row.push(Spread::of(self.rates.iter().copied()).to_string());
        row.push(number(of(times.len()) / seconds));
        row.extend([0.5, 0.95, 0.99].map(|part| number(at(times, part))));
        row
    }
}

fn of(count: usize) -> f64 {
    real(i64::try_from(count).unwrap())
}

/// The address of PostgreSQL with the schema that its connections work in.
fn in_schema(url: &str, name: &str) -> String {
    let mark = if url.contains('?') { '&' } else { '?' };
    format!("{url}{mark}options=-csearch_path%3D{name}")
}

pub(crate) fn run(options: &Options, url: Option<&str>, viewflow: Option<&Viewflow>, report: &mut Report) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    report.title(&format!(
        "The inbox over HTTP: {MINE} tasks of {} open ones; {} rounds of {} s, in turns",
        number(of(TASKS)),
        options.rounds,
        LENGTH.as_secs(),
    ));
    let file = File::new("NORMAL");
    served::on_sqlite::fill(&mut file.connect(), TASKS, MINE);
    let schema = url.map(Schema::new);
    if let Some(schema) = &schema {
        let mut conn = schema.connect();
        served::on_postgres::fill(&mut conn, TASKS, MINE);
        diesel::connection::SimpleConnection::batch_execute(&mut conn, "analyze").unwrap();
    }
    let places: Vec<(&str, String)> = [Some(("SQLite", file.path()))]
        .into_iter()
        .chain([schema.as_ref().zip(url).map(|(schema, url)| ("PostgreSQL", in_schema(url, &schema.name)))])
        .flatten()
        .collect();
    runtime.block_on(async {
        let mut all = Vec::new();
        for (database, place) in &places {
            let served = Served::ours(place);
            all.push(Contender::new(format!("Flow, {database}"), served, "/", served::COOKIE, "/tasks/").await);
        }
        for (database, _) in &places {
            let Some(viewflow) = viewflow else { break };
            let (inbox, served) = viewflow.inbox(*database == "PostgreSQL", &file);
            let name = format!("Viewflow, {database}");
            all.push(Contender::new(name, served, &inbox.path, &inbox.cookie, "/approve/").await);
        }
        for round in 0..=options.rounds {
            for contender in &mut all {
                contender.round(round > 0).await;
            }
        }
        let most = format!("requests/s, {CONNECTIONS} connections");
        let answered = format!("answered/s of {RATE}/s");
        let rows: Vec<Vec<String>> = all.iter().map(Contender::row).collect();
        report.plain(&["", "kB", &most, &answered, "p50 ms", "p95 ms", "p99 ms"], &rows);
    });
    if let (Some(viewflow), true) = (viewflow, url.is_some()) {
        viewflow.clean();
    }
}
