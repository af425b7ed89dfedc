//! `#[json(..)]`, as it was written.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use syn::spanned::Spanned as _;

use super::syntax::{Default, Field};
use crate::errors::Errors;
use crate::names::plain;
use crate::tokens::{split_commas, string};

/// All options, and how each is written.
const OPTIONS: &[(&str, &str)] = &[
    ("default", "default, default = 5, default = Colour::Red"),
    ("key", "key = \"text\", key(\"address\", \"city\")"),
    ("alias", "alias = \"old_name\", alias(\"address\", \"old_name\")"),
    ("blank", "blank"),
    ("max_length", "max_length = 50"),
    ("range", "range = 1..=10, range = 0.5..=1.5, range = 1.."),
    ("decimal_places", "decimal_places = 2"),
    ("choices", "choices, choices(\"red\", \"green\"), choices(1, 2, 5)"),
    ("email", "email"),
    ("url", "url"),
    ("slug", "slug"),
    ("file_path", "file_path"),
    ("pattern", "pattern = \"[A-Z]{2}[0-9]+\""),
    ("validate", "validate = is_prime"),
    ("serde", "serde"),
    ("label", "label = \"What people read\""),
    ("help", "help = \"What people should know\""),
];

/// An end of a range, as Rust.
#[derive(Clone, Copy)]
pub(crate) enum Bound {
    Int(i64),
    Float(f64),
}

