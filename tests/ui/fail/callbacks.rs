use flow_core::prelude::*;

#[derive(ProcessProxy)]
pub struct HelloProcess {
    process: Process,
    #[json(default)]
    approved: bool,
}

#[flow(process = HelloProcess)]
pub struct HelloFlow {
    #[node(permission(anyone), next = this.looks)]
    pub start: Start,
    /// What looks cannot write.
    #[node(if = |a| { a.process.set_approved(true); true }, then = this.method, else = this.end)]
    pub looks: If,
    #[node(if = this.writes, then = this.work, else = this.end)]
    pub method: If,
    #[node(run = 5, next = this.end)]
    pub work: Function,
    pub end: End,
}

impl HelloFlow {
    fn writes(a: &mut Activation<Self>) -> bool {
        a.process.set_approved(true);
        true
    }
}

fn main() {}
