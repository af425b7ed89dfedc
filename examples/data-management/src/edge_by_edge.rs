//! Each task has what its edge gives it, and nothing else: it depends neither on the process nor on who came before.

use flow_core::prelude::*;

use crate::app::{Db, Failure, USER};

/// A parcel to be weighed.
#[derive(ProcessProxy, Debug)]
pub struct ParcelProcess {
    process: Process,
    /// Grams of each thing in it
    grams: Vec<i64>,
}

/// All that a label needs: not the parcel, its weight.
#[derive(TaskProxy, Debug)]
pub struct LabelTask {
    task: Task,
    weight: i64,
    #[json(default)]
    price: i64,
}

/// Parcel
#[flow(process = ParcelProcess, connection = Db)]
#[derive(Debug)]
pub struct ParcelFlow {
    // Without `task_data` this edge does not compile: a label's task must have a weight.
    #[node(permission(anyone),
           next(this.label, task_data = |a| LabelTaskData { weight: a.process.grams().iter().sum(), price: 0 }))]
    pub start: StartHandle,

    #[node(task = LabelTask, run = |a| a.task.set_price(100 + a.task.weight() / 10), next = this.hand_over)]
    pub label: Function,

    /// Hand it over
    #[node(permission(anyone), next = this.end)] // given nothing: it has nothing
    pub hand_over: View,

    pub end: End,
}

/// Once through it.
pub fn run(conn: &mut Db) -> Result<String, Failure> {
    let process = ParcelFlow.start.run(conn, &USER, ParcelProcessData { grams: vec![200, 300] })?;
    let label = ParcelFlow.label.tasks().of(process.id()).one(conn)?;
    let value = |key| Ok::<_, Failure>(label.data().get(&[key])?.map(ToString::to_string).unwrap_or_default());
    Ok(format!("a label for {} g costs {}", value("weight")?, value("price")?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::database;

    #[test]
    fn nothing_is_inherited() {
        let mut conn = database().unwrap();
        let data = ParcelProcessData { grams: vec![200, 300] };
        let process = ParcelFlow.start.run(&mut conn, &USER, data).unwrap().id();
        let label = ParcelFlow.label.tasks().of(process).one(&mut conn).unwrap();
        assert_eq!(label.data().get(&["weight"]).unwrap(), Some(&500.into()));
        assert_eq!(label.data().get(&["price"]).unwrap(), Some(&150.into()));
        let hand_over = ParcelFlow.hand_over.tasks().of(process).one(&mut conn).unwrap();
        assert_eq!(hand_over.data().get(&["weight"]).unwrap(), None);
    }
}
