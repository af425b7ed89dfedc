use flow_core::prelude::*;

/// What takes failures, and what cannot.
#[flow]
pub struct OddFlow {
    #[node(permission(anyone), next = this.check)]
    pub start: Start,
    #[node(if = |a| a.process.id() > 0, then = this.work, else = this.pay, on_error(this.end))]
    pub check: If,
    #[node(run = |_a| (), on_error(this.end), on_error(this.failed), on_error(this.end, code = "late"),
           on_error(this.failed, code = "late"), next = this.send)]
    pub work: Function,
    #[node(run = |_job| (), on_error(this.end, kode = "late"), on_error(), on_error(this.nowhere, code = "a b"), next = this.end)]
    pub send: Job,
    #[node(permission(anyone), on_error(this.end, code = "a"), on_error(this.end, code = "a", name = "error__a__end"), next = this.end)]
    pub pay: View,
    #[node(code = "")]
    pub failed: ErrorEnd,
    pub stop: ErrorEnd,
    #[node(on_error(this.end))]
    pub end: End,
}

fn main() {}
