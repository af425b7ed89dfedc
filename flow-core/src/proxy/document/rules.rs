//! What a value must be like, beyond its type: checked before it is written.

use serde_json::Value;

use crate::FieldErrorKind;
use crate::form::FieldType;

/// A rule that is broken: which sort, and in words.
pub(crate) type Broken = (FieldErrorKind, String);

/// What a value must be like. A field that is empty, `None`, keeps every rule.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// The maximum length of a string, in characters.
    pub max_length: Option<usize>,
    /// The smallest a number may be, and the largest.
    pub least: Option<Bound>,
    /// The largest a number may be.
    pub most: Option<Bound>,
    /// What it may be, as JSON; any if there are none.
    pub choices: &'static [&'static str],
    /// What a text must look like.
    pub format: Option<Format>,
    /// A regular expression that the whole of a text must match.
    #[cfg(feature = "pattern")]
    pub pattern: Option<super::Pattern>,
    /// The maximum number of decimal places.
    pub decimal_places: Option<u32>,
    /// Whether the string must not be empty.
    pub filled: bool,
}

/// An end of a range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bound {
    /// An integer.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
}

/// What a text can be asked to look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// An address of a person: `anna@example.org`.
    Email,
    /// A URL.
    Url,
    /// Letters, digits, `_` and `-`.
    Slug,
    /// A path to a file inside some folder, with `/` between its parts: `2026/invoice.pdf`.
    FilePath,
}

impl Rules {
    /// None.
    pub const NONE: Self = Rules {
        max_length: None,
        least: None,
        most: None,
        choices: &[],
        format: None,
        #[cfg(feature = "pattern")]
        pattern: None,
        decimal_places: None,
        filled: false,
    };

    /// The text of the regular expression.
    pub(crate) const fn pattern(&self) -> Option<&'static str> {
        #[cfg(feature = "pattern")]
        if let Some(pattern) = self.pattern {
            return Some(pattern.text);
        }
        None
    }

    /// Whether a value keeps them.
    pub(crate) fn check(&self, json: &Value, ty: FieldType) -> Result<(), Broken> {
        if let Some(text) = json.as_str() {
            if ty == FieldType::Decimal { self.check_decimal(text)? } else { self.check_text(text)? }
        }
        if let Some(number) = json.as_number() {
            let outside = |bound: &Bound, below: bool| bound.is_beyond(number, below);
            let broken = |text: String| Err((FieldErrorKind::OutOfRange, text));
            match (self.least, self.most) {
                (Some(least), _) if outside(&least, true) => return broken(format!("is less than {least}")),
                (_, Some(most)) if outside(&most, false) => return broken(format!("is more than {most}")),
                _ => {}
            }
        }
        if !self.choices.is_empty() && !json.is_null() {
            let is = |choice: &&&str| serde_json::from_str::<Value>(choice).is_ok_and(|choice| choice == *json);
            if !self.choices.iter().any(|choice| is(&choice)) {
                return Err((FieldErrorKind::NotAChoice, format!("is not one of {}", self.choices.join(", "))));
            }
        }
        Ok(())
    }

    /// Of a number without rounding, which is kept as text.
    #[cfg(feature = "decimal")]
    fn check_decimal(&self, text: &str) -> Result<(), Broken> {
        use rust_decimal::Decimal;

        // What the codec has written is a number.
        let Ok(number) = text.parse::<Decimal>() else { return Ok(()) };
        // The text of an end of a range is exactly what was written in the source.
        let end =
            |bound: Option<Bound>| bound.and_then(|bound| Some((bound, bound.to_string().parse::<Decimal>().ok()?)));
        if let Some((least, _)) = end(self.least).filter(|(_, least)| number < *least) {
            return Err((FieldErrorKind::OutOfRange, format!("is less than {least}")));
        }
        if let Some((most, _)) = end(self.most).filter(|(_, most)| number > *most) {
            return Err((FieldErrorKind::OutOfRange, format!("is more than {most}")));
        }
        let places = number.normalize().scale();
        match self.decimal_places {
            Some(most) if places > most => {
                let text = format!("has {places} decimal places, at most {most} are allowed");
                Err((FieldErrorKind::OutOfRange, text))
            }
            _ => Ok(()),
        }
    }

    #[cfg(not(feature = "decimal"))]
    #[allow(clippy::unused_self, clippy::unnecessary_wraps, reason = "there are none without the feature")]
    fn check_decimal(&self, _: &str) -> Result<(), Broken> {
        Ok(())
    }

    fn check_text(&self, text: &str) -> Result<(), Broken> {
        if text.is_empty() {
            return if self.filled { Err((FieldErrorKind::Empty, "is empty".to_owned())) } else { Ok(()) };
        }
        if let Some(most) = self.max_length {
            let length = text.chars().count();
            if length > most {
                let text = format!("has {length} characters, at most {most} are allowed");
                return Err((FieldErrorKind::TooLong, text));
            }
        }
        let wrong = match self.format {
            Some(Format::Email) if !is_email(text) => "is not a valid email address",
            Some(Format::Url) if !is_url(text) => "is not a valid URL",
            Some(Format::Slug) if !is_slug(text) => "may only contain letters, digits, `_` and `-`",
            Some(Format::FilePath) if !is_file_path(text) => "is not a relative file path",
            _ => return self.check_pattern(text),
        };
        Err((FieldErrorKind::Format, wrong.to_owned()))
    }

    #[cfg(feature = "pattern")]
    fn check_pattern(&self, text: &str) -> Result<(), Broken> {
        match self.pattern {
            Some(pattern) if !pattern.fits(text) => {
                Err((FieldErrorKind::Format, format!("does not match `{}`", pattern.text)))
            }
            _ => Ok(()),
        }
    }

    #[cfg(not(feature = "pattern"))]
    #[allow(clippy::unused_self, reason = "there are none without the feature")]
    fn check_pattern(&self, _: &str) -> Result<(), Broken> {
        Ok(())
    }
}

