//! Round-robin allocation (WRP-16): tickets are assigned to the clerks in turn.

use flow_core::prelude::*;
use flow_core::schema::flow_task;

use crate::Db;

/// Who answers tickets. In an app: a query of its own table.
const CLERKS: [&str; 3] = ["ada", "ben", "cleo"];

/// Ticket
#[flow]
#[derive(Debug)]
pub struct TicketFlow {
    #[node(permission(anyone), next = this.answer)]
    pub open: Start,

    /// Answer the ticket
    #[node(assign = this.next_clerk(conn), next = this.end)]
    pub answer: View,

    pub end: End,
}

impl TicketFlow {
    /// Who comes after the one that had the newest of these tasks. Two tickets that are opened at the same moment may
    /// both see the same newest one: a strict turn needs a row of the app's own, which is locked.
    fn next_clerk(_a: &Activation<Self>, conn: &mut Db) -> diesel::QueryResult<&'static str> {
        let newest = (flow_task::created.desc(), flow_task::process_id.desc());
        let last: Option<Task> =
            TicketFlow.answer.tasks().filter(flow_task::owner.is_not_null()).order(newest).first(conn).optional()?;
        let place = last.and_then(|task| CLERKS.iter().position(|clerk| task.owner() == Some(clerk)));
        Ok(CLERKS[place.map_or(0, |place| place + 1) % CLERKS.len()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![TicketFlow];

    #[test]
    fn each_in_turn() -> Result<()> {
        let mut conn = database();
        let mut owners = Vec::new();
        for _ in 0..5 {
            let id = TicketFlow.open.run(&mut conn, &OFFICE, ())?.id();
            owners.extend(open(&mut conn, TicketFlow.answer.tasks(), id)?.owner().map(str::to_owned));
        }
        assert_eq!(owners, ["ada", "ben", "cleo", "ada", "ben"]);
        sound(&FLOWS, &mut conn)
    }
}
