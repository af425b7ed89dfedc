//! Shortest queue (WRP-17): a ticket is assigned to the clerk who has the fewest tasks open, of whatever flow.

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
    #[node(assign = this.least_busy(conn), next = this.end)]
    pub answer: View,

    pub end: End,
}

impl TicketFlow {
    fn least_busy(_a: &Activation<Self>, conn: &mut Db) -> diesel::QueryResult<Option<&'static str>> {
        let mine = flow_task::owner.eq_any(CLERKS).and(flow_task::finished.is_null());
        let owners: Vec<Option<String>> = flow_task::table.filter(mine).select(flow_task::owner).load(conn)?;
        let open = |clerk: &&str| owners.iter().filter(|owner| owner.as_deref() == Some(*clerk)).count();
        Ok(CLERKS.into_iter().min_by_key(open))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![TicketFlow];

    fn ticket(conn: &mut Db) -> Result<(i64, String)> {
        let id = TicketFlow.open.run(conn, &OFFICE, ())?.id();
        let task = open(conn, TicketFlow.answer.tasks(), id)?;
        Ok((id, task.owner().unwrap_or_default().to_owned()))
    }

    #[test]
    fn whoever_has_least_to_do() -> Result<()> {
        let mut conn = database();
        let first = [ticket(&mut conn)?, ticket(&mut conn)?, ticket(&mut conn)?];
        assert_eq!(first.each_ref().map(|(_, owner)| owner.as_str()), CLERKS);
        complete(&mut conn, TicketFlow.answer, first[1].0, &Person::new("ben"), ())?;
        assert_eq!(ticket(&mut conn)?.1, "ben");
        assert_eq!(ticket(&mut conn)?.1, "ada");
        sound(&FLOWS, &mut conn)
    }
}
