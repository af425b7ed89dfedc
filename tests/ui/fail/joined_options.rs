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

flow_core::process_columns! { order_columns { priority -> Integer } }
flow_core::task_columns! { task_columns { shelf -> Nullable<Text> } }

#[derive(diesel::Queryable, diesel::Selectable, diesel::Identifiable, diesel::AsChangeset, Debug)]
#[diesel(table_name = order_columns)]
pub struct OrderColumns {
    id: i64,
    priority: i32,
}

#[derive(ProcessProxy)]
pub struct NotColumns {
    process: Process,
    #[proxy(columns)]
    shipment: ShipmentColumns,
}

#[derive(ProcessProxy)]
pub struct Both {
    process: Process,
    #[proxy(columns, new = NewOrder)]
    order: OrderColumns,
    #[proxy(joined, new = NewShipment)]
    shipment: ShipmentColumns,
}

#[derive(TaskProxy)]
pub struct ColumnsOfATask {
    task: Task,
    #[proxy(columns)]
    own: OrderColumns,
}

#[derive(ProcessProxy)]
pub struct SaidTwice {
    process: Process,
    #[proxy(columns)]
    #[proxy(new = NewShipment, new = NewShipment)]
    twice: OrderColumns,
    #[proxy(columns, joined)]
    both: OrderColumns,
}

fn main() {}
