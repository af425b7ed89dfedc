//! What is said of a thing, and that nothing is said where nothing is wrong.

use flow_ide_tests::{File, Result, Session};

use super::{Case, equal, has, source};

pub(crate) const CASES: &[(&str, Case)] = &[
    ("truth::hover_on_a_node_in_an_attribute", hover_on_a_node_in_an_attribute),
    ("truth::hover_on_a_method_in_an_attribute", hover_on_a_method_in_an_attribute),
    ("truth::hover_on_a_form_field_in_an_attribute", hover_on_a_form_field_in_an_attribute),
    ("truth::hover_on_a_closure_argument", hover_on_a_closure_argument),
    ("truth::hover_on_an_accessor", hover_on_an_accessor),
    ("truth::hover_on_a_field_in_a_filter", hover_on_a_field_in_a_filter),
    ("truth::hover_on_a_flow", hover_on_a_flow),
    ("truth::type_of_a_form_field", type_of_a_form_field),
    ("truth::type_of_a_form", type_of_a_form),
    ("truth::nothing_is_underlined", nothing_is_underlined),
    ("truth::rustc_agrees", rustc_agrees),
];

fn hover_on_a_node_in_an_attribute(session: &mut Session) -> Result<()> {
    let sources =
        source().flow("permission(anyone), next = this.approve", "permission(anyone), next = this.app$0rove")?;
    let shown = session.hover(&sources)?;
    has(&shown, &["pub approve: View", "Approval request"])?;
    // The field is what was written; that its type has a marker, or a constant its name, is ours to know.
    if shown.contains("struct approve") { Err(format!("the marker is shown: {shown}")) } else { Ok(()) }
}

fn hover_on_a_method_in_an_attribute(session: &mut Session) -> Result<()> {
    let sources = source().flow("run = this.send_hello", "run = this.send$0_hello")?;
    has(&session.hover(&sources)?, &["fn send_hello", "JobContext", "Says it."])
}

fn hover_on_a_form_field_in_an_attribute(session: &mut Session) -> Result<()> {
    let sources = source().flow("ApproveForm { approved }", "ApproveForm { appr$0oved }")?;
    has(&session.hover(&sources)?, &["approved", "Approved"])
}

fn hover_on_a_closure_argument(session: &mut Session) -> Result<()> {
    let sources = source().flow("if = |a| a.process", "if = |$0a| a.process")?;
    has(&session.hover(&sources)?, &["Activation", "HelloWorldFlow"])
}

fn hover_on_an_accessor(session: &mut Session) -> Result<()> {
    let sources = source().main("process.text()", "process.te$0xt()")?;
    has(&session.hover(&sources)?, &["fn text(&self) -> &str", "Message"])
}

fn hover_on_a_field_in_a_filter(session: &mut Session) -> Result<()> {
    let sources = source().main("FIELDS.approved", "FIELDS.appr$0oved")?;
    has(&session.hover(&sources)?, &["approved", "Approved"])
}

/// What it is, and where each node leads.
fn hover_on_a_flow(session: &mut Session) -> Result<()> {
    let sources = source().main("HelloWorldFlow.start.run", "HelloWorld$0Flow.start.run")?;
    let shown = session.hover(&sources)?;
    let lines = ["start         -> approve", "approve       -> check_approve, escalate (timeout)"];
    has(&shown, &["Sends a message to the world", lines[0], lines[1], "check_approve -> send (then), approve (else)"])
}

fn type_of_a_form_field(session: &mut Session) -> Result<()> {
    let sources = source().main(
        "let form = ApproveForm { approved: true };",
        "let yes = todo!();\n    let form = ApproveForm { approved: ye$0s };",
    )?;
    has(&session.hover(&sources)?, &["let yes: bool"])
}

fn type_of_a_form(session: &mut Session) -> Result<()> {
    let sources = source().main("let form = ApproveForm", "let fo$0rm = ApproveForm")?;
    has(&session.hover(&sources)?, &["let form: ApproveForm"])
}

fn nothing_is_underlined(session: &mut Session) -> Result<()> {
    for file in File::ALL {
        equal(&session.diagnostics(&source(), file)?, &Vec::new())?;
    }
    Ok(())
}

/// Or the cases would be about a crate that is wrong.
fn rustc_agrees(session: &mut Session) -> Result<()> {
    equal(&session.rustc()?, &String::new())
}
