// Who may do what, and what people hand over.

use flow_core::form::Sent;

#[derive(ProcessProxy, Debug)]
pub struct WhoProcess { process: Process, #[json(default)] who: String, #[json(default)] note: String }
#[flow(process = WhoProcess, connection = Db, name = "who")]
pub struct WhoFlow {
    #[node(permission(anyone), next = this.first)] pub start: StartHandle,
    #[node(permission(anyone), next = this.t)] pub later: StartHandle,
    #[node(delay = hours(1), next = this.first)] t: Timer,
    #[node(form = FirstForm { note }, assign = this.choose, next = this.end)] pub first: View,
    end: End,
}
impl WhoFlow {
    fn choose(a: &Activation<Self>) -> Step<Option<String>> {
        match a.process.who() {
            "fail" => Err("no choice".into()),
            "panic" => panic!("no choice"),
            "nul" => Ok(Some("a\0b".into())),
            "long" => Ok(Some("x".repeat(10_000))),
            "none" => Ok(None),
            who => Ok(Some(who.to_owned())),
        }
    }
}
static WHO: Flows<Db> = flows![WhoFlow];

#[flow(process = WhoProcess, connection = Db, name = "rule")]
pub struct RuleFlow {
    #[node(permission(anyone), next = this.v)] pub start: StartHandle,
    #[node(form = RuleForm { note }, permission(this.may), next = this.end)] pub v: View,
    end: End,
}
impl RuleFlow {
    fn may(user: &dyn User, a: &Activation<Self>) -> Step<bool> {
        match a.process.who() {
            "panic" => panic!("a rule"),
            "fail" => Err(diesel::result::Error::NotFound.into()),
            who => Ok(who == user.id()),
        }
    }
}
static RULE: Flows<Db> = flows![RuleFlow];

#[derive(TaskProxy, Debug)] pub struct ItemTask { task: Task, k: i64 }
#[flow(process = WhoProcess, connection = Db, name = "eyes")]
pub struct EyesFlow {
    #[node(permission(anyone), next = this.split)] pub start: StartHandle,
    #[node(next(this.review, task_data_source = |_a| (0..3).map(|k| ItemTaskData { k })), next = this.join)] split: Split,
    #[node(task = ItemTask, permission(anyone), next = this.join)] pub review: View,
    #[node(next = this.again)] join: Join,
    #[node(form = AgainForm { note }, permission(anyone), next = this.which)] pub again: View,
    #[node(if = |a| a.process.note() == "again", then = this.split, else = this.sign)] which: If,
    #[node(permission(anyone), different_from(this.review, this.again), assign = |a| a.process.who(), next = this.end)] pub sign: View,
    end: End,
}
static EYES: Flows<Db> = flows![EyesFlow];
#[flow(process = WhoProcess, connection = Db, name = "eyes")]
pub struct Eyes2Flow {
    #[node(permission(anyone), next = this.split)] pub start: StartHandle,
    #[node(next(this.check, task_data_source = |_a| (0..3).map(|k| ItemTaskData { k })), next = this.join)] split: Split,
    #[node(was = ["review"], task = ItemTask, permission(anyone), next = this.join)] pub check: View,
    #[node(next = this.again)] join: Join,
    #[node(form = Again2Form { note }, permission(anyone), next = this.which)] pub again: View,
    #[node(if = |a| a.process.note() == "again", then = this.split, else = this.sign)] which: If,
    #[node(permission(anyone), different_from(this.check, this.again), assign = |a| a.process.who(), next = this.end)] pub sign: View,
    end: End,
}

#[derive(JsonModel, Clone, Debug, PartialEq)]
pub struct Line { sku: String, #[json(default)] amount: i64 }
#[derive(ProcessProxy, Debug)]
pub struct FormProcess {
    process: Process,
    #[json(max_length = 5)] text: String,
    #[json(default)] yes: bool,
    #[json(default)] small: i8,
    #[json(default)] big: u64,
    #[json(default)] real: f64,
    day: Option<flow_core::Timestamp>,
    maybe: Option<bool>,
    #[json(default)] list: Vec<String>,
    #[json(default)] lines: Vec<Line>,
    any: Option<serde_json::Value>,
}
#[flow(process = FormProcess, connection = Db, name = "form")]
pub struct FormFlow {
    #[node(form = StartForm { text, yes, small, big, real, day, maybe, list, lines, any }, permission("start"), next = this.v)] pub start: Start,
    #[node(form = ViewForm { text, yes, small, big, real, day, maybe, list, lines, any }, permission("view"), next = this.h)] pub v: View,
    #[node(permission("hand"), input = Line, run = |_a, _i| (), next = this.end)] pub h: Handle,
    end: End,
}
static FORM: Flows<Db> = flows![FormFlow];

fn hostile() -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = Vec::new();
    let values = [
        "null", "true", "\"\"", "\"\\u0000\"", "\"a\\u0000b\"", "\"\\ud800\"", "1e999", "-1e999", "1e400", "999999999999999999999999",
        "-1", "1.5", "128", "[]", "[[]]", "[null]", "{}", "{\"sku\":1}", "[{\"sku\":\"\\u0000\"}]", "[{\"sku\":null}]", "\"2026-99-99\"",
        "\"99999-01-01T00:00:00Z\"", "\"-0001-01-01T00:00:00Z\"", "{\"\\u0000\":1}", "[\"\\u0000\"]",
    ];
    for field in ["text", "yes", "small", "big", "real", "day", "maybe", "list", "lines", "any", "nowhere", "sku", "amount"] {
        for value in values {
            let rest = r#""yes":false,"small":1,"big":1,"real":1,"list":[],"lines":[],"text":"t""#;
            let others: Vec<&str> = rest.split(",\"").map(|part| part.trim_start_matches('"')).filter(|part| !part.starts_with(&format!("{field}\""))).collect();
            let others: Vec<String> = others.iter().map(|part| format!("\"{part}")).collect();
            all.push(format!("{{\"{field}\":{value},{}}}", others.join(",")).into_bytes());
            all.push(format!("{{\"{field}\":{value}}}").into_bytes());
        }
    }
    let deep = format!("{{\"any\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    for raw in ["", "{", "[]", "null", "1", "\u{feff}{}", "{\"text\":\"a\",\"text\":\"b\"}", deep.as_str()] {
        all.push(raw.as_bytes().to_vec());
    }
    all.push(vec![0xff, 0xfe, 0x00]);
    all
}

fn hostile_urlencoded() -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = Vec::new();
    let good = "text=t&small=1&big=1&real=1";
    for field in ["text", "yes", "small", "big", "real", "day", "maybe", "list", "lines", "any", "nowhere", "lines[0].sku", "lines[999999999].sku", "lines[-1]"] {
        for value in ["", "%00", "a%00b", "%ff", "%", "%zz", "on", "NaN", "inf", "1e999", "-0", "99999999999999999999", "%F0%9F%98%80", "{}", "[]", "null"] {
            all.push(format!("{field}={value}&{good}").into_bytes());
            all.push(format!("{good}&{field}={value}").into_bytes());
            all.push(format!("{field}={value}").into_bytes());
        }
    }
    for raw in ["", "&", "=", "&&==", "text", "text=&text=", "%00=%00"] { all.push(raw.as_bytes().to_vec()); }
    all.push(vec![0xff, b'=', 0xfe]);
    all
}

fn unharmed(c: &mut Db) {
    diesel::sql_query("select 1").execute(c).unwrap();
}

cases! {
#[test] fn assign_that_cannot_name_anybody() {
    let clock = TestClock::install();
    let mut c = base("assign").connect();
    for who in ["fail", "nul", "long"] {
        let before: i64 = flow_process::table.count().get_result(&mut c).unwrap();
        let error = WhoFlow.start.run(&mut c, &ME, WhoProcessData { who: who.into(), note: String::new() }).map(drop).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Step, "{who}: {error}");
        let after: i64 = flow_process::table.count().get_result(&mut c).unwrap();
        assert_eq!(before, after);
        let p = WhoFlow.later.run(&mut c, &ME, WhoProcessData { who: who.into(), note: String::new() }).unwrap().id();
        clock.advance(hours(2));
        assert_eq!(WHO.run_until_idle(&mut c).unwrap().failed, 1, "{who}");
        WHO.expect(&mut c, p).tasks(&["later:DONE", "t:DONE", "first:ERROR"]);
    }
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        WhoFlow.start.run(&mut c, &ME, WhoProcessData { who: "panic".into(), note: String::new() }).map(drop)
    }));
    assert!(panicked.is_err());
    unharmed(&mut c);
    for who in ["", "none"] {
        let p = WhoFlow.start.run(&mut c, &ME, WhoProcessData { who: who.into(), note: String::new() }).unwrap().id();
        let task = open_task(&mut c, &WHO, p, "first");
        assert_eq!(WHO.task(&mut c, task).unwrap().status(), TaskStatus::New);
        assert_eq!(WhoFlow.first.assign(&mut c, task, &named("anna")).map(drop).map_err(|e| e.kind()), Err(ErrorKind::Denied));
        assert!(WHO.queue(&mut c, &ME).unwrap().iter().any(|t| t.id() == task));
    }
    // Released and taken again; nobody else may, without a rule.
    let p = WhoFlow.start.run(&mut c, &ME, WhoProcessData { who: "anna".into(), note: String::new() }).unwrap().id();
    let task = open_task(&mut c, &WHO, p, "first");
    assert_eq!(WhoFlow.first.unassign(&mut c, task, &named("bert")).map(drop).map_err(|e| e.kind()), Err(ErrorKind::Denied));
    WhoFlow.first.unassign(&mut c, task, &named("anna")).unwrap();
    assert_eq!(WHO.queue(&mut c, &named("anna")).unwrap().len(), 1);
    assert_eq!(WHO.queue(&mut c, &named("bert")).unwrap().len(), 0);
    assert_eq!(WhoFlow.first.assign(&mut c, task, &named("bert")).map(drop).map_err(|e| e.kind()), Err(ErrorKind::Denied));
    WhoFlow.first.assign(&mut c, task, &named("anna")).unwrap();
    WhoFlow.first.execute(&mut c, task, &named("anna"), FirstForm { note: "x".into() }).unwrap();
}

