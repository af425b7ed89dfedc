//! Critical section (WCP-39): two crews renew a building side by side, and for a part of their work each of them
//! needs the power switched off: only one of them at a time.
//!
//! A field of the process is the lock, with the token of the branch that has it; transitions of one process are
//! serialized. When the lock is freed, the conditions of all that wait for it hold, so each of them compares once
//! more (`.._has_it`) before it goes on.

use flow_core::prelude::*;

/// A building.
#[derive(ProcessProxy, Debug)]
pub struct BuildingProcess {
    process: Process,
    /// The branch that has the power switched off
    holder: Option<String>,
}

/// Building
#[flow(process = BuildingProcess)]
#[derive(Debug)]
pub struct BuildingFlow {
    #[node(permission(anyone), next = this.crews)]
    pub start: Start,

    #[node(next = this.roof_wait, next = this.cellar_wait)]
    pub crews: Split,

    #[node(if = this.is_free, next = this.roof_take,
           allow(instant_loops, reason = "who does not have the lock waits until it is free"))]
    pub roof_wait: ConditionalCatch,
    #[node(run = this.take, next = this.roof_has_it)]
    pub roof_take: Function,
    #[node(if = this.has_it, then = this.roof_wires, else = this.roof_wait)]
    pub roof_has_it: If,
    /// Lay the wires in the roof
    #[node(permission("roof"), next = this.roof_free)]
    pub roof_wires: View,
    #[node(run = this.free, next = this.done)]
    pub roof_free: Function,

    #[node(if = this.is_free, next = this.cellar_take,
           allow(instant_loops, reason = "who does not have the lock waits until it is free"))]
    pub cellar_wait: ConditionalCatch,
    #[node(run = this.take, next = this.cellar_has_it)]
    pub cellar_take: Function,
    #[node(if = this.has_it, then = this.cellar_wires, else = this.cellar_wait)]
    pub cellar_has_it: If,
    /// Lay the wires in the cellar
    #[node(permission("cellar"), next = this.cellar_free)]
    pub cellar_wires: View,
    #[node(run = this.free, next = this.done)]
    pub cellar_free: Function,

    #[node(next = this.end)]
    pub done: Join,
    pub end: End,
}

impl BuildingFlow {
    fn is_free(a: &Activation<Self>) -> bool {
        a.process.holder().is_none()
    }

    fn take(a: &mut Activation<Self>) {
        if a.process.holder().is_none() {
            a.process.set_holder(Some(a.task.token().to_owned()));
        }
    }

    fn has_it(a: &Activation<Self>) -> bool {
        a.process.holder() == Some(a.task.token())
    }

    fn free(a: &mut Activation<Self>) {
        a.process.set_holder(None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![BuildingFlow];

    fn in_section(conn: &mut Db) -> Result<Vec<String>> {
        let tasks = BuildingFlow.tasks().open().load(conn)?.into_iter();
        Ok(tasks.map(|task| task.node().to_owned()).filter(|node| node.ends_with("_wires")).collect())
    }

    #[test]
    fn one_branch_is_inside_and_the_other_waits() -> Result<()> {
        let mut conn = database();
        let id = BuildingFlow.start.run(&mut conn, &OFFICE, ())?.id();
        assert_eq!(in_section(&mut conn)?, ["roof_wires"], "both came at once");
        complete(&mut conn, BuildingFlow.roof_wires, id, &OFFICE, ())?;
        assert_eq!(in_section(&mut conn)?, ["cellar_wires"], "it is freed and taken in one transition");
        complete(&mut conn, BuildingFlow.cellar_wires, id, &OFFICE, ())?;
        FLOWS.expect(&mut conn, id).is(Done);
        sound(&FLOWS, &mut conn)
    }
}
