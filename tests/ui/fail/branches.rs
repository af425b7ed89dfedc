//! A branch that jumps past the join of its split, by a deadline and by a choice.

use flow_core::prelude::*;

#[derive(ProcessProxy)]
pub struct LoanProcess {
    process: Process,
    #[json(default)]
    fine: bool,
}

#[flow(process = LoanProcess)]
pub struct DeadlineFlow {
    #[node(permission(anyone), next = this.split)]
    pub start: Start,

    #[node(next = this.legal, next = this.budget)]
    pub split: Split,

    #[node(permission(anyone), on_timeout(days(3), this.sign), next = this.meet)]
    pub legal: View,

    #[node(permission(anyone), next = this.meet)]
    pub budget: View,

    #[node(next = this.sign)]
    pub meet: Join,

    #[node(permission(anyone), next = this.end)]
    pub sign: View,

    pub end: End,
}

#[flow(process = LoanProcess)]
pub struct ChoiceFlow {
    #[node(permission(anyone), form = StartForm { fine }, next = this.split)]
    pub start: Start,

    #[node(next = this.fine, next = this.budget)]
    pub split: Split,

    #[node(if = |a| a.process.fine(), then = this.tell, else = this.meet)]
    pub fine: If,

    #[node(permission(anyone), next = this.meet)]
    pub budget: View,

    #[node(next = this.tell)]
    pub meet: Join,

    #[node(run = |_a| {}, next = this.end)]
    pub tell: Function,

    pub end: End,
}

fn main() {}
