//! Job queues of others beside a worker: the program of `benches/queues` drains as many jobs in each round.

use std::path::PathBuf;
use std::process::Command;

use crate::sample::{Contender, Sample, real};
use crate::sqlite::File;

/// The program, as the command line names it.
#[derive(Debug)]
pub(crate) struct Queues {
    program: PathBuf,
    jobs: i64,
}

impl Queues {
    pub(crate) fn new(program: PathBuf, jobs: i64) -> Self {
        Queues { program, jobs }
    }

    pub(crate) fn version(&self) -> String {
        self.ask(&["version".to_owned()])["version"].as_str().unwrap_or("?").to_owned()
    }

    /// On a file of its own each round.
    pub(crate) fn sqlite(&self, synchronous: &'static str) -> Contender<'_> {
        let run = move |jobs: i64| {
            let file = File::new(synchronous);
            let path = format!("{}.queue", file.path());
            self.ask(&["apalis-sqlite".to_owned(), path, synchronous.to_owned(), jobs.to_string()])
        };
        self.contender(&format!("SQLite, {synchronous}, apalis"), run)
    }

    /// In a database of its own each round, on the same server.
    pub(crate) fn postgres<'a>(&'a self, url: &'a str) -> impl Iterator<Item = Contender<'a>> {
        [("apalis-postgres", "apalis"), ("graphile-worker", "graphile_worker")].into_iter().map(
            move |(command, name)| {
                let run = move |jobs: i64| self.ask(&[command.to_owned(), url.to_owned(), jobs.to_string()]);
                self.contender(&format!("PostgreSQL, {name}"), run)
            },
        )
    }

    /// Named with the settings it runs with.
    fn contender<'a>(&'a self, name: &str, run: impl Fn(i64) -> serde_json::Value + 'a) -> Contender<'a> {
        let settings = run(1)["settings"].as_str().unwrap_or("?").to_owned();
        let run = move || {
            let answer = run(self.jobs);
            let number = |key: &str| answer[key].as_f64();
            Sample {
                units: real(self.jobs),
                seconds: number("seconds").unwrap(),
                client: number("cpu").unwrap(),
                server: number("server_cpu"),
                rows: f64::NAN,
                wal: number("wal"),
            }
        };
        Contender { name: format!("{name} ({settings})"), counts: None, run: Box::new(run) }
    }

    fn ask(&self, arguments: &[String]) -> serde_json::Value {
        let output = Command::new(&self.program).args(arguments).output().unwrap();
        let (text, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{text}{errors}");
        serde_json::from_str(text.lines().last().unwrap_or_default()).unwrap()
    }
}
