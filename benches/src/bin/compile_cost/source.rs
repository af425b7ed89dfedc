//! What the crates say.

use std::fmt::Write as _;

const HEAD: &str = "//! Generated.\n#![allow(unused, deprecated, missing_docs)]\n\nuse flow_core::prelude::*;\n\n";

const PROCESS: &str = "#[derive(ProcessProxy, Debug, Clone)]\npub struct WorkProcess {\n    process: Process,\n    \
                       text: String,\n    #[json(default)]\n    amount: i64,\n    #[json(default)]\n    approved: bool,\n}\n\n";

/// The kinds come round: a task, a condition, a function, and a task again.
fn each(nodes: usize, mut node: impl FnMut(&str, usize, String)) {
    for at in 1..nodes - 1 {
        let next = if at + 2 == nodes { "end".to_owned() } else { format!("node_{}", at + 1) };
        let kind = match at % 4 {
            1 => "View",
            2 => "If",
            3 => "Function",
            _ => "Job",
        };
        node(kind, at, next);
    }
}

/// `#[flow]` over so many nodes.
pub(crate) fn flow(nodes: usize) -> String {
    let mut text = format!("{HEAD}{PROCESS}#[flow(process = WorkProcess)]\npub struct WorkFlow {{\n");
    text.push_str(
        "    #[node(form = StartForm { text }, permission(anyone), next = this.node_1)]\n    pub start: Start,\n",
    );
    each(nodes, |kind, at, next| {
        let keys = match kind {
            "View" => {
                format!(
                    "form = Form{at} {{ approved, amount }}, permission(auto), on_timeout(days(3), this.end), next = this.{next}"
                )
            }
            "If" => format!(
                "if = |a| a.process.approved() && a.process.amount() > {at}, then = this.{next}, else = this.end"
            ),
            "Function" => format!("run = |a| a.process.set_amount({at}), next = this.{next}"),
            _ => format!(
                "run = |job| job.process.amount(), on_done = |a, sum| a.process.set_amount(sum), next = this.{next}"
            ),
        };
        let _ = write!(text, "    #[node({keys})]\n    pub node_{at}: {kind},\n");
    });
    text.push_str("    pub end: End,\n}\n");
    text
}

/// The same process and the same code, with the graph as a constant.
pub(crate) fn table(nodes: usize) -> String {
    let mut functions = String::new();
    let mut table = String::from(
        "pub const GRAPH: Graph<'static> = Graph {\n    name: \"work\",\n    was: &[],\n    title: \"Work\",\n    description: \"\",\n    nodes: &[\n        \
         Node { edges: &[Edge::new(Role::Next, 1)], ..Node::new(\"start\", Kind::Start) },\n",
    );
    let end = nodes - 1;
    each(nodes, |kind, at, _| {
        let (next, code) = (at + 1, at);
        let edges = if kind == "If" {
            format!("Edge::new(Role::Then, {next}), Edge::new(Role::Else, {end})")
        } else {
            format!("Edge::new(Role::Next, {next})")
        };
        let _ = writeln!(table, "        Node {{ edges: &[{edges}], ..Node::new(\"node_{at}\", Kind::{kind}) }},");
        let _ = match kind {
            "If" => writeln!(
                functions,
                "pub fn node_{at}(p: &WorkProcess) -> bool {{ p.approved() && p.amount() > {code} }}"
            ),
            "View" => writeln!(functions, "pub struct Form{at} {{ pub approved: bool, pub amount: i64 }}"),
            "Function" => writeln!(functions, "pub fn node_{at}(p: &mut WorkProcess) {{ p.set_amount({code}) }}"),
            _ => writeln!(
                functions,
                "pub fn node_{at}(p: &mut WorkProcess) {{ let sum = p.amount(); p.set_amount(sum) }}"
            ),
        };
    });
    table.push_str("        Node::new(\"end\", Kind::End),\n    ],\n};\n");
    format!("{HEAD}use flow_core::graph::{{Edge, Graph, Kind, Node, Role}};\n\n{PROCESS}{functions}\n{table}")
}

/// Fields of the types that most fields have.
fn fields(count: usize, attribute: bool) -> String {
    let mut text = String::new();
    for at in 0..count {
        let (ty, default) = match at % 5 {
            0 => ("String", ""),
            1 => ("i64", "    #[json(default)]\n"),
            2 => ("bool", "    #[json(default)]\n"),
            3 => ("Option<String>", ""),
            _ => ("Vec<String>", "    #[json(default)]\n"),
        };
        let _ = write!(text, "{}    /// Field {at}\n    field_{at}: {ty},\n", if attribute { default } else { "" });
    }
    text
}

