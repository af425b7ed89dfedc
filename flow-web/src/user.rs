//! Who uses the pages.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use flow_core::{Result, User};

/// A [`User`] of the pages: what pages want to know beside the rights.
///
/// ```
/// use flow_core::{Permission, User};
/// use flow_web::WebUser;
///
/// struct Person { id: String, name: String }
///
/// impl User for Person {
///     fn id(&self) -> &str { &self.id }
///     fn may(&self, _: &Permission) -> bool { false }
/// }
///
/// impl WebUser for Person {
///     fn display_name(&self) -> &str { &self.name }
/// }
/// ```
pub trait WebUser: User + Send + Sync + 'static {
    /// What people call them. Without it: the id.
    fn display_name(&self) -> &str {
        self.id()
    }

    /// The language that they want, as in `de` or `de-AT`. Without it: what the browser asks for.
    fn language(&self) -> Option<&str> {
        None
    }
}

/// The people of an app: to show their names, and to choose one whom a task is given to.
///
/// Without it the pages show ids, and a task is given to nobody by name.
pub trait People<C>: Send + Sync + 'static {
    /// The person with this id; `None` if there is none (any more).
    ///
    /// # Errors
    /// Any error of the app's query.
    fn find(&self, conn: &mut C, id: &str) -> Result<Option<Arc<dyn WebUser>>>;

    /// The people with these ids; those that there are not are left out. A list asks once for all of its rows: without
    /// this method it calls [`find`](People::find) for each.
    ///
    /// # Errors
    /// Any error of the app's query.
    fn find_all(&self, conn: &mut C, ids: &[&str]) -> Result<Vec<Arc<dyn WebUser>>> {
        let mut found = Vec::new();
        for id in ids {
            found.extend(self.find(conn, id)?);
        }
        Ok(found)
    }

    /// People whose name or id contains a text; the first ones in the order of their names for an empty text. At most
    /// as many as a person wants to choose from: 50, for example.
    ///
    /// # Errors
    /// Any error of the app's query.
    fn search(&self, conn: &mut C, text: &str) -> Result<Vec<Arc<dyn WebUser>>>;
}

/// Who sends a request, or what is responded instead: a redirect to the page where people sign in, or 401.
type Signed = std::result::Result<Arc<dyn WebUser>, Response>;

/// How the user of a request is found.
pub(crate) type SignIn = Box<dyn Fn(Parts) -> Pin<Box<dyn Future<Output = Signed> + Send>> + Send + Sync>;

/// The function of an app, erased.
pub(crate) fn sign_in<F, Fut, U, R>(find: F) -> SignIn
where
    F: Fn(Parts) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = std::result::Result<U, R>> + Send + 'static,
    U: WebUser,
    R: IntoResponse,
{
    Box::new(move |parts| {
        let found = find(parts);
        Box::pin(async move {
            match found.await {
                Ok(user) => Ok(Arc::new(user) as Arc<dyn WebUser>),
                Err(refusal) => Err(refusal.into_response()),
            }
        })
    })
}
