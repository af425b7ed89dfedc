//! The pages of the node kinds in `docs/guide/nodes` are what the grammar table and a run of their samples say.
//! `FLOW_SNAPSHOTS=overwrite` writes them.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    dead_code,
    reason = "tests, and samples as an app would write them"
)]

mod keys;
mod rows;

use std::fmt::Write as _;

use flow_core::graph::Kind;
use flow_core::prelude::*;

/// A sample: its text, the flows in it, and what it does. Returns the process to show.
struct Sample {
    kind: Kind,
    text: &'static str,
    flows: &'static Flows<diesel::SqliteConnection>,
    walk: fn(&mut diesel::SqliteConnection) -> flow_core::Result<i64>,
}

macro_rules! samples {
    ($($kind:ident: $module:ident, $file:literal;)*) => {
        $(#[path = $file] mod $module;)*
        fn samples() -> Vec<Sample> {
            vec![$(Sample {
                kind: Kind::$kind,
                text: include_str!($file),
                flows: &$module::FLOWS,
                walk: $module::walk,
            }),*]
        }
    };
}

samples! {
    Start: start, "samples/start.rs";
    StartHandle: start_handle, "samples/start_handle.rs";
    StartTimer: start_timer, "samples/start_timer.rs";
    View: view, "samples/view.rs";
    ManualTask: manual_task, "samples/manual_task.rs";
    Function: function, "samples/function.rs";
    SendHandle: send_handle, "samples/send_handle.rs";
    BusinessRule: business_rule, "samples/business_rule.rs";
    Handle: handle, "samples/handle.rs";
    MessageCatch: message_catch, "samples/message_catch.rs";
    MessageThrow: message_throw, "samples/message_throw.rs";
    SignalCatch: signal_catch, "samples/signal_catch.rs";
    SignalThrow: signal_throw, "samples/signal_throw.rs";
    CompensateThrow: compensate_throw, "samples/compensate_throw.rs";
    EscalationThrow: escalation_throw, "samples/escalation_throw.rs";
    ConditionalCatch: conditional_catch, "samples/conditional_catch.rs";
    Job: job, "samples/job.rs";
    If: if_, "samples/if.rs";
    Switch: switch, "samples/switch.rs";
    Split: split, "samples/split.rs";
    SplitFirst: split_first, "samples/split_first.rs";
    Join: join, "samples/join.rs";
    Timer: timer, "samples/timer.rs";
    Subprocess: subprocess, "samples/subprocess.rs";
    NSubprocess: n_subprocess, "samples/n_subprocess.rs";
    Obsolete: obsolete, "samples/obsolete.rs";
    End: end, "samples/end.rs";
    TerminateEnd: terminate_end, "samples/terminate_end.rs";
    ErrorEnd: error_end, "samples/error_end.rs";
}

macro_rules! docs {
    (fields {$(
        $(#[doc = $doc:literal])* $name:ident ($($owner:ident)?) { $($facts:tt)* } { $($keys:tt)* }
    )*} boundaries { $($boundaries:tt)* }) => {
        fn doc(kind: Kind) -> &'static str {
            match kind {
                $(Kind::$name => concat!($($doc),*),)*
                _ => "",
            }
        }
    };
}

flow_core::graph::__node_kinds!(docs);

fn page(sample: &Sample) -> String {
    let kind = sample.kind;
    let mut page = format!("# {}\n\n{}\n\n", kind.name(), doc(kind).trim());
    let waits = if kind.may_pass() {
        "A process waits here, and its transaction ends, unless it can go on at once."
    } else if kind.waits() {
        "A process waits here, and its transaction ends."
    } else {
        "A process does not wait here: it continues in the same transaction."
    };
    let _ = writeln!(page, "BPMN element: `{}`. Stored `task_type`: `{}`. {waits}\n", kind.bpmn(), kind.task_type());
    page.push_str("This page is generated from the grammar of `#[flow]` and from a run of its sample.\n\n## Keys\n\n");
    page.push_str(&keys::of_kind(kind));
    page.push_str(&keys::of_edges(kind));
    let text = sample.text.trim_start_matches(|c| c != '\n').trim();
    let _ = write!(page, "## Sample\n\n```rust\n{text}\n```\n\n");
    page.push_str("## Rows\n\nAfter `walk`, the tables hold:\n\n");
    page.push_str(&rows::of(sample));
    page
}

fn file(kind: Kind) -> String {
    let mut name = String::new();
    for (at, letter) in kind.name().chars().enumerate() {
        if letter.is_uppercase() && at > 0 {
            name.push('_');
        }
        name.extend(letter.to_lowercase());
    }
    format!("{}/../docs/guide/nodes/{name}.md", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn every_kind_has_its_page_and_it_is_what_the_table_says() {
    let samples = samples();
    let overwrite = std::env::var("FLOW_SNAPSHOTS").is_ok_and(|value| value == "overwrite");
    for kind in Kind::FIELDS {
        let sample = samples.iter().find(|sample| sample.kind == *kind);
        let sample = sample.unwrap_or_else(|| panic!("{} has no sample in node_pages/samples", kind.name()));
        let (path, page) = (file(*kind), page(sample));
        if overwrite {
            std::fs::write(&path, &page).unwrap();
        }
        let found = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(found, page, "{path}: run with FLOW_SNAPSHOTS=overwrite and review the change");
    }
}
