//! A view of a row, with a state machine in its document.

use flow_core::data::{Document, sql_types::Json};
use flow_core::prelude::*;

diesel::table! {
    use diesel::sql_types::*;
    use super::Json;
    orders (code) { code -> Text, data -> Json, revision -> Integer, }
}

#[derive(diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = orders)]
pub struct OrderRow {
    pub code: String,
    pub data: Document,
    pub revision: i32,
}

/// Where an order is.
#[derive(States, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// Not sent yet.
    #[state(value = "open")]
    Waiting,
    #[state(end)]
    Sent,
}

#[derive(JsonProxy)]
#[proxy(table = orders, column = data, key = code, version = revision, index(parcels))]
pub struct Order {
    #[proxy(row)]
    order: OrderRow,
    /// Where it is
    delivery: State<Delivery>,
    #[json(default)]
    parcels: i64,
}

#[states(Delivery, field = delivery, name = "delivery", log = values)]
impl Order {
    /// Send it
    #[transition(from(Waiting), to = Sent, permission("can_send"), when(|order| order.parcels() > 0, "nothing is packed"))]
    pub fn send(&mut self, parcels: i64) -> Step<i64> {
        self.set_parcels(parcels);
        Ok(self.parcels())
    }

    #[transition(from(any), permission(this.is_packer), when = this.is_open)]
    pub(crate) fn pack(&mut self) {
        self.set_parcels(self.parcels() + 1);
    }

    fn is_open(&self) -> bool {
        self.delivery() == Delivery::Waiting
    }

    fn is_packer(&self, user: &dyn User) -> bool {
        user.id() == "packer"
    }
}

fn main() {}