#[test] fn ids_that_cannot_be_stored_are_invalid_everywhere() {
    let mut c = base("ids").connect();
    let p = WhoFlow.start.run(&mut c, &ME, WhoProcessData { who: String::new(), note: String::new() }).unwrap().id();
    let task = open_task(&mut c, &WHO, p, "first");
    for id in ["a\0b", "", &"x".repeat(10_000)] {
        let who = named(id);
        let kinds = [
            WhoFlow.start.run(&mut c, &who, WhoProcessData { who: String::new(), note: String::new() }).map(drop).unwrap_err().kind(),
            WhoFlow.first.assign(&mut c, task, &who).map(drop).unwrap_err().kind(),
            WhoFlow.first.unassign(&mut c, task, &who).map(drop).unwrap_err().kind(),
            WhoFlow.first.execute(&mut c, task, &who, FirstForm { note: String::new() }).map(drop).unwrap_err().kind(),
            WHO.queue(&mut c, &who).map(drop).unwrap_err().kind(),
            WHO.inbox(&mut c, &who).map(drop).unwrap_err().kind(),
        ];
        assert_eq!(kinds, [ErrorKind::Invalid; 6], "{id:.5}");
    }
    for key in ["a\0b", "", &"x".repeat(10_000)] {
        let kind = WhoFlow.start.run_once(&mut c, &ME, key, WhoProcessData { who: String::new(), note: String::new() }).map(drop).unwrap_err().kind();
        assert_eq!(kind, ErrorKind::Invalid);
    }
}

