// Steps that harm each other: timeouts of subprocesses, callbacks that change their own process, failures of the
// database, subprocesses without end.

#[flow(connection = Db, name = "top")]
pub struct TopFlow {
    #[node(permission(anyone), next = this.one)] pub start: StartHandle,
    #[node(start = OneFlow.start, on_timeout(days(1), this.late), next = this.end)] one: Subprocess,
    late: End, end: End,
}
#[flow(connection = Db, name = "one")]
pub struct OneFlow {
    #[node(permission(anyone), next = this.split)] pub start: StartHandle,
    #[node(next = this.two, next = this.other)] split: Split,
    #[node(start = TwoFlow.start, on_timeout(days(2), this.join), next = this.join)] two: Subprocess,
    #[node(start = TwoFlow.start, next = this.join)] other: Subprocess,
    #[node(next = this.end)] join: Join,
    end: End,
}
#[flow(connection = Db, name = "two")]
pub struct TwoFlow {
    #[node(permission(anyone), next = this.split)] pub start: StartHandle,
    #[node(next = this.look, next = this.work, next = this.wait)] split: Split,
    #[node(permission(anyone), on_timeout(days(5), this.nag, interrupting = false), next = this.join)] pub look: View,
    #[node(run = |_| panic!("its process was cancelled"), next = this.join)] work: Job,
    #[node(delay = days(3), next = this.join)] wait: Timer,
    #[node(next = this.end)] join: Join,
    nag: End, end: End,
}
static NESTED: Flows<Db> = flows![TopFlow, OneFlow, TwoFlow];

