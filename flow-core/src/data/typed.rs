//! SQL types of fields that are kept as text: one for each Rust type, so that a filter compares like with like.

use std::marker::PhantomData;

use diesel::query_builder::QueryId;
use diesel::sql_types::{SingleValue, SqlType, is_nullable};

/// A `T` that compares as the text it is kept as: a UUID, a date, a choice.
#[derive(Clone, Copy, Debug)]
pub struct AsText<T>(PhantomData<fn() -> T>);

/// A moment `T`, kept as text in UTC. One with another offset counts as NULL in a filter.
#[derive(Clone, Copy, Debug)]
pub struct Instant<T>(PhantomData<fn() -> T>);

/// The key of a row of the model `M`: a number or a text, compared as text.
#[derive(Clone, Copy, Debug)]
pub struct KeyOf<M>(PhantomData<fn() -> M>);

/// A number `T` without rounding, kept as text. SQLite compares its first 15 digits.
#[derive(Clone, Copy, Debug)]
pub struct Exact<T>(PhantomData<fn() -> T>);

/// A length of time `T`, kept as ISO 8601.
#[derive(Clone, Copy, Debug)]
pub struct Length<T>(PhantomData<fn() -> T>);

macro_rules! sql_type {
    ($($name:ident)*) => {$(
        impl<T: 'static> SqlType for $name<T> {
            type IsNull = is_nullable::NotNull;
            const IS_ARRAY: bool = false;
        }

        impl<T: 'static> SingleValue for $name<T> {}

        impl<T: 'static> QueryId for $name<T> {
            type QueryId = $name<T>;
            const HAS_STATIC_QUERY_ID: bool = true;
        }
    )*};
}

sql_type!(AsText Instant KeyOf Exact Length);
