//! Seconds on a processor, from `/proc`; nothing elsewhere.

/// Of this thread.
pub(crate) fn of_this_thread() -> f64 {
    on_processor("/proc/thread-self/schedstat").unwrap_or(f64::NAN)
}

/// Of another process, if it is on this machine and has this name.
pub(crate) fn of_process(id: i32, name: &str) -> Option<f64> {
    let found = std::fs::read_to_string(format!("/proc/{id}/comm")).ok()?;
    if found.trim() == name { on_processor(&format!("/proc/{id}/schedstat")) } else { None }
}

/// The first number is nanoseconds on a processor.
fn on_processor(path: &str) -> Option<f64> {
    let text = std::fs::read_to_string(path).ok()?;
    let nanoseconds: f64 = text.split_whitespace().next()?.parse().ok()?;
    Some(nanoseconds / 1e9)
}