/// Which of the ways a callback uses to change its own process.
#[derive(ProcessProxy, Debug)]
pub struct SelfProcess { process: Process, #[json(default)] way: i32, #[json(default)] note: String }

#[flow(process = SelfProcess, connection = Db, name = "self")]
pub struct SelfFlow {
    #[node(permission(anyone), next = this.split)] pub start: StartHandle,
    #[node(next = this.a, next = this.b, next = this.t)] split: Split,
    #[node(permission(anyone), input = (), run = this.act(conn), next = this.join)] pub a: Handle,
    #[node(form = NoteForm { note }, permission(anyone), next = this.join)] pub b: View,
    #[node(delay = hours(1), next = this.f)] t: Timer,
    #[node(run = this.act_late(conn), next = this.join)] f: Function,
    #[node(next = this.end)] join: Join,
    end: End,
}
impl SelfFlow {
    fn act(a: &mut Activation<Self>, conn: &mut Db, _: ()) -> Step { Self::change(a, conn) }
    fn act_late(a: &mut Activation<Self>, conn: &mut Db) -> Step { Self::change(a, conn) }
    fn change(a: &mut Activation<Self>, conn: &mut Db) -> Step {
        let id = a.process.id();
        let b = SelfFlow.b.tasks().of(id).one(conn)?.id();
        match a.process.way() {
            1 => { let mut p = SelfFlow.processes().by_id(id).first(conn)?; p.set_note("saved"); p.save(conn)?; }
            2 => { SelfFlow.processes().by_id(id).update(SelfProcess::FIELDS.note.set("bulk".to_owned()), conn)?; }
            3 => { SelfFlow.b.assign(conn, b, &named("anna"))?; }
            4 => { SelfFlow.b.execute(conn, b, &named("bert"), NoteForm { note: "x".into() })?; }
            5 => { SELF.run_due(conn)?; }
            6 => { SelfFlow.start.run(conn, &ME, SelfProcessData { way: 0, note: String::new() })?; }
            7 => { diesel::delete(flow_task::table.filter(flow_task::process_id.eq(id))).execute(conn)?; }
            8 => { NestFlow.start.run(conn, &ME, NestProcessData { other: id })?; }
            9 => { let _ = SelfFlow.b.assign(conn, b, &named("anna")); }
            10 => { let _ = conn.transaction(|c| SelfFlow.b.assign(c, b, &named("anna")).map(drop)); }
            11 => { NestFlow.start.run(conn, &ME, NestProcessData { other: -id })?; }
            12 => { let _ = diesel::sql_query("select * from nowhere").execute(conn); }
            13 => { let _ = conn.transaction(|c| SelfFlow.b.assign(c, b, &named("anna")).map(drop)); a.process.set_note("ok"); }
            14 => { SelfFlow.processes().update(SelfProcess::FIELDS.note.set("bulk".to_owned()), conn)?; a.process.set_note("ok"); }
            20.. => {
                // By another connection to the same database.
                let mut other = OTHER.get().map(Base::connect).unwrap();
                match a.process.way() {
                    20 => { SelfFlow.b.assign(&mut other, b, &named("anna"))?; }
                    21 => { let mut p = SelfFlow.processes().by_id(id).first(&mut other)?; p.set_note("saved"); p.save(&mut other)?; }
                    22 => { let _ = SelfFlow.b.assign(&mut other, b, &named("anna")); }
                    _ => { SELF.run_due(&mut other)?; }
                }
            }
            _ => {}
        }
        Ok(())
    }
}
static OTHER: std::sync::OnceLock<Base> = std::sync::OnceLock::new();
#[derive(ProcessProxy, Debug)]
pub struct NestProcess { process: Process, #[json(default)] other: i64 }
/// Does something to a process whose step it runs inside of.
#[flow(process = NestProcess, connection = Db, name = "nest")]
pub struct NestFlow {
    #[node(permission(anyone), next = this.f)] pub start: StartHandle,
    #[node(run = this.act(conn), next = this.end)] f: Function,
    end: End,
}
impl NestFlow {
    fn act(a: &mut Activation<Self>, conn: &mut Db) -> Step {
        let other = a.process.other();
        if other < 0 {
            let mut p = SelfFlow.processes().by_id(-other).first(conn)?;
            p.set_note("nested");
            p.save(conn)?;
            return Ok(());
        }
        let b = SelfFlow.b.tasks().of(other).one(conn)?.id();
        SelfFlow.b.assign(conn, b, &named("anna"))?;
        Ok(())
    }
}
static SELF: Flows<Db> = flows![SelfFlow, NestFlow];

/// A child whose code changes its parent.
#[derive(ProcessProxy, Debug)]
pub struct ParentProcess { process: Process, #[json(default)] note: String }
#[flow(process = ParentProcess, connection = Db, name = "parent")]
pub struct ParentFlow {
    #[node(permission(anyone), next = this.kid)] pub start: StartHandle,
    #[node(permission(anyone), next = this.t)] pub later: StartHandle,
    #[node(delay = hours(1), next = this.kid)] t: Timer,
    #[node(start = MeddlerFlow.start, next = this.end)] kid: Subprocess,
    end: End,
}
#[flow(connection = Db, name = "meddler")]
pub struct MeddlerFlow {
    #[node(permission(anyone), next = this.f)] pub start: StartHandle,
    #[node(run = this.act(conn), next = this.end)] f: Function,
    end: End,
}
impl MeddlerFlow {
    fn act(a: &mut Activation<Self>, conn: &mut Db) -> Step {
        let parent = a.process.parent().map(|task| task.process()).unwrap_or_default();
        let mut p = ParentFlow.processes().by_id(parent).first(conn)?;
        p.set_note("by my child");
        p.save(conn)?;
        Ok(())
    }
}
static FAMILY: Flows<Db> = flows![ParentFlow, MeddlerFlow];

#[derive(ProcessProxy, Debug)]
pub struct DeepProcess { process: Process, #[json(default)] n: i64, #[json(default)] wait: bool }
#[flow(process = DeepProcess, connection = Db, name = "deep")]
pub struct DeepFlow {
    #[node(permission(anyone), next = this.slow)] pub start: StartHandle,
    #[node(if = |a| a.process.wait(), then = this.t, else = this.more)] slow: If,
    #[node(delay = seconds(1), next = this.more)] t: Timer,
    #[node(if = |a| a.process.n() > 0, then = this.child, else = this.end)] more: If,
    #[node(start = DeepFlow.start, process_data = |a| DeepProcessData { n: a.process.n() - 1, wait: a.process.wait() }, next = this.end)]
    child: Subprocess,
    end: End,
}
static DEEP: Flows<Db> = flows![DeepFlow];

/// Timers whose code meets a row, or a file, that somebody else holds.
#[derive(ProcessProxy, Debug)]
pub struct BusyProcess { process: Process, #[json(default)] way: i32 }
#[flow(process = BusyProcess, connection = Db, name = "busy")]
pub struct BusyFlow {
    #[node(permission(anyone), next = this.which)] pub start: StartHandle,
    #[node(case(this.job, when = |a| a.process.way() >= 10), case(this.kid, when = |a| a.process.way() >= 5), default = this.t)] which: Switch,
    #[node(delay = hours(1), next = this.f)] t: Timer,
    #[node(run = this.act(conn), next = this.end)] f: Function,
    #[node(run = |_| 1, on_done = this.done(conn), next = this.end)] job: Job,
    #[node(start = SlowFlow.start, next = this.f)] kid: Subprocess,
    end: End,
}
#[flow(connection = Db, name = "slow")]
pub struct SlowFlow {
    #[node(permission(anyone), next = this.t)] pub start: StartHandle,
    #[node(delay = hours(1), next = this.end)] t: Timer,
    end: End,
}
impl BusyFlow {
    fn act(a: &mut Activation<Self>, conn: &mut Db) -> Step { Self::meet(a.process.way(), conn) }
    fn done(a: &mut Activation<Self>, conn: &mut Db, _: i32) -> Step { Self::meet(a.process.way(), conn) }
    fn meet(way: i32, conn: &mut Db) -> Step {
        match way % 5 {
            1 if POSTGRES => { conn.batch_execute("set local lock_timeout = '50ms'; update accounts set n = n + 1")?; }
            1 => {
                let mut other = flow_core::sqlite::open(FILE.get().unwrap())?;
                other.batch_execute("pragma busy_timeout = 50; update accounts set n = n + 1")?;
            }
            2 if POSTGRES => { let _ = conn.batch_execute("set local lock_timeout = '50ms'; update accounts set n = n + 1"); }
            _ => {}
        }
        Ok(())
    }
}
static BUSY: Flows<Db> = flows![BusyFlow, SlowFlow];
static FILE: std::sync::OnceLock<String> = std::sync::OnceLock::new();

fn rows(c: &mut Db) -> String {
    let processes: Vec<Process> = flow_process::table.order(flow_process::id).select(Process::as_select()).load(c).unwrap();
    let tasks: Vec<Task> = flow_task::table.order((flow_task::process_id, flow_task::number)).select(Task::as_select()).load(c).unwrap();
    let audit: i64 = flow_core::schema::flow_audit::table.count().get_result(c).unwrap();
    format!("{processes:?} {tasks:?} {} {audit}", due_rows(c))
}

cases! {
use diesel::SelectableHelper as _;

#[test] fn children_are_cancelled_to_any_depth() {
    let clock = TestClock::install();
    let mut c = base("nested").connect();
    let p = TopFlow.start.run(&mut c, &ME, Default::default()).unwrap().id();
    let looks = TwoFlow.look.tasks().load(&mut c).unwrap();
    assert_eq!(looks.len(), 2);
    TwoFlow.look.assign(&mut c, looks[0].id(), &named("anna")).unwrap();
    // The jobs of the children are not run before their process is cancelled.
    diesel::update(flow_due::table.filter(flow_due::kind.eq("JOB"))).set(flow_due::due.eq(clock.now() + days(1))).execute(&mut c).unwrap();
    clock.advance(days(1));
    static TOP: Flows<Db> = flows![TopFlow];
    TOP.run_due(&mut c).unwrap();
    TOP.expect(&mut c, p).is(ProcessStatus::Done);
    static REST: Flows<Db> = flows![OneFlow];
    REST.run_until_idle(&mut c).unwrap();
    assert!(due_rows(&mut c) > 0);
    clock.advance(hours(1));
    diesel::delete(flow_due::table.filter(flow_due::kind.eq("JOB"))).execute(&mut c).unwrap();
    NESTED.run_until_idle(&mut c).unwrap();
    assert!(NESTED.inbox(&mut c, &named("anna")).unwrap().is_empty());
    assert!(NESTED.queue(&mut c, &named("bert")).unwrap().is_empty());
    let open: i64 = flow_process::table.filter(flow_process::finished.is_null()).count().get_result(&mut c).unwrap();
    let tasks: i64 = flow_task::table.filter(flow_task::finished.is_null()).count().get_result(&mut c).unwrap();
    assert_eq!((open, tasks, due_rows(&mut c)), (0, 0, 0));
    let late = TwoFlow.look.execute(&mut c, looks[0].id(), &named("anna"), ()).unwrap_err();
    assert_eq!(late.kind(), ErrorKind::Conflict);
    clock.advance(days(30));
    assert!(!NESTED.run_due(&mut c).unwrap().any());
}

#[test] fn a_callback_that_changes_its_own_process_is_misuse_or_goes_on() {
    for way in 1..=14 {
        let _clock = TestClock::install();
        let mut c = base(&format!("self-{way}")).connect();
        let p = SelfFlow.start.run(&mut c, &ME, SelfProcessData { way, note: String::new() }).unwrap().id();
        let a = open_task(&mut c, &SELF, p, "a");
        let b = open_task(&mut c, &SELF, p, "b");
        SelfFlow.b.assign(&mut c, b, &named("bert")).unwrap();
        let before = rows(&mut c);
        let outcome = SelfFlow.a.run(&mut c, a, &ME, ()).map(drop);
        match &outcome {
            Err(error) => {
                assert_eq!(rows(&mut c), before, "{way}");
                let allowed = matches!(error.kind(), ErrorKind::Misuse) || matches!(way, 7 | 12) || way == 3;
                assert!(allowed, "{way}: {:?} {error}", error.kind());
            }
            Ok(()) => {
                diesel::sql_query("select 1").execute(&mut c).unwrap();
                let now = SelfFlow.processes().by_id(p).first(&mut c).unwrap();
                assert_eq!(now.status(), ProcessStatus::New, "{way}");
                SelfFlow.b.execute(&mut c, b, &named("bert"), NoteForm { note: "done".into() }).unwrap_or_else(|error| panic!("{way}: {error}"));
            }
        }
        println!("{way}: {outcome:?}");
        // Inside a transaction of the caller's, which goes on.
        let before = rows(&mut c);
        let _ = c.transaction(|c| {
            let _ = SelfFlow.a.run(c, a, &ME, ());
            Err::<(), _>(diesel::result::Error::RollbackTransaction)
        });
        assert_eq!(rows(&mut c), before, "{way}");
    }
}

#[test] fn a_callback_of_the_background_harms_its_own_task_alone() {
    for way in 1..=14 {
        let clock = TestClock::install();
        let mut c = base(&format!("self-late-{way}")).connect();
        let p = SelfFlow.start.run(&mut c, &ME, SelfProcessData { way, note: String::new() }).unwrap().id();
        let good = SelfFlow.start.run(&mut c, &ME, SelfProcessData { way: 0, note: String::new() }).unwrap().id();
        clock.advance(hours(2));
        let report = SELF.run_until_idle(&mut c).unwrap();
        let tasks: Vec<String> = SELF.tasks(&mut c, p).unwrap().iter().map(|t| format!("{}:{}", t.node(), t.status())).collect();
        println!("{way}: {report:?} {tasks:?}");
        let done = SELF.tasks(&mut c, good).unwrap().iter().any(|t| t.node() == "f" && t.status() == TaskStatus::Done);
        assert!(done, "{way}");
        // 7 deletes rows by SQL of its own, past the engine.
        assert!(way == 7 || !tasks.contains(&"t:ERROR".to_owned()), "{way}: the timer is blamed: {tasks:?}");
    }
}

#[test] fn another_connection_does_not_wait_for_its_own_thread() {
    let clock = TestClock::install();
    let mut c = OTHER.get_or_init(|| base("other")).connect();
    // On SQLite each other process that is due would wait for the file.
    for way in if POSTGRES { 20..=23 } else { 20..=22 } {
        let p = SelfFlow.start.run(&mut c, &ME, SelfProcessData { way, note: String::new() }).unwrap().id();
        clock.advance(hours(if way == 23 { 2 } else { 0 }));
        let a = open_task(&mut c, &SELF, p, "a");
        let before = rows(&mut c);
        let outcome = SelfFlow.a.run(&mut c, a, &ME, ()).map(drop).map_err(|error| error.kind());
        assert_eq!(outcome, if way == 22 { Ok(()) } else { Err(ErrorKind::Misuse) }, "{way}");
        // The last has done what is due of the other processes.
        if way < 22 { assert_eq!(rows(&mut c), before, "{way}"); }
    }
    clock.advance(hours(2));
    let report = SELF.run_until_idle(&mut c).unwrap();
    assert_eq!((in_error(&mut c), due_rows(&mut c)), (if POSTGRES { 3 } else { 2 }, 0), "{report:?}");
}

#[test] fn a_child_that_changes_its_parent_is_misuse() {
    let clock = TestClock::install();
    let mut c = base("family").connect();
    let before = rows(&mut c);
    let error = ParentFlow.start.run(&mut c, &ME, ParentProcessData { note: String::new() }).map(drop).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misuse, "{error}");
    assert_eq!(rows(&mut c), before);
    let p = ParentFlow.later.run(&mut c, &ME, ParentProcessData { note: String::new() }).unwrap().id();
    clock.advance(hours(2));
    FAMILY.run_until_idle(&mut c).unwrap();
    FAMILY.expect(&mut c, p).tasks(&["later:DONE", "t:DONE", "kid:ERROR"]);
    let all: i64 = flow_process::table.count().get_result(&mut c).unwrap();
    assert_eq!(all, 1, "nothing of the child is left");
}

