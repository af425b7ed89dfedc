//! A branch that goes on once the other one has set something.

use flow_core::prelude::*;

#[derive(ProcessProxy)]
pub struct BuildProcess {
    process: Process,
    #[json(default)]
    walls: i64,
}

#[flow(process = BuildProcess)]
pub struct BuildFlow {
    #[node(permission(anyone), next = this.split)]
    pub start: StartHandle,

    #[node(next = this.build, next = this.enough)]
    pub split: Split,

    #[node(form = WallsForm { walls }, permission(anyone), next = this.join)]
    pub build: View,

    #[node(if = |a| a.process.walls() >= 4, next = this.join)]
    pub enough: ConditionalCatch,

    #[node(next = this.end)]
    pub join: Join,

    pub end: End,
}

pub static FLOWS: Flows<diesel::SqliteConnection> = flows![BuildFlow];

pub fn walk(conn: &mut diesel::SqliteConnection) -> flow_core::Result<i64> {
    let process = BuildFlow.start.run(conn, &System("mason"), BuildProcessData { walls: 0 })?;
    let task = BuildFlow.build.tasks().open().of(process.id()).one(conn)?;
    BuildFlow.build.assign(conn, task.id(), &System("mason"))?;
    BuildFlow.build.execute(conn, task.id(), &System("mason"), WallsForm { walls: 4 })?;
    Ok(process.id())
}
