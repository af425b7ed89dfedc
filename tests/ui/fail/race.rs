use flow_core::prelude::*;

/// Branches that win at once, and one that races with nobody.
#[flow]
pub struct OfferFlow {
    #[node(permission(anyone), next = this.race)]
    pub start: Start,
    #[node(next = this.answer, next(this.expire, when = |a| a.process.id() > 0), next = this.end)]
    pub race: SplitFirst,
    #[node(permission(anyone), next = this.alone)]
    pub answer: View,
    #[node(run = |_a| (), next = this.end)]
    pub expire: Function,
    pub alone: SplitFirst,
    pub end: End,
}

fn main() {}