impl Bound {
    #[allow(clippy::cast_precision_loss, reason = "only where the other side is a fraction already")]
    fn is_beyond(self, number: &serde_json::Number, below: bool) -> bool {
        let order = match (self, number.as_i64(), number.as_f64()) {
            (Bound::Int(bound), Some(number), _) => Some(number.cmp(&bound)),
            (Bound::Int(bound), None, Some(number)) => number.partial_cmp(&(bound as f64)),
            (Bound::Float(bound), _, Some(number)) => number.partial_cmp(&bound),
            _ => None,
        };
        order == Some(if below { std::cmp::Ordering::Less } else { std::cmp::Ordering::Greater })
    }
}

impl std::fmt::Display for Bound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Bound::Int(bound) => write!(f, "{bound}"),
            Bound::Float(bound) => write!(f, "{bound}"),
        }
    }
}

fn is_slug(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// Joined to a folder it stays inside: no root, no drive, no way up, on Windows neither, which has `\\` and `:` and
/// leaves dots and spaces at an end out.
fn is_file_path(text: &str) -> bool {
    let odd = |c: char| c.is_control() || matches!(c, '\\' | ':');
    text.split('/').all(|part| !part.is_empty() && !part.ends_with(['.', ' ']) && !part.contains(odd))
}

/// A name of hosts: parts of letters, digits and hyphens, none of them empty.
fn is_host(host: &str) -> bool {
    let part = |part: &str| {
        let inner = part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || !byte.is_ascii());
        inner && !part.is_empty() && part.len() <= 63 && !part.starts_with('-') && !part.ends_with('-')
    };
    host.len() <= 253 && host.split('.').all(part)
}

/// An address as RFC 5322 has it, without a display name, at a host of at least two parts: `anna@localhost` is one, but
/// nobody outside can be written to there.
fn is_email(text: &str) -> bool {
    use email_address::{EmailAddress, Options};

    let options = Options {
        minimum_sub_domains: 2,
        allow_domain_literal: false,
        allow_display_text: false,
        allow_long_local_parts: false,
    };
    EmailAddress::parse_with_options(text, options).is_ok()
}

/// `http`, `https`, `ftp` or `ftps`, and a host.
fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let (host, port) = match host.rsplit_once(':') {
        Some((host, port)) if !host.ends_with(':') && !port.ends_with(']') => (host, Some(port)),
        _ => (host, None),
    };
    let ip6 = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let known = matches!(scheme.to_ascii_lowercase().as_str(), "http" | "https" | "ftp" | "ftps");
    let named = ip6.map_or_else(|| is_host(host), |ip| ip.parse::<std::net::Ipv6Addr>().is_ok());
    known && named && port.is_none_or(|port| port.parse::<u16>().is_ok()) && !text.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_what_is_none() {
        for good in ["anna@example.org", "a.b+c@x-y.example.org", "ä@bücher.example"] {
            assert!(is_email(good), "{good}");
        }
        for bad in
            ["", "anna", "anna@", "@x.org", "a b@x.org", "a@b@x.org", "a..b@x.org", "anna@x", "a@-x.org", "a@x..org"]
        {
            assert!(!is_email(bad), "{bad}");
        }
        for good in ["https://example.org", "http://u:p@x.org:8080/a?b#c", "ftp://[::1]/", "http://localhost"] {
            assert!(is_url(good), "{good}");
        }
        for bad in ["", "example.org", "javascript:alert(1)", "https://", "http://x y", "http://x:99999", "file:///etc"]
        {
            assert!(!is_url(bad), "{bad}");
        }
        assert!(is_slug("a-b_1") && !is_slug("a b"));
        for good in ["a", "2026/invoice 1.pdf", ".config/x", "a..b"] {
            assert!(is_file_path(good), "{good}");
        }
        for bad in [
            "",
            "/etc/passwd",
            "../x",
            "a/../../x",
            "a//b",
            "a/",
            "c:\\x",
            "c:x",
            "a\\..\\b",
            "./a",
            "a\0",
            "a/.. /b",
            "a\nb",
        ] {
            assert!(!is_file_path(bad), "{bad}");
        }
    }

    #[test]
    fn a_range_is_exact_for_integers_of_any_size() {
        let rules = Rules { least: Some(Bound::Int(1)), most: Some(Bound::Int(i64::MAX - 1)), ..Rules::NONE };
        assert!(rules.check(&(i64::MAX - 1).into(), FieldType::Integer).is_ok());
        let outside = |text: &str| Err((FieldErrorKind::OutOfRange, text.to_owned()));
        assert_eq!(rules.check(&i64::MAX.into(), FieldType::Integer), outside("is more than 9223372036854775806"));
        assert_eq!(rules.check(&0.into(), FieldType::Integer), outside("is less than 1"));
        assert!(rules.check(&Value::Null, FieldType::Integer).is_ok());
    }
}
