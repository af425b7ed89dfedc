//! What the documents list is what the code has.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "tests")]

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

#[test]
fn the_guide_lists_every_feature_with_what_it_turns_on() {
    let manifest = text("flow-core/Cargo.toml");
    let (_, features) = manifest.split_once("[features]").unwrap();
    let features = features.split_once("\n[").map_or(features, |(features, _)| features);
    let operations = text("docs/guide/operations.md");
    for line in features.lines().filter(|line| !line.starts_with('#')) {
        let Some((feature, on)) = line.split_once(" = ") else { continue };
        if feature == "default" {
            continue;
        }
        let row = operations.lines().find(|line| line.starts_with(&format!("| `{feature}`")));
        let row = row.unwrap_or_else(|| panic!("docs/guide/operations.md has no row for `{feature}`"));
        for other in ["sqlite", "postgres"] {
            if on.contains(&format!("\"{other}\"")) {
                assert!(row.contains(&format!("turns on `{other}`")), "{row}");
            }
        }
    }
}

#[test]
fn the_guide_lists_every_kind_and_every_status() {
    let nodes = text("docs/guide/nodes.md");
    for kind in Kind::FIELDS {
        assert!(nodes.contains(&format!("| [`{}`](nodes/", kind.name())), "docs/guide/nodes.md: {kind:?}");
    }
    let concepts = text("docs/guide/concepts.md");
    for status in ["NEW", "ASSIGNED", "SCHEDULED", "STARTED", "DONE", "ERROR", "CANCELED"] {
        assert!(concepts.contains(&format!("| `{status}` |")), "docs/guide/concepts.md: {status}");
    }
}

#[test]
fn the_table_of_keys_is_the_grammar() {
    let nodes = text("docs/guide/nodes.md");
    let common = ["task", "title", "summary", "result", "name", "was", "allow"];
    for kind in Kind::FIELDS {
        let start = format!("| `{}` | ", kind.name());
        let row = nodes.lines().find(|line| line.starts_with(&start) && line.matches('|').count() == 4);
        let row = row.unwrap_or_else(|| panic!("docs/guide/nodes.md has no row of keys for {kind:?}"));
        let mut listed: Vec<&str> = row[start.len()..].split('`').skip(1).step_by(2).collect();
        let mut keys: Vec<&str> = kind.keys().iter().map(|key| key.name).filter(|key| !common.contains(key)).collect();
        listed.sort_unstable();
        keys.sort_unstable();
        assert_eq!(listed, keys, "docs/guide/nodes.md: {row}");
        assert!(common.iter().all(|key| kind.key(key).is_some()), "{kind:?}");
    }
}

/// What a flow needs from its first design on: a key that is lost is a promise that is not kept.
#[test]
fn the_keys_of_a_flow_are_those_that_were_promised() {
    let promised = "process connection name was title summary result permission view cancel reference observe notify \
                    audit crate";
    for key in promised.split_whitespace() {
        assert!(flow_core::graph::FLOW_KEYS.iter().any(|known| known.name == key), "`{key}`");
    }
    let of_nodes = [
        ("Start", "form available undo permission next"),
        ("StartHandle", "input run undo permission next"),
        ("View", "form assign candidates on_create undo due priority different_from permission on_timeout next"),
        ("Function", "run undo next"),
        ("Handle", "input run undo permission on_timeout next"),
        ("Job", "run on_done undo retry timeout queue priority concurrency concurrency_key on_timeout next"),
        ("If", "if then else"),
        ("Switch", "on case default"),
        ("Split", "next"),
        ("Join", "next"),
        ("Subprocess", "start process_seed process_data next on_timeout"),
        ("Timer", "delay at next"),
    ];
    for (kind, keys) in of_nodes {
        let known = Kind::FIELDS.iter().find(|known| known.name() == kind).unwrap();
        for key in keys.split_whitespace() {
            assert!(known.key(key).is_some(), "`{key}` of {kind}");
        }
    }
}

/// The anchor of a heading, as GitHub makes it.
fn anchor(heading: &str) -> String {
    let kept = |letter: &char| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_');
    heading.trim().to_lowercase().chars().filter(kept).map(|letter| if letter == ' ' { '-' } else { letter }).collect()
}

#[test]
fn the_links_of_the_readme_and_the_guide_lead_somewhere() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut pages = vec![root.join("README.md"), root.join("CONTRIBUTING.md")];
    for folder in ["docs", "docs/guide", "docs/guide/nodes"] {
        let files = std::fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().path());
        pages.extend(files.filter(|path| path.extension().is_some_and(|end| end == "md")));
    }
    let mut dead = Vec::new();
    for page in pages {
        let text = std::fs::read_to_string(&page).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link) {
            if link.contains("://") || link.contains(' ') {
                continue;
            }
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { page.clone() } else { page.parent().unwrap().join(file) };
            let found = if target.is_dir() { heading.is_empty() } else { target.is_file() };
            let headings = std::fs::read_to_string(&target).unwrap_or_default();
            let mut headings = headings.lines().filter(|line| line.starts_with('#'));
            let known = |line: &str| anchor(line.trim_start_matches('#')) == heading;
            if !found || (!heading.is_empty() && !headings.any(known)) {
                dead.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert!(dead.is_empty(), "{}", dead.join("\n"));
}

#[test]
fn the_wrong_flow_of_the_readme_is_a_case_of_the_compile_errors() {
    let readme = text("README.md");
    let flow = text("tests/ui/fail/readme.rs");
    let (flow, _) = flow.split_once("\n\n").unwrap();
    assert!(
        readme.contains(&format!("```rust,compile_fail\n{flow}\n```")),
        "README.md shows another flow than\n{flow}"
    );
    let said = text("tests/ui/fail/readme.stderr").replace("ui/fail/readme.rs", "src/leave.rs");
    assert!(
        readme.contains(&format!("```text\n{}\n```", said.trim_end())),
        "README.md shows other errors than\n{said}"
    );
}
