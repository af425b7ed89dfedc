//! The shipment itself: a table of the app's own, one row for each process.

use flow_core::prelude::*;

diesel::table! {
    /// The shipments. The key is the number of the process.
    shipments (process_id) {
        /// The process.
        process_id -> BigInt,
        /// Where it goes.
        address -> Text,
        /// Who takes it there.
        carrier -> Nullable<Text>,
        /// Whether it needs more insurance than the carrier's.
        needs_insurance -> Bool,
        /// What is stuck on it.
        label -> Nullable<Text>,
    }
}

/// The table. `flow_process` is there when the flows have been migrated.
pub const TABLE: &str = "create table shipments (
    process_id bigint primary key references flow_process (id),
    address text not null,
    carrier text,
    needs_insurance boolean not null default false,
    label text
)";

/// What a process of this app has beside its document.
// Without `treat_none_as_null`, diesel leaves a column alone that was set to `None`.
#[derive(diesel::Queryable, diesel::Selectable, diesel::Identifiable, diesel::AsChangeset, Debug, Clone)]
#[diesel(table_name = shipments, primary_key(process_id), treat_none_as_null = true)]
pub struct Shipment {
    /// The process
    pub process_id: i64,
    /// Where it goes
    pub address: String,
    /// Who takes it there
    pub carrier: Option<String>,
    /// Whether it needs more insurance than the carrier's
    pub needs_insurance: bool,
    /// What is stuck on it
    pub label: Option<String>,
}

/// What a shipment is made from: all else has a default. The process's number is added when it starts.
#[derive(diesel::Insertable, serde::Deserialize, Debug, Clone)]
#[diesel(table_name = shipments)]
pub struct NewShipment {
    /// Where it goes
    pub address: String,
}

/// A shipment on its way.
#[derive(ProcessProxy, Debug, Clone)]
pub struct ShipmentProcess {
    process: Process,
    /// The shipment
    #[proxy(joined, new = NewShipment)]
    shipment: Shipment,
    /// What is in it
    items: Vec<String>,
    /// The best quote, in cents
    quote: Option<i64>,
    /// Packed by the warehouse
    #[json(default)]
    packed: bool,
}
