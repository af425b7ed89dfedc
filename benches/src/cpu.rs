//! Seconds on a processor, from `/proc`; nothing elsewhere.

/// Of this thread.
pub(crate) fn of_this_thread() -> f64 {
    on_processor("/proc/thread-self/schedstat").unwrap_or(f64::NAN)
}

/// Of all threads of this program, those that have ended too; in hundredths of a second.
pub(crate) fn of_all_threads() -> f64 {
    // Behind the name in brackets, which may have spaces, user and system time are the 12th and 13th.
    let ticks = std::fs::read_to_string("/proc/self/stat").ok().and_then(|text| {
        let (_, rest) = text.rsplit_once(')')?;
        let mut fields = rest.split_whitespace().skip(11);
        let (user, system): (f64, f64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
        Some(user + system)
    });
    ticks.map_or(f64::NAN, |ticks| ticks / 100.0)
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