#[test] fn a_rule_that_fails_or_panics_costs_its_own_task() {
    let mut c = base("rule").connect();
    for n in 0..1_000 {
        let who = match n { 3 => "panic", 5 => "fail", _ => "bert" };
        RuleFlow.start.run(&mut c, &ME, WhoProcessData { who: who.into(), note: String::new() }).unwrap();
    }
    let p = RuleFlow.start.run(&mut c, &ME, WhoProcessData { who: "anna".into(), note: String::new() }).unwrap().id();
    let queue = RULE.queue(&mut c, &named("anna")).unwrap();
    assert_eq!(queue.iter().map(|t| t.id().process()).collect::<Vec<_>>(), [p]);
    unharmed(&mut c);
    let tasks = RuleFlow.v.tasks().order((flow_task::process_id, flow_task::number)).limit(10).load::<Task>(&mut c).unwrap();
    let (panics, fails) = (tasks[3].id(), tasks[5].id());
    for verb in 0..2 {
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| match verb {
            0 => RuleFlow.v.assign(&mut c, panics, &named("anna")).map(drop),
            _ => RuleFlow.v.execute(&mut c, panics, &named("anna"), RuleForm { note: String::new() }).map(drop),
        }));
        assert!(panicked.is_err());
        unharmed(&mut c);
    }
    assert_eq!(RuleFlow.v.assign(&mut c, fails, &named("anna")).map(drop).unwrap_err().kind(), ErrorKind::Step);
    RuleFlow.v.assign(&mut c, queue[0].id(), &named("anna")).unwrap();
    RuleFlow.v.execute(&mut c, queue[0].id(), &named("anna"), RuleForm { note: String::new() }).unwrap();
}

