//! Cancelling partial join for multiple instances (WCP-35), and Viewflow's `dynamic_split`: a question is put to a
//! number of people that the process decides. As soon as the votes that are left cannot change the result, they are
//! withdrawn.

use flow_core::prelude::*;

use crate::Db;

/// A question.
#[derive(ProcessProxy, Debug)]
pub struct VoteProcess {
    process: Process,
    /// Question
    #[json(max_length = 250)]
    question: String,
    /// Votes
    #[json(range = 0..=50)]
    split_count: u32,
    /// Approved
    #[json(default)]
    approved: bool,
}

/// A vote.
#[derive(TaskProxy, Debug)]
pub struct VoteTask {
    task: Task,
    /// Number
    number: u32,
    /// Decision
    decision: Option<bool>,
}

/// Vote
#[flow(process = VoteProcess, summary = "{process.question}")]
#[derive(Debug)]
pub struct VoteFlow {
    #[node(form = QuestionForm { question, split_count }, permission(anyone), next = this.spawn)]
    pub start: Start,

    #[node(next(this.make_decision, task_data_source = |a| (1..=a.process.split_count())
               .map(|number| VoteTaskData { number, decision: None })), next = this.join)]
    pub spawn: Split,

    /// Decide
    #[node(task = VoteTask, form = DecisionForm { task.decision: required }, permission(auto), next = this.join)]
    pub make_decision: View,

    #[node(continue_on = this.is_decided, next = this.count)]
    pub join: Join,

    #[node(run = this.count_votes(conn), next = this.check)]
    pub count: Function,

    #[node(if = |a| a.process.approved(), then = this.approved, else = this.rejected)]
    pub check: If,

    pub approved: End,
    pub rejected: End,
}

impl VoteFlow {
    /// A majority of all votes is for it, or cannot be any more.
    fn is_decided(a: &Activation<Self>, arrived: &Branches, _open: &Branches) -> Result<bool, flow_core::Error> {
        let votes = arrived.of(VoteFlow.make_decision)?;
        let all = u64::from(a.process.split_count());
        let (mut yes, mut no) = (0_u64, 0_u64);
        votes.iter().for_each(|vote| if vote.decision() == Some(true) { yes += 1 } else { no += 1 });
        Ok(yes * 2 > all || no * 2 >= all)
    }

    fn count_votes(a: &mut Activation<Self>, conn: &mut Db) -> Step {
        let votes = a.branches(conn)?.of(VoteFlow.make_decision)?;
        let yes = votes.iter().filter(|vote| vote.decision() == Some(true)).count();
        a.process.set_approved(u64::try_from(yes)? * 2 > u64::from(a.process.split_count()));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![VoteFlow];

    fn ask(conn: &mut Db, split_count: u32, votes: &[bool]) -> flow_core::Result<i64> {
        let form = QuestionForm { question: "Tea or coffee?".to_owned(), split_count };
        let id = VoteFlow.start.run(conn, &OFFICE, form)?.id();
        for decision in votes {
            FLOWS.expect(conn, id).is(New);
            complete(conn, VoteFlow.make_decision, id, &OFFICE, DecisionForm { decision: *decision })?;
        }
        Ok(id)
    }

    /// The last node, and how many votes were withdrawn.
    fn result(conn: &mut Db, id: i64) -> (String, usize) {
        let seen = FLOWS.expect(conn, id).is(Done);
        let withdrawn = seen.rows().iter().filter(|task| task.status() == TaskStatus::Canceled).count();
        (seen.rows().last().map(|task| task.node().to_owned()).unwrap_or_default(), withdrawn)
    }

    #[test]
    fn three_of_five_decide_and_the_rest_is_withdrawn() -> flow_core::Result<()> {
        let mut conn = database();
        let yes = ask(&mut conn, 5, &[true, false, true, true])?;
        assert_eq!(result(&mut conn, yes), ("approved".to_owned(), 1));
        let no = ask(&mut conn, 5, &[false, false, false])?;
        assert_eq!(result(&mut conn, no), ("rejected".to_owned(), 2));
        let tie = ask(&mut conn, 4, &[true, false, false])?;
        assert_eq!(result(&mut conn, tie), ("rejected".to_owned(), 1));
        let nobody = ask(&mut conn, 0, &[])?;
        assert_eq!(result(&mut conn, nobody), ("rejected".to_owned(), 0));
        sound(&FLOWS, &mut conn)
    }
}
