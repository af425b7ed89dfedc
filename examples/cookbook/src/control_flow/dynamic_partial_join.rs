//! Dynamic partial join for multiple instances (WCP-36): a search party looks at areas, and more areas may be added
//! while it does. When two finds are reported, the search is over for the office, however many areas there are by
//! then; the teams that are still out come back by themselves.
//!
//! The instances are the children of an `NSubprocess`, so that items can be added; a child reports a find by an
//! escalation, which a branch beside the children counts; a condition, evaluated whenever that changes, continues the
//! join.

use flow_core::prelude::*;

/// A search.
#[derive(ProcessProxy, Debug)]
pub struct SearchProcess {
    process: Process,
    /// Areas
    areas: Vec<String>,
    /// Finds
    #[json(default)]
    finds: u32,
}

/// Search
#[flow(process = SearchProcess)]
#[derive(Debug)]
pub struct SearchFlow {
    #[node(form = SearchForm { areas }, permission(anyone), next = this.both)]
    pub start: Start,

    #[node(next = this.search, next = this.enough)]
    pub both: Split,

    #[node(start = AreaFlow.start, item = String, items = |a| a.process.areas().to_vec(),
           process_data = |_a, area| AreaProcessData { area, found: false },
           on_escalation(this.count, code = "found", interrupting = false), next = this.over)]
    pub search: NSubprocess,

    #[node(run = |a| { let finds = a.process.finds(); a.process.set_finds(finds + 1) }, next = this.counted)]
    pub count: Function,
    pub counted: End,

    #[node(if = |a| a.process.finds() >= 2, next = this.over)]
    pub enough: ConditionalCatch,

    // All areas were searched, or there are finds enough.
    #[node(continue_on = |_a, arrived, _open| !arrived.is_empty(), cancel_active = false, next = this.tell)]
    pub over: Join,

    /// Tell the press
    #[node(permission("press"), next = this.end)]
    pub tell: View,

    pub end: End,
}

/// An area.
#[derive(ProcessProxy, Debug)]
pub struct AreaProcess {
    process: Process,
    /// Area
    area: String,
    /// Something was found
    #[json(default)]
    found: bool,
}

/// Area
#[flow(process = AreaProcess)]
#[derive(Debug)]
pub struct AreaFlow {
    #[node(next = this.look)]
    pub start: StartHandle,

    /// Search the area
    #[node(form = LookForm { found }, permission("search"), next = this.has_found)]
    pub look: View,

    #[node(if = |a| a.process.found(), then = this.report, else = this.back)]
    pub has_found: If,

    #[node(code = "found", next = this.back)]
    pub report: EscalationThrow,

    pub back: End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![SearchFlow, AreaFlow];

    /// The team that went out first of those that are out comes back.
    fn look(conn: &mut Db, found: bool) -> Result<()> {
        let mut tasks = AreaFlow.look.tasks().open().load(conn)?;
        tasks.sort_by_key(Task::id);
        complete(conn, AreaFlow.look, tasks[0].id().process(), &OFFICE, LookForm { found })?;
        FLOWS.run_until_idle(conn)?;
        Ok(())
    }

    #[test]
    fn the_condition_is_evaluated_over_instances_that_were_added_too() -> Result<()> {
        let mut conn = database();
        let areas = vec!["lake".to_owned(), "wood".to_owned()];
        let id = SearchFlow.start.run(&mut conn, &OFFICE, SearchForm { areas })?.id();
        look(&mut conn, true)?;
        let search = open(&mut conn, SearchFlow.search.tasks(), id)?.id();
        for area in ["hill", "shore"] {
            SearchFlow.search.add_item(&mut conn, search, &MONA, area.to_owned())?;
        }
        look(&mut conn, false)?;
        assert!(SearchFlow.tell.tasks().of(id).load(&mut conn)?.is_empty());
        look(&mut conn, true)?; // the hill, which was added
        complete(&mut conn, SearchFlow.tell, id, &OFFICE, ())?;
        FLOWS.expect(&mut conn, id).is(New); // the shore is still searched
        look(&mut conn, true)?;
        FLOWS.expect(&mut conn, id).is(Done);
        assert_eq!(SearchFlow.over.tasks().of(id).load(&mut conn)?.len(), 1);
        assert_eq!(SearchFlow.processes().by_id(id).first(&mut conn)?.finds(), 3);
        sound(&FLOWS, &mut conn)
    }
}
