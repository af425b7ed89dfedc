//! The fields of a form.

use std::borrow::Cow;

use serde_json::Value;

use crate::proxy::{Bound, Choice, Format, Meta};

/// A field of a form, with everything needed to render its input. [`fields`](crate::node::View::fields) of a node lists
/// them.
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
    /// Its name: the key in the submitted input.
    pub name: &'static str,
    /// Its label: `#[json(label = "..")]`, or the first paragraph of its doc comment, or its name in words.
    pub label: &'static str,
    /// Its help text: `#[json(help = "..")]`, or the rest of its doc comment.
    pub help: &'static str,
    /// Its type.
    pub ty: FieldType,
    /// Whether a value must be entered: HTML's `required`. False for a checkbox and for a list, which may be empty.
    pub required: bool,
    /// Whether it may be missing from the input: an `Option`.
    pub optional: bool,
    /// The maximum length of a string, in characters.
    pub max_length: Option<usize>,
    /// The regular expression that the whole string must match: HTML's `pattern`.
    pub pattern: Option<&'static str>,
    /// The minimum of a number, from `range` or from its type.
    pub least: Option<Bound>,
    /// The maximum of a number, from `range` or from its type.
    pub most: Option<Bound>,
    /// The maximum number of decimal places.
    pub decimal_places: Option<u32>,
    /// The allowed choices, if it has any; for a list, the choices of each item.
    pub choices: Cow<'static, [Choice]>,
    /// The default of the field, as JSON: the initial value of a new form.
    pub default: Option<&'static str>,
    /// The current value, as it is stored; `None` for a new form. See [`texts`](FormField::texts).
    pub value: Option<Value>,
    /// Whether it is a secret: its value is never shown.
    pub secret: bool,
    /// Its path in the document.
    pub(crate) path: &'static [&'static str],
    /// Its old paths (`alias`).
    pub(crate) alias: &'static [&'static [&'static str]],
    /// Whether the string must not be empty.
    pub(crate) filled: bool,
    /// It is kept with the task.
    pub(crate) of_task: bool,
}

/// The type of a form field.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum FieldType {
    /// A text.
    Text,
    /// An email address.
    Email,
    /// A URL.
    Url,
    /// A slug: letters, digits, `_` and `-`.
    Slug,
    /// A relative file path: `2026/invoice.pdf`.
    FilePath,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// A decimal number, exact, as a string: `12.50`.
    Decimal,
    /// Yes or no.
    Boolean,
    /// `2026-11-23`
    Date,
    /// `14:30:00`
    Time,
    /// A date-time with its UTC offset: `2026-11-23T14:30:00+00:00`.
    DateTime,
    /// A duration: `P0DT01H30M00S`, or any ISO 8601 duration.
    Duration,
    /// A UUID.
    Uuid,
    /// An IP address.
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
    /// Whether it is free text.
    pub(crate) const fn is_text(self) -> bool {
        matches!(self, FieldType::Text | FieldType::Email | FieldType::Url | FieldType::Slug | FieldType::FilePath)
    }

    /// The `type` of an HTML `input` for it, if it has no [`choices`](FormField::choices). A date-time is a `text`,
    /// because HTML's `datetime-local` sends no offset; so is every type without an HTML input of its own.
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
    /// Creates a required field for a form of your own. For a field that the process also has, use
    /// [`form_field`](crate::proxy::Field::form_field), which includes its rules.
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
            of_task: false,
        }
    }

    /// Sets the label.
    #[must_use]
    pub const fn label(mut self, label: &'static str) -> Self {
        self.label = label;
        self
    }

    /// Sets the help text.
    #[must_use]
    pub const fn help(mut self, help: &'static str) -> Self {
        self.help = help;
        self
    }

    /// Makes it optional.
    #[must_use]
    pub const fn optional(mut self) -> Self {
        self.optional = true;
        self.required = false;
        self
    }

    /// Makes it required in this form although it is optional in the process: `form = ApproveForm { approved: required
    /// }`. A required bool is rendered as a choice of yes and no, because a checkbox cannot express that nothing was
    /// chosen.
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
            // A const fn cannot run destructors; the old value is a borrowed constant.
            std::mem::forget(std::mem::replace(&mut self.choices, Cow::Borrowed(YES_OR_NO)));
        }
        self
    }

    /// For the macro: a field of the node's task type, `form = VoteForm { task.choice }`.
    #[doc(hidden)]
    #[must_use]
    pub const fn of_task(mut self) -> Self {
        self.of_task = true;
        self
    }

    /// Whether it is kept with the task and not with the process: `form = VoteForm { task.choice }`.
    #[must_use]
    pub const fn is_of_task(&self) -> bool {
        self.of_task
    }

    /// Whether it is a bool that is asked for by a choice: a checkbox says no where nothing was said.
    pub(crate) fn is_checkbox(&self) -> bool {
        self.ty == FieldType::Boolean && !self.optional && self.choices.is_empty()
    }

    /// The same field with these choices, for example the rows that a reference may point to.
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
    /// They are only used to render the form: validate the submitted key in a callback, in `save` of a form of your
    /// own, or with [`ChoicesOf`](crate::form::ChoicesOf).
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
            of_task: false,
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
