//! Retain familiar (WRP-7): a support request is offered to all of the team. If the customer is not content, it goes
//! back to the one who has answered it, who knows it already.

use flow_core::prelude::*;

/// A support request.
#[derive(ProcessProxy, Debug)]
pub struct SupportProcess {
    process: Process,
    /// Solved
    #[json(default)]
    solved: bool,
}

/// Support request
#[flow(process = SupportProcess)]
#[derive(Debug)]
pub struct SupportFlow {
    #[node(permission(anyone), next = this.answer)]
    pub ask: Start,

    /// Answer the question
    #[node(permission("support"), next = this.rate)]
    pub answer: View,

    /// Is it solved?
    #[node(form = RateForm { solved }, assign = this.ask.owner, next = this.is_solved)]
    pub rate: View,

    #[node(if = |a| a.process.solved(), then = this.end, else = this.answer_again)]
    pub is_solved: If,

    /// Answer it again
    #[node(assign = this.answer.owner, next = this.rate)]
    pub answer_again: View,

    pub end: End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![SupportFlow];
    const ANNA: Person = Person::new("anna");
    const BEN: Person = Person::new("ben").may(&["support"]);
    const CLEO: Person = Person::new("cleo").may(&["support"]);

    #[test]
    fn it_goes_back_to_who_has_done_it_before() -> Result<()> {
        let mut conn = database();
        let id = SupportFlow.ask.run(&mut conn, &ANNA, ())?.id();
        assert_eq!((FLOWS.queue(&mut conn, &BEN)?.len(), FLOWS.queue(&mut conn, &CLEO)?.len()), (1, 1));
        complete(&mut conn, SupportFlow.answer, id, &CLEO, ())?;
        complete(&mut conn, SupportFlow.rate, id, &ANNA, RateForm { solved: false })?;
        assert_eq!((FLOWS.queue(&mut conn, &BEN)?.len(), FLOWS.inbox(&mut conn, &CLEO)?.len()), (0, 1));
        complete(&mut conn, SupportFlow.answer_again, id, &CLEO, ())?;
        complete(&mut conn, SupportFlow.rate, id, &ANNA, RateForm { solved: true })?;
        FLOWS.expect(&mut conn, id).is(Done);
        sound(&FLOWS, &mut conn)
    }
}
