use flow_core::prelude::*;

diesel::table! { parcels (process_id) { process_id -> BigInt, weight -> Integer, } }
flow_core::process_columns! { order_columns { priority -> Integer } }

/// Cannot be written: `AsChangeset` is missing.
#[derive(diesel::Queryable, diesel::Selectable, diesel::Identifiable)]
#[diesel(table_name = parcels, primary_key(process_id))]
pub struct Parcel {
    process_id: i64,
    weight: i32,
}

#[derive(diesel::Insertable, serde::Deserialize, Debug, Clone)]
#[diesel(table_name = parcels)]
pub struct NewParcel {
    weight: i32,
}

#[derive(diesel::Queryable, diesel::Selectable, diesel::Identifiable, diesel::AsChangeset)]
#[diesel(table_name = order_columns)]
pub struct OrderColumns {
    id: i64,
    priority: i32,
}

/// It is inserted, where columns are changed.
#[derive(diesel::Insertable, serde::Deserialize, Debug, Clone)]
#[diesel(table_name = order_columns)]
pub struct NewOrder {
    priority: i32,
}

#[derive(ProcessProxy)]
pub struct ParcelProcess {
    process: Process,
    #[proxy(joined, new = NewParcel)]
    parcel: Parcel,
}

#[derive(ProcessProxy)]
pub struct OrderProcess {
    process: Process,
    #[proxy(columns, new = NewOrder)]
    order: OrderColumns,
}

/// Not `Insertable`.
#[derive(serde::Deserialize, Debug, Clone)]
pub struct NewStamp {
    value: i32,
}

diesel::table! { stamps (process_id) { process_id -> BigInt, value -> Integer, } }

#[derive(diesel::Queryable, diesel::Selectable, diesel::Identifiable, diesel::AsChangeset)]
#[diesel(table_name = stamps, primary_key(process_id))]
pub struct Stamp {
    process_id: i64,
    value: i32,
}

#[derive(ProcessProxy)]
pub struct StampProcess {
    process: Process,
    #[proxy(joined, new = NewStamp)]
    stamp: Stamp,
}

#[flow(process = ParcelProcess)]
pub struct ParcelFlow {
    #[node(form = ParcelForm { parcel }, permission(anyone), next = this.end)]
    start: Start,
    end: End,
}

#[flow(process = OrderProcess)]
pub struct OrderFlow {
    #[node(form = OrderForm { order }, permission(anyone), next = this.end)]
    start: Start,
    end: End,
}

fn main() {}
