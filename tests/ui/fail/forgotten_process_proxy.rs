use flow_core::prelude::*;

/// Without its `#[derive(ProcessProxy)]`.
pub struct HelloWorldProcess {
    process: Process,
    text: String,
    approved: bool,
}

#[flow(process = HelloWorldProcess, summary = "Send '{process.text}' to the world")]
pub struct HelloWorldFlow {
    #[node(form = StartForm { text }, permission(anyone), next = this.approve)]
    pub start: Start,
    #[node(form = ApproveForm { approved }, permission(auto), next = this.check_approve)]
    pub approve: View,
    #[node(if = |a| a.process.approved(), then = this.send, else = this.end)]
    pub check_approve: If,
    #[node(run = this.send_hello, next = this.end)]
    pub send: Job,
    pub end: End,
}

impl HelloWorldFlow {
    fn send_hello(job: &JobContext<Self>) {
        println!("{}", job.process.text());
    }
}

static FLOWS: Flows<diesel::SqliteConnection> = flows![HelloWorldFlow];

fn start(conn: &mut diesel::SqliteConnection, user: &dyn User) -> flow_core::Result<usize> {
    FLOWS.migrate(conn)?;
    let process = HelloWorldFlow.start.run(conn, user, StartForm { text: "hi".into() })?;
    let task = HelloWorldFlow.approve.tasks().open().of(process.id()).one(conn)?;
    HelloWorldFlow.approve.execute(conn, task.id(), user, ApproveForm { approved: true })?;
    Ok(HelloWorldFlow.processes().load(conn)?.len())
}

/// A start by code, forms of the app's own, what is given to a child.
#[flow(process = HelloWorldProcess)]
pub struct OtherWaysFlow {
    #[node(next = this.edit)]
    pub start: StartHandle,
    #[node(form = EditForm, permission(anyone), next = this.again)]
    pub edit: View,
    #[node(if = |a| a.process.approved(), then = this.child, else = this.end)]
    pub again: If,
    #[node(start = OtherWaysFlow.start, process_data = |a| a.process.to_data(), next = this.end)]
    pub child: Subprocess,
    pub end: End,
}

pub struct EditForm {
    text: String,
}

impl Form<OtherWaysFlow> for EditForm {
    fn save(self, a: &mut Activation<OtherWaysFlow>, _conn: &mut diesel::SqliteConnection) -> Step {
        a.process.set_text(self.text);
        Ok(())
    }
}

fn main() {}
