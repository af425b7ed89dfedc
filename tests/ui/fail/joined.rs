use flow_core::prelude::*;

diesel::table! { shipments (process_id) { process_id -> BigInt, carrier -> Text, } }
diesel::table! { others (id) { id -> BigInt, carrier -> Text, } }

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
pub struct ShipmentProcess {
    process: Process,
    #[proxy(joined, new = NewShipment)]
    shipment: ShipmentColumns,
    text: String,
}

#[flow(process = ShipmentProcess, summary = "Send {process.shipment}")]
pub struct ShipmentFlow {
    #[node(form = TextForm { text }, permission(anyone), next = this.change)]
    pub text_alone: Start,
    #[node(form = RowForm { shipment }, permission(anyone), next = this.change)]
    pub row_alone: Start,
    #[node(permission(anyone), next = this.change)]
    pub nothing: Start,
    #[node(permission(anyone), next = this.change)]
    pub code: StartHandle,
    #[node(form = ChangeForm { text, shipment }, permission(anyone), next = this.child)]
    pub change: View,
    #[node(start = ShipmentFlow.code, next = this.end)]
    pub child: Subprocess,
    pub end: End,
}

fn main() {}
