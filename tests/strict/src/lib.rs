//! The hello-world flow in the strictest crate that uses us, with names of its own for everything the macros
//! might take from the standard library: it must compile without a warning, and clippy finds nothing.

#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, unreachable_pub, missing_debug_implementations, rust_2018_idioms, clippy::pedantic)]

use flow_core::prelude::*;

/// A module of the app's own with a name that generated code likes to use.
pub mod core {
    /// Not the core you think of.
    #[derive(Debug, Clone, Copy)]
    pub struct Core;
}

/// Not `std`'s.
#[derive(Debug)]
pub enum Result {
    /// Fine.
    Ok,
    /// Not.
    Err,
}

/// Not `std`'s either.
#[derive(Debug)]
pub enum Option {
    /// One.
    Some,
    /// Neither.
    None,
}

/// The app's connection.
pub type Db = diesel::SqliteConnection;

/// A request to greet the world.
#[derive(ProcessProxy, Debug, Clone)]
pub struct HelloWorldProcess {
    process: Process, // the row this is a proxy of
    /// Message
    #[json(max_length = 50)]
    text: String,
    /// Approved
    #[json(default)]
    approved: bool,
    #[json(default = -1)]
    tries: i32,
}

/// Hello world
///
/// Sends a message to the world once a supervisor has approved it.
#[flow(process = HelloWorldProcess, connection = Db, summary = "Send '{process.text}' to the world")]
#[derive(Debug)]
pub struct HelloWorldFlow {
    /// New message
    #[node(form = StartForm { text }, permission(anyone), next = this.approve)]
    pub start: Start,

    /// Approval request
    #[node(form = ApproveForm { approved }, permission(auto),
           on_timeout(days(3), this.escalate), next = this.check_approve)]
    pub approve: View,

    #[node(if = |a| a.process.approved(), then = this.count, else = this.end)]
    pub check_approve: If,

    #[node(run = this.count_up, next = this.send)]
    pub count: Function,

    #[node(run = this.send_hello, next = this.end)]
    pub send: Job,

    pub escalate: End,
    pub end: End,
}

impl HelloWorldFlow {
    fn count_up(a: &mut Activation<Self>) {
        a.process.set_tries(a.process.tries() + 1);
    }

    fn send_hello(job: &JobContext<Self>) {
        println!("{}", job.process.text());
    }
}

/// A flow that nobody outside the crate sees.
mod inner {
    use flow_core::prelude::*;

    #[flow]
    struct QuietFlow {
        #[node(permission(anyone), next = this.end)]
        start: Start,
        end: End,
    }

    #[test]
    fn a_private_flow_is_used_as_any_other() {
        let names: Vec<_> = QuietFlow.graph().nodes.iter().map(|node| node.name).collect();
        assert_eq!(names, ["start", "end"]);
    }
}

/// The app's flows.
pub static FLOWS: Flows<Db> = flows![HelloWorldFlow];
