//! People, as an app has them.

use flow_core::{Permission, User};

#[derive(Clone, Debug)]
pub struct Person {
    pub name: &'static str,
    pub permissions: &'static [&'static str],
    pub is_manager: bool,
}

impl User for Person {
    fn id(&self) -> &str {
        self.name
    }

    fn may(&self, permission: &Permission) -> bool {
        self.permissions.contains(&permission.name())
    }

    fn manages(&self, _flow: &str) -> bool {
        self.is_manager
    }
}

/// May nothing in particular.
pub const ALICE: Person = Person { name: "alice", permissions: &[], is_manager: false };
/// May approve.
pub const BOB: Person = Person { name: "bob", permissions: &["hello_world.approve", "can_sign"], is_manager: false };
/// May approve too.
pub const CAROL: Person =
    Person { name: "carol", permissions: &["hello_world.approve", "can_sign"], is_manager: false };
/// Manages everything, and has no permission by name.
pub const MONA: Person = Person { name: "mona", permissions: &[], is_manager: true };
