//! What stands in the brackets of an edge, and what names another node or another flow.

use flow_ide_tests::{Result, Session};

use super::{Case, has, is, item, offers, source};

pub(crate) const CASES: &[(&str, Case)] = &[
    ("edges::nodes_of_a_branch_in_brackets", nodes_of_a_branch_in_brackets),
    ("edges::nodes_of_a_case", nodes_of_a_case),
    ("edges::patterns_of_a_case", patterns_of_a_case),
    ("edges::keys", keys),
    ("edges::methods", methods),
    ("edges::the_process_in_a_closure", the_process_in_a_closure),
    ("edges::fields_of_the_next_task", fields_of_the_next_task),
    ("edges::a_node_whose_owner_is_meant", a_node_whose_owner_is_meant),
    ("edges::the_owner_of_a_node", the_owner_of_a_node),
    ("edges::a_node_that_must_differ", a_node_that_must_differ),
    ("edges::methods_of_a_switch_and_a_timer", methods_of_a_switch_and_a_timer),
    ("edges::the_start_of_another_flow", the_start_of_another_flow),
];

/// The nodes of the fixture's flow with branches.
const NODES: &[&str] =
    &["start", "plan", "split", "write", "cover", "join", "check", "by_size", "wait", "print", "end"];

fn nodes_of_a_branch_in_brackets(session: &mut Session) -> Result<()> {
    let sources =
        source().branches("next(this.cover, when = this.has_cover)", "next(this.$0, when = this.has_cover)")?;
    offers(session, &sources, NODES).map(drop)
}

fn nodes_of_a_case(session: &mut Session) -> Result<()> {
    let sources = source().branches("Size::Small => this.print", "Size::Small => this.$0")?;
    offers(session, &sources, NODES).map(drop)
}

fn patterns_of_a_case(session: &mut Session) -> Result<()> {
    let sources = source().branches("Size::Small => this.print", "Size::Sm$0 => this.print")?;
    offers(session, &sources, &["Small"]).map(drop)
}

fn keys(session: &mut Session) -> Result<()> {
    let sources = source().branches("next(this.cover, when = this.has_cover)", "next(this.cover, wh$0)")?;
    let offered = offers(session, &sources, &["when"])?;
    has(&item(&offered, "when")?.docs, &["The condition of a branch"])?;
    let sources = source().branches("when = this.has_cover", "when = this.has_cover, ta$0")?;
    let offered = offers(session, &sources, &["task_data", "task_seed"])?;
    match offered.iter().find(|item| is(item, "when") || is(item, "form")) {
        Some(wrong) => Err(format!("`{}` is offered", wrong.label)),
        None => Ok(()),
    }
}

fn methods(session: &mut Session) -> Result<()> {
    for typed in ["when = this.$0", "when = this.ha$0", "task_data = this.$0"] {
        let sources = source().branches("when = this.has_cover", typed)?;
        offers(session, &sources, &["has_cover"])?;
    }
    Ok(())
}

fn the_process_in_a_closure(session: &mut Session) -> Result<()> {
    let sources = source().branches("when = this.has_cover", "when = |a| a.process.$0")?;
    offers(session, &sources, &["chapters", "pages"])?;
    let sources = source().branches("a.process.chapters().iter()", "a.process.$0")?;
    offers(session, &sources, &["chapters", "pages"]).map(drop)
}

fn fields_of_the_next_task(session: &mut Session) -> Result<()> {
    let sources = source().branches("ChapterTaskData { heading: c.clone() }", "ChapterTaskData { $0 }")?;
    offers(session, &sources, &["heading"]).map(drop)
}

fn a_node_whose_owner_is_meant(session: &mut Session) -> Result<()> {
    let sources = source().branches("assign = this.start.owner", "assign = this.$0")?;
    offers(session, &sources, NODES)?;
    let sources = source().branches("assign = this.start.owner", "assign = this.st$0")?;
    offers(session, &sources, &["start"]).map(drop)
}

fn the_owner_of_a_node(session: &mut Session) -> Result<()> {
    let sources = source().branches("assign = this.start.owner", "assign = this.start.$0")?;
    offers(session, &sources, &["owner"]).map(drop)
}

fn a_node_that_must_differ(session: &mut Session) -> Result<()> {
    let sources = source().branches("different_from(this.plan)", "different_from(this.$0)")?;
    offers(session, &sources, NODES).map(drop)
}

fn methods_of_a_switch_and_a_timer(session: &mut Session) -> Result<()> {
    let sources = source().branches("on = this.size", "on = this.$0")?;
    offers(session, &sources, &["size"])?;
    let sources = source().branches("delay = hours(1)", "delay = this.$0")?;
    offers(session, &sources, &["size"]).map(drop)
}

fn the_start_of_another_flow(session: &mut Session) -> Result<()> {
    let sources = source().branches("PrintFlow.as_subprocess", "PrintFlow.$0")?;
    offers(session, &sources, &["as_subprocess"]).map(drop)
}
