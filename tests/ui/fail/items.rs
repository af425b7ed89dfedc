use flow_core::prelude::*;

#[flow]
pub enum AnEnum {
    Start,
}

#[flow]
pub struct Generic<T> {
    start: T,
}

#[flow]
pub struct Tuple(Start, End);

#[flow]
pub struct KindsFlow {
    #[node(permission(anyone), next = this.end)]
    pub start: Start,
    pub stranger: String,
    #[cfg(test)]
    pub sometimes: End,
    pub end: End,
}

fn main() {}
