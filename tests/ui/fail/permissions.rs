//! What a method of permission looks like: mistakes are told at the word that names it.

use flow_core::prelude::*;

#[derive(ProcessProxy)]
pub struct LeaveProcess {
    process: Process,
    #[json(default)]
    days: i64,
}

#[flow(process = LeaveProcess)]
pub struct LeaveFlow {
    #[node(permission(this.too_early), next = this.approve)]
    pub start: Start,
    #[node(permission(this.no_answer), next = this.sign)]
    pub approve: View,
    #[node(permission(this.of_the_process), next = this.file)]
    pub sign: View,
    #[node(permission(this.writes), next = this.end)]
    pub file: View,
    pub end: End,
}

impl LeaveFlow {
    fn too_early(user: &dyn User, a: &Activation<Self>) -> bool {
        user.id() == "anna" && a.process.days() > 1
    }
    fn no_answer(user: &dyn User, _: &Activation<Self>) -> Option<String> {
        Some(user.id().to_owned())
    }
    fn of_the_process(user: &dyn User, process: &LeaveProcess) -> bool {
        user.id() == "anna" && process.days() > 1
    }
    fn writes(_: &dyn User, a: &mut Activation<Self>) -> bool {
        a.process.set_days(1);
        true
    }
}

fn main() {}
