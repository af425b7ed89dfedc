//! A row that may not be readable: one bad document must not hide a list.

use diesel::backend::Backend;
use diesel::deserialize::{self, Queryable};
use diesel::expression::Selectable;

use crate::{DataError, Error, Result};

/// A process, or what is wrong with its document.
#[doc(hidden)]
#[derive(Debug)]
pub struct Each<P>(Result<P, DataError>);

impl<P> Each<P> {
    pub(crate) fn into_result(self) -> Result<P> {
        self.0.map_err(|error| Error::Data(Box::new(error)))
    }
}

impl<P: Selectable<DB>, DB: Backend> Selectable<DB> for Each<P> {
    type SelectExpression = P::SelectExpression;

    fn construct_selection() -> Self::SelectExpression {
        P::construct_selection()
    }
}

impl<ST, DB: Backend, P: Queryable<ST, DB>> Queryable<ST, DB> for Each<P> {
    type Row = P::Row;

    fn build(row: Self::Row) -> deserialize::Result<Self> {
        match P::build(row) {
            Ok(process) => Ok(Each(Ok(process))),
            Err(error) => error.downcast().map(|wrong| Each(Err(*wrong))),
        }
    }
}
