//! Draws flows for the test: `drawn.rs` is its output. `FLOW_SNAPSHOTS=overwrite cargo test -p flow-tests --test model
//! drawn` writes it again, after a change here.
//!
//! Names say what a node does, for the reference: a number behind `h` is a delay in hours, one behind `b` the bit that
//! decides an `If`, one behind `c` the bit that starts a branch of a split.

use std::fmt::Write as _;

/// How many flows there are.
const FLOWS: u64 = 12;

struct Draw {
    seed: u64,
    count: u32,
    nodes: Vec<String>,
    /// How many splits are open.
    open: u32,
}

impl Draw {
    /// xorshift: the flows are the same in every run.
    fn below(&mut self, end: u64) -> u64 {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        (self.seed >> 11) % end
    }

    fn name(&mut self, kind: &str, what: &str) -> String {
        self.count += 1;
        format!("{kind}{}{what}", self.count)
    }

    fn node(&mut self, name: &str, kind: &str, keys: &str) {
        let keys = if keys.is_empty() { String::new() } else { format!("    #[node({keys})]\n") };
        self.nodes.push(format!("{keys}    pub {name}: {kind},\n"));
    }

    /// What comes before `next`; returns the name of its first node. `condition` is the bit on which it is entered.
    fn block(&mut self, depth: u32, next: &str, condition: &str) -> String {
        match self.below(if depth == 0 { 5 } else { 9 }) {
            0 => self.view(next, condition),
            1 => self.plain("job", "Job", "run = |job| work(job.process.bits()), undo = |_| ()", next, condition),
            2 => self.plain("fun", "Function", "run = |_| (), undo = |_| ()", next, condition),
            3 => {
                let hours = 1 + self.below(4);
                let name = self.name("timer", &format!("h{hours}{condition}"));
                self.node(&name, "Timer", &format!("delay = hours({hours}), next = this.{next}"));
                name
            }
            4 | 5 => self.decision(depth, next, condition),
            6 => self.round(depth, next, condition),
            _ => self.split(depth, next, condition),
        }
    }

    fn plain(&mut self, name: &str, kind: &str, keys: &str, next: &str, condition: &str) -> String {
        let name = self.name(name, condition);
        self.node(&name, kind, &format!("{keys}, next = this.{next}"));
        name
    }

    /// One block behind the other.
    fn sequence(&mut self, depth: u32, next: &str, condition: &str) -> String {
        let behind = if self.below(2) == 0 { self.block(depth, next, "") } else { next.to_owned() };
        self.block(depth, &behind, condition)
    }

    fn view(&mut self, next: &str, condition: &str) -> String {
        let mut timeouts = String::new();
        if self.below(3) == 0 {
            let hours = 1 + self.below(8);
            let late = self.plain("late", "View", "permission(anyone)", next, &format!("h{hours}"));
            let _ = write!(timeouts, "on_timeout(hours({hours}), this.{late}), ");
        }
        if self.below(3) == 0 {
            let hours = 1 + self.below(8);
            let end = self.name("noted", "");
            self.node(&end, "End", "");
            let note = self.plain("note", "View", "permission(anyone)", &end, &format!("h{hours}"));
            let _ = write!(timeouts, "on_timeout(hours({hours}), this.{note}, interrupting = false), ");
        }
        let name = self.name("view", condition);
        self.node(&name, "View", &format!("permission(anyone), {timeouts}next = this.{next}"));
        name
    }

    fn decision(&mut self, depth: u32, next: &str, condition: &str) -> String {
        // Bit 2 is set when the processes are brought to their ends: nothing is dropped then.
        let drops = self.open > 0 && self.below(3) == 0;
        let bit = if drops { 2 } else { 1 << self.below(3) };
        let then = if self.below(2) == 0 { next.to_owned() } else { self.block(depth.saturating_sub(1), next, "") };
        let other = if drops {
            let end = self.name("dropped", "");
            self.node(&end, "End", "");
            end
        } else {
            self.block(depth.saturating_sub(1), next, "")
        };
        let name = self.name("if", &format!("b{bit}{condition}"));
        let allow = if drops { ", allow(branch_leaves, reason = \"the join goes on without it\")" } else { "" };
        let test = format!("if = |a| a.process.bits() & {bit} != 0");
        self.node(&name, "If", &format!("{test}, then = this.{then}, else = this.{other}{allow}"));
        name
    }

    /// Back to its first task, while bit 4 is set.
    fn round(&mut self, depth: u32, next: &str, condition: &str) -> String {
        let (first, again) = (self.name("view", condition), self.name("again", "b4"));
        self.node(
            &again,
            "If",
            &format!("if = |a| a.process.bits() & 4 != 0, then = this.{first}, else = this.{next}"),
        );
        let body = self.block(depth - 1, &again, "");
        self.node(&first, "View", &format!("permission(anyone), next = this.{body}"));
        first
    }

    fn split(&mut self, depth: u32, next: &str, condition: &str) -> String {
        let join = self.name("join", "");
        self.node(&join, "Join", &format!("next = this.{next}"));
        self.open += 1;
        let mut branches = Vec::new();
        for branch in 0..2 + self.below(2) {
            let bit = 1 << self.below(2);
            let on = if branch > 0 && self.below(2) == 0 { format!("c{bit}") } else { String::new() };
            let to = self.sequence(depth - 1, &join, &on);
            branches.push(match on.is_empty() {
                true => format!("next = this.{to}"),
                false => format!("next(this.{to}, when = |a| a.process.bits() & {bit} != 0)"),
            });
        }
        if self.below(4) == 0 {
            branches.push(format!("next = this.{join}"));
        }
        self.open -= 1;
        let name = self.name("split", condition);
        self.node(&name, "Split", &branches.join(", "));
        name
    }
}

/// All flows, as source text.
fn drawn() -> String {
    let mut text = "//! Drawn by `draw.rs`: not to be edited.\n#![allow(deprecated, reason = \"what the checks warn of is drawn too\")]\n\nuse flow_core::prelude::*;\n\nuse super::{BitsProcess, Db, work};\n".to_owned();
    for flow in 1..=FLOWS {
        let mut draw = Draw { seed: flow.wrapping_mul(0x9E37_79B9_7F4A_7C15), count: 0, nodes: Vec::new(), open: 0 };
        draw.node("end", "End", "");
        let mut first = "end".to_owned();
        while draw.nodes.len() < 12 {
            first = draw.block(2, &first, "");
        }
        // A first task of a person: processes are taken back to it.
        let first = draw.view(&first, "");
        draw.node(
            "start",
            "Start",
            &format!("form = Drawn{flow}Form {{ bits }}, permission(anyone), next = this.{first}"),
        );
        let nodes: String = draw.nodes.iter().rev().map(String::as_str).collect();
        let _ = write!(
            text,
            "\n#[flow(process = BitsProcess, connection = Db, name = \"drawn{flow}\")]\npub struct Drawn{flow}Flow {{\n{nodes}}}\n"
        );
    }
    text
}

#[test]
fn the_drawn_flows_are_those_that_are_drawn() {
    let (file, text) = (concat!(env!("CARGO_MANIFEST_DIR"), "/tests/model/drawn.rs"), drawn());
    if std::env::var("FLOW_SNAPSHOTS").is_ok_and(|word| word == "overwrite") {
        std::fs::write(file, &text).unwrap();
    }
    assert!(std::fs::read_to_string(file).unwrap() == text, "run with FLOW_SNAPSHOTS=overwrite and review the change");
}
