//! W1 on SQLite, beside the same rows by hand over diesel and over rusqlite.

use diesel::SqliteConnection;

use super::{WAYS, sqlite};
use crate::count::count;
use crate::floor::sqlite::unit as floor;
use crate::options::Options;
use crate::report::{Report, Row, versus};
use crate::same_rows;
use crate::sample::{Contender, interleave};
use crate::sqlite::{File, round, thin_round};
use crate::viewflow::{Viewflow, Work};

type Unit = fn(&mut SqliteConnection);
type ThinUnit = fn(&mut rusqlite::Connection);

const OURS: [Unit; 4] = [sqlite::handle, sqlite::handle_note, sqlite::view, sqlite::view_note];
const FLOOR: [Unit; 4] = [floor::<false, false>, floor::<false, true>, floor::<true, false>, floor::<true, true>];
const THIN: [ThinUnit; 4] = [floor::<false, false>, floor::<false, true>, floor::<true, false>, floor::<true, true>];

pub(crate) fn run(options: &Options, viewflow: Option<&Viewflow>, report: &mut Report) {
    for way in 0..WAYS.len() {
        same_rows::sqlite(OURS[way], FLOOR[way], THIN[way]);
    }
    for synchronous in ["NORMAL", "FULL"] {
        let mut contenders = Vec::new();
        for (way, name) in WAYS.iter().enumerate() {
            let counted = |unit: Unit| Some(count(&mut File::new(synchronous).connect(), unit));
            let units = options.units;
            contenders.push(Contender {
                name: format!("Flow: {name}"),
                counts: counted(OURS[way]),
                run: Box::new(move || round(synchronous, units, OURS[way])),
            });
            contenders.push(Contender {
                name: format!("by hand over diesel: {name}"),
                counts: counted(FLOOR[way]),
                run: Box::new(move || round(synchronous, units, FLOOR[way])),
            });
            contenders.push(Contender {
                name: format!("by hand over rusqlite: {name}"),
                counts: counted(FLOOR[way]),
                run: Box::new(move || thin_round(synchronous, units, THIN[way])),
            });
        }
        let flow = contenders.len();
        if let Some(viewflow) = viewflow {
            for work in [Work::Handle, Work::View] {
                contenders.push(viewflow.contender(work, viewflow.sqlite(synchronous), options.viewflow_units));
            }
        }
        let series = interleave(options.rounds, contenders);
        report.title(&format!("W1 on SQLite, synchronous = {synchronous}, one thread"));
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
