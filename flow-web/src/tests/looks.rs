//! What an app changes: texts, columns, panels, links, style sheets, inputs; and where it is mounted.

use flow_core::Error;

use super::{Result, Site};
use crate::Language;

#[tokio::test]
async fn an_app_adds_columns_panels_links_and_a_style_sheet() -> Result {
    let site = Site::with(|web| {
        web.task_column("Made by", |row| row.process().started_by().unwrap_or("<nobody>").to_owned())
            .process_column("Letters", |row| row.brief().len().to_string())
            .panel("Customer", |_, user, process| {
                let lines = [("Number", process.id().to_string()), ("Seen by", format!("<{}>", user.id()))];
                Ok(lines.map(|(label, text)| (label.to_owned(), text)).to_vec())
            })
            .panel("Nothing", |_, _, _| Ok(Vec::new()))
            .panel("Broken", |_, _, _| Err(Error::Invalid(Vec::new())))
            .action("Reports", "/reports", |user| user.id() == "boss")
            .style_sheet("/app.css")
            .text(Language::German, "Customer", "Kunde")
            .text(Language::German, "Made by", "Gestellt von")
    })
    .await?;
    site.request("paper").await?;
    let queue = site.get("bob", "/queue").await?.body;
    assert!(
        queue.contains("<th scope=\"col\">Made by</th>") && queue.contains("<td data-label=\"Made by\">anna</td>"),
        "{queue}"
    );
    assert!(queue.contains("<link rel=\"stylesheet\" href=\"/app.css\">") && !queue.contains("Reports"), "{queue}");
    let list = site.get("boss", "/processes").await?.body;
    assert!(
        list.contains("<td data-label=\"Letters\">11</td>") && list.contains("href=\"/reports\">Reports</a>"),
        "{list}"
    );
    for path in ["/processes/1", "/tasks/1.2"] {
        let page = site.get("bob", path).await?.body;
        assert!(page.contains(">Customer</h2>") && page.contains("<dd>&lt;bob&gt;</dd>"), "{path}: {page}");
        assert!(page.contains("This cannot be shown now.") && !page.contains("Nothing</h2>"), "{path}: {page}");
    }
    let german = site.get("gerd", "/tasks/1.2").await?.body;
    assert!(german.contains(">Kunde</h2>"), "{german}");
    assert!(site.get("gerd", "/queue").await?.body.contains("Gestellt von"));
    // A file has what the list has.
    let file = site.get("gerd", "/queue.csv").await?.body;
    assert!(file.contains(";\"Gestellt von\"\r\n") && file.contains(";\"anna\"\r\n"), "{file}");
    let file = site.get("boss", "/processes.csv?flow=request").await?.body;
    assert!(file.contains(",\"Letters\",\"Text\"") && file.contains(",\"11\",\"paper\""), "{file}");
    Ok(())
}

#[tokio::test]
async fn flows_nodes_and_fields_have_names_in_each_language() -> Result {
    let site = Site::with(|web| {
        web.text(Language::German, "flow.request", "Antrag")
            .text(Language::German, "node.request.approve", "Antrag <genehmigen>")
            .text(Language::German, "field.request.text", "Worum es geht")
            .text(Language::German, "field.request.approved", "Genehmigt")
            .text(Language::English, "task.send", "Done with it")
    })
    .await?;
    site.request("paper").await?;
    site.post("gerd", "/tasks/1.2/assign", "").await?;
    let page = site.get("gerd", "/tasks/1.2").await?.body;
    for text in ["<h1>Antrag &lt;genehmigen&gt;</h1>", "<dt>Worum es geht</dt>", ">Genehmigt <span", "Antrag R-paper"] {
        assert!(page.contains(text), "{text}\n{page}");
    }
    let page = site.get("gerd", "/processes/1").await?.body;
    for text in ["-title\">Antrag</title>", "Antrag &lt;genehmigen&gt; übernommen", "Worum es geht"] {
        assert!(page.contains(text), "{text}\n{page}");
    }
    assert!(site.get("gerd", "/start").await?.body.contains("<h2 id=\"flow-1\">Antrag</h2>"));
    assert!(site.get("gerd", "/inbox.csv").await?.body.contains("\"Antrag <genehmigen>\""));
    site.post("gerd", "/tasks/1.2/unassign", "").await?;
    site.post("bob", "/tasks/1.2/assign", "").await?;
    let page = site.get("bob", "/tasks/1.2").await?.body;
    assert!(page.contains("<h1>Approve &lt;i&gt;it") && page.contains("Done with it</button>"), "{page}");
    for key in ["node.request.aprove", "flow.nothing", "task.sent", "field.request.x", "column"] {
        let wrong = Site::with(|web| web.text(Language::German, key, "x")).await.err().map(|error| error.to_string());
        assert!(wrong.is_some_and(|error| error.starts_with(&format!("`{key}` is the key of no text"))), "{key}");
    }
    Ok(())
}

