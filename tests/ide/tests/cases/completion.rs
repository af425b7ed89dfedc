//! What can stand behind a dot.

use flow_ide_tests::{Result, Session};

use super::{Case, NODES, has, item, offers, source};

pub(crate) const CASES: &[(&str, Case)] = &[
    ("completion::nodes_after_this", nodes_after_this),
    ("completion::nodes_after_half_a_name", nodes_after_half_a_name),
    ("completion::nodes_of_a_timeout", nodes_of_a_timeout),
    ("completion::nodes_of_a_branch", nodes_of_a_branch),
    ("completion::nodes_are_shown_with_their_type_and_title", nodes_are_shown_with_their_type_and_title),
    ("completion::methods_after_this", methods_after_this),
    ("completion::methods_after_half_a_name", methods_after_half_a_name),
    ("completion::methods_of_a_permission", methods_of_a_permission),
    ("completion::methods_of_a_delay", methods_of_a_delay),
    ("completion::the_process_in_a_closure", the_process_in_a_closure),
    ("completion::the_activation_in_a_closure", the_activation_in_a_closure),
    ("completion::fields_of_a_form", fields_of_a_form),
    ("completion::fields_of_an_empty_form", fields_of_an_empty_form),
    ("completion::fields_of_a_form_after_a_comma", fields_of_a_form_after_a_comma),
    ("completion::fields_of_a_task_in_a_form", fields_of_a_task_in_a_form),
    ("completion::the_task_of_a_job", the_task_of_a_job),
    ("completion::the_flow", the_flow),
    ("completion::a_view", a_view),
    ("completion::a_start", a_start),
    ("completion::fields_of_the_process", fields_of_the_process),
    ("completion::fields_where_a_form_is_made", fields_where_a_form_is_made),
];

fn nodes_after_this(session: &mut Session) -> Result<()> {
    let sources = source().flow("permission(anyone), next = this.approve", "permission(anyone), next = this.$0")?;
    offers(session, &sources, NODES).map(drop)
}

fn nodes_after_half_a_name(session: &mut Session) -> Result<()> {
    let sources = source().flow("permission(anyone), next = this.approve", "permission(anyone), next = this.ap$0")?;
    offers(session, &sources, &["approve"]).map(drop)
}

fn nodes_of_a_timeout(session: &mut Session) -> Result<()> {
    let sources = source().flow("days(3), this.escalate", "days(3), this.$0")?;
    offers(session, &sources, NODES).map(drop)
}

fn nodes_of_a_branch(session: &mut Session) -> Result<()> {
    let sources = source().flow("then = this.send", "then = this.$0")?;
    offers(session, &sources, NODES)?;
    let sources = source().flow("else = this.approve", "else = this.$0")?;
    offers(session, &sources, NODES).map(drop)
}

fn nodes_are_shown_with_their_type_and_title(session: &mut Session) -> Result<()> {
    let sources = source().flow("permission(anyone), next = this.approve", "permission(anyone), next = this.$0")?;
    let offered = offers(session, &sources, NODES)?;
    let approve = item(&offered, "approve")?;
    has(&approve.detail, &["View"])?;
    has(&approve.docs, &["Approval request"])
}

fn methods_after_this(session: &mut Session) -> Result<()> {
    let sources = source().flow("run = this.send_hello", "run = this.$0")?;
    let offered = offers(session, &sources, &["send_hello"])?;
    has(&item(&offered, "send_hello")?.docs, &["Says it."])
}

fn methods_after_half_a_name(session: &mut Session) -> Result<()> {
    let sources = source().flow("run = this.send_hello", "run = this.se$0")?;
    offers(session, &sources, &["send_hello"]).map(drop)
}

fn methods_of_a_permission(session: &mut Session) -> Result<()> {
    let sources = source().flow("permission(auto)", "permission(this.$0)")?;
    offers(session, &sources, &["send_hello"]).map(drop)
}

fn methods_of_a_delay(session: &mut Session) -> Result<()> {
    let sources = source().flow("days(3), this.escalate", "this.$0, this.escalate")?;
    offers(session, &sources, &["send_hello"]).map(drop)
}

