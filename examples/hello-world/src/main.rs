//! A message is approved and sent: a flow on an SQLite file, from the command line; with `--features postgres` on
//! PostgreSQL.

mod db;
mod flow;
mod people;
mod show;
mod story;

use clap::{Parser, Subcommand};
use flow_core::prelude::*;

use db::Db;
use flow::{ApproveForm, HelloWorldFlow, StartForm};

/// The flows of this app.
static FLOWS: Flows<Db> = flows![HelloWorldFlow];

/// What is printed when something goes wrong.
type Failure = Box<dyn std::error::Error>;

/// Without a command it tells the whole story in a minute.
#[derive(Parser)]
#[command(version, about = "A message is sent once a supervisor has approved it")]
struct Args {
    /// The database: a file, or the address of a server
    #[arg(long, global = true, default_value = db::DEFAULT)]
    database: String,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Start a process
    Start {
        /// The message, at most 50 characters
        text: String,
        #[arg(long, default_value = "alice")]
        user: String,
    },
    /// What somebody has taken, and what they may take
    Inbox {
        #[arg(long)]
        user: String,
    },
    /// Approve a message, or reject it
    Approve {
        /// As in 1.2
        task: TaskId,
        #[arg(long)]
        user: String,
        #[arg(long)]
        reject: bool,
    },
    /// A process: its tasks, and what happened
    Show { process: i64 },
    /// The flow as Mermaid text
    Diagram,
}

fn main() -> std::process::ExitCode {
    let args = Args::parse();
    let done = match args.command {
        None => story::tell(&args.database),
        Some(command) => run(&args.database, command),
    };
    match done {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            std::process::ExitCode::FAILURE
        }
    }
}

fn run(database: &str, command: Command) -> Result<(), Failure> {
    let mut conn = db::open(database)?;
    FLOWS.migrate(&mut conn)?;
    if let Some(unknown) = FLOWS.check_permissions(people::permissions()).first() {
        return Err(unknown.to_string().into());
    }
    match command {
        Command::Start { text, user } => {
            let process = HelloWorldFlow.start.run(&mut conn, people::find(&user)?, StartForm { text })?;
            let task = HelloWorldFlow.approve.tasks().open().of(process.id()).one(&mut conn)?;
            println!("Process {} waits for an approval: task {}.", process.id(), task.id());
        }
        Command::Inbox { user } => {
            let person = people::find(&user)?;
            let mut tasks = FLOWS.inbox(&mut conn, person)?;
            tasks.extend(FLOWS.queue(&mut conn, person)?);
            show::tasks(&tasks, &user);
        }
        Command::Approve { task, user, reject } => {
            let person = people::find(&user)?;
            // Who has it already does it; who has not takes it first.
            if !FLOWS.inbox(&mut conn, person)?.iter().any(|mine| mine.id() == task) {
                HelloWorldFlow.approve.assign(&mut conn, task, person)?;
            }
            HelloWorldFlow.approve.execute(&mut conn, task, person, ApproveForm { approved: !reject })?;
            FLOWS.run_due(&mut conn)?;
        }
        Command::Show { process } => show_process(&mut conn, process)?,
        Command::Diagram => print!("{}", HelloWorldFlow.mermaid()),
    }
    Ok(())
}

fn show_process(conn: &mut Db, id: i64) -> Result<(), Failure> {
    let row = HelloWorldFlow.processes().find(id).first(conn).optional()?;
    let row = row.ok_or_else(|| format!("there is no process {id}"))?;
    show::process(&row, &HelloWorldFlow.brief(&row), &FLOWS.tasks(conn, id)?, &FLOWS.history(conn, id)?);
    Ok(())
}
