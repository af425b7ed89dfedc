//! The pages of the checks: the sample that is wrong is told of its check and of no other, the right ones of none.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../flow-core/docs/errors");

#[test]
fn the_wrong_sample_of_a_page_has_its_mistake_and_the_right_ones_have_none() {
    let mut faults = Vec::new();
    for check in flow_graph::CHECKS {
        let name = check.name;
        let samples = samples(&page(name));
        assert!(samples.len() >= 2, "{name}.md");
        for (wrong, code) in samples {
            let found = found(&code);
            // Between flows rustc finds it; the macro sees one at a time.
            if wrong && name == "subprocess_recursion" && code.matches("#[flow").count() > 1 && found.is_empty() {
                continue;
            }
            let wanted = if wrong { BTreeSet::from([name]) } else { BTreeSet::new() };
            if found != wanted {
                faults.push(format!("{name}.md is told of {found:?} in\n{code}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The text of a check's page.
pub(crate) fn page(name: &str) -> String {
    std::fs::read_to_string(format!("{FOLDER}/{name}.md")).unwrap_or_else(|_| panic!("{name}.md"))
}

/// The samples of a page, and whether they must not compile.
pub(crate) fn samples(page: &str) -> Vec<(bool, String)> {
    let blocks = page.split("```rust").skip(1);
    let block = |text: &str| {
        let wrong = text.starts_with(",compile_fail");
        let code = text.split_once('\n')?.1.split("```").next()?;
        Some((wrong, code.to_owned()))
    };
    blocks.filter_map(block).collect()
}

/// The checks that speak of a sample.
pub(crate) fn found(code: &str) -> BTreeSet<&'static str> {
    let source: TokenStream = code.parse().unwrap();
    let told = crate::snapshots::expansions(source).to_string();
    let names = flow_graph::CHECKS.iter().map(|check| check.name);
    names.filter(|name| told.contains(&format!("[{name}]")) || told.contains(&format!("const {name} : ()"))).collect()
}

/// The first help that a check gives for a sample.
pub(crate) fn told(code: &str, name: &str) -> Option<String> {
    let told = crate::snapshots::expansions(code.parse().unwrap()).to_string();
    let finding = told.split(&format!("[{name}]")).nth(1)?;
    // A text within a text: its quotes and line breaks are written out.
    let help = finding.split("\\nhelp: ").nth(1)?.split("\\n").next()?;
    Some(help.replace("\\\"", "\""))
}
