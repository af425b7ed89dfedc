//! Deallocation (WRP-29): a question is assigned to whoever asked for it. If it is not answered within a minute it
//! goes back to the queue, where the team can claim it.
//!
//! `on_create` starts a second process in the same transaction, which waits and releases the task.

use flow_core::prelude::*;
use flow_core::{Error, ErrorKind};

use crate::Db;

/// Question
#[flow]
#[derive(Debug)]
pub struct QuestionFlow {
    #[node(permission("team"), next = this.answer)]
    pub start: Start,

    /// Answer the question
    #[node(assign = this.start.owner, permission("team"), on_create = this.release_later(conn), next = this.end)]
    pub answer: View,

    pub end: End,
}

impl QuestionFlow {
    fn release_later(a: &mut Activation<Self>, conn: &mut Db) -> Result<(), Error> {
        let task = a.task.id();
        let data = ReleaseProcessData { question: task.process(), number: task.number() };
        ReleaseFlow.start.run(conn, &System("clock"), data)?;
        Ok(())
    }
}

/// The release of a task.
#[derive(ProcessProxy, Debug)]
pub struct ReleaseProcess {
    process: Process,
    /// The process of the task
    question: i64,
    /// Its number there
    number: i32,
}

/// Release
#[flow(process = ReleaseProcess)]
#[derive(Debug)]
pub struct ReleaseFlow {
    #[node(next = this.wait)]
    pub start: StartHandle,

    #[node(delay = seconds(60), next = this.release)]
    pub wait: Timer,

    #[node(run = this.unassign(conn), next = this.end)]
    pub release: Function,

    pub end: End,
}

impl ReleaseFlow {
    fn unassign(a: &mut Activation<Self>, conn: &mut Db) -> Result<(), Error> {
        let task = TaskId::new(a.process.question(), a.process.number());
        match QuestionFlow.answer.unassign(conn, task, &System("clock")) {
            Err(error) if error.kind() == ErrorKind::Conflict => Ok(()), // it is answered, or was released
            released => released.map(|_| ()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![QuestionFlow, ReleaseFlow];
    const ANNA: Person = Person::new("anna").may(&["team"]);
    const BEN: Person = Person::new("ben").may(&["team"]);

    #[test]
    fn after_a_minute_it_is_in_the_queue_again() -> flow_core::Result<()> {
        let clock = TestClock::install();
        let mut conn = database();
        let left = QuestionFlow.start.run(&mut conn, &ANNA, ())?.id();
        let done = QuestionFlow.start.run(&mut conn, &ANNA, ())?.id();
        complete(&mut conn, QuestionFlow.answer, done, &ANNA, ())?;
        assert!(FLOWS.queue(&mut conn, &BEN)?.is_empty());
        clock.advance(seconds(60));
        let report = FLOWS.run_until_idle(&mut conn)?;
        assert_eq!(report.failed, 0, "{report:?}");
        FLOWS.expect(&mut conn, left).is(New).tasks(&["start:DONE", "answer:NEW"]);
        complete(&mut conn, QuestionFlow.answer, left, &BEN, ())?;
        FLOWS.expect(&mut conn, left).is(Done);
        sound(&FLOWS, &mut conn)
    }
}
