//! What a node says of times, messages and signals.

use flow_graph::Kind;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::super::value::CallbackSyntax;
use super::call::{self, Input};
use super::def::Emit;

impl Emit<'_> {
    /// The fields of the node's definition, and its callbacks.
    ///
    /// ```text
    /// tick: Some(Tick::Cron { expression: "0 7 * * MON-FRI", zone: "Europe/Berlin" })
    /// message: Some(MessageDef { name: "payment", kept_for: None }), takes_value: true
    /// signal: Some("prices_changed")
    /// ```
    pub(super) fn event(&mut self) -> Vec<TokenStream> {
        let (root, node) = (&self.flow.root, self.node);
        let some = |value: TokenStream| quote!(::core::option::Option::Some(#value));
        let mut set = Vec::new();
        if let Some(every) = &node.every {
            let every = self.length("every", every);
            let tick = some(quote!(#root::__private::Tick::Every(#every)));
            set.push(quote!(tick: #tick));
        } else if let Some((expression, _)) = &node.cron {
            let zone = node.zone.as_ref().map_or("UTC", |(zone, _)| zone);
            let tick = some(quote!(#root::__private::Tick::Cron { expression: #expression, zone: #zone }));
            set.push(quote!(tick: #tick));
        }
        if let Some(name) = &node.message {
            let kept_for = match &node.kept_for {
                Some(length) => some(self.length("kept_for", length)),
                None => quote!(::core::option::Option::None),
            };
            let message = some(quote!(#root::__private::MessageDef { name: #name, kept_for: #kept_for }));
            set.push(quote!(message: #message));
            self.message();
        }
        if node.kind == Kind::MessageCatch && node.input.is_some() {
            set.push(quote!(takes_value: true));
        }
        if let Some(name) = &node.signal {
            let name = some(quote!(#name));
            set.push(quote!(signal: #name));
        }
        set
    }

    /// A function that returns a length of time. Returns its name.
    fn length(&mut self, key: &str, length: &TokenStream) -> TokenStream {
        let function = self.names.function(self.id, self.node, key);
        self.functions.extend(quote!(fn #function() -> ::core::time::Duration { #length }));
        quote!(#function)
    }

    /// ```text
    /// fn __paid_3_key(cx: &mut Cx<'_, OrderFlow>) -> Replied<OrderFlow> {
    ///     cx.with::<Task, _>(|a, conn| MessageKey::message_key(call1(&*a, |a| a.process.number()))).map(Reply::Key)
    /// }
    /// ```
    fn message(&mut self) {
        let (root, node) = (&self.flow.root, self.node);
        let Some(key) = &node.key else { return };
        let of_key = call::value(self.flow, key);
        let of_key = quote!(#root::MessageKey::message_key(#of_key));
        let connection = key.connection(Input::None);
        if node.kind == Kind::MessageCatch {
            self.callback("key", &quote!(Subscription), &quote!(Key), &of_key, connection);
            if let Some(input) = &node.input {
                self.functions.extend(is_read(root, input));
            }
            return;
        }
        let of_value = match &node.value {
            None => quote!(#root::__private::serde_json::Value::Null),
            Some(value) => {
                let answer = call::value(self.flow, value);
                // A method may return a `Result`, which is not to be sent as one.
                let answer = match value {
                    CallbackSyntax::Closure { .. } => quote!(let value = #answer;),
                    CallbackSyntax::Method { .. } => quote! {
                        #[allow(unused_imports)]
                        use #root::__private::{IsResult as _, IsValue as _};
                        let answer = #answer;
                        let value = (&answer).how().result(answer)?;
                    },
                };
                quote!({ #answer #root::__private::message_value(&value)? })
            }
        };
        let task = super::task_type(self.flow, self.names, node);
        let body = quote! {
            cx.with::<#task, _>(|a, conn| {
                let key = #of_key?;
                let value = #of_value;
                ::core::result::Result::Ok((key, value))
            })
            .map(|(key, value)| #root::__private::Reply::Message(key, value))
        };
        let connection = connection || node.value.as_ref().is_some_and(|value| value.connection(Input::None));
        self.function("throw", &quote!(Act), &body, true, connection);
    }
}

/// That the value of a message can be read, said where its type stands.
fn is_read(root: &TokenStream, input: &TokenStream) -> TokenStream {
    let span = input.clone().into_iter().next().map_or_else(proc_macro2::Span::call_site, |token| token.span());
    let bound = quote_spanned!(span=> #root::__private::message_input::<#input>);
    quote!(const _: fn() = #bound;)
}
