//! Fields inside of fields: groups, rows that are added and removed, and choices that depend on other fields. All of it
//! without JavaScript.

use serde_json::json;

use super::{Result, Site};

const KEY: &str = "flow.once=00000000000000000000000000000000";

#[tokio::test]
async fn rows_are_added_and_removed_and_sent() -> Result {
    let site = Site::new().await?;
    let page = site.get("anna", "/start/bill/start").await?.body;
    for part in [
        "<fieldset class=\"field group\" id=\"field-address\"",
        "name=\"address.town\" value=\"\" required",
        "name=\"lines[0].what\" value=\"\"",
        "name=\"lines[0].pieces\" value=\"\" min=\"1\" max=\"99\"",
        "<input type=\"checkbox\" id=\"field-lines[0].fragile\" name=\"lines[0].fragile\"",
        "name=\"flow.do\" value=\"add:lines\" formnovalidate",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    // The first button is the one that Enter presses.
    let first =
        page.split("<form method=\"post\" class=\"form\"").nth(1).and_then(|form| form.split("<button ").nth(1));
    assert!(
        first.is_some_and(|button| button.starts_with("class=\"hidden\" name=\"flow.do\" value=\"execute\"")),
        "{page}"
    );

    let lines = "lines%5B0%5D.what=Pen&lines%5B0%5D.pieces=3&lines%5B1%5D.what=Ink&lines%5B1%5D.pieces=&\
                 lines%5B1%5D.fragile=on&lines%5B2%5D.what=&lines%5B2%5D.pieces=";
    let address = "address.street=Weg+1&address.town=Bonn";
    let added = site.post("anna", "/start/bill/start", &format!("{KEY}&flow.do=add:lines&{address}&{lines}")).await?;
    assert_eq!(added.status, 200, "{}", added.body);
    for kept in [
        "\nWeg 1</textarea>",
        "value=\"Bonn\"",
        "value=\"Pen\"",
        "name=\"lines[1].fragile\" checked",
        "name=\"lines[3].what\"",
        KEY.trim_start_matches("flow.once="),
    ] {
        assert!(added.body.contains(kept), "{kept}\n{}", added.body);
    }
    assert!(!added.body.contains("id=\"invalid\""), "nothing was sent yet: {}", added.body);
    let removed =
        site.post("anna", "/start/bill/start", &format!("{KEY}&flow.do=remove:lines0&{address}&{lines}")).await?;
    assert!(
        !removed.body.contains("\"Pen\"") && removed.body.contains("name=\"lines[0].what\" value=\"Ink\""),
        "{}",
        removed.body
    );

    // What is wrong stands beside its part, by the number that the row has on the page.
    let more = "country=red&hall=red+7";
    let holes = lines.replace("%5B1%5D", "%5B8%5D");
    let wrong = site.post("anna", "/start/bill/start", &format!("{KEY}&{address}&{holes}&{more}")).await?;
    assert_eq!(wrong.status, 422, "{}", wrong.body);
    assert!(wrong.body.contains("id=\"field-lines[1].pieces-fault\""), "{}", wrong.body);
    assert!(wrong.body.contains("href=\"#field-lines[1].pieces\""), "{}", wrong.body);
    let long = address.replace("Bonn", &"x".repeat(30));
    let wrong = site.post("anna", "/start/bill/start", &format!("{KEY}&{long}&{more}")).await?;
    assert!(wrong.status == 422 && wrong.body.contains("id=\"field-address.town-fault\""), "{}", wrong.body);
    let unknown = site
        .post("anna", "/start/bill/start", &format!("{KEY}&{address}&{more}&address.id=5&lines%5B0%5D.x=1"))
        .await?;
    for name in ["address.id: is not a field of this form", "lines[0].x: is not a field of this form"] {
        assert!(unknown.body.contains(name), "{name}\n{}", unknown.body);
    }

    let right = lines.replace("%5B1%5D.pieces=", "%5B1%5D.pieces=2");
    let sent = site.post("anna", "/start/bill/start", &format!("{KEY}&{address}&{right}&{more}")).await?;
    assert_eq!(sent.status, 303, "{}", sent.body);
    let values = site.get("anna", "/api/processes/1").await?.json()["values"].clone();
    assert_eq!(values["address"], json!({ "street": "Weg 1", "town": "Bonn" }));
    assert_eq!(
        values["lines"],
        json!([{ "what": "Pen", "pieces": 3, "fragile": false }, { "what": "Ink", "pieces": 2, "fragile": true }])
    );
    // A task shows what there is, to change it; nobody reads JSON.
    site.post("bob", "/tasks/1.2/assign", "").await?;
    let task = site.get("bob", "/tasks/1.2").await?.body;
    for part in [
        "name=\"address.town\" value=\"Bonn\"",
        "name=\"lines[1].what\" value=\"Ink\"",
        "name=\"lines[2].what\" value=\"\"",
        "What: Pen, Pieces: 3, Fragile: No",
    ] {
        assert!(task.contains(part), "{part}\n{task}");
    }
    assert!(!task.contains("{&quot;"), "{task}");
    Ok(())
}

#[tokio::test]
async fn many_choices_are_searched_and_follow_other_fields() -> Result {
    let site = Site::new().await?;
    let page = site.get("anna", "/start/bill/start").await?.body;
    assert!(page.contains("Show the choices that fit"), "{page}");
    let page = site.post("anna", "/start/bill/start", &format!("{KEY}&flow.do=choices&country=green")).await?.body;
    assert_eq!(page.matches("<option value=\"green ").count(), 50, "the first of many: {page}");
    assert!(page.contains("name=\"flow.search.hall\""), "{page}");
    let form = format!("{KEY}&flow.do=choices&country=green&hall=green+3&flow.search.hall=green+11");
    let page = site.post("anna", "/start/bill/start", &form).await?.body;
    // 11, 110 to 119, and what is chosen already.
    assert_eq!(page.matches("<option value=\"green ").count(), 12, "{page}");
    assert!(page.contains("<option value=\"green 3\" selected>") && page.contains("value=\"green 11\""), "{page}");
    // What does not fit the other field is refused.
    let wrong = format!("{KEY}&address.street=a&address.town=b&country=red&hall=green+3");
    let page = site.post("anna", "/start/bill/start", &wrong).await?;
    assert!(page.status == 422 && page.body.contains("field-hall-fault"), "{}", page.body);
    Ok(())
}

#[tokio::test]
async fn a_list_that_is_sent_as_a_whole_and_in_parts_is_refused() -> Result {
    let site = Site::new().await?;
    let form = format!(
        "{KEY}&address.street=Weg+1&address.town=Bonn&country=red&hall=red+1&lines%5B0%5D.what=Pen&\
         lines%5B0%5D.pieces=3&lines=%7B%22what%22%3A%22Ink%22%2C%22pieces%22%3A9%7D"
    );
    let refused = site.post("anna", "/start/bill/start", &form).await?;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("is not a field of this form"), "{}", refused.body);
    Ok(())
}
