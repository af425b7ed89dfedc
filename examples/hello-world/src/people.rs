//! The app's own people. Nothing of the flow stores users: it asks these.

use flow_core::prelude::*;

/// A person, as this app knows them.
pub struct Person {
    name: &'static str,
    permissions: &'static [&'static str],
    is_manager: bool,
}

/// Alice writes messages, Bob approves them, Mona manages the flow.
const PEOPLE: &[Person] = &[
    Person { name: "alice", permissions: &[], is_manager: false },
    Person { name: "bob", permissions: &["hello_world.approve"], is_manager: false },
    Person { name: "mona", permissions: &["hello_world.approve"], is_manager: true },
];

/// All that anybody here can have: what the flow asks for beside it, nobody could do.
pub fn permissions() -> impl Iterator<Item = &'static str> {
    PEOPLE.iter().flat_map(|person| person.permissions).copied()
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

/// The person of this name. A real app has them signed in.
pub fn find(name: &str) -> Result<&'static Person, String> {
    let names = || PEOPLE.iter().map(|person| person.name).collect::<Vec<_>>().join(", ");
    PEOPLE.iter().find(|person| person.name == name).ok_or_else(|| format!("nobody is called {name}: try {}", names()))
}
