//! Transactions inside one another, by diesel's transaction manager.

use diesel::connection::TransactionManager;
use diesel::prelude::*;

use super::Conn;
use crate::store::dialect::Savepoints;

type Manager = <Conn as Connection>::TransactionManager;

impl Savepoints for Conn {
    fn depth(&mut self) -> QueryResult<u32> {
        let status = <Manager as TransactionManager<Self>>::transaction_manager_status_mut(self);
        Ok(status.transaction_depth()?.map_or(0, std::num::NonZeroU32::get))
    }

    fn begin_savepoint(&mut self) -> QueryResult<()> {
        <Manager as TransactionManager<Self>>::begin_transaction(self)
    }

    fn keep_savepoint(&mut self) -> QueryResult<()> {
        <Manager as TransactionManager<Self>>::commit_transaction(self)
    }

    fn roll_back_to(&mut self, depth: u32) -> QueryResult<()> {
        while self.depth()? > depth {
            <Manager as TransactionManager<Self>>::rollback_transaction(self)?;
        }
        Ok(())
    }
}
