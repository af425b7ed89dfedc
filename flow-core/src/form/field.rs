//! What a form asks for.

use std::borrow::Cow;

use serde_json::Value;

use crate::proxy::{Bound, Choice, Format, Meta};

/// A field of a form: enough to make its line on a page. [`fields`](crate::node::View::fields) of a node lists them.
///
/// ```
/// use flow_core::prelude::*;
/// use flow_core::FieldType;
///
/// #[derive(ProcessProxy)]
/// pub struct OrderProcess {
///     process: Process,
///     /// Number of pieces.
///     ///
///     /// More than a hundred take a week.
///     #[json(range = 1..=500)]
///     pieces: i64,
///     note: Option<String>,
/// }
///
/// #[flow(process = OrderProcess)]
/// pub struct OrderFlow {
///     #[node(form = OrderForm { pieces, note }, permission(anyone), next = this.end)] start: Start,
///     end: End,
/// }
///
/// fn main() {
///     let [pieces, note] = OrderFlow.start.fields() else { panic!() };
///     assert_eq!((pieces.name, pieces.label), ("pieces", "Number of pieces"));
///     assert_eq!(pieces.help, "More than a hundred take a week.");
///     assert_eq!((pieces.ty, pieces.required), (FieldType::Integer, true));
///     assert_eq!((note.label, note.ty, note.required), ("Note", FieldType::Text, false));
/// }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FormField {
    /// Its name: its key in what is sent.
    pub name: &'static str,
    /// What people call it: `#[json(label = "..")]`, or the first paragraph of its doc comment, or its name in words.
    pub label: &'static str,
    /// What people should know of it: `#[json(help = "..")]`, or the rest of its doc comment.
    pub help: &'static str,
    /// What it is.
    pub ty: FieldType,
    /// Something must be entered: HTML's `required`. Not of a checkbox, nor of a list, which may be empty.
    pub required: bool,
    /// It may be left out of what is sent: an `Option`.
    pub optional: bool,
    /// How many characters a text may have.
    pub max_length: Option<usize>,
    /// The regular expression that the whole of a text must match: HTML's `pattern`.
    pub pattern: Option<&'static str>,
    /// The smallest a number may be, by `range` or by its type.
    pub least: Option<Bound>,
    /// The largest a number may be, by `range` or by its type.
    pub most: Option<Bound>,
    /// How many digits a decimal number may have behind its point.
    pub decimal_places: Option<u32>,
    /// What it can be, if that is a list; of a list, what each of its items can be.
    pub choices: Cow<'static, [Choice]>,
    /// What it is without an answer, as JSON: to fill a form with at first. `default` of the field.
    pub default: Option<&'static str>,
    /// What it is now, as it is kept; `None` in a form that nobody has filled. See [`texts`](FormField::texts).
    pub value: Option<Value>,
    /// Its value is shown to nobody.
    pub secret: bool,
    /// Where it is kept.
    pub(crate) path: &'static [&'static str],
    /// Where it was kept before.
    pub(crate) alias: &'static [&'static [&'static str]],
    /// A text that must not be empty.
    pub(crate) filled: bool,
}

/// What a field of a form is.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum FieldType {
    /// A text.
    Text,
    /// An address of a person.
    Email,
    /// An address of the web.
    Url,
    /// A text of letters, digits, `_` and `-`.
    Slug,
    /// The path of a file inside some folder, as text: `2026/invoice.pdf`.
    FilePath,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// A number without rounding, as text: `12.50`.
    Decimal,
    /// Yes or no.
    Boolean,
    /// `2026-11-23`
    Date,
    /// `14:30:00`
    Time,
    /// A moment, with its offset: `2026-11-23T14:30:00+00:00`.
    DateTime,
    /// A length of time: `P0DT01H30M00S`, or any ISO 8601 length.
    Duration,
    /// A UUID.
    Uuid,
    /// An address of the internet.
    Ip,
    /// Bytes, as base64.
    Bytes,
    /// One of the [`choices`](FormField::choices), a text.
    Choice,
    /// The key of a row, a number or a text; the name of its model. See [`FormField::with_choices`].
    Reference(&'static str),
    /// Several of these.
    List(&'static FieldType),
    /// An object of these fields; none if it is not known which it has.
    Object(ObjectFields),
    /// Any JSON.
    Json,
}

impl FieldType {
    /// Whether it is a text that people write.
    pub(crate) const fn is_text(self) -> bool {
        matches!(self, FieldType::Text | FieldType::Email | FieldType::Url | FieldType::Slug | FieldType::FilePath)
    }

    /// The `type` of an HTML `input` for it, if it has no [`choices`](FormField::choices). A moment is a `text`, as
    /// HTML's `datetime-local` sends no offset; so is all that has no input of its own.
    #[must_use]
    pub const fn input(self) -> &'static str {
        match self {
            FieldType::Email => "email",
            FieldType::Url => "url",
            FieldType::Integer | FieldType::Number => "number",
            FieldType::Boolean => "checkbox",
            FieldType::Date => "date",
            FieldType::Time => "time",
            _ => "text",
        }
    }
}

