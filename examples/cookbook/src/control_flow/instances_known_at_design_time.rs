//! Multiple instances with a priori design-time knowledge (WCP-13): every paper has three reviewers, and the editor
//! decides when all three have written.

use flow_core::prelude::*;

/// How many reviewers a paper has.
const REVIEWERS: u32 = 3;

/// A paper.
#[derive(ProcessProxy, Debug)]
pub struct PaperProcess {
    process: Process,
    /// Accepted
    #[json(default)]
    accepted: bool,
}

/// A review.
#[derive(TaskProxy, Debug)]
pub struct ReviewTask {
    task: Task,
    /// Number of the reviewer
    number: u32,
}

/// Paper
#[flow(process = PaperProcess)]
#[derive(Debug)]
pub struct PaperFlow {
    #[node(permission(anyone), next = this.ask)]
    pub submit: Start,

    #[node(next(this.review, task_data_source = |_a| (1..=REVIEWERS).map(|number| ReviewTaskData { number })),
           allow(split_all_conditional, reason = "there are always three"))]
    pub ask: Split,

    /// Review the paper
    #[node(task = ReviewTask, permission("review"), next = this.reviewed)]
    pub review: View,

    #[node(next = this.decide)]
    pub reviewed: Join,

    /// Decide
    #[node(form = DecideForm { accepted }, permission("edit"), next = this.end)]
    pub decide: View,

    pub end: End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![PaperFlow];

    #[test]
    fn there_are_always_three() -> Result<()> {
        let mut conn = database();
        let id = PaperFlow.submit.run(&mut conn, &OFFICE, ())?.id();
        for left in (0..3).rev() {
            complete(&mut conn, PaperFlow.review, id, &OFFICE, ())?;
            assert_eq!(PaperFlow.review.tasks().open().of(id).load(&mut conn)?.len(), left);
        }
        complete(&mut conn, PaperFlow.decide, id, &OFFICE, DecideForm { accepted: true })?;
        assert_eq!(FLOWS.expect(&mut conn, id).is(Done).rows().len(), 8);
        sound(&FLOWS, &mut conn)
    }
}
