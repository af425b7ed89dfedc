//! The keys of `#[node(..)]` and `#[flow(..)]`: spelled once, for the parser, its messages and the IDE.

use crate::Kind;

/// A key that an attribute takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// How it is written.
    pub name: &'static str,
    /// How it looks in use: the help of an error message.
    pub example: &'static str,
    /// It may be written more than once.
    pub repeats: bool,
}

const fn key(name: &'static str, example: &'static str) -> Key {
    Key { name, example, repeats: false }
}

const TITLE: Key = key("title", "title = \"Approval request\"");
const SUMMARY: Key = key("summary", "summary = \"Approve '{process.text}'\"");
const RESULT: Key = key("result", "result = \"Sent '{process.text}'\"");
const PERMISSION: Key = key("permission", "permission(auto)");
const NAME: Key = key("name", "name = \"approve\"");
const WAS: Key = key("was", "was = [\"old_name\"]");
const ALLOW: Key = Key {
    name: "allow",
    example: "allow(unreachable_nodes, reason = \"older processes still wait here\")",
    repeats: true,
};
const NEXT: Key = key("next", "next = this.end");
const BRANCH: Key = Key { name: "next", example: "next(this.check, when = |a| a.process.urgent())", repeats: true };
const CASE: Key = Key { name: "case", example: "case(this.small, when = |a| a.process.amount() < 10)", repeats: true };
const DEFAULT: Key = key("default", "default = this.other");
const ON: Key = key("on", "on = |a| a.process.size()");
const DELAY: Key = key("delay", "delay = hours(1)");
const AT: Key = key("at", "at = |a| a.process.remind_at()");
const CHILD: Key = key("start", "start = PublishFlow.as_subprocess");
const PROCESS_SEED: Key = key("process_seed", "process_seed = |a| a.process.artifact_ref()");
const PROCESS_DATA: Key =
    key("process_data", "process_data = |a| PublishProcessData { text: a.process.text().to_owned() }");
const TASK: Key = key("task", "task = GrainTask");
const ASSIGN: Key = key("assign", "assign = this.start.owner");
const DIFFERENT_FROM: Key = key("different_from", "different_from(this.start)");
const FORM: Key = key("form", "form = ApproveForm { approved }");
const RUN: Key = key("run", "run = this.send_hello");
const INPUT: Key = key("input", "input = Payment");
const IF: Key = key("if", "if = |a| a.process.approved()");
const THEN: Key = key("then", "then = this.send");
const ELSE: Key = key("else", "else = this.end");
const ON_DONE: Key = key("on_done", "on_done = this.note_result");
const LEASE: Key = key("timeout", "timeout = minutes(10)");
const ON_TIMEOUT: Key = Key { name: "on_timeout", example: "on_timeout(days(3), this.escalate)", repeats: true };

/// The keys of `#[flow(..)]` on the struct.
pub const FLOW_KEYS: &[Key] = &[
    key("process", "process = HelloWorldProcess"),
    key("connection", "connection = Db"),
    NAME,
    TITLE,
    SUMMARY,
    RESULT,
    key("crate", "crate = ::flow_core"),
];

const COMMON: &[Key] = &[TASK, TITLE, SUMMARY, RESULT, NAME, WAS, ALLOW];
const START: &[Key] = &[FORM, PERMISSION, NEXT];
const START_HANDLE: &[Key] = &[INPUT, RUN, PERMISSION, NEXT];
const VIEW: &[Key] = &[FORM, PERMISSION, ASSIGN, DIFFERENT_FROM, ON_TIMEOUT, NEXT];
const FUNCTION: &[Key] = &[RUN, NEXT];
const HANDLE: &[Key] = &[INPUT, RUN, PERMISSION, ON_TIMEOUT, NEXT];
const JOB: &[Key] = &[RUN, ON_DONE, LEASE, ON_TIMEOUT, NEXT];
const GATE: &[Key] = &[IF, THEN, ELSE];
const SWITCH: &[Key] = &[ON, CASE, DEFAULT];
const SPLIT: &[Key] = &[BRANCH];
const JOIN: &[Key] = &[NEXT];
const TIMER: &[Key] = &[DELAY, AT, NEXT];
const SUBPROCESS: &[Key] = &[CHILD, PROCESS_SEED, PROCESS_DATA, ON_TIMEOUT, NEXT];

const fn own(kind: Kind) -> &'static [Key] {
    match kind {
        Kind::Start => START,
        Kind::StartHandle => START_HANDLE,
        Kind::View => VIEW,
        Kind::Function => FUNCTION,
        Kind::Handle => HANDLE,
        Kind::Job => JOB,
        Kind::If => GATE,
        Kind::Switch => SWITCH,
        Kind::Split => SPLIT,
        Kind::Join => JOIN,
        Kind::Timer => TIMER,
        Kind::Subprocess => SUBPROCESS,
        Kind::End | Kind::TimerBoundary => &[],
    }
}

/// The keys that `#[node(..)]` takes on a field of this kind, its own first.
pub fn keys_of(kind: Kind) -> impl Iterator<Item = &'static Key> {
    own(kind).iter().chain(COMMON)
}

/// The key of this name on a field of this kind.
#[must_use]
pub fn find(kind: Kind, name: &str) -> Option<&'static Key> {
    keys_of(kind).find(|key| key.name == name)
}

/// The kinds that take a key which a field of another kind does not.
pub fn owners_of(name: &str) -> impl Iterator<Item = Kind> + '_ {
    Kind::FIELDS.iter().copied().filter(move |kind| own(*kind).iter().any(|key| key.name == name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_kind_has_a_key_twice_and_each_example_begins_with_its_key() {
        for kind in Kind::FIELDS {
            let names: Vec<_> = keys_of(*kind).map(|key| key.name).collect();
            for (at, name) in names.iter().enumerate() {
                assert!(!names[..at].contains(name), "{name} twice on {kind:?}");
            }
            assert!(keys_of(*kind).all(|key| key.example.starts_with(key.name)));
        }
    }
}
