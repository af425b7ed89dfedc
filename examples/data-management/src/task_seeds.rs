//! Seeds of tasks: what one task came to is what the next one begins with.

use flow_core::prelude::*;

use crate::app::{Db, Failure, Grain, USER};
use crate::schema::grains;

/// A task about a grain, and one that comes to a grain.
#[derive(TaskProxy, Debug)]
#[proxy(seed = Grain, artifact = Grain)]
pub struct GrainTask {
    task: Task,
}

/// A task with the grain among its data. A row is kept as its key: the row itself would be a copy that goes stale.
#[derive(TaskProxy, Debug)]
pub struct PlantTask {
    task: Task,
    grain: Ref<Grain>,
}

/// What the person picks.
#[derive(Debug)]
pub struct PickGrain {
    /// The number of the grain
    pub grain: i32,
}

impl StartData<GrainFlow> for PickGrain {
    fn data(&self) -> flow_core::proxy::NoData {
        flow_core::proxy::NoData
    }
}

impl Form<GrainFlow, GrainTask> for PickGrain {
    fn save(self, a: &mut Activation<GrainFlow, GrainTask>, conn: &mut Db) -> Step {
        let grain = grains::table.find(self.grain).select(Grain::as_select()).first(conn)?;
        a.task.set_artifact(&grain); // the task's, not the process's
        Ok(())
    }
}

/// Grain
///
/// What is fresh is planted, what is not is eaten.
#[flow(connection = Db)] // no `process`: a plain one, without fields
#[derive(Debug)]
pub struct GrainFlow {
    /// Pick a grain
    #[node(task = GrainTask, form = PickGrain, permission(anyone),
           next(this.is_fresh, task_seed = |a| a.task.artifact_ref()))]
    pub start: Start,

    // An edge gives data or a seed, each of the type that the next task has.
    #[node(task = GrainTask, if = |a, conn| Ok(a.task.seed(conn)?.fresh),
           then(this.plant, task_data = this.to_plant),
           else(this.eat, task_seed = |a| a.task.seed_ref()))]
    pub is_fresh: If,

    /// Plant it
    #[node(task = PlantTask, permission(anyone), next = this.end)]
    pub plant: View,

    /// Eat it
    #[node(task = GrainTask, permission(anyone), next = this.end)]
    pub eat: View,

    pub end: End,
}

impl GrainFlow {
    fn to_plant(a: &Activation<Self, GrainTask>) -> Step<PlantTaskData> {
        Ok(PlantTaskData { grain: a.task.seed_ref().ok_or("there is no grain to plant")? })
    }
}

/// Once through it, with either grain.
pub fn run(conn: &mut Db) -> Result<String, Failure> {
    let fresh = GrainFlow.start.run(conn, &USER, PickGrain { grain: 1 })?;
    let old = GrainFlow.start.run(conn, &USER, PickGrain { grain: 2 })?;
    let plant = GrainFlow.plant.tasks().open().of(fresh.id()).one(conn)?;
    let eat = GrainFlow.eat.tasks().open().of(old.id()).one(conn)?;
    Ok(format!("grain 1 is to {}, grain 2 is to {}", plant.node(), eat.node()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::database;

    #[test]
    fn the_artifact_of_one_task_is_the_seed_of_the_next() {
        let mut conn = database().unwrap();
        let process = GrainFlow.start.run(&mut conn, &USER, PickGrain { grain: 1 }).unwrap().id();
        let seen = crate::FLOWS.expect(&mut conn, process).tasks(&["start:DONE", "is_fresh:DONE", "plant:NEW"]);
        crate::FLOWS.assert_sound(&mut conn).unwrap();
        let [start, is_fresh, plant] = seen.rows() else { panic!("{}", seen.story()) };
        assert_eq!(start.artifact_key(), Some(("grains", "1")));
        assert_eq!(is_fresh.seed_key(), Some(("grains", "1")));
        assert_eq!((plant.seed_key(), plant.data().get(&["grain"]).unwrap()), (None, Some(&1.into())));
    }

    #[test]
    fn the_other_branch_is_given_the_seed() {
        let mut conn = database().unwrap();
        let process = GrainFlow.start.run(&mut conn, &USER, PickGrain { grain: 2 }).unwrap().id();
        let eat = GrainFlow.eat.tasks().of(process).one(&mut conn).unwrap();
        let grain: Ref<Grain> = eat.seed_of().unwrap();
        assert!(!grain.load(&mut conn).unwrap().fresh);
    }
}
