//! What every request passes: who sends it, and from where; and what every response has.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, HttpBody as _};
use axum::extract::{DefaultBodyLimit, OriginalUri, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, ORIGIN, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use flow_core::{Error, FlowConnection};
use serde_json::json;
use tokio::sync::SemaphorePermit;

use crate::api::problem;
use crate::fault::{Carried, Fault};
use crate::language::Language;
use crate::shared::Shared;
use crate::visit::{Caller, Page, html_response};
use crate::words::Words;
use crate::{posted, refusal, show};

/// Nothing but our own style sheet, script and pictures.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A picture is opened by itself as well: it has its style sheet inside, and nothing else.
pub(crate) const PICTURE_POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";

/// How long a sender may take for the body of a request.
const BODY_TIME: Duration = Duration::from_secs(30);

/// After how many seconds what failed because of the database, or for want of a place, may be tried again.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("2");

/// Lets a request pass if there is a place for it, if it is known who sends it, and if it does not come from another site.
pub(crate) async fn guard<C: FlowConnection + Send>(
    State(web): State<Arc<Shared<C>>>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    let is_api = path == "/api" || path.starts_with("/api/");
    let accepted = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|header| header.to_str().ok());
    let accepted = accepted.and_then(Language::accepted);
    // Without a place nothing of the request is read.
    let mut response = match web.places.try_acquire() {
        Ok(place) => served(&web, place, request, next, (is_api, accepted)).await,
        Err(_) => busy(&web, request.uri().path(), (is_api, accepted)),
    };
    let headers = response.headers_mut();
    let put = |headers: &mut HeaderMap, name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    put(headers, CONTENT_SECURITY_POLICY, POLICY);
    put(headers, X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(headers, X_FRAME_OPTIONS, "DENY");
    // With `no-referrer` browsers would send `Origin: null` with our own forms.
    put(headers, REFERRER_POLICY, "same-origin");
    put(headers, HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    put(headers, HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    put(headers, CACHE_CONTROL, "no-store");
    response
}

/// Asks who sends a request, and hands it on.
async fn served<C: FlowConnection + Send>(
    web: &Arc<Shared<C>>,
    place: SemaphorePermit<'_>,
    request: Request,
    next: Next,
    (is_api, accepted): (bool, Option<Language>),
) -> Response {
    let path = request.uri().path().to_owned();
    let original = request.extensions().get::<OriginalUri>().map_or(path.as_str(), |original| original.path());
    let base: Arc<str> = original.strip_suffix(path.trim_end_matches('/')).unwrap_or("").trim_end_matches('/').into();
    let (parts, body) = request.into_parts();
    let signed = (web.sign_in)(parts.clone()).await;
    let mut request = Request::from_parts(parts, body);
    match signed {
        Err(response) if is_api => problem::of_app(response).await,
        // The app's own, with our headers.
        Err(response) => response,
        Ok(user) => {
            let wanted = user.language().and_then(Language::of_tag);
            let caller = Caller { base, language: wanted.or(accepted).unwrap_or_default(), is_api, user };
            let host = request.uri().authority().map(|authority| authority.as_str().to_owned());
            let response = if from_elsewhere(request.method(), request.headers(), host.as_deref(), &web.origins) {
                tracing::warn!(user = caller.user.id(), path, "a request from another site was refused");
                Fault::Request(StatusCode::FORBIDDEN, "fault.cross_site").into_response()
            } else {
                request.extensions_mut().insert(caller.clone());
                if request.body().is_end_stream() {
                    next.run(request).await
                } else {
                    // A sender that is slow takes no place from others.
                    drop(place);
                    match with_body(web, request).await {
                        Ok(request) => match web.places.try_acquire() {
                            Ok(_place) => {
                                let response = next.run(request).await;
                                return shown(web, &caller, is_api, response).await;
                            }
                            Err(_) => return busy(web, &path, (is_api, accepted)),
                        },
                        Err(fault) => fault.into_response(),
                    }
                }
            };
            shown(web, &caller, is_api, response).await
        }
    }
}

/// A request with all of its body, which must come in time.
async fn with_body<C>(web: &Shared<C>, mut request: Request) -> Result<Request, Fault> {
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: usize| length > web.body_limit) {
        return Err(Fault::Request(StatusCode::PAYLOAD_TOO_LARGE, "fault.too_large"));
    }
    DefaultBodyLimit::max(web.body_limit).apply(&mut request);
    let (parts, body) = request.into_parts();
    let read = posted::body(Request::from_parts(parts.clone(), body), &());
    let read = tokio::time::timeout(BODY_TIME, read).await;
    let body = read.map_err(|_| Fault::Request(StatusCode::REQUEST_TIMEOUT, "fault.slow"))??;
    Ok(Request::from_parts(parts, Body::from(body)))
}

/// For a request without a place. Nobody knows who sends it: to ask may cost as much as the page.
fn busy<C>(web: &Shared<C>, path: &str, (is_api, accepted): (bool, Option<Language>)) -> Response {
    tracing::warn!(path, "a request was refused: too many at once");
    let mut response = if is_api {
        problem::response(&Fault::Busy, None, None)
    } else {
        let text = web.words.text(accepted.unwrap_or_default(), Fault::Busy.title()).to_owned();
        (StatusCode::SERVICE_UNAVAILABLE, text).into_response()
    };
    response.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER);
    response
}

/// A layer for forms of the app beside the pages, such as the one where people sign in: what another site sends is
/// refused, by the same rule as the pages have.
///
/// ```
/// use axum::Router;
/// use axum::middleware::from_fn;
/// use axum::routing::post;
///
/// let app: Router = Router::new().route("/sign-in", post(|| async {})).layer(from_fn(flow_web::same_origin));
/// ```
pub async fn same_origin(request: Request, next: Next) -> Response {
    let host = request.uri().authority().map(|authority| authority.as_str().to_owned());
    if from_elsewhere(request.method(), request.headers(), host.as_deref(), &[]) {
        return StatusCode::FORBIDDEN.into_response();
    }
    next.run(request).await
}

/// Whether a request that may change something was sent by a page of another site. A browser says where a form comes
/// from, by `Sec-Fetch-Site` or by `Origin`; what says neither is no form of ours. A client without a browser sends
/// JSON, or by a method that forms do not have, which another site cannot without asking first.
fn from_elsewhere(method: &Method, headers: &HeaderMap, authority: Option<&str>, trusted: &[String]) -> bool {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
        || flow_core::__private::is_sabotaged("no_origin")
    {
        return false;
    }
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("null"));
    let origin = text(&ORIGIN);
    if let Some(origin) = origin
        && trusted.iter().any(|known| known == origin)
    {
        return false;
    }
    if let Some(site) = text(&HeaderName::from_static("sec-fetch-site")) {
        return site != "same-origin";
    }
    if let Some(origin) = origin {
        // HTTP/2 has it in the address.
        let host = text(&HOST).or(authority).unwrap_or_default();
        let from = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
        return host.is_empty() || from != Some(host);
    }
    let is_json = headers.get(header::CONTENT_TYPE).and_then(|ty| ty.to_str().ok()).is_some_and(problem::is_json);
    *method == Method::POST && !is_json
}

