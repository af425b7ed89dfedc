//! Milestone (WCP-18): the address of an order can be changed once the order is confirmed, until the parcel is
//! packed. The task is there while the process is in that state: it opens with it, and is withdrawn after it.

use flow_core::prelude::*;

/// An order.
#[derive(ProcessProxy, Debug)]
pub struct OrderProcess {
    process: Process,
    /// Address
    address: String,
    /// Confirmed
    #[json(default)]
    confirmed: bool,
    /// Packed
    #[json(default)]
    packed: bool,
}

/// Order
#[flow(process = OrderProcess)]
#[derive(Debug)]
pub struct OrderFlow {
    #[node(form = OrderForm { address }, permission(anyone), next = this.both)]
    pub order: Start,

    #[node(next = this.confirm, next = this.is_confirmed)]
    pub both: Split,

    /// Confirm the order
    #[node(form = ConfirmForm { confirmed }, permission("sales"), next = this.pack)]
    pub confirm: View,

    /// Pack the parcel
    #[node(form = PackForm { packed }, permission("warehouse"), next = this.join)]
    pub pack: View,

    #[node(if = |a| a.process.confirmed(), next = this.window)]
    pub is_confirmed: ConditionalCatch,

    #[node(next = this.change_address, next = this.is_packed)]
    pub window: SplitFirst,

    /// Change the address
    #[node(form = AddressForm { address }, assign = this.order.owner, next = this.window)]
    pub change_address: View,

    #[node(if = |a| a.process.packed(), next = this.join)]
    pub is_packed: ConditionalCatch,

    #[node(next = this.sent)]
    pub join: Join,
    pub sent: End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![OrderFlow];
    const ANNA: Person = Person::new("anna");

    fn address(address: &str) -> AddressForm {
        AddressForm { address: address.to_owned() }
    }

    #[test]
    fn the_task_is_there_while_the_milestone_lasts() -> Result<()> {
        let mut conn = database();
        let id = OrderFlow.order.run(&mut conn, &ANNA, OrderForm { address: "Bern".to_owned() })?.id();
        assert!(FLOWS.inbox(&mut conn, &ANNA)?.is_empty(), "not yet");
        complete(&mut conn, OrderFlow.confirm, id, &OFFICE, ConfirmForm { confirmed: true })?;
        complete(&mut conn, OrderFlow.change_address, id, &ANNA, address("Basel"))?;
        let order = complete(&mut conn, OrderFlow.change_address, id, &ANNA, address("Brig"))?;
        assert_eq!(order.address(), "Brig");
        let late = FLOWS.inbox(&mut conn, &ANNA)?[0].id();
        complete(&mut conn, OrderFlow.pack, id, &OFFICE, PackForm { packed: true })?;
        FLOWS.expect(&mut conn, id).is(Done);
        let refused = OrderFlow.change_address.execute(&mut conn, late, &ANNA, address("Bonn"));
        assert_eq!(refused.map(|_| ()).unwrap_err().kind(), ErrorKind::Conflict);
        sound(&FLOWS, &mut conn)
    }
}
