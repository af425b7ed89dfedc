//! The diagrams of the examples. `FLOW_DIAGRAMS=folder cargo test -p flow-macros diagrams` writes them there, as SVG and
//! BPMN; `.ci/run` has the BPMN read by other tools (`tests/bpmn`).

use std::path::Path;

use flow_graph::diagram;
use proc_macro2::{Delimiter, TokenStream, TokenTree};

#[test]
fn each_flow_of_the_examples_is_drawn_whole() {
    let mut sources = Vec::new();
    collect(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../examples")), &mut sources);
    let folder = std::env::var("FLOW_DIAGRAMS").ok();
    let mut drawn = Vec::new();
    for source in sources {
        let text = std::fs::read_to_string(&source).unwrap();
        for (args, item) in flows(text.parse().unwrap()) {
            let name = crate::flow::with_graph(args, item, |graph| {
                let (svg, bpmn) = (diagram::svg(graph), diagram::bpmn(graph));
                let edges: usize = graph.nodes.iter().map(|node| node.edges.len()).sum();
                assert_eq!(svg.matches("<g class=\"node ").count(), graph.nodes.len(), "{}", graph.name);
                assert_eq!(bpmn.matches("<bpmndi:BPMNEdge ").count(), edges, "{}", graph.name);
                let app = source.strip_prefix(concat!(env!("CARGO_MANIFEST_DIR"), "/../examples")).unwrap();
                let app = app.iter().next().unwrap().to_str().unwrap();
                let name = format!("{app}_{}", graph.name);
                if let Some(folder) = &folder {
                    std::fs::write(format!("{folder}/{name}.svg"), svg).unwrap();
                    std::fs::write(format!("{folder}/{name}.bpmn"), bpmn).unwrap();
                }
                name
            });
            drawn.push(name);
        }
    }
    for known in ["hello-world_hello_world", "bloodtest_blood_test", "shipment_shipment"] {
        assert!(drawn.iter().any(|name| name == known), "{known} is not among {drawn:?}");
    }
}

/// The flow that `docs/overview.md` shows.
#[test]
fn the_diagram_in_the_docs_is_that_of_the_example() {
    let shown = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/hello-world.svg");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/hello-world/src/flow.rs");
    let source: TokenStream = std::fs::read_to_string(source).unwrap().parse().unwrap();
    let (args, item) = flows(source).remove(0);
    let svg = crate::flow::with_graph(args, item, diagram::svg);
    if std::env::var("FLOW_SNAPSHOTS").is_ok_and(|word| word == "overwrite") {
        std::fs::write(shown, &svg).unwrap();
    }
    assert!(std::fs::read_to_string(shown).unwrap() == svg, "look at {shown} after FLOW_SNAPSHOTS=overwrite");
}

fn collect(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

/// The arguments and the struct of each `#[flow]`.
fn flows(source: TokenStream) -> Vec<(TokenStream, TokenStream)> {
    let tokens: Vec<TokenTree> = source.into_iter().collect();
    let mut found = Vec::new();
    let mut first = 0;
    for at in 0..tokens.len() {
        let ends = match &tokens[at] {
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
            TokenTree::Punct(sign) => sign.as_char() == ';',
            _ => false,
        };
        if ends {
            found.extend(flow(&tokens[first..=at]));
            first = at + 1;
        }
    }
    found
}

fn flow(item: &[TokenTree]) -> Option<(TokenStream, TokenStream)> {
    let at = item.iter().position(|token| matches!(token, TokenTree::Group(group) if is_flow(group)))?;
    let TokenTree::Group(attribute) = &item[at] else { return None };
    let args = attribute.stream().into_iter().find_map(|token| match token {
        TokenTree::Group(args) => Some(args.stream()),
        _ => None,
    });
    let item = item[..at - 1].iter().chain(&item[at + 1..]).cloned().collect();
    Some((args.unwrap_or_default(), item))
}

fn is_flow(group: &proc_macro2::Group) -> bool {
    group.delimiter() == Delimiter::Bracket
        && group.stream().into_iter().next().is_some_and(|word| word.to_string() == "flow")
}
