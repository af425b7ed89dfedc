//! Fields of releases beside the current ones, in constants: `#[flow]` knows the releases, the derives know the fields, and
//! rustc brings them together.

use crate::form::FieldType;
use crate::proxy::Meta;

/// The fields of one release, as `#[flow]` writes them.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct KnownRelease {
    /// Its number, as text.
    pub number: &'static str,
    pub fields: &'static [KnownField],
}

/// A field of a release.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct KnownField {
    pub path: &'static [&'static str],
    /// How it is kept.
    pub ty: &'static str,
    pub required: bool,
}

/// A field that documents of a release do not have, or have as another type: the parts of the message.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Misfit {
    pub parts: [&'static str; 7],
}

impl Misfit {
    const NONE: Misfit = Misfit { parts: [""; 7] };

    /// How long the message is.
    #[must_use]
    pub const fn len(&self) -> usize {
        let (mut len, mut at) = (0, 0);
        while at < self.parts.len() {
            len += self.parts[at].len();
            at += 1;
        }
        len
    }

    /// All fields fit.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The first field that an open process or task of a release cannot be read by.
#[doc(hidden)]
#[must_use]
pub const fn misfit(fields: &[Meta], of: &'static str, releases: &[KnownRelease]) -> Misfit {
    let mut at = 0;
    while at < fields.len() {
        let field = &fields[at];
        let mut r = 0;
        while r < releases.len() {
            let release = &releases[r];
            match find(field, release.fields) {
                Some(old) if !fits(field.codec.ty, field.codec.range, old.ty) => {
                    return Misfit {
                        parts: [
                            of,
                            " of release ",
                            release.number,
                            " have `",
                            field.name,
                            "` as another type: ",
                            old.ty,
                        ],
                    };
                }
                Some(old) if old.required => {}
                _ if field.default.is_none() => {
                    return Misfit {
                        parts: [of, " of release ", release.number, " may have no `", field.name, "`", ""],
                    };
                }
                _ => {}
            }
            r += 1;
        }
        at += 1;
    }
    Misfit::NONE
}

/// The field under its own path, or an older one.
const fn find<'f>(field: &Meta, fields: &'f [KnownField]) -> Option<&'f KnownField> {
    let mut path = field.path;
    let mut alias = 0;
    loop {
        let mut at = 0;
        while at < fields.len() {
            if same_path(fields[at].path, path) {
                return Some(&fields[at]);
            }
            at += 1;
        }
        if alias == field.alias.len() {
            return None;
        }
        path = field.alias[alias];
        alias += 1;
    }
}

const fn same_path(a: &[&str], b: &[&str]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if !same(a[at].as_bytes(), b[at].as_bytes()) {
            return false;
        }
        at += 1;
    }
    true
}

const fn same(a: &[u8], b: &[u8]) -> bool {
    matches!(strip(a, b), Some([]))
}

/// What is behind a beginning.
const fn strip<'t>(text: &'t [u8], start: &[u8]) -> Option<&'t [u8]> {
    if text.len() < start.len() {
        return None;
    }
    let (found, rest) = text.split_at(start.len());
    let mut at = 0;
    while at < start.len() {
        if found[at] != start[at] {
            return None;
        }
        at += 1;
    }
    Some(rest)
}

/// Whether every value that was kept as that can be read as this type.
const fn fits(ty: FieldType, range: (Option<i64>, Option<i64>), old: &str) -> bool {
    let (mut ty, mut old) = (ty, old.as_bytes());
    while let FieldType::List(item) = ty {
        match strip(old, b"list of ") {
            Some(rest) => (ty, old) = (*item, rest),
            None => return false,
        }
    }
    let Some(rest) = strip(old, word(ty).as_bytes()) else {
        return match ty {
            FieldType::Json => true,
            FieldType::Number => strip(old, b"integer").is_some(),
            _ => word(ty).len() == "text".len() && same(word(ty).as_bytes(), b"text") && same(old, b"choice"),
        };
    };
    if rest.is_empty() {
        return range.0.is_none() && range.1.is_none() || !matches!(ty, FieldType::Integer);
    }
    // `integer 0..255`; another word that begins alike is no range.
    let Some(rest) = strip(rest, b" ") else { return false };
    let (low, rest) = int(rest);
    let Some(rest) = strip(rest, b"..") else { return same(rest, b"") && low.is_none() };
    let (high, _) = int(rest);
    at_most(range.0, low) && at_most(high, range.1)
}

