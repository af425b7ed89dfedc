use flow_core::prelude::*;

#[derive(ProcessProxy)]
pub struct Options {
    process: Process,
    status: String,
    #[json(key = "text")]
    a: String,
    #[json(key("text", "inner"))]
    b: String,
    #[json(deafult)]
    c: bool,
    #[json(key = "a'b", default, default)]
    d: bool,
}

#[derive(ProcessProxy)]
pub struct Types {
    process: Process,
    #[json(max_length = 5)]
    number: i64,
    #[json(default)]
    moment: std::time::Duration,
    #[json(default = "yes")]
    flag: bool,
}

#[derive(ProcessProxy)]
pub struct NoRow {
    text: String,
}

fn main() {}
