//! A process with columns of its own: one row of another table, joined to it.

use flow_core::prelude::*;

use crate::app::{Db, Failure, USER};
use crate::schema::{carriers, shipments};

/// The columns, beside the document of the process: read with it in one query, written in its transitions.
#[derive(diesel::Queryable, diesel::Selectable, diesel::Identifiable, diesel::AsChangeset, Debug)]
#[diesel(table_name = shipments, primary_key(process_id), treat_none_as_null = true)]
pub struct ShipmentColumns {
    /// The process it belongs to
    pub process_id: i64,
    /// Who takes it: a row of another table of the app's
    pub carrier: i32,
    /// Grams
    pub weight: i32,
}

/// What the row is made from. The number of the process is added when it starts.
#[derive(diesel::Insertable, serde::Deserialize, Debug, Clone)]
#[diesel(table_name = shipments)]
pub struct NewShipment {
    /// Who takes it
    pub carrier: i32,
    /// Grams
    pub weight: i32,
}

/// A shipment.
#[derive(ProcessProxy, Debug)]
pub struct ShipmentProcess {
    process: Process,
    /// Its columns
    #[proxy(joined, new = NewShipment)]
    shipment: ShipmentColumns,
    /// A note, in the document
    note: Option<String>,
}

/// Shipment
#[flow(process = ShipmentProcess, connection = Db)]
#[derive(Debug)]
pub struct ShipmentFlow {
    // A start that does not give the row does not compile, whether a person starts it or code.
    #[node(form = ShipmentForm { shipment, note }, permission(anyone), next = this.pack)]
    pub start: Start,

    #[node(permission(anyone), next = this.pack)]
    pub import: StartHandle, // takes a ShipmentProcessData { shipment, note }

    #[node(run = |a| a.process.shipment_mut().weight += 250, next = this.end)]
    pub pack: Function,

    pub end: End,
}

/// Once through it.
pub fn run(conn: &mut Db) -> Result<String, Failure> {
    let shipment = NewShipment { carrier: 1, weight: 1_000 };
    ShipmentFlow.start.run(conn, &USER, ShipmentForm { shipment, note: Some("fragile".to_owned()) })?;
    let shipment = NewShipment { carrier: 2, weight: 500 };
    ShipmentFlow.import.run(conn, &USER, ShipmentProcessData { shipment, note: None })?;
    // Filtered by a column of its own and by a field of the document, in one query.
    let found = ShipmentFlow
        .processes()
        .filter(shipments::weight.gt(800))
        .filter(ShipmentProcess::FIELDS.note.eq("fragile"))
        .load(conn)?;
    let carrier: String = carriers::table.find(found[0].shipment().carrier).select(carriers::name).first(conn)?;
    Ok(format!("{} of 2 is heavy and fragile: {carrier} takes {} g", found.len(), found[0].shipment().weight))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::database;

    #[test]
    fn every_start_writes_the_row_and_a_transition_changes_it() {
        let mut conn = database().unwrap();
        assert_eq!(run(&mut conn).unwrap(), "1 of 2 is heavy and fragile: The post takes 1250 g");
        let weights: Vec<i32> =
            shipments::table.order(shipments::process_id).select(shipments::weight).load(&mut conn).unwrap();
        assert_eq!(weights, [1_250, 750]);
    }

    #[test]
    fn a_carrier_that_is_not_there_starts_nothing() {
        let mut conn = database().unwrap();
        let form = ShipmentForm { shipment: NewShipment { carrier: 9, weight: 1 }, note: None };
        let error = ShipmentFlow.start.run(&mut conn, &USER, form).unwrap_err();
        assert_eq!(error.kind(), flow_core::ErrorKind::Database);
        assert_eq!(ShipmentFlow.processes().load(&mut conn).unwrap().len(), 0);
    }
}
