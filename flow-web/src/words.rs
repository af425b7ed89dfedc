//! The texts of the pages: ours, and in their place those of the app, which may also name its flows, steps and fields
//! in each language.

use std::collections::HashMap;

use flow_core::graph::diagram::SvgWords;
use flow_core::graph::{Graph, Node};
use flow_core::{FlowConnection, Flows, FormField};

use crate::language::Language;
use crate::texts;

/// The texts of the pages.
#[derive(Debug, Default)]
pub(crate) struct Words {
    own: HashMap<Language, HashMap<String, String>>,
}

impl Words {
    /// With a text of the app's.
    pub(crate) fn add(&mut self, language: Language, key: String, text: String) {
        self.own.entry(language).or_default().insert(key, text);
    }

    /// A key that names nothing: of ours, of these flows, or of what the app adds itself.
    pub(crate) fn unknown<C: FlowConnection>(&self, flows: &Flows<C>, titles: &[&str]) -> Option<&str> {
        let names_something = |key: &str| {
            let (kind, rest) = key.split_once('.').unwrap_or(("", key));
            let (name, part) = rest.split_once('.').unwrap_or((rest, ""));
            let flow = flows.find(name);
            match (kind, flow) {
                ("flow", Some(_)) => part.is_empty(),
                ("node", Some(flow)) => flow.graph().nodes.iter().any(|node| node.name == part),
                ("field", Some(flow)) => {
                    flow.graph().nodes.iter().any(|node| flow.fields(node.name).iter().any(|field| field.name == part))
                }
                _ => texts::find(key).is_some() || titles.contains(&key),
            }
        };
        let mut keys = self.own.values().flat_map(HashMap::keys).map(String::as_str);
        keys.find(|key| !names_something(key))
    }

    fn own(&self, language: Language, key: &str) -> Option<&str> {
        self.own.get(&language)?.get(key).map(String::as_str)
    }

    /// The text of a key.
    pub(crate) fn find(&self, language: Language, key: &str) -> Option<&str> {
        self.own(language, key).or_else(|| texts::find(key).map(|texts| texts.of(language)))
    }

    /// The text of a key that the code knows.
    pub(crate) fn text<'w>(&'w self, language: Language, key: &'w str) -> &'w str {
        self.find(language, key).unwrap_or(key)
    }

    /// What a flow is called.
    pub(crate) fn flow<'w>(&'w self, language: Language, flow: &str, title: &'w str) -> &'w str {
        self.own(language, &format!("flow.{flow}")).unwrap_or(title)
    }

    /// What a node is called.
    pub(crate) fn node<'w>(&'w self, language: Language, flow: &str, node: &str, title: &'w str) -> &'w str {
        self.own(language, &format!("node.{flow}.{node}")).unwrap_or(title)
    }

    /// What a field is called.
    pub(crate) fn field<'w>(&'w self, language: Language, flow: &str, field: &'w FormField) -> &'w str {
        self.own(language, &format!("field.{flow}.{}", field.name)).unwrap_or(field.label)
    }

    /// The words of a picture.
    pub(crate) fn picture(&self, language: Language) -> SvgWords<'_> {
        let text = |key| self.text(language, key);
        SvgWords {
            one_step: text("picture.one_step"),
            steps: text("picture.steps"),
            open: text("nodes.open"),
            error: text("nodes.error"),
            done: text("nodes.done"),
            canceled: text("nodes.canceled"),
            unvisited: text("picture.unvisited"),
            taken_once: text("picture.taken_once"),
            taken: text("picture.taken"),
            visited: text("picture.visited"),
        }
    }

    /// The nodes of a flow with their titles in a language: for its picture.
    pub(crate) fn nodes<'w>(&'w self, language: Language, graph: &Graph<'w>) -> Vec<Node<'w>> {
        let named = |node: &Node<'w>| Node { title: self.node(language, graph.name, node.name, node.title), ..*node };
        graph.nodes.iter().map(named).collect()
    }
}
