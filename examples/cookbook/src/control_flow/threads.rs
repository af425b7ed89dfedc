//! Thread split (WCP-42) and thread merge (WCP-41): a ship brings a number of containers. From the gate on each of
//! them is a thread of its own, on one path of the flow, and the ship sails when all of them have come together
//! again.

use flow_core::prelude::*;

/// A ship.
#[derive(ProcessProxy, Debug)]
pub struct ShipProcess {
    process: Process,
    /// Containers
    #[json(range = 1..=20)]
    containers: u32,
}

/// A container.
#[derive(TaskProxy, Debug)]
pub struct ContainerTask {
    task: Task,
    /// Number
    number: u32,
}

/// Ship
#[flow(process = ShipProcess)]
#[derive(Debug)]
pub struct ShipFlow {
    #[node(form = ShipForm { containers }, permission(anyone), next = this.gate)]
    pub land: Start,

    #[node(next(this.unload, task_data_source = |a| (1..=a.process.containers())
               .map(|number| ContainerTaskData { number })),
           allow(split_all_conditional, reason = "a ship has at least one container"))]
    pub gate: Split,

    /// Unload a container
    #[node(task = ContainerTask, permission("crane"),
           next(this.clear, task_data = |a| ContainerTaskData { number: a.task.number() }))]
    pub unload: View,

    /// Clear it through customs
    #[node(task = ContainerTask, permission("customs"), next = this.all_cleared)]
    pub clear: View,

    #[node(next = this.sail)]
    pub all_cleared: Join,

    /// Set sail
    #[node(permission("captain"), next = this.end)]
    pub sail: View,

    pub end: End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![ShipFlow];

    #[test]
    fn threads_run_beside_each_other_and_are_merged() -> Result<()> {
        let mut conn = database();
        let id = ShipFlow.land.run(&mut conn, &OFFICE, ShipForm { containers: 3 })?.id();
        complete(&mut conn, ShipFlow.unload, id, &OFFICE, ())?;
        complete(&mut conn, ShipFlow.clear, id, &OFFICE, ())?; // the first is through, the others are not unloaded
        FLOWS.expect(&mut conn, id).is(New);
        complete(&mut conn, ShipFlow.unload, id, &OFFICE, ())?;
        complete(&mut conn, ShipFlow.unload, id, &OFFICE, ())?;
        complete(&mut conn, ShipFlow.clear, id, &OFFICE, ())?;
        assert!(ShipFlow.sail.tasks().of(id).load(&mut conn)?.is_empty());
        complete(&mut conn, ShipFlow.clear, id, &OFFICE, ())?;
        complete(&mut conn, ShipFlow.sail, id, &OFFICE, ())?;
        let seen = FLOWS.expect(&mut conn, id).is(Done);
        assert_eq!(seen.rows().len(), 2 + 3 + 3 + 3, "{}", seen.story());
        let third = ShipFlow.clear.tasks().of(id).load(&mut conn)?.into_iter().find(|task| task.token() == "start/2_3");
        assert_eq!(third.map(ContainerTask::from_row).transpose()?.map(|task| task.number()), Some(3));
        sound(&FLOWS, &mut conn)
    }
}
