//! Goods are sent: a clerk and a warehouse work side by side.
//!
//! `cargo run -p shipment` sends a parcel by post, on a database in memory.

pub mod flow;
pub mod shipment;

use diesel::connection::SimpleConnection as _;
use flow_core::prelude::*;

use crate::flow::{CarrierForm, InsuranceForm, LabelForm, POST, PackForm, ShipmentFlow, request};

/// The app's connection.
pub type Db = diesel::SqliteConnection;

/// The flows of this app.
pub(crate) static FLOWS: Flows<Db> = flows![ShipmentFlow];

/// Somebody who works here, with what they may do.
#[derive(Debug)]
pub struct Worker(&'static str, &'static str);

impl User for Worker {
    fn id(&self) -> &str {
        self.0
    }

    fn may(&self, permission: &Permission) -> bool {
        permission.name() == self.1
    }

    fn manages(&self, _flow: &str) -> bool {
        false
    }
}

pub(crate) const CLERK: Worker = Worker("clara", "clerk");
pub(crate) const PACKER: Worker = Worker("walt", "warehouse");
pub(crate) const MANAGER: Worker = Worker("mona", "manager");

/// A database in memory, with the flows' tables and the app's own.
pub(crate) fn database() -> Result<Db, Box<dyn std::error::Error>> {
    let mut conn = flow_core::sqlite::open(":memory:")?;
    FLOWS.migrate(&mut conn)?;
    conn.batch_execute(shipment::TABLE)?;
    Ok(conn)
}

/// `does!(conn, CLERK, check_insurance of process, form)`: takes the open task if nobody has it, and does it.
macro_rules! does {
    ($conn:expr, $who:expr, $node:ident of $process:expr, $form:expr) => {{
        let task = ShipmentFlow.$node.tasks().open().of($process).one($conn)?;
        if task.owner().is_none() {
            ShipmentFlow.$node.assign($conn, task.id(), &$who)?;
        }
        ShipmentFlow.$node.execute($conn, task.id(), &$who, $form)?
    }};
}

#[cfg(test)]
mod tests;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let conn = &mut database()?;
    let process = ShipmentFlow.start.run(conn, &CLERK, request("Kiel", &["a book", "a lamp"]))?.id();

    does!(conn, CLERK, shipment_type of process, CarrierForm { carrier: POST.to_owned() });
    does!(conn, PACKER, package_goods of process, PackForm { packed: true });
    does!(conn, CLERK, check_insurance of process, InsuranceForm { needed: true });
    does!(conn, MANAGER, take_extra_insurance of process, ());
    does!(conn, CLERK, fill_post_label of process, LabelForm { label: "fragile".to_owned() });
    does!(conn, PACKER, move_package of process, ());

    // The shipment is read with its process, in one query, and both can be asked for.
    let sent = ShipmentFlow.processes().filter(shipment::shipments::carrier.eq(POST)).load(conn)?;
    for process in &sent {
        let shipment = process.shipment();
        println!("{} to {} [{}]", ShipmentFlow.brief(process), shipment.address, process.row().status());
        for task in FLOWS.tasks(conn, process.id())? {
            println!("  {:<5} {:<22} {}", task.id(), task.node(), task.status());
        }
    }
    Ok(())
}
