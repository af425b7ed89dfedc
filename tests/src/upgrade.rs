//! Flows whose rows `tests/upgrade/schema_1.sql` has, as the first schema's code wrote them: a process in each state
//! that a process can wait in.

/// The people whose ids are in those rows.
pub mod people {
    use crate::app::Person;

    /// Has claimed a task.
    pub const BOB: Person = Person { name: "bob", permissions: &[], is_manager: false };
    /// Was named by `assign`.
    pub const ANNA: Person = Person { name: "anna", permissions: &[], is_manager: false };
}

/// Declares the flows on a connection type, in the module of the caller.
// rustfmt moves the second line of an attribute further to the right each time.
#[rustfmt::skip]
#[macro_export]
macro_rules! upgrade_flows {
    ($connection:ty) => {
        use flow_core::prelude::*;

        /// Which way an order goes.
        #[derive(ProcessProxy, Debug)]
        pub struct OrderProcess {
            process: Process,
            /// The node to which it goes.
            way: String,
            /// What somebody said about it; `broken` fails.
            #[json(default)]
            note: String,
        }

        /// A process in each of these nodes.
        #[flow(process = OrderProcess, connection = $connection)]
        pub struct OrderFlow {
            #[node(permission(anyone), next = this.route)]
            pub start: StartHandle,
            #[node(case(this.approve, when = |a| a.process.way() == "approve"),
                   case(this.named, when = |a| a.process.way() == "named"),
                   case(this.paid, when = |a| a.process.way() == "paid"),
                   case(this.send, when = |a| a.process.way() == "send"),
                   case(this.cool_off, when = |a| a.process.way() == "cool_off"),
                   case(this.ship, when = |a| a.process.way() == "ship"),
                   case(this.split, when = |a| a.process.way() == "split"),
                   default = this.end)]
            pub route: Switch,
            #[node(form = ApproveForm { note }, permission(anyone),
                   on_timeout(days(1), this.remind, interrupting = false),
                   on_timeout(days(3), this.late), next = this.check)]
            pub approve: View,
            #[node(if = |a| a.process.note() == "no", then = this.late, else = this.end)]
            pub check: If,
            #[node(form = NamedForm { note }, permission(anyone), assign = |_a| "anna", next = this.end)]
            pub named: View,
            #[node(permission(anyone), on_timeout(days(2), this.late), next = this.end)]
            pub paid: Handle,
            #[node(run = this.send_it, timeout = minutes(5), on_timeout(days(2), this.late), next = this.end)]
            pub send: Job,
            #[node(delay = days(1), next = this.note_it)]
            pub cool_off: Timer,
            #[node(run = this.note_it, next = this.end)]
            pub note_it: Function,
            #[node(start = ShipFlow.start, next = this.end)]
            pub ship: Subprocess,
            #[node(next = this.left, next = this.right)]
            pub split: Split,
            #[node(permission(anyone), next = this.join)]
            pub left: Handle,
            #[node(form = RightForm { note }, permission(anyone), next = this.join)]
            pub right: View,
            #[node(next = this.end)]
            pub join: Join,
            pub remind: End,
            pub late: End,
            pub end: End,
        }

        impl OrderFlow {
            fn send_it(job: &JobContext<Self>) -> Step {
                $crate::upgrade::send(job.process.note())
            }

            fn note_it(a: &mut Activation<Self>) -> Step {
                if a.process.note() == "broken" { Err("nobody can read this".into()) } else { Ok(()) }
            }
        }

        /// A child.
        #[derive(ProcessProxy, Debug)]
        pub struct ShipProcess {
            process: Process,
        }

        /// What an order is shipped by.
        #[flow(process = ShipProcess, connection = $connection)]
        pub struct ShipFlow {
            #[node(permission(anyone), next = this.deliver)]
            pub start: StartHandle,
            #[node(permission(anyone), next = this.end)]
            pub deliver: Handle,
            pub end: End,
        }

        /// Both.
        pub static FLOWS: Flows<$connection> = flows![OrderFlow, ShipFlow];

        /// An order that goes this way.
        pub fn order(way: &str, note: &str) -> OrderProcessData {
            OrderProcessData { way: way.to_owned(), note: note.to_owned() }
        }
    };
}

/// The body of the job.
pub fn send(note: &str) -> flow_core::Step {
    if note == "broken" { Err("the carrier is gone".into()) } else { Ok(()) }
}