#[test] fn subprocesses_have_a_depth() {
    for wait in [false, true] {
        for n in [0, 1, 63, 64, 65, 500] {
            let clock = TestClock::install();
            let mut c = base(&format!("deep-{wait}-{n}")).connect();
            let started = DeepFlow.start.run(&mut c, &ME, DeepProcessData { n, wait });
            if !wait {
                assert_eq!(started.as_ref().map(drop).map_err(|error| matches!(error, Error::Limit { .. })), if n <= 64 { Ok(()) } else { Err(true) }, "{n}");
                let all: i64 = flow_process::table.count().get_result(&mut c).unwrap();
                assert_eq!(all, if n <= 64 { n + 1 } else { 0 });
                continue;
            }
            let p = started.unwrap().id();
            for _ in 0..70 {
                clock.advance(seconds(2));
                DEEP.run_until_idle(&mut c).unwrap();
            }
            let all: i64 = flow_process::table.count().get_result(&mut c).unwrap();
            assert_eq!(all, n.min(64) + 1, "{n}");
            DEEP.expect(&mut c, p).is(if n <= 64 { ProcessStatus::Done } else { ProcessStatus::New });
            assert_eq!((due_rows(&mut c), in_error(&mut c)), (0, i64::from(n > 64)), "{n}");
        }
    }
}

