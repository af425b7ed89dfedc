use flow_core::prelude::*;

#[flow]
pub struct MixedFlow {
    #[node(permission(anyone), next = this.s1)]
    pub start: Start,
    #[node(next = this.s2, next = this.b)]
    pub s1: Split,
    #[node(next = this.c, next = this.d)]
    pub s2: Split,
    #[node(permission(anyone), next = this.j)]
    pub b: View,
    #[node(permission(anyone), next = this.j)]
    pub c: View,
    #[node(permission(anyone), next = this.j)]
    pub d: View,
    #[node(next = this.end)]
    pub j: Join,
    pub end: End,
}

#[flow]
pub struct CrossingFlow {
    #[node(permission(anyone), next = this.s1)]
    pub start: Start,
    #[node(next = this.a, next = this.s2)]
    pub s1: Split,
    #[node(next = this.b, next = this.c)]
    pub s2: Split,
    #[node(permission(anyone), next = this.j1)]
    pub a: View,
    #[node(permission(anyone), next = this.j1)]
    pub b: View,
    #[node(permission(anyone), next = this.j2)]
    pub c: View,
    #[node(next = this.j2)]
    pub j1: Join,
    #[node(next = this.end)]
    pub j2: Join,
    pub end: End,
}

#[flow]
pub struct TwoJoinsFlow {
    #[node(permission(anyone), next = this.s)]
    pub start: Start,
    #[node(next = this.a, next = this.b, next = this.c)]
    pub s: Split,
    #[node(permission(anyone), next = this.j1)]
    pub a: View,
    #[node(permission(anyone), next = this.j1)]
    pub b: View,
    #[node(permission(anyone), next = this.j2)]
    pub c: View,
    #[node(next = this.d)]
    pub j1: Join,
    #[node(permission(anyone), next = this.j2)]
    pub d: View,
    #[node(next = this.end)]
    pub j2: Join,
    pub end: End,
}

/// A branch that may end, and one that may start all over again.
#[flow]
pub struct LeavesFlow {
    #[node(permission(anyone), next = this.s)]
    pub start: Start,
    #[node(next = this.a, next = this.b)]
    pub s: Split,
    #[node(permission(anyone), next = this.ok)]
    pub a: View,
    #[node(if = this.is_ok, then = this.j, else = this.rejected)]
    pub ok: If,
    #[node(permission(anyone), next = this.j)]
    pub b: View,
    #[node(next = this.again)]
    pub j: Join,
    #[node(permission(anyone), next = this.t)]
    pub again: View,
    #[node(next = this.x, next = this.y)]
    pub t: Split,
    #[node(permission(anyone), next = this.redo)]
    pub x: View,
    #[node(if = this.is_ok, then = this.t, else = this.k)]
    pub redo: If,
    #[node(permission(anyone), next = this.k)]
    pub y: View,
    #[node(next = this.rejected)]
    pub k: Join,
    pub rejected: End,
}

impl LeavesFlow {
    fn is_ok(a: &Activation<Self>) -> bool {
        a.process.id() > 1
    }
}

/// Circles: without a way out, with an end in another branch, and splits inside of splits.
#[flow]
pub struct RoundFlow {
    #[node(permission(anyone), next = this.a)]
    pub start: Start,
    #[node(permission(anyone), next = this.b)]
    pub a: View,
    #[node(permission(anyone), next = this.a)]
    pub b: View,
    #[node(permission(anyone), next = this.s)]
    pub second: Start,
    #[node(next = this.v, next = this.w, next = this.end)]
    pub s: Split,
    #[node(permission(anyone), next = this.j)]
    pub v: View,
    #[node(permission(anyone), next = this.j)]
    pub w: View,
    #[node(next = this.s)]
    pub j: Join,
    #[node(permission(anyone), next = this.t)]
    pub third: Start,
    #[node(next = this.x, next = this.end)]
    pub t: Split,
    #[node(permission(anyone), next = this.t)]
    pub x: View,
    pub end: End,
}

#[flow]
pub struct ReminderFlow {
    #[node(permission(anyone), next = this.approve)]
    pub start: Start,
    #[node(permission(anyone), on_timeout(days(3), this.remind, interrupting = false), next = this.send)]
    pub approve: View,
    #[node(run = |_| (), next = this.send)]
    pub remind: Function,
    #[node(run = |_| (), next = this.end, next = this.approve)]
    pub send: Function,
    pub end: End,
}

fn main() {}
