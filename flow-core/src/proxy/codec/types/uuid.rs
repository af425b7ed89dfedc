//! UUIDs, kept with hyphens and in small letters.

use uuid::Uuid;

use super::written;

written!(Uuid, AsText, Uuid, "a UUID", |id| Ok(id.hyphenated().to_string()), |text| Uuid::parse_str(text).ok());
