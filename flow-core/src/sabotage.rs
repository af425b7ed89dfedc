//! Protections that `.ci/sabotage` takes out, one at a time, to see that the tests of each fail without it.

/// Whether the protection of this name is taken out: never, but in a build of `.ci/sabotage`.
#[cfg(flow_sabotage)]
pub fn is_out(protection: &str) -> bool {
    std::env::var_os("FLOW_SABOTAGE").is_some_and(|name| name == protection)
}

/// Whether the protection of this name is taken out: never, but in a build of `.ci/sabotage`.
#[cfg(not(flow_sabotage))]
pub const fn is_out(_: &str) -> bool {
    false
}
