//! Parallel branches: one that is always taken, one with a condition, and one for each item of a list.

use flow_core::prelude::*;

#[derive(ProcessProxy)]
pub struct EventProcess {
    process: Process,
    #[json(default)]
    abroad: bool,
    #[json(default)]
    guests: Vec<String>,
}

#[derive(TaskProxy)]
pub struct InviteTask {
    task: Task,
    guest: String,
}

#[flow(process = EventProcess)]
pub struct EventFlow {
    #[node(permission(auto), next = this.prepare)]
    pub start: StartHandle,

    #[node(next = this.book_room, next(this.get_visa, when = |a| a.process.abroad()),
           next(this.invite, task_data_source = |a| a.process.guests().iter()
               .map(|guest| InviteTaskData { guest: guest.clone() }).collect::<Vec<_>>()))]
    pub prepare: Split,

    #[node(permission("plan"), next = this.ready)]
    pub book_room: View,
    #[node(permission("plan"), next = this.ready)]
    pub get_visa: View,
    #[node(task = InviteTask, permission("plan"), next = this.ready)]
    pub invite: View,

    #[node(next = this.end)]
    pub ready: Join,
    pub end: End,
}

pub static FLOWS: Flows<diesel::SqliteConnection> = flows![EventFlow];

pub fn walk(conn: &mut diesel::SqliteConnection) -> flow_core::Result<i64> {
    let data = EventProcessData { abroad: false, guests: vec!["anna".into(), "ben".into()] };
    let process = EventFlow.start.run(conn, &System("office"), data)?;
    Ok(process.id())
}
