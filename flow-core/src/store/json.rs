//! The SQL of JSON documents, as each back end has it: reading a field, comparing it, patching it, an index over it.
//!
//! Everything that differs is behind [`JsonDialect`], which a back end implements in `store/<back end>/json.rs`. The
//! expressions of `proxy/filter` and the patches of [`patch`](super::patch) are written with it.

use diesel::backend::Backend;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::result::QueryResult;
use serde_json::Value;

use crate::data::Patch;

/// What a value of a field is in SQL. A value of any other JSON type counts as NULL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(unreachable_pub, reason = "seen through the sealed traits of fields")]
pub enum JsonKind {
    /// `true` or `false`.
    Bool,
    /// An integer of 64 bits.
    Integer,
    /// A number that a float of 64 bits holds.
    Number,
    /// A text, compared by its bytes.
    Text,
    /// A list or an object.
    Json,
    /// A moment in UTC, as text: text order is time order.
    Instant,
    /// A key of a row: a number or a text, compared as text.
    Key,
    /// A number without rounding, kept as text.
    Decimal,
    /// A length of time as ISO 8601, compared in nanoseconds.
    Duration,
}

/// A field of a document: where it is, what an absent one is, and what it is in SQL.
#[derive(Clone, Copy, Debug)]
#[allow(unreachable_pub, reason = "seen through the sealed traits of fields")]
pub struct JsonField {
    pub(crate) path: &'static [&'static str],
    /// Older paths, which count where the newer ones are absent.
    pub(crate) alias: &'static [&'static [&'static str]],
    /// As JSON text.
    pub(crate) default: Option<&'static str>,
    pub(crate) kind: JsonKind,
}

impl JsonField {
    /// The paths, the newest first.
    pub(crate) fn paths(&self) -> impl DoubleEndedIterator<Item = &'static [&'static str]> + Clone {
        std::iter::once(self.path).chain(self.alias.iter().copied())
    }

    /// The value of an absent key.
    pub(crate) fn default_value(&self) -> Value {
        self.default.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
    }
}

/// How two texts are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(unreachable_pub, reason = "seen through the sealed traits of fields")]
pub enum TextMatch {
    /// A pattern of SQL's LIKE, with regard to case: `%` any characters, `_` one character, `\` escapes.
    Like,
    /// The text contains the other one.
    Contains,
    /// The text begins with the other one.
    StartsWith,
    /// The texts are the same.
    Exact,
}

/// What a text is compared with. Each back end binds it in its own form.
#[derive(Clone, PartialEq, Eq)]
#[allow(unreachable_pub, reason = "seen through the sealed traits of fields")]
pub struct TextOperand {
    pub(crate) how: TextMatch,
    pub(crate) text: String,
}

impl std::fmt::Debug for TextOperand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.text.fmt(f)
    }
}

/// A back end's SQL of JSON documents.
///
/// The meaning is the same on each of them: what a filter finds on one it finds on all, and in Rust. Values are
/// bound, paths and defaults are literals of a derive.
#[allow(unreachable_pub, reason = "seen through the sealed traits of fields")]
pub trait JsonDialect: Backend<QueryBuilder: Default> + Default {
    /// Comparison that treats NULL as a value: ` IS DISTINCT FROM `.
    const IS_DISTINCT_FROM: &'static str;
    /// Its opposite.
    const IS_NOT_DISTINCT_FROM: &'static str;
    /// Behind an expression in ORDER BY or an index: ascending, NULL first.
    const ASCENDING: &'static str;
    /// The contrary order.
    const DESCENDING: &'static str;
    /// Behind the expression of an index, so that ORDER BY of that field can use it.
    const INDEX_ORDER: &'static str;

    /// The value of a field in a column: of its kind, its default where it is absent, NULL where it is of another JSON
    /// type. That guard is not optional: without it one row of another shape fails the whole statement.
    fn field<'b>(
        column: &'b dyn QueryFragment<Self>,
        field: JsonField,
        out: &mut AstPass<'_, 'b, Self>,
    ) -> QueryResult<()>;

    /// Whether a list has an item of this kind, given as JSON text.
    fn contains<'b>(
        list: &'b dyn QueryFragment<Self>,
        kind: JsonKind,
        item: &'b str,
        out: &mut AstPass<'_, 'b, Self>,
    ) -> QueryResult<()>;

    /// Whether a text matches. All but [`Like`](TextMatch::Like) fold case by Unicode's rules.
    fn matches<'b>(
        text: &'b dyn QueryFragment<Self>,
        operand: &'b TextOperand,
        out: &mut AstPass<'_, 'b, Self>,
    ) -> QueryResult<()>;

    /// Behind a bound text that is a UUID, so that it compares with a column of that type.
    const AS_UUID: &'static str;
    /// Behind a bound text that is JSON, so that it compares with a column of documents.
    const AS_DOCUMENT: &'static str;

    /// The function that makes an object of names and values.
    const OBJECT: &'static str;

    /// A text as a parameter.
    fn text<'b>(text: &'b str, out: &mut AstPass<'_, 'b, Self>) -> QueryResult<()>;

    /// An integer as a parameter.
    fn integer<'b>(number: &'b i64, out: &mut AstPass<'_, 'b, Self>) -> QueryResult<()>;

    /// Whether the object in a column has this key.
    fn has_key<'b>(column: &str, key: &'b str, out: &mut AstPass<'_, 'b, Self>) -> QueryResult<()>;

    /// Whether a column can be patched: it is an object, and so is what is around the values, if anything is.
    fn takes(column: &str, patch: &Patch, out: &mut AstPass<'_, '_, Self>);

    /// A column with a patch: values set, missing objects around them made. NULL, which the column refuses, where
    /// something else than an object is in the way.
    fn patch<'b>(column: &str, patch: &'b Patch, out: &mut AstPass<'_, 'b, Self>) -> QueryResult<()>;
}

/// A text as an SQL literal.
pub(crate) fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
