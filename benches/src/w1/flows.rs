//! The approval of W1, four ways, on a connection type: done from code as a `Handle` (two transitions) or by a
//! person as a `View` with assign and execute (three), each with a function that takes the connection or not.

/// Declares the flows and what one unit of work is, in a module of its own.
macro_rules! w1_flows {
    ($module:ident, $connection:ty) => {
        #[allow(dead_code, reason = "a flow brings queries that are not asked here")]
        pub(crate) mod $module {
            use flow_core::prelude::*;

            use crate::w1::{USER, note};

            type Db = $connection;

            #[derive(ProcessProxy, Debug)]
            pub(crate) struct RequestProcess {
                process: Process,
                #[json(max_length = 50)]
                text: String,
                #[json(default)]
                approved: bool,
            }

            #[flow(process = RequestProcess, connection = Db, name = "handle")]
            pub(crate) struct HandleFlow {
                #[node(permission(anyone), next = this.approve)]
                start: StartHandle,
                #[node(input = bool, run = |a, approved| a.process.set_approved(approved), permission(anyone), next = this.check_approve)]
                approve: Handle,
                #[node(if = |a| a.process.approved(), then = this.send, else = this.end)]
                check_approve: If,
                #[node(run = |_a| (), next = this.end)]
                send: Function,
                end: End,
            }

            #[flow(process = RequestProcess, connection = Db, name = "handle_note")]
            pub(crate) struct HandleNoteFlow {
                #[node(permission(anyone), next = this.approve)]
                start: StartHandle,
                #[node(input = bool, run = |a, approved| a.process.set_approved(approved), permission(anyone), next = this.check_approve)]
                approve: Handle,
                #[node(if = |a| a.process.approved(), then = this.send, else = this.end)]
                check_approve: If,
                #[node(run = this.note(conn), next = this.end)]
                send: Function,
                end: End,
            }

            #[flow(process = RequestProcess, connection = Db, name = "view")]
            pub(crate) struct ViewFlow {
                #[node(form = ViewStart { text }, permission(anyone), next = this.approve)]
                start: Start,
                #[node(form = ViewApprove { approved }, permission(anyone), next = this.check_approve)]
                approve: View,
                #[node(if = |a| a.process.approved(), then = this.send, else = this.end)]
                check_approve: If,
                #[node(run = |_a| (), next = this.end)]
                send: Function,
                end: End,
            }

            #[flow(process = RequestProcess, connection = Db, name = "view_note")]
            pub(crate) struct ViewNoteFlow {
                #[node(form = NoteStart { text }, permission(anyone), next = this.approve)]
                start: Start,
                #[node(form = NoteApprove { approved }, permission(anyone), next = this.check_approve)]
                approve: View,
                #[node(if = |a| a.process.approved(), then = this.send, else = this.end)]
                check_approve: If,
                #[node(run = this.note(conn), next = this.end)]
                send: Function,
                end: End,
            }

            /// A row of the app's own, in the transaction of the transition.
            fn write_note(conn: &mut Db, process: i64) -> Step {
                diesel::insert_into(note::table).values(note::process_id.eq(process)).execute(conn)?;
                Ok(())
            }

            impl HandleNoteFlow {
                fn note(a: &mut Activation<Self>, conn: &mut Db) -> Step {
                    write_note(conn, a.process.id())
                }
            }

            impl ViewNoteFlow {
                fn note(a: &mut Activation<Self>, conn: &mut Db) -> Step {
                    write_note(conn, a.process.id())
                }
            }

            fn text() -> String {
                crate::w1::TEXT.to_owned()
            }

            pub(crate) fn handle(conn: &mut Db) {
                let data = RequestProcessData { text: text(), approved: false };
                let process = HandleFlow.start.run(conn, &USER, data).unwrap();
                HandleFlow.approve.run(conn, TaskId::new(process.id(), 2), &USER, true).unwrap();
            }

            pub(crate) fn handle_note(conn: &mut Db) {
                let data = RequestProcessData { text: text(), approved: false };
                let process = HandleNoteFlow.start.run(conn, &USER, data).unwrap();
                HandleNoteFlow.approve.run(conn, TaskId::new(process.id(), 2), &USER, true).unwrap();
            }

            pub(crate) fn view(conn: &mut Db) {
                let process = ViewFlow.start.run(conn, &USER, ViewStart { text: text() }).unwrap();
                let task = TaskId::new(process.id(), 2);
                ViewFlow.approve.assign(conn, task, &USER).unwrap();
                ViewFlow.approve.execute(conn, task, &USER, ViewApprove { approved: true }).unwrap();
            }

            pub(crate) fn view_note(conn: &mut Db) {
                let process = ViewNoteFlow.start.run(conn, &USER, NoteStart { text: text() }).unwrap();
                let task = TaskId::new(process.id(), 2);
                ViewNoteFlow.approve.assign(conn, task, &USER).unwrap();
                ViewNoteFlow.approve.execute(conn, task, &USER, NoteApprove { approved: true }).unwrap();
            }

            /// Starts a process and leaves it waiting: the number of the process.
            pub(crate) fn start_handle(conn: &mut Db) -> i64 {
                HandleFlow.start.run(conn, &USER, RequestProcessData { text: text(), approved: false }).unwrap().id()
            }

            pub(crate) fn complete_handle(conn: &mut Db, process: i64) {
                HandleFlow.approve.run(conn, TaskId::new(process, 2), &USER, true).unwrap();
            }
        }
    };
}
