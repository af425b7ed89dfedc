//! Text in XML.

/// A text between tags or in an attribute. What XML cannot have, as control characters, becomes U+FFFD.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' | '\r' => out.push(' '),
            '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn nothing_breaks_out_of_a_text_or_an_attribute() {
        assert_eq!(escape("</text><script>\"'&]]>"), "&lt;/text&gt;&lt;script&gt;&quot;&#39;&amp;]]&gt;");
        assert_eq!(escape("a\0b\u{1b}\nc\u{ffff}"), "a\u{fffd}b\u{fffd} c\u{fffd}");
    }
}
