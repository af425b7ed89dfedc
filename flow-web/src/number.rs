//! Decimal numbers as people of a country write them: `1.250,50` or `1,250.50`.

use crate::language::Language;

/// What parts the digits of the whole, and what stands before those behind it.
const fn signs(language: Language) -> (char, char) {
    match language {
        Language::English => (',', '.'),
        Language::German => ('.', ','),
    }
}

/// What somebody has typed, as the engine reads it: `1250.50`. What may mean one number or another is not guessed:
/// `1.250` is 1250 to some and 1.25 to others. It gets a question mark, so that the engine refuses it, now and when it
/// comes back as a draft.
pub(crate) fn read(language: Language, typed: &str) -> String {
    let (group, point) = signs(language);
    let text: String = typed.trim().chars().filter(|char| !matches!(char, '\u{a0}' | '\u{202f}')).collect();
    let (whole, fraction) = match text.split_once(point) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text.as_str(), None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = whole.strip_prefix(['-', '+']).unwrap_or(whole);
    let groups: Vec<&str> = unsigned.split(group).collect();
    let is_grouped = groups.len() > 1
        && groups.iter().all(|part| digits(part))
        && groups[0].len() <= 3
        && groups[1..].iter().all(|part| part.len() == 3);
    let whole = whole.replace(group, "");
    match fraction {
        Some(fraction) if digits(fraction) && (digits(unsigned) || is_grouped) => format!("{whole}.{fraction}"),
        None if is_grouped && groups.len() > 2 => whole,
        None if is_grouped => format!("{text}?"),
        // A point is a point where nothing else can be meant; a comma is none in English.
        _ => text,
    }
}

/// A stored number as people read it. What is none, such as in a draft, stays as it was typed.
pub(crate) fn shown(language: Language, stored: &str) -> String {
    let (_, point) = signs(language);
    let is_number = stored.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+'));
    if is_number { stored.replace('.', &point.to_string()) } else { stored.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_the_language_writes_it_or_refused() {
        let (en, de) = (Language::English, Language::German);
        for (language, typed, read) in [
            (en, "1250.50", "1250.50"),
            (en, "1,250.50", "1250.50"),
            (en, "1,234,567", "1234567"),
            (en, "-1,250.5", "-1250.5"),
            (en, " 12.50 ", "12.50"),
            (en, "0.125", "0.125"),
            (de, "1250,50", "1250.50"),
            (de, "1.250,50", "1250.50"),
            (de, "1.234.567", "1234567"),
            (de, "-1.250,5", "-1250.5"),
            (de, "12,5", "12.5"),
            (de, "0,125", "0.125"),
            (de, "1\u{a0}250,50", "1250.50"),
            // No group has two digits, and none begins with more than three.
            (de, "12.50", "12.50"),
            (de, "1250.125", "1250.125"),
            (de, "12", "12"),
            (de, "", ""),
        ] {
            assert_eq!(super::read(language, typed), read, "{language:?} {typed}");
        }
        // What is refused.
        for (language, typed) in [
            (en, "1,250"),
            (en, "12,50"),
            (en, "1,25.0,0"),
            (en, "1.250,50"),
            (de, "1.250"),
            (de, "-1.250"),
            (de, "1,250.50"),
            (de, "1,2,3"),
            (de, "12.50,00"),
            (de, "zwei"),
        ] {
            let read = super::read(language, typed);
            let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
            assert!(!number(&read) || read.matches('.').count() > 1, "{language:?} {typed}: {read}");
            // Also when it comes back.
            let again = super::read(language, &shown(language, &read));
            assert!(!number(&again) || again.matches('.').count() > 1, "{language:?} {typed}: {again}");
        }
        assert_eq!((shown(de, "128.40"), shown(en, "128.40")), ("128,40".to_owned(), "128.40".to_owned()));
    }
}