#[test] fn what_is_busy_is_postponed() {
    let clock = TestClock::install();
    let base = base("busy");
    let mut c = base.connect();
    let file = file_of_accounts();
    let (mut holder, mut table) = (base.connect(), flow_core::sqlite::open(&file).unwrap());
    let sql = "create table accounts (n int); insert into accounts values (1)";
    if POSTGRES { c.batch_execute(sql).unwrap(); holder.batch_execute("begin; update accounts set n = 2").unwrap(); }
    else { table.batch_execute(sql).unwrap(); table.batch_execute("begin immediate; update accounts set n = 2").unwrap(); }
    let ways = [1, 2, 6, 7, 11, 12];
    let busy: Vec<i64> = ways.iter().map(|way| BusyFlow.start.run(&mut c, &ME, BusyProcessData { way: *way }).unwrap().id()).collect();
    clock.advance(seconds(1));
    let good: Vec<i64> = [0, 5, 10].iter().map(|way| BusyFlow.start.run(&mut c, &ME, BusyProcessData { way: *way }).unwrap().id()).collect();
    clock.advance(hours(2));
    let report = BUSY.run_until_idle(&mut c).unwrap();
    for p in good { BUSY.expect(&mut c, p).is(ProcessStatus::Done); }
    assert_eq!(in_error(&mut c), 0, "{report:?}");
    assert_eq!(report.postponed, if POSTGRES { 6 } else { 3 }, "{report:?}");
    if POSTGRES { holder.batch_execute("rollback").unwrap(); } else { table.batch_execute("rollback").unwrap(); }
    clock.advance(minutes(10));
    BUSY.run_until_idle(&mut c).unwrap();
    for p in busy { BUSY.expect(&mut c, p).is(ProcessStatus::Done); }
    assert_eq!(due_rows(&mut c), 0);
}

