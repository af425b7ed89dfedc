//! Pages of the app in place of ours.

use deadpool_diesel::sqlite::{Manager, Pool, Runtime};

use super::office::{FLOWS, PEOPLE};
use super::{Result, Site};
use crate::{FlowWeb, WebError};

#[tokio::test]
async fn a_task_leads_to_the_page_of_the_app_once_it_can_be_done() -> Result {
    let site = Site::with(|web| web.own_page("request", "approve", "/app/{process}/{task}?from={task}")).await?;
    let id = site.request("paper").await?;
    let page = format!("/tasks/{id}.2");
    let free = site.get("bob", &page).await?;
    assert_eq!(free.status, 200, "it is taken on our page");
    assert!(free.body.contains("/tasks/1.2/assign"), "{}", free.body);
    let taken = site.post("bob", &format!("{page}/assign"), "").await?;
    assert_eq!((taken.status, taken.location()), (303, "/flows/tasks/1.2?done=assign:1.2"));
    for address in [page.clone(), format!("{page}?done=assign:{id}.2")] {
        let own = site.get("bob", &address).await?;
        assert_eq!((own.status, own.location()), (303, "/app/1/1.2?from=1.2"), "not below our router");
    }
    assert_eq!(site.get("dora", &page).await?.location(), "/app/1/1.2?from=1.2", "she stands in for him");
    // Whoever may see and not do it has our page; the others are refused as without a page of the app.
    assert_eq!(site.get("anna", &page).await?.status, 200);
    assert_eq!(site.get("bill", &page).await?.status, 409);
    assert_eq!(site.get("guest", &page).await?.status, 404);
    assert_eq!(site.get("", &page).await?.status, 401);
    assert_eq!(site.get("bob", "/tasks/9.2").await?.status, 404);
    let confirm = site.get("bob", &format!("{page}/unassign")).await?;
    assert_eq!(confirm.status, 200, "other verbs stay ours: {}", confirm.body);
    site.db(move |conn| {
        FLOWS.execute(
            conn,
            format!("{id}.2").parse()?,
            &PEOPLE[1],
            flow_core::form::Sent::Json(br#"{"approved":true}"#),
        )
    })
    .await?;
    assert_eq!(site.get("bob", &page).await?.status, 200, "it is done");
    assert_eq!(site.get("bob", &format!("/tasks/{id}.3")).await?.status, 200, "another node");
    Ok(())
}

#[tokio::test]
async fn a_start_leads_to_the_page_of_the_app_for_those_who_may() -> Result {
    let site =
        Site::with(|web| web.own_page("order", "start", "/old").own_page("order", "start", "/app/order")).await?;
    let own = site.get("anna", "/start/order/start").await?;
    assert_eq!((own.status, own.location()), (303, "/app/order"));
    assert_eq!(site.get("guest", "/start/order/start").await?.status, 403);
    assert_eq!(site.get("anna", "/start/order/pack").await?.status, 404);
    assert_eq!(site.get("anna", "/start/request/start").await?.status, 200, "another flow");
    assert!(site.get("anna", "/start").await?.body.contains("/flows/start/order/start"), "the list leads there");
    Ok(())
}

#[test]
fn a_page_that_cannot_be_is_an_error_of_the_router() -> Result {
    let pool = Pool::builder(Manager::new(":memory:", Runtime::Tokio1)).build()?;
    for (flow, node, address, text) in [
        ("nothing", "start", "/x", "there is no flow `nothing`"),
        ("order", "nothing", "/x/{task}", "`order` has no node `nothing`"),
        ("order", "end", "/x/{task}", "is no start or task of people"),
        ("request", "send", "/x/{task}", "is no start or task of people"),
        ("parcel", "sent", "/x", "is no start or task of people"),
        ("order", "start", "x", "begins with one `/`"),
        ("order", "start", "", "begins with one `/`"),
        ("order", "start", "//evil.example", "begins with one `/`"),
        ("order", "start", "/a//b", "begins with one `/`"),
        ("order", "start", "https://evil.example/", "begins with one `/`"),
        ("order", "start", "/\\evil.example", "cannot have"),
        ("order", "start", "/a b", "cannot have"),
        ("order", "start", "/a\r\nset-cookie: x", "cannot have"),
        ("order", "start", "/a/{task}", "a placeholder that is not known here"),
        ("order", "pack", "/a", "does not say which task of `order.pack`"),
        ("order", "pack", "/a/{process}", "does not say which task of `order.pack`"),
        ("order", "pack", "/a/{task}/{node}", "a placeholder that is not known here"),
    ] {
        let web = FlowWeb::new(&FLOWS, pool.clone(), super::site::sign_in).own_page(flow, node, address);
        let fault = web.router().err().ok_or(format!("{flow}.{node} {address} is taken"))?;
        assert!(matches!(fault, WebError::OwnPage(_)) && fault.to_string().contains(text), "{address}: {fault}");
    }
    Ok(())
}
