//! Shipment: a clerk chooses the carrier while the warehouse packs.

use flow_core::prelude::*;

use crate::db::Db;

/// Who takes it there.
#[derive(Choices, Clone, Copy, Debug, PartialEq)]
pub(crate) enum Carrier {
    /// Post
    Post,
    /// Rail
    Rail,
    /// Our own van
    Van,
}

/// Something that is sent.
#[derive(JsonModel, Clone, Debug, PartialEq)]
pub(crate) struct Item {
    /// What
    #[json(max_length = 40)]
    what: String,
    /// Pieces
    #[json(range = 1..=999)]
    pieces: i64,
}

/// A shipment on its way.
#[derive(ProcessProxy, Debug, Clone)]
pub(crate) struct ShipmentProcess {
    process: Process,
    /// Order
    #[json(max_length = 20)]
    order: String,
    /// Address
    #[json(max_length = 400)]
    address: String,
    /// Items
    items: Vec<Item>,
    /// Pick-up
    pick_up: Option<jiff::Timestamp>,
    /// Carrier
    #[json(choices)]
    carrier: Option<Carrier>,
    /// It is fragile
    #[json(default)]
    fragile: bool,
    /// Weight in kilograms
    #[json(range = 0.1..=1000.0)]
    weight: Option<f64>,
}

/// Shipment
///
/// Goods leave the house: a clerk chooses the carrier while the warehouse packs.
#[flow(process = ShipmentProcess, connection = Db, summary = "{process.address}", reference = "{process.order}",
       view("warehouse"))]
#[derive(Debug)]
pub(crate) struct ShipmentFlow {
    /// Send goods
    #[node(form = ShipmentForm { order, address, items, fragile }, permission("clerk"), next = this.split)]
    pub(crate) start: Start,

    #[node(next = this.choose, next = this.pack)]
    pub(crate) split: Split,

    /// Choose the carrier
    #[node(form = CarrierForm { carrier: required, pick_up }, permission("clerk"), due = days(1),
           next = this.packed_and_chosen)]
    pub(crate) choose: View,

    /// Pack the goods
    #[node(form = PackForm { weight: required }, permission("warehouse"), priority = 5, next = this.packed_and_chosen)]
    pub(crate) pack: View,

    #[node(next = this.hand_over)]
    pub(crate) packed_and_chosen: Join,

    /// Hand over the parcel
    #[node(permission("warehouse"), assign = this.pack.owner, next = this.sent)]
    pub(crate) hand_over: View,

    /// Sent
    pub(crate) sent: End,
}
