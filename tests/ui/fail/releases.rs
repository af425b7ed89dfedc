use flow_core::prelude::*;

// node_removed
#[flow(lock = "releases.lock")]
pub struct LeaveFlow {
    #[node(permission(anyone), next = this.sign)]
    pub start: Start,

    #[node(permission(anyone), next = this.end)]
    pub sign: View,

    pub end: End,
}

// kind_changed
#[flow(lock = "releases.lock")]
pub struct InvoiceFlow {
    #[node(permission(anyone), next = this.pay)]
    pub start: Start,

    #[node(run = |_| println!("paid"), next = this.end)]
    pub pay: Job,

    pub end: End,
}

// stuck_in_flight
#[flow(lock = "releases.lock")]
pub struct ContractFlow {
    #[node(permission(anyone), next = this.split)]
    pub start: Start,

    #[node(next = this.legal, next = this.budget)]
    pub split: Split,

    #[node(permission(anyone), next = this.met)]
    pub legal: View,

    #[node(permission(anyone), next = this.met)]
    pub budget: View,

    #[node(next = this.sign)]
    pub met: Join,

    #[node(next = this.sign, allow(unreachable_nodes, reason = "processes of release 1 wait here"))]
    pub meet: Join,

    #[node(permission(anyone), next = this.end)]
    pub sign: View,

    pub end: End,
}

// timeout_lost
#[flow(lock = "releases.lock")]
pub struct OfferFlow {
    #[node(permission(anyone), next = this.answer)]
    pub start: Start,

    #[node(permission(anyone), next = this.end)]
    pub answer: View,

    pub end: End,
}

// runs_twice_in_flight
#[flow(lock = "releases.lock")]
pub struct AuditFlow {
    #[node(permission(anyone), next = this.check)]
    pub start: Start,

    #[node(permission(anyone), next = this.count)]
    pub check: View,

    #[node(permission(anyone), next = this.sign)]
    pub count: View,

    #[node(next = this.sign, allow(unreachable_nodes, reason = "processes of release 1 wait here"))]
    pub meet: Join,

    #[node(permission(anyone), next = this.end)]
    pub sign: View,

    pub end: End,
}

// branch_lost_in_flight
#[flow(lock = "releases.lock")]
pub struct TenderFlow {
    #[node(permission(anyone), next = this.quote)]
    pub start: Start,

    #[node(permission(anyone), next = this.send)]
    pub quote: View,

    #[node(permission(anyone), next = this.meet, allow(unreachable_nodes, reason = "processes of release 1 wait here"))]
    pub price: View,

    #[node(permission(anyone), next = this.end, allow(unreachable_nodes, reason = "processes of release 1 wait here"))]
    pub legal: View,

    #[node(next = this.send, allow(unreachable_nodes, reason = "processes of release 1 wait here"))]
    pub meet: Join,

    #[node(permission(anyone), next = this.end)]
    pub send: View,

    pub end: End,
}

// timeout_not_armed
#[flow(lock = "releases.lock")]
pub struct ReportFlow {
    #[node(permission(anyone), next = this.write)]
    pub start: Start,

    #[node(on_timeout(days(3), this.late), permission(anyone), next = this.end)]
    pub write: View,

    pub late: End,

    pub end: End,
}

// field_lost
#[derive(ProcessProxy, Debug, Clone)]
pub struct PetitionProcess {
    process: Process,
    text: String,
    reason: String,
}

#[flow(process = PetitionProcess, lock = "releases.lock")]
pub struct PetitionFlow {
    #[node(form = StartForm { text, reason }, permission(anyone), next = this.read)]
    pub start: Start,

    #[node(permission(anyone), next = this.end)]
    pub read: View,

    pub end: End,
}

// edge_to_obsolete
#[flow]
pub struct ParcelFlow {
    #[node(permission(anyone), next = this.label)]
    pub start: Start,

    #[node(retired(to = this.send))]
    pub label: Obsolete,

    #[node(permission(anyone), on_timeout(days(3), this.old), next = this.end)]
    pub send: View,

    #[node(retired(to = this.old))]
    pub old: Obsolete,

    pub end: End,
}

// retired
#[flow]
pub struct RetiredFlow {
    #[node(permission(anyone), next = this.end)]
    pub start: Start,

    pub a: Obsolete,

    #[node(retired)]
    pub b: Obsolete,

    #[node(retired(this.end))]
    pub c: Obsolete,

    #[node(retired(to = end))]
    pub d: Obsolete,

    #[node(retired(to = this.nd))]
    pub e: Obsolete,

    #[node(retired(to = this.end, to = this.end, when = |_| true))]
    pub f: Obsolete,

    #[node(retired(to = this.end), next = this.end)]
    pub g: Obsolete,

    pub end: End,
}

fn main() {}