/// The fields of an object inside a form: of a [`JsonModel`](macro@crate::JsonModel). By a function, as a struct may
/// have a list of itself, and known by a name, so that one can tell.
#[derive(Clone, Copy)]
pub struct ObjectFields {
    name: &'static str,
    fields: fn() -> &'static [FormField],
}

impl ObjectFields {
    /// None that are known.
    pub const UNKNOWN: Self = ObjectFields::new("", || &[]);

    /// These, of a type of this name: one that no other has.
    #[must_use]
    pub const fn new(name: &'static str, fields: fn() -> &'static [FormField]) -> Self {
        ObjectFields { name, fields }
    }

    /// The fields.
    #[must_use]
    pub fn list(self) -> &'static [FormField] {
        (self.fields)()
    }
}

impl PartialEq for ObjectFields {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl std::fmt::Debug for ObjectFields {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.list().iter().map(|field| field.name)).finish()
    }
}

impl FormField {
    /// A field of a form of your own, that must be there. For one that a process has,
    /// [`form_field`](crate::proxy::Field::form_field) knows more.
    ///
    /// ```
    /// use flow_core::{FieldType, FormField};
    ///
    /// const FIELDS: &[FormField] = &[
    ///     FormField::new("source", FieldType::Reference("source")).label("Source"),
    ///     FormField::new("note", FieldType::Text).help("For the archive.").optional(),
    /// ];
    /// assert!(FIELDS[0].required && !FIELDS[1].required);
    /// ```
    #[must_use]
    pub const fn new(name: &'static str, ty: FieldType) -> Self {
        FormField {
            name,
            label: name,
            help: "",
            ty,
            required: !matches!(ty, FieldType::Boolean | FieldType::List(_)),
            optional: false,
            max_length: None,
            pattern: None,
            least: None,
            most: None,
            decimal_places: None,
            choices: Cow::Borrowed(&[]),
            default: None,
            value: None,
            secret: false,
            path: &[],
            alias: &[],
            filled: false,
        }
    }

    /// People call it this.
    #[must_use]
    pub const fn label(mut self, label: &'static str) -> Self {
        self.label = label;
        self
    }

    /// People should know this of it.
    #[must_use]
    pub const fn help(mut self, help: &'static str) -> Self {
        self.help = help;
        self
    }

    /// It may be left out.
    #[must_use]
    pub const fn optional(mut self) -> Self {
        self.optional = true;
        self.required = false;
        self
    }

    /// It must be given in this form, though the process can be without it: `form = ApproveForm { approved: required }`.
    /// Of a bool a choice of yes and no is asked for, as a checkbox cannot say that nothing was chosen.
    ///
    /// ```
    /// use flow_core::prelude::*;
    ///
    /// #[derive(ProcessProxy)]
    /// pub struct LeaveProcess { process: Process, days: i64, approved: Option<bool> }
    ///
    /// #[flow(process = LeaveProcess)]
    /// pub struct LeaveFlow {
    ///     #[node(form = AskForm { days }, permission(anyone), next = this.approve)] start: Start,
    ///     #[node(form = ApproveForm { approved: required }, permission(anyone), next = this.end)] approve: View,
    ///     end: End,
    /// }
    ///
    /// fn main() {
    ///     let [approved] = LeaveFlow.approve.fields() else { panic!() };
    ///     assert!(approved.required && !approved.optional);
    ///     assert_eq!(approved.choices.iter().map(|choice| &*choice.label).collect::<Vec<_>>(), ["Yes", "No"]);
    ///     assert!(!ApproveForm::from_urlencoded("approved=false").unwrap().approved);
    ///     assert!(ApproveForm::from_urlencoded("").is_err(), "nothing was chosen");
    /// }
    /// ```
    #[must_use]
    pub const fn required(mut self) -> Self {
        const YES_OR_NO: &[Choice] = &[Choice::new("true", "Yes"), Choice::new("false", "No")];
        self.optional = false;
        self.required = !matches!(self.ty, FieldType::List(_));
        self.filled = self.ty.is_text();
        if matches!(self.ty, FieldType::Boolean) {
            // Of a constant, so that nothing is dropped here.
            std::mem::forget(std::mem::replace(&mut self.choices, Cow::Borrowed(YES_OR_NO)));
        }
        self
    }

