//! Who acts.

use crate::{Permission, User};

/// Whoever runs the program: code that acts by itself, as [`System`](crate::System), under a name that is given.
pub(super) struct Operator {
    pub(super) name: String,
    pub(super) reason: Option<String>,
}

impl User for Operator {
    fn id(&self) -> &str {
        &self.name
    }

    fn may(&self, _: &Permission) -> bool {
        true
    }

    fn manages(&self, _: &str) -> bool {
        true
    }

    fn note(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    fn is_system(&self) -> bool {
        true
    }
}
