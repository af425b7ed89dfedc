use crate::analysis::Analysis;
use crate::{Finding, Kind};

/// A field that people fill in and nothing in the flow looks at. What the app shows and asks for is not seen here.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    let all = || analysis.graph.ids().filter_map(|id| analysis.code(id));
    let calls = || all().flat_map(|code| code.callbacks.iter().chain(&code.undo));
    let unseen = calls().any(|callback| callback.reads_anything);
    // A form type of one's own may look at what is there.
    let own = analysis.graph.ids().any(|id| {
        analysis.kind(id).is_some_and(Kind::is_human) && analysis.code(id).is_none_or(|code| code.writes_anything)
    });
    if unseen || own {
        return;
    }
    let writers = &analysis.access().writers;
    for writer in writers.iter().filter(|writer| writer.by_form) {
        let read = |field: &str| {
            analysis.shows(field) || calls().flat_map(|callback| &callback.reads).any(|read| read.is(field))
        };
        // Another form shows what was there.
        let once = writers.iter().filter(|other| other.by_form && other.number == writer.number).count() == 1;
        if once && !read(writer.field) {
            found.push(
                Finding::at(writer.place, format!("nothing in this flow reads `{}`", writer.field))
                    .help("show it in a `summary` or remove it; ignore this hint if your app reads it"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::code::{Asks, Callback};
    use crate::draw::{Draft, coded};

    fn flow() -> Draft {
        Draft::new()
            .node("start", Kind::Start, &["check"])
            .node("check", Kind::If, &["work", "end"])
            .node("work", Kind::View, &["end"])
            .node("end", Kind::End, &[])
            .form("start", &["note", "amount"])
            .reads("check", Asks::Way, &["amount"])
    }

    #[test]
    fn a_field_that_nothing_looks_at_is_reported() {
        assert_eq!(coded(&flow(), "never_read"), ["nothing in this flow reads `note`"]);
        assert!(coded(&flow().code("work", |code| code.shows.push("note".to_owned())), "never_read").is_empty());
        assert!(coded(&flow().form("work", &["note"]), "never_read").is_empty());
    }

    #[test]
    fn what_is_not_seen_may_read_anything() {
        let flow = flow().code("work", |code| code.callbacks.push(Callback::unseen(Asks::Person)));
        assert!(coded(&flow, "never_read").is_empty());
    }
}
