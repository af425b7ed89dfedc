//! Every check has its page, and the page's samples are among the doc tests.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

#[test]
fn every_check_has_its_page_and_its_samples_are_compiled() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let compiled = std::fs::read_to_string(format!("{root}/tests/src/lib.rs")).unwrap();
    let index = std::fs::read_to_string(format!("{root}/docs/errors/README.md")).unwrap();
    for check in flow_core::graph::CHECKS {
        let name = check.name;
        let page = std::fs::read_to_string(format!("{root}/docs/errors/{name}.md")).unwrap_or_default();
        assert!(page.contains("```rust,compile_fail") && page.contains("```rust\n"), "docs/errors/{name}.md");
        assert!(compiled.contains(&format!("docs/errors/{name}.md")), "{name} is not in tests/src/lib.rs");
        assert!(index.contains(&format!("({name}.md)")), "{name} is not in docs/errors/README.md");
    }
}
