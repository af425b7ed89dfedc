//! A program that is nothing but the command line of its flows: of the release `FLOW_CLI_RELEASE`, over the database
//! `FLOW_CLI_PLACE`, a file or a schema, of the back end `FLOW_CLI_BACK_END`.
#![allow(
    clippy::unwrap_used,
    missing_docs,
    missing_debug_implementations,
    dead_code,
    unreachable_pub,
    reason = "a test's child"
)]

use std::process::ExitCode;

mod sqlite {
    use flow_core::prelude::*;
    pub type Db = diesel::SqliteConnection;
    include!("flows.rs");
}

mod postgres {
    use flow_core::prelude::*;
    pub type Db = diesel::PgConnection;
    include!("flows.rs");
}

fn main() -> ExitCode {
    let place = std::env::var("FLOW_CLI_PLACE").unwrap();
    let is_new = std::env::var("FLOW_CLI_RELEASE").unwrap() == "new";
    if std::env::var("FLOW_CLI_BACK_END").unwrap() == "sqlite" {
        let flows = if is_new { &sqlite::new::FLOWS } else { &sqlite::old::FLOWS };
        flow_core::cli::main(flows, move || flow_core::sqlite::open(&place))
    } else {
        let flows = if is_new { &postgres::new::FLOWS } else { &postgres::old::FLOWS };
        flow_core::cli::main(flows, move || {
            Ok::<_, flow_core::Error>(flow_tests::postgres::Schema::named(&place).connect())
        })
    }
}
