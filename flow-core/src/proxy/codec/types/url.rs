//! Addresses of the web.

use url::Url;

use super::written;

written!(Url, AsText, Url, "a URL", |url| Ok(url.as_str().to_owned()), |text| Url::parse(text).ok());
