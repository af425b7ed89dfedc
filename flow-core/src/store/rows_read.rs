//! How many rows the engine's questions read, for tests of what a step costs (feature `test-util`).

#[cfg(feature = "test-util")]
thread_local! {
    /// Rows that this thread has read.
    pub(crate) static READ: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// What a question was answered with.
#[cfg_attr(not(feature = "test-util"), allow(dead_code))]
pub(super) trait Rows {
    fn rows(&self) -> usize;
}

impl<T> Rows for Vec<T> {
    fn rows(&self) -> usize {
        self.len()
    }
}

impl<T> Rows for Option<T> {
    fn rows(&self) -> usize {
        usize::from(self.is_some())
    }
}

/// Passes an answer on, and counts its rows where tests ask for that.
#[cfg_attr(not(feature = "test-util"), allow(unused_variables))]
pub(super) fn counted<R: Rows>(answer: R) -> R {
    #[cfg(feature = "test-util")]
    READ.set(READ.get() + answer.rows() as u64);
    answer
}
