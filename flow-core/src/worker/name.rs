//! The names of workers.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicU32, Ordering};

/// Separates the name from the suffix that makes it unique.
const MARK: char = '#';

/// The host and the number of this process.
pub(super) fn of_process() -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let host = host.or_else(|| std::env::var("HOSTNAME").ok()).or_else(|| std::env::var("COMPUTERNAME").ok());
    let host = host.map(|host| host.trim().to_owned()).filter(|host| !host.is_empty());
    format!("{}/{}", host.as_deref().unwrap_or("localhost"), std::process::id())
}

/// A name that no other worker has: a restarted process has the old one's host, and may have its process id.
pub(super) fn unique(name: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    // The keys of a `RandomState` are random: so is what it makes of the same number.
    let random = RandomState::new().hash_one(number);
    let name = name.replace(['\0', MARK], "_");
    format!("{name}{MARK}{random:016x}")
}

/// The name as it was given.
pub(crate) fn given(holder: &str) -> &str {
    holder.rsplit_once(MARK).map_or(holder, |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_of_one_name_differ() {
        let (one, two) = (unique("mail#1"), unique("mail#1"));
        assert_ne!(one, two);
        assert_eq!((given(&one), given(&two)), ("mail_1", "mail_1"));
        assert!(of_process().contains(&format!("/{}", std::process::id())));
    }
}
