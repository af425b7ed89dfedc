//! The branches of a split, as a join and what stands behind it see them.

use crate::node::{Node, NodeField};
use crate::proxy::TaskProxy as _;
use crate::{Result, Task, TaskStatus};

/// Branches of a split, in their order: those of a list in the order of its items.
///
/// `continue_on` of a `Join` is given the branches that have arrived and those that are open; behind the join
/// [`Activation::branches`](crate::Activation::branches) returns those that have arrived.
///
/// ```
/// use flow_core::prelude::*;
///
/// #[derive(ProcessProxy)]
/// pub struct VoteProcess { process: Process, #[json(default)] voters: Vec<String>, #[json(default)] accepted: bool }
///
/// #[derive(TaskProxy)]
/// pub struct VoteTask { task: Task, voter: String, #[json(default)] yes: bool }
///
/// #[flow(process = VoteProcess)]
/// pub struct VoteFlow {
///     #[node(permission(anyone), next = this.ask)] start: StartHandle,
///     #[node(next(this.vote, task_data_source = |a| a.process.voters().iter().map(|voter| VoteTaskData { voter: voter.clone(), yes: false })),
///            next = this.decided)]
///     ask: Split,
///     #[node(task = VoteTask, input = bool, run = |a, yes| a.task.set_yes(yes), permission(anyone), next = this.decided)]
///     vote: Handle,
///     #[node(continue_on = |_a, arrived, open| {
///         let votes = arrived.of(VoteFlow.vote)?;
///         let yes = votes.iter().filter(|vote| vote.yes()).count();
///         let all = votes.len() + open.len();
///         Ok(yes * 2 > all || (votes.len() - yes) * 2 >= all)
///     }, next = this.count)]
///     decided: Join,
///     #[node(run = this.count_votes(conn), next = this.end)] count: Function,
///     end: End,
/// }
///
/// impl VoteFlow {
///     fn count_votes(a: &mut Activation<Self>, conn: &mut diesel::SqliteConnection) -> Step {
///         let votes = a.branches(conn)?.of(VoteFlow.vote)?;
///         let yes = votes.iter().filter(|vote| vote.yes()).count();
///         a.process.set_accepted(yes * 2 > a.process.voters().len());
///         Ok(())
///     }
/// }
/// # fn main() {}
/// ```
#[derive(Clone, Debug, Default)]
pub struct Branches {
    /// The tasks of each branch, by number.
    branches: Vec<Vec<Task>>,
}

/// In which branches a join is interested.
#[derive(Clone, Copy)]
pub(crate) enum Which {
    /// Those that have come to this join.
    Arrived(i32),
    /// Those in which a task is open, or holds a token.
    Open,
}

impl Branches {
    /// Of the tasks inside of a split whose branches' tokens begin with this.
    pub(crate) fn of_tasks(tasks: &[Task], prefix: &str, which: Which) -> Self {
        let mut branches: Vec<(u32, Vec<Task>)> = Vec::new();
        for task in tasks {
            let number = task.token.strip_prefix(prefix).and_then(|rest| rest.split('/').next());
            let Some(number) = number.and_then(|number| number.parse().ok()) else { continue };
            match branches.binary_search_by_key(&number, |(number, _)| *number) {
                Ok(at) => branches[at].1.push(task.clone()),
                Err(at) => branches.insert(at, (number, vec![task.clone()])),
            }
        }
        let is_open = |task: &Task| task.host.is_none() && !task.status.is_final() || task.resting;
        branches.retain(|(_, tasks)| match which {
            Which::Arrived(join) => tasks.iter().any(|task| task.joined == Some(join)),
            Which::Open => tasks.iter().any(is_open),
        });
        Branches { branches: branches.into_iter().map(|(_, tasks)| tasks).collect() }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.branches.len()
    }

    /// There are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.branches.is_empty()
    }

    /// The newest task of each branch, timeouts aside.
    pub fn iter(&self) -> impl Iterator<Item = &Task> {
        let newest = |tasks: &Vec<Task>| tasks.iter().rposition(|task| task.host.is_none());
        self.branches.iter().filter_map(move |tasks| tasks.get(newest(tasks)?))
    }

    /// The tasks of a node, as its own type: of each branch the newest that was not cancelled or replaced.
    ///
    /// # Errors
    /// `Data` if the document of one cannot be read.
    pub fn of<T: NodeField>(&self, _node: T) -> Result<Vec<<T::Node as Node>::Task>> {
        let gone = |task: &&Task| matches!(task.status, TaskStatus::Canceled | TaskStatus::Revived) && !task.resting;
        let is_of = |task: &&Task| <T::Node as Node>::NAMES.contains(&task.node.as_str()) && !gone(task);
        let newest = self.branches.iter().filter_map(|tasks| tasks.iter().rfind(is_of));
        newest.map(|task| <T::Node as Node>::Task::from_row(task.clone())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(number: i32, token: &str, joined: Option<i32>, status: TaskStatus) -> Task {
        let mut task = Task::blank();
        task.number = number;
        token.clone_into(&mut task.token);
        task.joined = joined;
        task.status = status;
        task
    }

    #[test]
    fn branches_come_in_the_order_of_their_numbers() {
        let tasks = [
            task(3, "start/2_1", None, TaskStatus::New),
            task(4, "start/2_2", Some(20), TaskStatus::Done),
            task(12, "start/2_10", Some(20), TaskStatus::Done),
            task(13, "start/2_3", None, TaskStatus::Done),
            task(14, "start/2_3/13_1", None, TaskStatus::Canceled),
            task(15, "start/20_1", Some(20), TaskStatus::Done),
        ];
        let numbers = |which| {
            let branches = Branches::of_tasks(&tasks, "start/2_", which);
            branches.iter().map(|task| task.number).collect::<Vec<_>>()
        };
        assert_eq!(numbers(Which::Arrived(20)), [4, 12], "2 before 10, and no branch of another split");
        assert_eq!(numbers(Which::Open), [3]);
    }
}
