//! A round on SQLite: a new file with the tables, one thread.

use std::path::{Path, PathBuf};
use std::time::Instant;

use diesel::SqliteConnection;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use flow_core::prelude::*;

use crate::cpu;
use crate::floor::rusqlite;
use crate::sample::{Sample, real};

/// Units before the clock starts, so that statements are prepared and pages are there.
pub(crate) const WARM: i64 = 10;

/// A database file, gone when this goes.
#[derive(Debug)]
pub(crate) struct File {
    folder: PathBuf,
    pub(crate) synchronous: &'static str,
    kept: bool,
}

impl File {
    /// One that stays, in this folder; and whether it was there before.
    pub(crate) fn kept(folder: &Path) -> (Self, bool) {
        let file = File { folder: folder.to_owned(), synchronous: "FULL", kept: true };
        let there = std::fs::exists(file.path()).unwrap();
        std::fs::create_dir_all(folder).unwrap();
        flows![].migrate(&mut file.connect()).unwrap();
        (file, there)
    }

    /// With the tables, and one of the app's own.
    pub(crate) fn new(synchronous: &'static str) -> Self {
        use std::sync::atomic::{AtomicU32, Ordering};
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("flow-bench-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let file = File { folder, synchronous, kept: false };
        let mut conn = file.connect();
        flows![].migrate(&mut conn).unwrap();
        conn.batch_execute("create table note (process_id bigint primary key)").unwrap();
        file
    }

    pub(crate) fn path(&self) -> String {
        self.folder.join("flow.sqlite").display().to_string()
    }

    pub(crate) fn connect(&self) -> SqliteConnection {
        let mut conn = flow_core::sqlite::open(&self.path()).unwrap();
        conn.batch_execute(&format!("PRAGMA synchronous = {}", self.synchronous)).unwrap();
        conn
    }
}

impl Drop for File {
    fn drop(&mut self) {
        if !self.kept {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

/// So many units on a new file, over diesel.
pub(crate) fn round(synchronous: &'static str, units: i64, unit: fn(&mut SqliteConnection)) -> Sample {
    let file = File::new(synchronous);
    let mut conn = file.connect();
    timed(&mut conn, units, unit, |conn| number(conn, "select total_changes() as n"))
}

/// The same over rusqlite.
pub(crate) fn thin_round(synchronous: &'static str, units: i64, unit: fn(&mut ::rusqlite::Connection)) -> Sample {
    let file = File::new(synchronous);
    let mut conn = rusqlite::open(&file.path(), synchronous);
    timed(&mut conn, units, unit, |conn| i64::try_from(conn.total_changes()).unwrap())
}

fn timed<C>(conn: &mut C, units: i64, unit: fn(&mut C), written: fn(&mut C) -> i64) -> Sample {
    for _ in 0..WARM {
        unit(conn);
    }
    let before = written(conn);
    let (begun, busy) = (Instant::now(), cpu::of_this_thread());
    for _ in 0..units {
        unit(conn);
    }
    let (seconds, client) = (begun.elapsed().as_secs_f64(), cpu::of_this_thread() - busy);
    Sample { units: real(units), seconds, client, rows: real(written(conn) - before), ..Sample::default() }
}

#[derive(diesel::QueryableByName)]
struct Number {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    n: i64,
}

/// A number that SQL gives as `n`.
pub(crate) fn number(conn: &mut SqliteConnection, text: &str) -> i64 {
    diesel::sql_query(text).get_result::<Number>(conn).unwrap().n
}
