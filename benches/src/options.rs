//! What can be asked for on the command line.

use std::path::PathBuf;

/// Measures flows beside hand-written SQL in the same run, with the same durability and the same rows; beside
/// django-viewflow where a Python that has it is given, and beside job queues where their program is. PostgreSQL takes
/// part where FLOW_TEST_POSTGRES_URL is set.
#[derive(Clone, Debug, clap::Parser)]
#[command(name = "flow-benches")]
pub(crate) struct Options {
    /// Rounds that count, in turns; one more warms up.
    #[arg(long, default_value_t = 5)]
    pub(crate) rounds: usize,
    /// Processes a round of W1 on SQLite.
    #[arg(long, default_value_t = 1_000)]
    pub(crate) units: i64,
    /// Processes a round of W1 on PostgreSQL with one client; eight clients share three times as many.
    #[arg(long, default_value_t = 400)]
    pub(crate) postgres_units: i64,
    /// Branches of W2.
    #[arg(long, value_delimiter = ',', default_values_t = [100, 1_000, 10_000])]
    pub(crate) branches: Vec<i64>,
    /// Jobs of W3.
    #[arg(long, default_value_t = 10_000)]
    pub(crate) jobs: i64,
    /// Tasks in the tables, for the parts `million`, `lists` and `pages`; rows of due work, for `claims`.
    #[arg(long, default_value_t = 1_000_000)]
    pub(crate) finished: i64,
    /// Only these parts.
    #[arg(long, value_delimiter = ',', default_values = ["w1", "w2", "w3", "w4", "w8", "claims", "step", "million", "lists", "pages", "inbox"])]
    pub(crate) only: Vec<String>,
    /// A Python that has what benches/viewflow/requirements.txt lists.
    #[arg(long)]
    pub(crate) viewflow: Option<PathBuf>,
    /// Processes a round of W1 by Viewflow.
    #[arg(long, default_value_t = 100)]
    pub(crate) viewflow_units: i64,
    /// The program that is built in benches/queues: job queues that drain as many jobs as W3.
    #[arg(long)]
    pub(crate) queues: Option<PathBuf>,
    /// Where the tables go, as Markdown.
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
    /// Where the plans of the lists' statements go, on both databases.
    #[arg(long)]
    pub(crate) lists: Option<PathBuf>,
    /// Only the pages whose names contain this, each with its statements.
    #[arg(long)]
    pub(crate) page: Option<String>,
    /// Serves the pages of `inbox` on this database, and measures nothing: what `inbox` calls this program with.
    #[arg(long, hide = true)]
    pub(crate) serve: Option<String>,
    /// A folder whose tables `pages` fills once and uses again, beside a schema of its name on PostgreSQL.
    #[arg(long)]
    pub(crate) kept: Option<PathBuf>,
    /// Where the plans of the engine's statements go: with this, PostgreSQL explains each of them on full tables.
    #[arg(long)]
    pub(crate) explain: Option<PathBuf>,
}

impl Options {
    pub(crate) fn wants(&self, part: &str) -> bool {
        self.only.iter().any(|name| name == part)
    }
}
