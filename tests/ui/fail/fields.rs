use flow_core::prelude::*;

struct Unknown;

#[derive(Choices, Clone, Copy)]
enum Carrier {
    Post,
    #[choice(value = "post")]
    Ship,
}

#[derive(Choices, Clone, Copy)]
enum Weighed {
    Light,
    Heavy(i64),
}

#[derive(ProcessProxy)]
pub struct Options {
    process: Process,
    #[json(maxlength = 5)]
    a: String,
    #[json(range = 10)]
    b: i64,
    #[json(range = 1..=10)]
    c: String,
    #[json(email)]
    d: i64,
    #[json(choices("red", 5))]
    e: String,
    #[json(choices)]
    f: i64,
    #[json(default = red)]
    g: String,
    #[json(alias = "a")]
    h: i64,
    #[json(validate = check)]
    i: i64,
    #[json(default = Carrier::Plane)]
    j: Carrier,
    #[json(label = 5)]
    k: i64,
    #[json(hlep = "What it is for")]
    l: i64,
    #[json(help)]
    m: i64,
    #[json(pattern = "[A-Z")]
    n: String,
    #[json(pattern = 5)]
    o: String,
    #[json(pattern = "[A-Z]")]
    p: i64,
    #[json(pattern = "(?i)[a-z]+")]
    q: String,
    #[json(pattern = "")]
    r: String,
    #[json(default)]
    s: Option<String>,
    t: usize,
    start_key: String,
    seed_key: String,
}

fn check(_: &str) -> Result<(), String> {
    Ok(())
}

#[derive(ProcessProxy)]
pub struct Types {
    process: Process,
    unknown: Unknown,
    #[json(default)]
    carrier: Carrier,
}

fn main() {}
