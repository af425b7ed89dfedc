//! Static partial join for multiple instances (WCP-34): all members of a board get a report, and the meeting is fixed
//! when three of them have read it. The others can still read it; that changes nothing.

use flow_core::prelude::*;

/// A report.
#[derive(ProcessProxy, Debug)]
pub struct ReportProcess {
    process: Process,
    /// Board
    board: Vec<String>,
}

/// The reading of one member.
#[derive(TaskProxy, Debug)]
pub struct ReadTask {
    task: Task,
    /// Member
    member: String,
}

/// Report
#[flow(process = ReportProcess)]
#[derive(Debug)]
pub struct ReportFlow {
    #[node(form = ReportForm { board }, permission(anyone), next = this.send)]
    pub start: Start,

    #[node(next(this.read, task_data_source = |a| a.process.board().iter()
               .map(|member| ReadTaskData { member: member.clone() })), next = this.three_have_read)]
    pub send: Split,

    /// Read the report
    #[node(task = ReadTask, assign = |a| a.task.member(), next = this.three_have_read)]
    pub read: View,

    #[node(continue_on = |_a, arrived, _open| Ok(arrived.of(ReportFlow.read)?.len() >= 3), cancel_active = false,
           next = this.meet)]
    pub three_have_read: Join,

    /// Fix the meeting
    #[node(permission("meet"), next = this.end)]
    pub meet: View,

    pub end: End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![ReportFlow];

    #[test]
    fn three_instances_are_enough_and_the_others_stay_open() -> Result<()> {
        let mut conn = database();
        let board = ["a", "b", "c", "d", "e"].map(str::to_owned).to_vec();
        let id = ReportFlow.start.run(&mut conn, &OFFICE, ReportForm { board })?.id();
        for member in ["a", "b", "c"] {
            assert!(ReportFlow.meet.tasks().of(id).load(&mut conn)?.is_empty());
            complete(&mut conn, ReportFlow.read, id, &Person::new(member), ())?;
        }
        complete(&mut conn, ReportFlow.meet, id, &OFFICE, ())?;
        assert_eq!(ReportFlow.read.tasks().open().of(id).load(&mut conn)?.len(), 2);
        complete(&mut conn, ReportFlow.read, id, &Person::new("d"), ())?;
        FLOWS.expect(&mut conn, id).is(New);
        complete(&mut conn, ReportFlow.read, id, &Person::new("e"), ())?;
        assert_eq!(FLOWS.expect(&mut conn, id).is(Done).rows().len(), 10, "the join has fired once");
        sound(&FLOWS, &mut conn)
    }
}
