//! Where the pages of the checks are, for the messages that lead there.

/// In the documentation of the published crate, where `flow_core::errors` has them; of any release that this one can be
/// replaced by.
const PAGES: &str = concat!(
    "https://docs.rs/flow-core/",
    env!("CARGO_PKG_VERSION_MAJOR"),
    ".",
    env!("CARGO_PKG_VERSION_MINOR"),
    "/flow_core/errors/"
);

/// The address of a check's page.
///
/// ```
/// let page = flow_graph::page("too_big");
/// assert!(page.starts_with("https://docs.rs/flow-core/") && page.ends_with("/flow_core/errors/too_big/"));
/// ```
#[must_use]
pub fn page(check: &str) -> String {
    format!("{PAGES}{check}/")
}
