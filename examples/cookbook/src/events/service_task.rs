//! Service task: a tax number is looked up at a service that is not always there. The call is made in the background,
//! and again with longer and longer delays if it fails; what it returns is stored with the end of the task.

use flow_core::prelude::*;

/// A customer.
#[derive(ProcessProxy, Debug)]
pub struct CustomerProcess {
    process: Process,
    /// Tax number
    tax_number: String,
    /// Name in the register
    name: Option<String>,
}

/// Customer
#[flow(process = CustomerProcess)]
#[derive(Debug)]
pub struct CustomerFlow {
    #[node(form = CustomerForm { tax_number }, permission(anyone), next = this.look_up)]
    pub start: Start,

    #[node(run = this.ask_register, on_done = |a, name| a.process.set_name(Some(name)),
           retry(attempts = 5, delay = seconds(10), factor = 2.0), timeout = minutes(1), next = this.end)]
    pub look_up: Job,

    pub end: End,
}

impl CustomerFlow {
    /// Runs outside of any transaction. It may be `async`.
    fn ask_register(job: &JobContext<Self>) -> Result<String, String> {
        // In an app: a call over the network, with `job.task.id()` as the idempotency key.
        if job.attempt < 3 {
            return Err("the register does not answer".to_owned());
        }
        Ok(format!("Owner of {}", job.process.tax_number()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![CustomerFlow];

    #[test]
    fn it_is_tried_again_until_it_succeeds() -> Result<()> {
        let clock = TestClock::install();
        let mut conn = database();
        let form = CustomerForm { tax_number: "DE1".to_owned() };
        let id = CustomerFlow.start.run(&mut conn, &OFFICE, form)?.id();
        for delay in [0, 10, 20] {
            FLOWS.expect(&mut conn, id).is(New).tasks(&["start:DONE", "look_up:SCHEDULED"]);
            clock.advance(seconds(delay));
            FLOWS.run_until_idle(&mut conn)?;
        }
        FLOWS.expect(&mut conn, id).is(Done).tasks(&["start:DONE", "look_up:DONE", "end:DONE"]);
        assert_eq!(CustomerFlow.processes().by_id(id).first(&mut conn)?.name(), Some("Owner of DE1"));
        let task = CustomerFlow.look_up.tasks().of(id).one(&mut conn)?.id();
        assert_eq!(FLOWS.attempts(&mut conn, task)?.len(), 2, "those that have failed");
        sound(&FLOWS, &mut conn)
    }
}
