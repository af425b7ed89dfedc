//! What a help says can be pasted: done so to the wrong sample of each page whose help is code, the mistake is gone
//! and no other error has come.

use std::collections::BTreeSet;

use crate::pages::{found, page, samples, told};

/// The checks whose help is all code: what to write, and on which nodes.
const PASTED: &[&str] = &[
    "never_ends",
    "only_a_side_branch_ends",
    "unbounded_nesting",
    "back_before_split",
    "mixed_levels",
    "split_with_two_joins",
    "branch_leaves",
    "split_all_conditional",
    "runs_twice",
    "join_never_waits",
    "split_of_one",
    "next_twice",
    "join_of_one",
    "reminder_rejoins",
    "node_removed",
];

#[test]
fn what_helps_say_compiles_and_mends() {
    for name in PASTED {
        let (_, code) = samples(&page(name)).into_iter().find(|(wrong, _)| *wrong).unwrap();
        let help = told(&code, name).unwrap_or_else(|| panic!("{name} is not told"));
        let mended = paste(&code, &help);
        assert_ne!(mended, code, "{name}: nothing to paste in `{help}`");
        let weight = |name: &&str| {
            let check = flow_graph::CHECKS.iter().find(|check| check.name == *name).unwrap();
            // What nothing leads to any more is to be removed, and the compiler says so.
            check.severity > flow_graph::Severity::Warning && *name != "unreachable_nodes"
        };
        let said = found(&mended);
        assert!(!help.starts_with("remove it") || said.contains("unreachable_nodes"), "{name}: it is still in use");
        let left: BTreeSet<&str> = said.into_iter().filter(|left| left == name || weight(left)).collect();
        assert!(left.is_empty(), "{name}: still {left:?} after `{help}`\n{mended}");
        syn2::parse_file(&mended).unwrap_or_else(|error| panic!("{name}: {error}\n{mended}"));
    }
}

/// Does what a help says: "`next = this.x` on `a` and `b`" is written there, "`#[node(..)] pub x: Join,`" is added. A
/// way that stands alone is that of the node the finding is at.
fn paste(code: &str, help: &str) -> String {
    let mut code = code.to_owned();
    let pieces: Vec<&str> = help.split('`').collect();
    let mut at = 1;
    while at < pieces.len() {
        let piece = pieces[at];
        if piece.starts_with("#[node(") {
            code = code.replacen(
                "    pub end: End,",
                &format!("    {}\n\n    pub end: End,", piece.replace("] pub", "]\n    pub")),
                1,
            );
        } else if piece.contains(" = this.") || piece.starts_with("on_timeout(") || piece.starts_with("was = ") {
            let mut next = at;
            let mut lead = " on ";
            while pieces
                .get(next + 1)
                .is_some_and(|between| *between == lead || (next > at && [", ", " and "].contains(between)))
            {
                // "`a = this.x` on `n`, `b = this.y` on `m`": the second is no node.
                if pieces[next + 2].contains(' ') {
                    break;
                }
                next += 2;
                code = lead_to(&code, pieces[next], piece);
                lead = ", ";
            }
        }
        at += 2;
    }
    code
}

/// Writes the ways of a node anew: those of the same key.
fn lead_to(code: &str, node: &str, ways: &str) -> String {
    let field = format!("pub {node}: ");
    let Some(end) = code.find(&field) else { return code.to_owned() };
    let start = code[..end].rfind("#[node(").unwrap();
    let attribute = &code[start..end];
    let inside = attribute.trim_end().trim_start_matches("#[node(").trim_end_matches(")]");
    let mut parts: Vec<String> = crate::tokens::split_commas(inside.parse().unwrap())
        .iter()
        .map(|part| part.iter().cloned().collect::<proc_macro2::TokenStream>().to_string())
        .collect();
    if let Some(rest) = ways.strip_prefix("on_timeout(..") {
        // How long it takes stays as it was.
        for part in parts.iter_mut().filter(|part| part.starts_with("on_timeout")) {
            let inside = part.split_once('(').unwrap().1;
            *part =
                format!("on_timeout({}{rest}", inside.split(", this").next().unwrap().split(" , this").next().unwrap());
        }
    } else {
        // An edge with something in its brackets stays as it is.
        let key = ways.split(" = ").next().unwrap();
        let old = |part: &String| part.starts_with(&format!("{key} ="));
        let first = parts.iter().position(old).unwrap_or(parts.len());
        parts.retain(|part| !old(part));
        parts.insert(first.min(parts.len()), ways.to_owned());
    }
    format!("{}#[node({})]\n    {}", &code[..start], parts.join(", "), &code[end..])
}