// A row of `flow_due`, and a process, that another transaction holds: the others go on.
#[test] fn a_row_that_somebody_holds_stops_no_other() {
    if !POSTGRES { return; }
    let clock = TestClock::install();
    let base = base("held");
    let (mut c, mut holder) = (base.connect(), base.connect());
    let held = BusyFlow.start.run(&mut c, &ME, BusyProcessData { way: 0 }).unwrap().id();
    clock.advance(seconds(1));
    let good = BusyFlow.start.run(&mut c, &ME, BusyProcessData { way: 0 }).unwrap().id();
    clock.advance(hours(2));
    c.batch_execute("set lock_timeout = '50ms'").unwrap();
    holder.batch_execute(&format!("begin; select * from flow_process where id = {held} for update; select * from flow_due where process_id = {held} for update")).unwrap();
    let report = BUSY.run_until_idle(&mut c).unwrap();
    println!("{report:?}");
    assert!(report.postponed > 0, "{report:?}");
    BUSY.expect(&mut c, good).is(ProcessStatus::Done);
    holder.batch_execute("rollback").unwrap();
    clock.advance(minutes(10));
    BUSY.run_until_idle(&mut c).unwrap();
    BUSY.expect(&mut c, held).is(ProcessStatus::Done);
}
}

fn file_of_accounts() -> String {
    let path = format!("{}/in-flight-accounts-{}.sqlite", env!("CARGO_TARGET_TMPDIR"), std::process::id());
    for end in ["", "-wal", "-shm"] { let _ = std::fs::remove_file(format!("{path}{end}")); }
    FILE.get_or_init(|| path).clone()
}
