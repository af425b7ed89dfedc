//! `#[proxy(index(approved))]`: an index over a field of the document, as SQL for a migration of the user's.

use diesel::query_builder::QueryFragment;

use super::{Field, JsonSql, Kept, index};

/// A field whose SQL can be told on each back end that there is.
pub trait IndexField {
    /// As the filters of this field have it.
    #[cfg(feature = "sqlite")]
    fn on_sqlite(&self) -> String;

    /// As the filters of this field have it.
    #[cfg(feature = "postgres")]
    fn on_postgres(&self) -> String;
}

/// A column that can be told on the back ends that there are.
trait Column: OnSqlite + OnPostgres {}
impl<T: OnSqlite + OnPostgres> Column for T {}

#[cfg(feature = "sqlite")]
trait OnSqlite: QueryFragment<diesel::sqlite::Sqlite> {}
#[cfg(feature = "sqlite")]
impl<T: QueryFragment<diesel::sqlite::Sqlite>> OnSqlite for T {}
#[cfg(not(feature = "sqlite"))]
trait OnSqlite {}
#[cfg(not(feature = "sqlite"))]
impl<T> OnSqlite for T {}

#[cfg(feature = "postgres")]
trait OnPostgres: QueryFragment<diesel::pg::Pg> {}
#[cfg(feature = "postgres")]
impl<T: QueryFragment<diesel::pg::Pg>> OnPostgres for T {}
#[cfg(not(feature = "postgres"))]
trait OnPostgres {}
#[cfg(not(feature = "postgres"))]
impl<T> OnPostgres for T {}

#[allow(private_bounds, reason = "what the bounds say differs by feature")]
impl<P: Kept<Column: Column>, Sql: JsonSql, const I: u64> IndexField for Field<P, Sql, I> {
    #[cfg(feature = "sqlite")]
    fn on_sqlite(&self) -> String {
        text::<diesel::sqlite::Sqlite>(self, &diesel::sqlite::Sqlite)
    }

    #[cfg(feature = "postgres")]
    fn on_postgres(&self) -> String {
        text::<diesel::pg::Pg>(self, &diesel::pg::Pg)
    }
}

/// The expression, with the column named as an index may: SQLite refuses the table's name there.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
fn text<DB>(field: &impl QueryFragment<DB>, backend: &DB) -> String
where
    DB: diesel::backend::Backend<QueryBuilder: Default>,
{
    use diesel::query_builder::QueryBuilder as _;

    let mut builder = DB::QueryBuilder::default();
    // Pushing identifiers and texts cannot fail.
    let _ = field.to_sql(&mut builder, backend);
    let mut text = builder.finish();
    for quote in ['"', '`'] {
        for table in ["flow_process", "flow_task"] {
            text = text.replace(&format!("{quote}{table}{quote}.{quote}data{quote}"), "data");
        }
    }
    text
}

/// A field that has an index: of which type, and which.
#[allow(missing_debug_implementations, reason = "holds a field of any type")]
pub struct Index {
    owner: &'static str,
    name: &'static str,
    field: Box<dyn IndexField>,
}

impl Index {
    /// The field `name` of the type whose name in snake case is `owner`.
    #[must_use]
    pub fn new(owner: &'static str, name: &'static str, field: impl IndexField + 'static) -> Self {
        Index { owner, name, field: Box::new(field) }
    }
}

/// `CREATE INDEX IF NOT EXISTS flow_process_by_leave_process_days ON flow_process (flow, (..));`, a line for each.
pub(crate) fn sql(table: &str, before: &str, indexes: &[Index], expression: fn(&dyn IndexField) -> String) -> String {
    let lines = indexes.iter().map(|each| {
        let name = short(format!("{table}_by_{}_{}", each.owner, each.name));
        format!("CREATE INDEX IF NOT EXISTS {name} ON {table} ({before}, ({}));\n", expression(each.field.as_ref()))
    });
    lines.collect()
}

/// PostgreSQL cuts names at 63 bytes, so two long ones would be one.
fn short(name: String) -> String {
    const LONGEST: usize = 63;
    if name.len() <= LONGEST {
        return name;
    }
    let hash = format!("_{:016x}", index(&name));
    let mut end = LONGEST - hash.len();
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{hash}", &name[..end])
}

#[cfg(test)]
mod tests {
    #[test]
    fn long_names_stay_different() {
        let (one, other) = (super::short("x".repeat(70)), super::short("x".repeat(71)));
        assert_eq!((one.len(), other.len()), (63, 63));
        assert_ne!(one, other);
        assert_eq!(super::short("flow_task_by_a_b".to_owned()), "flow_task_by_a_b");
    }
}
