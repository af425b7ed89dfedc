use crate::analysis::Analysis;
use crate::analysis::access::{Call, REFERENCES, asks_fields};
use crate::analysis::assignment::Fact;
use crate::code::{Asks, Of, Read};
use crate::{Finding, Kind, NodeId, Place};

/// A decision over a field that on some way nothing has set yet.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    of_tasks(analysis, found);
    let Some(data) = analysis.assignment() else { return };
    for decision in analysis.access().questions.iter().filter(|decision| !decision.presence) {
        let fact = Fact::Set(decision.number);
        // Who was not asked has not answered. What code alone sets is a note of what has happened, a sum or a list:
        // there the default is an answer. A field that nothing sets anywhere is `never_written`.
        let uses = analysis.access();
        let is_asked = uses.writers_of(decision.number).iter().any(|at| uses.writers[*at].by_form);
        let Some(at) = data.missing(analysis, decision.node, fact).filter(|_| is_asked) else { continue };
        if adds_up(analysis, decision.field) {
            continue;
        }
        let (node, field) = (analysis.name(decision.node), decision.field);
        let way = data.way_without(analysis, at, fact);
        let mut finding = Finding::at(
            Place::Read(decision.node, decision.callback, decision.read),
            format!("{node} can {} based on `{field}` before anything has set it", verb(decision.asks)),
        );
        if !way.is_empty() {
            finding = finding.note(format!(
                "on the path {} it still has its default value, or is empty",
                crate::analysis::wording::arrows(analysis, &way)
            ));
        }
        found.push(
            finding
                .help(format!("set `{field}` on this path too, or check for it first: `is_some()`"))
                .help(right(analysis, decision.node)),
        );
    }
}

/// Some code sets the field to something that it makes of the field: it begins with the default.
fn adds_up(analysis: &Analysis<'_>, field: &str) -> bool {
    let adds = |call: &Call<'_>| {
        let sets = call.callback.writes.iter().flatten().any(|set| set == field);
        sets && call.callback.reads.iter().any(|read| read.is(field))
    };
    analysis.access().calls.iter().any(adds)
}

/// What a task is asked at once it knows from the edge that led to it, or not at all.
fn of_tasks(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    for &Call { node: id, at, callback } in &analysis.access().calls {
        if !asks_fields(callback.asks) {
            continue;
        }
        let field = |read: &Read| read.of == Of::Task && !read.presence && !REFERENCES.contains(&&*read.field);
        let Some(read) = callback.reads.iter().position(field) else { continue };
        let Some(from) = without_data(analysis, id) else { continue };
        let (node, field) = (analysis.name(id), &callback.reads[read].field);
        found.push(
            Finding::at(
                Place::Read(id, at, read),
                format!("{node} can {} based on `{field}` of its task before anything has set it", verb(callback.asks)),
            )
            .note(format!("{} leads here and gives the task no data", analysis.name(from)))
            .help("give it some there, with `task_data`, or check for it first: `is_some()`")
            .help(right(analysis, id)),
        );
    }
}

/// A node that leads to this one over an edge without data for its task.
fn without_data(analysis: &Analysis<'_>, id: NodeId) -> Option<NodeId> {
    analysis.before(id).into_iter().find(|from| {
        let edges = analysis.node(*from).map_or(&[][..], |node| node.edges);
        let code = analysis.code(*from);
        let gives =
            |at: usize| code.is_none_or(|code| code.callbacks.iter().any(|callback| callback.asks == Asks::Data(at)));
        let boundary = analysis.kind(*from).is_some_and(Kind::is_boundary);
        edges.iter().enumerate().any(|(at, edge)| edge.to == id && (boundary || !gives(at)))
    })
}

fn verb(asks: Asks) -> &'static str {
    match asks {
        Asks::Time => "set its time",
        Asks::Person => "be assigned",
        _ => "decide",
    }
}

