//! Whether `flow.lock` is what the flows are, for a test; and how it is written.

use std::fmt;
use std::path::{Path, PathBuf};

use flow_graph::lock::{Lock, LockError, LockedField, Release, review};

use super::fields::kept;
use crate::flows::Flows;
use crate::proxy::Meta;
use crate::store::FlowConnection;

/// Fails a test while `flow.lock` is not what the flows of a list are; for a test in the package of the flows.
///
/// With the environment variable `FLOW_LOCK=overwrite` it writes the next release of each flow that has changed instead.
/// Write it when you deploy: each section is a release that processes may have been started under.
///
/// # Panics
/// The lock lacks a release of a flow as it is now, cannot be read, or is not the one that was compiled.
#[doc(hidden)]
#[macro_export]
macro_rules! __assert_current {
    ($flows:expr $(,)?) => {
        let overwrite = ::std::env::var("FLOW_LOCK").is_ok_and(|word| word == "overwrite");
        let package = ::std::path::Path::new(::core::env!("CARGO_MANIFEST_DIR"));
        if let Err(error) = $crate::lock::check_current(&$flows, package, overwrite) {
            ::core::panic!("{error}");
        }
    };
}

/// Why a lock is not current, or cannot be changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CurrentError {
    /// The flows have changed since their last release.
    #[error(
        "flow.lock lacks a release of the flows as they are now. Review what has changed:\n\n{review}\nWhen you deploy \
         it, write it with FLOW_LOCK=overwrite and commit the file"
    )]
    Stale {
        /// What a release would add and remove.
        review: String,
    },
    /// The file was edited after the flows were compiled, or written for the first time.
    #[error("flow.lock is not the one that `{flow}` was compiled with; run the test again, which compiles it anew")]
    OtherCompiled {
        /// The stored name of the flow.
        flow: String,
    },
    /// Processes of the release, or of an earlier one, are open.
    #[error("{tasks} tasks are open in `{node}` of processes of release {release}")]
    Open {
        /// The release of the processes.
        release: i32,
        /// The stored name of a node where they are.
        node: String,
        /// How many are open there.
        tasks: i64,
    },
    /// It is the newest release of the flow: the code that runs starts processes under its number.
    #[error("release {number} of `{flow}` is the newest one: processes start under it")]
    Newest {
        /// The stored name of the flow.
        flow: String,
        /// The number.
        number: u32,
    },
    /// The lock has no such release.
    #[error("flow.lock has no release {number} of `{flow}`")]
    NoRelease {
        /// The stored name of the flow.
        flow: String,
        /// The number.
        number: u32,
    },
    /// The database could not be asked.
    #[error(transparent)]
    Database(#[from] crate::Error),
    /// The file is no lock.
    #[error("flow.lock, {0}")]
    Unreadable(#[from] LockError),
    /// The file could not be read or written.
    #[error("flow.lock: {0}")]
    Io(#[from] std::io::Error),
}

/// What [`assert_current!`](crate::lock::assert_current) does, as a value. `package` is the folder of `Cargo.toml`;
/// with `overwrite` the next release of each flow that has changed is written.
///
/// # Errors
/// The lock lacks a release of a flow as it is now, cannot be read, or is not the one that was compiled.
pub fn check_current<C: FlowConnection>(flows: &Flows<C>, package: &Path, overwrite: bool) -> Result<(), CurrentError> {
    let flows = flows.all();
    let path = package.join("flow.lock");
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(error.into()),
    };
    let mut lock = text.as_deref().map_or_else(|| Ok(Lock::default()), Lock::parse)?;
    let mut changes = String::new();
    for flow in flows {
        let releases = lock.releases_of(flow.graph());
        let last = releases.last().copied();
        let next = flow.release(last.map_or(1, |last| last.number.saturating_add(1)));
        let change = review(last, &next);
        if !change.is_empty() {
            changes.push_str(&change);
            lock.add(next);
        }
    }
    if !changes.is_empty() && !overwrite {
        return Err(CurrentError::Stale { review: changes });
    }
    if !changes.is_empty() {
        write(&path, &lock.to_string())?;
        if text.is_none() {
            flows.iter().for_each(|flow| touch(package, flow.source()));
        }
        return Ok(());
    }
    let hash = text.as_deref().map_or(0, flow_graph::name_hash);
    match flows.iter().find(|flow| flow.lock_hash() != hash) {
        Some(flow) => {
            touch(package, flow.source());
            Err(CurrentError::OtherCompiled { flow: flow.graph().name.to_owned() })
        }
        None => Ok(()),
    }
}

/// All of it or nothing.
pub(super) fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let new = path.with_extension("lock.new");
    std::fs::write(&new, text)?;
    std::fs::rename(new, path)
}

/// A lock that is new makes cargo compile nothing; a source that is newer does.
fn touch(package: &Path, source: &str) {
    let found: Option<PathBuf> = package.ancestors().map(|folder| folder.join(source)).find(|file| file.is_file());
    let file = found.and_then(|file| std::fs::File::options().append(true).open(file).ok());
    // Where that fails `OtherCompiled` says what is the matter.
    let _ = file.map(|file| file.set_modified(std::time::SystemTime::now()));
}

/// A flow as a release.
pub(crate) fn release<F: crate::Flow>(number: u32) -> Release {
    let locked = F::LOCKED;
    let of = |task: Option<&str>, fields: &[Meta]| -> Vec<LockedField> {
        let field = |field: &Meta| LockedField {
            task: task.map(str::to_owned),
            path: field.path.iter().map(ToString::to_string).collect(),
            ty: kept(field),
            required: field.default.is_none(),
        };
        fields.iter().map(field).collect()
    };
    let mut fields = of(None, locked.fields);
    for (node, of_task) in locked.tasks {
        fields.extend(of(Some(node), of_task));
    }
    Release::of(F::GRAPH, number).with_fields(fields)
}

impl fmt::Display for super::Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.iter().try_for_each(|part| f.write_str(part))
    }
}
