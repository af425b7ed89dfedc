use crate::Finding;
use crate::analysis::Analysis;

/// Two nodes that can run side by side and set one field: one of the two values is lost.
pub(super) fn run(analysis: &Analysis<'_>, found: &mut Vec<Finding>) {
    let uses = analysis.access();
    for (at, writer) in uses.writers.iter().enumerate() {
        let before = uses.writers_of(writer.number).partition_point(|first| *first < at);
        let Some(first) = uses.beside(analysis, &uses.writers_of(writer.number)[..before], writer.node) else {
            continue;
        };
        let (a, b, field) = (analysis.name(first.node), analysis.name(writer.node), writer.field);
        found.push(
            Finding::at(writer.place, format!("{a} and {b} can both set `{field}` at the same time"))
                .also(first.place, format!("{a} sets `{field}` here"))
                .note("the last write wins, and the other value is lost")
                .help("use two fields, or run one node after the other")
                .help(format!("if the last write should win: `allow(lost_update, reason = \"..\")` on {b}")),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::draw::{Draft, coded};

    #[test]
    fn branches_are_reported_and_what_follows_one_another_is_not() {
        let flow = |split| {
            Draft::new()
                .node("start", Kind::Start, &["s"])
                .node("s", split, &["a", "b"])
                .node("a", Kind::View, &["j"])
                .node("b", Kind::View, &["j"])
                .node("j", Kind::Join, &["end"])
                .node("end", Kind::End, &[])
                .form("a", &["note"])
                .form("b", &["note"])
        };
        assert_eq!(coded(&flow(Kind::Split), "lost_update"), ["`a` and `b` can both set `note` at the same time"]);
        assert!(coded(&flow(Kind::If), "lost_update").is_empty());
    }
}