/// What a fault looks like: a page for people, a problem for programs.
async fn shown<C: FlowConnection + Send>(
    web: &Arc<Shared<C>>,
    caller: &Caller,
    is_api: bool,
    mut response: Response,
) -> Response {
    // Made once the connection is given back, on a thread that may take its time.
    if let Some(page) = response.extensions_mut().remove::<Page>() {
        let (own, caller) = (Arc::clone(web), caller.clone());
        let made = tokio::task::spawn_blocking(move || page.response(&own, &caller)).await;
        response = made.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response());
    }
    let fault = match response.extensions_mut().remove::<Carried>() {
        Some(Carried(fault)) => fault,
        // axum's own, such as for a method that an address does not have.
        None if response.status() == StatusCode::METHOD_NOT_ALLOWED => {
            Arc::new(Fault::Request(StatusCode::METHOD_NOT_ALLOWED, "fault.method"))
        }
        None => return response,
    };
    let status = fault.status();
    let id = status.is_server_error().then(|| {
        let id = crate::once::key();
        // What went wrong inside is for the log, not for the person.
        tracing::error!(id, user = caller.user.id(), error = %fault, "a request failed");
        id
    });
    let mut shown = if is_api {
        problem::response(&fault, Some(&*caller.user), id.as_deref())
    } else {
        let content = page(&fault, caller, &web.words, id.as_deref());
        match web.render(caller, &["fault.html".to_owned()], content) {
            Ok(html) => html_response(status, html),
            Err(error) => {
                tracing::error!(%error, "the page of an error cannot be made");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    };
    if status == StatusCode::SERVICE_UNAVAILABLE {
        shown.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER);
    }
    for (name, value) in response.headers() {
        if *name == header::ALLOW {
            shown.headers_mut().insert(name.clone(), value.clone());
        }
    }
    shown
}

