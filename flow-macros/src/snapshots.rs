//! What the macros write, kept beside what was written: `tests/ui/pass/*.rs` and their `.expanded` files. To make
//! them anew: `FLOW_SNAPSHOTS=overwrite cargo test -p flow-macros`.

use proc_macro2::{TokenStream, TokenTree};

/// The folder that feeds the tests of what compiles, too.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/ui/pass");

#[test]
fn what_is_written_for_each_flow_is_what_was_written_before() {
    let overwrite = std::env::var("FLOW_SNAPSHOTS").is_ok_and(|word| word == "overwrite");
    let mut seen = 0;
    for entry in std::fs::read_dir(FOLDER).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|end| end != "rs") {
            continue;
        }
        let source: TokenStream = std::fs::read_to_string(&path).unwrap().parse().unwrap();
        let expanded = expansions(source);
        let file = syn2::parse2(expanded).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let text = prettyplease::unparse(&file);
        let snapshot = path.with_extension("expanded");
        if overwrite {
            std::fs::write(&snapshot, &text).unwrap();
        }
        let before = std::fs::read_to_string(&snapshot).unwrap_or_default();
        let name = snapshot.display();
        assert!(before == text, "{name} differs: run with FLOW_SNAPSHOTS=overwrite and review the change");
        seen += 1;
    }
    assert!(seen >= 3);
}

/// The expansions of all `#[flow]` structs and derives in a file, one after another.
pub(crate) fn expansions(source: TokenStream) -> TokenStream {
    let tokens: Vec<TokenTree> = source.into_iter().collect();
    let mut out = TokenStream::new();
    let mut at = 0;
    while at < tokens.len() {
        // An item is everything from its first attribute to its braces or semicolon.
        let end = (at..tokens.len()).find(|end| ends_item(&tokens[*end])).unwrap_or(tokens.len() - 1);
        out.extend(item(&tokens[at..=end]));
        at = end + 1;
    }
    out
}

fn ends_item(token: &TokenTree) -> bool {
    match token {
        TokenTree::Group(group) => group.delimiter() == proc_macro2::Delimiter::Brace,
        TokenTree::Punct(sign) => sign.as_char() == ';',
        _ => false,
    }
}

fn item(tokens: &[TokenTree]) -> TokenStream {
    let mut out = TokenStream::new();
    for (at, pair) in tokens.windows(2).enumerate() {
        let [TokenTree::Punct(hash), TokenTree::Group(attribute)] = pair else { continue };
        if hash.as_char() != '#' {
            continue;
        }
        let inner: Vec<TokenTree> = attribute.stream().into_iter().collect();
        let without: TokenStream = tokens[..at].iter().chain(&tokens[at + 2..]).cloned().collect();
        let word = inner.first().map(ToString::to_string).unwrap_or_default();
        let arguments = inner.iter().find_map(|token| match token {
            TokenTree::Group(group) => Some(group.stream()),
            _ => None,
        });
        let arguments = arguments.unwrap_or_default();
        if word == "flow" {
            out.extend(crate::flow::expand(arguments, &without));
        } else if word == "states" {
            out.extend(crate::states::expand(arguments, without));
        } else if word == "derive" {
            let derives = |name: &str| arguments.clone().into_iter().any(|token| token.to_string() == name);
            if derives("ProcessProxy") {
                out.extend(crate::proxy::expand(without.clone(), crate::proxy::Of::Process));
            }
            if derives("TaskProxy") {
                out.extend(crate::proxy::expand(without.clone(), crate::proxy::Of::Task));
            }
            if derives("JsonProxy") {
                out.extend(crate::proxy::expand(without.clone(), crate::proxy::Of::Row));
            }
            if derives("States") {
                out.extend(crate::states::derive(without.clone()));
            }
            if derives("FlowModel") {
                out.extend(crate::model::expand(without));
            }
        }
    }
    out
}
