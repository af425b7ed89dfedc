//! One form written out at two tasks, and no process that has its fields.
use flow_core::prelude::*;

#[derive(ProcessProxy)]
pub struct TwiceProcess {
    process: Process,
    #[json(default)]
    ok: bool,
    #[json(default)]
    late: bool,
}

#[flow(process = TwiceProcess)]
pub struct TwiceFlow {
    #[node(permission(anyone), next = this.check)]
    pub start: Start,
    #[node(form = CheckForm { ok }, permission(anyone), next = this.again)]
    pub check: View,
    #[node(form = CheckForm { late }, permission(anyone), next = this.end)]
    pub again: View,
    pub end: End,
}

#[flow]
pub struct PlainFlow {
    #[node(form = TextForm { text }, permission(anyone), next = this.end)]
    pub start: Start,
    pub end: End,
}

#[flow(process = TwiceProcess)]
pub struct CommaFlow {
    #[node(permission(anyone), next = this.check)]
    pub start: Start,
    #[node(form = OkForm { ok } permission(anyone), next = this.again)]
    pub check: View,
    #[node(form = { late }, permission(anyone), next = this.end)]
    pub again: View,
    pub end: End,
}

/// A type that is none of a process.
pub struct Bare {
    text: String,
}

#[flow(process = Bare)]
pub struct BareFlow {
    #[node(permission(anyone), next = this.end)]
    pub start: Start,
    pub end: End,
}

fn main() {}
