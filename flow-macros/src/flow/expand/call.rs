//! A callback of the user's, called: as a direct call of a method, or a closure handed to a function whose
//! bounds tell rustc what the closure is.

use proc_macro2::{Ident, Punct, TokenStream};
use quote::{quote, quote_spanned};

use super::super::model::FlowModel;
use super::super::value::CallbackSyntax as Callback;

/// What a callback is called with, beside the activation.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Input {
    None,
    /// What the caller handed over, last.
    Last,
    /// Two values, last.
    Two,
}

impl Input {
    /// How many arguments it is.
    fn count(self) -> usize {
        match self {
            Input::None => 0,
            Input::Last => 1,
            Input::Two => 2,
        }
    }
}

impl Callback {
    /// It takes the connection.
    pub(super) fn connection(&self, input: Input) -> bool {
        match self {
            Callback::Method { connection, .. } => connection.is_some(),
            Callback::Closure { arguments, .. } => *arguments > 1 + input.count(),
        }
    }
}

/// A callback that looks, at `a`: an expression of type `Result<#answer, StepError>`.
pub(super) fn look(flow: &FlowModel, callback: &Callback, answer: &TokenStream) -> TokenStream {
    match callback {
        Callback::Method { dot, .. } => method(flow, callback, Input::None, &quote_spanned!(dot.span()=> &*a), answer),
        Callback::Closure { arguments, fallible, tokens, .. } => {
            let conn = (*arguments > 1).then(|| quote!(conn,));
            let called = closure(flow, &quote!(&*a, #conn), 1 + usize::from(*arguments > 1), tokens, *fallible, answer);
            if *fallible { called } else { quote!(::core::result::Result::Ok(#called)) }
        }
    }
}

/// Whether a join continues, on `a`, `arrived` and `open`: an expression of type `Result<bool, StepError>`.
pub(super) fn continue_on(flow: &FlowModel, callback: &Callback) -> TokenStream {
    let answer = quote!(bool);
    match callback {
        Callback::Method { dot, .. } => method(flow, callback, Input::Two, &quote_spanned!(dot.span()=> &*a), &answer),
        Callback::Closure { tokens, fallible, .. } => {
            let takes = callback.connection(Input::Two);
            let conn = takes.then(|| quote!(conn,));
            let count = 3 + usize::from(takes);
            let called = closure(flow, &quote!(&*a, #conn &arrived, &open,), count, tokens, *fallible, &answer);
            if *fallible { called } else { quote!(::core::result::Result::Ok(#called)) }
        }
    }
}

/// A callback that acts, on `a`: an expression of type `Result<(), StepError>`.
pub(super) fn act(flow: &FlowModel, callback: &Callback, input: Input) -> TokenStream {
    let unit = quote!(());
    match callback {
        Callback::Method { dot, .. } => method(flow, callback, input, &quote_spanned!(dot.span()=> a), &unit),
        Callback::Closure { tokens, arguments, fallible, .. } => {
            let (given, count) = match (*arguments, input) {
                (0 | 1, _) => (quote!(&mut *a,), 1),
                (2, Input::None) => (quote!(&mut *a, conn,), 2),
                (2, Input::Last | Input::Two) => (quote!(&mut *a, input,), 2),
                _ => (quote!(&mut *a, conn, input,), 3),
            };
            let called = closure(flow, &given, count, tokens, *fallible, &unit);
            if *fallible { called } else { quote!({ #called; ::core::result::Result::Ok(()) }) }
        }
    }
}

/// A callback that looks and returns a value of its own type: an expression of that type, `?` inside.
pub(super) fn value(flow: &FlowModel, callback: &Callback) -> TokenStream {
    let root = &flow.root;
    match callback {
        Callback::Method { dot, name, connection, .. } => {
            let (span, ident) = (dot.span(), at_dot(&flow.ident, dot));
            let path = quote_spanned!(span=> ::);
            let conn = connection.as_ref().map(|_| quote_spanned!(span=> , conn));
            let arguments = quote_spanned!(span=> (&*a #conn));
            quote!(#ident #path #name #arguments)
        }
        Callback::Closure { tokens, arguments, fallible, .. } => {
            let conn = (*arguments > 1).then(|| quote!(conn,));
            let name = called(1 + usize::from(*arguments > 1));
            let answer = fallible.then(|| quote!(::<_, ::core::result::Result<_, #root::StepError>>));
            let answer = if *arguments > 1 {
                fallible.then(|| quote!(::<_, _, ::core::result::Result<_, #root::StepError>>))
            } else {
                answer
            };
            let called = spanned(root, &quote!(__private::#name #answer), &quote!(&*a, #conn #tokens), tokens);
            if *fallible { quote!(#called?) } else { called }
        }
    }
}

/// The same of a callback that is handed an item, last: `item`.
pub(super) fn value_of_item(flow: &FlowModel, callback: &Callback) -> TokenStream {
    let root = &flow.root;
    match callback {
        Callback::Method { dot, name, connection, .. } => {
            let (span, ident) = (dot.span(), at_dot(&flow.ident, dot));
            let path = quote_spanned!(span=> ::);
            let conn = connection.as_ref().map(|_| quote_spanned!(span=> , conn));
            let arguments = quote_spanned!(span=> (&*a #conn, item));
            quote!(#ident #path #name #arguments)
        }
        Callback::Closure { tokens, arguments, fallible, .. } => {
            let (given, count) = match *arguments {
                0 | 1 => (quote!(&*a,), 1),
                2 => (quote!(&*a, item,), 2),
                _ => (quote!(&*a, conn, item,), 3),
            };
            let any = std::iter::repeat_n(quote!(_,), count);
            let answer = fallible.then(|| quote!(::<#(#any)* ::core::result::Result<_, #root::StepError>>));
            let name = called(count);
            let called = spanned(root, &quote!(__private::#name #answer), &quote!(#given #tokens), tokens);
            if *fallible { quote!(#called?) } else { called }
        }
    }
}

/// `call2::<_, _, bool>(&*a, conn, |a, conn| ..)`: a closure with so many arguments, which returns this.
fn closure(
    flow: &FlowModel,
    given: &TokenStream,
    count: usize,
    tokens: &TokenStream,
    fallible: bool,
    answer: &TokenStream,
) -> TokenStream {
    let (root, name) = (&flow.root, called(count));
    let any = std::iter::repeat_n(quote!(_,), count);
    let returns = if fallible { quote!(::core::result::Result<#answer, #root::StepError>) } else { answer.clone() };
    quote!(#root::__private::#name::<#(#any)* #returns>(#given #tokens))
}

/// The function that calls a closure with so many arguments.
fn called(count: usize) -> Ident {
    let name = match count {
        1 => "call1",
        2 => "call2",
        3 => "call3",
        _ => "call4",
    };
    Ident::new(name, proc_macro2::Span::call_site())
}

/// What a callback gives to a task: `payload.data(..)`. If the value does not fit, the whole closure is underlined.
pub(super) fn given(flow: &FlowModel, callback: &Callback, method: &str) -> TokenStream {
    let value = value(flow, callback);
    let (name, value) = match callback {
        // A method may answer a `Result` with any error.
        Callback::Method { .. } => (format!("{method}_of_method"), value),
        Callback::Closure { .. } => (method.to_owned(), value),
    };
    let name = proc_macro2::Ident::new(&name, proc_macro2::Span::call_site());
    quote!(payload.#name(#value))
}

/// A call that stands where some tokens of the user's do: what does not fit is underlined there, and not at the
/// attribute.
pub(super) fn spanned(
    root: &TokenStream,
    path: &TokenStream,
    arguments: &TokenStream,
    place: &TokenStream,
) -> TokenStream {
    let mut tokens = place.clone().into_iter();
    let first = tokens.next().map_or_else(proc_macro2::Span::call_site, |token| token.span());
    let last = tokens.last().map_or(first, |token| token.span());
    let path = quote!(#root::#path).into_iter().map(|mut token| {
        token.set_span(first);
        token
    });
    let path: TokenStream = path.collect();
    let mut group = proc_macro2::Group::new(proc_macro2::Delimiter::Parenthesis, arguments.clone());
    group.set_span(last);
    quote!(#path #group)
}

/// The flow's name where the user's dot is: a mistake of a method is underlined there, not from the struct on.
fn at_dot(ident: &Ident, dot: &Punct) -> Ident {
    let mut there = ident.clone();
    there.set_span(ident.span().located_at(dot.span()));
    there
}

/// A rule of permission, on `user`, and where there is a task on `a`: an expression of type `Result<bool, StepError>`.
pub(super) fn rule(flow: &FlowModel, dot: &Punct, name: &Ident, begins: bool) -> TokenStream {
    let (root, ident, span) = (&flow.root, at_dot(&flow.ident, dot), dot.span());
    let path = quote_spanned!(span=> ::);
    let arguments = if begins { quote_spanned!(span=> (user)) } else { quote_spanned!(span=> (user, &*a)) };
    quote!(#root::__private::MethodAnswer::<bool>::answer(#ident #path #name #arguments))
}

/// Who may see a process, on `user` and `process`: an expression of type `Result<bool, StepError>`.
pub(super) fn view(flow: &FlowModel, dot: &Punct, name: &Ident) -> TokenStream {
    let (root, ident, span) = (&flow.root, at_dot(&flow.ident, dot), dot.span());
    let path = quote_spanned!(span=> ::);
    let arguments = quote_spanned!(span=> (user, process));
    quote!(#root::__private::MethodAnswer::<bool>::answer(#ident #path #name #arguments))
}

/// A method that decides whether a job is tried again, on `job` and `failure`: an expression of type
/// `Result<Option<Duration>, StepError>`.
pub(super) fn retry(flow: &FlowModel, callback: &Callback) -> Option<TokenStream> {
    let Callback::Method { dot, name, .. } = callback else { return None };
    let (root, ident, span) = (&flow.root, at_dot(&flow.ident, dot), dot.span());
    let path = quote_spanned!(span=> ::);
    let arguments = quote_spanned!(span=> (job, failure));
    let answer = quote!(::core::option::Option<::core::time::Duration>);
    Some(quote!(#root::__private::MethodAnswer::<#answer>::answer(#ident #path #name #arguments)))
}

/// `HelloWorldFlow::check(a)`: a direct call, so that a method may take `&Activation` where it could write.
fn method(flow: &FlowModel, callback: &Callback, input: Input, a: &TokenStream, answer: &TokenStream) -> TokenStream {
    let Callback::Method { dot, name, connection, .. } = callback else { return TokenStream::new() };
    let (root, ident) = (&flow.root, at_dot(&flow.ident, dot));
    // A wrong argument is underlined at the user's dot, not at the whole attribute.
    let span = dot.span();
    let path = quote_spanned!(span=> ::);
    let conn = connection.as_ref().map(|_| quote_spanned!(span=> , conn));
    let last = match input {
        Input::None => None,
        Input::Last => Some(quote_spanned!(span=> , input)),
        Input::Two => Some(quote_spanned!(span=> , &arrived, &open)),
    };
    let arguments = quote_spanned!(span=> (#a #conn #last));
    quote!(#root::__private::MethodAnswer::<#answer>::answer(#ident #path #name #arguments))
}

/// What makes a process's data from `value`: an expression of type `Result<#data, StepError>`.
pub(super) fn make(flow: &FlowModel, callback: &Callback, input: &TokenStream, data: &TokenStream) -> TokenStream {
    let (root, ident) = (&flow.root, &flow.ident);
    match callback {
        Callback::Method { dot, name, connection } => {
            let (span, ident) = (dot.span(), at_dot(ident, dot));
            let path = quote_spanned!(span=> ::);
            let conn = connection.as_ref().map(|_| quote_spanned!(span=> , conn));
            let arguments = quote_spanned!(span=> (value #conn));
            quote!(#root::__private::MethodAnswer::<#data>::answer(#ident #path #name #arguments))
        }
        Callback::Closure { tokens, arguments, fallible, .. } => {
            let takes = *arguments > 1;
            let (conn, any) = (takes.then(|| quote!(conn,)), takes.then(|| quote!(_,)));
            let name = called(1 + usize::from(takes));
            let returns =
                if *fallible { quote!(::core::result::Result<#data, #root::StepError>) } else { data.clone() };
            let called = quote!(#root::__private::#name::<#input, #any #returns>(value, #conn #tokens));
            if *fallible { called } else { quote!(::core::result::Result::Ok(#called)) }
        }
    }
}

/// The code of a job, on `job`: an expression of type `Result<_, StepError>`. What a method returns is found out by
/// rustc, see `flow_core::job`; so is what a closure returns that ends in a call, or the error of what it calls would be
/// lost.
pub(super) fn job(flow: &FlowModel, callback: &Callback) -> TokenStream {
    let (root, ident) = (&flow.root, &flow.ident);
    let called = match callback {
        Callback::Method { dot, name, .. } => {
            let ident = at_dot(ident, dot);
            let path = quote_spanned!(dot.span()=> ::);
            let arguments = quote_spanned!(dot.span()=> (job));
            quote!(#ident #path #name #arguments)
        }
        Callback::Closure { tokens, fallible, calls, is_async, future, .. } => {
            let returns = if *fallible { quote!(::core::result::Result<_, #root::StepError>) } else { quote!(_) };
            let called = match (*is_async, *future, *fallible) {
                (true, ..) => quote!(#root::__private::async_job::<_, _, #returns>(job, #tokens)),
                (false, true, true) => quote!(#root::__private::try_future_job(job, #tokens)),
                (false, true, false) => quote!(#root::__private::future_job(job, #tokens)),
                (false, false, _) => quote!(#root::__private::call1::<_, #returns>(job, #tokens)),
            };
            match (*fallible, *calls) {
                (true, _) => return called,
                (false, false) => return quote!(::core::result::Result::Ok(#called)),
                (false, true) => called,
            }
        }
    };
    quote!({
        #[allow(unused_imports)]
        use #root::__private::{IsFuture as _, IsResult as _, IsValue as _};
        let answer = #called;
        let answer = (&answer).when().settle(answer);
        (&answer).how().result(answer)
    })
}
