//! Users and their permissions.

use std::fmt;

/// A user of your application: implement this trait for your own type.
///
/// The engine checks permissions inside the transaction, on every call. The only thing stored about users is their id,
/// as text, as the owner of tasks and in the audit.
///
/// ```
/// use flow_core::{Permission, User};
///
/// struct Person { name: String, permissions: Vec<String>, is_manager: bool }
///
/// impl User for Person {
///     fn id(&self) -> &str { &self.name }
///     fn may(&self, permission: &Permission) -> bool { self.permissions.iter().any(|p| p == permission.name()) }
///     fn manages(&self, _flow: &str) -> bool { self.is_manager }
/// }
/// ```
pub trait User {
    /// The id of the user: it is stored as the owner of tasks and in the audit.
    fn id(&self) -> &str;

    /// Whether the user has a permission: `permission("can_approve")` requires `can_approve`, `permission(auto)`
    /// requires `<flow>.<node>`.
    fn may(&self, permission: &Permission) -> bool;

    /// Whether the user manages this flow. Managers may do every task without `permission`, and may unassign tasks of
    /// others. Where a node has a `permission`, a manager needs that permission like anybody else.
    fn manages(&self, flow: &str) -> bool {
        let _ = flow;
        false
    }

    /// The groups that the user is a member of: see `candidates` of a `View`.
    fn groups(&self) -> Vec<&str> {
        Vec::new()
    }

    /// Those whom the person stands in for now: with [`on_behalf_of`](ActingUser::on_behalf_of) their tasks can be done.
    /// It is not transitive: those whom they stand in for are not meant.
    fn acts_for(&self) -> Vec<&dyn User> {
        Vec::new()
    }

    /// Why the person acts: see [`because`](ActingUser::because).
    #[doc(hidden)]
    fn note(&self) -> Option<&str> {
        None
    }

    /// The person in whose name this one acts, and whether that is allowed.
    #[doc(hidden)]
    fn represents(&self) -> Option<(&dyn User, bool)> {
        None
    }

    /// Whether this is code that acts by itself. It passes every permission check except `different_from`: see
    /// [`System`].
    #[doc(hidden)]
    fn is_system(&self) -> bool {
        false
    }
}

/// The user for code that acts by itself, such as a nightly import or a message handler. It has all permissions, and
/// the audit shows its name.
///
/// ```
/// use flow_core::{System, User};
///
/// assert_eq!(System("nightly import").id(), "nightly import");
/// assert!(System("nightly import").manages("hello_world"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct System(pub &'static str);

impl User for System {
    fn id(&self) -> &str {
        self.0
    }

    fn may(&self, _permission: &Permission) -> bool {
        true
    }

    fn manages(&self, _flow: &str) -> bool {
        true
    }

    fn is_system(&self) -> bool {
        true
    }
}

/// What a [`User`] can say beside who they are: why they act, and for whom. In the prelude.
pub trait ActingUser {
    /// The same person, with a note: the audit has it.
    ///
    /// ```
    /// use flow_core::prelude::*;
    ///
    /// #[flow]
    /// pub struct LeaveFlow {
    ///     #[node(permission(anyone), next = this.approve)] start: StartHandle,
    ///     #[node(permission(anyone), next = this.end)] approve: View,
    ///     end: End,
    /// }
    ///
    /// static FLOWS: Flows<diesel::SqliteConnection> = flows![LeaveFlow];
    ///
    /// fn main() -> flow_core::Result<()> {
    ///     let mut conn = flow_core::sqlite::open(":memory:")?;
    ///     FLOWS.migrate(&mut conn)?;
    ///     let process = LeaveFlow.start.run(&mut conn, &System("import"), Default::default())?;
    ///     FLOWS.cancel(&mut conn, process.id(), &System("clean up").because("a duplicate"))?;
    ///     let history = FLOWS.history(&mut conn, process.id())?;
    ///     assert_eq!(history.last().and_then(|row| row.note()), Some("a duplicate"));
    ///     Ok(())
    /// }
    /// ```
    fn because<'u>(&'u self, note: &'u str) -> Acting<'u>;

