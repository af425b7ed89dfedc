//! Where a name is declared, where it is used, and another name for it.

use flow_ide_tests::{File, Result, Session, Sources};

use super::{Case, are, equal, source};

pub(crate) const CASES: &[(&str, Case)] = &[
    ("names::definition_of_a_node", definition_of_a_node),
    ("names::definition_of_a_method", definition_of_a_method),
    ("names::definition_of_a_form_field", definition_of_a_form_field),
    ("names::definition_of_a_node_from_code", definition_of_a_node_from_code),
    ("names::references_from_an_attribute", references_from_an_attribute),
    ("names::references_from_the_field", references_from_the_field),
    ("names::rename_from_an_attribute", rename_from_an_attribute),
    ("names::rename_from_the_field", rename_from_the_field),
    ("names::rename_from_code", rename_from_code),
    ("names::rename_of_a_method", rename_of_a_method),
    ("names::rename_of_the_flow", rename_of_the_flow),
    ("names::rename_of_a_field_of_the_process", rename_of_a_field_of_the_process),
];

/// The cursor in a reference to `approve`, in an attribute.
fn in_attribute() -> Result<Sources> {
    source().flow("permission(anyone), next = this.approve", "permission(anyone), next = this.app$0rove")
}

/// The cursor in the field `approve`.
fn in_field() -> Result<Sources> {
    source().flow("pub approve: View", "pub app$0rove: View")
}

fn definition_of_a_node(session: &mut Session) -> Result<()> {
    are(&session.definition(&in_attribute()?)?, &["flow.rs: `approve` in `pub approve: View,`"])?;
    let sources = source().flow("days(3), this.escalate", "days(3), this.esc$0alate")?;
    are(&session.definition(&sources)?, &["flow.rs: `escalate` in `pub escalate: End,`"])
}

fn definition_of_a_method(session: &mut Session) -> Result<()> {
    let sources = source().flow("run = this.send_hello", "run = this.send$0_hello")?;
    are(&session.definition(&sources)?, &["flow.rs: `send_hello` in `fn send_hello(job: &JobContext<Self>) {`"])
}

/// A form's field is declared where the form is, and is one of the process.
fn definition_of_a_form_field(session: &mut Session) -> Result<()> {
    let sources = source().flow("ApproveForm { approved }", "ApproveForm { appr$0oved }")?;
    let found = session.definition(&sources)?;
    match found.iter().find(|place| place.line == "approved: bool,") {
        Some(_) => Ok(()),
        None => Err(format!("found {found:#?}")),
    }
}

fn definition_of_a_node_from_code(session: &mut Session) -> Result<()> {
    let sources = source().main("HelloWorldFlow.approve.tasks()", "HelloWorldFlow.appr$0ove.tasks()")?;
    are(&session.definition(&sources)?, &["flow.rs: `approve` in `pub approve: View,`"])
}

/// Everything that means the node `approve`.
const APPROVE: &[&str] = &[
    "flow.rs: `approve` in `#[node(form = StartForm { text }, permission(anyone), next = this.approve)]`",
    "flow.rs: `approve` in `#[node(if = |a| a.process.approved(), then = this.send, else = this.approve)]`",
    "flow.rs: `approve` in `pub approve: View,`",
    "main.rs: `approve` in `HelloWorldFlow.approve.assign(&mut conn, task.id(), &alice)?;`",
    "main.rs: `approve` in `HelloWorldFlow.approve.execute(&mut conn, task.id(), &alice, form)?;`",
    "main.rs: `approve` in `let task = HelloWorldFlow.approve.tasks().open().of(process.id()).one(&mut conn)?;`",
];

fn references_from_an_attribute(session: &mut Session) -> Result<()> {
    are(&session.references(&in_attribute()?)?, APPROVE)
}

fn references_from_the_field(session: &mut Session) -> Result<()> {
    are(&session.references(&in_field()?)?, APPROVE)
}

/// The correct source with other words in it, everywhere.
fn renamed(pairs: &[(&str, &str)]) -> [String; 2] {
    [File::Flow, File::Main].map(|file| {
        let text = source().text(file).to_owned();
        pairs.iter().fold(text, |text, (from, to)| text.replace(from, to))
    })
}

fn rename(session: &mut Session, sources: &Sources, name: &str, pairs: &[(&str, &str)]) -> Result<()> {
    let found = session.rename(sources, name)?;
    equal(&[File::Flow, File::Main].map(|file| found.text(file).to_owned()), &renamed(pairs))
}

/// What the rename of `approve` to `consent` changes, and what it leaves alone.
const CONSENT: &[(&str, &str)] = &[
    ("this.approve)", "this.consent)"),
    ("pub approve:", "pub consent:"),
    ("HelloWorldFlow.approve.", "HelloWorldFlow.consent."),
];

fn rename_from_an_attribute(session: &mut Session) -> Result<()> {
    rename(session, &in_attribute()?, "consent", CONSENT)
}

fn rename_from_the_field(session: &mut Session) -> Result<()> {
    rename(session, &in_field()?, "consent", CONSENT)
}

fn rename_from_code(session: &mut Session) -> Result<()> {
    let sources = source().main("HelloWorldFlow.approve.tasks()", "HelloWorldFlow.appr$0ove.tasks()")?;
    rename(session, &sources, "consent", CONSENT)
}

fn rename_of_a_method(session: &mut Session) -> Result<()> {
    let sources = source().flow("run = this.send_hello", "run = this.send$0_hello")?;
    rename(session, &sources, "greet", &[("send_hello", "greet")])
}

fn rename_of_the_flow(session: &mut Session) -> Result<()> {
    let sources = source().flow("pub struct HelloWorldFlow", "pub struct Hello$0WorldFlow")?;
    rename(session, &sources, "GreetingFlow", &[("HelloWorldFlow", "GreetingFlow")])
}

/// Code that makes a form keeps the old word: the form's field is another one than the process's. rustc asks for
/// the change.
fn rename_of_a_field_of_the_process(session: &mut Session) -> Result<()> {
    let sources = source().flow("    text: String,", "    te$0xt: String,")?;
    let pairs = [
        ("    text: String,", "    words: String,"),
        ("StartForm { text }", "StartForm { words }"),
        ("process.text()", "process.words()"),
    ];
    rename(session, &sources, "words", &pairs)
}
