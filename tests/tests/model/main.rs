//! Random commands on processes, compared with a game of tokens after each: every verb, timers, jobs that fail, on
//! SQLite. `FLOW_MODEL=2000` plays more games, `PROPTEST_RNG_SEED` others.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, unreachable_pub, reason = "tests")]

mod draw;
mod flows;
mod game;

use std::collections::BTreeMap;
use std::sync::Mutex;

use diesel::connection::SimpleConnection as _;
use flow_core::graph::Graph;
use flow_core::prelude::*;
use flow_core::test_util::{self, TestClock};
use flow_core::{Error, ErrorKind, ProcessStatus, TaskStatus};
use proptest::prelude::*;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest};

use flows::{Db, FAILS, FLOWS};
use game::{Act, Game};

/// May everything.
const CODE: System = System("code");

/// What happens. Processes and tasks are chosen by a number, from those that there are then.
#[derive(Clone, Debug)]
enum Command {
    Start {
        flow: usize,
        bits: u8,
    },
    Act {
        process: usize,
        task: usize,
        act: Act,
    },
    Cancel {
        process: usize,
    },
    Suspend {
        process: usize,
        suspend: bool,
    },
    /// Jobs begin to fail, or succeed again: a `save`.
    Fail {
        process: usize,
    },
    /// So many hours pass, and what is due is done.
    Pass {
        hours: u64,
    },
}

/// All processes, as the reference has them.
#[derive(Clone, Debug, Default)]
struct Games {
    now: u64,
    games: Vec<Game>,
}

fn graph(flow: usize) -> &'static Graph<'static> {
    FLOWS.all()[flow].graph()
}

impl Games {
    /// Plays a command; whether the rules allow it.
    fn play(&mut self, command: &Command) -> bool {
        let now = self.now;
        match *command {
            Command::Start { flow, bits } => {
                self.games.push(Game::start(flow, graph(flow), bits, now));
                true
            }
            Command::Act { process, task, act } => {
                let game = &mut self.games[process];
                game.act(graph(game.flow), task, act, now)
            }
            Command::Cancel { process } => self.games[process].cancel(),
            Command::Suspend { process, suspend } => self.games[process].suspend(suspend),
            Command::Fail { process } => {
                self.games[process].bits ^= FAILS;
                true
            }
            Command::Pass { hours } => {
                self.now += hours;
                for game in &mut self.games {
                    game.run_due(graph(game.flow), self.now);
                }
                true
            }
        }
    }
}

/// The verbs, and how often each is drawn.
const ACTS: &[(Act, usize)] = &[
    (Act::Assign, 4),
    (Act::Execute, 4),
    (Act::Unassign, 1),
    (Act::Cancel, 1),
    (Act::EndBranch, 1),
    (Act::Revive, 2),
    (Act::Retry, 2),
    (Act::Undo, 2),
];

struct Reference;

impl ReferenceStateMachine for Reference {
    type State = Games;
    type Transition = Command;

    fn init_state() -> BoxedStrategy<Games> {
        Just(Games::default()).boxed()
    }

    fn transitions(games: &Games) -> BoxedStrategy<Command> {
        let bits = (0_u8..8, prop_oneof![2 => Just(0), 1 => Just(FAILS)]).prop_map(|(bits, fails)| bits | fails);
        let start = (0..FLOWS.all().len(), bits).prop_map(|(flow, bits)| Command::Start { flow, bits }).boxed();
        if games.games.is_empty() {
            return start;
        }
        // What is allowed, by verb, so that each has its turn; and now and then anything.
        let (mut allowed, mut all) = (Vec::new(), Vec::new());
        for (act, times) in ACTS {
            let mut of_act = Vec::new();
            for (process, game) in games.games.iter().enumerate() {
                for task in 0..game.visits.len() {
                    let command = Command::Act { process, task, act: *act };
                    all.push(command.clone());
                    if game.knows(graph(game.flow), task, *act)
                        && game.clone().act(graph(game.flow), task, *act, games.now)
                    {
                        of_act.push(command);
                    }
                }
            }
            if !of_act.is_empty() {
                allowed.extend(vec![of_act; *times]);
            }
        }
        let anything = prop::sample::select(all).boxed();
        let allowed = match allowed.is_empty() {
            true => anything.clone(),
            false => prop::sample::select(allowed).prop_flat_map(prop::sample::select).boxed(),
        };
        let process = 0..games.games.len();
        prop_oneof![
            2 => start,
            30 => allowed,
            10 => anything,
            1 => process.clone().prop_map(|process| Command::Cancel { process }),
            2 => (process.clone(), any::<bool>()).prop_map(|(process, suspend)| Command::Suspend { process, suspend }),
            2 => process.prop_map(|process| Command::Fail { process }),
            6 => (0_u64..6).prop_map(|hours| Command::Pass { hours }),
        ]
        .boxed()
    }

    fn apply(mut games: Games, command: &Command) -> Games {
        games.play(command);
        games
    }

