//! The process: a message goes out once a supervisor has approved it.

use flow_core::prelude::*;

use crate::db::Db;

/// A request to greet the world.
#[derive(ProcessProxy, Debug, Clone)]
pub struct HelloWorldProcess {
    process: Process, // the row this is a proxy of
    /// Message
    #[json(max_length = 50)]
    text: String, // stored in process.data["text"]; required, so every start sets it
    /// Approved
    #[json(default)]
    approved: bool, // absent = false
}

/// Hello world
///
/// Sends a message to the world once a supervisor has approved it.
#[flow(process = HelloWorldProcess, connection = Db, summary = "Send '{process.text}' to the world")]
pub struct HelloWorldFlow {
    /// New message
    #[node(form = StartForm { text }, permission(anyone), next = this.approve)]
    pub start: Start,

    /// Approval request
    #[node(form = ApproveForm { approved }, permission(auto),
           on_timeout(days(3), this.escalate), next = this.check_approve)]
    pub approve: View,

    #[node(if = |a| a.process.approved(), then = this.send, else = this.end)]
    pub check_approve: If,

    #[node(run = this.send_hello, next = this.end)]
    pub send: Job,

    pub escalate: End,
    pub end: End,
}

impl HelloWorldFlow {
    fn send_hello(job: &JobContext<Self>) {
        println!("{}", job.process.text());
    }
}
