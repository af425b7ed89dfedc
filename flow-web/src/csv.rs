//! Rows as a file that a spreadsheet opens.

use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};

use crate::language::Language;

/// A table as CSV (RFC 4180): texts in quotes, lines that end in CR LF. Cells are parted as spreadsheets of the language
/// expect it: by semicolons where a comma is in numbers.
#[derive(Debug)]
pub(crate) struct Csv {
    text: String,
    separator: char,
}

impl Csv {
    /// With the names of its columns.
    pub(crate) fn new<'t>(language: Language, columns: impl IntoIterator<Item = &'t str>) -> Self {
        // By the mark a spreadsheet knows that it is UTF-8.
        let separator = match language {
            Language::English => ',',
            Language::German => ';',
        };
        let mut csv = Csv { text: "\u{feff}".to_owned(), separator };
        csv.row(columns);
        csv
    }

    /// Adds a row.
    pub(crate) fn row<'t>(&mut self, cells: impl IntoIterator<Item = &'t str>) {
        for (at, cell) in cells.into_iter().enumerate() {
            if at > 0 {
                self.text.push(self.separator);
            }
            self.text.push('"');
            if is_formula(cell) {
                self.text.push('\'');
            }
            self.text.push_str(&cell.replace('"', "\"\""));
            self.text.push('"');
        }
        self.text.push_str("\r\n");
    }

    /// As a file of this name.
    pub(crate) fn response(self, name: &'static str) -> Response {
        let disposition = format!("attachment; filename=\"{name}.csv\"");
        let headers = [(CONTENT_TYPE, "text/csv; charset=utf-8"), (CONTENT_DISPOSITION, disposition.as_str())];
        (headers, self.text).into_response()
    }
}

/// Whether a spreadsheet would compute it: an apostrophe before it makes it a text. A negative number is none, also with
/// a decimal comma.
fn is_formula(cell: &str) -> bool {
    let is_number = cell.strip_prefix('-').is_some_and(|rest| {
        rest.starts_with(|first: char| first.is_ascii_digit())
            && rest.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','))
    });
    cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) && !is_number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_a_text_whatever_it_contains() {
        let mut csv = Csv::new(Language::English, ["a", "b"]);
        csv.row(["=HYPERLINK(\"http://evil\")", "-2.5"]);
        csv.row(["@x", "a,\r\nb"]);
        csv.row(["\t=1", "+49 30"]);
        csv.row(["-inf", "nothing = special"]);
        let expected = "\u{feff}\"a\",\"b\"\r\n\"'=HYPERLINK(\"\"http://evil\"\")\",\"-2.5\"\r\n\"'@x\",\"a,\r\nb\"\r\n\
                        \"'\t=1\",\"'+49 30\"\r\n\"'-inf\",\"nothing = special\"\r\n";
        assert_eq!(csv.text, expected);
        let mut csv = Csv::new(Language::German, ["a", "b"]);
        csv.row(["-2,5", "=1;=2"]);
        assert_eq!(csv.text, "\u{feff}\"a\";\"b\"\r\n\"-2,5\";\"'=1;=2\"\r\n");
    }
}
