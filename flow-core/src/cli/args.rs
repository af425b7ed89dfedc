//! What can be written on the command line. The comments are its help.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::{Cursor, ProcessId, TaskId};

/// The command, and what holds for all of them: flattened into the arguments of an app, or one of its commands.
#[derive(Args, Clone, Debug)]
pub struct Cli {
    /// Prints JSON instead of text
    #[arg(long, global = true)]
    pub(super) json: bool,
    /// The name under which changes are stored
    #[arg(long, global = true, default_value = "cli", value_name = "NAME")]
    pub(super) user: String,
    /// Why: a note that is stored with each change
    #[arg(long, global = true, value_name = "TEXT")]
    pub(super) reason: Option<String>,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// What is to be done.
#[derive(Subcommand, Clone, Debug)]
pub(super) enum Command {
    /// Creates the tables, or brings them to this version
    Migrate {
        /// Prints the SQL of all migrations instead, and touches no database
        #[arg(long)]
        sql: bool,
    },
    /// Lists what this program cannot continue, and releases that its flow.lock does not know
    Check {
        /// Also compares the rows of all processes with each other
        #[arg(long)]
        deep: bool,
    },
    /// Lists processes, the newest first: open ones, if nothing else is said
    List(List),
    /// A process: its row, its tasks and its history
    Show {
        /// The id of the process
        process: ProcessId,
    },
    /// Where a process stands and what it waits for
    Explain {
        /// The id of a process
        process: ProcessId,
    },
    /// Tries tasks in ERROR once more
    Retry {
        /// The ids of the tasks, as 17.2
        #[arg(required = true)]
        tasks: Vec<TaskId>,
    },
    /// Cancels processes; or tasks, whose tokens then rest in them
    Cancel {
        /// The ids of processes, as 17, or of tasks, as 17.2
        #[arg(required = true, value_name = "ID")]
        targets: Vec<Target>,
    },
    /// Lists what is to be done by workers, now or at a time
    Due {
        /// Does what is due now instead, once
        #[arg(long)]
        run: bool,
    },
    /// Works until SIGTERM or Ctrl-C: jobs, timers, and whatever else is due
    Worker {
        /// How many jobs run at once
        #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..))]
        threads: u16,
        /// Serves this queue alone; may be given several times
        #[arg(long = "queue", value_name = "NAME")]
        queues: Vec<String>,
    },
    /// Prints the diagram of a flow, or of a process
    #[command(visible_alias = "graph")]
    Export(Export),
    /// Writes the next release of each flow that has changed into flow.lock
    Release {
        #[command(flatten)]
        package: Package,
    },
    /// The releases in flow.lock
    #[command(subcommand)]
    Lock(Lock),
    /// Removes a release from flow.lock, if no process of it or of an earlier one is open
    Prune {
        /// The stored name of the flow
        flow: String,
        /// The number of the release
        release: u32,
        #[command(flatten)]
        package: Package,
    },
    /// Moves the tasks of obsolete nodes on
    MoveRetired {
        /// Says what would be moved, and changes nothing
        #[arg(long)]
        plan: bool,
    },
}

/// Which processes are listed.
#[derive(Args, Clone, Debug)]
pub(super) struct List {
    /// Of this flow, by its stored name
    #[arg(long, value_name = "NAME")]
    pub(super) flow: Option<String>,
    /// In this state
    #[arg(long, value_enum, default_value_t = Status::Open)]
    pub(super) status: Status,
    /// With this reference
    #[arg(long, value_name = "TEXT")]
    pub(super) reference: Option<String>,
    /// Lists tasks in ERROR instead of processes
    #[arg(long, conflicts_with_all = ["status", "reference"])]
    pub(super) errors: bool,
    /// How many, at most 200
    #[arg(long, default_value_t = 50, value_name = "ROWS", value_parser = clap::value_parser!(u16).range(1..=200))]
    pub(super) limit: u16,
    /// Behind this place, which the page before has ended with
    #[arg(long, value_name = "PLACE")]
    pub(super) after: Option<Cursor>,
}

/// The state of listed processes.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Open,
    Done,
    Canceled,
    All,
}

/// Which diagram, and how.
#[derive(Args, Clone, Debug)]
#[group(skip)]
pub(super) struct Export {
    /// The stored name of the flow; not needed with --process
    #[arg(required_unless_present = "process", conflicts_with = "process")]
    pub(super) flow: Option<String>,
    /// Where this process is and was; as SVG
    #[arg(long, value_name = "ID", conflicts_with_all = ["bpmn", "mermaid"])]
    pub(super) process: Option<ProcessId>,
    /// As SVG, which is the default
    #[arg(long, conflicts_with_all = ["bpmn", "mermaid"])]
    pub(super) svg: bool,
    /// As BPMN 2.0 with its layout
    #[arg(long, conflicts_with = "mermaid")]
    pub(super) bpmn: bool,
    /// As Mermaid
    #[arg(long)]
    pub(super) mermaid: bool,
}

/// Where flow.lock is.
#[derive(Args, Clone, Debug)]
pub(super) struct Package {
    /// The folder of Cargo.toml, in which flow.lock is
    #[arg(long, default_value = ".", value_name = "FOLDER")]
    pub(super) package: PathBuf,
}

/// What is asked of flow.lock.
#[derive(Subcommand, Clone, Debug)]
pub(super) enum Lock {
    /// Shows what a release of the flows as they are now would add and remove
    Diff {
        #[command(flatten)]
        package: Package,
        /// Also counts the open tasks in the database, by release and node
        #[arg(long)]
        open: bool,
    },
}

/// A process or a task.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target {
    /// A process.
    Process(ProcessId),
    /// A task.
    Task(TaskId),
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Target::Process(id) => id.fmt(f),
            Target::Task(id) => id.fmt(f),
        }
    }
}

impl std::str::FromStr for Target {
    type Err = crate::ParseProcessIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse() {
            Ok(task) => Ok(Target::Task(task)),
            Err(_) => text.parse().map(Target::Process),
        }
    }
}
