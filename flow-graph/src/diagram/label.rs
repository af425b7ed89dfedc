//! How wide a text is, and how it is broken into lines, without asking a font.

/// A text in lines, cut where it did not fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Lines {
    pub(super) lines: Vec<String>,
    pub(super) width: i32,
}

/// The height of a line.
pub(super) const LINE: i32 = 15;

/// The width of a character at 12 px, in tenths of a pixel, in a wide sans-serif font: text in a narrower one has
/// room to spare.
fn tenths(c: char) -> i32 {
    match c {
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200d}' | '\u{fe00}'..='\u{fe0f}' => 0,
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | ' ' | '!' => 40,
        'f' | 't' | 'r' | 'I' | '(' | ')' | '[' | ']' | '/' | '-' | '"' => 52,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 120,
        'A'..='Z' | '&' | '#' | '<' | '>' | '=' | '+' | '~' => 96,
        _ if c.is_ascii() => 78,
        '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' => 126,
        '\u{ff00}'..='\u{ff60}' => 126,
        '\u{10000}'.. => 165,
        _ => 105,
    }
}

/// The width of a text at 12 px.
pub(super) fn width(text: &str) -> i32 {
    let tenths: i32 = text.chars().take(1_000).map(tenths).sum();
    (tenths + 9) / 10
}

/// The text in at most so many lines of at most this width. Words that are too long are broken, at `_` if there is one;
/// what is left over is cut, with an ellipsis. The width is at least that of a few characters.
pub(super) fn wrap(text: &str, limit: i32, most: usize) -> Lines {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    let mut cut = false;
    'words: for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        let mut word = word;
        loop {
            let joined = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if width(&joined) <= limit {
                line = joined;
                break;
            }
            if lines.len() + 1 >= most && !line.is_empty() {
                cut = true;
                break 'words;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
                continue;
            }
            let (head, tail) = word.split_at(break_at(word, limit));
            line = head.to_owned();
            word = tail;
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    if let Some(last) = lines.last_mut().filter(|_| cut) {
        while !last.is_empty() && width(last) + width("…") > limit {
            last.pop();
        }
        last.push('…');
    }
    let width = lines.iter().map(|line| width(line)).max().unwrap_or(0);
    Lines { lines, width }
}

/// Where a word that is too long is broken: behind the last `_` that fits, else as late as possible.
fn break_at(word: &str, limit: i32) -> usize {
    let (mut used, mut fits, mut behind) = (0, 0, None);
    for (at, c) in word.char_indices() {
        used += tenths(c);
        if used > limit * 10 && at > 0 {
            break;
        }
        fits = at + c.len_utf8();
        if c == '_' || c == '-' {
            behind = Some(fits);
        }
    }
    behind.filter(|at| *at < word.len()).unwrap_or(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_kept_whole_where_they_fit() {
        let lines = wrap("Check the insurance", 80, 3).lines;
        assert_eq!(lines, ["Check the", "insurance"]);
        assert_eq!(wrap("", 80, 3).lines, Vec::<String>::new());
        assert_eq!(wrap(" a \n b ", 80, 3).lines, ["a b"]);
    }

    #[test]
    fn long_words_are_broken_and_long_texts_cut() {
        assert_eq!(wrap("take_extra_insurance", 90, 3).lines, ["take_extra_", "insurance"]);
        let lines = wrap("one two three four five six seven eight nine ten", 60, 2);
        assert_eq!(lines.lines.len(), 2);
        assert!(lines.lines[1].ends_with('…') && lines.width <= 60, "{lines:?}");
        let wide = wrap(&"界".repeat(50), 60, 3);
        assert!(wide.width <= 60 && wide.lines.len() == 3, "{wide:?}");
        assert!(wrap(&"x".repeat(100_000), 60, 3).width <= 60);
    }
}
