//! The engine without a database: it imports nothing that could look outside, and in whatever way its
//! questions are answered its books agree.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, unreachable_pub, reason = "tests")]

use flow_core::engine::{Answer, Ask, Event, Fault, Run, STEP_LIMIT, TaskState};
use flow_core::graph::{Edge, Graph, Kind, Node, NodeId, Role};
use flow_core::{ProcessStatus, TaskStatus};
use proptest::prelude::*;

#[test]
fn it_imports_neither_diesel_nor_a_clock_nor_chance() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../flow-core/src/engine");
    let allowed =
        ["use flow_graph::", "use super::", "use crate::{ProcessStatus, TaskStatus}", "use std::collections::VecDeque"];
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        for line in code {
            if line.trim_start().starts_with("use ") {
                let fine = allowed.iter().any(|start| line.trim_start().starts_with(start));
                assert!(fine, "{}: `{line}` is not for the engine", path.display());
            }
            for word in ["diesel", "std::time", "std::env", "std::fs", "std::thread", "rand", "clock::", "unsafe"] {
                assert!(!line.contains(word), "{}: {line}", path.display());
            }
        }
        files += 1;
    }
    assert!(files >= 4);
}

/// A flow of these kinds, where each node leads anywhere but to the start.
#[derive(Clone, Debug)]
struct Shape {
    nodes: Vec<(Kind, Vec<NodeId>, Option<bool>)>,
}

fn shapes() -> impl Strategy<Value = Shape> {
    (2_usize..9).prop_flat_map(|count| {
        let kind = prop_oneof![
            Just(Kind::View),
            Just(Kind::Handle),
            Just(Kind::Function),
            Just(Kind::Job),
            Just(Kind::If),
            Just(Kind::End)
        ];
        let last = NodeId::try_from(count).unwrap();
        let target = 1..=last;
        let node = (kind, prop::collection::vec(target, 3), prop::option::of(any::<bool>()));
        prop::collection::vec(node, count - 1).prop_map(move |mut nodes| {
            nodes.insert(0, (Kind::Start, vec![1, 1, 1], None));
            nodes.push((Kind::End, vec![], None));
            Shape { nodes }
        })
    })
}

