//! How each SQL type is read out of a document, on each back end.

use diesel::sql_types::{self, SqlType};

use crate::data::sql_types::{Exact, Instant, Json, KeyOf, Length, Written};

/// The SQL types that a field can have in a filter. Texts compare by their bytes, as they do on SQLite and in Rust.
///
/// In the templates `{}` is what is kept at the field's path: on SQLite its value, and `{t}` the word of `json_type`
/// for it; on PostgreSQL the `jsonb`.
pub trait JsonSql {
    /// On SQLite: whether it is of this type.
    const SQLITE_IS: &'static str;
    /// On SQLite: the value, which is of this type.
    const SQLITE_VALUE: &'static str = "{}";
    /// On SQLite: the type that the whole is cast to, so that operands are converted as well.
    const SQLITE_AS: Option<&'static str> = None;
    /// On PostgreSQL: whether it is of this type.
    const POSTGRES_IS: &'static str;
    /// On PostgreSQL: the value, which is of this type.
    const POSTGRES_VALUE: &'static str;
}

/// As text, compared by its bytes.
pub(super) const TEXT: &str = "({} #>> array[]::text[]) collate \"C\"";
const IS_TEXT: &str = "jsonb_typeof({}) = 'string'";

impl JsonSql for sql_types::Bool {
    const SQLITE_IS: &'static str = "{t} in ('true', 'false')";
    const POSTGRES_IS: &'static str = "jsonb_typeof({}) = 'boolean'";
    const POSTGRES_VALUE: &'static str = "({})::boolean";
}

impl JsonSql for sql_types::BigInt {
    const SQLITE_IS: &'static str = "{t} in ('integer')";
    const POSTGRES_IS: &'static str = "jsonb_typeof({}) = 'number' and ({} #>> array[]::text[]) ~ '^-?[0-9]{1,19}$' \
        and ({})::numeric between -9223372036854775808 and 9223372036854775807";
    const POSTGRES_VALUE: &'static str = "({})::bigint";
}

impl JsonSql for sql_types::Double {
    const SQLITE_IS: &'static str = "{t} in ('integer', 'real')";
    const POSTGRES_IS: &'static str = "jsonb_typeof({}) = 'number' and (({})::numeric = 0 \
        or abs(({})::numeric) between 1e-307 and 1.79e308)";
    const POSTGRES_VALUE: &'static str = "({})::float8";
}

impl JsonSql for sql_types::Text {
    const SQLITE_IS: &'static str = "{t} in ('text')";
    const POSTGRES_IS: &'static str = IS_TEXT;
    const POSTGRES_VALUE: &'static str = TEXT;
}

impl JsonSql for Json {
    const SQLITE_IS: &'static str = "{t} in ('array', 'object')";
    const POSTGRES_IS: &'static str = "jsonb_typeof({}) in ('array', 'object')";
    const POSTGRES_VALUE: &'static str = "{}";
}

impl<T> JsonSql for Written<T> {
    const SQLITE_IS: &'static str = "{t} in ('text')";
    const POSTGRES_IS: &'static str = IS_TEXT;
    const POSTGRES_VALUE: &'static str = TEXT;
}

impl<T> JsonSql for Instant<T> {
    const SQLITE_IS: &'static str = "{t} in ('text') and substr({}, -6) = '+00:00'";
    const POSTGRES_IS: &'static str = "jsonb_typeof({}) = 'string' and right({} #>> array[]::text[], 6) = '+00:00'";
    const POSTGRES_VALUE: &'static str = TEXT;
}

impl<M> JsonSql for KeyOf<M> {
    const SQLITE_IS: &'static str = "{t} in ('integer', 'text')";
    const SQLITE_AS: Option<&'static str> = Some("text");
    const POSTGRES_IS: &'static str = "jsonb_typeof({}) in ('number', 'string')";
    const POSTGRES_VALUE: &'static str = TEXT;
}

// As `real` the operand, a text, is converted by the same rule as the value.
impl<T> JsonSql for Exact<T> {
    const SQLITE_IS: &'static str = "({t} in ('integer', 'real') or {t} = 'text' and {} <> '' \
        and trim({}, '-0123456789.') = '' and ltrim({}, '-') glob '[0-9]*')";
    const SQLITE_AS: Option<&'static str> = Some("real");
    const POSTGRES_IS: &'static str = "({} #>> array[]::text[]) ~ '^-?[0-9]{1,30}([.][0-9]{1,30})?$'";
    const POSTGRES_VALUE: &'static str = "({} #>> array[]::text[])::numeric";
}

// In nanoseconds. Five digits of days are as many as fit into 64 bits.
impl<T> JsonSql for Length<T> {
    const SQLITE_IS: &'static str = "{t} = 'text' and {} glob 'P[0-9]*DT[0-9][0-9]H[0-9][0-9]M[0-9][0-9]*S' \
        and instr({}, 'D') <= 7 and trim({}, 'PDTHMS.0123456789') = ''";
    const SQLITE_VALUE: &'static str = "cast(substr({}, 2) as integer) * 86400000000000 \
        + cast(substr({}, instr({}, 'T') + 1, 2) as integer) * 3600000000000 \
        + cast(substr({}, instr({}, 'T') + 4, 2) as integer) * 60000000000 \
        + cast(substr({}, instr({}, 'T') + 7, 2) as integer) * 1000000000 \
        + cast(substr(trim(substr({}, instr({}, 'T') + 9), '.S') || '000000000', 1, 9) as integer)";
    const POSTGRES_IS: &'static str = "jsonb_typeof({}) = 'string' and ({} #>> array[]::text[]) \
        ~ '^P[0-9]{1,5}DT[0-9]{2}H[0-9]{2}M[0-9]{2}([.][0-9]{1,9})?S$'";
    const POSTGRES_VALUE: &'static str = "substring({} #>> array[]::text[] from 'P([0-9]+)')::bigint * 86400000000000 \
        + substring({} #>> array[]::text[] from 'T([0-9]+)')::bigint * 3600000000000 \
        + substring({} #>> array[]::text[] from 'H([0-9]+)')::bigint * 60000000000 \
        + substring({} #>> array[]::text[] from 'M([0-9]+)')::bigint * 1000000000 \
        + rpad(coalesce(substring({} #>> array[]::text[] from '[.]([0-9]+)'), ''), 9, '0')::bigint";
}

impl<T: JsonSql + SqlType<IsNull = sql_types::is_nullable::NotNull>> JsonSql for sql_types::Nullable<T> {
    const SQLITE_IS: &'static str = T::SQLITE_IS;
    const SQLITE_VALUE: &'static str = T::SQLITE_VALUE;
    const SQLITE_AS: Option<&'static str> = T::SQLITE_AS;
    const POSTGRES_IS: &'static str = T::POSTGRES_IS;
    const POSTGRES_VALUE: &'static str = T::POSTGRES_VALUE;
}
