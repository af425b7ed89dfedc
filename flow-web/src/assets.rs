//! The style sheet and the script, at addresses that change with their content.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::OnceLock;

use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use flow_core::graph::diagram;

/// The pages', and that of the diagrams, which have none of their own there.
fn style() -> &'static str {
    static STYLE: OnceLock<String> = OnceLock::new();
    STYLE.get_or_init(|| format!("{}\n{}", diagram::STYLE, include_str!("../assets/style.css")))
}

/// Conveniences alone: the pages work without it.
const SCRIPT: &str = include_str!("../assets/script.js");

/// The picture of the pages in a tab.
const ICON: &str = include_str!("../assets/icon.svg");

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// The address of the style sheet, behind the one where the pages are mounted: for pages of the app that look alike, such
/// as the one where people sign in. It changes with its content, and needs no sign-in.
#[must_use]
pub fn style_path() -> &'static str {
    static PATH: OnceLock<String> = OnceLock::new();
    PATH.get_or_init(|| format!("/assets/{:016x}.css", hash(style())))
}

/// The address of the script.
pub(crate) fn script_path() -> &'static str {
    static PATH: OnceLock<String> = OnceLock::new();
    PATH.get_or_init(|| format!("/assets/{:016x}.js", hash(SCRIPT)))
}

/// The address of the picture of the pages.
pub(crate) fn icon_path() -> &'static str {
    static PATH: OnceLock<String> = OnceLock::new();
    PATH.get_or_init(|| format!("/assets/{:016x}.svg", hash(ICON)))
}

/// The one thing that needs no sign-in.
pub(crate) async fn asset(Path(name): Path<String>) -> Response {
    let path = format!("/assets/{name}");
    let (kind, text) = if path == style_path() {
        ("text/css; charset=utf-8", style())
    } else if path == script_path() {
        ("text/javascript; charset=utf-8", SCRIPT)
    } else if path == icon_path() {
        ("image/svg+xml", ICON)
    } else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
    ([(CONTENT_TYPE, HeaderValue::from_static(kind)), (CACHE_CONTROL, forever)], text).into_response()
}
