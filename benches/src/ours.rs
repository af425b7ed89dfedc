//! The hello-world flow: start, assign, execute, claim and complete; five transactions a process.

use diesel::connection::SimpleConnection as _;
use flow_core::prelude::*;

#[derive(ProcessProxy)]
pub(crate) struct HelloWorldProcess {
    process: Process,
    #[json(max_length = 50)]
    text: String,
    #[json(default)]
    approved: bool,
}

#[flow(process = HelloWorldProcess)]
pub(crate) struct HelloWorldFlow {
    #[node(form = StartForm { text }, permission(anyone), next = this.approve)]
    pub start: Start,
    #[node(form = ApproveForm { approved }, permission(auto),
           on_timeout(days(3), this.escalate), next = this.check_approve)]
    pub approve: View,
    #[node(if = |a| a.process.approved(), then = this.send, else = this.end)]
    pub check_approve: If,
    #[node(run = |job| { std::hint::black_box(job.process.text()); }, next = this.end)]
    pub send: Job,
    pub escalate: End,
    pub end: End,
}

static FLOWS: Flows<diesel::SqliteConnection> = flows![HelloWorldFlow];

pub(crate) fn run(path: &str, synchronous: &str, count: i64) -> std::time::Duration {
    let mut conn = flow_core::sqlite::open(path).unwrap();
    conn.batch_execute(&format!("PRAGMA synchronous = {synchronous}")).unwrap();
    FLOWS.migrate(&mut conn).unwrap();
    let user = System("bench");
    let taken = crate::timed(|| {
        for _ in 0..count {
            let form = StartForm { text: "Hello, world!".to_owned() };
            let process = HelloWorldFlow.start.run(&mut conn, &user, form).unwrap();
            let task = TaskId::new(process.id(), 2);
            HelloWorldFlow.approve.assign(&mut conn, task, &user).unwrap();
            HelloWorldFlow.approve.execute(&mut conn, task, &user, ApproveForm { approved: true }).unwrap();
            assert_eq!(FLOWS.run_due(&mut conn).unwrap().done, 1);
        }
    });
    let done: i64 = HelloWorldFlow
        .processes()
        .filter(flow_core::schema::flow_process::status.eq("DONE"))
        .count()
        .get_result(&mut conn)
        .unwrap();
    assert_eq!(done, count);
    taken
}
