//! The whole story, for somebody who runs this for the first time.

use flow_core::prelude::*;

use crate::flow::{ApproveForm, HelloWorldFlow, StartForm};
use crate::{FLOWS, Failure, db, people, show};

pub fn tell(database: &str) -> Result<(), Failure> {
    let mut conn = db::open(database)?;
    FLOWS.migrate(&mut conn)?;
    let (alice, bob) = (people::find("alice")?, people::find("bob")?);

    println!("Alice starts a process: `start \"Hello, world!\"`.");
    let form = StartForm { text: "Hello, world!".to_owned() };
    let process = HelloWorldFlow.start.run(&mut conn, alice, form)?;
    let task = HelloWorldFlow.approve.tasks().open().of(process.id()).one(&mut conn)?;

    println!("\nIt waits for an approval. Bob may give it: `inbox --user bob`.");
    show::tasks(&FLOWS.queue(&mut conn, bob)?, "bob");

    println!("\nAlice tries it herself: `approve {} --user alice`.", task.id());
    match HelloWorldFlow.approve.assign(&mut conn, task.id(), alice) {
        Ok(_) => return Err("alice was allowed to approve".into()),
        Err(error) => println!("  {error}"),
    }

    println!("\nBob takes it and approves: `approve {} --user bob`.", task.id());
    HelloWorldFlow.approve.assign(&mut conn, task.id(), bob)?;
    HelloWorldFlow.approve.execute(&mut conn, task.id(), bob, ApproveForm { approved: true })?;

    println!("\nThe message is sent by a job, in the background:");
    print!("  ");
    FLOWS.run_due(&mut conn)?;

    println!("\nThat was the process: `show {}`.\n", process.id());
    crate::show_process(&mut conn, process.id())?;

    println!("\nIt is all in the database, so each command goes on where the last one stopped.");
    let next = process.id() + 1;
    println!(
        "Next: `start \"..\"`, `inbox --user bob`, `approve {next}.2 --user bob --reject`, `show {next}`, `diagram`."
    );
    Ok(())
}
