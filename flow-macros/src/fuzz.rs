//! Whatever is written, the macro does not panic: token streams of real flows with pieces left out, doubled,
//! swapped and put elsewhere. What comes out are tokens that end in errors, and the struct is still there.
//!
//! Others: `FLOW_SEED=7`; more: `FLOW_FUZZ=100000`.

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

#[test]
fn a_key_that_cannot_be_a_name_is_an_error_and_no_panic() {
    for key in ["_", "self", "Self", "super", "crate", "next"] {
        let item: TokenStream =
            format!("pub struct CountFlow {{ #[node({key} = this.end)] start: Start, end: End }}").parse().unwrap();
        let out = crate::flow::expand(TokenStream::new(), &item).to_string();
        assert_eq!(out.contains("is not a key"), key != "next", "{key}");
    }
}

#[test]
fn mangled_flows_give_errors_and_no_panic() {
    let number = |name: &str, default: u64| std::env::var(name).map_or(default, |text| text.parse().unwrap());
    let (times, seed) = (number("FLOW_FUZZ", 2_000), number("FLOW_SEED", 1));
    let items = items();
    assert!(items.len() > 20, "the sources have flows and proxies");
    let spare: Vec<TokenTree> = items.iter().flat_map(|(_, item)| flat(item)).collect();
    let (mut flows, mut wrong) = (0, 0);
    for at in 0..times {
        let mut dice = Dice(seed.wrapping_mul(1_000_003).wrapping_add(at).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let (arguments, item) = &items[dice.roll(items.len())];
        let mut mangled = [arguments.clone().unwrap_or_default(), item.clone()];
        for _ in 0..=dice.roll(3) {
            // The item, mostly: there is more of it.
            let part = usize::from(arguments.is_none() || dice.roll(8) != 0);
            let tokens: Vec<TokenTree> = mangled[part].clone().into_iter().collect();
            mangled[part] = mangle(tokens, &mut dice, &spare, 0).into_iter().collect();
        }
        let [changed, item] = mangled;
        let text = format!("#[flow({changed})] {item}");
        let out = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| match arguments {
            Some(_) => crate::flow::expand(changed.clone(), &item),
            None => {
                let mut out = crate::proxy::expand(item.clone(), crate::proxy::Of::Process);
                out.extend(crate::proxy::expand(item.clone(), crate::proxy::Of::Task));
                out
            }
        }));
        let Ok(out) = out else { panic!("FLOW_SEED={seed}, {at}: it panics on\n{text}") };
        let out = out.to_string();
        if let (Some(_), Some(name)) = (arguments, struct_of(&item)) {
            flows += 1;
            assert!(out.contains(&format!("struct {name}")), "FLOW_SEED={seed}, {at}: the struct is lost of\n{text}");
        }
        wrong += usize::from(out.contains("compile_error"));
    }
    assert!(flows * 4 > times && wrong > 0, "{flows} flows, {wrong} with errors");
}

/// A struct, and what stands in its `#[flow(..)]`; of a proxy nothing does.
type Item = (Option<TokenStream>, TokenStream);

/// Every flow and proxy in the examples and the samples.
fn items() -> Vec<Item> {
    let mut files = Vec::new();
    for folder in ["examples", "tests/ui", "tests/src", "tests/ide/fixture"] {
        sources(&std::path::Path::new(ROOT).join(folder), &mut files);
    }
    files.sort();
    let mut items = Vec::new();
    for file in files {
        let Ok(source) = std::fs::read_to_string(&file).unwrap().parse::<TokenStream>() else { continue };
        collect(source, &mut items);
    }
    items
}

fn sources(folder: &std::path::Path, files: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, files);
        } else if path.extension().is_some_and(|end| end == "rs") {
            files.push(path);
        }
    }
}

