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

#[derive(ProcessProxy)]
pub struct WithoutNew {
    process: Process,
    #[proxy(joined)]
    shipment: ShipmentColumns,
}

#[derive(ProcessProxy)]
pub struct Two {
    process: Process,
    #[proxy(joined, new = NewShipment)]
    first: ShipmentColumns,
    #[proxy(joined, new = NewShipment)]
    second: ShipmentColumns,
    #[proxy(jioned, new = NewShipment)]
    third: ShipmentColumns,
    #[proxy(new = NewShipment)]
    fourth: ShipmentColumns,
}

#[derive(TaskProxy)]
pub struct OfATask {
    task: Task,
    #[proxy(joined, new = NewShipment)]
    shipment: ShipmentColumns,
}

fn main() {}
