//! Structured loop (WCP-21): people are added to a team until it is complete.

use flow_core::prelude::*;

/// A team.
#[derive(ProcessProxy, Debug)]
pub struct TeamProcess {
    process: Process,
    /// Size
    #[json(range = 0..=20)]
    size: u32,
    /// Next member
    #[json(default)]
    name: String,
    /// Members
    #[json(default)]
    members: Vec<String>,
}

/// Team
#[flow(process = TeamProcess)]
#[derive(Debug)]
pub struct TeamFlow {
    #[node(form = TeamForm { size }, permission(anyone), next = this.is_complete)]
    pub start: Start,

    // In front of the work it is a while loop, behind it a repeat loop.
    #[node(if = this.has_all, then = this.complete, else = this.choose)]
    pub is_complete: If,

    /// Choose a member
    #[node(form = MemberForm { name }, assign = this.start.owner, next = this.add)]
    pub choose: View,

    #[node(run = this.add_member, next = this.is_complete)]
    pub add: Function,

    pub complete: End,
}

impl TeamFlow {
    fn has_all(a: &Activation<Self>) -> Result<bool, std::num::TryFromIntError> {
        Ok(a.process.members().len() >= usize::try_from(a.process.size())?)
    }

    fn add_member(a: &mut Activation<Self>) {
        let mut members = a.process.members().to_vec();
        members.push(a.process.name().to_owned());
        a.process.set_members(members);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![TeamFlow];

    #[test]
    fn until_the_condition_holds() -> Result<()> {
        let mut conn = database();
        let id = TeamFlow.start.run(&mut conn, &OFFICE, TeamForm { size: 2 })?.id();
        for name in ["ada", "ben"] {
            FLOWS.expect(&mut conn, id).is(New);
            complete(&mut conn, TeamFlow.choose, id, &OFFICE, MemberForm { name: name.to_owned() })?;
        }
        assert_eq!(FLOWS.expect(&mut conn, id).is(Done).rows().len(), 1 + 3 + 2 + 2 + 1);
        assert_eq!(TeamFlow.processes().by_id(id).first(&mut conn)?.members(), ["ada", "ben"]);
        let none = TeamFlow.start.run(&mut conn, &OFFICE, TeamForm { size: 0 })?.id();
        FLOWS.expect(&mut conn, none).is(Done).tasks(&["start:DONE", "is_complete:DONE", "complete:DONE"]);
        sound(&FLOWS, &mut conn)
    }
}