    /// The same person, acting in the name of another one: with that one's permissions, but not as a manager. It is
    /// denied unless [`User::acts_for`] names that person, or the actor is [`System`]. The audit names both.
    fn on_behalf_of<'u>(&'u self, person: &'u dyn User) -> Acting<'u>;
}

impl<U: User> ActingUser for U {
    fn because<'u>(&'u self, note: &'u str) -> Acting<'u> {
        Acting { user: self, note: Some(note), person: None }
    }

    fn on_behalf_of<'u>(&'u self, person: &'u dyn User) -> Acting<'u> {
        Acting { user: self, note: None, person: Some(person) }
    }
}

impl ActingUser for dyn User + '_ {
    fn because<'u>(&'u self, note: &'u str) -> Acting<'u> {
        Acting { user: self, note: Some(note), person: None }
    }

    fn on_behalf_of<'u>(&'u self, person: &'u dyn User) -> Acting<'u> {
        Acting { user: self, note: None, person: Some(person) }
    }
}

/// A [`User`] with a note, or in the name of another one: see [`ActingUser`].
#[derive(Clone, Copy)]
pub struct Acting<'u> {
    user: &'u dyn User,
    note: Option<&'u str>,
    person: Option<&'u dyn User>,
}

impl fmt::Debug for Acting<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let person = self.person.map(User::id);
        f.debug_struct("Acting").field("user", &self.user.id()).field("note", &self.note).field("for", &person).finish()
    }
}

impl User for Acting<'_> {
    fn id(&self) -> &str {
        self.user.id()
    }

    fn may(&self, permission: &Permission) -> bool {
        self.rights().may(permission)
    }

    fn manages(&self, flow: &str) -> bool {
        self.represents().is_none() && self.user.manages(flow)
    }

    fn groups(&self) -> Vec<&str> {
        self.rights().groups()
    }

    fn acts_for(&self) -> Vec<&dyn User> {
        self.user.acts_for()
    }

    fn note(&self) -> Option<&str> {
        self.note.or_else(|| self.user.note())
    }

    fn represents(&self) -> Option<(&dyn User, bool)> {
        let Some(person) = self.person else { return self.user.represents() };
        let named = || self.user.acts_for().iter().any(|other| other.id() == person.id());
        Some((person, self.user.is_system() || named()))
    }

    fn is_system(&self) -> bool {
        self.represents().is_none() && self.user.is_system()
    }
}

impl Acting<'_> {
    fn rights(&self) -> &dyn User {
        self.represents().map_or(self.user, |(person, _)| person)
    }
}

/// A permission that a node requires. [`Flows::check_permissions`](crate::Flows::check_permissions) lists at start-up
/// the permissions that your app does not define.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permission {
    pub(crate) name: String,
    pub(crate) flow: &'static str,
    pub(crate) node: &'static str,
}

impl Permission {
    /// A permission of this name, for the node of a flow.
    ///
    /// The engine creates those that nodes require. Create one yourself in a permission method:
    ///
    /// ```
    /// use flow_core::prelude::*;
    ///
    /// #[flow]
    /// pub struct LeaveFlow {
    ///     #[node(permission(anyone), next = this.approve)] start: Start,
    ///     #[node(permission(this.may_approve), next = this.end)] approve: View,
    ///     end: End,
    /// }
    ///
    /// impl LeaveFlow {
    ///     fn may_approve(user: &dyn User, _a: &Activation<Self>) -> bool {
    ///         user.may(&Permission::new("can_approve", "leave", "approve"))
    ///     }
    /// }
    /// # fn main() {}
    /// ```
    #[must_use]
    pub fn new(name: impl Into<String>, flow: &'static str, node: &'static str) -> Self {
        Permission { name: name.into(), flow, node }
    }

    pub(crate) fn auto(flow: &'static str, node: &'static str) -> Self {
        Permission { name: format!("{flow}.{node}"), flow, node }
    }

    /// Its name: `hello_world.approve`, or what `permission("..")` says.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The stored name of the flow that requires it.
    #[must_use]
    pub fn flow(&self) -> &str {
        self.flow
    }

    /// The stored name of the node that requires it.
    #[must_use]
    pub fn node(&self) -> &str {
        self.node
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}
