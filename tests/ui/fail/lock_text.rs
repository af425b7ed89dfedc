use flow_core::prelude::*;

/// A merge that was not finished.
#[flow(lock = "lock_text.lock")]
pub struct MergedFlow {
    #[node(permission(anyone), next = this.end)]
    pub start: Start,
    pub end: End,
}

/// No such file.
#[flow(lock = "no_such.lock")]
pub struct MissingFlow {
    #[node(permission(anyone), next = this.end)]
    pub start: Start,
    pub end: End,
}

fn main() {}
