//! The methods that rows have: a field of the same name would hide them, and what they return is no field.

/// Of the row of a process.
pub(crate) const PROCESS: &[&str] = &[
    "id",
    "flow",
    "status",
    "version",
    "created",
    "finished",
    "data",
    "row",
    "save",
    "parent",
    "seed",
    "seed_key",
    "seed_ref",
    "artifact",
    "artifact_key",
    "artifact_ref",
    "start_key",
    "release",
    "reference",
    "suspended",
    "started_by",
    "depth",
];

/// Of the row of a task.
pub(crate) const TASK: &[&str] = &[
    "id",
    "flow",
    "node",
    "task_type",
    "kind",
    "status",
    "token",
    "host",
    "compensates",
    "resting",
    "previous",
    "owner",
    "on_behalf_of",
    "priority",
    "created",
    "assigned",
    "started",
    "finished",
    "due",
    "error",
    "data",
    "joined",
    "seed",
    "seed_key",
    "seed_ref",
    "artifact",
    "artifact_key",
    "artifact_ref",
];

/// Of a row of the app's: what its trait and its derive have.
pub(crate) const ROW: &[&str] =
    &["by", "can", "may", "available", "row", "key", "document", "version", "states", "save", "delete", "fill", "data"];

#[cfg(test)]
mod tests {
    const CORE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../flow-core/src");

    /// The methods of a file that a user can call on what they are given, but for what is the macros' own.
    fn methods(file: &str) -> Vec<String> {
        let text = std::fs::read_to_string(format!("{CORE}/{file}")).unwrap();
        let mut found = Vec::new();
        let mut hidden = false;
        for line in text.lines().map(str::trim) {
            hidden = line == "#[doc(hidden)]" || hidden && !line.is_empty();
            let Some(rest) = line.strip_prefix("pub fn ").or_else(|| line.strip_prefix("pub const fn ")) else {
                continue;
            };
            let (name, arguments) = rest.split_once('(').unwrap();
            if !hidden && (arguments.starts_with("&self") || arguments.starts_with("&mut self")) {
                found.push(name.split('<').next().unwrap().to_owned());
            }
        }
        found
    }

    #[test]
    fn each_method_of_a_row_is_known() {
        for (file, known) in [("process.rs", super::PROCESS), ("task.rs", super::TASK)] {
            let own = methods(file);
            assert!(own.len() > 5, "{own:?}");
            for name in own.iter().chain(&references()) {
                assert!(known.contains(&name.as_str()), "a field `{name}` would hide the method of {file}");
            }
        }
    }

    /// Those that both rows have of what they refer to.
    fn references() -> Vec<String> {
        let found = methods("model.rs");
        let found: Vec<String> =
            found.into_iter().filter(|name| name.ends_with("_key") && *name != "flow_key").collect();
        assert!(found.len() >= 2, "{found:?}");
        found
    }
}
