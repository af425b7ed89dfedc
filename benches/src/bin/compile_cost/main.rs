//! What flows and proxies cost whoever compiles them: `cargo check` of small crates, each beside the same one without
//! the macro, and beside serde's derives on as many fields.
//!
//! `cargo run -p flow-benches --bin compile_cost -- --help`; what came of it: docs/performance.md.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "a measurement stops where it goes wrong")]

mod crates;
mod source;

use std::time::Duration;

use clap::Parser as _;

use crates::Crates;

/// Measures `cargo check` of small crates after their file was touched, in turns; the first round is dropped.
#[derive(Clone, Debug, clap::Parser)]
#[command(name = "compile_cost")]
struct Options {
    /// Rounds that count.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Nodes of the flow, and fields of the struct beside it.
    #[arg(long, default_value_t = 100)]
    nodes: usize,
    /// Fields of the proxy.
    #[arg(long, default_value_t = 50)]
    fields: usize,
    /// States of the state machine.
    #[arg(long, default_value_t = 20)]
    states: usize,
    /// Where the crates are written and built; what is built is kept.
    #[arg(long)]
    folder: Option<std::path::PathBuf>,
    /// Writes and builds the crates, and measures nothing: to look at one of them with other tools.
    #[arg(long)]
    only_write: bool,
}

fn main() {
    let options = Options::parse();
    let folder = options.folder.clone().unwrap_or_else(|| std::env::temp_dir().join("flow-compile-cost"));
    let (nodes, fields, states) = (options.nodes, options.fields, options.states);
    let sources = [
        ("flow", source::flow(nodes)),
        ("table", source::table(nodes)),
        ("serde_nodes", source::serde(nodes)),
        ("plain_nodes", source::plain(nodes)),
        ("proxy", source::proxy(fields)),
        ("serde_fields", source::serde(fields)),
        ("plain_fields", source::plain(fields)),
        ("machine", source::machine(states)),
        ("match", source::machine_by_hand(states)),
    ];
    let crates = Crates::write(&folder, &sources);
    crates.build();
    if options.only_write {
        println!("{}", folder.display());
        return;
    }
    println!("load at the beginning: {}", load());
    for incremental in [true, false] {
        let times = measure(&crates, sources.len(), options.rounds, incremental);
        let [flow, table, serde_nodes, plain_nodes, proxy, serde_fields, plain_fields, machine, by_hand] =
            times.as_slice()
        else {
            unreachable!("as many as there are sources")
        };
        println!("\n{}\n", if incremental { "touched, incremental" } else { "touched, not incremental" });
        println!("| crate | seconds, median (least..most) | more than the same without |");
        println!("|---|---|---|");
        row(&format!("a flow of {nodes} nodes"), flow, Some(table));
        row("the same graph as a table, by hand", table, None);
        row(&format!("serde, {nodes} fields"), serde_nodes, Some(plain_nodes));
        row(&format!("a plain struct, {nodes} fields"), plain_nodes, None);
        row(&format!("ProcessProxy, {fields} fields"), proxy, Some(plain_fields));
        row(&format!("serde, {fields} fields"), serde_fields, Some(plain_fields));
        row(&format!("a plain struct, {fields} fields"), plain_fields, None);
        row(&format!("a state machine of {states} states"), machine, Some(by_hand));
        row("the same as an enum and methods, by hand", by_hand, None);
        let ratio = (median(proxy) - median(plain_fields)) / (median(serde_fields) - median(plain_fields));
        println!("\nProcessProxy over serde: {ratio:.2}");
    }
    println!("load at the end: {}", load());
}

/// In turns, so that what else the machine does hits all of them.
fn measure(crates: &Crates, count: usize, rounds: usize, incremental: bool) -> Vec<Vec<Duration>> {
    let mut times = vec![Vec::new(); count];
    for round in 0..=rounds {
        for (at, times) in times.iter_mut().enumerate() {
            let took = crates.check(at, incremental);
            if round > 0 {
                times.push(took);
            }
        }
    }
    times
}

fn row(name: &str, times: &[Duration], without: Option<&Vec<Duration>>) {
    let mut seconds: Vec<f64> = times.iter().map(Duration::as_secs_f64).collect();
    seconds.sort_by(f64::total_cmp);
    let more = without.map_or("-".to_owned(), |without| format!("{:.3}", median(times) - median(without)));
    let (least, most) = (seconds[0], seconds[seconds.len() - 1]);
    println!("| {name} | {:.3} ({least:.3}..{most:.3}) | {more} |", median(times));
}

fn median(times: &[Duration]) -> f64 {
    let mut seconds: Vec<f64> = times.iter().map(Duration::as_secs_f64).collect();
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}

/// As `uptime` shows it, where there is such a file.
fn load() -> String {
    std::fs::read_to_string("/proc/loadavg").map_or("not known".to_owned(), |text| text.trim().to_owned())
}