/// What the page of a fault shows.
fn page(fault: &Fault, caller: &Caller, words: &Words, id: Option<&str>) -> serde_json::Value {
    let heading = fault.heading(Some(&*caller.user));
    let conflict = fault.conflict().map(|conflict| {
        let obstacle = conflict.obstacle.map(show::obstacle);
        json!({
            "process": conflict.task.process(), "of_process": conflict.is_of_process(),
            "task": conflict.task, "status": conflict.status, "process_status": conflict.process_status,
            "by": conflict.by, "at": conflict.at, "seen": !matches!(fault, Fault::Taken(_)),
            "of_task": conflict.is_of_task(), "obstacle": obstacle,
        })
    });
    let detail = match fault {
        Fault::Flow(Error::Denied { refusal, reason, .. }) => {
            Some(refusal::sentence(words, caller.language, refusal, reason))
        }
        fault => fault.detail(),
    };
    json!({
        "status": fault.status().as_u16(), "heading": heading, "detail": detail, "conflict": conflict,
        "id": id,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn elsewhere(headers: &[(&'static str, &str)]) -> bool {
        let map =
            headers.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()));
        from_elsewhere(&Method::POST, &map.collect(), None, &["https://flow.example".to_owned()])
    }

    #[test]
    fn a_form_of_another_site_is_refused() {
        let form = ("content-type", "application/x-www-form-urlencoded");
        for (headers, refused) in [
            (&[form, ("sec-fetch-site", "same-origin")][..], false),
            (&[form, ("sec-fetch-site", "cross-site")][..], true),
            (&[form, ("sec-fetch-site", "same-site")][..], true),
            (&[form, ("sec-fetch-site", "none")][..], true),
            (&[form, ("host", "a.example"), ("origin", "https://a.example")][..], false),
            (&[form, ("host", "a.example"), ("origin", "https://b.example")][..], true),
            (&[form, ("host", "a.example"), ("origin", "https://a.example.b.example")][..], true),
            (&[form, ("host", "a.example"), ("origin", "null")][..], true),
            (&[form, ("origin", "https://flow.example"), ("host", "inside:3000")][..], false),
            (&[form, ("origin", "null"), ("sec-fetch-site", "same-origin")][..], false),
            (&[form][..], true),
            (&[("content-type", "text/plain")][..], true),
            (&[][..], true),
            (&[("content-type", "application/json")][..], false),
            (&[("content-type", "application/json"), ("origin", "https://b.example"), ("host", "a")][..], true),
        ] {
            assert_eq!(elsewhere(headers), refused, "{headers:?}");
        }
        assert!(!from_elsewhere(&Method::GET, &HeaderMap::new(), None, &[]));
        assert!(!from_elsewhere(&Method::DELETE, &HeaderMap::new(), None, &[]), "a form cannot send it");
        let cross = HeaderMap::from_iter([(ORIGIN, HeaderValue::from_static("https://b.example"))]);
        assert!(from_elsewhere(&Method::DELETE, &cross, None, &[]));
    }
}