    fn preconditions(games: &Games, command: &Command) -> bool {
        match *command {
            Command::Start { .. } => games.games.len() < 4,
            Command::Pass { .. } => !games.games.is_empty(),
            Command::Act { process, task, act } => games.games.get(process).is_some_and(|game| {
                game.visits.len() < 120 && task < game.visits.len() && game.knows(graph(game.flow), task, act)
            }),
            Command::Cancel { process } | Command::Suspend { process, .. } | Command::Fail { process } => {
                process < games.games.len()
            }
        }
    }
}

/// The engine, on a database.
struct Engine {
    conn: Db,
    clock: TestClock,
    processes: Vec<i64>,
    /// The reference as it was before the command.
    before: Games,
}

impl Engine {
    /// The task that is a visit of the game: by its node, and how many of that node came before it.
    fn task(&mut self, process: usize, task: usize) -> TaskId {
        let game = &self.before.games[process];
        let node = game.visits[task].node;
        let nth = game.visits[..task].iter().filter(|visit| visit.node == node).count();
        let name = graph(game.flow).nodes[usize::from(node)].name;
        let tasks = FLOWS.tasks(&mut self.conn, self.processes[process]).unwrap();
        tasks.iter().filter(|row| row.node() == name).nth(nth).unwrap().id()
    }

    fn perform(&mut self, command: &Command) -> Result<(), Error> {
        match *command {
            Command::Start { flow, bits } => {
                let form = format!("bits={bits}");
                let sent = flow_core::form::Sent::Urlencoded(form.as_bytes());
                let process = FLOWS.all()[flow].start(&mut self.conn, "start", &CODE, sent)?;
                self.processes.push(process.id());
            }
            Command::Act { process, task, act } => {
                let task = self.task(process, task);
                let conn = &mut self.conn;
                match act {
                    Act::Assign => FLOWS.assign(conn, task, &CODE)?,
                    Act::Unassign => FLOWS.unassign(conn, task, &CODE)?,
                    Act::Execute => FLOWS.execute(conn, task, &CODE, flow_core::form::Sent::Json(b"{}"))?,
                    Act::Cancel => FLOWS.cancel_task(conn, task, &CODE)?,
                    Act::EndBranch => FLOWS.end_branch(conn, task, &CODE)?,
                    Act::Revive => FLOWS.revive(conn, task, &CODE)?,
                    Act::Retry => FLOWS.retry(conn, task, &CODE)?,
                    Act::Undo => FLOWS.undo(conn, task, &CODE)?,
                };
            }
            Command::Cancel { process } => drop(FLOWS.cancel(&mut self.conn, self.processes[process], &CODE)?),
            Command::Suspend { process, suspend: true } => {
                drop(FLOWS.suspend(&mut self.conn, self.processes[process], &CODE)?);
            }
            Command::Suspend { process, suspend: false } => {
                drop(FLOWS.resume(&mut self.conn, self.processes[process], &CODE)?);
            }
            Command::Fail { process } => {
                let id = self.processes[process];
                let sql = format!(
                    "update flow_process set data = json_set(data, '$.bits', json_extract(data, '$.bits') | {FAILS}), version = version + 1 where id = {id} and json_extract(data, '$.bits') & {FAILS} = 0"
                );
                let back = format!(
                    "update flow_process set data = json_set(data, '$.bits', json_extract(data, '$.bits') & ~{FAILS}), version = version + 1 where id = {id}"
                );
                let fails = self.before.games[process].bits & FAILS != 0;
                self.conn.batch_execute(if fails { &back } else { &sql }).unwrap();
            }
            Command::Pass { hours: passed } => {
                self.clock.advance(hours(passed));
                FLOWS.run_until_idle(&mut self.conn)?;
            }
        }
        Ok(())
    }

    /// Back to the first task of a process, if the engine lets it, and forward again: it must come to its end.
    fn back_and_forth(&mut self, id: i64) {
        let conn = &mut self.conn;
        if FLOWS.process(conn, id).unwrap().suspended().is_some() {
            FLOWS.resume(conn, id, &CODE).unwrap();
        }
        // No more rounds, no more failures, and every branch comes to its join.
        conn.batch_execute(&format!(
            "update flow_process set data = json_set(data, '$.bits', 2), version = version + 1 where id = {id}"
        ))
        .unwrap();
        let first = FLOWS.tasks(conn, id).unwrap().into_iter().find(|row| row.kind() == "View");
        if let Some(first) = first.filter(|row| row.status() == TaskStatus::Done) {
            match FLOWS.go_back(conn, first.id(), &CODE) {
                Ok(again) => assert_eq!((again.node(), again.status()), (first.node(), TaskStatus::New)),
                Err(error) => assert_eq!(error.kind(), ErrorKind::Conflict, "{error}"),
            }
        }
        for _ in 0..80 {
            let rows = FLOWS.tasks(conn, id).unwrap();
            for row in rows.iter().filter(|row| row.resting() || row.status() == TaskStatus::Error) {
                FLOWS.revive(conn, row.id(), &CODE).unwrap();
            }
            let waits = |row: &&Task| matches!(row.status(), TaskStatus::New | TaskStatus::Assigned);
            if let Some(row) = FLOWS.tasks(conn, id).unwrap().iter().find(waits) {
                if row.status() == TaskStatus::New {
                    FLOWS.assign(conn, row.id(), &CODE).unwrap();
                }
                FLOWS.execute(conn, row.id(), &CODE, flow_core::form::Sent::Json(b"{}")).unwrap();
            }
            self.clock.advance(hours(1));
            FLOWS.run_until_idle(conn).unwrap();
            if FLOWS.process(conn, id).unwrap().status() == ProcessStatus::Done {
                return;
            }
        }
        panic!("it does not end:\n{}", FLOWS.expect(conn, id).story());
    }

