//! Multiple instances without a priori run-time knowledge (WCP-15): the items of an order are packed at once, and
//! while they are, the customer may add one more. The order is done when all are packed, those added later too.

use flow_core::prelude::*;

/// An order.
#[derive(ProcessProxy, Debug)]
pub struct OrderProcess {
    process: Process,
    /// Articles
    articles: Vec<String>,
}

/// Order
#[flow(process = OrderProcess)]
#[derive(Debug)]
pub struct OrderFlow {
    #[node(form = OrderForm { articles }, permission(anyone), next = this.fulfil)]
    pub order: Start,

    // `OrderFlow.fulfil.add_item(conn, task, user, "pot".into())` starts one more.
    #[node(start = ItemFlow.start, item = String, items = |a| a.process.articles().to_vec(),
           process_data = |a, article| ItemProcessData { article, packer: a.process.started_by().map(str::to_owned) },
           next = this.fulfilled)]
    pub fulfil: NSubprocess,

    pub fulfilled: End,
}

/// An item of an order.
#[derive(ProcessProxy, Debug)]
pub struct ItemProcess {
    process: Process,
    /// Article
    article: String,
    /// Who packs it
    packer: Option<String>,
}

/// Item
#[flow(process = ItemProcess, summary = "{process.article}")]
#[derive(Debug)]
pub struct ItemFlow {
    #[node(next = this.pack)]
    pub start: StartHandle,

    /// Pack the item
    #[node(assign = |a| a.process.packer().map(str::to_owned), next = this.packed)]
    pub pack: View,

    pub packed: End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![OrderFlow, ItemFlow];
    const ANNA: Person = Person::new("anna");

    /// Anna packs the first item that is left.
    fn pack(conn: &mut Db) -> Result<()> {
        let item = FLOWS.inbox(conn, &ANNA)?[0].id().process();
        complete(conn, ItemFlow.pack, item, &ANNA, ())?;
        FLOWS.run_until_idle(conn)?;
        Ok(())
    }

    #[test]
    fn an_item_is_added_while_others_are_packed() -> Result<()> {
        let mut conn = database();
        let articles = vec!["tea".to_owned(), "cup".to_owned()];
        let order = OrderFlow.order.run(&mut conn, &ANNA, OrderForm { articles })?.id();
        pack(&mut conn)?;
        let fulfil = open(&mut conn, OrderFlow.fulfil.tasks(), order)?.id();
        OrderFlow.fulfil.add_item(&mut conn, fulfil, &MONA, "pot".to_owned())?;
        assert_eq!(FLOWS.inbox(&mut conn, &ANNA)?.len(), 2);
        pack(&mut conn)?;
        FLOWS.expect(&mut conn, order).is(New).tasks(&["order:DONE", "fulfil:STARTED"]);
        pack(&mut conn)?;
        FLOWS.expect(&mut conn, order).is(Done).tasks(&["order:DONE", "fulfil:DONE", "fulfilled:DONE"]);
        let late = OrderFlow.fulfil.add_item(&mut conn, fulfil, &MONA, "lid".to_owned());
        assert_eq!(late.map(|_| ()).unwrap_err().kind(), ErrorKind::Conflict);
        sound(&FLOWS, &mut conn)
    }
}
