//! How long a picture takes, of random flows: `cargo run --release -p flow-core-graph --example diagrams`.
//!
//! With a folder it writes the pictures and the BPMN of so many flows there, for the tests of `tests/bpmn`:
//! `.. --example diagrams -- FOLDER 1000`. About `accepted_*` the checks say nothing; `any_*` are flows that lead anywhere.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "a measurement stops where it goes wrong")]

#[path = "../tests/support/mod.rs"]
#[allow(unreachable_pub, reason = "shared with the tests")]
mod support;

use std::time::Instant;

use flow_graph::diagram;
use support::{Dice, Flow};

fn main() {
    let mut args = std::env::args().skip(1);
    if let Some(folder) = args.next() {
        let count = args.next().map_or(1_000, |count| count.parse().unwrap());
        let write = |name: String, flow: &Flow| {
            flow.with_graph(|graph| {
                std::fs::write(format!("{folder}/{name}.svg"), diagram::svg(graph)).unwrap();
                std::fs::write(format!("{folder}/{name}.bpmn"), diagram::bpmn(graph)).unwrap();
            });
        };
        let random = |seed, rewired| {
            let mut dice = Dice::new(seed);
            let size = dice.roll(40);
            Flow::random(&mut dice, size, rewired)
        };
        let accepted = (0..).map(|seed| random(seed, 0)).filter(|flow| flow.found().is_empty());
        accepted.take(count).enumerate().for_each(|(at, flow)| write(format!("accepted_{at}"), &flow));
        (0..count / 4).for_each(|at| write(format!("any_{at}"), &random(u64::try_from(at).unwrap(), 3)));
        return;
    }
    println!("{:>6} {:>6} {:>12} {:>10} {:>10}", "nodes", "edges", "layout ms", "svg ms", "svg kB");
    for size in [10, 40, 100, 200, 500] {
        let flow = (0..).map(|seed| Flow::random(&mut Dice::new(seed), size, 3)).find(|flow| flow.nodes.len() >= size);
        flow.unwrap().with_graph(|graph| {
            let least = |draw: &dyn Fn() -> usize| {
                let one = |_| {
                    let start = Instant::now();
                    let size = draw();
                    (start.elapsed(), size)
                };
                (0..5).map(one).min().unwrap()
            };
            let (layout, edges) = least(&|| diagram::layout(graph).edges.len());
            let (svg, bytes) = least(&|| diagram::svg(graph).len());
            println!(
                "{:>6} {edges:>6} {:>12.1} {:>10.1} {:>10}",
                graph.nodes.len(),
                layout.as_secs_f64() * 1e3,
                svg.as_secs_f64() * 1e3,
                bytes / 1000
            );
        });
    }
}
