//! What the documents list is what the code has.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use flow_core::Verb;
use flow_core::graph::Kind;

fn text(path: &str) -> String {
    std::fs::read_to_string(format!("{}/../{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// The row of a table in `docs/schema.md` that begins with this column.
fn row(section: &str, column: &str) -> String {
    let schema = text("docs/schema.md");
    let (_, section) = schema.split_once(section).unwrap();
    let start = format!("| `{column}` |");
    section.lines().find(|line| line.starts_with(&start)).unwrap().to_owned()
}

#[test]
fn the_schema_lists_every_action_of_the_audit() {
    let row = row("## flow_audit", "action");
    for verb in Verb::ALL {
        assert!(row.contains(&format!("`{verb}`")), "{verb} is missing in {row}");
    }
    assert_eq!(row.matches('`').count() / 2 - 1, Verb::ALL.len(), "{row}");
}

#[test]
fn the_schema_lists_every_task_type() {
    let row = row("## flow_task", "task_type");
    for kind in Kind::FIELDS {
        assert!(row.contains(&format!("`{}`", kind.task_type())), "{kind:?} is missing in {row}");
    }
}

#[test]
fn the_table_of_features_is_the_manifest() {
    let manifest = text("flow-core/Cargo.toml");
    let (_, features) = manifest.split_once("[features]").unwrap();
    let features = features.split_once("\n[").map_or(features, |(features, _)| features);
    let overview = text("flow-core/docs/overview.md");
    for line in features.lines().filter(|line| !line.starts_with('#')) {
        let Some((feature, _)) = line.split_once(" = ") else { continue };
        if feature != "default" {
            assert!(overview.contains(&format!("`{feature}`")), "docs/overview.md says nothing of `{feature}`");
        }
    }
}