    /// Whether it is a bool that is asked for by a choice: a checkbox says no where nothing was said.
    pub(crate) fn is_checkbox(&self) -> bool {
        self.ty == FieldType::Boolean && !self.optional && self.choices.is_empty()
    }

    /// The same field with these choices, which a query gave: the rows that a reference may be to.
    ///
    /// ```
    /// use flow_core::prelude::*;
    /// use flow_core::{Choice, FormField};
    ///
    /// diesel::table! { authors (id) { id -> Integer, name -> Text, } }
    ///
    /// #[derive(diesel::Queryable, diesel::Selectable, diesel::Identifiable, FlowModel, Debug, Clone)]
    /// pub struct Author { id: i32, name: String }
    ///
    /// #[derive(ProcessProxy)]
    /// pub struct BookProcess { process: Process, title: String, author: Ref<Author> }
    ///
    /// #[flow(process = BookProcess)]
    /// pub struct BookFlow {
    ///     #[node(form = BookForm { title, author }, permission(anyone), next = this.end)] start: Start,
    ///     end: End,
    /// }
    ///
    /// /// What the page asks for, at the time it is shown.
    /// fn page(conn: &mut diesel::SqliteConnection) -> diesel::QueryResult<Vec<FormField>> {
    ///     let all: Vec<Author> = authors::table.order(authors::name.asc()).select(Author::as_select()).load(conn)?;
    ///     let choices = all.iter().map(|author| Choice::row(author, author.name.clone()));
    ///     let fields = BookFlow.start.fields().iter().cloned();
    ///     Ok(fields.map(|field| if field.name == "author" { field.with_choices(choices.clone()) } else { field }).collect())
    /// }
    /// # fn main() {
    /// #     use diesel::connection::SimpleConnection as _;
    /// #     let mut conn = flow_core::sqlite::open(":memory:").unwrap();
    /// #     conn.batch_execute("create table authors (id integer primary key, name text not null);
    /// #         insert into authors values (1, 'Kafka'), (2, 'Austen')").unwrap();
    /// #     let page = page(&mut conn).unwrap();
    /// #     assert_eq!(page[1].choices.iter().map(|c| (&*c.value, &*c.label)).collect::<Vec<_>>(), [("2", "Austen"), ("1", "Kafka")]);
    /// # }
    /// ```
    ///
    /// They are for the page. Whether the row that comes back may be chosen, the flow says: in a callback, or in
    /// `save` of a form of your own.
    #[must_use]
    pub fn with_choices(mut self, choices: impl IntoIterator<Item = impl Into<Choice>>) -> Self {
        self.choices = choices.into_iter().map(Into::into).collect();
        self
    }

    /// For the derive: a field of a proxy.
    #[doc(hidden)]
    #[must_use]
    pub const fn of(meta: &Meta) -> Self {
        let (rules, codec, choices) = (meta.rules, meta.codec, meta.choices);
        let ty = match (codec.ty, rules.format) {
            (FieldType::Text, Some(Format::Email)) => FieldType::Email,
            (FieldType::Text, Some(Format::Url)) => FieldType::Url,
            (FieldType::Text, Some(Format::Slug)) => FieldType::Slug,
            (FieldType::Text, Some(Format::FilePath)) => FieldType::FilePath,
            (FieldType::Text, None) if !choices.is_empty() => FieldType::Choice,
            (ty, _) => ty,
        };
        let is_text = ty.is_text();
        let some = match ty {
            FieldType::Boolean | FieldType::List(_) => false,
            _ if is_text => rules.filled,
            FieldType::Bytes => false,
            _ => true,
        };
        FormField {
            name: meta.name,
            label: meta.label,
            help: meta.help,
            ty,
            required: some && !codec.optional,
            optional: codec.optional,
            max_length: rules.max_length,
            pattern: rules.pattern(),
            least: end(rules.least, codec.range.0),
            most: end(rules.most, codec.range.1),
            decimal_places: rules.decimal_places,
            choices: Cow::Borrowed(if choices.is_empty() { codec.choices } else { choices }),
            default: meta.default,
            value: None,
            secret: codec.secret,
            path: meta.path,
            alias: meta.alias,
            filled: rules.filled,
        }
    }

    /// For the derive: what a joined row is made from.
    #[doc(hidden)]
    #[must_use]
    pub const fn joined(name: &'static str, label: &'static str, help: &'static str) -> Self {
        FormField::new(name, FieldType::Object(ObjectFields::UNKNOWN)).label(label).help(help)
    }
}

/// The user's end of a range, or that of the type.
const fn end(rule: Option<Bound>, ty: Option<i64>) -> Option<Bound> {
    match (rule, ty) {
        (None, Some(end)) => Some(Bound::Int(end)),
        (rule, _) => rule,
    }
}
