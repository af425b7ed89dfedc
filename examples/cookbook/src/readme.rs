//! The tables of `README.md` list every file here, and nothing else.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::testing::Result;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The targets of the links in a text.
fn links(text: &str) -> Vec<&str> {
    text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link).collect()
}

#[test]
fn each_link_leads_to_a_file_and_each_file_has_one() {
    let readme = text(&root().join("README.md"));
    let listed: BTreeSet<PathBuf> =
        links(&readme).into_iter().filter(|link| !link.contains("://")).map(PathBuf::from).collect();
    for link in &listed {
        assert!(root().join(link).exists(), "{}", link.display());
    }
    let mut files = BTreeSet::new();
    for folder in ["apps", "control_flow", "events", "people"] {
        let entries = fs::read_dir(root().join("src").join(folder)).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        files.extend(names.filter(|name| name != "mod.rs").map(|name| Path::new("src").join(folder).join(name)));
    }
    let of_patterns: BTreeSet<_> = listed.into_iter().filter(|link| link.starts_with("src")).collect();
    assert_eq!(of_patterns, files);
}

#[test]
fn the_43_control_flow_patterns_are_each_in_one_row_with_a_file_that_names_it() {
    let readme = text(&root().join("README.md"));
    let mut missing = Vec::new();
    for number in 1..=43 {
        let start = format!("| {number} |");
        let rows: Vec<&str> = readme.lines().filter(|line| line.starts_with(&start)).collect();
        let [row] = rows[..] else { panic!("{number}: {rows:?}") };
        match links(row).into_iter().find(|link| link.starts_with("src/")) {
            Some(file) => assert!(text(&root().join(file)).contains(&format!("(WCP-{number})")), "{file}: {number}"),
            None => missing.push(number),
        }
    }
    assert_eq!(missing, [28, 31, 33, 38]);
}

#[test]
fn the_resource_patterns_have_the_number_of_their_file() -> Result<()> {
    let readme = text(&root().join("README.md"));
    let rows: Vec<&str> = readme.lines().filter(|line| line.starts_with("| R")).collect();
    assert!(!rows.is_empty());
    for row in rows {
        let number = row.trim_start_matches("| R").split(' ').next().unwrap();
        let file =
            links(row).into_iter().find(|link| link.starts_with("src/people/")).unwrap_or_else(|| panic!("{row}"));
        assert!(text(&root().join(file)).contains(&format!("(WRP-{number})")), "{row}");
    }
    Ok(())
}
