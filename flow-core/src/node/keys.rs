//! The keys of `#[node(..)]`, as the fields of a struct for each kind: what an IDE shows and completes.
//!
//! Nothing of this runs. It is made from the rows of the grammar in `flow_graph`, by which the macro reads the keys.

/// Stands for any value.
pub type Value = ();

macro_rules! keys {
    (fields {$(
        $(#[$doc:meta])* $kind:ident ($($owner:ident)?) { $($facts:tt)* } {
            $($(#[$key_doc:meta])* $key:ident: $takes:expr, $need:expr, $example:literal;)*
        }
    )*} boundaries { $($boundaries:tt)* }) => {$(
        #[doc = concat!("The keys of `", stringify!($kind), "`.")]
        #[derive(Debug, Clone, Copy)]
        pub struct $kind {
            $($(#[$key_doc])* pub $key: Value,)*
        }
    )*};
}

flow_graph::__node_kinds!(keys);

macro_rules! edge_keys {
    ($($(#[$doc:meta])* $key:ident: $edges:expr, $example:literal;)*) => {
        /// The keys of an edge, behind its node: `next(this.check, when = |a| ..)`.
        #[derive(Debug, Clone, Copy)]
        pub struct Edge {
            $($(#[$doc])* pub $key: Value,)*
        }
    };
}

flow_graph::__edge_keys!(edge_keys);

/// Stands for the keys that are not written. It is never called.
#[must_use]
pub fn any<T>() -> T {
    // Type-checked by an IDE, compiled by nobody: see `#[cfg(rust_analyzer)]` in the macro.
    std::process::abort()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_page_of_flow_lists_the_keys_of_a_flow() {
        let page = include_str!("../../docs/flow.md");
        let lines: Vec<&str> = page.lines().filter(|line| line.starts_with("| `")).collect();
        for key in flow_graph::FLOW_KEYS {
            let listed = |line: &&&str| line.contains(&format!("`{}", key.name));
            assert_eq!(lines.iter().filter(listed).count(), 1, "`{}`", key.name);
        }
    }
}
