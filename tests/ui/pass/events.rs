//! Times, messages, signals and conditions, as they can be written.
use flow_core::prelude::*;

#[derive(ProcessProxy)]
pub struct OrderProcess {
    process: Process,
    #[json(default)]
    number: String,
    #[json(default)]
    paid: i64,
}

#[flow(process = OrderProcess)]
pub struct EventFlow {
    #[node(every = minutes(10), next = this.tell)]
    pulse: StartTimer,
    #[node(cron = "0 7 * * MON-FRI", zone = "Europe/Berlin", next = this.tell)]
    morning: StartTimer,
    #[node(message = "order", key = this.number_of, value = this.paid_of, kept_for = days(2), next = this.paid)]
    tell: MessageThrow,
    #[node(message = "payment", key = |a| a.process.number(), input = i64, run = |a, amount| a.process.set_paid(amount),
           permission("bank"), on_timeout(days(14), this.end), next = this.ring)]
    paid: MessageCatch,
    #[node(signal = "paid", next = this.wait)]
    ring: SignalThrow,
    #[node(signal = "prices_changed", on_timeout(days(1), this.end), next = this.enough)]
    wait: SignalCatch,
    #[node(if = |a, conn| Ok(a.process.paid() > 0 && diesel::sql_query("select 1").execute(conn)? > 0), next = this.carry)]
    enough: ConditionalCatch,
    #[node(permission(anyone), next = this.rule)]
    carry: ManualTask,
    #[node(run = |a| a.process.set_paid(1), next = this.send)]
    rule: BusinessRule,
    #[node(run = this.send_it(conn), undo = |a| a.process.set_paid(0), next = this.end)]
    send: SendHandle,
    end: End,
}

impl EventFlow {
    fn number_of(a: &Activation<Self>) -> Result<String, std::fmt::Error> {
        Ok(a.process.number().to_owned())
    }

    fn paid_of(a: &Activation<Self>) -> Result<i64, std::fmt::Error> {
        Ok(a.process.paid())
    }

    fn send_it(_a: &mut Activation<Self>, _conn: &mut diesel::SqliteConnection) -> Step {
        Ok(())
    }
}

fn main() {
    assert_eq!(EventFlow.graph().nodes.len(), 13);
}
