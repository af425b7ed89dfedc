//! What flows cost, beside the same rows written by hand, beside django-viewflow and beside job queues.
//!
//! `cargo run --release -p flow-benches -- --help`; what came of it: docs/performance.md.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "a measurement stops where it goes wrong")]

mod count;
mod cpu;
mod explain;
mod floor;
mod inbox;
mod jobs;
mod lists;
mod million;
mod options;
mod pages;
mod postgres;
mod queues;
mod report;
mod same_rows;
mod sample;
mod slow;
mod spin;
mod sqlite;
mod step;
mod trace;
mod versions;
mod viewflow;
mod w1;
mod w2;

use clap::Parser as _;

use options::Options;
use queues::Queues;
use report::Report;
use viewflow::Viewflow;

fn main() {
    let options = Options::parse();
    if let Some(database) = &options.serve {
        return inbox::serve(database);
    }
    let viewflow = options.viewflow.clone().map(Viewflow::new);
    let queues = options.queues.clone().map(|program| Queues::new(program, options.jobs));
    let url = postgres::url();
    let mut report = Report::default();
    versions::write(&options, url.as_deref(), viewflow.as_ref(), queues.as_ref(), &mut report);
    if options.wants("w1") {
        w1::on_sqlite(&options, viewflow.as_ref(), &mut report);
        if let Some(url) = &url {
            w1::on_postgres(&options, url, viewflow.as_ref(), &mut report);
        }
    }
    if options.wants("w2") {
        w2::run(&options, url.as_deref(), viewflow.as_ref(), &mut report);
    }
    if options.wants("w3") {
        jobs::drain(&options, url.as_deref(), queues.as_ref(), &mut report);
    }
    if options.wants("w4") {
        jobs::pickup(&options, url.as_deref(), &mut report);
    }
    if options.wants("w8") {
        jobs::parked(&options, url.as_deref(), &mut report);
    }
    if options.wants("claims") {
        jobs::claims(&options, url.as_deref(), &mut report);
    }
    if options.wants("step") {
        step::run(&options, &mut report);
    }
    if options.wants("million") {
        million::run(&options, url.as_deref(), &mut report);
    }
    options.only.iter().for_each(|part| spin::run(part, options.units, url.as_deref()));
    if options.wants("lists") {
        lists::run(&options, url.as_deref(), &mut report);
    }
    if options.wants("pages") {
        pages::run(&options, url.as_deref(), &mut report);
    }
    if options.wants("inbox") {
        inbox::run(&options, url.as_deref(), viewflow.as_ref(), &mut report);
    }
    if options.wants("slow") {
        slow::run(options.branches[0], url.as_deref(), &mut report);
    }
    if options.wants("trace") {
        trace::run(url.as_deref(), &mut report);
    }
    if let (Some(folder), Some(url)) = (&options.explain, &url) {
        explain::run(folder, url, options.finished, &mut report);
    }
    if let Some(path) = &options.out {
        report.write(path);
    }
}
