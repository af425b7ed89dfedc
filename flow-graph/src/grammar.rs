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
                /// The form: `ApproveForm { approved }` declares a type with these fields of the process, and
                /// `VoteForm { task.choice }` with a field of the node's task type; or the name of a form type of
                /// your own.
                form: Takes::Form, Need::Optional, "form = ApproveForm { approved }";
            }
            permission {
                /// Who may do it: `auto` (the permission `<flow>.<node>`), `anyone`, `"a_permission"` or `this.method`.
                /// Without it: managers only. The method is `fn(user: &dyn User, a: &Activation<Self>) -> bool`, for a
                /// start `fn(user: &dyn User) -> bool`; it may also return a `Result<bool, E>`.
                permission: Takes::Permission, Need::Optional, "permission(auto)";
            }
            person {
                /// Assigns each new task: `this.start.owner`, or a callback that returns a user id or `None`.
                assign: Takes::Person, Need::Optional, "assign = this.start.owner";
                /// Separation of duties (four eyes): nodes whose owner may not do this task, `(this.start)`.
                different_from: Takes::Nodes, Need::Optional, "different_from(this.start)";
                /// Whom it is offered to: `|a| [person("anna"), group("board")]`. With a `permission` who takes it
                /// needs both.
                candidates: Takes::Callback, Need::Optional, "candidates = |_a| [person(\"anna\"), group(\"board\")]";
                /// Runs in the transaction that makes a task, once it is written and assigned: a closure or
                /// `this.method`, with `(a)` or `(a, conn)`.
                on_create: Takes::Callback, Need::Optional, "on_create = this.tell_the_board";
                /// By when it should be done: a length of time, a `Timestamp`, or a callback that returns one.
                due: Takes::Delay, Need::Optional, "due = days(3)";
                /// How urgent it is: a number, or a callback that returns one. Higher goes first; without it 0.
                priority: Takes::Number, Need::Optional, "priority = 5";
            }
            on_timeout {
                /// A timeout (boundary timer): where the process continues when the task was not done in time,
                /// `(days(3), this.escalate)`, or in days of the flow's calendar `(working_days(3), ..)`. Optional,
                /// after the node: `interrupting = false` for a reminder that leaves the task open, `name = ".."` and
                /// `was = [".."]` for its stored name.
                on_timeout: Takes::Timeout, Need::Many, "on_timeout(days(3), this.escalate)";
            }
            on_error {
                /// Where the process continues when the task fails, `(this.repair)`, or with a code, when it fails with
                /// that code: `(this.order_more, code = "no-stock")`. What the task wrote is rolled back. Optional, after
                /// the node: `interrupting = false` to leave the task in ERROR and start a branch beside it, `name = ".."`
                /// and `was = [".."]` for its stored name.
                on_error: Takes::Error, Need::Many, "on_error(this.repair, code = \"no-stock\")";
            }
            compensate {
                /// The compensation handler: a `Function` or a `Job` without `next`, which a `CompensateThrow` runs to
                /// take back what a task of this node did: `this.refund`.
                compensate: Takes::Handler, Need::Optional, "compensate = this.refund";
            }
            on_escalation {
                /// Where the process continues when its child throws an escalation, `(this.ask_boss)`, or with a code, when
                /// it throws that one: `(this.ask_boss, code = "late")`. Optional, after the node: `interrupting = false`
                /// to start a branch beside the child, which goes on, `name = ".."` and `was = [".."]` for its stored
                /// name.
                on_escalation: Takes::Escalation, Need::Many,
                    "on_escalation(this.ask_boss, code = \"late\", interrupting = false)";
            }
            run {
                /// The code to run, in the transaction: a closure or `this.method`, with `(a)` or `(a, conn)`.
                run: Takes::Callback, Need::Required, "run = this.send_hello";
            }
            undo {
                /// Takes back what the node did, when its task is undone: a closure or `this.method`, with `(a)` or
                /// `(a, conn)`.
                undo: Takes::Callback, Need::Optional, "undo = this.take_back";
            }
            next {
                /// The next node: `this.approve`.
                next: Takes::Edge(Role::Next), Need::Optional, "next = this.end";
            }
            common {
                /// The type of its tasks, with `#[derive(TaskProxy)]`. Without it: `Task`.
                task: Takes::Type, Need::Optional, "task = GrainTask";
                /// The title that users see. Without it: the first paragraph of the doc comment, or the name.
                title: Takes::Text, Need::Optional, "title = \"Approval request\"";
                /// A one-line description of an open task, with fields of the process: `"Approve '{process.text}'"`.
                summary: Takes::Text, Need::Optional, "summary = \"Approve '{process.text}'\"";
                /// The same for a completed task.
                result: Takes::Text, Need::Optional, "result = \"Sent '{process.text}'\"";
                /// The stored name. Without it: the name of the field.
                name: Takes::Text, Need::Optional, "name = \"approve\"";
                /// Old stored names, after a rename: `["old_name"]`.
                was: Takes::Names, Need::Optional, "was = [\"old_name\"]";
                /// Accepts a finding of a check, with a reason: `allow(unreachable_nodes, reason = "..")`.
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
        person { $($person:tt)* }
        on_timeout { $($on_timeout:tt)* }
        on_error { $($on_error:tt)* }
        compensate { $($compensate:tt)* }
        on_escalation { $($on_escalation:tt)* }
        run { $($run:tt)* }
        undo { $($undo:tt)* }
        next { $($next:tt)* }
        common { $($common:tt)* }
    ) => {
        $expand! {
            fields {
                /// A user starts a process with a form: `HelloWorldFlow.start.run(&mut conn, &alice, StartForm { ..
                /// })`.
                Start (owner) {
                    stored: "HUMAN_START", bpmn: "startEvent", shape: Shape::Start, begins: true,
                } {
                    $($form)*
                    $($permission)*
                    /// Whom the start is offered to, and when: `this.method`, which is `fn(user: &dyn User) -> bool`.
                    /// With a `permission` who starts it needs both.
                    available: Takes::Rule, Need::Optional, "available(this.may_ask)";
                    $($undo)*
                    $($next)*
                    $($common)*
                }

                /// Code starts a process: `HelloWorldFlow.import.run(&mut conn, &System("import"), data)`.
                StartHandle () {
                    stored: "START", bpmn: "startEvent", shape: Shape::Start, event: EventDefinition::Message,
                    begins: true, body: Body::Makes,
                } {
                    /// The type it is called with. Without it: the process's `..Data`.
                    input: Takes::Type, Need::With("run"), "input = Payment";
                    /// Makes the process's data from the input.
                    run: Takes::Callback, Need::With("input"), "run = this.send_hello";
                    $($permission)*
                    $($undo)*
                    $($next)*
                    $($common)*
                }

                /// The clock starts a process: at a fixed interval, or at times that a cron expression names. One start
                /// each time, however many workers there are; times that were missed are one start.
                StartTimer () {
                    stored: "START", bpmn: "startEvent", shape: Shape::Start, event: EventDefinition::Timer,
                    begins: true,
                } {
                    /// How often: a length of time, at least one second. The first process starts at once.
                    every: Takes::Type, Need::Unless("cron"), "every = hours(1)";
                    /// At which times: minute, hour, day of the month, month, day of the week.
                    cron: Takes::Text, Need::Optional, "cron = \"0 7 * * MON-FRI\"";
                    /// The time zone of `cron`, by its name in the IANA database. Without it: UTC.
                    zone: Takes::Text, Need::Optional, "zone = \"Europe/Berlin\"";
                    $($undo)*
                    $($next)*
                    $($common)*
                }

                /// A user task: a user claims it and completes it with a form.
                View (owner) {
                    stored: "HUMAN", bpmn: "userTask", shape: Shape::Task, waits: true,
                } {
                    $($form)*
                    $($permission)*
                    $($person)*
                    $($on_timeout)*
                    $($on_error)*
                    $($compensate)*
                    $($undo)*
                    $($next)*
                    $($common)*
                }

                /// Work that a person does outside of the app, and reports as done: claims it and completes it, with a form
                /// or without one.
                ManualTask (owner) {
                    stored: "HUMAN", bpmn: "manualTask", shape: Shape::Task, waits: true,
                } {
                    $($form)*
                    $($permission)*
                    $($person)*
                    $($on_timeout)*
                    $($on_error)*
                    $($compensate)*
                    $($undo)*
                    $($next)*
                    $($common)*
                }

                /// Code that runs immediately, inside the transaction.
                Function () {
                    stored: "FUNCTION", bpmn: "scriptTask", shape: Shape::Task, body: Body::Transaction,
                } {
                    $($run)*
                    $($on_error)*
                    $($compensate)*
                    $($undo)*
                    $($next)*
                    $($common)*
                }

                /// Code that sends something, inside the transaction: a `Function` that is drawn as a send task. What leaves
                /// the database belongs in a `Job`.
                SendHandle () {
                    stored: "FUNCTION", bpmn: "sendTask", shape: Shape::Task, body: Body::Transaction,
                } {
                    $($run)*
                    $($on_error)*
                    $($compensate)*
                    $($undo)*
                    $($next)*
                    $($common)*
                }

                /// Code that decides something by a rule, inside the transaction: a `Function` that is drawn as a business
                /// rule task.
                BusinessRule () {
                    stored: "FUNCTION", bpmn: "businessRuleTask", shape: Shape::Task, body: Body::Transaction,
                } {
                    $($run)*
                    $($on_error)*
                    $($compensate)*
                    $($undo)*
                    $($next)*
                    $($common)*
                }

                /// Waits until code elsewhere calls `HelloWorldFlow.paid.run(&mut conn, task, &System("bank"), input)`.
                Handle () {
                    stored: "FUNCTION", bpmn: "receiveTask", shape: Shape::Task, waits: true, body: Body::Transaction,
                } {
                    /// The type it is called with.
                    input: Takes::Type, Need::With("run"), "input = Payment";
                    /// The code to run, in the transaction: with `(a, input)` or `(a, conn, input)`.
                    run: Takes::Callback, Need::Optional, "run = this.send_hello";
                    $($permission)*
                    $($on_timeout)*
                    $($on_error)*
                    $($compensate)*
                    $($undo)*
                    $($next)*
                    $($common)*
                }

                /// Waits for a message: `FLOWS.message(&mut conn, &System("bank"), "payment", key, &value).send()`, or a
                /// `MessageThrow`. Each message is received by one catch, the oldest that waits for its name and key.
                MessageCatch () {
                    stored: "EVENT", bpmn: "intermediateCatchEvent", shape: Shape::Event,
                    event: EventDefinition::Message, waits: true, body: Body::Transaction,
                } {
                    /// The name of the message.
                    message: Takes::Text, Need::Required, "message = \"payment\"";
                    /// What tells the messages of this name apart: a callback that returns a text or a number. It is
                    /// asked when the process comes here.
                    key: Takes::Callback, Need::Required, "key = |a| a.process.id()";
                    /// The type of the message's value.
                    input: Takes::Type, Need::With("run"), "input = Payment";
                    /// The code to run with the value, in the transaction: with `(a, input)` or `(a, conn, input)`.
                    run: Takes::Callback, Need::Optional, "run = this.note_payment";
                    $($permission)*
                    $($on_timeout)*
                    $($on_error)*
                    $($compensate)*
                    $($undo)*
                    $($next)*
                    $($common)*
                }

                /// Sends a message when the transaction is committed, and goes on at once.
                MessageThrow () {
                    stored: "EVENT", bpmn: "intermediateThrowEvent", shape: Shape::Event,
                    event: EventDefinition::Message,
                } {
                    /// The name of the message.
                    message: Takes::Text, Need::Required, "message = \"payment\"";
                    /// What tells the messages of this name apart: a callback that returns a text or a number.
                    key: Takes::Callback, Need::Required, "key = |a| a.process.order()";
                    /// The value of the message: a callback that returns what can be serialized. Without it: nothing.
                    value: Takes::Callback, Need::Optional, "value = |a| a.process.amount()";
                    /// How long it is kept if nobody waits for it yet. Without it: one day.
                    kept_for: Takes::Type, Need::Optional, "kept_for = days(1)";
                    $($next)*
                    $($common)*
                }

                /// Waits for a signal: each `SignalThrow` of this name releases every catch that waits for it, of any flow.
                SignalCatch () {
                    stored: "EVENT", bpmn: "intermediateCatchEvent", shape: Shape::Event,
                    event: EventDefinition::Signal, waits: true,
                } {
                    /// The name of the signal.
                    signal: Takes::Text, Need::Required, "signal = \"prices_changed\"";
                    $($on_timeout)*
                    $($next)*
                    $($common)*
                }

                /// Sends a signal when the transaction is committed, and goes on at once. Who does not wait for it yet does
                /// not get it.
                SignalThrow () {
                    stored: "EVENT", bpmn: "intermediateThrowEvent", shape: Shape::Event, event: EventDefinition::Signal,
                } {
                    /// The name of the signal.
                    signal: Takes::Text, Need::Required, "signal = \"prices_changed\"";
                    $($next)*
                    $($common)*
                }

                /// Takes back what the tasks of this process did that are done and have `compensate`: runs their handlers,
                /// newest first, each once, and waits for those that are jobs.
                CompensateThrow () {
                    stored: "EVENT", bpmn: "intermediateThrowEvent", shape: Shape::Event,
                    event: EventDefinition::Compensation, waits: true,
                } {
                    $($next)*
                    $($common)*
                }

                /// Tells the parent of this process that something needs attention, when the transaction is committed, and
                /// goes on at once: the `on_escalation` of the `Subprocess` that runs it takes the code. Without a parent, or
                /// if it takes no such code, nothing happens.
                EscalationThrow () {
                    stored: "EVENT", bpmn: "intermediateThrowEvent", shape: Shape::Event,
                    event: EventDefinition::Escalation,
                } {
                    /// The code: `on_escalation(this.x, code = "late")` of a parent takes it.
                    code: Takes::Text, Need::Required, "code = \"late\"";
                    $($next)*
                    $($common)*
                }

                /// Waits until a condition holds. It is looked at whenever code has changed the process, and each minute for
                /// what is outside of it.
                ConditionalCatch () {
                    stored: "CONDITION", bpmn: "intermediateCatchEvent", shape: Shape::Event,
                    event: EventDefinition::Condition, waits: true,
                } {
                    /// The condition: a closure or `this.method`, with `(a)` or `(a, conn)`.
                    r#if: Takes::Callback, Need::Required, "if = |a| a.process.approved()";
                    $($on_timeout)*
                    $($next)*
                    $($common)*
                }

                /// Code that runs in the background, outside any transaction.
                Job () {
                    stored: "JOB", bpmn: "serviceTask", shape: Shape::Task, waits: true, body: Body::Background,
                } {
                    /// The code to run, in the background: a closure or `this.method`, sync or async, with `(job)`.
                    run: Takes::Callback, Need::Required, "run = this.send_hello";
                    /// Runs in the transaction that completes the job, with the result of `run`: `(a, output)` or `(a,
                    /// conn, output)`.
                    on_done: Takes::Callback, Need::Optional, "on_done = this.note_result";
                    /// What happens when it fails: it is tried again after a delay that grows, so many times in all. Or a
                    /// method, `fn(job: &JobContext<Self>, failure: &JobFailure) -> Option<Duration>`: after how long,
                    /// or `None`. Without it: the first failure puts the task in ERROR.
                    retry: Takes::Retry, Need::Optional, "retry(attempts = 5, delay = seconds(10))";
                    /// How long one attempt may take. After that it counts as failed, and another worker may try.
                    /// Without it: ten minutes.
                    timeout: Takes::Type, Need::Optional, "timeout = minutes(10)";
                    /// The queue that its jobs are in: workers can serve some queues alone, and a queue can be paused.
                    queue: Takes::Text, Need::Optional, "queue = \"mail\"";
                    /// How urgent its jobs are, a number: a higher one goes first. Without it: 0.
                    priority: Takes::Type, Need::Optional, "priority = 10";
                    /// How many of its jobs all workers together run at once, a number. Without it: as many as there are.
                    concurrency: Takes::Type, Need::Optional, "concurrency = 3";
                    /// With `concurrency`: its jobs are limited for each key by itself, as one at once for each customer.
                    /// A closure or `this.method`, with `(a)` or `(a, conn)`, that returns a text, a number or an id.
                    concurrency_key: Takes::Callback, Need::Optional,
                        "concurrency_key = |a| a.process.customer().to_owned()";
                    $($on_timeout)*
                    $($on_error)*
                    $($compensate)*
                    $($undo)*
                    $($next)*
                    $($common)*
                }

                /// Continues at one of two nodes, by a condition.
                If () {
                    stored: "EXCLUSIVE_GATEWAY", bpmn: "exclusiveGateway", shape: Shape::Gateway,
                    exits: Exits::ThenElse,
                } {
                    /// The condition: a closure or `this.method`, with `(a)` or `(a, conn)`.
                    r#if: Takes::Callback, Need::Required, "if = |a| a.process.approved()";
                    /// The next node if the condition is true.
                    then: Takes::Edge(Role::Then), Need::Optional, "then = this.send";
                    /// The next node if the condition is false.
                    r#else: Takes::Edge(Role::Else), Need::Optional, "else = this.end";
                    $($common)*
                }

                /// Continues at one of several nodes: at the first case whose condition is true, or whose pattern
                /// matches a value.
                Switch () {
                    stored: "SWITCH", bpmn: "exclusiveGateway", shape: Shape::Gateway, exits: Exits::Cases,
                } {
                    /// A value to match; each case is then a pattern: `case(Size::Small => this.small)`.
                    on: Takes::Callback, Need::Optional, "on = |a| a.process.size()";
                    /// `(this.small, when = |a| ..)`, or with `on` a pattern: `(Size::Small => this.small)`.
                    case: Takes::Edge(Role::Case), Need::Many, "case(this.small, when = |a| a.process.amount() < 10)";
                    /// The next node if no case matches.
                    default: Takes::Edge(Role::Default), Need::Optional, "default = this.other";
                    $($common)*
                }

                /// Starts several parallel branches.
                Split () {
                    stored: "PARALLEL_GATEWAY", bpmn: "parallelGateway", shape: Shape::Gateway, exits: Exits::Branches,
                } {
                    /// A branch: `(this.check, when = |a| ..)`, or one for each item:
                    /// `(this.post, task_data_source = |a| ..)`.
                    next: Takes::Edge(Role::Next), Need::Many, "next(this.check, when = |a| a.process.urgent())";
                    $($common)*
                }

                /// A deferred choice: several tasks are open, and the first of them that goes on, in whatever way, wins. The
                /// others are cancelled.
                SplitFirst () {
                    stored: "PARALLEL_GATEWAY", bpmn: "complexGateway", shape: Shape::Gateway, exits: Exits::Branches,
                } {
                    /// A task that races: `(this.answer, when = |a| ..)`, or one for each item:
                    /// `(this.ask, task_data_source = |a| ..)`.
                    next: Takes::Edge(Role::Next), Need::Many, "next(this.answer, when = |a| a.process.urgent())";
                    $($common)*
                }

                /// Waits until all branches of its split have arrived or have ended; with `continue_on` it may continue
                /// earlier.
                Join () {
                    stored: "JOIN", bpmn: "parallelGateway", shape: Shape::Gateway,
                } {
                    /// Whether it continues although branches are still open: `|a, arrived, open| ..`, or with the
                    /// connection `|a, conn, arrived, open| ..`. Asked each time that a branch has arrived or has ended.
                    continue_on: Takes::Callback, Need::Optional,
                        "continue_on = |_a, arrived, _open| arrived.len() >= 2";
                    /// What becomes of the branches that are still open then: they are cancelled, or with `false` they go
                    /// on, and what arrives later is not waited for. Without it: `true`.
                    cancel_active: Takes::Flag, Need::Optional, "cancel_active = false";
                    /// The next node when all branches have arrived.
                    next: Takes::Edge(Role::Next), Need::Optional, "next = this.end";
                    $($common)*
                }

                /// Waits for a duration, or until a point in time.
                Timer () {
                    stored: "TIMER", bpmn: "intermediateCatchEvent", shape: Shape::Event,
                    event: EventDefinition::Timer, waits: true,
                } {
                    /// How long: `hours(1)`, `working_days(3)`, or a callback.
                    delay: Takes::Delay, Need::Unless("at"), "delay = hours(1)";
                    /// Until when: a callback that returns a `Timestamp`.
                    at: Takes::Callback, Need::Optional, "at = |a| a.process.remind_at()";
                    $($next)*
                    $($common)*
                }

                /// Runs another flow as a subprocess, and waits until it has ended.
                Subprocess () {
                    stored: "SUBPROCESS", bpmn: "callActivity", shape: Shape::Call, waits: true,
                } {
                    /// The start of the other flow, a `StartHandle`: `PublishFlow.as_subprocess`.
                    start: Takes::Type, Need::Required, "start = PublishFlow.as_subprocess";
                    /// The seed of the child process.
                    process_seed: Takes::Callback, Need::Optional, "process_seed = |a| a.process.artifact_ref()";
                    /// The fields of the child process. Without it all have their defaults.
                    process_data: Takes::Callback, Need::Optional,
                        "process_data = |a| PublishProcessData { text: a.process.text().to_owned() }";
                    /// Runs in the transaction in which the child has ended, with the child: `(a, child)` or
                    /// `(a, conn, child)`.
                    on_done: Takes::Callback, Need::Optional, "on_done = this.note_result";
                    $($on_timeout)*
                    $($on_error)*
                    $($on_escalation)*
                    $($compensate)*
                    $($next)*
                    $($common)*
                }

                /// Runs another flow once for each item of a list, all at once or one after another, and waits until all
                /// have ended.
                NSubprocess () {
                    stored: "SUBPROCESS", bpmn: "callActivity", shape: Shape::Call, waits: true,
                } {
                    /// The start of the other flow, a `StartHandle`: `ItemFlow.as_subprocess`.
                    start: Takes::Type, Need::Required, "start = ItemFlow.as_subprocess";
                    /// The type of an item, which serde can write and read: items that wait for their turn are stored.
                    item: Takes::Type, Need::Required, "item = OrderItem";
                    /// The items, each of which is a child process: a callback that returns a list. With none of them the
                    /// process goes on at once.
                    items: Takes::Callback, Need::Required, "items = |a| a.process.order_items().to_vec()";
                    /// With `true` the children run one after another, in the order of the items. Without it: all at once.
                    sequential: Takes::Flag, Need::Optional, "sequential = true";
                    /// The seed of a child process: with `(a, item)` or `(a, conn, item)`.
                    process_seed: Takes::Callback, Need::Optional, "process_seed = |_a, item| item.product";
                    /// The fields of a child process: with `(a, item)` or `(a, conn, item)`. Without it all have their
                    /// defaults.
                    process_data: Takes::Callback, Need::Optional,
                        "process_data = |_a, item| ItemProcessData { product: item.product }";
                    /// Runs in the transaction in which the last child has ended, with the children that are done, in the
                    /// order of the items: `(a, children)` or `(a, conn, children)`.
                    on_done: Takes::Callback, Need::Optional, "on_done = this.note_results";
                    $($on_timeout)*
                    $($on_error)*
                    $($on_escalation)*
                    $($compensate)*
                    $($next)*
                    $($common)*
                }

                /// A node that is not used any more: nothing leads to it. Tasks that older releases made wait in it, whatever
                /// kind they are of, until `FLOWS.move_retired` moves them on, or a manager cancels them.
                Obsolete () {
                    stored: "OBSOLETE", bpmn: "task", shape: Shape::Task, waits: true,
                } {
                    /// Where its open tasks are moved to, by `FLOWS.move_retired`: `(to = this.sign)`, and behind the node
                    /// the keys of an edge.
                    retired: Takes::Retired, Need::Required, "retired(to = this.end)";
                    $($common)*
                }

                /// Ends a branch. The process ends when its last branch has ended.
                End () {
                    stored: "END", bpmn: "endEvent", shape: Shape::End, exits: Exits::None,
                } {
                    $($common)*
                }

                /// Ends the whole process at once: all that is open in it is cancelled.
                TerminateEnd () {
                    stored: "END", bpmn: "endEvent", shape: Shape::End, event: EventDefinition::Terminate,
                    exits: Exits::None, terminates: true,
                } {
                    $($common)*
                }

                /// Ends the whole process at once with an error code: all that is open in it is cancelled. The code
                /// reaches the `on_error` of the `Subprocess` that runs it.
                ErrorEnd () {
                    stored: "END", bpmn: "endEvent", shape: Shape::End, event: EventDefinition::Error,
                    exits: Exits::None, terminates: true,
                } {
                    /// The error code: `on_error(this.x, code = "no-stock")` of a parent takes it.
                    code: Takes::Text, Need::Required, "code = \"no-stock\"";
                    $($common)*
                }
            }
            boundaries {
                /// The timeout of a waiting task: created by `on_timeout`, never written as a field.
                TimerBoundary () {
                    stored: "TIMER", bpmn: "boundaryEvent", shape: Shape::Event,
                    event: EventDefinition::Timer, waits: true, boundary: true,
                } {}

                /// Takes a failure of a task: made by `on_error` when the task fails, never written as a field.
                ErrorBoundary () {
                    stored: "EVENT", bpmn: "boundaryEvent", shape: Shape::Event,
                    event: EventDefinition::Error, boundary: true,
                } {}

                /// Leads to the handler that takes back what a task did: made by `compensate`, never written as a field. It has
                /// no rows.
                CompensationBoundary () {
                    stored: "EVENT", bpmn: "boundaryEvent", shape: Shape::Event,
                    event: EventDefinition::Compensation, boundary: true,
                } {}

                /// Takes an escalation of a child: made by `on_escalation` when it comes, never written as a field.
                EscalationBoundary () {
                    stored: "EVENT", bpmn: "boundaryEvent", shape: Shape::Event,
                    event: EventDefinition::Escalation, boundary: true,
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
            /// The condition of a branch of a `Split`, or of a case of a `Switch`: with `(a)` or `(a, conn)`.
            when: EdgesWith::BranchesAndCases, "when = |a| a.process.urgent()";
            /// The fields of the next task: `|a| PlantTaskData { .. }`.
            task_data: EdgesWith::All, "task_data = |a| PlantTaskData { grain: a.task.seed_ref() }";
            /// The seed of the next task: `|a| a.task.seed_ref()`.
            task_seed: EdgesWith::All, "task_seed = |a| a.task.seed_ref()";
            /// One branch of a `Split` for each item of a list; the item is the fields of its task.
            task_data_source: EdgesWith::Branches, "task_data_source = |a| a.process.posts().to_vec()";
            /// One branch of a `Split` for each item of a list; the item is the seed of its task.
            task_seed_source: EdgesWith::Branches, "task_seed_source = |a| a.process.grains().to_vec()";
        }
    };
}
