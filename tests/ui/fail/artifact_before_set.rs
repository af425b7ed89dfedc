use flow_core::prelude::*;

diesel::table! { reports (id) { id -> Integer, title -> Text, } }

#[derive(Clone, diesel::Queryable, diesel::Selectable, diesel::Identifiable, FlowModel)]
#[diesel(table_name = reports)]
pub struct Report {
    id: i32,
    title: String,
}

#[derive(ProcessProxy, Debug)]
#[proxy(artifact = Report)]
pub struct OrderProcess {
    process: Process,
    amount: i64,
}

#[derive(ProcessProxy, Debug)]
#[proxy(seed = Report)]
pub struct PrintProcess {
    process: Process,
}

#[flow(process = PrintProcess)]
pub struct PrintFlow {
    #[node(permission(anyone), next = this.end)]
    pub start: StartHandle,

    pub end: End,
}

#[flow(process = OrderProcess)]
pub struct OrderFlow {
    #[node(form = StartForm { amount }, permission(anyone), next = this.big)]
    pub start: Start,

    #[node(if = |a| a.process.amount() > 100, then = this.write, else = this.print)]
    pub big: If,

    #[node(run = |a| a.process.set_artifact(&Report { id: 1, title: "Sum".to_owned() }), next = this.print)]
    pub write: Function,

    #[node(start = PrintFlow.start, process_seed = |a| a.process.artifact_ref(), next = this.end)]
    pub print: Subprocess,

    pub end: End,
}

fn main() {}
