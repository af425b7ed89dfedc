//! The flow of the first page.
use flow_core::prelude::*;

/// A request to greet the world.
#[derive(ProcessProxy, Debug, Clone)]
pub struct HelloWorldProcess {
    process: Process,
    /// Message
    #[json(max_length = 50)]
    text: String,
    /// Approved
    #[json(default)]
    approved: bool,
}

/// Hello world
///
/// Sends a message to the world once a supervisor has approved it.
#[flow(process = HelloWorldProcess, summary = "Send '{process.text}' to the world")]
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

fn main() {}
