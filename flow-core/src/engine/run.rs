//! One transition, planned in memory.

use std::collections::VecDeque;

use flow_graph::{Graph, Kind, Node, NodeId, Role};

use super::{Answer, Ask, Event, Fault, ProcessState, TaskState};
use crate::{ProcessStatus, TaskStatus};

/// How many tasks one transition may begin before it must come to rest.
pub const STEP_LIMIT: u32 = 20_000;

/// One transition: from what happened to a task until everything waits or has ended.
///
/// Call [`next`](Run::next), answer what it asks, until it asks nothing more.
#[derive(Clone, Debug)]
pub struct Run<'g> {
    graph: &'g Graph<'g>,
    process: ProcessState,
    tasks: Vec<TaskState>,
    todo: VecDeque<Work>,
    asked: Option<Ask>,
    steps: u32,
}

#[derive(Clone, Copy, Debug)]
enum Work {
    /// A new task: what its node does first.
    Activate(usize),
    /// A task that waited and is done now.
    Complete(usize),
    /// A timeout whose time has come.
    Fire(usize),
}

impl<'g> Run<'g> {
    /// A new process, which starts at this node.
    #[must_use]
    pub fn start(graph: &'g Graph<'g>, node: NodeId) -> Self {
        let process = ProcessState { status: ProcessStatus::New, task_count: 1, open_tokens: 1 };
        let first = TaskState {
            number: 1,
            node,
            status: TaskStatus::Started,
            token: "start".to_owned(),
            scope: None,
            previous: None,
        };
        Run { graph, process, tasks: vec![first], todo: VecDeque::from([Work::Complete(0)]), asked: None, steps: 0 }
    }

    /// A process that goes on: `tasks[task]` waited, and this happened to it. `tasks` holds that task and,
    /// right behind it, the timeouts that are armed with it; of a timeout, its host and the host's.
    #[must_use]
    pub fn resume(
        graph: &'g Graph<'g>,
        process: ProcessState,
        tasks: Vec<TaskState>,
        task: usize,
        event: Event,
    ) -> Self {
        let mut run = Run { graph, process, tasks, todo: VecDeque::new(), asked: None, steps: 0 };
        match event {
            Event::Complete => run.todo.push_back(Work::Complete(task)),
            Event::Fire => run.todo.push_back(Work::Fire(task)),
            Event::Fail => run.fail(task),
        }
        run
    }

    /// The graph it walks.
    #[must_use]
    pub fn graph(&self) -> &'g Graph<'g> {
        self.graph
    }

    /// The process as it is now.
    #[must_use]
    pub fn process(&self) -> ProcessState {
        self.process
    }

    /// The tasks that were given, then those that were made, in the order of their numbers.
    #[must_use]
    pub fn tasks(&self) -> &[TaskState] {
        &self.tasks
    }

    /// Goes on to the next question; `None` when everything waits or has ended.
    ///
    /// # Errors
    /// [`Fault::StepLimit`] if it does not come to rest, [`Fault::Broken`] if the last question was not
    /// answered or the graph does not fit.
    #[allow(clippy::should_implement_trait, reason = "an iterator could not fail, nor wait for its answer")]
    pub fn next(&mut self) -> Result<Option<Ask>, Fault> {
        if self.asked.is_some() {
            return Err(Fault::Broken("a question was not answered"));
        }
        while let Some(work) = self.todo.pop_front() {
            self.asked = match work {
                Work::Activate(task) => {
                    self.steps += 1;
                    if self.steps > STEP_LIMIT {
                        return Err(Fault::StepLimit { task, limit: STEP_LIMIT });
                    }
                    self.activate(task)?
                }
                Work::Complete(task) => Some(Ask::Act { task }),
                Work::Fire(boundary) => {
                    self.fire(boundary)?;
                    None
                }
            };
            if self.asked.is_some() {
                return Ok(self.asked);
            }
        }
        if self.process.open_tokens == 0 {
            self.process.status = ProcessStatus::Done;
        }
        Ok(None)
    }

