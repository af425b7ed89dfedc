//! A form called `StartForm` beside the prelude, both by a glob.
mod hello {
    use flow_core::prelude::*;

    #[flow]
    pub struct HelloFlow {
        #[node(form = StartForm {}, permission(anyone), next = this.end)]
        pub start: Start,
        pub end: End,
    }
}

use flow_core::prelude::*;
use hello::*;

fn main() {
    let _ = StartForm {};
    let _: &Start<_> = &HelloFlow.start;
}
