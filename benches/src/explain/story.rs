//! A flow that makes the engine send everything it ever sends: people, four eyes, timeouts, jobs, a child, a join.

use diesel::Connection as _;
use flow_core::prelude::*;

use crate::w1::{USER, postgres as w1};
use crate::w2::on_postgres as w2;

type Db = diesel::PgConnection;

/// Somebody else than [`USER`], for four eyes.
const OTHER: System = System("other");

#[derive(ProcessProxy, Debug, Clone)]
pub(crate) struct StoryProcess {
    process: Process,
    #[json(default)]
    approved: bool,
}

#[flow(process = StoryProcess, connection = Db, name = "story")]
#[allow(dead_code, reason = "a flow brings queries that are not asked here")]
pub(crate) struct StoryFlow {
    #[node(permission(anyone), next = this.approve)]
    start: Start,
    #[node(form = StoryApprove { approved }, permission(anyone), different_from(this.start),
           on_timeout(days(3), this.late), next = this.call)]
    approve: View,
    #[node(run = |_job| (), next = this.pause)]
    call: Job,
    #[node(delay = |_a| std::time::Duration::ZERO, next = this.child)]
    pause: Timer,
    #[node(start = PartFlow.part, next = this.end)]
    child: Subprocess,
    late: End,
    end: End,
}

#[flow(process = StoryProcess, connection = Db, name = "part")]
#[allow(dead_code, reason = "a flow brings queries that are not asked here")]
pub(crate) struct PartFlow {
    #[node(permission(anyone), next = this.wait)]
    part: StartHandle,
    #[node(permission(anyone), next = this.end)]
    wait: Handle,
    end: End,
}

/// A rule that is code, which is asked of one page of tasks after another.
#[flow(process = StoryProcess, connection = Db, name = "ruled")]
#[allow(dead_code, reason = "a flow brings queries that are not asked here")]
pub(crate) struct RuledFlow {
    #[node(permission(anyone), next = this.judge)]
    start: Start,
    #[node(permission(this.may), next = this.end)]
    judge: View,
    end: End,
}

impl RuledFlow {
    fn may(_: &dyn User, a: &Activation<Self>) -> bool {
        a.process.approved()
    }
}

/// A child that is waited for no longer.
#[flow(process = StoryProcess, connection = Db, name = "impatient")]
#[allow(dead_code, reason = "a flow brings queries that are not asked here")]
pub(crate) struct ImpatientFlow {
    #[node(permission(anyone), next = this.child)]
    start: Start,
    #[node(start = PartFlow.part, on_timeout(|_a| std::time::Duration::ZERO, this.late), next = this.end)]
    child: Subprocess,
    late: End,
    end: End,
}

static FLOWS: Flows<Db> = flows![StoryFlow, PartFlow, RuledFlow, ImpatientFlow];

/// More tasks than are read at once.
const MORE_THAN_A_PAGE: usize = 201;

/// Everything, once.
fn tell(conn: &mut Db) {
    w1::handle(conn);
    w1::handle_note(conn);
    w1::view(conn);
    w1::view_note(conn);
    w2::instant(conn, 3);
    let tasks = w2::start(conn, 3);
    w2::complete(conn, &tasks);
    let mut process = StoryFlow.start.run(conn, &OTHER, ()).unwrap();
    process.set_approved(false);
    process.save(conn).unwrap();
    let task = StoryFlow.approve.tasks().open().of(process.id()).one(conn).unwrap().id();
    StoryFlow.approve.assign(conn, task, &USER).unwrap();
    StoryFlow.approve.unassign(conn, task, &USER).unwrap();
    StoryFlow.approve.assign(conn, task, &USER).unwrap();
    for _ in 0..MORE_THAN_A_PAGE {
        RuledFlow.start.run(conn, &OTHER, ()).unwrap();
    }
    ImpatientFlow.start.run(conn, &OTHER, ()).unwrap();
    FLOWS.check(conn).unwrap();
    FLOWS.inbox(conn, &USER).unwrap();
    FLOWS.queue(conn, &USER).unwrap();
    StoryFlow.approve.execute(conn, task, &USER, StoryApprove { approved: true }).unwrap();
    // Refused: it says who has done it.
    StoryFlow.approve.execute(conn, task, &USER, StoryApprove { approved: true }).unwrap_err();
    for _ in 0..3 {
        FLOWS.run_due(conn).unwrap();
    }
    for part in PartFlow.wait.tasks().open().load::<Task>(conn).unwrap() {
        PartFlow.wait.run(conn, part.id(), &USER, ()).unwrap();
    }
    FLOWS.run_due(conn).unwrap();
    assert_eq!(FLOWS.process(conn, process.id()).unwrap().status(), flow_core::ProcessStatus::Done);
    FLOWS.tasks(conn, process.id()).unwrap();
    FLOWS.history(conn, process.id()).unwrap();
    // Inside the caller's transaction every step locks.
    conn.transaction::<_, flow_core::Error, _>(|conn| {
        let process = StoryFlow.start.run(conn, &OTHER, ())?;
        let task = TaskId::new(process.id(), 2);
        StoryFlow.approve.assign(conn, task, &USER)?;
        StoryFlow.approve.execute(conn, task, &USER, StoryApprove { approved: true })?;
        Ok(())
    })
    .unwrap();
}

/// Twice: what is different the second time is seen too.
pub(crate) fn run(conn: &mut Db) {
    tell(conn);
    tell(conn);
}