fn right(analysis: &Analysis<'_>, id: NodeId) -> String {
    let node = analysis.name(id);
    format!("if the default value is correct here: `allow(default_decides, reason = \"..\")` on {node}")
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::code::Asks;
    use crate::draw::{Draft, coded};

    #[test]
    fn a_way_around_the_form_is_reported() {
        let draft = Draft::new()
            .node("start", Kind::Start, &["ask"])
            .node("ask", Kind::If, &["approve", "check"])
            .node("approve", Kind::View, &["check"])
            .node("check", Kind::If, &["work", "end"])
            .node("work", Kind::View, &["end"])
            .node("end", Kind::End, &[])
            .form("approve", &["approved"])
            .reads("check", Asks::Way, &["approved"]);
        let found = coded(&draft, "default_decides");
        assert_eq!(found, ["`check` can decide based on `approved` before anything has set it"]);
    }

    #[test]
    fn what_code_alone_sets_and_what_it_adds_up_begins_with_its_default() {
        let flow = || {
            Draft::new()
                .node("start", Kind::Start, &["ask"])
                .node("ask", Kind::If, &["approve", "check"])
                .node("approve", Kind::View, &["mark"])
                .node("mark", Kind::Function, &["check"])
                .node("check", Kind::If, &["work", "end"])
                .node("work", Kind::View, &["end"])
                .node("end", Kind::End, &[])
                .reads("check", Asks::Way, &["late"])
        };
        assert!(coded(&flow().sets("mark", &["late"]), "default_decides").is_empty(), "a note of what has happened");
        let both = flow().form("approve", &["late"]);
        assert_eq!(coded(&both, "default_decides").len(), 1);
    }

    #[test]
    fn what_every_branch_or_one_that_always_runs_has_set_is_set_behind_the_join() {
        let draft = Draft::new()
            .node("start", Kind::Start, &["s"])
            .node("s", Kind::Split, &["approve", "?other"])
            .node("approve", Kind::View, &["j"])
            .node("other", Kind::View, &["j"])
            .node("j", Kind::Join, &["check"])
            .node("check", Kind::If, &["work", "end"])
            .node("work", Kind::View, &["end"])
            .node("end", Kind::End, &[])
            .form("approve", &["approved"])
            .reads("check", Asks::Way, &["approved"]);
        assert!(coded(&draft, "default_decides").is_empty());
    }

    #[test]
    fn a_timeout_comes_before_the_form() {
        let draft = Draft::new()
            .node("start", Kind::Start, &["approve"])
            .node("approve", Kind::View, &["check"])
            .node("check", Kind::If, &["work", "end"])
            .node("work", Kind::View, &["end"])
            .node("end", Kind::End, &[])
            .timeout("approve", "check", true)
            .form("approve", &["approved"])
            .reads("check", Asks::Way, &["approved"]);
        assert_eq!(coded(&draft, "default_decides").len(), 1);
    }
    #[test]
    fn a_timer_and_whoever_a_task_is_for_are_asked_too() {
        let flow = |asks, node: &'static str| {
            Draft::new()
                .node("start", Kind::Start, &["ask"])
                .node("ask", Kind::If, &["plan", "wait"])
                .node("plan", Kind::View, &["wait"])
                .node("wait", Kind::Timer, &["work"])
                .node("work", Kind::View, &["end"])
                .node("end", Kind::End, &[])
                .form("plan", &["due"])
                .reads(node, asks, &["due"])
        };
        let found = coded(&flow(Asks::Time, "wait"), "default_decides");
        assert_eq!(found, ["`wait` can set its time based on `due` before anything has set it"]);
        let found = coded(&flow(Asks::Person, "work"), "default_decides");
        assert_eq!(found, ["`work` can be assigned based on `due` before anything has set it"]);
    }

    #[test]
    fn a_task_knows_what_the_edge_gave_it() {
        let flow = |gives| {
            Draft::new()
                .node("start", Kind::Start, &["check"])
                .node("check", Kind::If, &["end", "end"])
                .node("end", Kind::End, &[])
                .reads("start", gives, &[])
                .reads("check", Asks::Way, &["task.fresh"])
        };
        let found = coded(&flow(Asks::Seed(0)), "default_decides");
        assert_eq!(found, ["`check` can decide based on `fresh` of its task before anything has set it"]);
        assert!(coded(&flow(Asks::Data(0)), "default_decides").is_empty());
    }
}
