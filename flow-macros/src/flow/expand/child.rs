//! The callbacks of what runs another flow: which children, what they are made from, what follows their end.

use flow_graph::Kind;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::super::value::CallbackSyntax;
use super::call::{self, Input};
use super::def::Emit;
use super::task_type;

impl Emit<'_> {
    /// ```text
    /// fn __publish_3_child(cx: &mut Cx<'_, OrderFlow>) -> Replied<OrderFlow> {
    ///     cx.with::<Task, _>(|a, conn| Ok(child(&PublishFlow.as_subprocess).data(..)?.seed(..)?.plan())).map(Reply::Child)
    /// }
    /// ```
    pub(super) fn child(&mut self) {
        let root = &self.flow.root;
        let node = self.node;
        let Some(start) = &node.child else { return };
        // Each time it is read anew, so that a callback may take it apart.
        let item = node.item.as_ref().map(|item| quote!(let item = #root::__private::item::<#item>(&stored)?;));
        let given = |callback| match &node.item {
            Some(_) => call::value_of_item(self.flow, callback),
            None => call::value(self.flow, callback),
        };
        let data = match &node.process_data {
            // A method may return a `Result` with any error.
            Some(data @ CallbackSyntax::Method { .. }) => {
                let data = given(data);
                quote!(#root::__private::MethodAnswer::answer(#data)?)
            }
            Some(data) => given(data),
            None => {
                let span = start.clone().into_iter().last().map_or_else(|| node.ident.span(), |token| token.span());
                quote_spanned!(span=> ::core::default::Default::default())
            }
        };
        let first = start.clone().into_iter().next().map_or_else(|| node.ident.span(), |token| token.span());
        let and = quote_spanned!(first=> &);
        let begin = call::spanned(root, &quote!(node::child), &quote!(#and #start), start);
        let seed = node.process_seed.as_ref().map(|seed| {
            let seed = given(seed);
            quote!(#item let child = child.seed(#seed)?;)
        });
        let body = quote!({
            let child = #begin;
            #item
            let child = child.data(#data)?;
            #seed
            ::core::result::Result::Ok(child.plan())
        });
        // The child is written in the transaction of its parent, which is open from here on.
        if node.item.is_none() {
            self.callback("child", &quote!(Child), &quote!(Child), &body, true);
            return;
        }
        let task = task_type(self.flow, self.names, node);
        let body = quote!({
            let stored = cx.input::<#root::__private::Item>()?;
            cx.with::<#task, _>(|a, conn| #body).map(#root::__private::Reply::Child)
        });
        self.function("child", &quote!(Child), &body, true, true);
    }

    /// ```text
    /// fn __fulfil_3_items(cx: &mut Cx<'_, OrderFlow>) -> Replied<OrderFlow> {
    ///     cx.with::<Task, _>(|a, conn| items::<OrderItem, _>(call1(&*a, |a| ..))).map(Reply::Items)
    /// }
    /// ```
    pub(super) fn items(&mut self) {
        let root = &self.flow.root;
        let (Some(item), Some(items)) = (&self.node.item, &self.node.items) else { return };
        let listed = match items {
            // A method may return a `Result` with any error.
            CallbackSyntax::Method { .. } => {
                let listed = call::look(self.flow, items, &quote!(::std::vec::Vec<#item>));
                quote!(#listed?)
            }
            CallbackSyntax::Closure { .. } => call::value(self.flow, items),
        };
        let body = quote!(#root::__private::items::<#item, _>(#listed));
        self.callback("items", &quote!(Items), &quote!(Items), &body, items.connection(Input::None));
    }

    /// What runs when the last child has ended.
    ///
    /// ```text
    /// fn __fulfil_3_done(cx: &mut Cx<'_, OrderFlow>) -> Replied<OrderFlow> {
    ///     let rows = cx.input::<Vec<Process>>()?;
    ///     cx.with::<Task, _>(|a, conn| { let input = children(&ItemFlow.start, rows, conn)?; .. }).map(|()| Reply::Done)
    /// }
    /// ```
    pub(super) fn children_done(&mut self) {
        let root = &self.flow.root;
        let node = self.node;
        let (Some(start), Some(done), true) = (&node.child, &node.on_done, node.kind.runs_child()) else { return };
        let first = start.clone().into_iter().next().map_or_else(|| node.ident.span(), |token| token.span());
        let and = quote_spanned!(first=> &);
        let children = call::spanned(root, &quote!(node::children), &quote!(#and #start, rows, conn), start);
        let one = (node.kind == Kind::Subprocess).then(|| quote!(let input = #root::node::newest(input)?;));
        let act = call::act(self.flow, done, Input::Last);
        let task = task_type(self.flow, self.names, node);
        let body = quote!({
            let rows = cx.input::<::std::vec::Vec<#root::Process>>()?;
            cx.with::<#task, _>(|a, conn| {
                let input = #children?;
                #one
                #act
            }).map(|()| #root::__private::Reply::Done)
        });
        self.function("done", &quote!(Act), &body, true, done.connection(Input::Last));
    }

    /// The stored name of the flow that a subprocess starts.
    pub(super) fn child_flow(&self) -> Option<TokenStream> {
        let root = &self.flow.root;
        let start = self.node.child.as_ref()?;
        let first = start.clone().into_iter().next().map_or_else(|| self.node.ident.span(), |token| token.span());
        let and = quote_spanned!(first=> &);
        Some(call::spanned(root, &quote!(node::flow_of), &quote!(#and #start), start))
    }
}
