use crate::analysis::Analysis;
use crate::analysis::access::Call;
use crate::code::Says;
use crate::{Finding, Place};

/// A condition that panics for some answers: whoever does the task in front of it can never go on then.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    for &Call { node: id, at, callback } in &analysis.access().calls {
        if !callback.asks.decides() {
            continue;
        }
        let Some(word) = callback.words.iter().position(|says| *says == Says::Panics) else { continue };
        let text = format!("{} can panic here, and then the process cannot continue", analysis.name(id));
        found.push(
            Finding::at(Place::Word(id, at, word), text)
                .help("return a value for that case too, as `is_some_and(..)` does; or return an error with `?`"),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::code::{Asks, Says};
    use crate::draw::{Draft, coded};

    #[test]
    fn is_a_hint_at_the_word() {
        let draft = Draft::new()
            .node("start", Kind::StartHandle, &["check"])
            .node("check", Kind::If, &["end", "end"])
            .node("end", Kind::End, &[])
            .says("check", Asks::Way, Says::Panics);
        assert_eq!(
            coded(&draft, "condition_can_panic"),
            ["`check` can panic here, and then the process cannot continue"]
        );
    }
}
