//! What is wrong with forms: a row that cannot be read, a field that is not there, a form type that is none.
use flow_core::prelude::*;

diesel::table! { shipments (process_id) { process_id -> BigInt, carrier -> Text, } }

#[derive(diesel::Queryable, diesel::Selectable, diesel::Identifiable, diesel::AsChangeset, Debug)]
#[diesel(table_name = shipments, primary_key(process_id))]
pub struct ShipmentColumns {
    process_id: i64,
    carrier: String,
}

// Not `Deserialize`: fine where code starts the process, but no form can be read.
#[derive(diesel::Insertable, Debug, Clone)]
#[diesel(table_name = shipments)]
pub struct NewShipment {
    carrier: String,
}

#[derive(ProcessProxy)]
pub struct ShipmentProcess {
    process: Process,
    #[proxy(joined, new = NewShipment)]
    shipment: ShipmentColumns,
    note: Option<String>,
}

pub struct NoForm;

#[flow(process = ShipmentProcess)]
pub struct ShipmentFlow {
    #[node(form = StartForm { shipment, note }, permission(anyone), next = this.change)]
    pub start: Start,
    #[node(permission(anyone), next = this.change)]
    pub import: StartHandle,
    #[node(form = ChangeForm { noet }, permission(anyone), next = this.own)]
    pub change: View,
    #[node(form = NoForm, permission(anyone), next = this.end)]
    pub own: View,
    pub end: End,
}

fn main() {
    let _ = ShipmentFlow.import.fields();
}
