use crate::analysis::Analysis;
use crate::analysis::access::Call;
use crate::code::Says;
use crate::{Finding, Place};

/// A condition that asks a clock, chance or the surroundings.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    for &Call { node: id, at, callback } in &analysis.access().calls {
        if !callback.asks.decides() {
            continue;
        }
        let Some(word) = callback.words.iter().position(|says| *says == Says::Changes) else { continue };
        let node = analysis.name(id);
        found.push(
            Finding::at(Place::Word(id, at, word), format!("the result of {node} depends on when it is evaluated"))
                .note("after a conflict the transition is planned again, and the condition may return something else")
                .help("set a field in a `Function` before it and test that field; to wait for a time use a `Timer`")
                .help(format!("if this is intended: `allow(condition_reads_clock, reason = \"..\")` on {node}")),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::code::{Asks, Says};
    use crate::draw::{Draft, coded};

    #[test]
    fn a_condition_is_reported_and_a_function_is_not() {
        let flow = |kind, asks| {
            Draft::new()
                .node("start", Kind::StartHandle, &["check"])
                .node("check", kind, &["end"])
                .node("end", Kind::End, &[])
                .says("check", asks, Says::Changes)
        };
        let reported = |flow: Draft| coded(&flow, "condition_reads_clock");
        assert_eq!(reported(flow(Kind::Switch, Asks::Way)), ["the result of `check` depends on when it is evaluated"]);
        assert!(reported(flow(Kind::Function, Asks::Act)).is_empty());
    }
}
