//! What is asked of rust-analyzer. A case is the correct source, one change, and a cursor.

mod completion;
mod edges;
mod keys;
mod mistakes;
mod names;
mod samples;
mod truth;

use flow_ide_tests::{Completion, Place, Result, Session, Sources};

/// One question, and what the answer has to be.
pub(crate) type Case = fn(&mut Session) -> Result<()>;

/// Every case, by name.
pub(crate) fn all() -> impl Iterator<Item = (&'static str, Case)> {
    [completion::CASES, edges::CASES, keys::CASES, mistakes::CASES, names::CASES, samples::CASES, truth::CASES]
        .into_iter()
        .flatten()
        .copied()
}

/// The nodes of the fixture's flow.
const NODES: &[&str] = &["start", "approve", "check_approve", "send", "escalate", "end"];

fn source() -> Sources {
    Sources::correct()
}

/// All of these can stand at the cursor. Returns everything that can.
fn offers(session: &mut Session, sources: &Sources, expected: &[&str]) -> Result<Vec<Completion>> {
    let offered = session.completions(sources)?;
    let missing: Vec<_> = expected.iter().filter(|name| !offered.iter().any(|item| is(item, name))).collect();
    if missing.is_empty() {
        return Ok(offered);
    }
    let labels: Vec<_> = offered.iter().map(|item| item.label.as_str()).collect();
    Err(format!("{missing:?} not among {labels:?}"))
}

/// A label is a name, with brackets behind it for a function, or with `r#` before it for a keyword.
fn is(item: &Completion, name: &str) -> bool {
    let label = item.label.strip_prefix("r#").unwrap_or(&item.label);
    label.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('('))
}

/// What is offered under a name.
fn item<'a>(offered: &'a [Completion], name: &str) -> Result<&'a Completion> {
    offered.iter().find(|item| is(item, name)).ok_or_else(|| format!("`{name}` is not offered"))
}

/// The text has all of these parts.
fn has(text: &str, parts: &[&str]) -> Result<()> {
    match parts.iter().find(|part| !text.contains(**part)) {
        None => Ok(()),
        Some(part) => Err(format!("no `{part}` in: {text}")),
    }
}

/// The places, as they are written.
fn are(places: &[Place], expected: &[&str]) -> Result<()> {
    let mut places: Vec<String> = places.iter().map(ToString::to_string).collect();
    let mut expected: Vec<String> = expected.iter().map(ToString::to_string).collect();
    places.sort();
    expected.sort();
    if places == expected { Ok(()) } else { Err(format!("found {places:#?}\nexpected {expected:#?}")) }
}

fn equal<T: PartialEq + std::fmt::Debug>(found: &T, expected: &T) -> Result<()> {
    if found == expected { Ok(()) } else { Err(format!("found {found:#?}\nexpected {expected:#?}")) }
}
