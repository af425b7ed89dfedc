//! `#[json(pattern = "..")]`: what a text must look like, as a regular expression.

use std::sync::OnceLock;

use regex_lite::Regex;

/// A regular expression that a whole text must match. The derive has seen that it is one.
#[derive(Clone, Copy, Debug)]
pub struct Pattern {
    /// As it was written.
    pub text: &'static str,
    compiled: fn() -> &'static Compiled,
}

/// The place where it is kept once it was used.
#[derive(Debug)]
pub struct Compiled(OnceLock<Option<Regex>>);

impl Compiled {
    /// Not used yet.
    #[allow(clippy::new_without_default, reason = "for the derive alone")]
    #[must_use]
    pub const fn new() -> Self {
        Compiled(OnceLock::new())
    }
}

impl Pattern {
    /// This one, kept there.
    #[must_use]
    pub const fn new(text: &'static str, compiled: fn() -> &'static Compiled) -> Self {
        Pattern { text, compiled }
    }

    /// Whether it is the whole of a text.
    pub(super) fn fits(self, text: &str) -> bool {
        let compile = || Regex::new(&format!(r"\A(?:{})\z", self.text)).ok();
        (self.compiled)().0.get_or_init(compile).as_ref().is_some_and(|regex| regex.is_match(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_text_must_match() {
        static KEPT: Compiled = Compiled::new();
        let number = Pattern::new("[A-Z]{2}-[0-9]+|none", || &KEPT);
        for good in ["AB-1", "XY-123", "none"] {
            assert!(number.fits(good), "{good}");
        }
        for bad in ["", "ab-1", "AB-1 ", "AB-1\n", "xAB-1", "none at all"] {
            assert!(!number.fits(bad), "{bad}");
        }
    }
}
