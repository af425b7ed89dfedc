//! The hello-world flow, for any back end.

/// Declares the hello-world flow on a connection type, in the module of the caller.
#[macro_export]
macro_rules! hello_world {
    ($connection:ty) => {
        use flow_core::prelude::*;

        #[derive(ProcessProxy, Debug, Clone)]
        pub struct HelloWorldProcess {
            process: Process,
            /// Message
            #[json(max_length = 50)]
            text: String,
            /// Approved
            #[json(default)]
            approved: bool,
        }

        /// Hello world
        ///
        /// Sends a message to the world once a supervisor has approved it.
        #[flow(process = HelloWorldProcess, connection = $connection, summary = "Send '{process.text}' to the world")]
        pub struct HelloWorldFlow {
            /// New message
            #[node(form = StartForm { text }, permission(anyone), next = this.approve)]
            pub start: Start,
            /// The same, from code
            #[node(permission(anyone), next = this.approve)]
            pub import: StartHandle,
            /// Approval request
            #[node(form = ApproveForm { approved }, permission(auto),
                                                   on_timeout(days(3), this.escalate), next = this.check_approve)]
            pub approve: View,
            #[node(if = |a| a.process.approved(), then = this.send, else = this.end)]
            pub check_approve: If,
            #[node(run = this.send_hello, next = this.end)]
            pub send: Job,
            pub escalate: End,
            pub end: End,
        }

        impl HelloWorldFlow {
            fn send_hello(job: &JobContext<Self>) -> Step {
                match job.process.text() {
                    "fail" => Err("the world is not listening".into()),
                    "panic" => panic!("a secret in a panic"),
                    _ => Ok(()),
                }
            }
        }
    };
}
