//! The process: while a clerk sees to the carrier, the warehouse packs the goods.

use flow_core::prelude::*;

use crate::Db;
use crate::shipment::{NewShipment, ShipmentProcess};

/// The carrier that asks for no quotes, and for a label.
pub const POST: &str = "post";

/// Shipment
///
/// A clerk chooses the carrier while the warehouse packs; when both are done the goods are moved.
#[flow(process = ShipmentProcess, connection = Db, summary = "Send {process.items}")]
#[derive(Debug)]
pub struct ShipmentFlow {
    // Every start of this flow names `shipment`: without its row there would be no process.
    #[node(form = RequestForm { shipment, items }, permission("clerk"), next = this.split_clerk_warehouse)]
    pub start: Start,

    #[node(next = this.shipment_type, next = this.package_goods)]
    pub split_clerk_warehouse: Split,

    /// Choose the carrier
    #[node(form = CarrierForm, permission("clerk"), assign = this.start.owner,
           on_timeout(days(1), this.remind, interrupting = false), next = this.delivery_mode)]
    pub shipment_type: View,

    /// The clerk was reminded
    pub remind: End,

    #[node(if = |a| a.process.shipment().carrier.as_deref() == Some(POST),
           then = this.check_insurance, else = this.request_quotes)]
    pub delivery_mode: If,

    /// Ask carriers what they would take
    #[node(form = QuoteForm { quote }, permission("clerk"), next = this.join_clerk_warehouse)]
    pub request_quotes: View,

    /// Decide whether it needs more insurance
    #[node(form = InsuranceForm, permission("clerk"), next = this.split_on_decision)]
    pub check_insurance: View,

    // A condition has to look at the process: one that names a method and does not call it is always true.
    #[node(next(this.take_extra_insurance, when = |a| a.process.shipment().needs_insurance),
           next = this.fill_post_label)]
    pub split_on_decision: Split,

    /// Take the insurance
    #[node(permission("manager"), next = this.join_on_insurance)]
    pub take_extra_insurance: View,

    /// Fill in the label
    #[node(form = LabelForm, permission("clerk"), next = this.join_on_insurance)]
    pub fill_post_label: View,

    #[node(next = this.join_clerk_warehouse)]
    pub join_on_insurance: Join,

    /// Pack the goods
    #[node(form = PackForm { packed }, permission("warehouse"), next = this.join_clerk_warehouse)]
    pub package_goods: View,

    // Of the clerk's two ways one is taken, so that they need no join of their own in front of this one.
    #[node(next = this.move_package)]
    pub join_clerk_warehouse: Join,

    /// Move the package
    #[node(permission("warehouse"), assign = this.package_goods.owner, next = this.end)]
    pub move_package: View,

    pub end: End,
}

/// Which carrier: it is kept in the shipment's own row, so the form is one of our own.
#[derive(serde::Deserialize, Debug, Clone)]
pub struct CarrierForm {
    /// The carrier
    pub carrier: String,
}

impl Form<ShipmentFlow> for CarrierForm {
    fn save(self, a: &mut Activation<ShipmentFlow>, _: &mut Db) -> Step {
        a.process.shipment_mut().carrier = Some(self.carrier);
        Ok(())
    }
}

/// Whether it needs more insurance.
#[derive(serde::Deserialize, Debug, Clone, Copy)]
pub struct InsuranceForm {
    /// It does
    pub needed: bool,
}

impl Form<ShipmentFlow> for InsuranceForm {
    fn save(self, a: &mut Activation<ShipmentFlow>, _: &mut Db) -> Step {
        a.process.shipment_mut().needs_insurance = self.needed;
        Ok(())
    }
}

/// What is on the label.
#[derive(serde::Deserialize, Debug, Clone)]
pub struct LabelForm {
    /// Its text
    pub label: String,
}

impl Form<ShipmentFlow> for LabelForm {
    fn save(self, a: &mut Activation<ShipmentFlow>, _: &mut Db) -> Step {
        a.process.shipment_mut().label = Some(self.label);
        Ok(())
    }
}

/// What a clerk asks for.
#[must_use]
pub fn request(address: &str, items: &[&str]) -> RequestForm {
    RequestForm {
        shipment: NewShipment { address: address.to_owned() },
        items: items.iter().map(|item| (*item).to_owned()).collect(),
    }
}
