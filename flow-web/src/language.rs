//! The languages of the pages.

/// A language of the pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Language {
    /// English.
    #[default]
    English,
    /// German.
    German,
}

impl Language {
    /// All of them.
    pub const ALL: &'static [Language] = &[Language::English, Language::German];

    /// Its code: `en`, `de`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::German => "de",
        }
    }

    /// The language of a tag such as `de-AT`.
    pub(crate) fn of_tag(tag: &str) -> Option<Language> {
        let code = tag.split(['-', '_']).next()?.trim();
        Language::ALL.iter().copied().find(|language| language.code().eq_ignore_ascii_case(code))
    }

    /// The one of ours that a browser likes best, by its header `Accept-Language`.
    pub(crate) fn accepted(header: &str) -> Option<Language> {
        let mut best: Option<(f32, Language)> = None;
        for part in header.split(',').take(20) {
            let (tag, rest) = part.split_once(';').unwrap_or((part, ""));
            let weight = rest.trim().strip_prefix("q=").map_or(Some(1.0), |weight| weight.trim().parse().ok());
            let Some((language, weight)) = Language::of_tag(tag).zip(weight.filter(|weight: &f32| *weight > 0.0))
            else {
                continue;
            };
            if best.is_none_or(|(most, _)| weight > most) {
                best = Some((weight, language));
            }
        }
        best.map(|(_, language)| language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_that_is_liked_best_is_taken() {
        for (header, expected) in [
            ("de-AT,de;q=0.9,en;q=0.8", Some(Language::German)),
            ("fr, en;q=0.3, de;q=0.7", Some(Language::German)),
            ("en", Some(Language::English)),
            ("de;q=0, en;q=0.1", Some(Language::English)),
            ("fr, *", None),
            ("", None),
            (";;;q=,,", None),
        ] {
            assert_eq!(Language::accepted(header), expected, "{header}");
        }
    }
}
