//! The command line, by a program that is nothing else, on SQLite and PostgreSQL.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::too_many_lines,
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    dead_code,
    reason = "tests"
)]

use std::process::{Command, Output, Stdio};

use flow_tests::cases::Group;
use flow_tests::postgres::{self as server, Schema};
use serde_json::Value;

/// What a run of the program returned.
struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Ran {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Ran { code: output.status.code().unwrap_or(-1), out: text(&output.stdout), err: text(&output.stderr) }
    }

    /// The exit code was this one.
    fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}{}", self.out, self.err);
        self
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}{}", self.out, self.err))
    }
}

fn command(back_end: &str, place: &str, release: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cli_child"));
    command.env("FLOW_CLI_BACK_END", back_end).env("FLOW_CLI_PLACE", place).env("FLOW_CLI_RELEASE", release);
    command.args(arguments);
    command
}

fn flow(back_end: &str, place: &str, release: &str, arguments: &[&str]) -> Ran {
    Ran::of(&command(back_end, place, release, arguments).output().unwrap())
}

macro_rules! back_end {
    ($module:ident, $connection:ty, $base:ty, $fresh:expr) => {
        mod $module {
            use super::*;
            use flow_core::prelude::*;
            use flow_core::{ProcessStatus, TaskStatus};
            use flow_tests::cases;

            pub type Db = $connection;
            const BACK_END: &str = stringify!($module);

            include!("../cli/flows.rs");

            fn start(conn: &mut Db, number: &str, broken: bool) -> i64 {
                let data = old::OrderProcessData { number: number.to_owned(), broken };
                old::OrderFlow.start.run(conn, &System("shop"), data).unwrap().id()
            }

            struct Place(&'static str, $base);

            impl Place {
                fn new(name: &'static str) -> Self {
                    Place("old", $fresh(name))
                }

                fn run(&self, arguments: &[&str]) -> Ran {
                    flow(BACK_END, self.1.name(), self.0, arguments)
                }

                /// The same as JSON.
                fn json(&self, arguments: &[&str], code: i32) -> Value {
                    let ran = self.run(&[arguments, &["--json"]].concat()).ends(code);
                    ran.json()
                }
            }

            cases! {
                #[test]
                fn the_schema_is_made_and_printed() {
                    let place = Place("old", <$base>::without_tables_for_cli("cli-schema"));
                    let sql = place.run(&["migrate", "--sql"]).ends(0).out;
                    assert!(sql.contains("create table") || sql.contains("CREATE TABLE"), "{sql}");
                    assert!(place.run(&["check"]).ends(4).err.starts_with("error: "));
                    assert_eq!(place.run(&["migrate"]).ends(0).out, "the tables are of this version\n");
                    assert_eq!(place.run(&["migrate"]).ends(0).out, "the tables are of this version\n");
                    assert_eq!(place.run(&["check", "--deep"]).ends(0).out, "no problems\n");
                    assert_eq!(place.json(&["check"], 0), serde_json::json!([]));
                    assert!(place.json(&["migrate", "--sql"], 0).as_array().is_some_and(|all| all.len() >= 4));
                    assert_eq!(place.json(&["migrate"], 0), serde_json::json!({ "migrated": true }));
                }

                #[test]
                fn processes_are_listed_and_shown() {
                    let place = Place::new("cli-list");
                    let mut conn = place.1.connect();
                    let (first, second) = (start(&mut conn, "A-1", false), start(&mut conn, "A-2", false));
                    old::OrderFlow.cancel(&mut conn, second, &System("shop")).unwrap();
                    let text = place.run(&["list"]).ends(0).out;
                    assert!(text.starts_with(&format!("{first}  order  NEW  since ")) && text.contains("  A-1  "), "{text}");
                    assert_eq!(text.lines().count(), 1);
                    let all = place.json(&["list", "--status", "all"], 0);
                    let ids: Vec<i64> = all["processes"].as_array().unwrap().iter().map(|row| row["process"]["id"].as_i64().unwrap()).collect();
                    assert_eq!(ids, [second, first]);
                    let page = place.json(&["list", "--status", "all", "--limit", "1"], 0);
                    let next = page["next"].as_str().unwrap();
                    let page = place.json(&["list", "--status", "all", "--after", next], 0);
                    assert_eq!(page["processes"][0]["process"]["id"], first);
                    assert_eq!(place.json(&["list", "--reference", "A-2", "--status", "canceled"], 0)["processes"][0]["process"]["id"], second);
                    assert_eq!(place.run(&["list", "--flow", "order", "--status", "done"]).ends(0).out, "no processes\n");
                    let id = first.to_string();
                    let text = place.run(&["show", &id]).ends(0).out;
                    assert!(text.starts_with(&format!("process {id} of `order` is NEW")) && text.contains("label  NEW") && text.contains("start start"), "{text}");
                    let shown = place.json(&["show", &id], 0);
                    assert_eq!((&shown["process"]["status"], shown["tasks"].as_array().unwrap().len()), (&"NEW".into(), 3));
                    assert_eq!((&shown["history"][0]["actor"], shown["process"].get("data")), (&"shop".into(), None));
                    assert!(place.run(&["explain", &id]).ends(0).out.contains("waits for somebody to claim it"));
                    assert_eq!(place.json(&["explain", &id], 0)["places"][0]["waits_for"]["kind"], "anybody");
                }

                #[test]
                fn what_is_refused_has_its_exit_code() {
                    let place = Place::new("cli-codes");
                    assert_eq!(place.run(&["show", "99"]).ends(3).err, "error: there is no process 99\n");
                    let error: Value = serde_json::from_str(&place.run(&["show", "99", "--json"]).ends(3).err).unwrap();
                    assert_eq!(error["error"]["kind"], "not_found");
                    place.run(&["show"]).ends(2);
                    place.run(&["show", "x"]).ends(2);
                    place.run(&["retry", "17"]).ends(2);
                    place.run(&["list", "--errors", "--status", "done"]).ends(2);
                    place.run(&["export", "order", "--bpmn", "--mermaid"]).ends(2);
                    place.run(&["list", "--flow", "nothing"]).ends(3);
                    place.run(&["export", "nothing"]).ends(3);
                    place.run(&["--help"]).ends(0);
                    let nowhere = if BACK_END == "sqlite" { "/nowhere/at/all.sqlite" } else { "" };
                    if BACK_END == "sqlite" {
                        assert!(flow(BACK_END, nowhere, "old", &["check"]).ends(4).err.contains("no connection"));
                    }
                    // What needs no database asks for none.
                    flow(BACK_END, nowhere, "old", &["export", "order"]).ends(0);
                }

                #[test]
                fn a_job_that_fails_is_listed_and_tried_again() {
                    let place = Place::new("cli-retry");
                    let mut conn = place.1.connect();
                    let (first, second) = (start(&mut conn, "B-1", true), start(&mut conn, "B-2", true));
                    assert_eq!(place.json(&["due"], 0)[0]["kind"], "JOB");
                    let report = place.json(&["due", "--run"], 1);
                    assert_eq!((&report["failed"], &report["problems"][0]["error"]), (&2.into(), &"the bank does not answer".into()));
                    assert_eq!(place.run(&["due"]).ends(0).out, "nothing is due\n");
                    let text = place.run(&["list", "--errors"]).ends(0).out;
                    assert!(text.contains("order.charge") && text.contains("the bank does not answer"), "{text}");
                    let errors = place.json(&["list", "--errors"], 0);
                    let task = errors["tasks"][0]["task"]["id"].as_str().unwrap().to_owned();
                    assert_eq!(task, format!("{first}.3"));
                    place.run(&["retry", &task, "--user", "mona", "--reason", "the bank is back"]).ends(0);
                    let row = old::FLOWS.history(&mut conn, first).unwrap().pop().unwrap();
                    assert_eq!((row.action(), row.actor(), row.note()), ("retry", "mona", Some("the bank is back")));
                    // It is not in ERROR any more.
                    assert!(place.run(&["retry", &task]).ends(3).err.starts_with("error: "));
                    // One of several that is refused stops no other.
                    let other = format!("{second}.3");
                    let both = place.json(&["retry", &task, &other], 1);
                    assert_eq!((&both[0]["error"]["kind"], &both[1]["status"]), (&"conflict".into(), &"SCHEDULED".into()));
                }

                #[test]
                fn processes_and_tasks_are_cancelled() {
                    let place = Place::new("cli-cancel");
                    let mut conn = place.1.connect();
                    let (first, second) = (start(&mut conn, "C-1", false), start(&mut conn, "C-2", false));
                    let task = format!("{second}.3");
                    let done = place.json(&["cancel", &first.to_string(), &task, "--reason", "a duplicate"], 0);
                    assert_eq!((&done[0]["status"], &done[1]["status"]), (&"CANCELED".into(), &"CANCELED".into()));
                    assert_eq!(old::FLOWS.process(&mut conn, first).unwrap().status(), ProcessStatus::Canceled);
                    let row = old::FLOWS.task(&mut conn, task.parse().unwrap()).unwrap();
                    assert_eq!((row.status(), row.resting()), (TaskStatus::Canceled, true));
                    let row = old::FLOWS.history(&mut conn, first).unwrap().pop().unwrap();
                    assert_eq!((row.action(), row.actor(), row.note()), ("cancel", "cli", Some("a duplicate")));
                    place.run(&["cancel", &first.to_string()]).ends(3);
                }

                #[test]
                fn diagrams_are_printed() {
                    let place = Place::new("cli-export");
                    let mut conn = place.1.connect();
                    let id = start(&mut conn, "D-1", false).to_string();
                    assert!(place.run(&["export", "order"]).ends(0).out.starts_with("<svg"));
                    assert!(place.run(&["graph", "order", "--svg"]).ends(0).out.starts_with("<svg"));
                    assert!(place.run(&["export", "order", "--bpmn"]).ends(0).out.contains("bpmn:userTask") || place.run(&["export", "order", "--bpmn"]).out.contains("userTask"));
                    assert!(place.run(&["export", "order", "--mermaid"]).ends(0).out.contains("flowchart"));
                    assert!(place.run(&["export", "--process", &id]).ends(0).out.contains("Open: Label"));
                    let json = place.json(&["export", "--process", &id], 0);
                    assert_eq!((&json["format"], &json["flow"]), (&"svg".into(), &"order".into()));
                }

                #[test]
                fn releases_are_compared_written_and_pruned() {
                    let place = Place::new("cli-release");
                    let mut conn = place.1.connect();
                    let folder = std::path::PathBuf::from(format!("{}/cli-lock-{BACK_END}", env!("CARGO_TARGET_TMPDIR")));
                    let _ = std::fs::remove_dir_all(&folder);
                    std::fs::create_dir_all(&folder).unwrap();
                    let at = folder.to_str().unwrap();
                    let diff = place.run(&["lock", "diff", "--package", at]).ends(1).out;
                    assert!(diff.contains("+ node label View -> next end"), "{diff}");
                    assert!(place.run(&["release", "--package", at]).ends(0).out.contains("written to flow.lock"));
                    assert_eq!(place.run(&["lock", "diff", "--package", at]).ends(0).out, "flow.lock is current\n");
                    assert_eq!(place.json(&["release", "--package", at], 0)["written"], false);
                    start(&mut conn, "E-1", false);
                    let new = Place("new", place.1);
                    let diff = new.json(&["lock", "diff", "--open", "--package", at], 1);
                    assert_eq!((&diff["current"], &diff["open"][0]["node"], &diff["open"][0]["tasks"]), (&false.into(), &"label".into(), &1.into()));
                    assert!(diff["review"].as_str().unwrap().contains("+ node label Obsolete -> next send"), "{diff}");
                    assert_eq!(new.json(&["release", "--package", at], 0)["written"], true);
                    let refused = new.run(&["prune", "order", "1", "--package", at]).ends(3).err;
                    assert!(refused.contains("1 tasks are open in `label`"), "{refused}");
                    new.run(&["prune", "order", "9", "--package", at]).ends(3);
                    let process = old::OrderFlow.processes().load(&mut conn).unwrap()[0].id();
                    new.run(&["cancel", &process.to_string()]).ends(0);
                    assert_eq!(new.json(&["prune", "order", "1", "--package", at], 0)["removed"], true);
                    assert!(!std::fs::read_to_string(folder.join("flow.lock")).unwrap().contains("[order 1]"));
                    new.run(&["lock", "diff", "--package", "/nowhere/at/all"]).ends(1);
                }

                #[test]
                fn retired_tasks_are_planned_and_moved() {
                    let place = Place::new("cli-retired");
                    let mut conn = place.1.connect();
                    let (first, second) = (start(&mut conn, "F-1", false), start(&mut conn, "F-2", false));
                    let new = Place("new", place.1);
                    new.run(&["move-retired", "--plan", "--help"]).ends(0);
                    old::FLOWS.suspend(&mut conn, second, &System("shop")).unwrap();
                    let problems = new.json(&["check"], 1);
                    assert_eq!((&problems[0]["kind"], &problems[0]["node"]), (&"retired".into(), &"label".into()));
                    let plan = new.json(&["move-retired", "--plan"], 1);
                    assert_eq!((&plan[0]["node"], &plan[0]["to"], &plan[0]["tasks"]), (&"label".into(), &"send".into(), &1.into()));
                    assert_eq!(plan[0]["stays"][0]["task"], format!("{second}.3"));
                    let text = new.run(&["move-retired", "--plan"]).ends(1).out;
                    assert!(text.contains("order: 1 tasks of `label` to `send`") && text.contains("the process is suspended"), "{text}");
                    let done = new.json(&["move-retired", "--user", "deployment"], 1);
                    assert_eq!((&done["moved"], done["stays"].as_array().unwrap().len()), (&serde_json::json!([format!("{first}.3")]), 1));
                    let row = new::FLOWS.history(&mut conn, first).unwrap().pop().unwrap();
                    assert_eq!((row.action(), row.actor()), ("move_retired", "deployment"));
                    new::FLOWS.resume(&mut conn, second, &System("shop")).unwrap();
                    assert_eq!(new.run(&["move-retired"]).ends(0).out, "1 tasks moved, 0 stay\n");
                    assert_eq!(new.run(&["move-retired", "--plan"]).ends(0).out, "nothing is to be moved\n");
                    new.run(&["check", "--deep"]).ends(0);
                }

                #[test]
                fn the_guide_lists_every_command() {
                    let help = flow(BACK_END, "", "old", &["--help"]).ends(0).out;
                    let (_, commands) = help.split_once("Commands:\n").unwrap();
                    let commands: Vec<&str> = commands.lines().take_while(|line| !line.is_empty()).collect();
                    let guide = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/guide/operations.md")).unwrap();
                    let mut seen = 0;
                    for name in commands.iter().filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help") {
                        let is_row = |line: &str| line.starts_with(&format!("| `{name}`")) || line.starts_with(&format!("| `{name} "));
                        assert!(guide.lines().any(is_row), "docs/guide/operations.md has no row for `{name}`");
                        seen += 1;
                    }
                    assert!(seen >= 14, "{help}");
                }

                #[test]
                fn a_worker_works_until_it_is_stopped() {
                    let place = Place("new", $fresh("cli-worker"));
                    let mut conn = place.1.connect();
                    let data = old::OrderProcessData { number: "G-1".to_owned(), broken: false };
                    let id = new::OrderFlow.start.run(&mut conn, &System("shop"), data).unwrap().id();
                    let mut command = command(BACK_END, place.1.name(), "new", &["worker", "--threads", "2", "--json"]);
                    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
                    let begun = std::time::Instant::now();
                    while new::FLOWS.tasks(&mut conn, id).unwrap().iter().all(|task| task.node() != "send") {
                        assert!(begun.elapsed().as_secs() < 60, "the worker does nothing");
                        std::thread::sleep(std::time::Duration::from_millis(50));
                    }
                    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
                    let ran = Ran::of(&child.wait_with_output().unwrap()).ends(0);
                    assert_eq!(ran.json()["done"], 1);
                }
            }
        }
    };
}

/// A database without its tables.
trait WithoutTables {
    fn without_tables_for_cli(name: &str) -> Self;
}

impl WithoutTables for flow_tests::sqlite::File {
    fn without_tables_for_cli(name: &str) -> Self {
        flow_tests::sqlite::File::without_tables(env!("CARGO_TARGET_TMPDIR"), name)
    }
}

impl WithoutTables for Schema {
    fn without_tables_for_cli(_: &str) -> Self {
        Schema::without_tables()
    }
}

fn file(name: &str) -> flow_tests::sqlite::File {
    flow_tests::sqlite::File::new(env!("CARGO_TARGET_TMPDIR"), name)
}

fn schema(_: &str) -> Schema {
    Schema::new()
}

back_end!(sqlite, diesel::SqliteConnection, flow_tests::sqlite::File, crate::file);
back_end!(postgres, diesel::PgConnection, flow_tests::postgres::Schema, crate::schema);

fn main() {
    let groups = [
        Group { name: "sqlite", cases: sqlite::CASES, missing: None },
        Group { name: "postgres", cases: postgres::CASES, missing: server::missing() },
    ];
    flow_tests::cases::run(&groups, server::clean_up);
}
