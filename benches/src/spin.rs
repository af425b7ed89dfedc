//! `--only spin-..`: one unit of work again and again, for a profiler.

use crate::postgres::Schema;
use crate::sqlite::File;
use crate::{floor, w1};

pub(crate) fn run(what: &str, units: i64, url: Option<&str>) {
    match (what, url) {
        ("spin-sqlite", _) => {
            let file = File::new("OFF");
            let mut conn = file.connect();
            (0..units).for_each(|_| w1::sqlite::handle(&mut conn));
        }
        ("spin-sqlite-view", _) => {
            let file = File::new("OFF");
            let mut conn = file.connect();
            (0..units).for_each(|_| w1::sqlite::view(&mut conn));
        }
        ("spin-sqlite-floor", _) => {
            let file = File::new("OFF");
            let mut conn = file.connect();
            (0..units).for_each(|_| floor::sqlite::unit::<false, false>(&mut conn));
        }
        ("spin-postgres", Some(url)) => {
            let schema = Schema::new(url);
            let mut conn = schema.connect();
            (0..units).for_each(|_| w1::postgres::handle(&mut conn));
        }
        _ => {}
    }
}