    /// Answers the last question.
    ///
    /// # Errors
    /// [`Fault::Broken`] if there was none, or if the answer is not to it.
    pub fn answer(&mut self, answer: Answer) -> Result<(), Fault> {
        let Some(ask) = self.asked.take() else {
            return Err(Fault::Broken("nothing was asked"));
        };
        match (ask, answer) {
            (_, Answer::Failed) => {
                self.fail(ask.task());
                Ok(())
            }
            (Ask::Act { task }, Answer::Done) => self.leave(task, Role::Next),
            (Ask::Condition { task }, Answer::Holds(holds)) => {
                self.leave(task, if holds { Role::Then } else { Role::Else })
            }
            (Ask::Due { task }, Answer::Done) => {
                self.tasks[task].status = TaskStatus::Scheduled;
                Ok(())
            }
            _ => Err(Fault::Broken("the answer is not to the question")),
        }
    }

    fn node(&self, id: NodeId) -> Result<&'g Node<'g>, Fault> {
        self.graph.node(id).ok_or(Fault::Broken("a task of a node that does not exist"))
    }

    /// What a node does when a process comes to it.
    fn activate(&mut self, task: usize) -> Result<Option<Ask>, Fault> {
        let state = &mut self.tasks[task];
        if state.status.is_final() {
            // Cancelled by a sibling of the same transition before its turn came.
            return Ok(None);
        }
        let kind = self.node(self.tasks[task].node)?.kind;
        Ok(match kind {
            Kind::View | Kind::Handle => None,
            Kind::Job => {
                self.tasks[task].status = TaskStatus::Scheduled;
                None
            }
            Kind::TimerBoundary => Some(Ask::Due { task }),
            Kind::Function => Some(Ask::Act { task }),
            Kind::If => Some(Ask::Condition { task }),
            Kind::End => {
                self.finish(task);
                self.end_token();
                None
            }
            _ => return Err(Fault::Broken("a process came to a node that nothing can lead to")),
        })
    }

    /// The task is done, and its branch goes on over the edge of this role.
    fn leave(&mut self, task: usize, role: Role) -> Result<(), Fault> {
        let node = self.node(self.tasks[task].node)?;
        let Some(to) = node.target(role) else {
            return Err(Fault::Broken("a node leads nowhere"));
        };
        self.finish(task);
        self.create(to, task)
    }

    fn finish(&mut self, task: usize) {
        self.tasks[task].status = TaskStatus::Done;
        self.disarm(task);
    }

    fn fail(&mut self, task: usize) {
        self.tasks[task].status = TaskStatus::Error;
    }

    /// The timeouts of a task end with it, whatever ended it. They stand right behind it.
    fn disarm(&mut self, host: usize) {
        let number = self.tasks[host].number;
        let graph = self.graph;
        let armed = self.tasks[host + 1..].iter_mut().take_while(|task| {
            task.previous == Some(number) && graph.node(task.node).is_some_and(|node| node.kind.is_boundary())
        });
        for task in armed.filter(|task| !task.status.is_final()) {
            task.status = TaskStatus::Canceled;
        }
    }

    fn fire(&mut self, boundary: usize) -> Result<(), Fault> {
        let node = self.node(self.tasks[boundary].node)?;
        let host = self.tasks.iter().position(|task| Some(task.number) == self.tasks[boundary].previous);
        let Some(host) = host else {
            return Err(Fault::Broken("a timeout without its task"));
        };
        let Some(to) = node.target(Role::Next) else {
            return Err(Fault::Broken("a node leads nowhere"));
        };
        self.tasks[boundary].status = TaskStatus::Done;
        if node.interrupting {
            self.tasks[host].status = TaskStatus::Canceled;
            self.disarm(host);
        } else {
            self.process.open_tokens += 1;
        }
        self.create(to, boundary)
    }

    /// A new task, with the timeouts that are armed with it.
    fn create(&mut self, node: NodeId, from: usize) -> Result<(), Fault> {
        let host = self.push(node, from);
        for boundary in self.node(node)?.boundaries {
            self.push(*boundary, host);
        }
        Ok(())
    }

    fn push(&mut self, node: NodeId, from: usize) -> usize {
        self.process.task_count += 1;
        let from = &self.tasks[from];
        let task = TaskState {
            number: self.process.task_count,
            node,
            status: TaskStatus::New,
            token: from.token.clone(),
            scope: from.scope,
            previous: Some(from.number),
        };
        self.tasks.push(task);
        let at = self.tasks.len() - 1;
        self.todo.push_back(Work::Activate(at));
        at
    }

    fn end_token(&mut self) {
        self.process.open_tokens -= 1;
    }
}