fn the_process_in_a_closure(session: &mut Session) -> Result<()> {
    let sources = source().flow("|a| a.process.approved()", "|a| a.process.$0")?;
    let offered = offers(session, &sources, &["approved", "text", "id"])?;
    has(&item(&offered, "approved")?.detail, &["bool"])
}

fn the_activation_in_a_closure(session: &mut Session) -> Result<()> {
    let sources = source().flow("|a| a.process.approved()", "|a| a.$0")?;
    offers(session, &sources, &["process", "task"]).map(drop)
}

fn fields_of_a_form(session: &mut Session) -> Result<()> {
    let sources = source().flow("ApproveForm { approved }", "ApproveForm { appr$0 }")?;
    let offered = offers(session, &sources, &["approved"])?;
    has(&item(&offered, "approved")?.docs, &["Approved"])
}

/// The node of `branches.rs` whose tasks have a type of their own.
const WRITE: &str = "#[node(task = ChapterTask, permission(auto), next = this.join)]\n    write: View";

fn fields_of_a_task_in_a_form(session: &mut Session) -> Result<()> {
    for written in ["task.$0", "task.head$0"] {
        let node = format!(
            "#[node(task = ChapterTask, form = WriteForm {{ {written} }}, permission(auto), next = this.join)]\n    write: View"
        );
        let offered = offers(session, &source().branches(WRITE, &node)?, &["heading"])?;
        has(&item(&offered, "heading")?.docs, &["Heading"])?;
    }
    Ok(())
}

fn the_task_of_a_job(session: &mut Session) -> Result<()> {
    let node = "#[node(task = ChapterTask, run = |job| job.task.$0, next = this.join)]\n    write: Job";
    offers(session, &source().branches(WRITE, node)?, &["heading", "id"]).map(drop)
}

fn fields_of_an_empty_form(session: &mut Session) -> Result<()> {
    let sources = source().flow("ApproveForm { approved }", "ApproveForm { $0 }")?;
    offers(session, &sources, &["text", "approved"]).map(drop)
}

fn fields_of_a_form_after_a_comma(session: &mut Session) -> Result<()> {
    let sources = source().flow("ApproveForm { approved }", "ApproveForm { approved, $0 }")?;
    offers(session, &sources, &["text"])?;
    let sources = source().flow("ApproveForm { approved }", "ApproveForm { approved, te$0 }")?;
    offers(session, &sources, &["text"]).map(drop)
}

fn the_flow(session: &mut Session) -> Result<()> {
    let sources = source().main("HelloWorldFlow.approve.tasks()", "HelloWorldFlow.$0")?;
    offers(session, &sources, NODES)?;
    let offered = offers(session, &sources, &["processes", "tasks"])?;
    has(&item(&offered, "approve")?.detail, &["View"])
}

fn a_view(session: &mut Session) -> Result<()> {
    let sources = source().main("HelloWorldFlow.approve.tasks()", "HelloWorldFlow.approve.$0")?;
    let offered = offers(session, &sources, &["assign", "unassign", "execute", "tasks"])?;
    // The words are flow-core's to choose; that there are some is not.
    if item(&offered, "execute")?.docs.is_empty() {
        return Err("`execute` has no documentation".to_owned());
    }
    Ok(())
}

fn a_start(session: &mut Session) -> Result<()> {
    let sources = source().main("HelloWorldFlow.approve.tasks()", "HelloWorldFlow.start.$0")?;
    let offered = offers(session, &sources, &["run"])?;
    match offered.iter().find(|item| item.label.starts_with("execute")) {
        Some(wrong) => Err(format!("a start has no {}", wrong.label)),
        None => Ok(()),
    }
}

fn fields_of_the_process(session: &mut Session) -> Result<()> {
    let sources = source().main("let message = process.text();", "let message = process.$0;")?;
    offers(session, &sources, &["text", "approved", "set_text", "id"])?;
    let sources = source().main("FIELDS.approved.eq(false)", "FIELDS.$0")?;
    offers(session, &sources, &["text", "approved"]).map(drop)
}

fn fields_where_a_form_is_made(session: &mut Session) -> Result<()> {
    let sources = source().main("ApproveForm { approved: true }", "ApproveForm { $0 }")?;
    offers(session, &sources, &["approved"]).map(drop)
}
