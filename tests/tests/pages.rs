//! Every check has its page, with a sample of each kind, and is in a snapshot of what the compiler says.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use flow_core::graph::Severity;

#[test]
fn every_check_has_its_page_and_a_snapshot() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let index = std::fs::read_to_string(format!("{root}/flow-core/docs/errors/README.md")).unwrap();
    let said: String = std::fs::read_dir(format!("{root}/tests/ui/fail"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "stderr"))
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    for check in flow_core::graph::CHECKS {
        let name = check.name;
        let page = std::fs::read_to_string(format!("{root}/flow-core/docs/errors/{name}.md")).unwrap_or_default();
        // A hint does not stop a flow from being compiled.
        let told = if check.severity == Severity::Off { "Flow.hints()" } else { "```rust,compile_fail" };
        assert!(page.contains(told) && page.contains("```rust\n"), "flow-core/docs/errors/{name}.md");
        assert!(check.severity == Severity::Off || said.contains(name), "{name} is in no snapshot of tests/ui/fail");
        assert!(page.starts_with(&format!("# `{name}`: ")), "flow-core/docs/errors/{name}.md has no title");
        // So that a search for the usual term finds it.
        assert!(page.contains("\nAlso known as: "), "flow-core/docs/errors/{name}.md does not say how others call it");
        assert!(index.contains(&format!("({name}.md)")), "{name} is not in flow-core/docs/errors/README.md");
    }
    // Those of state machines, which `#[states]` and its constants find.
    let (_, states) = index.split_once("## What can be wrong with a state machine").unwrap();
    let names: Vec<&str> = states.split("[`").skip(1).filter_map(|rest| rest.split('`').next()).collect();
    assert_eq!(names.len(), 5);
    for name in names {
        let page = std::fs::read_to_string(format!("{root}/flow-core/docs/errors/{name}.md")).unwrap_or_default();
        assert!(page.contains("```rust,compile_fail") && page.contains("```rust\n"), "flow-core/docs/errors/{name}.md");
        assert!(said.contains(&format!("[{name}]")), "{name} is in no snapshot of tests/ui/fail");
    }
}