#[test] fn four_eyes_over_branches_and_rounds() {
    let mut c = base("eyes").connect();
    let p = EyesFlow.start.run(&mut c, &ME, WhoProcessData { who: "b0".into(), note: String::new() }).unwrap().id();
    for round in ["a", "b"] {
        let open: Vec<Task> = EyesFlow.review.tasks().of(p).open().order(flow_task::number).load(&mut c).unwrap();
        assert_eq!(open.len(), 3);
        for (n, task) in open.iter().enumerate() {
            // Taken by somebody who releases it: that one did nothing.
            let idle = named("idle");
            EyesFlow.review.assign(&mut c, task.id(), &idle).unwrap();
            EyesFlow.review.unassign(&mut c, task.id(), &idle).unwrap();
            let user = named(&format!("{round}{n}"));
            EyesFlow.review.assign(&mut c, task.id(), &user).unwrap();
            EyesFlow.review.execute(&mut c, task.id(), &user, ()).unwrap();
        }
        let again = open_task(&mut c, &EYES, p, "again");
        let user = named(&format!("again-{round}"));
        EyesFlow.again.assign(&mut c, again, &user).unwrap();
        let note = if round == "a" { "again" } else { "go" };
        EyesFlow.again.execute(&mut c, again, &user, AgainForm { note: note.into() }).unwrap();
    }
    let sign = open_task(&mut c, &EYES, p, "sign");
    assert_eq!(EYES.task(&mut c, sign).unwrap().status(), TaskStatus::New, "b0 reviewed");
    for who in ["a0", "a1", "a2", "b0", "b1", "b2", "again-a", "again-b"] {
        let user = named(who);
        assert!(EYES.queue(&mut c, &user).unwrap().is_empty(), "{who}");
        assert_eq!(EyesFlow.sign.assign(&mut c, sign, &user).map(drop).unwrap_err().kind(), ErrorKind::Denied, "{who}");
        assert_eq!(Eyes2Flow.sign.assign(&mut c, sign, &user).map(drop).unwrap_err().kind(), ErrorKind::Denied, "{who} renamed");
    }
    EyesFlow.sign.assign(&mut c, sign, &named("idle")).unwrap();
}

