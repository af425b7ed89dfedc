//! What a new release changes, for people to look at before they accept it.

use std::collections::BTreeSet;

use super::Release;

/// The lines that a release adds to (`+`) and removes from (`-`) the one before it, in the order of the lock. Empty if
/// nothing that the lock lists has changed.
///
/// ```
/// use flow_graph::lock::{Lock, review};
///
/// let text = "version = 1\n[leave 1]\nnode end End\n[leave 2]\nfield days \"integer(0..255)\"\nnode end End\n";
/// let lock = Lock::parse(text).unwrap();
/// let [old, new] = lock.releases() else { panic!() };
/// assert_eq!(review(Some(old), new), "  [leave 2]\n+ field days \"integer(0..255)\"\n");
/// ```
#[must_use]
pub fn review(old: Option<&Release>, new: &Release) -> String {
    if old.is_some_and(|old| old.is_same(new)) {
        return String::new();
    }
    let before: BTreeSet<String> = old.map(Release::lines).unwrap_or_default().into_iter().collect();
    let after: BTreeSet<String> = new.lines().into_iter().collect();
    // One line of each node: what was and what is stand together.
    let mut lines: Vec<(&String, char)> = before.difference(&after).map(|line| (line, '-')).collect();
    lines.extend(after.difference(&before).map(|line| (line, '+')));
    lines.sort_by(|a, b| (key(a.0), a.1 == '+', a.0).cmp(&(key(b.0), b.1 == '+', b.0)));
    let head = format!("  [{} {}]\n", super::write::word(&new.flow), new.number);
    lines.into_iter().fold(head, |text, (line, sign)| text + &format!("{sign} {line}\n"))
}

/// What a line is about: its first two words.
fn key(line: &str) -> &str {
    line.match_indices(' ').nth(1).map_or(line, |(at, _)| &line[..at])
}