#[tokio::test]
async fn an_app_has_an_input_of_its_own_for_a_field_and_for_a_type() -> Result {
    let site = Site::with(|web| {
        web.template(
            "widgets/request.text.html",
            "<input id=\"{{ id }}\" name=\"{{ field.name }}\" data-own=\"field\"{{ about }}>",
        )
        .template(
            "widgets/integer.html",
            "<input id=\"{{ id }}\" name=\"{{ field.name }}\" data-own=\"type\"{{ limits }}>",
        )
    })
    .await?;
    let page = site.get("anna", "/start/request/start").await?.body;
    assert!(page.contains("<input id=\"field-text\" name=\"text\" data-own=\"field\">"), "{page}");
    assert!(
        page.contains("<input id=\"field-count\" name=\"count\" data-own=\"type\" min=\"1\" max=\"9\" step=\"1\">"),
        "{page}"
    );
    assert!(page.contains("<label for=\"field-text\">"), "with our label: {page}");
    let parts = site.get("anna", "/start/bill/start").await?.body;
    assert!(parts.contains("name=\"lines[0].pieces\" data-own=\"type\""), "{parts}");
    Ok(())
}

#[tokio::test]
async fn an_app_arranges_a_form_in_rows_and_groups() -> Result {
    use crate::layout::{Part, field, fieldset, row};
    let parts = || -> Vec<Part> {
        vec![
            row([field("count"), field("text").span(3)]),
            fieldset("Odds & ends", [field("urgent"), row([field("names"), field("colours")])]),
        ]
    };
    let site = Site::with(|web| {
        web.layout("request", "start", [field("pin")]).layout("request", "start", parts()).text(
            Language::German,
            "Odds & ends",
            "Sonstiges",
        )
    })
    .await?;
    let page = site.get("anna", "/start/request/start").await?.body;
    let mut at = 0;
    for next in [
        "<div class=\"beside-each-other\">",
        "<div class=\"span-1\">",
        "name=\"count\"",
        "<div class=\"span-3\">",
        "name=\"text\"",
        "<legend>Odds &amp; ends</legend>",
        "name=\"urgent\"",
        "<div class=\"beside-each-other\">",
        "name=\"names\"",
        "name=\"colours\"",
        "</fieldset>",
        // What the layout does not name.
        "name=\"pin\"",
        "name=\"sure\"",
        "name=\"value\"",
        "</form>",
    ] {
        at += page[at..].find(next).ok_or_else(|| format!("{next} is not behind {}", &page[..at]))?;
    }
    for name in ["text", "pin", "count", "urgent", "sure", "value"] {
        assert_eq!(page.matches(&format!("name=\"{name}\"")).count(), 1, "{name}: {page}");
    }
    assert!(site.get("gerd", "/start/request/start").await?.body.contains("<legend>Sonstiges</legend>"));
    // What is wrong is said in its place.
    let key = "0".repeat(32);
    let wrong = site.post("anna", "/start/request/start", &format!("flow.once={key}&count=77")).await?;
    assert!(wrong.status == 422 && wrong.body.contains("id=\"field-count-fault\""), "{}", wrong.body);

    for (flow, node, parts, fault) in [
        ("requests", "start", vec![field("text")], "there is no flow `requests`"),
        ("request", "begin", vec![field("text")], "`request` has no form at a node `begin`"),
        ("request", "called", vec![field("text")], "`request` has no form at a node `called`"),
        ("request", "start", vec![field("txt")], "the form of `request.start` has no field `txt`"),
        ("request", "start", vec![field("text"), row([field("text")])], "`request.start` has the field `text` twice"),
        ("request", "start", vec![fieldset("A", [])], "`request.start` has a row or a group without fields"),
        ("request", "start", vec![field("text").span(0)], "a span of 0 is not from 1 to 12"),
        ("request", "start", vec![row([field("text").span(13)])], "a span of 13 is not from 1 to 12"),
    ] {
        let refused = Site::with(|web| web.layout(flow, node, parts)).await.err().map(|error| error.to_string());
        assert_eq!(refused, Some(format!("a layout is not valid: {fault}")));
    }
    Ok(())
}

/// A proxy may keep the path: what it puts before it, and the origin that people see, are the app's to name.
#[tokio::test]
async fn a_proxy_that_rewrites_the_host_is_trusted_by_its_origin_alone() -> Result {
    let site = Site::with(|web| web.trust_origin("https://flow.example")).await?;
    site.request("paper").await?;
    let form = ("content-type", "application/x-www-form-urlencoded");
    let forged =
        [form, ("host", "inside:3000"), ("origin", "https://evil.example"), ("x-forwarded-host", "evil.example")];
    assert_eq!(site.send("bob", "POST /tasks/1.2/assign", &forged, "").await?.status, 403);
    let proxied = [form, ("host", "inside:3000"), ("origin", "https://flow.example")];
    let sent = site.send("bob", "POST /tasks/1.2/assign", &proxied, "").await?;
    // The address is a path, so that it is of the host that people see.
    assert_eq!((sent.status, sent.location()), (303, "/flows/tasks/1.2?done=assign:1.2"));
    let page = site.send("bob", "GET /tasks/1.2", &[("host", "inside:3000")], "").await?.body;
    assert!(!page.contains("inside:3000") && page.contains("action=\"/flows/tasks/1.2\""), "{page}");
    Ok(())
}
