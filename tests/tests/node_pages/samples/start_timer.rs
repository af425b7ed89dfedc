//! A report each morning of a working day.

use flow_core::prelude::*;

#[flow]
pub struct ReportFlow {
    #[node(cron = "0 7 * * MON-FRI", zone = "Europe/Berlin", next = this.write)]
    pub morning: StartTimer,

    #[node(run = |_job| println!("the report of today"), next = this.end)]
    pub write: Job,

    pub end: End,
}

/// Every ten minutes, the first at once.
#[flow]
pub struct CleanUpFlow {
    #[node(every = minutes(10), next = this.end)]
    pub pulse: StartTimer,

    pub end: End,
}

pub static FLOWS: Flows<diesel::SqliteConnection> = flows![ReportFlow, CleanUpFlow];

pub fn walk(conn: &mut diesel::SqliteConnection) -> flow_core::Result<i64> {
    FLOWS.run_due(conn)?; // a worker does the same: it starts what is to be started now
    FLOWS.run_due(conn)?; // the next one is in ten minutes
    let started: Vec<Process> = CleanUpFlow.processes().load(conn)?;
    assert_eq!(started.len(), 1);
    Ok(started[0].id())
}
