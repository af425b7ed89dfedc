//! Multiple instances without synchronization (WCP-12): each guest gets an invitation, and the room is booked
//! meanwhile. Nothing waits for the invitations; the process is done when the last of them is sent.

use flow_core::prelude::*;

/// A party.
#[derive(ProcessProxy, Debug)]
pub struct PartyProcess {
    process: Process,
    /// Guests
    guests: Vec<String>,
}

/// An invitation.
#[derive(TaskProxy, Debug)]
pub struct InviteTask {
    task: Task,
    /// Guest
    guest: String,
}

/// Party
#[flow(process = PartyProcess)]
#[derive(Debug)]
pub struct PartyFlow {
    #[node(form = PartyForm { guests }, permission(anyone), next = this.prepare)]
    pub start: Start,

    #[node(next = this.book, next(this.invite, task_data_source = |a| a.process.guests().iter()
               .map(|guest| InviteTaskData { guest: guest.clone() })))]
    pub prepare: Split,

    /// Book a room
    #[node(permission(anyone), next = this.booked)]
    pub book: View,

    #[node(task = InviteTask, run = this.send, next = this.invited)]
    pub invite: Job,

    pub booked: End,
    pub invited: End,
}

impl PartyFlow {
    fn send(job: &JobContext<Self, InviteTask>) -> Step {
        println!("{} is invited", job.task.guest());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![PartyFlow];

    #[test]
    fn each_instance_ends_by_itself() -> Result<()> {
        let mut conn = database();
        let guests = vec!["ada".to_owned(), "ben".to_owned(), "cleo".to_owned()];
        let id = PartyFlow.start.run(&mut conn, &OFFICE, PartyForm { guests })?.id();
        complete(&mut conn, PartyFlow.book, id, &OFFICE, ())?;
        FLOWS.expect(&mut conn, id).is(New);
        FLOWS.run_until_idle(&mut conn)?;
        let seen = FLOWS.expect(&mut conn, id).is(Done);
        assert_eq!(seen.rows().iter().filter(|task| task.node() == "invited").count(), 3, "{}", seen.story());
        assert_eq!(seen.rows().len(), 10);
        sound(&FLOWS, &mut conn)
    }
}
