//! Complete multiple instance activity (WCP-27): members of a club are asked for their opinion. The chair may close
//! the survey at any time: those that have not answered are withdrawn, and the process goes on with the answers that
//! are there.

use flow_core::prelude::*;

/// A survey.
#[derive(ProcessProxy, Debug)]
pub struct SurveyProcess {
    process: Process,
    /// Members
    members: Vec<String>,
    /// Answers
    #[json(default)]
    answers: u32,
}

/// The question to a member.
#[derive(TaskProxy, Debug)]
pub struct AskTask {
    task: Task,
    /// Member
    member: String,
}

/// Survey
#[flow(process = SurveyProcess)]
#[derive(Debug)]
pub struct SurveyFlow {
    #[node(form = SurveyForm { members }, permission(anyone), next = this.ask)]
    pub start: Start,

    #[node(next(this.answer, task_data_source = |a| a.process.members().iter()
               .map(|member| AskTaskData { member: member.clone() })), next = this.close)]
    pub ask: Split,

    /// Answer
    #[node(task = AskTask, assign = |a| a.task.member(), next = this.closed)]
    pub answer: View,

    /// Close the survey
    #[node(assign = this.start.owner, next = this.closed)]
    pub close: View,

    // Either it was closed, or there is nothing to close any more.
    #[node(continue_on = |_a, arrived, open| Ok(!arrived.of(SurveyFlow.close)?.is_empty()
               || open.of(SurveyFlow.close)?.len() == open.len()), next = this.count)]
    pub closed: Join,

    #[node(run = this.count_answers(conn), next = this.end)]
    pub count: Function,
    pub end: End,
}

impl SurveyFlow {
    fn count_answers(a: &mut Activation<Self>, conn: &mut crate::Db) -> Step {
        a.process.set_answers(a.branches(conn)?.of(SurveyFlow.answer)?.len().try_into()?);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![SurveyFlow];

    fn start(conn: &mut Db) -> Result<i64> {
        let members = vec!["ada".to_owned(), "ben".to_owned(), "cleo".to_owned()];
        Ok(SurveyFlow.start.run(conn, &MONA, SurveyForm { members })?.id())
    }

    #[test]
    fn the_chair_completes_it_early() -> Result<()> {
        let mut conn = database();
        let id = start(&mut conn)?;
        complete(&mut conn, SurveyFlow.answer, id, &Person::new("ada"), ())?;
        complete(&mut conn, SurveyFlow.close, id, &MONA, ())?;
        FLOWS.expect(&mut conn, id).is(Done).tasks(&[
            "start:DONE",
            "ask:DONE",
            "answer:DONE",
            "answer:CANCELED",
            "answer:CANCELED",
            "close:DONE",
            "closed:DONE",
            "count:DONE",
            "end:DONE",
        ]);
        assert_eq!(SurveyFlow.processes().by_id(id).first(&mut conn)?.answers(), 1);
        sound(&FLOWS, &mut conn)
    }

    #[test]
    fn the_last_answer_completes_it_too() -> Result<()> {
        let mut conn = database();
        let id = start(&mut conn)?;
        for member in ["ada", "ben", "cleo"] {
            FLOWS.expect(&mut conn, id).is(New);
            complete(&mut conn, SurveyFlow.answer, id, &Person::new(member), ())?;
        }
        FLOWS.expect(&mut conn, id).is(Done);
        assert_eq!(SurveyFlow.processes().by_id(id).first(&mut conn)?.answers(), 3);
        sound(&FLOWS, &mut conn)
    }
}
