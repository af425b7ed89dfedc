//! W1 on PostgreSQL, beside the same rows by hand: with care, and in the fewest round trips.

use diesel::PgConnection;

use super::{WAYS, postgres};
use crate::count::count;
use crate::floor::{postgres_careful as careful, postgres_fewest as fewest};
use crate::options::Options;
use crate::postgres::{Schema, round};
use crate::report::{Report, Row, versus};
use crate::same_rows;
use crate::sample::{Contender, interleave};
use crate::viewflow::{Viewflow, Work};

type Unit = fn(&mut PgConnection);

const OURS: [Unit; 4] = [postgres::handle, postgres::handle_note, postgres::view, postgres::view_note];
const CAREFUL: [Unit; 4] = [
    careful::unit::<false, false>,
    careful::unit::<false, true>,
    careful::unit::<true, false>,
    careful::unit::<true, true>,
];
const FEWEST: [Unit; 4] = [
    fewest::unit::<false, false>,
    fewest::unit::<false, true>,
    fewest::unit::<true, false>,
    fewest::unit::<true, true>,
];

pub(crate) fn run(options: &Options, url: &str, viewflow: Option<&Viewflow>, report: &mut Report) {
    for way in 0..WAYS.len() {
        same_rows::postgres(url, OURS[way], CAREFUL[way], FEWEST[way]);
    }
    for clients in [1, 8] {
        let mut contenders = Vec::new();
        for (way, name) in WAYS.iter().enumerate() {
            for (who, unit) in
                [("Flow", OURS[way]), ("careful, by hand", CAREFUL[way]), ("fewest, by hand", FEWEST[way])]
            {
                let units = if clients == 1 { options.postgres_units } else { options.postgres_units * 3 };
                contenders.push(Contender {
                    name: format!("{who}: {name}"),
                    counts: Some(count(&mut Schema::new(url).connect(), unit)),
                    run: Box::new(move || round(url, clients, units, unit)),
                });
            }
        }
        let flow = contenders.len();
        if let Some(viewflow) = viewflow.filter(|_| clients == 1) {
            for work in [Work::Handle, Work::View] {
                contenders.push(viewflow.contender(work, viewflow.postgres(), options.viewflow_units));
            }
        }
        let series = interleave(options.rounds, contenders);
        let many = if clients == 1 { "one client" } else { "eight clients" };
        report.title(&format!("W1 on PostgreSQL, synchronous_commit = on, {many}"));
        report.table(series.iter().map(Row::of));
        let (ours, theirs) = series.split_at(flow);
        let mut ratios = Vec::new();
        for way in ours.chunks(3) {
            ratios.push(versus(&way[0], &way[1]));
            ratios.push(versus(&way[0], &way[2]));
        }
        for (place, theirs) in theirs.iter().enumerate() {
            ratios.push(versus(&ours[place * 6], theirs));
        }
        report.ratios(ratios);
    }
}
