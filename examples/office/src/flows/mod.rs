//! The flows of the office.

pub(crate) mod expenses;
pub(crate) mod leave;
pub(crate) mod shipment;

use flow_core::prelude::*;

use crate::db::Db;
use expenses::ExpensesFlow;
use leave::LeaveFlow;
use shipment::ShipmentFlow;

/// Every flow of the office.
pub(crate) static FLOWS: Flows<Db> = flows![ExpensesFlow, LeaveFlow, ShipmentFlow];
