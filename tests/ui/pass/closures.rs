//! Every way in which a callback can be written.
use flow_core::prelude::*;

type Db = diesel::SqliteConnection;

#[derive(ProcessProxy)]
pub struct AProcess {
    process: Process,
    #[json(default)]
    n: i64,
    #[json(default = "it's \"quoted\"")]
    text: String,
    list: Option<Vec<String>>,
    r#type: Option<i32>,
}

#[flow(process = AProcess, connection = Db, crate = ::flow_core)]
pub struct AFlow {
    #[node(form = AForm { n, r#type }, permission(this.may_begin), next(this.a))]
    start: Start,
    #[node(if = |a| Ok(i64::from_str_radix(a.process.text(), 10)? > a.process.n()), then = this.b, else = this.b)]
    a: If,
    #[node(if = this.check(conn), then = this.c, else = this.c)]
    b: If,
    #[node(run = |a, conn| { diesel::sql_query("select 1").execute(conn)?; a.process.set_n(1); Ok(()) }, next = this.d)]
    c: Function,
    #[node(run = async |job| { std::future::ready(()).await; job.process.n() }, on_done = |a, n| a.process.set_n(n), next = this.e)]
    d: Job,
    #[node(run = |job| async move { std::future::ready(()).await; Ok(job.process.text().parse::<i64>()?) },
           on_done = |a, _conn, n| { a.process.set_n(n); Ok(std::fs::metadata("/").map(drop)?) }, next = this.f)]
    e: Job,
    #[node(run = |job| Ok(job.process.text().parse::<i64>()?), on_done = |_, n| if n > 0 { Ok(()) } else { Err("no".into()) },
           next = this.h)]
    f: Job,
    #[node(run = |a| { if a.process.n() < 0 { return Err("negative".into()); } a.process.set_n(2); Ok(()) }, next = this.i)]
    h: Function,
    #[node(if = |a| match a.process.n() { 0 => Err("none".into()), n => Ok(n > 1) }, then = this.g, else = this.g)]
    i: If,
    #[node(permission(this.may_do), assign = this.who, on_timeout(this.patience, this.r#loop),
           on_timeout(|a| seconds(a.process.n().unsigned_abs()), this.end, interrupting = false), next = this.r#loop)]
    g: View,
    #[node(permission("can_loop"), assign = this.somebody(conn), next = this.end, title = "Again", summary = "{process.n} {{of}} {process.list}")]
    r#loop: View,
    #[node(input = i64, run = |n, _conn| Ok(AProcessData { n: n.try_into()?, ..AProcessData::default() }), next = this.g)]
    by_closure: StartHandle,
    #[node(input = String, run = this.from_text(conn), permission(anyone), next = this.g)]
    by_method: StartHandle,
    end: End,
}

impl AFlow {
    fn from_text(text: String, _: &mut Db) -> AProcessData {
        AProcessData { text, ..AProcessData::default() }
    }
    fn may_begin(user: &dyn User) -> Result<bool, std::fmt::Error> {
        Ok(user.manages("a"))
    }
    fn who(a: &Activation<Self>) -> Result<Option<String>, std::fmt::Error> {
        Ok(Some(a.process.text().to_owned()))
    }
    fn somebody(a: &Activation<Self>, _: &mut Db) -> diesel::QueryResult<String> {
        Ok(a.process.text().to_owned())
    }
    fn may_do(user: &dyn User, a: &Activation<Self>) -> bool {
        user.id() == a.process.text()
    }
    fn check(a: &Activation<Self>, conn: &mut Db) -> diesel::QueryResult<bool> {
        let n: i64 = flow_core::schema::flow_process::table.count().get_result(conn)?;
        Ok(n > a.process.n())
    }
    fn patience<T>(_: &Activation<Self, T>) -> std::time::Duration {
        hours(1)
    }
}

fn main() {
    let names: Vec<_> = AFlow.graph().nodes.iter().map(|node| node.name).collect();
    assert_eq!(names, ["start", "a", "b", "c", "d", "e", "f", "h", "i", "g", "g__timeout__loop", "g__timeout__end", "loop", "by_closure", "by_method", "end"]);
}
