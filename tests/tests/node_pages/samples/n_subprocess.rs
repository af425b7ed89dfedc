//! An order has a process for each of its items; one is added while it runs.

use flow_core::prelude::*;

#[derive(ProcessProxy)]
pub struct OrderProcess {
    process: Process,
    #[json(default)]
    products: Vec<String>,
    #[json(default)]
    packed: Vec<String>,
}

#[flow(process = OrderProcess)]
pub struct OrderFlow {
    #[node(permission(auto), next = this.fulfil)]
    pub start: StartHandle,

    #[node(start = ItemFlow.start, item = String, items = |a| a.process.products().to_vec(),
           process_data = |_a, product| ItemProcessData { product, shelf: None },
           on_done = |a, children| a.process.set_packed(children.iter().filter_map(|item| item.shelf().map(str::to_owned)).collect()),
           next = this.end)]
    pub fulfil: NSubprocess,

    pub end: End,
}

#[derive(ProcessProxy)]
pub struct ItemProcess {
    process: Process,
    product: String,
    shelf: Option<String>,
}

#[flow(process = ItemProcess)]
pub struct ItemFlow {
    #[node(permission(auto), next = this.pack)]
    pub start: StartHandle,
    #[node(input = String, run = |a, shelf| a.process.set_shelf(Some(shelf)), permission(auto), next = this.end)]
    pub pack: Handle,
    pub end: End,
}

pub static FLOWS: Flows<diesel::SqliteConnection> = flows![OrderFlow, ItemFlow];

pub fn walk(conn: &mut diesel::SqliteConnection) -> flow_core::Result<i64> {
    let shop = System("shop");
    let data = OrderProcessData { products: vec!["tea".into(), "cup".into()], packed: vec![] };
    let order = OrderFlow.start.run(conn, &shop, data)?.id();
    let fulfil = OrderFlow.fulfil.tasks().open().of(order).one(conn)?;
    OrderFlow.fulfil.add_item(conn, fulfil.id(), &shop, "pot".into())?;
    for (place, task) in ItemFlow.pack.tasks().open().load(conn)?.into_iter().enumerate() {
        ItemFlow.pack.run(conn, task.id(), &shop, format!("shelf {place}"))?;
    }
    FLOWS.run_until_idle(conn)?;
    assert_eq!(OrderFlow.processes().first(conn)?.packed(), ["shelf 0", "shelf 1", "shelf 2"]);
    Ok(order)
}
