//! Async bodies of jobs run in the context of the app's runtime.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    missing_docs,
    unreachable_pub,
    missing_debug_implementations,
    reason = "tests"
)]

use std::time::Duration;

use flow_core::prelude::*;
use flow_core::{ProcessStatus, Worker};
use flow_tests::worker::until;

#[derive(ProcessProxy, Debug)]
pub struct WaitProcess {
    process: Process,
    #[json(default)]
    answer: i64,
}

#[flow(process = WaitProcess)]
pub struct WaitFlow {
    #[node(permission(anyone), next = this.method)]
    start: StartHandle,
    #[node(run = this.wait, on_done = |a, answer| a.process.set_answer(answer), next = this.closure)]
    method: Job,
    #[node(run = async |_job| Ok(ask().await?), on_done = |a, more| a.process.set_answer(a.process.answer() + more),
           next = this.end)]
    closure: Job,
    end: End,
}

/// What needs the timers of a runtime, and its threads.
async fn ask() -> Step<i64> {
    tokio::time::sleep(Duration::from_millis(20)).await;
    Ok(tokio::spawn(async { 21 }).await?)
}

impl WaitFlow {
    async fn wait(job: &JobContext<Self>) -> Step<i64> {
        job.heartbeat()?;
        ask().await
    }
}

static FLOWS: Flows<diesel::SqliteConnection> = flows![WaitFlow];

#[test]
fn a_body_that_awaits_finds_the_runtime() {
    let file = flow_tests::sqlite::File::new(env!("CARGO_TARGET_TMPDIR"), "worker-async");
    let mut conn = file.connect();
    let id = WaitFlow.start.run(&mut conn, &System("test"), WaitProcessData { answer: 0 }).unwrap().id();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_time().build().unwrap();
    let path = file.path().to_owned();
    let worker = Worker::new(&FLOWS, move || flow_core::sqlite::open(&path)).runtime(runtime.handle().clone());
    let running = worker.start().unwrap();
    until("it is done", || FLOWS.process(&mut conn, id).unwrap().status() == ProcessStatus::Done);
    let report = running.stop();
    assert_eq!((report.done, report.failed), (2, 0));
    let process: WaitProcess = WaitFlow.processes().by_id(id).first(&mut conn).unwrap();
    assert_eq!(process.answer(), 42);
}
