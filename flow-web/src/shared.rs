//! What all requests share.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use flow_core::{DynFlow, FlowConnection, Flows, User};
use jiff::tz::TimeZone;
use minijinja::Environment;
use minijinja::value::Serde;
use serde_json::Value;
use tokio::sync::Semaphore;

use crate::assets;
use crate::database::Database;
use crate::fault::Fault;
use crate::looks::Looks;
use crate::user::{People, SignIn};
use crate::visit::Caller;
use crate::words::Words;

/// What all requests share.
pub(crate) struct Shared<C: 'static> {
    pub(crate) flows: Flows<C>,
    pub(crate) database: Box<dyn Database<C>>,
    pub(crate) sign_in: SignIn,
    pub(crate) people: Option<Box<dyn People<C>>>,
    pub(crate) templates: Environment<'static>,
    pub(crate) words: Arc<Words>,
    pub(crate) looks: Looks<C>,
    pub(crate) zone: TimeZone,
    pub(crate) title: String,
    pub(crate) sign_out: Option<String>,
    /// Origins that are trusted beside the server's own.
    pub(crate) origins: Vec<String>,
    /// How programs sign in: for the description of the REST interface.
    pub(crate) security_schemes: Vec<(String, Value)>,
    pub(crate) body_limit: usize,
    /// One for each request that is served at once.
    pub(crate) places: Semaphore,
}

impl<C: FlowConnection> Shared<C> {
    /// A page by the first of some templates that there is.
    pub(crate) fn render(&self, caller: &Caller, names: &[String], mut content: Value) -> Result<String, Fault> {
        if let Some(content) = content.as_object_mut() {
            let here = names.last().and_then(|name| name.strip_suffix(".html")).unwrap_or_default();
            content.insert("here".to_owned(), here.into());
            content.insert("lang".to_owned(), caller.language.code().into());
            content.insert("zone".to_owned(), self.zone.iana_name().unwrap_or("UTC").into());
            content.insert("base".to_owned(), (*caller.base).into());
            let home = if caller.base.is_empty() { "/" } else { &*caller.base };
            content.insert("home".to_owned(), home.into());
            content.insert("site".to_owned(), (*self.title).into());
            content.insert("sign_out".to_owned(), self.sign_out.as_deref().into());
            content.insert("style".to_owned(), format!("{}{}", caller.base, assets::style_path()).into());
            content.insert("script".to_owned(), format!("{}{}", caller.base, assets::script_path()).into());
            content.insert("icon".to_owned(), format!("{}{}", caller.base, assets::icon_path()).into());
            let me = &caller.user;
            content.insert("me".to_owned(), serde_json::json!({ "id": me.id(), "name": me.display_name() }));
            content.insert("manager".to_owned(), manages_any(self.flows.all(), &**me).into());
            let actions = self.looks.actions.iter().filter(|action| (action.shown)(&**me)).map(|action| {
                let title = self.words.text(caller.language, &action.title);
                serde_json::json!({ "title": title, "path": action.path })
            });
            content.insert("actions".to_owned(), actions.collect());
            content.insert("style_sheets".to_owned(), self.looks.style_sheets.clone().into());
            for absent in ["counts", "done"] {
                content.entry(absent).or_insert(Value::Null);
            }
        }
        let last = names.last().map(String::as_str).unwrap_or_default();
        let found = names.iter().find_map(|name| self.templates.get_template(name).ok());
        let template = match found {
            Some(template) => template,
            // For its error.
            None => self.templates.get_template(last)?,
        };
        Ok(template.render(Serde(content))?)
    }
}

/// Whether somebody manages any of these flows.
pub(crate) fn manages_any<C>(flows: &[DynFlow<C>], user: &dyn User) -> bool {
    flows.iter().any(|flow| user.manages(flow.graph().name))
}

/// Names of people, each asked for once.
pub(crate) struct Names<'w, C: 'static> {
    web: &'w Arc<Shared<C>>,
    known: HashMap<String, String>,
}

impl<'w, C> Names<'w, C> {
    pub(crate) fn new(web: &'w Arc<Shared<C>>) -> Self {
        Names { web, known: HashMap::new() }
    }

    /// Looks many names up at once.
    pub(crate) fn learn<I: AsRef<str>>(&mut self, conn: &mut C, ids: impl IntoIterator<Item = I>) -> Result<(), Fault> {
        let ids: BTreeSet<String> = ids.into_iter().map(|id| id.as_ref().to_owned()).collect();
        let new: Vec<&str> = ids.iter().map(String::as_str).filter(|id| !self.known.contains_key(*id)).collect();
        if let (Some(people), false) = (&self.web.people, new.is_empty()) {
            for person in people.find_all(conn, &new)? {
                self.known.insert(person.id().to_owned(), person.display_name().to_owned());
            }
        }
        for id in new {
            self.known.entry(id.to_owned()).or_insert_with(|| id.to_owned());
        }
        Ok(())
    }

    /// What to show of a person: their id where nobody knows better. Somebody who has left keeps their id.
    pub(crate) fn of(&mut self, conn: &mut C, id: &str) -> Result<String, Fault> {
        if let Some(name) = self.known.get(id) {
            return Ok(name.clone());
        }
        let found = match &self.web.people {
            Some(people) => people.find(conn, id)?,
            None => None,
        };
        let name = found.map_or_else(|| id.to_owned(), |person| person.display_name().to_owned());
        self.known.insert(id.to_owned(), name.clone());
        Ok(name)
    }
}
