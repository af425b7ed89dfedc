//! Forms: each kind of field, what is wrong beside it, and what is no field of it.

use super::{Result, Site};

#[tokio::test]
async fn each_kind_of_field_has_its_input() -> Result {
    let site = Site::new().await?;
    let page = site.get("anna", "/start/request/start").await?.body;
    for input in [
        "<input type=\"text\" id=\"field-text\" name=\"text\" value=\"\" required maxlength=\"60\">",
        "<input type=\"password\" id=\"field-pin\" name=\"pin\" value=\"\"",
        "<input type=\"number\" id=\"field-count\" name=\"count\" value=\"\" min=\"1\" max=\"9\" step=\"1\">",
        "<input type=\"checkbox\" id=\"field-colours-1\" name=\"colours\" value=\"red\">",
        "<input type=\"text\" name=\"names\" value=\"\" aria-label=\"Names 1\"",
        "<input type=\"checkbox\" id=\"field-urgent\" name=\"urgent\">",
        "<select id=\"field-sure\" name=\"sure\">",
        "<option value=\"true\">Yes</option>",
        "<textarea id=\"field-value\" name=\"value\"",
    ] {
        assert!(page.contains(input), "{input}\n{page}");
    }
    Ok(())
}

#[tokio::test]
async fn what_is_wrong_stands_beside_its_field_with_what_was_sent() -> Result {
    let site = Site::new().await?;
    let key = "0".repeat(32);
    let form = format!("flow.once={key}&text=&pin=hunter2&count=77&names=Ida&names=&colours=red&urgent=on&value=1");
    let page = site.post("anna", "/start/request/start", &form).await?;
    assert_eq!(page.status, 422);
    assert!(page.body.contains("<p class=\"fault\" id=\"field-text-fault\">must be filled in</p>"), "{}", page.body);
    assert!(page.body.contains("id=\"field-count-fault\">is more than 9</p>"), "{}", page.body);
    for kept in
        ["value=\"77\"", "value=\"Ida\"", "value=\"red\" checked", "name=\"urgent\" checked", "aria-invalid=\"true\""]
    {
        assert!(page.body.contains(kept), "{kept}\n{}", page.body);
    }
    assert!(!page.body.contains("hunter2"), "a secret is not sent back");
    assert!(page.body.contains(&key), "it is the same form still");
    // In German, with the limits, and without a pattern.
    let page = site
        .post("gerd", "/start/request/start", &form.replace("text=&", &format!("text={}&", "x".repeat(99))))
        .await?;
    for german in ["ist zu lang: höchstens 60 Zeichen", "muss zwischen 1 und 9 liegen"] {
        assert!(page.body.contains(german), "{german}\n{}", page.body);
    }
    // Put right, it starts.
    let form = format!("flow.once={key}&text=x&count=7&names=Ida&names=&value=1");
    assert_eq!(site.post("anna", "/start/request/start", &form).await?.status, 303);
    let process = site.get("anna", "/api/processes/1").await?.json();
    assert_eq!(process["values"]["names"], serde_json::json!(["Ida"]));
    Ok(())
}

#[tokio::test]
async fn a_list_of_texts_gets_more_lines() -> Result {
    let site = Site::new().await?;
    let lines = |page: &str| page.matches("name=\"names\"").count();
    let page = site.get("anna", "/start/request/start").await?.body;
    assert_eq!(lines(&page), 2);
    assert!(page.contains("formaction=\"/flows/start/request/start#field-names\""), "{page}");
    let mut form = format!("flow.once={}&text=x&value=1&names=Ida&names=&flow.do=add:names", "0".repeat(32));
    for count in [4, 6] {
        let page = site.post("anna", "/start/request/start", &form).await?;
        assert_eq!((page.status, lines(&page.body)), (200, count), "{}", page.body);
        assert!(
            page.body.contains("value=\"Ida\"") && page.body.contains("Empty lines do not count."),
            "{}",
            page.body
        );
        form = form.replacen("names=&", "names=&names=&names=&", 1);
    }
    let form = form.replace("&flow.do=add:names", "&names=Tom");
    assert_eq!(site.post("anna", "/start/request/start", &form).await?.status, 303);
    assert_eq!(
        site.get("anna", "/api/processes/1").await?.json()["values"]["names"],
        serde_json::json!(["Ida", "Tom"])
    );
    Ok(())
}

#[tokio::test]
async fn what_is_no_field_of_the_form_is_refused() -> Result {
    let site = Site::new().await?;
    site.request("paper").await?;
    site.post("bob", "/tasks/1.2/assign", "").await?;
    let before = site.rows().await?;
    for (form, fault) in [
        ("approved=true&text=other", "text: is not a field of this form"),
        ("approved=true&status=DONE", "status: is not a field of this form"),
        ("approved=true&id=9", "id: is not a field of this form"),
        ("approved=true&data.approved=true", "data.approved: is not a field of this form"),
        ("approved=true&approved%5B%5D=true", "approved[]: is not a field of this form"),
        ("approved=true&approved=false&owner=anna", "owner: is not a field of this form"),
        ("", "is missing"),
        ("approved=", "is missing"),
        ("approved=perhaps", "Approved</a>:"),
    ] {
        let page = site.post("bob", "/tasks/1.2", form).await?;
        assert_eq!(page.status, 422, "{form}");
        assert!(page.body.contains(fault), "{form}: {}", page.body);
    }
    assert_eq!(site.rows().await?, before);
    let wrong = site.post("bob", "/tasks/1.2", "approved=true&flow.do=destroy").await?;
    assert_eq!(wrong.status, 422);
    assert_eq!(site.rows().await?, before);
    Ok(())
}
