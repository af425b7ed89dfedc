//! Recursion (WCP-22): whoever gets a piece of work may divide it, and each part is a piece of work of the same flow.
//! A piece is accepted when all of its parts are.

use flow_core::prelude::*;

/// A piece of work.
#[derive(ProcessProxy, Debug)]
pub struct WorkProcess {
    process: Process,
    /// What is to be done
    what: String,
    /// Parts that others do
    #[json(default)]
    parts: Vec<String>,
}

/// Piece of work
#[flow(process = WorkProcess, summary = "{process.what}")]
#[derive(Debug)]
pub struct WorkFlow {
    #[node(permission(anyone), next = this.plan)]
    pub start: StartHandle,

    /// Do it, or divide it
    #[node(form = PlanForm { parts }, permission("work"), next = this.is_divided)]
    pub plan: View,

    #[node(if = |a| a.process.parts().is_empty(), then = this.accept, else = this.divide)]
    pub is_divided: If,

    #[node(start = WorkFlow.start, item = String, items = |a| a.process.parts().to_vec(),
           process_data = |_a, what| WorkProcessData { what, parts: vec![] }, next = this.accept)]
    pub divide: NSubprocess,

    /// Accept it
    #[node(permission("work"), next = this.end)]
    pub accept: View,

    pub end: End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![WorkFlow];

    /// The process of this name is planned.
    fn plan(conn: &mut Db, what: &str, parts: &[&str]) -> Result<i64> {
        let id = WorkFlow.processes().filter(WorkProcess::FIELDS.what.eq(what)).first(conn)?.id();
        let parts = parts.iter().map(ToString::to_string).collect();
        complete(conn, WorkFlow.plan, id, &OFFICE, PlanForm { parts })?;
        Ok(id)
    }

    fn accept(conn: &mut Db, id: i64) -> Result<()> {
        complete(conn, WorkFlow.accept, id, &OFFICE, ())?;
        FLOWS.run_until_idle(conn)?;
        FLOWS.expect(conn, id).is(Done);
        Ok(())
    }

    #[test]
    fn a_part_is_a_process_of_the_same_flow() -> Result<()> {
        let mut conn = database();
        let data = WorkProcessData { what: "house".to_owned(), parts: vec![] };
        WorkFlow.start.run(&mut conn, &OFFICE, data)?;
        let house = plan(&mut conn, "house", &["roof", "walls"])?;
        let roof = plan(&mut conn, "roof", &["beams"])?;
        let (walls, beams) = (plan(&mut conn, "walls", &[])?, plan(&mut conn, "beams", &[])?);
        assert_eq!(FLOWS.process(&mut conn, beams)?.depth(), 2);
        accept(&mut conn, walls)?;
        FLOWS.expect(&mut conn, house).is(New).tasks(&["start:DONE", "plan:DONE", "is_divided:DONE", "divide:STARTED"]);
        accept(&mut conn, beams)?;
        accept(&mut conn, roof)?;
        accept(&mut conn, house)?;
        sound(&FLOWS, &mut conn)
    }
}
