//! The texts of the pages: ours, and in their place those of the app, which may also name its flows, steps and fields
//! in each language.

use std::collections::HashMap;

use flow_core::graph::diagram::{EdgeWords, SvgWords};
use flow_core::graph::{Graph, Node};
use flow_core::{DynFlow, FieldType, FlowConnection, Flows, FormField};

use crate::language::Language;
use crate::texts;
use crate::tree::parts_of;

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
                ("about", Some(_)) => part.is_empty(),
                ("field" | "help", Some(flow)) => fields_of(flow).any(|field| has_part(field, part)),
                ("choice", Some(flow)) => fields_of(flow).any(|field| has_choice(field, part)),
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

    /// What a flow is for.
    pub(crate) fn about<'w>(&'w self, language: Language, flow: &str, description: &'w str) -> &'w str {
        self.own(language, &format!("about.{flow}")).unwrap_or(description)
    }

    /// What a person has to know of a field.
    pub(crate) fn help<'w>(&'w self, language: Language, flow: &str, field: &'w FormField) -> &'w str {
        self.own(language, &format!("help.{flow}.{}", field.name)).unwrap_or(field.help)
    }

    /// What a choice of a field is called: the engine's own of yes and no are ours.
    pub(crate) fn choice<'w>(
        &'w self,
        language: Language,
        flow: &str,
        field: &FormField,
        (value, label): (&str, &'w str),
    ) -> &'w str {
        match (field.ty, label) {
            (FieldType::Boolean, "Yes") => self.text(language, "form.yes"),
            (FieldType::Boolean, "No") => self.text(language, "form.no"),
            _ => self.own(language, &format!("choice.{flow}.{}.{value}", field.name)).unwrap_or(label),
        }
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
            edges: EdgeWords {
                yes: text("edge.yes"),
                no: text("edge.no"),
                otherwise: text("edge.otherwise"),
                case: text("edge.case"),
                maybe: text("edge.maybe"),
                each: text("edge.each"),
                timeout: text("edge.timeout"),
                reminder: text("edge.reminder"),
                error: text("edge.error"),
                compensation: text("edge.compensation"),
                escalation: text("edge.escalation"),
            },
        }
    }

    /// The nodes of a flow with their titles in a language: for its picture.
    pub(crate) fn nodes<'w>(&'w self, language: Language, graph: &Graph<'w>) -> Vec<Node<'w>> {
        let named = |node: &Node<'w>| Node { title: self.node(language, graph.name, node.name, node.title), ..*node };
        graph.nodes.iter().map(named).collect()
    }
}

/// The fields of a flow's forms.
fn fields_of<C: FlowConnection>(flow: &DynFlow<C>) -> impl Iterator<Item = &'static FormField> {
    flow.graph().nodes.iter().flat_map(|node| flow.fields(node.name))
}

/// Whether a field, or one inside of it, has this name.
fn has_part(field: &FormField, name: &str) -> bool {
    field.name == name || parts_of(field).is_some_and(|(parts, _)| parts.iter().any(|part| has_part(part, name)))
}

/// Whether `field.value` names a choice of a field, or of one inside of it.
fn has_choice(field: &FormField, name: &str) -> bool {
    let of_field = name.split_once('.').filter(|(known, _)| *known == field.name);
    of_field
        .is_some_and(|(_, value)| field.choices.is_empty() || field.choices.iter().any(|choice| choice.value == value))
        || parts_of(field).is_some_and(|(parts, _)| parts.iter().any(|part| has_choice(part, name)))
}
