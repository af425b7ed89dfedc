//! A process that starts a process of another flow, and waits for it.

use flow_core::prelude::*;

#[derive(ProcessProxy)]
pub struct TripProcess {
    process: Process,
    city: String,
}

#[flow(process = TripProcess)]
pub struct TripFlow {
    #[node(permission(auto), next = this.book)]
    pub start: StartHandle,

    #[node(start = BookingFlow.start, next = this.end,
           process_data = |a| BookingProcessData { hotel: format!("Grand Hotel {}", a.process.city()) })]
    pub book: Subprocess,

    pub end: End,
}

#[derive(ProcessProxy)]
pub struct BookingProcess {
    process: Process,
    hotel: String,
}

#[flow(process = BookingProcess)]
pub struct BookingFlow {
    #[node(permission(auto), next = this.call)]
    pub start: StartHandle,
    #[node(permission("book"), next = this.end)]
    pub call: View,
    pub end: End,
}

pub static FLOWS: Flows<diesel::SqliteConnection> = flows![TripFlow, BookingFlow];

pub fn walk(conn: &mut diesel::SqliteConnection) -> flow_core::Result<i64> {
    let process = TripFlow.start.run(conn, &System("agency"), TripProcessData { city: "Bern".into() })?;
    let call = BookingFlow.call.tasks().open().one(conn)?;
    assert_eq!(FLOWS.process(conn, call.id().process())?.parent().map(|task| task.process()), Some(process.id()));
    Ok(process.id())
}
