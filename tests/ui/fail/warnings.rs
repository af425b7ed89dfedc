#![deny(deprecated)]
use flow_core::prelude::*;

#[derive(ProcessProxy)]
pub struct OrderProcess {
    process: Process,
    amount: i64,
    #[json(default)]
    approved: bool,
    #[json(default)]
    paid: bool,
}

/// What runs, and was hardly meant.
#[flow(process = OrderProcess)]
pub struct OddFlow {
    #[node(form = StartForm { amount }, permission(anyone), next = this.route)]
    pub start: Start,
    #[node(default = this.one, case(this.two, when = |a| a.process.amount() < 10),
           case(this.same, when = |a| a.process.amount() < 10))]
    pub route: Switch,
    #[node(next = this.sign)]
    pub one: Split,
    #[node(next = this.sign, next = this.sign, next = this.pack, next = this.bill)]
    pub two: Split,
    #[node(if = |_| true, then = this.pass, else = this.pass)]
    pub same: If,
    #[node(permission(anyone), next = this.end)]
    pub pack: View,
    #[node(run = |_| (), next = this.end)]
    pub bill: Function,
    #[node(next = this.few)]
    pub pass: Join,
    #[node(next = this.lone, next = this.end)]
    pub few: Split,
    #[node(permission(anyone), next = this.alone)]
    pub lone: View,
    #[node(next = this.end)]
    pub alone: Join,
    #[node(next = this.merge)]
    pub sign: View,
    #[node(next = this.left, next = this.right)]
    pub merge: Split,
    #[node(permission(anyone), next = this.both)]
    pub left: View,
    #[node(permission(anyone), next = this.both)]
    pub right: View,
    #[node(permission(anyone), next = this.end)]
    pub both: View,
    pub end: End,
}

/// What is decided by data that is not there, or old.
#[flow(process = OrderProcess)]
pub struct DataFlow {
    #[node(form = BeginForm { amount }, permission(anyone), next = this.big)]
    pub start: Start,
    #[node(if = |a| a.process.amount() > 100, then = this.approve, else = this.check)]
    pub big: If,
    #[node(form = ApproveForm { approved }, permission(anyone), next = this.check)]
    pub approve: View,
    #[node(if = |a| a.process.approved(), then = this.split, else = this.rework)]
    pub check: If,
    #[node(permission(anyone), next = this.check)]
    pub rework: View,
    #[node(next = this.edit, next = this.look)]
    pub split: Split,
    #[node(form = EditForm { amount }, permission(anyone), next = this.join)]
    pub edit: View,
    #[node(if = |a| a.process.amount() > 100 && a.process.paid(), then = this.audit, else = this.join)]
    pub look: If,
    #[node(permission(anyone), next = this.join)]
    pub audit: View,
    #[node(next = this.end)]
    pub join: Join,
    pub end: End,
}

/// Ends of the whole process.
#[flow]
pub struct StopFlow {
    #[node(permission(anyone), next = this.split)]
    pub start: Start,
    #[node(permission(anyone), next = this.over)]
    pub short: Start,
    #[node(next = this.withdraw, next = this.charge)]
    pub split: Split,
    #[node(permission(anyone), next = this.withdrawn)]
    pub withdraw: View,
    #[node(run = |_job| (), next = this.paid)]
    pub charge: Job,
    pub withdrawn: TerminateEnd,
    pub over: TerminateEnd,
    pub paid: End,
}

fn main() {}
