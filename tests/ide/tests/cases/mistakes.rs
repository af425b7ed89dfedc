//! Completion of the nodes in a flow that is wrong elsewhere, as a flow is most of the time while it is written.

use flow_ide_tests::{File, Result, Session};

use super::{Case, NODES, offers, source};

pub(crate) const CASES: &[(&str, Case)] = &[
    ("mistakes::an_unknown_key", |session| completes_beside(session, "next = this.end)]", "nxt = this.end)]")),
    ("mistakes::an_unknown_node", |session| completes_beside(session, "next = this.end)]", "next = this.ende)]")),
    ("mistakes::a_half_typed_node", |session| completes_beside(session, "next = this.end)]", "next = this.)]")),
    ("mistakes::a_key_without_a_value", |session| completes_beside(session, "next = this.end)]", "next = )]")),
    ("mistakes::an_unknown_kind", |session| completes_beside(session, "send: Job", "send: Jobb")),
    ("mistakes::a_field_without_a_type", |session| {
        completes_beside(session, "pub end: End,", "pub end: End,\n    pub foo")
    }),
    ("mistakes::a_field_without_a_type_in_between", |session| {
        completes_beside(session, "pub end: End,", "pub foo\n    pub end: End,")
    }),
    ("mistakes::a_field_without_a_name", |session| {
        completes_beside(session, "pub end: End,", "pub end: End,\n    pub ")
    }),
    ("mistakes::an_attribute_without_a_field", |session| {
        completes_beside(session, "pub end: End,", "pub end: End,\n    #[node(next = this.end)]\n")
    }),
    ("mistakes::a_wrong_graph", |session| completes_beside(session, "else = this.approve", "else = this.start")),
    ("mistakes::an_unknown_field_of_a_form", |session| {
        completes_beside(session, "StartForm { text }", "StartForm { texxt }")
    }),
    ("mistakes::a_half_typed_closure", |session| completes_beside(session, "a.process.approved()", "a.process.")),
    ("mistakes::around_the_cursor", around_the_cursor),
    ("mistakes::are_underlined", are_underlined),
    ("mistakes::an_unknown_node_is_underlined_while_it_is_typed", an_unknown_node_is_underlined),
    ("mistakes::are_said_once", are_said_once),
];

/// The mistake stands in one place, the cursor in another.
fn completes_beside(session: &mut Session, right: &str, wrong: &str) -> Result<()> {
    let sources = source().flow(right, wrong)?.flow("days(3), this.escalate", "days(3), this.$0")?;
    offers(session, &sources, NODES)?;
    let sources = source().flow(right, wrong)?.main("HelloWorldFlow.approve.tasks()", "HelloWorldFlow.$0")?;
    offers(session, &sources, &["start", "approve", "check_approve"]).map(drop)
}

/// The attribute is written before the field below it.
fn around_the_cursor(session: &mut Session) -> Result<()> {
    for field in ["pub foo", "pub foo:", "pub foo\n    pub bar"] {
        let sources =
            source().flow("pub end: End,", &format!("pub end: End,\n    #[node(next = this.$0)]\n    {field}"))?;
        offers(session, &sources, NODES)?;
    }
    let sources = source().flow("pub end: End,", "#[node(run = this.$0)]\n    pub foo\n    pub end: End,")?;
    offers(session, &sources, &["send_hello"]).map(drop)
}

/// What follows from a mistake is no second one.
fn are_said_once(session: &mut Session) -> Result<()> {
    let mistakes = [
        ("next = this.end)]", "next = this.)]"),
        ("next = this.end)]", "next = )]"),
        ("run = this.send_hello", "run = this."),
        ("days(3), this.escalate", "days(3), this."),
        ("send: Job", "send: Jobb"),
        ("next = this.end)]", "next = this.ende)]"),
        ("days(3), this.escalate", "days(3), this.escalte"),
        ("else = this.approve", "else = this.start"),
    ];
    for (right, wrong) in mistakes {
        let sources = source().flow(right, wrong)?;
        let mut found = session.diagnostics(&sources, File::Flow)?;
        found.extend(session.diagnostics(&sources, File::Main)?);
        if found.len() != 1 {
            return Err(format!("`{wrong}` is told {} times: {found:#?}", found.len()));
        }
    }
    Ok(())
}

/// What rustc says of it an editor shows after a check alone.
fn an_unknown_node_is_underlined(session: &mut Session) -> Result<()> {
    let sources = source().flow("else = this.approve", "else = this.aprove")?;
    let found = session.diagnostics(&sources, File::Flow)?;
    let told = ["`aprove` in", "this flow has no node `aprove`", "a node with a similar name exists: `this.approve`"];
    match found.as_slice() {
        [one] if told.iter().all(|word| one.contains(word)) => Ok(()),
        _ => Err(format!("found {found:#?}")),
    }
}

/// rust-analyzer shows by itself what the macro says, before anything is saved.
fn are_underlined(session: &mut Session) -> Result<()> {
    let sources = source().flow("next = this.end)]", "nxt = this.end)]")?;
    let found = session.diagnostics(&sources, File::Flow)?;
    match found.iter().find(|text| text.contains("`nxt`") && text.contains("not a key")) {
        Some(_) => Ok(()),
        None => Err(format!("found {found:#?}")),
    }
}
