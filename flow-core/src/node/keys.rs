//! The keys of `#[node(..)]`, as the fields of a struct per kind: what an IDE shows and completes.
//!
//! Nothing of this runs. `flow_graph`'s table of keys decides what is accepted; a test holds the two together.

/// Stands for any value.
pub type Value = ();

macro_rules! keys {
    ($($(#[$doc:meta])* $kind:ident { $($(#[$key_doc:meta])* $key:ident,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $kind {
            $($(#[$key_doc])* pub $key: Value,)*
            /// The type of its tasks: one with `#[derive(TaskProxy)]`.
            pub task: Value,
            /// What people call the node. Without it: the first paragraph of its doc comment, or its name.
            pub title: Value,
            /// What a task is about, with fields of the process: `"Approve '{process.text}'"`.
            pub summary: Value,
            /// The same for a task that is done.
            pub result: Value,
            /// The stored name. Without it: the name of the field.
            pub name: Value,
            /// Names that rows of older versions have: `["old_name"]`.
            pub was: Value,
            /// A finding that is right here: `allow(unreachable_nodes, reason = "..")`.
            pub allow: Value,
        }

        impl $kind {
            /// The keys, as they are written.
            pub const KEYS: &'static [&'static str] =
                &[$(stringify!($key),)* "task", "title", "summary", "result", "name", "was", "allow"];
        }
    )*};
}

keys! {
    /// The keys of `Start`.
    Start {
        /// What is asked for: `StartForm { text }` makes a type with these fields of the process; or a type of yours.
        form,
        /// Who may: `auto` (`<flow>.<node>`), `anyone`, `"a_permission"` or `this.method`. Without it: managers.
        permission,
        /// The node that follows: `this.approve`.
        next,
    }
    /// The keys of `StartHandle`.
    StartHandle {
        /// The type it is called with. Without it: the process's `..Data`.
        input,
        /// Makes the process's data from the input.
        run,
        /// Who may: `auto` (`<flow>.<node>`), `anyone`, `"a_permission"` or `this.method`. Without it: managers.
        permission,
        /// The node that follows: `this.approve`.
        next,
    }
    /// The keys of `View`.
    View {
        /// What is asked for: `ApproveForm { approved }` makes a type with these fields of the process; or a type of yours.
        form,
        /// Who may: `auto` (`<flow>.<node>`), `anyone`, `"a_permission"` or `this.method`. Without it: managers.
        permission,
        /// Who has it from the start: `this.start.owner`, or a callback that answers an id or nothing.
        assign,
        /// A node whose owner may not do this one: `(this.start)`.
        different_from,
        /// Where the process goes when nobody did it in time: `(days(3), this.escalate)`.
        on_timeout,
        /// The node that follows: `this.check`.
        next,
    }
    /// The keys of `Function`.
    Function {
        /// What to do, in the transaction: a closure or `this.method`, with `(a)` or `(a, conn)`.
        run,
        /// The node that follows.
        next,
    }
    /// The keys of `Handle`.
    Handle {
        /// The type it is called with.
        input,
        /// What to do, in the transaction: with `(a, input)` or `(a, conn, input)`.
        run,
        /// Who may: `auto` (`<flow>.<node>`), `anyone`, `"a_permission"` or `this.method`. Without it: managers.
        permission,
        /// Where the process goes when nobody called it in time: `(days(3), this.escalate)`.
        on_timeout,
        /// The node that follows.
        next,
    }
    /// The keys of `Job`.
    Job {
        /// What to do, in the background: a closure or `this.method`, plain or async, with `(job)`.
        run,
        /// What follows in the completing transaction: with `(a, output)` or `(a, conn, output)`.
        on_done,
        /// How long a worker may take before another one may try. Without it: ten minutes.
        timeout,
        /// Where the process goes when it was not done in time: `(hours(1), this.escalate)`.
        on_timeout,
        /// The node that follows.
        next,
    }
    /// The keys of `If`.
    If {
        /// The condition: a closure or `this.method`, with `(a)` or `(a, conn)`.
        r#if,
        /// Where the process goes when it holds.
        then,
        /// Where it goes when it does not.
        r#else,
    }
    /// The keys of `Switch`.
    Switch {
        /// A value; each case is a pattern for it: `case(Size::Small => this.small)`.
        on,
        /// `(this.small, when = |a| ..)`, or with `on` a pattern: `(Size::Small => this.small)`.
        case,
        /// Where the process goes when no case holds.
        default,
    }
    /// The keys of `Split`.
    Split {
        /// A branch: `(this.check, when = |a| ..)`, or one for each item: `(this.post, task_data_source = |a| ..)`.
        next,
    }
    /// The keys of `Join`.
    Join {
        /// The node that follows when all branches have come.
        next,
    }
    /// The keys of `Timer`.
    Timer {
        /// How long: `hours(1)`, or a callback.
        delay,
        /// Until when: a callback that answers a `Timestamp`.
        at,
        /// The node that follows.
        next,
    }
    /// The keys of `Subprocess`.
    Subprocess {
        /// The start of the other flow, a `StartHandle`: `PublishFlow.as_subprocess`.
        start,
        /// The seed of the other process.
        process_seed,
        /// The fields of the other process. Without it they all have their defaults.
        process_data,
        /// Where the process goes when the other has not ended in time: `(days(3), this.escalate)`.
        on_timeout,
        /// The node that follows.
        next,
    }
    /// The keys of `End`.
    End {}
}

/// The keys of an edge, behind its node: `next(this.check, when = |a| ..)`.
#[derive(Debug, Clone, Copy)]
pub struct Edge {
    /// Whether the branch of a `Split` is taken, or the case of a `Switch` chosen: with `(a)` or `(a, conn)`.
    pub when: Value,
    /// The fields of the next task: `|a| PlantTaskData { .. }`.
    pub task_data: Value,
    /// The seed of the next task: `|a| a.task.seed_ref()`.
    pub task_seed: Value,
    /// A branch of a `Split` for each item of a list, which is that task's fields.
    pub task_data_source: Value,
    /// A branch of a `Split` for each item of a list, which is that task's seed.
    pub task_seed_source: Value,
}

/// Stands for the keys that are not written. It is never called.
#[must_use]
pub fn any<T>() -> T {
    // Type-checked by an IDE, compiled by nobody: see `#[cfg(rust_analyzer)]` in the macro.
    std::process::abort()
}

#[cfg(test)]
mod tests {
    use flow_graph::{Kind, keys_of};

    #[test]
    fn an_ide_offers_what_the_macro_accepts() {
        let offered = |kind| match kind {
            Kind::Start => super::Start::KEYS,
            Kind::StartHandle => super::StartHandle::KEYS,
            Kind::View => super::View::KEYS,
            Kind::Function => super::Function::KEYS,
            Kind::Handle => super::Handle::KEYS,
            Kind::Job => super::Job::KEYS,
            Kind::If => super::If::KEYS,
            Kind::Switch => super::Switch::KEYS,
            Kind::Split => super::Split::KEYS,
            Kind::Join => super::Join::KEYS,
            Kind::Timer => super::Timer::KEYS,
            Kind::Subprocess => super::Subprocess::KEYS,
            Kind::End => super::End::KEYS,
            _ => &[],
        };
        for kind in Kind::FIELDS {
            let mut accepted: Vec<_> = keys_of(*kind).map(|key| key.name).collect();
            let mut offered: Vec<_> = offered(*kind).iter().map(|key| key.trim_start_matches("r#")).collect();
            accepted.sort_unstable();
            offered.sort_unstable();
            assert_eq!(accepted, offered, "{kind:?}");
        }
    }
}
