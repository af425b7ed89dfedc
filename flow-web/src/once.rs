//! Keys that nobody guesses: of a form, so that it starts one process however often it is sent, and of an error in the
//! log.

/// A new key: 32 hexadecimal digits.
pub(crate) fn key() -> String {
    let mut bytes = [0_u8; 16];
    match getrandom::fill(&mut bytes) {
        Ok(()) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        // Without one a form is still sent, and nothing protects it from being sent twice.
        Err(error) => {
            tracing::error!(%error, "the system has no random numbers");
            String::new()
        }
    }
}

/// Whether a text can be such a key.
pub(crate) fn is_key(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_differ_and_are_keys() {
        let (a, b) = (key(), key());
        assert!(is_key(&a) && is_key(&b) && a != b);
        assert!(!is_key("") && !is_key(&"x".repeat(32)) && !is_key(&"a".repeat(33)));
    }
}
