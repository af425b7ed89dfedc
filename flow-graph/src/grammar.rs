//! The grammar of `#[flow]`: one row for each kind of node, and one for each key of an edge.
//!
//! Everything else that knows kinds and keys is made from these rows: [`Kind`](crate::Kind) and its facts, the parser
//! of the macro and its messages, the node types and the completion of keys in `flow_core::node`, the prelude, the
//! diagrams. `__node_kinds!(m)` calls the macro `m` with all rows.
//!
//! A row is `Name (owner) { facts } { keys }`. `(owner)` is there if a person does it, so that other nodes can name
//! `this.name.owner`; a fact that is not written is false. A key is `name: Takes, Need, "an example";`, and its doc
//! comment is what an editor shows.

/// Keys of more than one kind are written once, here.
#[doc(hidden)]
#[macro_export]
macro_rules! __node_kinds {
    ($expand:path) => {
        $crate::__node_kinds_with! {
            $expand;
            form {
                /// What is asked for: `ApproveForm { approved }` makes a type with these fields of the process; or a
                /// type of yours.
                form: Takes::Form, Need::Optional, "form = ApproveForm { approved }";
            }
            permission {
                /// Who may: `auto` (`<flow>.<node>`), `anyone`, `"a_permission"` or `this.method`. Without it: managers.
                /// The method is `fn(user: &dyn User, a: &Activation<Self>) -> bool`, of a start
                /// `fn(user: &dyn User) -> bool`, or returns any `Result<bool, E>`.
                permission: Takes::Permission, Need::Optional, "permission(auto)";
            }
            on_timeout {
                /// Where the process goes when this was not done in time: `(days(3), this.escalate)`. Behind that
                /// `interrupting = false` for a reminder, `name = ".."` and `was = [".."]` for its stored name.
                on_timeout: Takes::Timeout, Need::Many, "on_timeout(days(3), this.escalate)";
            }
            next {
                /// The node that follows: `this.approve`.
                next: Takes::Edge(Role::Next), Need::Optional, "next = this.end";
            }
            common {
                /// The type of its tasks: one with `#[derive(TaskProxy)]`.
                task: Takes::Type, Need::Optional, "task = GrainTask";
                /// What people call the node. Without it: the first paragraph of its doc comment, or its name.
                title: Takes::Text, Need::Optional, "title = \"Approval request\"";
                /// What a task is about, with fields of the process: `"Approve '{process.text}'"`.
                summary: Takes::Text, Need::Optional, "summary = \"Approve '{process.text}'\"";
                /// The same for a task that is done.
                result: Takes::Text, Need::Optional, "result = \"Sent '{process.text}'\"";
                /// The stored name. Without it: the name of the field.
                name: Takes::Text, Need::Optional, "name = \"approve\"";
                /// Names that rows of older versions have: `["old_name"]`.
                was: Takes::Names, Need::Optional, "was = [\"old_name\"]";
                /// A finding that is right here: `allow(unreachable_nodes, reason = "..")`.
                allow: Takes::Allow, Need::Many,
                    "allow(unreachable_nodes, reason = \"older processes still wait here\")";
            }
        }
    };
}

