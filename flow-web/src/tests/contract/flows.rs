//! The flows of the contract: those of the office, and one with branches and a node that is retired.

use flow_core::prelude::*;

use crate::tests::office::{BillFlow, Db, OrderFlow, ParcelFlow, RequestFlow};

/// The release before.
pub(crate) mod before {
    use flow_core::prelude::*;

    use super::Db;

    #[flow(connection = Db, name = "trip")]
    pub(crate) struct TripFlow {
        #[node(permission(anyone), next = this.label)]
        pub(crate) start: Start,
        #[node(permission("approve"), next = this.sign)]
        label: View,
        #[node(permission("approve"), next = this.end)]
        sign: View,
        end: End,
    }
}

/// Trip
#[flow(connection = Db, name = "trip")]
#[derive(Debug)]
pub(super) struct TripFlow {
    /// Ask for it
    #[node(permission(this.is_no_guest), next = this.split)]
    start: Start,
    #[node(next(this.book), next(this.pack))]
    split: Split,
    /// Book it
    #[node(permission("approve"), next = this.join)]
    book: View,
    /// Pack
    #[node(permission("approve"), next = this.join)]
    pack: View,
    #[node(next = this.sign)]
    join: Join,
    #[node(retired(to = this.sign))]
    label: Obsolete,
    /// Sign it
    #[node(permission("approve"), next = this.end)]
    sign: View,
    end: End,
}

impl TripFlow {
    fn is_no_guest(user: &dyn User) -> bool {
        user.id() != "guest"
    }
}

pub(super) static FLOWS: Flows<Db> = flows![RequestFlow, OrderFlow, ParcelFlow, BillFlow, TripFlow];
