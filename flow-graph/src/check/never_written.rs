use crate::analysis::Analysis;
use crate::analysis::assignment::Fact;
use crate::code::{Asks, Callback};
use crate::{Finding, Place};

/// A field that no node sets, and that is asked for to go on: it is always the default.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    let Some(data) = analysis.assignment() else { return };
    let mut reported = Vec::new();
    for decision in &analysis.access().questions {
        if reported.contains(&decision.number) || data.is_made(Fact::Set(decision.number)) {
            continue;
        }
        // What is set when a person undoes a task is set somewhere.
        let set_by =
            |undo: &Callback| undo.writes.as_ref().is_none_or(|sets| sets.iter().any(|set| set == decision.field));
        if analysis.codes().iter().filter_map(|code| code.undo.as_ref()).any(set_by) {
            continue;
        }
        reported.push(decision.number);
        let (node, field) = (analysis.name(decision.node), decision.field);
        found.push(
            Finding::at(
                Place::Read(decision.node, decision.callback, decision.read),
                format!("no node sets `{field}`, which {node} uses to {}", does(decision.asks)),
            )
            .help(format!("add `{field}` to a form on the way here"))
            .help(format!("if code outside the flow sets it: `allow(never_written, reason = \"..\")` on {node}")),
        );
    }
}

fn does(asks: Asks) -> &'static str {
    match asks {
        Asks::Time => "set its time",
        Asks::Person => "choose its owner",
        _ => "decide",
    }
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::code::Asks;
    use crate::draw::{Draft, coded};

    #[test]
    fn is_reported_once_and_not_as_a_default_that_decides_too() {
        let draft = Draft::new()
            .node("start", Kind::Start, &["check"])
            .node("check", Kind::If, &["work", "end"])
            .node("work", Kind::View, &["end"])
            .node("end", Kind::End, &[])
            .reads("check", Asks::Way, &["approved"]);
        assert_eq!(coded(&draft, "never_written"), ["no node sets `approved`, which `check` uses to decide"]);
        assert!(coded(&draft, "default_decides").is_empty());
    }

    #[test]
    fn a_time_and_a_person_are_asked_for_too() {
        let flow = |asks, node: &'static str| {
            Draft::new()
                .node("start", Kind::Start, &["wait"])
                .node("wait", Kind::Timer, &["work"])
                .node("work", Kind::View, &["end"])
                .node("end", Kind::End, &[])
                .reads(node, asks, &["due"])
        };
        assert_eq!(
            coded(&flow(Asks::Time, "wait"), "never_written"),
            ["no node sets `due`, which `wait` uses to set its time"]
        );
        assert_eq!(
            coded(&flow(Asks::Person, "work"), "never_written"),
            ["no node sets `due`, which `work` uses to choose its owner"]
        );
    }
}
