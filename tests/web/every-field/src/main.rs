//! One flow whose forms have every type of field: `tests/web/fields.js` fills them in, in a browser.
//!
//! `cargo run -p every-field -- --database x.sqlite --port 3002` serves it on 127.0.0.1. Whoever asks is the same
//! person, who may do everything.

mod db;
mod flow;
mod rows;

use std::convert::Infallible;
use std::error::Error;

use axum::Router;
use axum::http::request::Parts;
use flow_core::{Permission, User};
use flow_web::layout::{Part, field, fieldset, row};
use flow_web::{FlowWeb, WebUser};
use tokio::net::TcpListener;

use crate::flow::FLOWS;

/// The only person there is, in the language that the browser asks for.
struct Vera;

impl User for Vera {
    fn id(&self) -> &str {
        "vera"
    }

    fn may(&self, _: &Permission) -> bool {
        true
    }

    fn manages(&self, _flow: &str) -> bool {
        true
    }
}

impl WebUser for Vera {
    fn display_name(&self) -> &str {
        "Vera Stein"
    }
}

/// How both forms are arranged: rows, spans, groups, a row in a group. What is not named comes last.
fn layout() -> Vec<Part> {
    vec![
        row([field("title").span(2), field("nickname")]),
        field("story"),
        fieldset("Names", [row([field("email"), field("site")]), row([field("slug"), field("folder"), field("code")])]),
        fieldset("Numbers", [row([field("pieces"), field("ratio"), field("price"), field("limit")])]),
        row([field("urgent"), field("agreed"), field("insured")]),
        row([field("day"), field("hour"), field("length")]),
        row([field("moment"), field("reminder")]),
        row([field("key").span(2), field("ip"), field("seal")]),
        fieldset("Choices", [row([field("colour"), field("second")]), field("colours")]),
        row([field("words"), field("numbers")]),
        row([field("client"), field("helper")]),
        row([field("country"), field("town").span(2)]),
    ]
}

fn router(pool: db::Pool) -> Result<Router, Box<dyn Error>> {
    let web = FlowWeb::new(&FLOWS, pool, |_: Parts| async { Ok::<_, Infallible>(Vera) });
    let web = web.title("Every field").time_zone("Europe/Berlin");
    Ok(web.layout("every", "start", layout()).layout("every", "check", layout()).router()?)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (mut database, mut port) = ("every-field.sqlite".to_owned(), 3002_u16);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match (argument.as_str(), arguments.next()) {
            ("--database", Some(path)) => database = path,
            ("--port", Some(number)) => port = number.parse()?,
            _ => return Err("usage: every-field [--database FILE OR ADDRESS] [--port NUMBER]".into()),
        }
    }
    let mut conn = db::open(&database)?;
    FLOWS.migrate(&mut conn)?;
    rows::create(&mut conn)?;
    let router = router(db::pool(&database)?)?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, router).await?)
}
