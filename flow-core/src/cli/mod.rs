//! The command line of an app's flows: look at processes, intervene, work, release.
//!
//! An app that links it is its own tool:
//!
//! ```no_run
//! use std::process::ExitCode;
//!
//! use flow_core::prelude::*;
//!
//! #[flow]
//! pub struct LeaveFlow {
//!     #[node(permission(anyone), next = this.end)] start: Start,
//!     end: End,
//! }
//!
//! static FLOWS: Flows<diesel::SqliteConnection> = flows![LeaveFlow];
//!
//! fn main() -> ExitCode {
//!     flow_core::cli::main(&FLOWS, || flow_core::sqlite::open("app.sqlite"))
//! }
//! ```
//!
//! An app with commands of its own makes it one of them, by [`Cli`]. `--help` lists the commands; the guide has them in
//! `docs/guide/operations.md`.
//!
//! **Who acts.** Whoever can run the program with its database manages all flows: there is no further check. Changes are
//! stored under the name of `--user`, with the note of `--reason`.
//!
//! **What it prints.** Text for people, or with `--json` one JSON document; errors go to stderr. Documents of processes
//! are never printed, since they may hold secrets.
//!
//! **Exit codes.**
//!
//! | code | meaning |
//! |---|---|
//! | 0 | it was done, and there is nothing to see to |
//! | 1 | something is to be seen to: `check` found problems, tasks stay, the lock lacks a release, one of several was refused |
//! | 2 | the command line is wrong |
//! | 3 | it was refused: there is no such process, its state does not allow it, the input is not valid |
//! | 4 | the database, a file or a callback failed |

mod act;
mod args;
mod export;
mod inspect;
mod json;
mod output;
mod release;
mod run;
mod user;

use std::process::ExitCode;

use clap::Parser;

pub use args::Cli;

use crate::Flows;
use crate::store::FlowConnection;
use crate::worker::Connections;

/// The whole command line.
#[derive(Parser)]
#[command(about = "Looks at processes, intervenes, works and releases")]
struct Standalone {
    #[command(flatten)]
    cli: Cli,
}

/// Reads the arguments of the program, runs the command and prints what came of it. `connections` is a closure that
/// opens a connection or takes one from a pool, as [`Worker::new`](crate::Worker::new) takes it. A command that needs no
/// database does not call it.
///
/// Returns the exit code: see the [module](self).
pub fn main<C: FlowConnection, How>(flows: &Flows<C>, connections: impl Connections<C, How>) -> ExitCode {
    Standalone::parse().cli.main(flows, connections)
}

impl Cli {
    /// Runs the command and prints what came of it: for an app whose own command line has this as one of its commands.
    ///
    /// ```no_run
    /// use clap::Parser;
    /// use flow_core::prelude::*;
    ///
    /// # #[flow]
    /// # pub struct LeaveFlow { #[node(permission(anyone), next = this.end)] start: Start, end: End }
    /// static FLOWS: Flows<diesel::SqliteConnection> = flows![LeaveFlow];
    ///
    /// #[derive(Parser)]
    /// enum Args {
    ///     /// Serves the pages
    ///     Serve,
    ///     /// Looks at processes, intervenes, works and releases
    ///     Flow(flow_core::cli::Cli),
    /// }
    ///
    /// fn main() -> std::process::ExitCode {
    ///     match Args::parse() {
    ///         Args::Serve => std::process::ExitCode::SUCCESS,
    ///         Args::Flow(cli) => cli.main(&FLOWS, || flow_core::sqlite::open("app.sqlite")),
    ///     }
    /// }
    /// ```
    ///
    /// Returns the exit code: see the [module](self).
    pub fn main<C: FlowConnection, How>(self, flows: &Flows<C>, connections: impl Connections<C, How>) -> ExitCode {
        let json = self.json;
        output::print(run::run(self, flows, connections), json)
    }
}
