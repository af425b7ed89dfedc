use flow_core::prelude::*;

#[derive(ProcessProxy)]
pub struct VoteProcess {
    process: Process,
    #[json(default)]
    note: String,
    #[json(default)]
    decision: bool,
}

/// Values that are lost, and people that cannot be.
#[flow(process = VoteProcess)]
pub struct VoteFlow {
    #[node(permission(anyone), next = this.split)]
    pub start: Start,
    #[node(next(this.a, when = |a| a.process.decision()), next(this.b, task_data_source = |_| [1, 2]))]
    pub split: Split,
    #[node(form = AForm { note }, permission(anyone), next = this.join)]
    pub a: View,
    #[node(form = BForm { note, decision }, permission(anyone), next = this.join)]
    pub b: View,
    #[node(next = this.big)]
    pub join: Join,
    #[node(if = |a| a.process.decision(), then = this.review, else = this.sign)]
    pub big: If,
    #[node(permission(anyone), next = this.sign)]
    pub review: View,
    #[node(assign = this.review.owner, next = this.last)]
    pub sign: View,
    #[node(assign = this.start.owner, different_from(this.start), next = this.end)]
    pub last: View,
    pub end: End,
}

fn main() {}
