//! An office: people sign in, ask for things, and do what is asked of them, on web pages.
//!
//! `cargo run -p office` serves on 127.0.0.1:3000, with the database in `office.sqlite`.
//! `cargo run -p office -- --once` asks for each page once, and exits.
//! `cargo run -p office -- --database x.sqlite --port 3001` uses these.
//! `cargo run -p office --features postgres -- --database postgres://..` is the same on PostgreSQL.

mod app;
mod db;
mod flows;
mod german;
mod once;
mod people;
mod seed;
mod sign_in;
mod sign_in_page;

use std::error::Error;

use tokio::net::TcpListener;

use crate::app::App;
use crate::people::{DEPUTIES, OFFICE, PASSWORD};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (mut database, mut port) = (db::DEFAULT.to_owned(), 3000_u16);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match (argument.as_str(), arguments.next()) {
            ("--once", None) => return once::run().await,
            ("--database", Some(path)) => database = path,
            ("--port", Some(number)) => port = number.parse()?,
            _ => return Err("usage: office [--once] [--database FILE OR ADDRESS] [--port NUMBER]".into()),
        }
    }
    let app = App::open(&database).await?;
    let _worker = App::worker(&database)?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    println!("sign in with the password `{PASSWORD}` as one of:");
    for (id, name, roles, _) in OFFICE {
        println!("  {id:8} {name:14} {roles}");
    }
    for (id, other) in DEPUTIES {
        println!("  {id} stands in for {other}");
    }
    Ok(axum::serve(listener, app.router()?).await?)
}
