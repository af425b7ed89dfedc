//! A process with columns of its own: the row of another table, joined.
use flow_core::prelude::*;

diesel::table! { shipments (process_id) { process_id -> BigInt, carrier -> Text, } }

#[derive(diesel::Queryable, diesel::Selectable, diesel::Identifiable, diesel::AsChangeset, Debug)]
#[diesel(table_name = shipments, primary_key(process_id))]
pub struct ShipmentColumns {
    process_id: i64,
    carrier: String,
}

#[derive(diesel::Insertable, serde::Deserialize, Debug, Clone)]
#[diesel(table_name = shipments)]
pub struct NewShipment {
    carrier: String,
}

#[derive(ProcessProxy, Debug)]
pub struct ShipmentProcess {
    process: Process,
    /// What is sent
    #[proxy(joined, new = NewShipment)]
    shipment: ShipmentColumns,
    note: Option<String>,
}

#[flow(process = ShipmentProcess)]
pub struct ShipmentFlow {
    #[node(form = StartForm { shipment, note }, permission(anyone), next = this.end)]
    pub start: Start,
    pub end: End,
}

fn main() {
    let form = StartForm { shipment: NewShipment { carrier: "dhl".to_owned() }, note: None };
    let mut conn = flow_core::sqlite::open(":memory:").unwrap();
    let _ = (form, ShipmentFlow.processes().filter(shipments::carrier.eq("dhl")).load(&mut conn).is_err());
}
