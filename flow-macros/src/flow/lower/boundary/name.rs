//! The names under which the rows of boundaries are stored.
//!
//! A row must find its boundary whatever is added, moved or renamed around it. So its name is made of the stored names
//! of its host and its target, or of the one it is given, never of its place.

use std::collections::{BTreeSet, HashMap, HashSet};

use flow_graph::NodeId;

use super::{Boundary, Event};
use crate::errors::Errors;
use crate::flow::model::FlowModel;

/// How good a claim to the name of older rows is, the best first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Right {
    /// It was written: `name`, `was`.
    Written,
    /// It follows from the names of host and target, now and once.
    Follows,
    /// It would, without the `name` that is written.
    Unnamed,
    /// The first schema counted: the timeout stands at that place.
    Place,
}

/// Gives each timeout its stored name, and the names that its older rows may have.
pub(in crate::flow::lower) fn name(flow: &mut FlowModel, timeouts: &[Boundary<'_>], errors: &mut Errors) {
    for (at, timeout) in timeouts.iter().enumerate() {
        let host = names_of(flow, Some(timeout.host)).into_iter().next().unwrap_or_default();
        let before = || timeouts[..at].iter().filter(|other| other.host == timeout.host);
        let mut name = format!("{host}__{}", timeout.label(flow));
        if before().any(|other| flow.nodes[usize::from(other.id)].name == name) {
            let target = timeout.targets(flow);
            let alike = before().filter(|other| other.targets(flow) == target).count();
            same_name(timeout, alike + 1, &host, flow, errors);
            // Nothing more is to be said of it.
            name = format!("{host}__{}__{}", timeout.event.word(), before().count() + 1);
        }
        let model = &mut flow.nodes[usize::from(timeout.id)];
        model.title = match timeout.event {
            Event::Timeout => format!("Timeout of {host}"),
            Event::Error => format!("Failure of {host}"),
            Event::Compensation => format!("Compensation of {host}"),
            Event::Escalation => format!("Escalation of {host}"),
        };
        model.name = name;
    }
    let old = names_of_older_rows(flow, timeouts);
    for (timeout, was) in timeouts.iter().zip(old) {
        flow.nodes[usize::from(timeout.id)].was = was;
    }
}

/// A name belongs to the timeout with the best right to it. If two have the same, it belongs to neither: a row that
/// nobody knows is reported and waits, a reminder that is taken for a deadline does harm.
fn names_of_older_rows(flow: &FlowModel, timeouts: &[Boundary<'_>]) -> Vec<Vec<String>> {
    let claims: Vec<Vec<(Right, String)>> = timeouts
        .iter()
        .enumerate()
        .map(|(at, timeout)| {
            let alike = |other: &&Boundary<'_>| other.host == timeout.host && other.event == timeout.event;
            let place = timeouts[..at].iter().filter(alike).count() + 1;
            timeout.claims(flow, place)
        })
        .collect();
    let mut best: HashMap<&str, (Right, BTreeSet<usize>)> = HashMap::new();
    for (at, of_one) in claims.iter().enumerate() {
        for (right, name) in of_one {
            let (known, owners) = best.entry(name).or_insert((*right, BTreeSet::new()));
            if *right < *known {
                (*known, *owners) = (*right, BTreeSet::new());
            }
            if right == known {
                owners.insert(at);
            }
        }
    }
    let is_timeout = |id: usize| timeouts.iter().any(|timeout| usize::from(timeout.id) == id);
    let mut taken: HashSet<&str> = flow.nodes.iter().map(|node| node.name.as_str()).collect();
    let fields = flow.nodes.iter().enumerate().filter(|(id, _)| !is_timeout(*id));
    taken.extend(fields.flat_map(|(_, node)| node.was.iter().map(String::as_str)));
    let own = |(at, of_one): (usize, &Vec<(Right, String)>)| {
        let mut own: Vec<String> = Vec::new();
        for (_, name) in of_one {
            let is_own = best.get(name.as_str()).is_some_and(|(_, owners)| owners.iter().eq([&at]));
            if is_own && !taken.contains(name.as_str()) && !own.contains(name) {
                own.push(name.clone());
            }
        }
        own
    };
    claims.iter().enumerate().map(own).collect()
}

impl Boundary<'_> {
    /// What is behind the name of the host in the stored name.
    fn label(&self, flow: &FlowModel) -> String {
        self.name.clone().unwrap_or_else(|| match self.targets(flow).first() {
            Some(target) => self.labelled(flow, target),
            None => self.event.word().to_owned(),
        })
    }

    /// The label by which it is known without a `name`: an `on_error` by its code, too.
    fn labelled(&self, flow: &FlowModel, target: &str) -> String {
        let code = flow.nodes.get(usize::from(self.id)).and_then(|node| node.code.as_ref());
        let word = self.event.word();
        match code {
            Some((code, _)) => {
                let code = code.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
                format!("{word}__{code}__{target}")
            }
            None => format!("{word}__{target}"),
        }
    }

    /// The names of its target, now and once. An unknown one is rustc's to report.
    fn targets(&self, flow: &FlowModel) -> Vec<String> {
        let edges = flow.nodes.get(usize::from(self.id)).map_or(&[][..], |node| &node.edges);
        let names = names_of(flow, edges.first().map(|edge| edge.to));
        if names.is_empty() { self.target.iter().cloned().collect() } else { names }
    }

    fn claims(&self, flow: &FlowModel, place: usize) -> Vec<(Right, String)> {
        let written = self.name.iter().chain(&self.was).map(|label| (Right::Written, label.clone()));
        let follows = if self.name.is_some() { Right::Unnamed } else { Right::Follows };
        let targets = self.targets(flow).into_iter().map(|target| (follows, self.labelled(flow, &target)));
        // When rows were named by their place there were timeouts alone.
        let place = (self.event == Event::Timeout)
            .then(|| if place == 1 { "timeout".to_owned() } else { format!("timeout_{place}") });
        let place = place.map(|place| (Right::Place, place));
        let labels: Vec<_> = written.chain(targets).chain(place).collect();
        let hosts = names_of(flow, Some(self.host));
        let of_host = |host: String| {
            let claim = move |(right, label): &(Right, String)| (*right, format!("{host}__{label}"));
            labels.iter().map(claim).collect::<Vec<_>>()
        };
        hosts.into_iter().flat_map(of_host).collect()
    }
}

/// The stored names of a node, now and once.
fn names_of(flow: &FlowModel, id: Option<NodeId>) -> Vec<String> {
    let node = id.and_then(|id| flow.nodes.get(usize::from(id)));
    node.map_or_else(Vec::new, |node| std::iter::once(&node.name).chain(&node.was).cloned().collect())
}

/// Two timeouts of one host whose rows could not be told apart.
fn same_name(timeout: &Boundary<'_>, number: usize, host: &str, flow: &FlowModel, errors: &mut Errors) {
    let target = timeout.targets(flow).into_iter().next().unwrap_or_default();
    let (first, last) = timeout.entry.span();
    let word = timeout.event.title();
    if let Some(name) = &timeout.name {
        let text =
            format!("another {word} of `{host}` is already named `{name}`, so their rows could not be distinguished");
        errors.push_range(first, last, text, &["give this one a different name"]);
        return;
    }
    let inside = timeout.entry.arguments.as_ref().and_then(|group| {
        let text = group.span().source_text()?;
        Some(text.strip_prefix('(')?.strip_suffix(')')?.trim().trim_end_matches(',').to_owned())
    });
    let inside = inside.unwrap_or_else(|| match timeout.event {
        Event::Timeout => format!("days(3), this.{target}"),
        Event::Error | Event::Escalation | Event::Compensation => format!("this.{target}"),
    });
    let key = timeout.event.key();
    let two = if timeout.event == Event::Timeout { "timeouts".to_owned() } else { format!("`{key}`s") };
    let text = format!("two {two} of `{host}` lead to `{target}`, so their rows could not be distinguished");
    let help = format!("give this one a name: `{key}({inside}, name = \"{target}_{number}\")`");
    errors.push_range(first, last, text, &[&help]);
}

#[cfg(test)]
mod tests {
    use proc_macro2::TokenStream;

    use super::*;

    /// The names of each timeout, the current one first, and what is wrong.
    fn names(fields: &str) -> (Vec<Vec<String>>, String) {
        let item: TokenStream = format!("struct AskFlow {{ {fields} late: End, end: End }}").parse().unwrap();
        let mut errors = Errors::default();
        let written = super::super::super::super::syntax::parse(TokenStream::new(), item, &mut errors).unwrap();
        let flow = super::super::super::flow(&written, &mut errors);
        let timeouts = flow.nodes.iter().enumerate().filter(|(_, node)| node.kind.is_boundary());
        let names = timeouts.map(|(id, _)| names_of(&flow, NodeId::try_from(id).ok())).collect();
        let told = flow.with_graph(flow_graph::check);
        assert!(told.iter().all(|found| found.check != "generated_name_clash"), "{told:?}");
        (names, errors.into_tokens().to_string())
    }

    #[test]
    fn a_timeout_keeps_its_name_wherever_it_stands() {
        let (one, errors) = names("#[node(on_timeout(hours(9), this.late), next = this.end)] ask: View,");
        assert_eq!(one, [["ask__timeout__late", "ask__timeout"]]);
        assert_eq!(errors, "");
        let (two, _) = names(
            "#[node(on_timeout(hours(1), this.end, interrupting = false), on_timeout(hours(9), this.late))] ask: View,",
        );
        let wanted = [["ask__timeout__end", "ask__timeout"], ["ask__timeout__late", "ask__timeout_2"]];
        assert_eq!(two, wanted);
    }

    #[test]
    fn older_rows_have_each_old_name_of_host_and_target() {
        let (found, _) = names(
            "#[node(was = [\"ask\"], on_timeout(hours(9), this.remind), next = this.end)] review: View,
             #[node(name = \"nudge\", was = [\"remind\", \"tell\"])] remind: End,",
        );
        let hosts = ["review", "ask"];
        let labels = ["timeout__nudge", "timeout__remind", "timeout__tell", "timeout"];
        let all = hosts.iter().flat_map(|host| labels.iter().map(move |label| format!("{host}__{label}")));
        assert_eq!(found, [all.collect::<Vec<_>>()]);
    }

    #[test]
    fn a_given_name_holds_and_the_one_without_it_is_an_older_one() {
        let (found, errors) = names(
            "#[node(was = [\"old\"], on_timeout(days(1), this.late, name = \"deadline\", was = [\"limit\"]))] ask: View,",
        );
        let wanted = [
            "ask__deadline",
            "ask__limit",
            "ask__timeout__late",
            "ask__timeout",
            "old__deadline",
            "old__limit",
            "old__timeout__late",
            "old__timeout",
        ];
        assert_eq!(found, [wanted]);
        assert_eq!(errors, "");
    }

    #[test]
    fn an_older_name_belongs_to_the_one_with_the_best_right() {
        // The second has the name that the first would have without its own.
        let (found, errors) = names(
            "#[node(on_timeout(days(1), this.late, name = \"first\"), on_timeout(days(2), this.late))] ask: View,",
        );
        assert_eq!(found, [["ask__first", "ask__timeout"], ["ask__timeout__late", "ask__timeout_2"]]);
        assert_eq!(errors, "");
        // Neither has the better right.
        let both =
            "#[node(on_timeout(days(1), this.late, name = \"a\"), on_timeout(days(2), this.late, name = \"b\"))]";
        let (found, _) = names(&format!("{both} ask: View,"));
        assert_eq!(found, [["ask__a", "ask__timeout"], ["ask__b", "ask__timeout_2"]]);
        // Said by hand.
        let said = both.replace("\"a\"", "\"a\", was = [\"timeout__late\"]");
        let (found, _) = names(&format!("{said} ask: View,"));
        assert_eq!(found[0], ["ask__a", "ask__timeout__late", "ask__timeout"]);
        // A field has that name, or had it.
        let (found, _) = names(
            "#[node(on_timeout(days(1), this.late))] ask: View,
             #[node(was = [\"ask__timeout\"], next = this.end)] other: View,",
        );
        assert_eq!(found, [["ask__timeout__late"]]);
    }

    #[test]
    fn two_to_one_node_need_a_name() {
        let ask = |second: &str| {
            names(&format!("#[node(on_timeout(days(1), this.late), on_timeout({second}))] ask: View,")).1
        };
        let told = ask("days(2), this.late, interrupting = false");
        assert!(told.contains("two timeouts of `ask` lead to `late`"), "{told}");
        let help = "on_timeout(days(2), this.late, interrupting = false, name = \\\"late_2\\\")";
        assert!(told.contains(help), "{told}");
        assert_eq!(ask("days(2), this.late, interrupting = false, name = \"late_2\""), "", "the help, pasted");
        let told = ask("days(2), this.end, name = \"timeout__late\"");
        assert!(told.contains("another timeout of `ask` is already named `timeout__late`"), "{told}");
    }
}
