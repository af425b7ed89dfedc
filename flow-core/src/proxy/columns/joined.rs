//! The joined row as a field: named in a form, and read with the process in one query.

use std::marker::PhantomData;

use diesel::associations::HasTable;
use diesel::dsl::{Eq, InnerJoin, On};
use diesel::query_builder::AsChangeset;
use diesel::{Identifiable, Insertable, Table};

use crate::proxy::ProcessProxy;
use crate::store::schema::flow_process;

/// The field that holds the joined row. Filter by the columns of its own table: `shipments::weight.gt(1)`.
pub struct JoinedField<P, const I: u64>(PhantomData<fn() -> P>);

impl<P, const I: u64> JoinedField<P, I> {
    #[doc(hidden)]
    #[allow(clippy::new_without_default, reason = "for the derive alone")]
    #[must_use]
    pub const fn new() -> Self {
        JoinedField(PhantomData)
    }

    /// The hash of the field's name, by which `#[flow]` finds what the derive knows of it.
    #[must_use]
    pub const fn index(self) -> u64 {
        I
    }
}

impl<P, const I: u64> Clone for JoinedField<P, I> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P, const I: u64> Copy for JoinedField<P, I> {}

impl<P, const I: u64> std::fmt::Debug for JoinedField<P, I> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JoinedField")
    }
}

/// What `#[proxy(joined, ..)]` can join: the columns of a table whose key is the number of the process.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be joined to a process",
    label = "not a struct of columns of a table whose primary key is `process_id`",
    note = "give it `#[derive(Queryable, Selectable, Identifiable, AsChangeset)]` and `#[diesel(table_name = .., primary_key(process_id))]`; `process_id` is an `i64`"
)]
pub trait JoinedColumns: HasTable {}

#[diagnostic::do_not_recommend]
impl<T> JoinedColumns for T
where
    T: HasTable,
    for<'a> &'a T: Identifiable<Id = &'a i64> + AsChangeset<Target = <T as HasTable>::Table>,
{
}

/// What the row of `#[proxy(joined, new = ..)]` can be made from.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "the joined row of a new process cannot be inserted from `{Self}`",
    label = "not an `Insertable` of that table",
    note = "give it `#[derive(Insertable)]`, and `#[diesel(table_name = ..)]` with the table of the joined columns"
)]
pub trait NewJoined<T> {}

#[diagnostic::do_not_recommend]
impl<N, T> NewJoined<T> for N
where
    T: HasTable,
    N: Insertable<<T as HasTable>::Table>,
{
}

/// What `#[proxy(columns)]` can read: columns of the app's in the row of a process. As [`JoinedColumns`], in other words.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read with a process",
    label = "not a struct of columns of `flow_process`",
    note = "give it `#[derive(Queryable, Selectable, Identifiable, AsChangeset)]`, a field `id: i64`, and `#[diesel(table_name = ..)]` with the name that `flow_core::process_columns!` declares"
)]
pub trait OwnColumns: HasTable {}

#[diagnostic::do_not_recommend]
impl<T> OwnColumns for T
where
    T: HasTable,
    for<'a> &'a T: Identifiable<Id = &'a i64> + AsChangeset<Target = <T as HasTable>::Table>,
{
}

/// The processes with the rows of the table of `T`, joined by its key.
pub type JoinedQuery<T> = InnerJoin<
    flow_process::table,
    On<<T as HasTable>::Table, Eq<<<T as HasTable>::Table as Table>::PrimaryKey, flow_process::id>>,
>;

/// For `#[flow]`: whether the field with this hash holds the joined row, or columns that a start is given.
#[must_use]
pub const fn is_joined<P: ProcessProxy>(index: u64) -> bool {
    match P::JOINED {
        Some(name) => P::JOINED_IS_GIVEN && crate::proxy::index(name) == index,
        None => false,
    }
}
