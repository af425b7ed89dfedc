//! Choices from your own tables: a query that fills a select on the page, and validates what is submitted.

use serde_json::{Map, Value};

use super::{FieldType, FormField};
use crate::proxy::Choice;
use crate::{Error, FieldError, FieldErrorKind, Result, Step, User};

/// The argument of a query of choices.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ChoicesAsked<'a> {
    /// The values entered so far, by field name: the choices of one field can depend on another.
    pub values: &'a Map<String, Value>,
    /// The search text; empty for no search. The query does not have to use it: choices that do not contain it are
    /// removed anyway.
    pub search: &'a str,
    /// The submitted key, when it is validated. A query that only returns some of many rows must include this one.
    pub key: Option<&'a str>,
}

/// A query of choices: it is called with the connection and the user who requests the form.
pub type ChoicesQuery<C> = fn(&mut C, &dyn User, &ChoicesAsked<'_>) -> Step<Vec<Choice>>;

/// Where the choices of a field come from.
///
/// ```
/// use flow_core::form::{ChoicesOf, FormField, FieldType};
/// use flow_core::prelude::*;
/// use flow_core::Choice;
/// use serde_json::{Map, json};
///
/// diesel::table! { carriers (id) { id -> Integer, country -> Text, name -> Text, } }
///
/// const CARRIERS: ChoicesOf<diesel::SqliteConnection> = ChoicesOf::new("carrier", |conn, _user, asked| {
///     let country = asked.values.get("country").and_then(|value| value.as_str()).unwrap_or("DE").to_owned();
///     let rows = carriers::table.filter(carriers::country.eq(country)).select((carriers::id, carriers::name));
///     let rows: Vec<(i32, String)> = rows.load(conn)?;
///     Ok(rows.into_iter().map(|(id, name)| Choice::from((id.to_string(), name))).collect())
/// });
///
/// fn main() -> flow_core::Result<()> {
///     use diesel::connection::SimpleConnection as _;
///     let mut conn = flow_core::sqlite::open(":memory:")?;
///     conn.batch_execute("create table carriers (id integer primary key, country text not null, name text not null);
///         insert into carriers values (1, 'DE', 'Post'), (2, 'DE', 'Rail'), (3, 'AT', 'Alp')")?;
///     let fields = [FormField::new("carrier", FieldType::Reference("carriers"))];
///     let german = json!({"country": "DE", "carrier": 1}).as_object().cloned().unwrap();
///
///     let filled = flow_core::form::with_choices(&fields, &[CARRIERS], &mut conn, &System("me"), &german)?;
///     assert_eq!(filled[0].choices.len(), 2);
///     assert_eq!(CARRIERS.search(&mut conn, &System("me"), &german, "ra")?[0].label, "Rail");
///
///     flow_core::form::check_choices(&fields, &[CARRIERS], &mut conn, &System("me"), &german)?;
///     let mut austrian = german.clone();
///     austrian.insert("country".into(), "AT".into());
///     assert!(flow_core::form::check_choices(&fields, &[CARRIERS], &mut conn, &System("me"), &austrian).is_err());
///     Ok(())
/// }
/// ```
pub struct ChoicesOf<C> {
    field: &'static str,
    query: ChoicesQuery<C>,
}

impl<C> ChoicesOf<C> {
    /// Of the fields of this name.
    #[must_use]
    pub const fn new(field: &'static str, query: ChoicesQuery<C>) -> Self {
        ChoicesOf { field, query }
    }

    /// The name of the fields.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        self.field
    }

    /// The choices whose label contains a text, ignoring case.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the query returns it, else [`Error::Step`] if it fails.
    pub fn search(
        &self,
        conn: &mut C,
        user: &dyn User,
        values: &Map<String, Value>,
        search: &str,
    ) -> Result<Vec<Choice>> {
        let mut found = self.run(conn, user, &ChoicesAsked { values, search, key: None })?;
        let search = search.to_lowercase();
        found.retain(|choice| choice.label.to_lowercase().contains(&search));
        Ok(found)
    }

    /// Whether this key can be chosen.
    fn has(&self, conn: &mut C, user: &dyn User, values: &Map<String, Value>, key: &str) -> Result<bool> {
        let found = self.run(conn, user, &ChoicesAsked { values, search: "", key: Some(key) })?;
        Ok(found.iter().any(|choice| choice.value == key))
    }

    fn run(&self, conn: &mut C, user: &dyn User, asked: &ChoicesAsked<'_>) -> Result<Vec<Choice>> {
        (self.query)(conn, user, asked).map_err(|error| Error::of_step(self.field, error))
    }
}

impl<C> Clone for ChoicesOf<C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C> Copy for ChoicesOf<C> {}

impl<C> std::fmt::Debug for ChoicesOf<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChoicesOf").field("field", &self.field).finish_non_exhaustive()
    }
}

/// The fields of a form with the choices that their queries return for this user, to render the form.
///
/// # Errors
/// As [`ChoicesOf::search`].
pub fn with_choices<C>(
    fields: &[FormField],
    sources: &[ChoicesOf<C>],
    conn: &mut C,
    user: &dyn User,
    values: &Map<String, Value>,
) -> Result<Vec<FormField>> {
    let each = fields.iter().map(|field| match source(sources, field) {
        Some(source) => Ok(field.clone().with_choices(source.search(conn, user, values, "")?)),
        None => Ok(field.clone()),
    });
    each.collect()
}

/// Checks that the submitted keys are among the choices of the same queries, because a client can send any key.
///
/// # Errors
/// [`Error::Invalid`] with each field whose key is not one of the allowed values; as [`ChoicesOf::search`].
pub fn check_choices<C>(
    fields: &[FormField],
    sources: &[ChoicesOf<C>],
    conn: &mut C,
    user: &dyn User,
    values: &Map<String, Value>,
) -> Result<()> {
    let mut faults = Vec::new();
    for field in fields {
        let Some(source) = source(sources, field) else { continue };
        let Some(given) = values.get(field.name).filter(|given| !given.is_null()) else { continue };
        let keys = match given {
            Value::Array(items) if matches!(field.ty, FieldType::List(_)) => items.iter().collect(),
            other => vec![other],
        };
        for (at, key) in keys.iter().enumerate() {
            // Nothing was chosen: whether something must be, the form says.
            if key.as_str() == Some("") {
                continue;
            }
            if !source.has(conn, user, values, &text(key))? {
                let place = if keys.len() > 1 { format!("{}[{at}]", field.name) } else { field.name.to_owned() };
                faults.push(FieldError::of(FieldErrorKind::NotAChoice, place, "is not one of the allowed values"));
            }
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::Invalid(faults)) }
}

fn source<'s, C>(sources: &'s [ChoicesOf<C>], field: &FormField) -> Option<&'s ChoicesOf<C>> {
    sources.iter().find(|source| source.field == field.name)
}

/// A key as choices have it.
fn text(key: &Value) -> String {
    key.as_str().map_or_else(|| key.to_string(), str::to_owned)
}
