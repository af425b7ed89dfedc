// Orders in two releases, for the command line.

pub mod old {
    use super::*;

    #[derive(ProcessProxy, Debug)]
    pub struct OrderProcess { process: Process, number: String, #[json(default)] broken: bool }

    /// An order
    #[flow(process = OrderProcess, connection = Db, name = "order", reference = "{process.number}")]
    pub struct OrderFlow {
        #[node(permission(anyone), next = this.which)] pub start: StartHandle,
        #[node(if = |a| a.process.broken(), then = this.charge, else = this.label)] which: If,
        /// Charge
        #[node(run = this.charge_it, next = this.label)] charge: Job,
        /// Label
        #[node(permission(anyone), next = this.end)] pub label: View,
        end: End,
    }

    impl OrderFlow {
        fn charge_it(_job: &JobContext<Self>) -> Step {
            Err("the bank does not answer".into())
        }
    }

    pub static FLOWS: Flows<Db> = flows![OrderFlow];
}

/// Labels are not written any more.
pub mod new {
    use super::*;
    use super::old::OrderProcess;

    /// An order
    #[flow(process = OrderProcess, connection = Db, name = "order", reference = "{process.number}")]
    pub struct OrderFlow {
        #[node(permission(anyone), next = this.charge)] pub start: StartHandle,
        /// Charge
        #[node(run = |_| (), next = this.send)] charge: Job,
        /// Label
        #[node(retired(to = this.send))] label: Obsolete,
        /// Send
        #[node(permission(anyone), next = this.end)] send: View,
        end: End,
    }

    pub static FLOWS: Flows<Db> = flows![OrderFlow];
}
