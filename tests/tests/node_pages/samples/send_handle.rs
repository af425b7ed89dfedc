//! A letter is put into the app's outbox, in the transaction.

use flow_core::prelude::*;

#[derive(ProcessProxy)]
pub struct NoticeProcess {
    process: Process,
    text: String,
    #[json(default)]
    outbox: Vec<String>,
}

#[flow(process = NoticeProcess)]
pub struct NoticeFlow {
    #[node(permission(anyone), next = this.send)]
    pub start: StartHandle,

    #[node(run = |a| a.process.set_outbox(vec![a.process.text().to_owned()]), next = this.end)]
    pub send: SendHandle,

    pub end: End,
}

pub static FLOWS: Flows<diesel::SqliteConnection> = flows![NoticeFlow];

pub fn walk(conn: &mut diesel::SqliteConnection) -> flow_core::Result<i64> {
    let data = NoticeProcessData { text: "closed on Monday".into(), outbox: Vec::new() };
    Ok(NoticeFlow.start.run(conn, &System("office"), data)?.id())
}
