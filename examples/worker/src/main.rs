//! Orders, done by any number of worker processes over one database: see README.md.

mod db;
mod flow;

use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use flow_core::prelude::*;
use flow_core::{ProcessStatus, Worker};

use db::Db;
use flow::{OrderFlow, OrderProcess, OrderProcessData};

static FLOWS: Flows<Db> = flows![OrderFlow];

type Failure = Box<dyn std::error::Error>;

/// Without a command it does everything in one process, in a few seconds.
#[derive(Parser)]
struct Args {
    /// The database: a file, or the address of a server
    #[arg(long, global = true, default_value = "orders.sqlite")]
    database: String,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Places orders
    Order { count: usize },
    /// Does what is due until SIGTERM or Ctrl-C
    Work {
        #[arg(long, default_value_t = 4)]
        threads: usize,
    },
    /// Waits until every order is shipped, and looks whether anything is missing or was done twice
    Check,
    /// Who works at what
    Workers,
    /// Looks at orders, intervenes, works and releases
    Flow(flow_core::cli::Cli),
}

fn main() -> Result<ExitCode, Failure> {
    let args = Args::parse();
    if let Some(Command::Flow(cli)) = args.command {
        return Ok(cli.main(&FLOWS, move || db::open(&args.database)));
    }
    run(args)?;
    Ok(ExitCode::SUCCESS)
}

fn run(args: Args) -> Result<(), Failure> {
    let mut conn = db::open(&args.database)?;
    FLOWS.migrate(&mut conn)?;
    match args.command {
        Some(Command::Order { count }) => order(&mut conn, count),
        Some(Command::Check) => check(&mut conn),
        Some(Command::Workers) => workers(&mut conn),
        Some(Command::Flow(_)) => Ok(()),
        Some(Command::Work { threads }) => {
            let running = worker(args.database, threads).start()?;
            running.stop_on_signals()?;
            let report = running.wait();
            println!("stopped: {} done, {} failed and tried again", report.done, report.retried);
            Ok(())
        }
        None => {
            order(&mut conn, 20)?;
            let running = [worker(args.database.clone(), 4).start()?, worker(args.database, 4).start()?];
            check(&mut conn)?;
            for worker in running {
                let report = worker.stop();
                println!(
                    "a worker did {}, of which {} were failures that were tried again",
                    report.done, report.retried
                );
            }
            Ok(())
        }
    }
}

/// A lease is short here, so that what a killed worker leaves behind is soon taken over.
fn worker(database: String, threads: usize) -> Worker<Db> {
    Worker::new(&FLOWS, move || db::open(&database)).threads(threads).lease(Duration::from_secs(3))
}

fn order(conn: &mut Db, count: usize) -> Result<(), Failure> {
    for n in 0..count {
        let items = i64::try_from(n % 4)? + 1;
        OrderFlow.start.run(conn, &System("shop"), OrderProcessData { items, receipts: 0, packed: 0 })?;
    }
    println!("{count} orders placed");
    Ok(())
}

fn check(conn: &mut Db) -> Result<(), Failure> {
    loop {
        let orders: Vec<OrderProcess> = OrderFlow.processes().load(conn)?;
        let open = orders.iter().filter(|order| order.status() == ProcessStatus::New).count();
        if open == 0 {
            // An attempt may run twice, what it writes is there once.
            let wrong = orders.iter().filter(|order| order.receipts() != 1 || order.packed() != order.items()).count();
            let due = FLOWS.due_work(conn)?.len();
            println!("{} orders shipped, {wrong} wrong, {due} rows left over", orders.len());
            return if wrong + due == 0 { Ok(()) } else { Err("something was lost or done twice".into()) };
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn workers(conn: &mut Db) -> Result<(), Failure> {
    for worker in FLOWS.workers(conn)? {
        println!("{}", worker.name);
        for work in &worker.work {
            let task = work.task.map_or_else(|| work.process.to_string(), |task| task.to_string());
            let since = work.held.as_ref().and_then(|held| held.since);
            let since = since.map_or_else(|| "not begun".to_owned(), |since| format!("since {since}"));
            println!("  {task} {} attempt {}, {since}", work.node.as_deref().unwrap_or(&work.kind), work.attempt);
        }
    }
    Ok(())
}
