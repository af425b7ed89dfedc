//! A flow with a job that its worker does not survive, on a file that several processes open.

use std::path::Path;

use flow_core::prelude::*;

/// What the job's body does besides its work; set by the test or by the child.
pub type Body = fn(&JobContext<CrashFlow>);

static BODY: std::sync::RwLock<Option<Body>> = std::sync::RwLock::new(None);

/// Sets what the job's body does.
pub fn set_body(body: Body) {
    *BODY.write().unwrap() = Some(body);
}

#[derive(ProcessProxy, Debug)]
pub struct CrashProcess {
    process: Process,
    #[json(default)]
    done_by: i32,
}

#[flow(process = CrashProcess)]
pub struct CrashFlow {
    #[node(permission(anyone), next = this.work)]
    pub start: StartHandle,
    #[node(run = this.body, on_done = |a, attempt| a.process.set_done_by(attempt), timeout = minutes(5), next = this.end)]
    pub work: Job,
    pub end: End,
}

impl CrashFlow {
    fn body(job: &JobContext<Self>) -> Step<i32> {
        let body = *BODY.read().unwrap();
        if let Some(body) = body {
            body(job);
        }
        Ok(job.attempt)
    }
}

pub static FLOWS: Flows<diesel::SqliteConnection> = flows![CrashFlow];

/// An empty database file in a folder of the tests.
pub fn file(folder: &str, name: &str) -> String {
    let path = Path::new(folder).join(format!("{name}.sqlite")).display().to_string();
    for end in ["", "-wal", "-shm"] {
        // It may well not be there.
        let _ = std::fs::remove_file(format!("{path}{end}"));
    }
    let mut conn = flow_core::sqlite::open(&path).unwrap();
    FLOWS.migrate(&mut conn).unwrap();
    path
}
