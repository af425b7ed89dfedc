//! A blood sample is measured, and tested further where a value asks for it.
//!
//! `cargo run -p bloodtest` takes two samples through it, on a database in memory.
//! `cargo run -p bloodtest -- --serve` serves its web pages on 127.0.0.1:3000, with the database in `bloodtest.sqlite`.

pub mod flow;
#[cfg(test)]
mod tests;
mod web;

use flow_core::prelude::*;

use crate::flow::{AnalysisForm, BloodTestFlow, Db, HormonesForm, SampleForm, TumorMarkersForm};

/// The flows of this app.
pub(crate) static FLOWS: Flows<Db> = flows![BloodTestFlow];

/// Everybody here: a real app has people of its own, see `hello-world`.
const LABORATORY: System = System("laboratory");

fn main() -> Result<(), Box<dyn std::error::Error>> {
    match std::env::args().nth(1).as_deref() {
        None => Ok(walk()?),
        Some("--serve") => web::serve("bloodtest.sqlite"),
        Some(_) => Err("usage: bloodtest [--serve]".into()),
    }
}

/// Two samples, by code.
fn walk() -> Result<(), flow_core::Error> {
    let mut conn = flow_core::sqlite::open(":memory:")?;
    FLOWS.migrate(&mut conn)?;

    // The first sample, by form: both values ask for more.
    let form = SampleForm { patient: "Ada".to_owned() };
    let ada = BloodTestFlow.first_sample.run(&mut conn, &LABORATORY, form)?.id();
    analyze(&mut conn, ada, 10.5, 7.2)?;

    let task = BloodTestFlow.hormone_tests.tasks().open().of(ada).one(&mut conn)?.id();
    BloodTestFlow.hormone_tests.assign(&mut conn, task, &LABORATORY)?;
    let form = HormonesForm { hormones: "normal".to_owned() };
    BloodTestFlow.hormone_tests.execute(&mut conn, task, &LABORATORY, form)?;

    let task = BloodTestFlow.tumor_markers.tasks().open().of(ada).one(&mut conn)?.id();
    BloodTestFlow.tumor_markers.assign(&mut conn, task, &LABORATORY)?;
    let form = TumorMarkersForm { tumor_markers: "none".to_owned() };
    BloodTestFlow.tumor_markers.execute(&mut conn, task, &LABORATORY, form)?;

    // The second sample, by code: nothing more is to be tested.
    let again = BloodTestFlow.second_sample.run(&mut conn, &LABORATORY, "Ada".to_owned())?.id();
    analyze(&mut conn, again, 13.0, 2.1)?;

    for id in [ada, again] {
        let process = BloodTestFlow.processes().find(id).first(&mut conn)?;
        println!("{} [{}]", BloodTestFlow.brief(&process), process.row().status());
        for task in FLOWS.tasks(&mut conn, id)? {
            println!("  {:<5} {:<21} {}", task.id(), task.node(), task.status());
        }
    }
    Ok(())
}

/// The laboratory takes the analysis of a process and does it.
pub(crate) fn analyze(conn: &mut Db, process: i64, hemoglobin: f64, lymphocytes: f64) -> Result<(), flow_core::Error> {
    let task = BloodTestFlow.biochemical_analysis.tasks().open().of(process).one(conn)?.id();
    BloodTestFlow.biochemical_analysis.assign(conn, task, &LABORATORY)?;
    let form = AnalysisForm { hemoglobin: Some(hemoglobin), lymphocytes: Some(lymphocytes) };
    BloodTestFlow.biochemical_analysis.execute(conn, task, &LABORATORY, form)?;
    Ok(())
}
