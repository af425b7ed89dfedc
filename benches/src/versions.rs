//! What it was measured with.

use crate::options::Options;
use crate::postgres::{Schema, lines};
use crate::queues::Queues;
use crate::report::Report;
use crate::sqlite::File;
use crate::viewflow::Viewflow;

pub(crate) fn write(
    options: &Options,
    url: Option<&str>,
    viewflow: Option<&Viewflow>,
    queues: Option<&Queues>,
    report: &mut Report,
) {
    let rustc = std::process::Command::new("rustc").arg("--version").output();
    let rustc = rustc.map_or("?".to_owned(), |output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split_whitespace().next().unwrap_or("?").to_owned();
    report.title("Measured with");
    report.line(&format!("- {cores} cores, shared by the program and the database; load {load} at the beginning"));
    report.line(&format!("- {rustc}, release, thin LTO; diesel {}", diesel_version()));
    report.line(&format!(
        "- SQLite {}: a file, WAL, foreign keys on, page cache {} KiB",
        rusqlite::version(),
        page_cache()
    ));
    match url {
        Some(url) => {
            let schema = Schema::new(url);
            let mut conn = schema.connect();
            let version = lines(&mut conn, "select split_part(version(), ' ', 2) as line").concat();
            let settings = lines(&mut conn, SETTINGS).join(", ");
            report.line(&format!("- PostgreSQL {version} on the same machine: {settings}"));
        }
        None => report.line("- no PostgreSQL: FLOW_TEST_POSTGRES_URL is not set"),
    }
    match viewflow {
        Some(viewflow) => report.line(&format!("- {}", viewflow.version())),
        None => report.line("- no Viewflow: --viewflow was not given"),
    }
    match queues {
        Some(queues) => report.line(&format!("- {}", queues.version())),
        None => report.line("- no job queues: --queues was not given"),
    }
    report.line(&format!("- {} rounds in turns (A B C, A B C, ..) after one that is dropped", options.rounds));
}

const SETTINGS: &str = "select name || ' = ' || current_setting(name) as line from unnest(array['fsync',
    'synchronous_commit', 'full_page_writes', 'shared_buffers', 'max_wal_size', 'autovacuum', 'jit']) as name";

fn page_cache() -> i64 {
    -crate::sqlite::number(&mut File::new("FULL").connect(), "select cache_size as n from pragma_cache_size")
}

/// As the lock file has it.
fn diesel_version() -> String {
    let lock = include_str!("../../Cargo.lock");
    let after = lock.split_once("name = \"diesel\"\nversion = \"").map_or("?", |(_, after)| after);
    after.split('"').next().unwrap_or("?").to_owned()
}
