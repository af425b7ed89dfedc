//! Permissions that flows require but the application does not define.

use std::fmt;

use super::Flows;
use crate::flow::{Rule, ViewRule, node};
use crate::store::FlowConnection;
use crate::{Flow, Permission};

/// A permission that a flow requires, but that is not in the list of known permissions.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownPermission {
    /// The required permission, with its flow and node.
    pub permission: Permission,
    /// A similar name from the list.
    pub similar: Option<String>,
}

/// "`hello_world.approve` requires the permission `can_aprove`, which is not in the list of known permissions; did you
/// mean `can_approve`?"
impl fmt::Display for UnknownPermission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Permission { name, flow, node } = &self.permission;
        write!(f, "`{flow}.{node}` requires the permission `{name}`, which is not in the list of known permissions")?;
        match &self.similar {
            Some(similar) => write!(f, "; did you mean `{similar}`?"),
            None => Ok(()),
        }
    }
}

impl<C: FlowConnection> Flows<C> {
    /// The permissions that these flows require by name, one for each such node: `permission("can_approve")`, and
    /// `permission(auto)`, which is `<flow>.<node>`. Permissions that are checked by your own methods are not included.
    ///
    /// ```
    /// # use flow_core::prelude::*;
    /// # #[flow]
    /// # pub struct LeaveFlow {
    /// #     #[node(permission(anyone), next = this.approve)] start: Start,
    /// #     #[node(permission(auto), next = this.end)] approve: View,
    /// #     end: End,
    /// # }
    /// static FLOWS: Flows<diesel::SqliteConnection> = flows![LeaveFlow];
    ///
    /// # fn main() {
    /// let names: Vec<_> = FLOWS.permissions().map(|permission| permission.to_string()).collect();
    /// assert_eq!(names, ["leave.approve"]);
    /// # }
    /// ```
    pub fn permissions(&self) -> impl Iterator<Item = Permission> + use<C> {
        self.all().iter().flat_map(|flow| flow.permissions())
    }

    /// Lists every permission that these flows require but that is not in `known`, with a similar name. A task of such
    /// a node could never be claimed, because no user can have the permission.
    ///
    /// Call it when the application starts, with all permissions that a user can have.
    ///
    /// ```
    /// # use flow_core::prelude::*;
    /// # #[flow]
    /// # pub struct LeaveFlow {
    /// #     #[node(permission(anyone), next = this.approve)] start: Start,
    /// #     #[node(permission("can_aprove"), next = this.end)] approve: View,
    /// #     end: End,
    /// # }
    /// static FLOWS: Flows<diesel::SqliteConnection> = flows![LeaveFlow];
    ///
    /// # fn main() {
    /// let unknown = FLOWS.check_permissions(&["can_approve", "can_pay"]);
    /// assert_eq!(unknown[0].permission.name(), "can_aprove");
    /// assert_eq!((unknown[0].permission.flow(), unknown[0].permission.node()), ("leave", "approve"));
    /// assert_eq!(unknown[0].similar.as_deref(), Some("can_approve"));
    ///
    /// assert_eq!(FLOWS.check_permissions(&["can_aprove"]), []);
    /// # }
    /// ```
    #[must_use]
    pub fn check_permissions(&self, known: impl IntoIterator<Item = impl AsRef<str>>) -> Vec<UnknownPermission> {
        let known: Vec<String> = known.into_iter().map(|name| name.as_ref().to_owned()).collect();
        self.permissions()
            .filter(|permission| !known.iter().any(|name| name == permission.name()))
            .map(|permission| {
                let similar = similar(permission.name(), &known);
                UnknownPermission { permission, similar }
            })
            .collect()
    }
}

/// The permissions that one flow asks for by name.
pub(crate) fn of_flow<F: Flow>() -> Vec<Permission> {
    let nodes = F::GRAPH.ids().filter_map(|id| node::<F>(id).ok());
    let asks = nodes.filter_map(|(node, def)| match def.rule {
        Rule::Auto => Some(Permission::auto(F::GRAPH.name, node.name)),
        Rule::Named(name) => Some(Permission::new(name, F::GRAPH.name, node.name)),
        Rule::Managers | Rule::Anyone | Rule::Task(_) | Rule::Start(_) => None,
    });
    let view = match F::VIEW {
        ViewRule::Auto => Some(Permission::auto(F::GRAPH.name, "view")),
        ViewRule::Named(name) => Some(Permission::new(name, F::GRAPH.name, "view")),
        ViewRule::Nobody | ViewRule::Anyone | ViewRule::Process(_) => None,
    };
    asks.chain(view).collect()
}

/// The name that differs least, by a third of its letters at most.
fn similar(name: &str, known: &[String]) -> Option<String> {
    let close = known.iter().map(|known| (distance(name, known), known)).min()?;
    (close.0 * 3 <= name.len().max(3)).then(|| close.1.clone())
}

/// How many letters must change, come or go.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.chars().enumerate() {
        let mut before = i;
        row[0] = i + 1;
        for (j, other) in b.iter().enumerate() {
            let change = before + usize::from(letter != *other);
            before = row[j + 1];
            row[j + 1] = change.min(before + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_which_most_letters_are_others_is_no_similar_one() {
        let known = ["can_approve".to_owned(), "can_pay".to_owned()];
        assert_eq!(similar("can_aprove", &known).as_deref(), Some("can_approve"));
        assert_eq!(similar("can_apporve", &known).as_deref(), Some("can_approve"));
        assert_eq!(similar("hello_world.send", &known), None);
        assert_eq!(similar("can_pay", &[]), None);
        assert_eq!((distance("", "abc"), distance("abc", "abc"), distance("abc", "axc")), (3, 0, 1));
    }
}
