use crate::analysis::Analysis;
use crate::analysis::access::Call;
use crate::code::{Asks, Says};
use crate::{Finding, Kind, Place};

/// Code that waits for something outside, inside of a transaction.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    for &Call { node: id, at, callback } in &analysis.access().calls {
        // A job's own code runs outside of any transaction.
        if callback.asks == Asks::Other && analysis.kind(id) == Some(Kind::Job) {
            continue;
        }
        let Some(word) = callback.words.iter().position(|says| *says == Says::Blocks) else { continue };
        let text = format!("{} keeps the process locked while it blocks here", analysis.name(id));
        found.push(
            Finding::at(Place::Word(id, at, word), text)
                .help("move the blocking call to a `Job`, and the rest to a node after it"),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::code::{Asks, Says};
    use crate::draw::{Draft, coded};

    #[test]
    fn a_function_is_reported_and_a_job_is_not() {
        let flow = |kind, asks| {
            Draft::new()
                .node("start", Kind::StartHandle, &["call"])
                .node("call", kind, &["end"])
                .node("end", Kind::End, &[])
                .says("call", asks, Says::Blocks)
        };
        let reported = |flow: Draft| coded(&flow, "blocking_function");
        assert_eq!(reported(flow(Kind::Function, Asks::Act)), ["`call` keeps the process locked while it blocks here"]);
        assert!(reported(flow(Kind::Job, Asks::Other)).is_empty());
    }
}
