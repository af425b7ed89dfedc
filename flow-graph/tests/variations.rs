//! Flows that were refused, accepted or warned of wrongly once, and their kin: with other kinds of tasks in the same
//! roles, inside of another split, inside of two, with a way back around them, and behind one another.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    missing_docs,
    unreachable_pub,
    missing_debug_implementations,
    reason = "tests"
)]

mod support;

use support::Flow;

/// A flow that begins at `start` and goes on at `out`, and what is said of it: `check node`.
struct Case {
    name: &'static str,
    text: &'static str,
    said: &'static [&'static str],
    /// Around what it is looked at: inside of a split, or with a way back, some are another flow.
    around: &'static [Around],
}

const CASES: &[Case] = &include!("variations.in");

/// What is around a case.
#[derive(Clone, Copy, Debug)]
enum Around {
    Nothing,
    Split,
    TwoSplits,
    WayBack,
    WayBackInSplit,
    Alternative,
    ListBranch,
    ConditionalBranch,
}

/// Beside nothing, or where nothing else can be open.
const OUTSIDE: &[Around] = &[Around::Nothing, Around::Alternative];

/// Inside of a split.
const INSIDE: &[Around] = &[Around::Split, Around::ConditionalBranch];

const ALL: &[Around] = &[
    Around::Nothing,
    Around::Split,
    Around::TwoSplits,
    Around::WayBack,
    Around::WayBackInSplit,
    Around::Alternative,
    Around::ListBranch,
    Around::ConditionalBranch,
];

const TASKS: &[&str] = &["View", "Job", "Handle", "Subprocess"];

/// The case with tasks of a kind, and with something around it.
fn text(case: &Case, task: &str, around: Around) -> String {
    let body = case.text.replace("Task", task);
    let (start, rest) = body.trim().split_once('\n').unwrap();
    let first = start.split("->").nth(1).unwrap().trim();
    let nest = |first: &str, out: &str, at: usize, sign: &str| {
        let (split, join) = (format!("outer{at}"), format!("met{at}"));
        let lines = format!(
            "{split}: Split -> {sign}{first}, beside{at}\nbeside{at}: {task} -> {join}\n{join}: Join -> {out}\n"
        );
        (split, join, lines)
    };
    let (first, out, more) = match around {
        Around::Nothing => (first.to_owned(), "end".to_owned(), String::new()),
        Around::Split => nest(first, "end", 1, ""),
        Around::ListBranch => nest(first, "end", 1, "*"),
        Around::ConditionalBranch => nest(first, "end", 1, "?"),
        Around::TwoSplits => {
            let (split, join, inner) = nest(first, "met2", 1, "");
            let (outer, _, lines) = nest(&split, "end", 2, "");
            (outer, join, inner + &lines)
        }
        Around::WayBack => {
            (first.to_owned(), "look".to_owned(), format!("look: {task} -> more\nmore: If -> {first}, end\n"))
        }
        Around::WayBackInSplit => {
            let (split, join, lines) = nest(first, "end", 1, "");
            let back = format!("look: {task} -> more\nmore: If -> {first}, {join}\n");
            (split, "look".to_owned(), lines + &back)
        }
        Around::Alternative => {
            let lines = format!("which: If -> {first}, other\nother: {task} -> end\n");
            ("which".to_owned(), "end".to_owned(), lines)
        }
    };
    let rest = rest.replace("-> out", &format!("-> {out}")).replace(", out", &format!(", {out}"));
    format!("start: Start -> {first}\n{more}{rest}\nend: End\n")
}

#[test]
fn each_case_is_judged_alike_whatever_is_around_it() {
    let (mut seen, mut faults) = (0, Vec::new());
    for case in CASES {
        for around in case.around {
            for task in TASKS {
                let text = text(case, task, *around);
                let mut said: Vec<String> = case.said.iter().map(ToString::to_string).collect();
                said.sort();
                let found = Flow::of(&text).found();
                seen += 1;
                if found != said {
                    faults.push(format!("{} {around:?} {task}: {found:?}, not {said:?}", case.name));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{} of {seen}:\n{}", faults.len(), faults.join("\n"));
    assert!(seen > 20 * CASES.len());
}
