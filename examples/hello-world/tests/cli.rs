//! The program as a person uses it, on a file of its own.

use std::process::{Command, Output};

fn hello(database: &str, args: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_hello-world");
    Command::new(program).args(["--database", database]).args(args).output().expect("the program runs")
}

fn text(out: &[u8]) -> String {
    String::from_utf8_lossy(out).into_owned()
}

fn fresh(name: &str) -> String {
    let path = format!("{}/{name}.sqlite", env!("CARGO_TARGET_TMPDIR"));
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{path}{end}"));
    }
    path
}

#[test]
fn the_story_is_told_to_its_end() {
    let out = hello(&fresh("story"), &[]);
    let said = text(&out.stdout);
    assert!(out.status.success(), "{}", text(&out.stderr));
    assert!(said.contains("`alice` may not assign `hello_world.approve`"), "{said}");
    assert!(said.contains("[DONE]") && said.contains("\n  Hello, world!\n"), "{said}");
}

#[test]
fn each_command_goes_on_where_the_last_one_stopped() {
    let database = fresh("commands");
    let run = |args: &[&str]| {
        let out = hello(&database, args);
        (out.status.success(), text(&out.stdout), text(&out.stderr))
    };
    assert_eq!(run(&["start", "hi"]).1, "Process 1 waits for an approval: task 1.2.\n");
    assert!(run(&["inbox", "--user", "bob"]).1.contains("1.2"));
    assert!(run(&["inbox", "--user", "alice"]).1.contains("nothing for alice"));
    assert_eq!(run(&["approve", "1.2", "--user", "bob"]), (true, "hi\n".to_owned(), String::new()));
    let (_, shown, _) = run(&["show", "1"]);
    assert!(shown.contains("Send 'hi' to the world [DONE]") && shown.contains("execute approve"), "{shown}");

    run(&["start", "no"]);
    assert_eq!(run(&["approve", "2.2", "--user", "bob", "--reject"]).1, "", "nothing is sent");
    assert_eq!(run(&["show", "2"]).1.lines().filter(|line| line.starts_with("  2.")).count(), 5);

    assert!(run(&["diagram"]).1.starts_with("flowchart LR"));
    for (args, names) in [
        (vec!["approve", "1.2", "--user", "bob"], "is DONE"),
        (vec!["approve", "9.9", "--user", "bob"], "there is no task 9.9"),
        (vec!["approve", "x", "--user", "bob"], "17.2"),
        (vec!["show", "9"], "there is no process 9"),
        (vec!["inbox", "--user", "eve"], "nobody is called eve"),
        (vec!["start", "a text of far more than fifty characters, which is the limit here"], "at most 50"),
    ] {
        let (fine, _, said) = run(&args);
        assert!(!fine && said.contains(names), "{args:?}: {said}");
    }
}