/// `ProcessProxy` on so many fields.
pub(crate) fn proxy(count: usize) -> String {
    let fields = fields(count, true);
    format!(
        "{HEAD}#[derive(ProcessProxy, Debug, Clone)]\npub struct WorkProcess {{\n    process: Process,\n{fields}}}\n"
    )
}

/// serde's derives on the same fields.
pub(crate) fn serde(count: usize) -> String {
    let fields = fields(count, false);
    format!("{HEAD}#[derive(serde::Serialize, serde::Deserialize, Debug, Clone)]\npub struct Work {{\n{fields}}}\n")
}

/// The same fields alone.
pub(crate) fn plain(count: usize) -> String {
    let fields = fields(count, false);
    format!("{HEAD}#[derive(Debug, Clone)]\npub struct Work {{\n{fields}}}\n")
}

const REVIEWS: &str = "diesel::table! { reviews (id) { id -> Integer, stage -> Text, text -> Text, } }\n\n";

/// `#[states]` over so many states: from each a transition to the next, and one to the last from any.
pub(crate) fn machine(states: usize) -> String {
    let mut text = format!("{HEAD}{REVIEWS}#[derive(States, Clone, Copy, Debug, PartialEq, Eq)]\npub enum Stage {{\n");
    for at in 1..=states {
        let _ = writeln!(text, "    {}State{at},", if at == states { "#[state(end)] " } else { "" });
    }
    text.push_str(
        "}\n\n#[derive(diesel::Queryable, diesel::Selectable, diesel::AsChangeset, Debug)]\n\
         #[diesel(table_name = reviews)]\n\
         pub struct Review { pub id: i32, pub stage: State<Stage>, pub text: String }\n\n\
         #[states(Stage, field = stage, table = reviews)]\nimpl Review {\n",
    );
    for at in 1..states {
        let _ = write!(
            text,
            "    #[transition(from(State{at}), to = State{}, permission(\"staff\"), when(this.has_text, \"no text\"))]\n    \
             pub fn step_{at}(&mut self) {{ self.text.push('{}'); }}\n",
            at + 1,
            char::from(b'a' + u8::try_from(at % 26).unwrap_or_default())
        );
    }
    let _ = writeln!(
        text,
        "    #[transition(from(any), to = State{states})]\n    pub fn remove(&mut self) {{}}\n    \
         fn has_text(&self) -> bool {{ !self.text.is_empty() }}\n}}"
    );
    text
}

/// The same states, row and methods, without checks, log and permissions.
pub(crate) fn machine_by_hand(states: usize) -> String {
    let mut text = format!(
        "{HEAD}use diesel::{{deserialize, serialize, sql_types::Text}};\n\n{REVIEWS}#[derive(diesel::deserialize::FromSqlRow, \
         diesel::expression::AsExpression, Clone, Copy, Debug, PartialEq, Eq)]\n#[diesel(sql_type = Text)]\npub enum Stage {{\n"
    );
    for at in 1..=states {
        let _ = writeln!(text, "    State{at},");
    }
    text.push_str(
        "}\n\nimpl<DB: diesel::backend::Backend> deserialize::FromSql<Text, DB> for Stage where String: \
         deserialize::FromSql<Text, DB> {\n    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {\n        \
         match String::from_sql(value)?.as_str() {\n",
    );
    for at in 1..=states {
        let _ = writeln!(text, "            \"state{at}\" => Ok(Stage::State{at}),");
    }
    text.push_str(
        "            other => Err(other.to_owned().into()),\n        }\n    }\n}\n\nimpl<DB: diesel::backend::Backend> \
         serialize::ToSql<Text, DB> for Stage where str: serialize::ToSql<Text, DB> {\n    fn to_sql<'b>(&'b self, out: \
         &mut serialize::Output<'b, '_, DB>) -> serialize::Result {\n        match self {\n",
    );
    for at in 1..=states {
        let _ = writeln!(text, "            Stage::State{at} => \"state{at}\".to_sql(out),");
    }
    text.push_str(
        "        }\n    }\n}\n\n#[derive(diesel::Queryable, diesel::Selectable, diesel::AsChangeset, Debug)]\n\
         #[diesel(table_name = reviews)]\n\
         pub struct Review { pub id: i32, pub stage: Stage, pub text: String }\n\nimpl Review {\n",
    );
    for at in 1..states {
        let _ = writeln!(
            text,
            "    pub fn step_{at}(&mut self) -> bool {{\n        \
             if self.stage != Stage::State{at} || self.text.is_empty() {{ return false; }}\n        \
             self.text.push('{}');\n        self.stage = Stage::State{};\n        true\n    }}",
            char::from(b'a' + u8::try_from(at % 26).unwrap_or_default()),
            at + 1
        );
    }
    text.push_str("}\n");
    text
}
