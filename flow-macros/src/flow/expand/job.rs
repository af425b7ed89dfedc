//! The body of a job, and how it is run: as a `JobDef`.

use proc_macro2::TokenStream;
use quote::quote;

use super::super::model::Retry;
use super::call::{self, Input};
use super::def::Emit;
use super::task_type;

impl Emit<'_> {
    /// ```text
    /// fn __send_4_job(call: JobCall<'_, HelloWorldFlow>) -> Result<JobOutput, StepError> {
    ///     job_call::<_, Task, _>(
    ///         call,
    ///         |job| HelloWorldFlow::send_hello(job).map(|answer| (answer, None)),
    ///         |a, conn, input| Ok(()),
    ///     )
    /// }
    /// ```
    pub(super) fn job(&mut self) -> Option<TokenStream> {
        let (root, ident) = (&self.flow.root, &self.flow.ident);
        let node = self.node;
        let task = task_type(self.flow, self.names, node);
        let run = call::job(self.flow, node.run.as_ref()?);
        let (run, done) = match &node.on_done {
            Some(done) => (again(root, &run), call::act(self.flow, done, Input::Last)),
            None => (
                quote!(({ #run }).map(|answer| (answer, ::core::option::Option::None))),
                quote!(::core::result::Result::Ok(())),
            ),
        };
        let function = self.names.function(self.id, node, "job");
        let mut set = Vec::new();
        self.functions.extend(quote! {
            fn #function(
                call: #root::__private::JobCall<'_, '_, #ident>,
            ) -> ::core::result::Result<#root::__private::JobOutput, #root::StepError> {
                #root::__private::job_call::<#ident, #task, _>(call, |job| #run, |a, conn, input| #done)
            }
        });
        if let Some(done) = &node.on_done {
            let connection = done.connection(Input::Last);
            let body = quote!(#function(#root::__private::JobCall::Done(cx)).map(|_| #root::__private::Reply::Done));
            self.function("done", &quote!(Act), &body, true, connection);
        }
        if let Some(timeout) = &node.timeout {
            let function = self.names.function(self.id, node, "timeout");
            self.functions.extend(quote!(fn #function() -> ::core::time::Duration { #timeout }));
            set.push(quote!(timeout: ::core::option::Option::Some(#function),));
        }
        if let Some(retry) = self.retry() {
            set.push(quote!(retry: ::core::option::Option::Some(#retry),));
        }
        set.extend(node.queue.as_ref().map(|queue| quote!(queue: #queue,)));
        set.extend(node.priority.as_ref().map(|priority| quote!(priority: #priority,)));
        if let Some((key, _)) = &node.concurrency_key {
            let value = call::value(self.flow, key);
            let body = quote!(#root::MessageKey::message_key(#value));
            let connection = key.connection(Input::None);
            self.callback("concurrency_key", &quote!(ConcurrencyKey), &quote!(Key), &body, connection);
        }
        let concurrency = node.concurrency.as_ref();
        set.extend(concurrency.map(|most| quote!(concurrency: ::core::option::Option::Some(#most),)));
        Some(quote!(#root::__private::JobDef { #(#set)* ..#root::__private::JobDef::new(#function) }))
    }

    /// ```text
    /// fn __send_4_retry(job: &JobContext<HelloWorldFlow>, failure: &JobFailure) -> Result<Option<Duration>, StepError> {
    ///     Ok(Retry { attempts: 5, ..Retry::DEFAULT }.delay(job, failure))
    /// }
    /// ```
    fn retry(&mut self) -> Option<TokenStream> {
        let (root, ident) = (&self.flow.root, &self.flow.ident);
        let answer = match self.node.retry.as_ref()? {
            Retry::Policy(fields) => {
                let fields = fields.iter().map(|(key, value)| quote!(#key: #value,));
                quote!(::core::result::Result::Ok(
                    #root::Retry { #(#fields)* ..#root::Retry::DEFAULT }.delay(job)
                ))
            }
            Retry::Method(method) => {
                let (answer, task) = (call::retry(self.flow, method)?, task_type(self.flow, self.names, self.node));
                quote!(#root::__private::with_task::<#ident, #task, _>(job, |job| #answer))
            }
        };
        let function = self.names.function(self.id, self.node, "retry");
        self.functions.extend(quote! {
            fn #function(
                job: &#root::JobContext<#ident>,
                failure: &#root::JobFailure,
            ) -> ::core::result::Result<::core::option::Option<::core::time::Duration>, #root::StepError> { #answer }
        });
        Some(quote!(#function))
    }
}

/// What the body of a job returned, and how it is made a second time for `on_done`, if it can be cloned.
fn again(root: &TokenStream, run: &TokenStream) -> TokenStream {
    quote!({
        #[allow(unused_imports)]
        use #root::__private::{IsAnything as _, IsClone as _};
        let answer = #run;
        let again = (&answer).again();
        answer.map(|answer| (answer, again))
    })
}
