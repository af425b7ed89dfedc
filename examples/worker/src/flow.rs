//! An order: it is charged, packed item by item, and shipped. The shop that is asked fails now and then.

use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

use flow_core::prelude::*;

use crate::db::Db;

/// An order of some items.
#[derive(ProcessProxy, Debug)]
pub(crate) struct OrderProcess {
    process: Process,
    /// Items
    items: i64,
    /// Receipts of the bank
    #[json(default)]
    receipts: i64,
    /// Items that are packed
    #[json(default)]
    packed: i64,
}

/// An item of an order.
#[derive(TaskProxy)]
pub(crate) struct ItemTask {
    task: Task,
    /// Item
    #[json(default)]
    item: i64,
}

/// Order
///
/// Charges the customer, packs each item, waits for the van and ships.
#[flow(process = OrderProcess, connection = Db, summary = "Order of {process.items} items")]
pub(crate) struct OrderFlow {
    /// New order
    #[node(permission("order"), next = this.charge)]
    pub(crate) start: StartHandle,

    /// Charge the customer
    #[node(run = this.ask_the_bank, on_done = |a, receipts| a.process.set_receipts(a.process.receipts() + receipts),
           retry(attempts = 20, delay = Duration::from_millis(200), factor = 1.5, max = seconds(2), jitter),
           timeout = seconds(30), priority = 10, next = this.pack_all)]
    charge: Job,

    #[node(next(this.pack, task_data_source = |a| (1..=a.process.items()).map(|item| ItemTaskData { item })),
           next = this.van)]
    pack_all: Split,

    /// Pack an item
    #[node(task = ItemTask, run = |job| fails_at_times(job.attempt), on_done = |a, _| a.process.set_packed(a.process.packed() + 1),
           retry(attempts = 20, delay = Duration::from_millis(200), max = seconds(2)), queue = "packing",
           concurrency = 4, next = this.all_packed)]
    pack: Job,

    /// The van comes
    #[node(delay = seconds(2), next = this.all_packed)]
    van: Timer,

    #[node(next = this.ship)]
    all_packed: Join,

    /// Ship the parcel
    #[node(run = |_job| std::thread::sleep(Duration::from_millis(20)), next = this.end)]
    ship: Job,

    end: End,
}

impl OrderFlow {
    /// The body runs at least once. The bank knows by this key that it has the order already.
    fn ask_the_bank(job: &JobContext<Self>) -> Step<i64> {
        let _idempotency_key = format!("order {}", job.task.id());
        fails_at_times(job.attempt)?;
        Ok(1)
    }
}

/// Takes a moment, and fails one time in four.
fn fails_at_times(attempt: i32) -> Step {
    let chance = RandomState::new().hash_one(attempt);
    std::thread::sleep(Duration::from_millis(10 + chance % 40));
    if chance.is_multiple_of(4) { Err("the shop is closed for lunch".into()) } else { Ok(()) }
}