/// The rows.
#[doc(hidden)]
#[macro_export]
macro_rules! __node_kinds_with {
    (
        $expand:path;
        form { $($form:tt)* }
        permission { $($permission:tt)* }
        on_timeout { $($on_timeout:tt)* }
        next { $($next:tt)* }
        common { $($common:tt)* }
    ) => {
        $expand! {
            fields {
                /// A person starts a process, by a form: `HelloWorldFlow.start.run(&mut conn, &alice, StartForm { .. })`.
                Start (owner) {
                    stored: "HUMAN_START", bpmn: "startEvent", shape: Shape::Start, begins: true,
                } {
                    $($form)*
                    $($permission)*
                    $($next)*
                    $($common)*
                }

                /// Code starts a process: `HelloWorldFlow.import.run(&mut conn, &System("import"), data)`.
                StartHandle () {
                    stored: "START", bpmn: "startEvent", shape: Shape::Start, begins: true, body: Body::Makes,
                } {
                    /// The type it is called with. Without it: the process's `..Data`.
                    input: Takes::Type, Need::With("run"), "input = Payment";
                    /// Makes the process's data from the input.
                    run: Takes::Callback, Need::With("input"), "run = this.send_hello";
                    $($permission)*
                    $($next)*
                    $($common)*
                }

                /// A person takes a task and does it, by a form.
                View (owner) {
                    stored: "HUMAN", bpmn: "userTask", shape: Shape::Task, waits: true,
                } {
                    $($form)*
                    $($permission)*
                    /// Who has it from the start: `this.start.owner`, or a callback that returns an id or nothing.
                    assign: Takes::Person, Need::Optional, "assign = this.start.owner";
                    /// A node whose owner may not do this one: `(this.start)`.
                    different_from: Takes::Nodes, Need::Optional, "different_from(this.start)";
                    /// Whom it is offered to: `|a| [person("anna"), group("board")]`. With a `permission` who takes it
                    /// needs both.
                    candidates: Takes::Callback, Need::Optional, "candidates = |_a| [person(\"anna\"), group(\"board\")]";
                    /// By when it should be done: a length of time, a `Timestamp`, or a callback that returns one.
                    due: Takes::Delay, Need::Optional, "due = days(3)";
                    /// How urgent it is: a number, or a callback that returns one. Higher goes first; without it 0.
                    priority: Takes::Number, Need::Optional, "priority = 5";
                    $($on_timeout)*
                    $($next)*
                    $($common)*
                }

                /// Code that runs at once, inside the transaction.
                Function () {
                    stored: "FUNCTION", bpmn: "scriptTask", shape: Shape::Task, body: Body::Transaction,
                } {
                    /// What to do, in the transaction: a closure or `this.method`, with `(a)` or `(a, conn)`.
                    run: Takes::Callback, Need::Required, "run = this.send_hello";
                    $($next)*
                    $($common)*
                }

                /// Waits until code elsewhere calls `HelloWorldFlow.paid.run(&mut conn, task, &System("bank"), input)`.
                Handle () {
                    stored: "FUNCTION", bpmn: "receiveTask", shape: Shape::Task, waits: true, body: Body::Transaction,
                } {
                    /// The type it is called with.
                    input: Takes::Type, Need::With("run"), "input = Payment";
                    /// What to do, in the transaction: with `(a, input)` or `(a, conn, input)`.
                    run: Takes::Callback, Need::Optional, "run = this.send_hello";
                    $($permission)*
                    $($on_timeout)*
                    $($next)*
                    $($common)*
                }

                /// Code that runs in the background, outside any transaction.
                Job () {
                    stored: "JOB", bpmn: "serviceTask", shape: Shape::Task, waits: true, body: Body::Background,
                } {
                    /// What to do, in the background: a closure or `this.method`, plain or async, with `(job)`.
                    run: Takes::Callback, Need::Required, "run = this.send_hello";
                    /// What follows in the completing transaction: with `(a, output)` or `(a, conn, output)`.
                    on_done: Takes::Callback, Need::Optional, "on_done = this.note_result";
                    /// How long a worker may take before another one may try. Without it: ten minutes.
                    timeout: Takes::Type, Need::Optional, "timeout = minutes(10)";
                    $($on_timeout)*
                    $($next)*
                    $($common)*
                }

                /// Goes one way or the other.
                If () {
                    stored: "EXCLUSIVE_GATEWAY", bpmn: "exclusiveGateway", shape: Shape::Gateway,
                    exits: Exits::ThenElse,
                } {
                    /// The condition: a closure or `this.method`, with `(a)` or `(a, conn)`.
                    r#if: Takes::Callback, Need::Required, "if = |a| a.process.approved()";
                    /// Where the process goes when it holds.
                    then: Takes::Edge(Role::Then), Need::Optional, "then = this.send";
                    /// Where it goes when it does not.
                    r#else: Takes::Edge(Role::Else), Need::Optional, "else = this.end";
                    $($common)*
                }

                /// Goes one of several ways: the first case that holds, or the one that fits a value.
                Switch () {
                    stored: "SWITCH", bpmn: "exclusiveGateway", shape: Shape::Gateway, exits: Exits::Cases,
                } {
                    /// A value; each case is a pattern for it: `case(Size::Small => this.small)`.
                    on: Takes::Callback, Need::Optional, "on = |a| a.process.size()";
                    /// `(this.small, when = |a| ..)`, or with `on` a pattern: `(Size::Small => this.small)`.
                    case: Takes::Edge(Role::Case), Need::Many, "case(this.small, when = |a| a.process.amount() < 10)";
                    /// Where the process goes when no case holds.
                    default: Takes::Edge(Role::Default), Need::Optional, "default = this.other";
                    $($common)*
                }

                /// Starts several branches at once.
                Split () {
                    stored: "PARALLEL_GATEWAY", bpmn: "parallelGateway", shape: Shape::Gateway, exits: Exits::Branches,
                } {
                    /// A branch: `(this.check, when = |a| ..)`, or one for each item:
                    /// `(this.post, task_data_source = |a| ..)`.
                    next: Takes::Edge(Role::Next), Need::Many, "next(this.check, when = |a| a.process.urgent())";
                    $($common)*
                }

                /// Waits until all branches of its split have come to it or have ended.
                Join () {
                    stored: "JOIN", bpmn: "parallelGateway", shape: Shape::Gateway,
                } {
                    /// The node that follows when all branches have come.
                    next: Takes::Edge(Role::Next), Need::Optional, "next = this.end";
                    $($common)*
                }

                /// Waits for a time.
                Timer () {
                    stored: "TIMER", bpmn: "intermediateCatchEvent", shape: Shape::Event, waits: true,
                } {
                    /// How long: `hours(1)`, or a callback.
                    delay: Takes::Delay, Need::Unless("at"), "delay = hours(1)";
                    /// Until when: a callback that returns a `Timestamp`.
                    at: Takes::Callback, Need::Optional, "at = |a| a.process.remind_at()";
                    $($next)*
                    $($common)*
                }

                /// Runs another flow, and waits for its end.
                Subprocess () {
                    stored: "SUBPROCESS", bpmn: "callActivity", shape: Shape::Call, waits: true,
                } {
                    /// The start of the other flow, a `StartHandle`: `PublishFlow.as_subprocess`.
                    start: Takes::Type, Need::Required, "start = PublishFlow.as_subprocess";
                    /// The seed of the other process.
                    process_seed: Takes::Callback, Need::Optional, "process_seed = |a| a.process.artifact_ref()";
                    /// The fields of the other process. Without it they all have their defaults.
                    process_data: Takes::Callback, Need::Optional,
                        "process_data = |a| PublishProcessData { text: a.process.text().to_owned() }";
                    $($on_timeout)*
                    $($next)*
                    $($common)*
                }

                /// Ends a branch. The process ends with its last branch.
                End () {
                    stored: "END", bpmn: "endEvent", shape: Shape::End, exits: Exits::None,
                } {
                    $($common)*
                }
            }
            boundaries {
                /// The timeout of a waiting task: made by `on_timeout`, never written as a field.
                TimerBoundary () {
                    stored: "TIMER", bpmn: "boundaryEvent", shape: Shape::Event, waits: true, boundary: true,
                } {}
            }
        }
    };
}

/// The keys behind the node of an edge: `next(this.check, when = |a| ..)`, each with the edges that it is for.
#[doc(hidden)]
#[macro_export]
macro_rules! __edge_keys {
    ($expand:path) => {
        $expand! {
            /// Whether the branch of a `Split` is taken, or the case of a `Switch` chosen: with `(a)` or `(a, conn)`.
            when: EdgesWith::BranchesAndCases, "when = |a| a.process.urgent()";
            /// The fields of the next task: `|a| PlantTaskData { .. }`.
            task_data: EdgesWith::All, "task_data = |a| PlantTaskData { grain: a.task.seed_ref() }";
            /// The seed of the next task: `|a| a.task.seed_ref()`.
            task_seed: EdgesWith::All, "task_seed = |a| a.task.seed_ref()";
            /// A branch of a `Split` for each item of a list, which is that task's fields.
            task_data_source: EdgesWith::Branches, "task_data_source = |a| a.process.posts().to_vec()";
            /// A branch of a `Split` for each item of a list, which is that task's seed.
            task_seed_source: EdgesWith::Branches, "task_seed_source = |a| a.process.grains().to_vec()";
        }
    };
}