/// What a value must be like, each with the place of its option.
#[derive(std::default::Default)]
pub(crate) struct Rules {
    pub(crate) max_length: Option<(usize, Span)>,
    pub(crate) range: Option<(Option<Bound>, Option<Bound>, Span)>,
    pub(crate) decimal_places: Option<(u32, Span)>,
    pub(crate) choices: Vec<syn::Lit>,
    /// The variant of `flow_core::proxy::Format`.
    pub(crate) format: Option<(&'static str, Span)>,
    pub(crate) blank: Option<Span>,
    /// A regular expression.
    pub(crate) pattern: Option<(String, Span)>,
    pub(crate) validate: Option<TokenStream>,
}

/// What stands behind an option's name.
enum Given<'t> {
    Nothing,
    Value(&'t [TokenTree]),
    List(&'t Group),
}

pub(super) fn read(tokens: TokenStream, field: &mut Field, errors: &mut Errors) {
    let mut seen: Vec<String> = Vec::new();
    for part in split_commas(tokens) {
        let Some(TokenTree::Ident(key)) = part.first() else {
            let span = part.first().map_or_else(|| field.ident.span(), TokenTree::span);
            errors.push(span, "expected an option", &[&all()]);
            continue;
        };
        let name = plain(key);
        if seen.contains(&name) && name != "alias" {
            errors.push(key.span(), format!("`{name}` is written twice"), &["remove one of them"]);
            continue;
        }
        let Some((_, example)) = OPTIONS.iter().find(|(option, _)| *option == name) else {
            let help = similar(&name).map_or_else(all, |option| format!("did you mean `{option}`?"));
            errors.push(key.span(), format!("unknown option `{name}` of a field"), &[&help]);
            continue;
        };
        let given = match &part[1..] {
            [] => Given::Nothing,
            [TokenTree::Punct(sign), value @ ..] if sign.as_char() == '=' && !value.is_empty() => Given::Value(value),
            [TokenTree::Group(group)] => Given::List(group),
            other => {
                let span = other.first().map_or_else(|| key.span(), TokenTree::span);
                errors.push(span, "expected `=` and a value, or a comma", &[example]);
                continue;
            }
        };
        if let Err(headline) = option(&name, key.span(), &given, field) {
            errors.push(key.span(), headline, &[example]);
        }
        seen.push(name);
    }
}

/// One option; what is wrong with it.
fn option(name: &str, span: Span, given: &Given<'_>, field: &mut Field) -> Result<(), String> {
    match (name, given) {
        ("default", Given::Nothing) => field.default = Default::Empty(span),
        ("default", Given::Value(value)) => field.default = default(value)?,
        ("key", _) => field.path = path(name, given)?,
        ("alias", _) => field.alias.push((path(name, given)?, span)),
        ("blank", Given::Nothing) => field.rules.blank = Some(span),
        ("serde", Given::Nothing) => field.codec.by_serde(),
        ("choices", Given::Nothing) => field.codec.chosen().map_err(str::to_owned)?,
        ("choices", Given::List(list)) => field.rules.choices = literals(list)?,
        ("max_length", Given::Value(value)) => {
            let most = syn::parse2::<syn::LitInt>(value.iter().cloned().collect());
            let most = most.ok().and_then(|most| most.base10_parse().ok());
            field.rules.max_length = Some((most.ok_or("`max_length` takes a number of characters")?, span));
        }
        ("decimal_places", Given::Value(value)) => {
            let most = syn::parse2::<syn::LitInt>(value.iter().cloned().collect());
            let most = most.ok().and_then(|most| most.base10_parse().ok());
            field.rules.decimal_places = Some((most.ok_or("`decimal_places` takes a number of digits")?, span));
        }
        ("range", Given::Value(value)) => {
            let (least, most) = range(value)?;
            field.rules.range = Some((least, most, span));
        }
        ("email", Given::Nothing) => field.rules.format = Some(("Email", span)),
        ("url", Given::Nothing) => field.rules.format = Some(("Url", span)),
        ("slug", Given::Nothing) => field.rules.format = Some(("Slug", span)),
        ("file_path", Given::Nothing) => field.rules.format = Some(("FilePath", span)),
        ("pattern", Given::Value(value)) => field.rules.pattern = Some((pattern(value)?, span)),
        ("validate", Given::Value(value)) => field.rules.validate = Some(value.iter().cloned().collect()),
        ("label", Given::Value(value)) => {
            field.texts.label = Some(string(value).ok_or("`label` takes a string literal")?)
        }
        ("help", Given::Value(value)) => field.texts.help = Some(string(value).ok_or("`help` takes a string literal")?),
        (_, Given::Nothing) => return Err(format!("`{name}` has no value")),
        _ => return Err(format!("`{name}` is not written correctly")),
    }
    Ok(())
}

/// A regular expression, which the whole text is to match.
fn pattern(value: &[TokenTree]) -> Result<String, String> {
    let text = string(value).ok_or("`pattern` takes a string literal")?;
    readable(&text).map(|()| text)
}

/// By itself, as flow-core wraps it, and in HTML and JSON Schema, which have neither flags nor classes by name.
#[cfg(feature = "pattern")]
fn readable(text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Err("`pattern` is empty".to_owned());
    }
    let behind = text.match_indices("(?").map(|(at, _)| &text[at + 2..]);
    let flags = behind.into_iter().any(|rest| !rest.starts_with(':') && !rest.starts_with('<'));
    if flags || [r"[[:", r"[:", r"\A", r"\z"].iter().any(|odd| text.contains(odd)) {
        return Err("`pattern` is also used in HTML and JSON Schema, which do not support `(?i)`, `[[:alpha:]]`, `\\A` and `\\z`"
            .to_owned());
    }
    for text in [text, &format!(r"\A(?:{text})\z")] {
        regex_lite::Regex::new(text)
            .map_err(|error| format!("`pattern` is not a valid regular expression: {error}"))?;
    }
    Ok(())
}

#[cfg(not(feature = "pattern"))]
fn readable(_: &str) -> Result<(), String> {
    Err("`pattern` needs the feature `pattern` of flow-core".to_owned())
}

/// A literal, or the path of a choice.
fn default(value: &[TokenTree]) -> Result<Default, String> {
    let literal = |tokens: &[TokenTree]| syn::parse2::<syn::Lit>(tokens.iter().cloned().collect()).ok();
    match value {
        [TokenTree::Punct(sign), rest @ ..] if sign.as_char() == '-' => match literal(rest) {
            Some(syn::Lit::Int(_) | syn::Lit::Float(_)) => {
                let digits: String = rest.iter().map(ToString::to_string).collect();
                let mut literal = format!("-{digits}").parse::<proc_macro2::Literal>().map_err(|_| LITERAL)?;
                literal.set_span(sign.span());
                Ok(Default::Literal(syn::Lit::new(literal)))
            }
            _ => Err(LITERAL.to_owned()),
        },
        _ => match literal(value) {
            Some(literal) => Ok(Default::Literal(literal)),
            None => {
                let tokens: TokenStream = value.iter().cloned().collect();
                let path = syn::parse2::<syn::Path>(tokens.clone()).map_err(|_| LITERAL)?;
                if path.segments.len() < 2 { Err(LITERAL.to_owned()) } else { Ok(Default::Path(tokens)) }
            }
        },
    }
}

const LITERAL: &str = "`default` takes a literal or a variant of an enum";

/// `= "text"`, or `("address", "city")`.
fn path(name: &str, given: &Given<'_>) -> Result<Vec<String>, String> {
    let wrong = || format!("`{name}` takes a string literal of letters, digits, `_` and `-`");
    let parts: Vec<Option<String>> = match given {
        Given::Nothing => return Err(format!("`{name}` has no value")),
        Given::Value(value) => vec![string(value)],
        Given::List(list) => split_commas(list.stream()).iter().map(|part| string(part)).collect(),
    };
    let keys: Vec<String> = parts.iter().flatten().filter(|key| valid_key(key)).cloned().collect();
    if keys.len() == parts.len() && !keys.is_empty() { Ok(keys) } else { Err(wrong()) }
}

/// What can stand in a path of any database without being escaped.
fn valid_key(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
}

fn literals(list: &Group) -> Result<Vec<syn::Lit>, String> {
    let each = split_commas(list.stream());
    let each: Vec<syn::Lit> =
        each.into_iter().filter_map(|part| syn::parse2(part.into_iter().collect()).ok()).collect();
    let all = each.len() == split_commas(list.stream()).len();
    if all && !each.is_empty() { Ok(each) } else { Err("`choices` takes literals".to_owned()) }
}

/// `1..=10`, `1..10`, `1..`, `..=10`
fn range(value: &[TokenTree]) -> Result<(Option<Bound>, Option<Bound>), String> {
    const WRONG: &str = "`range` takes a range of numbers, like `1..=10`";
    let text: String = value.iter().map(ToString::to_string).collect();
    let (least, most, included) = match (text.split_once("..="), text.split_once("..")) {
        (Some((least, most)), _) => (least, most, true),
        (None, Some((least, most))) => (least, most, false),
        (None, None) => return Err(WRONG.to_owned()),
    };
    let end = |text: &str| {
        let text = text.replace('_', "");
        if text.is_empty() {
            return Ok(None);
        }
        let int = text.parse().map(Bound::Int);
        let float = || text.parse().ok().filter(|number: &f64| number.is_finite()).map(Bound::Float);
        int.ok().or_else(float).map(Some).ok_or(WRONG)
    };
    let (least, most) = (end(least)?, end(most)?);
    match (included, most) {
        (true, None) => Err(WRONG.to_owned()),
        (false, Some(Bound::Float(_))) => {
            Err("a range of floating-point numbers must include its end: `0.5..=1.5`".to_owned())
        }
        (false, Some(Bound::Int(end))) => Ok((least, end.checked_sub(1).map(Bound::Int))),
        _ => Ok((least, most)),
    }
}

fn all() -> String {
    let names: Vec<String> = OPTIONS.iter().map(|(name, _)| format!("`{name}`")).collect();
    format!("the options are {}", names.join(", "))
}

/// The option that was probably meant.
fn similar(name: &str) -> Option<&'static str> {
    let close = OPTIONS.iter().map(|(option, _)| (strsim::osa_distance(name, option), *option)).min()?;
    (close.0 <= close.1.len().div_ceil(3)).then_some(close.1)
}

/// For a mistake in the attribute as a whole.
pub(super) fn expected(attribute: &syn::Meta, errors: &mut Errors) {
    errors.push(attribute.span(), "expected `#[json(default)]`", &[&all()]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_option_that_was_meant_is_found() {
        assert_eq!(similar("deafult"), Some("default"));
        assert_eq!(similar("maxlength"), Some("max_length"));
        assert_eq!(similar("unique"), None);
    }

    #[test]
    fn a_range_has_one_end_or_two() {
        let read = |text: &str| {
            let tokens: TokenStream = text.parse().unwrap();
            let tokens: Vec<TokenTree> = tokens.into_iter().collect();
            range(&tokens)
        };
        assert!(matches!(read("1..=10"), Ok((Some(Bound::Int(1)), Some(Bound::Int(10))))));
        assert!(matches!(read("-1..10"), Ok((Some(Bound::Int(-1)), Some(Bound::Int(9))))));
        assert!(matches!(read("0.5.."), Ok((Some(Bound::Float(_)), None))));
        assert!(matches!(read("..=1_000"), Ok((None, Some(Bound::Int(1000))))));
        assert!(read("1..=").is_err() && read("0.5..1.5").is_err() && read("a..b").is_err());
    }
}
