//! Snooze: a document is to be reviewed. Whoever does not want to see it before Monday hides it from their list until
//! then; everybody else still sees it.

use flow_core::prelude::*;

/// Document
#[flow]
#[derive(Debug)]
pub struct DocumentFlow {
    #[node(permission(anyone), next = this.review)]
    pub start: Start,

    /// Review the document
    #[node(permission("review"), next = this.end)]
    pub review: View,

    pub end: End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![DocumentFlow];
    const ANNA: Person = Person::new("anna").may(&["review"]);
    const BEN: Person = Person::new("ben").may(&["review"]);

    #[test]
    fn it_is_hidden_from_one_person_until_then() -> Result<()> {
        let clock = TestClock::install();
        let mut conn = database();
        let id = DocumentFlow.start.run(&mut conn, &OFFICE, ())?.id();
        let task = open(&mut conn, DocumentFlow.review.tasks(), id)?.id();
        let monday = clock.now() + days(4);
        FLOWS.snooze(&mut conn, task, &ANNA, monday)?;
        assert_eq!((FLOWS.queue(&mut conn, &ANNA)?.len(), FLOWS.queue(&mut conn, &BEN)?.len()), (0, 1));
        clock.set(monday);
        assert_eq!(FLOWS.queue(&mut conn, &ANNA)?.len(), 1);

        FLOWS.snooze(&mut conn, task, &ANNA, monday + days(1))?;
        FLOWS.snooze(&mut conn, task, &ANNA, monday)?; // shown again
        complete(&mut conn, DocumentFlow.review, id, &ANNA, ())?;
        FLOWS.expect(&mut conn, id).is(Done);
        sound(&FLOWS, &mut conn)
    }
}
