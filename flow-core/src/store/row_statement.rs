//! Statements on tables of the app's: a row is read, changed or deleted, if it is as it was read.

use diesel::backend::Backend;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;

use super::json::JsonDialect;
use crate::data::{Document, Patch, sql_types::Json};
use crate::proxy::RowKey;

/// A statement that returns a document.
pub(crate) struct Returning<'s, DB: Backend>(pub(crate) &'s dyn QueryFragment<DB>);

impl<DB: Backend> Query for Returning<'_, DB> {
    type SqlType = Json;
}

impl<DB: Backend> QueryId for Returning<'_, DB> {
    type QueryId = ();
    // The text differs by what is behind it.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<DB: Backend> QueryFragment<DB> for Returning<'_, DB> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }
}

impl<DB: Backend, Conn> diesel::RunQueryDsl<Conn> for Returning<'_, DB> {}

/// What is done with which row. It returns the row's document; of a row with a state in a column, `{"state": ..}`, and its
/// version if it has one.
pub(crate) struct RowStatement<'r, T, DB: Backend> {
    /// The table in SQL.
    pub(crate) from: T,
    pub(crate) key_column: &'static str,
    pub(crate) key: &'r RowKey,
    pub(crate) column: Column,
    pub(crate) read: As<'r>,
    pub(crate) work: RowWork<'r, DB>,
}

/// What a row has that a statement is about.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Column {
    Document(&'static str),
    State(&'static str),
}

impl Column {
    fn name(self) -> &'static str {
        match self {
            Column::Document(name) | Column::State(name) => name,
        }
    }
}

/// As what a row was read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum As<'r> {
    /// With this number in a column that counts changes.
    Version(&'static str, &'r i64),
    /// With this document.
    Document(&'r Document),
    /// In this state, as it is stored.
    State(&'r str),
}

/// What is done with a row.
pub(crate) enum RowWork<'r, DB: Backend> {
    /// It is read as it is now.
    Read,
    /// Values of its document are changed.
    Patch(&'r Patch),
    /// Columns are set.
    Set(&'r dyn QueryFragment<DB>),
    /// It is deleted.
    Delete,
}

/// A name of a column as SQL has it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

impl<DB: JsonDialect, T: QueryFragment<DB>> RowStatement<'_, T, DB> {
    /// What the statement returns.
    fn returned(&self) -> String {
        match (self.column, self.read) {
            (Column::Document(_), _) => self.document(),
            (Column::State(state), As::Version(version, _)) => {
                format!("{}('state', {}, 'version', {})", DB::OBJECT, quoted(state), quoted(version))
            }
            (Column::State(state), _) => format!("{}('state', {})", DB::OBJECT, quoted(state)),
        }
    }

    /// The document: where the column is NULL, an empty one.
    fn document(&self) -> String {
        format!("coalesce({}, '{{}}'{})", quoted(self.column.name()), DB::AS_DOCUMENT)
    }

    /// `and "version" = $1`
    fn compare<'b>(&'b self, out: &mut AstPass<'_, 'b, DB>) -> QueryResult<()> {
        match &self.read {
            As::Version(column, version) => {
                out.push_sql(&format!(" and {} = ", quoted(column)));
                DB::integer(version, out)?;
                // Somebody may have changed the document without raising the version.
                if let RowWork::Patch(patch) = &self.work
                    && !crate::sabotage::is_out("patch_of_any_document")
                {
                    out.push_sql(" and ");
                    DB::takes(&self.document(), patch, out);
                }
                Ok(())
            }
            As::Document(document) => {
                out.push_sql(&format!(" and {} = ", self.document()));
                DB::text(document.as_read(), out)?;
                out.push_sql(DB::AS_DOCUMENT);
                Ok(())
            }
            As::State(state) => {
                out.push_sql(&format!(" and {} = ", quoted(self.column.name())));
                DB::text(state, out)
            }
        }
    }
}

impl<DB: JsonDialect, T: QueryFragment<DB>> QueryFragment<DB> for RowStatement<'_, T, DB> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        match &self.work {
            RowWork::Read => out.push_sql(&format!("select {} from ", self.returned())),
            RowWork::Patch(_) | RowWork::Set(_) => out.push_sql("update "),
            RowWork::Delete => out.push_sql("delete from "),
        }
        self.from.walk_ast(out.reborrow())?;
        match &self.work {
            RowWork::Patch(patch) => {
                out.push_sql(&format!(" set {} = ", quoted(self.column.name())));
                DB::patch(&self.document(), patch, &mut out)?;
                if let As::Version(version, _) = self.read {
                    let version = quoted(version);
                    out.push_sql(&format!(", {version} = {version} + 1"));
                }
            }
            RowWork::Set(changes) => {
                out.push_sql(" set ");
                changes.walk_ast(out.reborrow())?;
            }
            RowWork::Read | RowWork::Delete => {}
        }
        out.push_sql(&format!(" where {} = ", quoted(self.key_column)));
        match self.key {
            RowKey::Integer(key) => DB::integer(key, &mut out)?,
            RowKey::Text(key) => DB::text(key, &mut out)?,
            RowKey::Uuid(key) => {
                DB::text(key, &mut out)?;
                out.push_sql(DB::AS_UUID);
            }
        }
        if matches!(self.work, RowWork::Read) {
            return Ok(());
        }
        if !crate::sabotage::is_out("no_row_comparison") {
            self.compare(&mut out)?;
        }
        out.push_sql(&format!(" returning {}", self.returned()));
        Ok(())
    }
}
