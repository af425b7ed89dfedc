//! The tables, as Markdown.

use std::fmt::Write as _;

use crate::sample::{Series, Spread, number};

/// What was measured so far.
#[derive(Debug, Default)]
pub(crate) struct Report {
    text: String,
}

/// A line about one contender.
#[derive(Debug)]
pub(crate) struct Row(String);

impl Row {
    /// Units per second, then what one unit costs.
    pub(crate) fn of(series: &Series) -> Row {
        let some = |value: Option<f64>| value.map_or("-".to_owned(), number);
        let counts = |of: fn(&crate::sample::Counts) -> f64| some(series.counts.as_ref().map(of));
        let micro = |seconds: f64| number(seconds * 1e6);
        let server = series.samples.iter().all(|sample| sample.server.is_some());
        Row(format!(
            "| {} | {} | {} | {} | {} | {} | {} | {} |",
            series.name,
            series.rate(),
            counts(|counts| counts.statements),
            counts(|counts| counts.commits),
            number(series.per_unit(|sample| sample.rows)),
            some(series.least_per_unit(|sample| sample.wal)),
            micro(series.per_unit(|sample| sample.client)),
            if server { micro(series.per_unit(|sample| sample.server.unwrap_or(f64::NAN))) } else { "-".to_owned() },
        ))
    }
}

/// How much faster the first is, in the same rounds.
pub(crate) fn versus(ours: &Series, theirs: &Series) -> String {
    let over: Spread = ours.over(theirs);
    format!("| {} | {} | {over} |", ours.name, theirs.name)
}

impl Report {
    /// A line of text.
    pub(crate) fn line(&mut self, text: &str) {
        println!("{text}");
        let _ = writeln!(self.text, "{text}");
    }

    pub(crate) fn title(&mut self, text: &str) {
        self.line(&format!("\n## {text}\n"));
    }

    /// The contenders; round trips are statements, as each is sent and waited for by itself.
    pub(crate) fn table(&mut self, rows: impl IntoIterator<Item = Row>) {
        self.line(
            "| | processes/s, median (least..most) | statements = round trips | commits | rows written | WAL bytes | client CPU µs | server CPU µs |",
        );
        self.line("|---|---|---|---|---|---|---|---|");
        for Row(row) in rows {
            self.line(&row);
        }
    }

    /// Lines made by [`versus`].
    pub(crate) fn ratios(&mut self, rows: Vec<String>) {
        self.line("\n| | beside | times as fast, median (least..most) of the rounds |");
        self.line("|---|---|---|");
        for row in rows {
            self.line(&row);
        }
    }

    /// Any other table.
    pub(crate) fn plain(&mut self, head: &[&str], rows: &[Vec<String>]) {
        self.line(&format!("| {} |", head.join(" | ")));
        self.line(&format!("|{}", "---|".repeat(head.len())));
        for row in rows {
            self.line(&format!("| {} |", row.join(" | ")));
        }
    }

    pub(crate) fn write(&self, path: &std::path::Path) {
        std::fs::write(path, &self.text).unwrap();
    }
}
