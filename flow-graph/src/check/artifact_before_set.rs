use crate::analysis::Analysis;
use crate::analysis::access::{Call, REFERENCES};
use crate::analysis::assignment::Fact;
use crate::code::{Asks, Callback, Of, Read};
use crate::{Exits, Finding, Kind, NodeId, Place};

/// A reference that is read where on some way nothing has set it yet: the artifact or the seed of the process, or
/// the seed of a task.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    for &Call { node: id, at, callback } in &analysis.access().calls {
        let references = |read: &&Read| REFERENCES.contains(&&*read.field) && !read.presence;
        let Some(read) = callback.reads.iter().find(references) else { continue };
        let place = callback.reads.iter().position(|known| known == read).unwrap_or(0);
        let finding = match read.of {
            Of::Process => of_process(analysis, id, &read.field),
            Of::Task if read.field == "seed" => of_task(analysis, id, callback),
            Of::Task => None,
        };
        let node = analysis.name(id);
        found.extend(finding.map(|(headline, note, help)| {
            Finding::at(Place::Read(id, at, place), headline)
                .note(note)
                .help(help)
                .help(format!("if this is intended: `allow(artifact_before_set, reason = \"..\")` on {node}"))
        }));
    }
}

type Told = (String, String, String);

fn of_process(analysis: &Analysis<'_>, id: NodeId, field: &str) -> Option<Told> {
    let data = analysis.assignment()?;
    let fact = Fact::Set(analysis.access().number(field)?);
    // What nothing sets at all is set by the app; what this node sets itself may be set before it is read.
    let set = data.is_made(fact) && !data.makes(analysis, id, fact);
    let at = data.missing(analysis, id, fact).filter(|_| set)?;
    let way = data.way_without(analysis, at, fact);
    let name = analysis.name(id);
    Some((
        format!("the {field} of the process may not exist yet when {name} reads it"),
        format!("on the path {} nothing sets it", crate::analysis::wording::arrows(analysis, &way)),
        format!("set it on this path too, or check for it first: `{field}_ref().is_some()`"),
    ))
}

/// A task that nobody works on has the seed that the edge gave it, and no other.
fn of_task(analysis: &Analysis<'_>, id: NodeId, callback: &Callback) -> Option<Told> {
    let node = analysis.node(id)?;
    let at_once = matches!(node.kind.exits(), Exits::ThenElse | Exits::Cases | Exits::Branches);
    let asked_first = matches!(callback.asks, Asks::Time | Asks::Person | Asks::Child);
    if node.kind.begins() || !(at_once || asked_first) {
        return None;
    }
    let without = analysis.before(id).into_iter().find(|from| {
        let edges = analysis.node(*from).map_or(&[][..], |node| node.edges);
        let gives = |at: usize| {
            let code = analysis.code(*from);
            code.is_none_or(|code| code.callbacks.iter().any(|callback| callback.asks == Asks::Seed(at)))
        };
        let boundary = analysis.kind(*from).is_some_and(Kind::is_boundary);
        edges.iter().enumerate().any(|(at, edge)| edge.to == id && (boundary || !gives(at)))
    })?;
    let (from, name) = (analysis.name(without), analysis.name(id));
    Some((
        format!("the task of {name} may have no seed"),
        format!("{from} leads here without giving it a seed"),
        format!("add `task_seed` to the edge from {from}, or check for it first: `seed_ref().is_some()`"),
    ))
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::code::Asks;
    use crate::draw::{Draft, coded};

    #[test]
    fn a_way_around_what_makes_it_is_reported() {
        let flow = |around| {
            Draft::new()
                .node("start", Kind::StartHandle, &["big"])
                .node("big", Kind::If, &["write", around])
                .node("write", Kind::Function, &["publish"])
                .node("publish", Kind::Subprocess, &["end"])
                .node("end", Kind::End, &[])
                .sets("write", &["artifact"])
                .reads("publish", Asks::Child, &["artifact"])
        };
        let found = coded(&flow("publish"), "artifact_before_set");
        assert_eq!(found, ["the artifact of the process may not exist yet when `publish` reads it"]);
        assert!(coded(&flow("end"), "artifact_before_set").is_empty());
    }

    #[test]
    fn a_task_has_the_seed_that_it_is_given() {
        let flow = |gives| {
            Draft::new()
                .node("start", Kind::StartHandle, &["check"])
                .node("check", Kind::If, &["end", "end"])
                .node("end", Kind::End, &[])
                .reads("start", gives, &[])
                .reads("check", Asks::Way, &["task.seed"])
        };
        assert_eq!(coded(&flow(Asks::Data(0)), "artifact_before_set"), ["the task of `check` may have no seed"]);
        assert!(coded(&flow(Asks::Seed(0)), "artifact_before_set").is_empty());
    }
}
