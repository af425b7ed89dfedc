//! How many jobs run at once: of a node, and of a key of it.

use std::collections::BTreeMap;

use super::DueRow;

/// What the jobs of a key share, in `flow_due.concurrency`: `orders.charge acme`. Without a key it is the node's alone.
pub(crate) fn of_key(node: &str, key: &str) -> String {
    format!("{node} {key}")
}

/// The node that a group belongs to; a stored name has no spaces.
fn node_of(group: &str) -> &str {
    group.split_once(' ').map_or(group, |(node, _)| node)
}

/// How many more may run of each group.
#[derive(Debug)]
pub(super) struct Free<'l> {
    limits: BTreeMap<&'l str, i64>,
    held: BTreeMap<String, i64>,
}

impl<'l> Free<'l> {
    /// With these limits of nodes, where so many of each group run now.
    pub(super) fn new(limits: &'l [(String, u32)], held: Vec<(Option<String>, i64)>) -> Self {
        Free {
            limits: limits.iter().map(|(node, most)| (node.as_str(), i64::from(*most))).collect(),
            held: held.into_iter().filter_map(|(group, count)| Some((group?, count))).collect(),
        }
    }

    /// The groups of which as many run as may.
    pub(super) fn full(&self) -> Vec<String> {
        let is_full = |group: &&str| self.limit(group).is_some_and(|most| self.held(group) >= most);
        let held = self.held.keys().map(String::as_str);
        // A limit of 0 is reached before anything runs.
        let nodes = self.limits.keys().copied().filter(|node| !self.held.contains_key(*node));
        held.chain(nodes).filter(is_full).map(str::to_owned).collect()
    }

    /// Whether one more may run, which then does. What has no limit, or one that this program does not know, may.
    pub(super) fn take(&mut self, row: &DueRow) -> bool {
        let Some((group, most)) = row.concurrency.as_deref().and_then(|group| Some((group, self.limit(group)?))) else {
            return true;
        };
        if self.held(group) >= most {
            return false;
        }
        *self.held.entry(group.to_owned()).or_default() += 1;
        true
    }

    fn limit(&self, group: &str) -> Option<i64> {
        self.limits.get(node_of(group)).copied()
    }

    fn held(&self, group: &str) -> i64 {
        self.held.get(group).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{DueKind, DueRow};
    use crate::{Timestamp, clock};

    fn row(group: Option<&str>) -> DueRow {
        let now: Timestamp = clock::now();
        let mut row = DueRow::new(1, 1, DueKind::Job, "orders", now);
        row.concurrency = group.map(str::to_owned);
        row
    }

    #[test]
    fn each_key_has_the_limit_of_its_node() {
        let limits = [("orders.charge".to_owned(), 1), ("orders.mail".to_owned(), 2), ("orders.never".to_owned(), 0)];
        let mut free = Free::new(&limits, vec![(Some("orders.charge acme".to_owned()), 1), (None, 7)]);
        assert_eq!(free.full(), ["orders.charge acme", "orders.never"]);
        assert!(!free.take(&row(Some("orders.charge acme"))));
        assert!(free.take(&row(Some("orders.charge a b"))));
        assert!(!free.take(&row(Some("orders.charge a b"))));
        assert!(free.take(&row(Some("orders.mail"))));
        assert!(free.take(&row(Some("orders.mail"))));
        assert!(!free.take(&row(Some("orders.mail"))));
        for _ in 0..3 {
            assert!(free.take(&row(None)));
            assert!(free.take(&row(Some("other.node"))), "no limit that this program knows");
        }
        assert_eq!(free.full(), ["orders.charge a b", "orders.charge acme", "orders.mail", "orders.never"]);
    }
}
