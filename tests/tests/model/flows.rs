//! The flows of the test: what they decide is in `bits` of the process, so that the reference decides the same.

use flow_core::prelude::*;

pub type Db = diesel::SqliteConnection;

/// This bit makes the body of each job fail.
pub const FAILS: u8 = 1 << 7;

#[derive(ProcessProxy, Debug, Clone)]
pub struct BitsProcess {
    process: Process,
    bits: u8,
}

/// A job's body.
fn work(bits: u8) -> Step {
    if bits & FAILS == 0 { Ok(()) } else { Err("as asked".into()) }
}

/// Branches with a reminder, a deadline, a job, a decision that ends one of them, and a loop around all.
#[flow(process = BitsProcess, connection = Db, name = "loops")]
pub struct LoopsFlow {
    #[node(form = LoopsForm { bits }, permission(anyone), next = this.prepare)]
    pub start: Start,
    #[node(permission(anyone), next = this.split)]
    pub prepare: View,
    #[node(next = this.ask, next = this.work, next(this.wait, when = |a| a.process.bits() & 1 != 0))]
    pub split: Split,
    #[node(permission(anyone), on_timeout(hours(5), this.note, interrupting = false),
           on_timeout(hours(9), this.late), next = this.join)]
    pub ask: View,
    #[node(permission(anyone), next = this.noted)]
    pub note: View,
    pub noted: End,
    #[node(permission(anyone), next = this.join)]
    pub late: View,
    #[node(run = |job| work(job.process.bits()), undo = |_| (), next = this.check)]
    pub work: Job,
    #[node(if = |a| a.process.bits() & 2 != 0, then = this.join, else = this.dropped,
           allow(branch_leaves, reason = "the join goes on without it"))]
    pub check: If,
    pub dropped: End,
    #[node(delay = hours(3), next = this.after)]
    pub wait: Timer,
    #[node(run = |_| (), undo = |_| (), next = this.join)]
    pub after: Function,
    #[node(next = this.last)]
    pub join: Join,
    #[node(permission(anyone), next = this.again)]
    pub last: View,
    #[node(if = |a| a.process.bits() & 4 != 0, then = this.prepare, else = this.end)]
    pub again: If,
    pub end: End,
}

/// Splits inside splits; branches that go straight to their join, and branches that end.
#[flow(process = BitsProcess, connection = Db, name = "nested")]
pub struct NestedFlow {
    #[node(form = NestedForm { bits }, permission(anyone), next = this.outer)]
    pub start: Start,
    #[node(next = this.a, next(this.d, when = |a| a.process.bits() & 1 != 0), next = this.meet)]
    pub outer: Split,
    #[node(permission(anyone), next = this.inner)]
    pub a: View,
    #[node(next = this.b, next(this.c, when = |a| a.process.bits() & 2 != 0))]
    pub inner: Split,
    #[node(permission(anyone), on_timeout(hours(4), this.b_late), next = this.inner_meet)]
    pub b: View,
    #[node(run = |job| work(job.process.bits()), undo = |_| (), next = this.inner_meet)]
    pub b_late: Job,
    #[node(run = |job| work(job.process.bits()), undo = |_| (), next = this.c_view)]
    pub c: Job,
    #[node(permission(anyone), next = this.c_end)]
    pub c_view: View,
    pub c_end: End,
    #[node(next = this.decide)]
    pub inner_meet: Join,
    #[node(if = |a| a.process.bits() & 4 != 0, then = this.meet, else = this.more)]
    pub decide: If,
    #[node(permission(anyone), next = this.meet)]
    pub more: View,
    #[node(delay = hours(2), next = this.d_view)]
    pub d: Timer,
    #[node(permission(anyone), next = this.meet)]
    pub d_view: View,
    #[node(next = this.done)]
    pub meet: Join,
    #[node(permission(anyone), next = this.end)]
    pub done: View,
    pub end: End,
}

#[rustfmt::skip]
#[path = "drawn.rs"]
mod drawn;
pub use drawn::*;

pub static FLOWS: Flows<Db> = flows![
    LoopsFlow,
    NestedFlow,
    Drawn1Flow,
    Drawn2Flow,
    Drawn3Flow,
    Drawn4Flow,
    Drawn5Flow,
    Drawn6Flow,
    Drawn7Flow,
    Drawn8Flow,
    Drawn9Flow,
    Drawn10Flow,
    Drawn11Flow,
    Drawn12Flow,
];

/// Whether a decision of a flow goes that way: what the conditions above say, and the names of the drawn flows.
pub fn holds(node: &str, target: &str, bits: u8) -> bool {
    let bit = match (node, target) {
        ("split", "wait") | ("outer", "d") => 1,
        ("check", _) | ("inner", "c") => 2,
        ("again" | "decide", _) => 4,
        _ if target.is_empty() => number_behind(node, 'b').unwrap_or(0),
        _ => match number_behind(target, 'c') {
            Some(bit) => bit,
            None => return true,
        },
    };
    u64::from(bits) & bit != 0
}

/// `4` in `timer7h4c1`, behind `h`.
pub fn number_behind(name: &str, letter: char) -> Option<u64> {
    let (_, rest) = name.rsplit_once(letter)?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest[..end].parse().ok()
}