fn collect(source: TokenStream, items: &mut Vec<Item>) {
    let mut item: Vec<TokenTree> = Vec::new();
    for token in source {
        let braces = match &token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Some(group.stream()),
            TokenTree::Punct(sign) if sign.as_char() == ';' => Some(TokenStream::new()),
            _ => None,
        };
        item.push(token);
        let Some(inside) = braces else { continue };
        let whole = std::mem::take(&mut item);
        let of_struct = whole.iter().any(|token| matches!(token, TokenTree::Ident(word) if word == "struct"));
        match whole.windows(2).position(is_flow).filter(|_| of_struct) {
            Some(at) => {
                let TokenTree::Group(attribute) = &whole[at + 1] else { continue };
                let arguments = attribute.stream().into_iter().find_map(|token| match token {
                    TokenTree::Group(group) => Some(group.stream()),
                    _ => None,
                });
                let rest = whole[..at].iter().chain(&whole[at + 2..]).cloned().collect();
                items.push((Some(arguments.unwrap_or_default()), rest));
            }
            None if of_struct => items.push((None, whole.into_iter().collect())),
            None => collect(inside, items),
        }
    }
}

/// `#[flow ..]`
fn is_flow(pair: &[TokenTree]) -> bool {
    match pair {
        [TokenTree::Punct(hash), TokenTree::Group(group)] if hash.as_char() == '#' => {
            matches!(group.stream().into_iter().next(), Some(TokenTree::Ident(word)) if word == "flow")
        }
        _ => false,
    }
}

fn struct_of(item: &TokenStream) -> Option<String> {
    let tokens: Vec<TokenTree> = item.clone().into_iter().collect();
    tokens.windows(2).find_map(|pair| match pair {
        [TokenTree::Ident(word), TokenTree::Ident(name)] if word == "struct" => Some(name.to_string()),
        _ => None,
    })
}

fn flat(item: &TokenStream) -> Vec<TokenTree> {
    let mut all = Vec::new();
    for token in item.clone() {
        if let TokenTree::Group(group) = &token {
            all.extend(flat(&group.stream()));
        }
        all.push(token);
    }
    all
}

/// One change somewhere: mostly inside of a group, since there is more.
fn mangle(mut tokens: Vec<TokenTree>, dice: &mut Dice, spare: &[TokenTree], depth: usize) -> Vec<TokenTree> {
    let groups: Vec<usize> = (0..tokens.len()).filter(|at| matches!(tokens[*at], TokenTree::Group(_))).collect();
    if !groups.is_empty() && depth < 6 && dice.roll(5) != 0 {
        let at = groups[dice.roll(groups.len())];
        if let TokenTree::Group(group) = &tokens[at] {
            let inside = mangle(group.stream().into_iter().collect(), dice, spare, depth + 1);
            let delimiter = match dice.roll(40) {
                0 => Delimiter::Brace,
                1 => Delimiter::Bracket,
                2 => Delimiter::Parenthesis,
                3 => Delimiter::None,
                _ => group.delimiter(),
            };
            tokens[at] = Group::new(delimiter, inside.into_iter().collect()).into();
        }
        return tokens;
    }
    if tokens.is_empty() {
        return vec![spare[dice.roll(spare.len())].clone()];
    }
    let (at, other) = (dice.roll(tokens.len()), dice.roll(tokens.len()));
    match dice.roll(8) {
        0 | 1 => {
            tokens.remove(at);
        }
        2 => tokens.insert(at, tokens[other].clone()),
        3 => tokens.swap(at, other),
        4 => tokens.insert(at, spare[dice.roll(spare.len())].clone()),
        5 => tokens[at] = spare[dice.roll(spare.len())].clone(),
        6 => tokens.truncate(at),
        _ => {
            let signs = ['#', '.', ',', '=', '|', '<', '>', ':', '\'', '-', '?'];
            let token: TokenTree = match dice.roll(3) {
                0 => Ident::new(
                    ["this", "r#if", "owner", "_x", "conn", "Self"][dice.roll(6)].trim_start_matches("r#"),
                    Span::call_site(),
                )
                .into(),
                _ => Punct::new(signs[dice.roll(signs.len())], Spacing::Alone).into(),
            };
            tokens.insert(at, token);
        }
    }
    tokens
}

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 11) % u64::try_from(sides.max(1)).unwrap()).unwrap()
    }
}