    /// Where each task stands, as the store has it.
    fn stored(&mut self, process: usize) -> Vec<(String, TaskStatus, bool)> {
        let rows = FLOWS.tasks(&mut self.conn, self.processes[process]).unwrap();
        let mut rows: Vec<_> = rows.iter().map(|row| (row.node().to_owned(), row.status(), row.resting())).collect();
        rows.sort_by(|a, b| a.0.cmp(&b.0));
        rows
    }
}

/// The same of the reference; tasks of one node stay in their order.
fn expected(game: &Game) -> Vec<(String, TaskStatus, bool)> {
    let name = |node: u16| graph(game.flow).nodes[usize::from(node)].name.to_owned();
    let mut rows: Vec<_> = game.visits.iter().map(|visit| (name(visit.node), visit.status, visit.resting)).collect();
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    rows
}

impl StateMachineTest for Engine {
    type SystemUnderTest = Engine;
    type Reference = Reference;

    fn init_test(_: &Games) -> Engine {
        let clock = TestClock::install();
        Engine { conn: test_util::database(), clock, processes: Vec::new(), before: Games::default() }
    }

    fn apply(mut engine: Engine, games: &Games, command: Command) -> Engine {
        let allowed = engine.before.clone().play(&command);
        let outcome = engine.perform(&command);
        match &outcome {
            Ok(()) => assert!(allowed, "{command:?} should have been refused"),
            Err(error) => {
                assert!(!allowed, "{command:?} was refused: {error}");
                let kinds = [ErrorKind::Conflict, ErrorKind::NotFound, ErrorKind::Denied];
                assert!(kinds.contains(&error.kind()), "{command:?}: {error}");
            }
        }
        if let Command::Act { act, .. } = command {
            let mut seen = SEEN.lock().unwrap();
            let (done, refused) = seen.entry(format!("{act:?}")).or_default();
            *(if outcome.is_ok() { done } else { refused }) += 1;
        }
        engine.before = games.clone();
        for (process, game) in games.games.iter().enumerate() {
            let row = FLOWS.process(&mut engine.conn, engine.processes[process]).unwrap();
            let story = FLOWS.expect(&mut engine.conn, row.id());
            assert_eq!(row.status(), game.status, "{command:?}\n{}", story.story());
            assert_eq!(row.suspended().is_some(), game.suspended, "{command:?}\n{}", story.story());
            assert_eq!(engine.stored(process), expected(game), "after {command:?}\n{}", story.story());
        }
        let problems = FLOWS.check_deep(&mut engine.conn).unwrap();
        assert!(problems.is_empty(), "{command:?}: {problems:?}");
        engine
    }

    fn teardown(mut engine: Engine, games: Games) {
        for (process, game) in games.games.iter().enumerate() {
            if game.status == ProcessStatus::New {
                engine.back_and_forth(engine.processes[process]);
            }
        }
        let problems = FLOWS.check_deep(&mut engine.conn).unwrap();
        assert!(problems.is_empty(), "{problems:?}");
    }
}

/// How often each verb was done and refused: games in which nothing happens would show nothing.
static SEEN: Mutex<BTreeMap<String, (u32, u32)>> = Mutex::new(BTreeMap::new());

fn games() -> u32 {
    std::env::var("FLOW_MODEL").ok().and_then(|games| games.parse().ok()).unwrap_or(48)
}

#[test]
fn the_store_is_what_the_game_says_after_each_command() {
    let config = ProptestConfig { cases: games(), failure_persistence: None, ..ProptestConfig::default() };
    let strategy = Reference::sequential_strategy(5..60);
    let mut runner = proptest::test_runner::TestRunner::new(config.clone());
    // A verb that is rare among random commands may need more of them.
    for _ in 0..ROUNDS {
        runner
            .run(&strategy, |(initial, commands, seen)| {
                Engine::test_sequential(config.clone(), initial, commands, seen);
                Ok(())
            })
            .unwrap_or_else(|failure| panic!("{failure}"));
        if each_was_done_and_refused() {
            return;
        }
    }
    panic!("{:?}", SEEN.lock().unwrap());
}

/// How often the games are played at most.
const ROUNDS: usize = 8;

fn each_was_done_and_refused() -> bool {
    let seen = SEEN.lock().unwrap();
    seen.len() == 8 && seen.values().all(|(done, refused)| *done > 0 && *refused > 0)
}
