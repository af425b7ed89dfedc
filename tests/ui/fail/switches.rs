use flow_core::prelude::*;

pub enum Size {
    Small,
    Large,
}

#[flow]
pub struct WrongFlow {
    #[node(permission(anyone), assign = this.start.owner, next = this.by_value)]
    pub start: Start,
    #[node(on = this.size, case(Size::Small => this.by_case))]
    pub by_value: Switch,
    #[node(case(this.end), case(Size::Large => this.end), case(this.view, when = |a| a.process.id() > 1))]
    pub by_case: Switch,
    #[node(permission(anyone), assign = this.by_case.owner, different_from(this.end), next(this.timer, when = |_| true))]
    pub view: View,
    #[node(next = this.split)]
    pub timer: Timer,
    pub split: Split,
    pub end: End,
}

impl WrongFlow {
    fn size(_: &Activation<Self>) -> Size {
        Size::Large
    }
}

fn main() {}