#[test] fn whatever_is_sent_is_refused_or_stored() {
    let mut c = base("form").connect();
    let bodies: Vec<(bool, Vec<u8>)> = hostile().into_iter().map(|b| (true, b)).chain(hostile_urlencoded().into_iter().map(|b| (false, b))).collect();
    let mut good = 0;
    for (json, body) in &bodies {
        let sent = |body: &'static [u8]| if *json { Sent::Json(body) } else { Sent::Urlencoded(body) };
        let body: &'static [u8] = Box::leak(body.clone().into_boxed_slice());
        let text = String::from_utf8_lossy(&body[..body.len().min(80)]).into_owned();
        let denied = FORM.start(&mut c, "form", "start", &named("anna"), sent(body)).map(drop).unwrap_err();
        assert_eq!(denied.kind(), ErrorKind::Denied, "{text}");
        match FORM.start(&mut c, "form", "start", &ME, sent(body)) {
            Ok(process) => {
                good += 1;
                FormFlow.processes().by_id(process.id()).first(&mut c).unwrap_or_else(|e| panic!("{text}: {e}"));
            }
            Err(error) => assert_eq!(error.kind(), ErrorKind::Invalid, "{text}: {error}"),
        }
        unharmed(&mut c);
    }
    assert!(good > 0);
    let p = FormFlow.start.run(&mut c, &ME, StartForm { text: "t".into(), yes: false, small: 0, big: 0, real: 0.0, day: None, maybe: None, list: vec![], lines: vec![], any: None }).unwrap().id();
    let v = open_task(&mut c, &FORM, p, "v");
    FORM.assign(&mut c, v, &ME).unwrap();
    for (json, body) in &bodies {
        let sent = |body: &'static [u8]| if *json { Sent::Json(body) } else { Sent::Urlencoded(body) };
        let body: &'static [u8] = Box::leak(body.clone().into_boxed_slice());
        let text = String::from_utf8_lossy(&body[..body.len().min(80)]).into_owned();
        let denied = FORM.execute(&mut c, v, &named("anna"), sent(body)).map(drop).unwrap_err();
        assert_eq!(denied.kind(), ErrorKind::Denied, "{text}");
        let outcome = c.transaction(|c| match FORM.execute(c, v, &ME, sent(body)) {
            Ok(_) => {
                let h = open_task(c, &FORM, p, "h");
                let denied = FORM.run(c, h, &named("anna"), sent(body)).map(drop).unwrap_err();
                assert_eq!(denied.kind(), ErrorKind::Denied, "{text}");
                if let Err(error) = FORM.run(c, h, &ME, sent(body)) {
                    assert_eq!(error.kind(), ErrorKind::Invalid, "{text}: {error}");
                }
                Err::<(), Error>(diesel::result::Error::RollbackTransaction.into())
            }
            Err(error) => Err(error),
        });
        match outcome {
            Err(Error::Database(diesel::result::Error::RollbackTransaction)) => {}
            other => assert_eq!(other.unwrap_err().kind(), ErrorKind::Invalid, "{text}"),
        }
    }
}

#[test] fn names_that_nobody_has_are_not_found() {
    let mut c = base("names").connect();
    for (flow, node) in [("", ""), ("form", "a\0b"), ("a\0b", "start"), ("form", "v"), ("form", "end")] {
        let error = FORM.start(&mut c, flow, node, &ME, Sent::Json(b"{}")).map(drop).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound, "{flow} {node}: {error}");
    }
    for task in [TaskId::new(0, 0), TaskId::new(i64::MAX, i32::MAX), TaskId::new(-1, -1)] {
        assert_eq!(FORM.execute(&mut c, task, &ME, Sent::Json(b"{}")).map(drop).unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!(FORM.run(&mut c, task, &ME, Sent::Json(b"{}")).map(drop).unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!(FORM.assign(&mut c, task, &ME).map(drop).unwrap_err().kind(), ErrorKind::NotFound);
    }
}
}
