//! Multiple instances with a priori run-time knowledge (WCP-14): each line of an order is picked by itself, all at
//! once, and the parcel is sent when every line is there. An order has as many tasks as it has lines.

use flow_core::prelude::*;

/// An order.
#[derive(ProcessProxy, Debug)]
pub struct OrderProcess {
    process: Process,
    /// Articles
    articles: Vec<String>,
    /// Shelves that they were on
    #[json(default)]
    shelves: Vec<String>,
}

/// The picking of one line.
#[derive(TaskProxy, Debug)]
pub struct PickTask {
    task: Task,
    /// Article
    article: String,
    /// Shelf
    shelf: Option<String>,
}

/// Order
#[flow(process = OrderProcess)]
#[derive(Debug)]
pub struct OrderFlow {
    #[node(form = OrderForm { articles }, permission(anyone), next = this.lines)]
    pub order: Start,

    #[node(next(this.pick, task_data_source = |a| a.process.articles().iter()
               .map(|article| PickTaskData { article: article.clone(), shelf: None })), next = this.picked)]
    pub lines: Split,

    #[node(task = PickTask, input = String, run = |a, shelf| a.task.set_shelf(Some(shelf)), permission("warehouse"),
           next = this.picked)]
    pub pick: Handle,

    #[node(next = this.send)]
    pub picked: Join,

    /// What the instances have found comes in the order of the lines, whoever was quicker.
    #[node(run = this.note_shelves(conn), next = this.sent)]
    pub send: Function,

    pub sent: End,
}

impl OrderFlow {
    fn note_shelves(a: &mut Activation<Self>, conn: &mut crate::Db) -> Step {
        let picked = a.branches(conn)?.of(OrderFlow.pick)?;
        a.process.set_shelves(picked.iter().filter_map(|pick| pick.shelf().map(str::to_owned)).collect());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![OrderFlow];

    fn order(conn: &mut Db, articles: &[&str]) -> Result<i64> {
        let articles = articles.iter().map(ToString::to_string).collect();
        Ok(OrderFlow.order.run(conn, &OFFICE, OrderForm { articles })?.id())
    }

    #[test]
    fn there_are_as_many_as_the_list_has() -> Result<()> {
        let mut conn = database();
        let id = order(&mut conn, &["tea", "cup", "pot"])?;
        let mut lines = OrderFlow.pick.tasks().open().of(id).load(&mut conn)?;
        lines.sort_by_key(Task::id);
        for (line, shelf) in lines.iter().zip(["A", "B", "C"]).rev() {
            FLOWS.expect(&mut conn, id).is(New);
            OrderFlow.pick.run(&mut conn, line.id(), &OFFICE, shelf.to_owned())?;
        }
        assert_eq!(FLOWS.expect(&mut conn, id).is(Done).rows().len(), 8);
        assert_eq!(OrderFlow.processes().by_id(id).first(&mut conn)?.shelves(), ["A", "B", "C"]);
        sound(&FLOWS, &mut conn)
    }

    #[test]
    fn without_items_it_goes_on_at_once() -> Result<()> {
        let mut conn = database();
        let id = order(&mut conn, &[])?;
        FLOWS.expect(&mut conn, id).is(Done);
        sound(&FLOWS, &mut conn)
    }
}
