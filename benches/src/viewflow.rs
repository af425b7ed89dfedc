//! django-viewflow beside ours: a Python of the user's runs `benches/viewflow/bench.py` for each round.

use std::path::PathBuf;
use std::process::Command;

use crate::inbox::{MINE, Served, TASKS};
use crate::sample::{Contender, Counts, Sample};
use crate::sqlite::File;

/// Where its scripts are.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/viewflow");

/// The address of its inbox, and the cookie of one who is signed in.
#[derive(Debug)]
pub(crate) struct Inbox {
    pub(crate) path: String,
    pub(crate) cookie: String,
}

/// What it is asked to do.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Work {
    /// W1, the task done from code.
    Handle,
    /// W1 with assign and execute.
    View,
    /// W2 with so many branches.
    Branches(i64),
}

/// Where the rows go.
#[derive(Clone, Debug)]
pub(crate) enum Database {
    Sqlite(&'static str),
    Postgres,
}

#[derive(Debug)]
pub(crate) struct Viewflow {
    python: PathBuf,
}

impl Viewflow {
    pub(crate) fn new(python: PathBuf) -> Self {
        Viewflow { python }
    }

    pub(crate) fn version(&self) -> String {
        let answer = self.ask(&["version".to_owned()]);
        answer["version"].as_str().unwrap_or("?").to_owned()
    }

    #[allow(clippy::unused_self, reason = "read as a sentence")]
    pub(crate) fn sqlite(&self, synchronous: &'static str) -> Database {
        Database::Sqlite(synchronous)
    }

    #[allow(clippy::unused_self, reason = "read as a sentence")]
    pub(crate) fn postgres(&self) -> Database {
        Database::Postgres
    }

    pub(crate) fn contender(&self, work: Work, database: Database, units: i64) -> Contender<'_> {
        let counts = self.answer(work, &database, 2).1;
        let name = match work {
            Work::Handle => "Viewflow: Handle, 2 transitions".to_owned(),
            Work::View => "Viewflow: View, 3 transitions".to_owned(),
            Work::Branches(branches) => format!("Viewflow: {branches} branches"),
        };
        Contender { name, counts: Some(counts), run: Box::new(move || self.answer(work, &database, units).0) }
    }

    /// Its inbox, filled and served by gunicorn with two workers: on PostgreSQL, or in a file beside this one.
    pub(crate) fn inbox(&self, on_postgres: bool, file: &File) -> (Inbox, Served) {
        let database = if on_postgres {
            vec![crate::postgres::url().unwrap()]
        } else {
            vec![format!("{}.viewflow", file.path()), file.synchronous.to_owned()]
        };
        let mut arguments = vec!["prepare".to_owned(), TASKS.to_string(), MINE.to_string()];
        arguments.extend(database.iter().cloned());
        let answer = self.call("inbox.py", &arguments);
        let text = |key: &str| answer[key].as_str().unwrap().to_owned();
        let inbox = Inbox { path: text("path"), cookie: text("cookie") };
        // Free now, and taken again before anything else asks for one.
        let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let bind = address.to_string();
        let serve = ["-m", "gunicorn", "--workers", "2", "--worker-class", "gthread", "--threads", "4"];
        let keep = ["--keep-alive", "60", "--log-level", "error", "--bind", &bind, "inbox:application"];
        let mut command = Command::new(&self.python);
        command.args(serve).args(["--chdir", FOLDER]).args(keep).env("VIEWFLOW_DATABASE", database.join(" "));
        let child = command.env("PYTHONDONTWRITEBYTECODE", "1").spawn().unwrap();
        let served = Served::of(child, address);
        for _ in 0..200 {
            if std::net::TcpStream::connect(address).is_ok() {
                return (inbox, served);
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("gunicorn does not listen");
    }

    /// Drops the tables of `inbox` on PostgreSQL.
    pub(crate) fn clean(&self) {
        self.call("inbox.py", &["clean".to_owned(), crate::postgres::url().unwrap()]);
    }

    /// One round: how long, and what a unit asked of the database.
    pub(crate) fn answer(&self, work: Work, database: &Database, units: i64) -> (Sample, Counts) {
        let (work, branches) = match work {
            Work::Handle => ("handle", 0),
            Work::View => ("view", 0),
            Work::Branches(branches) => ("branches", branches),
        };
        let mut arguments = vec![work.to_owned(), units.to_string(), branches.to_string()];
        // The file lives as long as the round.
        let file = match database {
            Database::Sqlite(synchronous) => Some(File::new(synchronous)),
            Database::Postgres => None,
        };
        match &file {
            Some(file) => arguments.extend([format!("{}.viewflow", file.path()), file.synchronous.to_owned()]),
            None => arguments.push(crate::postgres::url().unwrap()),
        }
        let answer = self.ask(&arguments);
        let number = |key: &str| answer[key].as_f64();
        let sample = Sample {
            units: number("units").unwrap(),
            seconds: number("seconds").unwrap(),
            client: number("cpu").unwrap(),
            server: number("server_cpu"),
            rows: number("rows").unwrap_or(f64::NAN),
            wal: None,
        };
        let each = |key: &str| number(key).unwrap_or(f64::NAN) / sample.units;
        (sample, Counts { statements: each("statements"), commits: each("commits") })
    }

    fn ask(&self, arguments: &[String]) -> serde_json::Value {
        self.call("bench.py", arguments)
    }

    fn call(&self, script: &str, arguments: &[String]) -> serde_json::Value {
        let script = format!("{FOLDER}/{script}");
        // The folder is the source's: nothing is left in it.
        let mut command = Command::new(&self.python);
        let output = command.env("PYTHONDONTWRITEBYTECODE", "1").arg(script).args(arguments).output().unwrap();
        let (text, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{text}{errors}");
        serde_json::from_str(text.lines().last().unwrap_or_default()).unwrap()
    }
}