impl Shape {
    /// Runs `f` on the graph: each task that waits may have a timeout, which is a node behind the others.
    fn with_graph<R>(&self, f: impl FnOnce(&Graph<'_>) -> R) -> R {
        let mut names = Vec::new();
        let mut edges: Vec<Vec<Edge>> = Vec::new();
        let mut boundaries: Vec<Vec<NodeId>> = Vec::new();
        let mut extra = Vec::new();
        for (at, (kind, to, timeout)) in self.nodes.iter().enumerate() {
            names.push(format!("n{at}"));
            edges.push(match kind {
                Kind::End => vec![],
                Kind::If => vec![Edge { role: Role::Then, to: to[0] }, Edge { role: Role::Else, to: to[1] }],
                _ => vec![Edge { role: Role::Next, to: to[0] }],
            });
            boundaries.push(match timeout {
                Some(interrupting) if kind.waits() => {
                    extra.push((to[2], *interrupting));
                    vec![NodeId::try_from(self.nodes.len() + extra.len() - 1).unwrap()]
                }
                _ => vec![],
            });
        }
        let timeout_edges: Vec<[Edge; 1]> = extra.iter().map(|(to, _)| [Edge { role: Role::Next, to: *to }]).collect();
        let mut nodes: Vec<Node<'_>> = self
            .nodes
            .iter()
            .enumerate()
            .map(|(at, (kind, ..))| Node {
                edges: &edges[at],
                boundaries: &boundaries[at],
                ..Node::new(&names[at], *kind)
            })
            .collect();
        for (edge, (_, interrupting)) in timeout_edges.iter().zip(&extra) {
            nodes.push(Node { edges: edge, interrupting: *interrupting, ..Node::new("timeout", Kind::TimerBoundary) });
        }
        f(&Graph { name: "f", title: "F", description: "", nodes: &nodes })
    }
}

/// Answers everything a run asks, by the next of these choices.
fn settle(run: &mut Run<'_>, choices: &mut impl Iterator<Item = u8>) -> Result<(), Fault> {
    while let Some(ask) = run.next()? {
        let choice = choices.next().unwrap_or(0);
        run.answer(match ask {
            _ if choice % 11 == 10 => Answer::Failed,
            Ask::Condition { .. } => Answer::Holds(choice.is_multiple_of(2)),
            _ => Answer::Done,
        })?;
    }
    Ok(())
}

fn is_boundary(graph: &Graph<'_>, task: &TaskState) -> bool {
    graph.node(task.node).unwrap().kind.is_boundary()
}

/// What must hold whenever a run has come to rest.
fn check(graph: &Graph<'_>, run: &Run<'_>, tasks: &[TaskState]) {
    let open: Vec<_> = tasks.iter().filter(|task| !task.status.is_final() && !is_boundary(graph, task)).collect();
    let process = run.process();
    assert_eq!(process.open_tokens, i32::try_from(open.len()).unwrap(), "each branch is one open task");
    assert_eq!(process.status == ProcessStatus::Done, open.is_empty(), "done exactly when nothing is left");
    assert_eq!(process.task_count, i32::try_from(tasks.len()).unwrap());
    for (at, task) in tasks.iter().enumerate() {
        assert_eq!(task.number, i32::try_from(at).unwrap() + 1, "numbers without a gap");
        if is_boundary(graph, task) && !task.status.is_final() {
            let host = tasks.iter().find(|host| Some(host.number) == task.previous).unwrap();
            assert!(!host.status.is_final(), "a timeout ends with its task");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_answered_in_whatever_order_the_books_agree(
        shape in shapes(),
        choices in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        shape.with_graph(|graph| {
            let mut choices = choices.into_iter();
            let mut run = Run::start(graph, 0);
            let mut tasks: Vec<TaskState> = Vec::new();
            loop {
                match settle(&mut run, &mut choices) {
                    Ok(()) => {}
                    Err(Fault::StepLimit { .. }) => return,
                    Err(fault) => panic!("{fault}"),
                }
                for task in run.tasks() {
                    match tasks.iter_mut().find(|known| known.number == task.number) {
                        Some(known) => *known = task.clone(),
                        None => tasks.push(task.clone()),
                    }
                }
                check(graph, &run, &tasks);
                // Something that waits goes on: any of them, in any order.
                let waiting: Vec<usize> = (0..tasks.len())
                    .filter(|at| !tasks[*at].status.is_final() && tasks[*at].status != TaskStatus::Error)
                    .collect();
                let (Some(choice), false) = (choices.next(), waiting.is_empty()) else { return };
                let task = &tasks[waiting[usize::from(choice) % waiting.len()]];
                // What the shell would read: the task, its host, and what is armed with them.
                let host = if is_boundary(graph, task) { task.previous } else { Some(task.number) };
                let rows: Vec<TaskState> = tasks
                    .iter()
                    .filter(|row| Some(row.number) == host || (row.previous == host && is_boundary(graph, row) && !row.status.is_final()))
                    .cloned()
                    .collect();
                let at = rows.iter().position(|row| row.number == task.number).unwrap();
                let event = match (is_boundary(graph, task), choices.next().unwrap_or(0) % 5) {
                    (true, _) => Event::Fire,
                    (false, 4) => Event::Fail,
                    (false, _) => Event::Complete,
                };
                run = Run::resume(graph, run.process(), rows, at, event);
            }
        });
    }
}

#[test]
fn a_circle_that_never_waits_meets_the_limit() {
    let to = |to| [Edge { role: Role::Next, to }];
    let (a, b) = (to(1), to(1));
    let nodes = [
        Node { edges: &a, ..Node::new("start", Kind::Start) },
        Node { edges: &b, ..Node::new("again", Kind::Function) },
    ];
    let graph = Graph { name: "f", title: "F", description: "", nodes: &nodes };
    let mut run = Run::start(&graph, 0);
    let fault = settle(&mut run, &mut std::iter::repeat(0)).unwrap_err();
    assert!(matches!(fault, Fault::StepLimit { limit: STEP_LIMIT, .. }), "{fault}");
}

#[test]
fn a_wrong_answer_is_refused() {
    let end = [Edge { role: Role::Next, to: 1 }];
    let nodes = [Node { edges: &end, ..Node::new("start", Kind::Start) }, Node::new("end", Kind::End)];
    let graph = Graph { name: "f", title: "F", description: "", nodes: &nodes };
    let mut run = Run::start(&graph, 0);
    assert!(run.answer(Answer::Done).is_err(), "nothing was asked");
    assert!(run.next().unwrap().is_some());
    assert!(run.next().is_err(), "the question is still open");
    assert!(run.answer(Answer::Holds(true)).is_err(), "that was no condition");
}
