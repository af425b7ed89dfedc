use crate::analysis::Analysis;
use crate::analysis::access::Writer;
use crate::code::Of;
use crate::{Finding, Kind, NodeId};

/// A value that code sets, and other code sets anew at once, on every way.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    let writers = &analysis.access().writers;
    for writer in writers.iter().filter(|writer| !writer.by_form && at_once(analysis, writer.node)) {
        let mut last = None;
        if is_lost(analysis, writers, writer, writer.node, &mut Vec::new(), &mut last)
            && let Some(last) = last
        {
            let (node, field) = (analysis.name(writer.node), writer.field);
            found.push(
                Finding::at(
                    writer.place,
                    format!("`{field}` as set by {node} is overwritten before anything reads it"),
                )
                .note(format!("{} sets it next", analysis.name(last)))
                .help("remove it here"),
            );
        }
    }
}

/// Nobody can look in between: it is done in the transaction of what was before it, and beside no branch.
fn at_once(analysis: &Analysis<'_>, id: NodeId) -> bool {
    analysis.kind(id).is_some_and(Kind::is_function) && analysis.is_alone(id)
}

/// From here on every way comes to another one that sets it, and to nothing that may look.
fn is_lost(
    analysis: &Analysis<'_>,
    writers: &[Writer<'_>],
    writer: &Writer<'_>,
    from: NodeId,
    seen: &mut Vec<NodeId>,
    last: &mut Option<NodeId>,
) -> bool {
    let edges = analysis.node(from).map_or(&[][..], |node| node.edges);
    !edges.is_empty()
        && edges.iter().all(|edge| {
            let to = edge.to;
            if seen.contains(&to) {
                return true;
            }
            seen.push(to);
            let Some(code) = analysis.code(to).filter(|_| passes(analysis, to)) else { return false };
            let looks = code.callbacks.iter().any(|callback| {
                let reads = callback.reads.iter().any(|read| read.of == Of::Process && read.field == writer.field);
                reads || callback.reads_anything || callback.writes.is_none()
            });
            let sets = writers.iter().any(|other| other.node == to && other.number == writer.number);
            if sets && !looks {
                *last = last.or(Some(to));
            }
            !looks && (sets || is_lost(analysis, writers, writer, to, seen, last))
        })
}

/// It runs at once.
fn passes(analysis: &Analysis<'_>, id: NodeId) -> bool {
    analysis.kind(id).is_some_and(|kind| kind.is_function() || matches!(kind, Kind::If | Kind::Switch))
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::code::Asks;
    use crate::draw::{Draft, coded};

    #[test]
    fn a_value_that_is_set_anew_on_every_way_is_reported() {
        let flow = |other| {
            Draft::new()
                .node("start", Kind::StartHandle, &["first"])
                .node("first", Kind::Function, &["which"])
                .node("which", Kind::If, &["second", other])
                .node("second", Kind::Function, &["end"])
                .node("end", Kind::End, &[])
                .sets("first", &["note"])
                .sets("second", &["note"])
                .reads("which", Asks::Way, &["amount"])
        };
        let found = coded(&flow("second"), "overwritten_unread");
        assert_eq!(found, ["`note` as set by `first` is overwritten before anything reads it"]);
        assert!(coded(&flow("end"), "overwritten_unread").is_empty());
    }
}
