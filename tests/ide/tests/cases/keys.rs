//! The keys of `#[node(..)]`: offered by the kind of the node, with what they mean.

use flow_ide_tests::{Result, Session};

use super::{Case, has, is, item, offers, source};

pub(crate) const CASES: &[(&str, Case)] = &[
    ("keys::of_a_view_after_two_letters", of_a_view_after_two_letters),
    ("keys::after_another_key", after_another_key),
    ("keys::before_another_key", before_another_key),
    ("keys::that_are_words_of_rust", that_are_words_of_rust),
    ("keys::with_brackets", with_brackets),
    ("keys::of_the_kind_alone", of_the_kind_alone),
    ("keys::are_explained", are_explained),
];

/// The attribute of `approve` in the fixture.
const APPROVE: &str = "form = ApproveForm { approved }, permission(auto),
           on_timeout(days(3), this.escalate), next = this.check_approve";

fn of_a_view_after_two_letters(session: &mut Session) -> Result<()> {
    let sources = source().flow(APPROVE, "fo$0")?;
    let offered = offers(session, &sources, &["form"])?;
    has(&item(&offered, "form")?.docs, &["The form: "])
}

fn after_another_key(session: &mut Session) -> Result<()> {
    let sources = source().flow(APPROVE, "form = ApproveForm { approved }, ne$0")?;
    let offered = offers(session, &sources, &["next"])?;
    has(&item(&offered, "next")?.docs, &["The next node"])?;
    // What is written is not offered again.
    match offered.iter().find(|item| is(item, "form")) {
        Some(_) => Err("`form` is offered a second time".to_owned()),
        None => Ok(()),
    }
}

fn before_another_key(session: &mut Session) -> Result<()> {
    let sources = source().flow("#[node(form = ApproveForm", "#[node(pe$0, form = ApproveForm")?;
    let sources = sources.flow("{ approved }, permission(auto)", "{ approved }")?;
    offers(session, &sources, &["permission"]).map(drop)
}

fn that_are_words_of_rust(session: &mut Session) -> Result<()> {
    let sources = source().flow("then = this.send, else = this.approve", "then = this.send, el$0")?;
    offers(session, &sources, &["else"])?;
    let sources = source().flow("if = |a| a.process.approved(), then = this.send", "i$0, then = this.send")?;
    offers(session, &sources, &["if"]).map(drop)
}

fn with_brackets(session: &mut Session) -> Result<()> {
    let sources = source().flow("on_timeout(days(3), this.escalate), next", "on_ti$0, next")?;
    offers(session, &sources, &["on_timeout"]).map(drop)
}

fn of_the_kind_alone(session: &mut Session) -> Result<()> {
    let sources = source().flow("run = this.send_hello, next = this.end", "run = this.send_hello, o$0")?;
    let offered = offers(session, &sources, &["on_done", "on_timeout"])?;
    match offered.iter().find(|item| is(item, "form")) {
        Some(_) => Err("a job has no `form`".to_owned()),
        None => Ok(()),
    }
}

fn are_explained(session: &mut Session) -> Result<()> {
    let sources = source().flow(APPROVE, &APPROVE.replace("next", "ne$0xt"))?;
    has(&session.hover(&sources)?, &["next", "The next node"])?;
    let sources = source().flow(APPROVE, &APPROVE.replace("on_timeout", "on_ti$0meout"))?;
    has(&session.hover(&sources)?, &["on_timeout", "interrupting = false", "name ="])?;
    let sources = source().flow(APPROVE, &APPROVE.replace("permission", "permis$0sion"))?;
    has(&session.hover(&sources)?, &["permission", "fn(user: &dyn User, a: &Activation<Self>) -> bool"])
}
