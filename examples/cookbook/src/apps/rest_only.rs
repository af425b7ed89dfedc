//! Viewflow's `hellorest`: a flow without pages. A message is asked for, approved and sent by calls with JSON, by the
//! names of flow and node. `flow-web` makes such calls out of HTTP requests.

use flow_core::prelude::*;

/// A message.
#[derive(ProcessProxy, Debug)]
pub struct MessageProcess {
    process: Process,
    /// Text
    #[json(max_length = 50)]
    text: String,
    /// Approved
    #[json(default)]
    approved: bool,
}

/// Message
#[flow(process = MessageProcess, name = "hello_rest")]
#[derive(Debug)]
pub struct HelloRestFlow {
    #[node(form = StartForm { text }, permission(anyone), next = this.approve)]
    pub start: Start,

    /// Approve the message
    #[node(form = ApproveForm { approved }, permission(auto), next = this.check_approve)]
    pub approve: View,

    #[node(if = |a| a.process.approved(), then = this.send, else = this.end)]
    pub check_approve: If,

    #[node(run = |job| println!("{}", job.process.text()), next = this.end)]
    pub send: Job,

    pub end: End,
}

#[cfg(test)]
mod tests {
    use flow_core::form::Sent;

    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![HelloRestFlow];
    const BOB: Person = Person::new("bob").may(&["hello_rest.approve"]);

    #[test]
    fn by_names_and_json_alone() -> Result<()> {
        let mut conn = database();
        let anna = Person::new("anna");
        let long = format!(r#"{{"text": "{}"}}"#, "x".repeat(51));
        let refused = FLOWS.start(&mut conn, "hello_rest", "start", &anna, Sent::Json(long.as_bytes()));
        assert_eq!(
            refused.map(|_| ()).unwrap_err().to_string(),
            "not valid: `text` has 51 characters, at most 50 are allowed"
        );
        let id = FLOWS.start(&mut conn, "hello_rest", "start", &anna, Sent::Json(br#"{"text": "hi"}"#))?.id();
        let task = FLOWS.queue(&mut conn, &BOB)?[0].id();
        FLOWS.assign(&mut conn, task, &BOB)?;
        FLOWS.execute(&mut conn, task, &BOB, Sent::Json(br#"{"approved": true}"#))?;
        FLOWS.run_until_idle(&mut conn)?;
        FLOWS.expect(&mut conn, id).is(Done).tasks(&[
            "start:DONE",
            "approve:DONE",
            "check_approve:DONE",
            "send:DONE",
            "end:DONE",
        ]);
        sound(&FLOWS, &mut conn)
    }
}