/// `None` is without limit: as the smaller one it is below, as the greater one above everything.
const fn at_most(a: Option<i64>, b: Option<i64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a <= b,
        (None, None) => true,
        _ => false,
    }
}

/// A number at the beginning of a text.
const fn int(text: &[u8]) -> (Option<i64>, &[u8]) {
    let (negative, mut rest) = match strip(text, b"-") {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let mut value: Option<i64> = None;
    while let [digit @ b'0'..=b'9', more @ ..] = rest {
        let before = match value {
            Some(value) => value,
            None => 0,
        };
        // Accumulate with the sign: `MIN` has no positive counterpart.
        let digit = if negative { -((*digit - b'0') as i64) } else { (*digit - b'0') as i64 };
        value = match before.checked_mul(10) {
            Some(ten) => ten.checked_add(digit),
            None => None,
        };
        rest = more;
    }
    (value, rest)
}

/// The word for how a value is kept. Rules of validation are no part of it.
pub(super) const fn word(ty: FieldType) -> &'static str {
    match ty {
        FieldType::Text | FieldType::Email | FieldType::Url | FieldType::Slug | FieldType::FilePath => "text",
        FieldType::Integer => "integer",
        FieldType::Number => "number",
        FieldType::Decimal => "decimal",
        FieldType::Boolean => "boolean",
        FieldType::Date => "date",
        FieldType::Time => "time",
        FieldType::DateTime => "moment",
        FieldType::Duration => "duration",
        FieldType::Uuid => "uuid",
        FieldType::Ip => "ip",
        FieldType::Bytes => "bytes",
        FieldType::Choice => "choice",
        FieldType::Reference(_) => "reference",
        FieldType::List(_) => "list",
        FieldType::Object(_) => "object",
        FieldType::Json => "json",
    }
}

/// How a field is kept, as the lock has it.
pub(super) fn kept(field: &Meta) -> String {
    let mut text = String::new();
    let mut ty = field.codec.ty;
    while let FieldType::List(item) = ty {
        text.push_str("list of ");
        ty = *item;
    }
    text.push_str(word(ty));
    let (low, high) = field.codec.range;
    if matches!(ty, FieldType::Integer) && (low.is_some() || high.is_some()) {
        let number = |number: Option<i64>| number.map_or_else(String::new, |number| number.to_string());
        text.push_str(&format!(" {}..{}", number(low), number(high)));
    }
    text
}

/// Whether a release has exactly these fields: what new processes are started under is decided by that.
#[doc(hidden)]
#[must_use]
pub const fn same_fields(fields: &[Meta], release: &[KnownField]) -> bool {
    if fields.len() != release.len() {
        return false;
    }
    let mut at = 0;
    while at < fields.len() {
        let field = &fields[at];
        let known = Meta { alias: &[], ..*field };
        match find(&known, release) {
            Some(old) if old.required == field.default.is_none() && fits(field.codec.ty, field.codec.range, old.ty) => {
            }
            _ => return false,
        }
        at += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_wider_type_can_read_fits() {
        let byte = (Some(0), Some(255));
        for (ty, range, old, wanted) in [
            (FieldType::Text, (None, None), "text", true),
            (FieldType::Email, (None, None), "text", true),
            (FieldType::Text, (None, None), "choice", true),
            (FieldType::Choice, (None, None), "text", false),
            (FieldType::Integer, byte, "integer 0..255", true),
            (FieldType::Integer, byte, "integer 0..65535", false),
            (FieldType::Integer, byte, "integer -128..127", false),
            (FieldType::Integer, (Some(i64::MIN), Some(i64::MAX)), "integer -9223372036854775808..7", true),
            (FieldType::Integer, (Some(0), None), "integer 0..255", false),
            (FieldType::Integer, byte, "integer", false),
            (FieldType::Number, (None, None), "integer 0..255", true),
            (FieldType::Json, (None, None), "list of text", true),
            (FieldType::List(&FieldType::Text), (None, None), "list of text", true),
            (FieldType::List(&FieldType::Text), (None, None), "list of integer", false),
            (FieldType::List(&FieldType::Text), (None, None), "text", false),
            (FieldType::Date, (None, None), "moment", false),
            (FieldType::Time, (None, None), "date", false),
        ] {
            assert_eq!(fits(ty, range, old), wanted, "{ty:?} {range:?} from {old}");
        }
    }
}
