//! The web part, asked without a network.

use std::error::Error;
use std::path::PathBuf;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tower::ServiceExt as _;

use crate::web::{App, people};
use crate::{FLOWS, LABORATORY};

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// The app, on a database that goes with it.
struct Laboratory {
    router: Router,
    folder: PathBuf,
}

/// A response.
#[derive(Debug)]
struct Answer {
    status: u16,
    location: String,
    body: String,
}

impl Answer {
    /// The value of an input.
    fn input(&self, name: &str) -> Result<String> {
        let input = self.body.split("<input").find(|input| input.contains(&format!("name=\"{name}\"")));
        let value = input.and_then(|input| input.split("value=\"").nth(1)?.split('"').next());
        value.map(str::to_owned).ok_or_else(|| format!("no input {name}: {}", self.body).into())
    }
}

impl Laboratory {
    fn open(name: &str) -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("bloodtest-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let app = App::open(&folder.join("test.sqlite").to_string_lossy())?;
        Ok(Laboratory { router: app.router()?, folder })
    }

    fn db(&self) -> Result<crate::flow::Db> {
        Ok(flow_core::sqlite::open(&self.folder.join("test.sqlite").to_string_lossy())?)
    }

    async fn send(&self, user: &str, method: &str, path: &str, form: &str) -> Result<Answer> {
        let mut request = Request::builder().method(method).uri(path).header("sec-fetch-site", "same-origin");
        if !user.is_empty() {
            let sent = STANDARD.encode(format!("{user}:{}", people::PASSWORD));
            request = request.header(header::AUTHORIZATION, format!("Basic {sent}"));
        }
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let response = self.router.clone().oneshot(request.body(Body::from(form.to_owned()))?).await?;
        let status = response.status().as_u16();
        let location = response.headers().get(header::LOCATION).and_then(|to| to.to_str().ok()).unwrap_or_default();
        let location = location.to_owned();
        let body = to_bytes(response.into_body(), 1_000_000).await?;
        let body = String::from_utf8(body.to_vec())?.replace("&#x2f;", "/");
        Ok(Answer { status, location, body })
    }

    async fn get(&self, user: &str, path: &str) -> Result<Answer> {
        self.send(user, "GET", path, "").await
    }

    async fn post(&self, user: &str, path: &str, form: &str) -> Result<Answer> {
        self.send(user, "POST", path, form).await
    }

    /// How many processes, patients and tubes there are.
    fn rows(&self) -> Result<(usize, i64, i64)> {
        use diesel::prelude::*;
        let mut conn = self.db()?;
        let processes = FLOWS.find_processes().any_flow().load(&mut conn)?.rows.len();
        let patients = super::tables::patient::table.count().get_result(&mut conn)?;
        Ok((processes, patients, super::tables::blood_sample::table.count().get_result(&mut conn)?))
    }

    /// Both steps, with a tube of this number.
    async fn sample(&self, tube: &str) -> Result<Answer> {
        let second = self.post("rita", "/blood/patient", "name=Ada&born=1980-02-29").await?;
        let once = second.input("once")?;
        let form = format!("name=Ada&born=1980-02-29&tube={tube}&drawn=2026-11-02&once={once}");
        self.post("rita", "/blood/sample", &form).await
    }
}

impl Drop for Laboratory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

#[tokio::test]
async fn a_sample_begins_in_two_steps() -> Result {
    let lab = Laboratory::open("steps")?;
    let start = lab.get("rita", "/flows/start/blood_test/first_sample").await?;
    assert_eq!((start.status, &*start.location), (303, "/blood/patient"));
    assert_eq!(lab.get("rita", "/blood/patient").await?.status, 200);

    let wrong = lab.post("rita", "/blood/patient", "name=+&born=1980-02-30").await?;
    assert_eq!((wrong.status, wrong.input("born")?.as_str()), (422, "1980-02-30"), "what was typed is there");
    assert!(wrong.body.contains("from 1 to 80 characters") && wrong.body.contains("is not a date"), "{}", wrong.body);

    let second = lab.post("rita", "/blood/patient", "name=Ada+%3CB%3E&born=1980-02-29").await?;
    assert_eq!((second.status, second.input("name")?.as_str()), (200, "Ada &lt;B&gt;"), "kept for the second step");
    let once = second.input("once")?;
    let form = |more: &str| format!("name=Ada+%3CB%3E&born=1980-02-29&once={once}&{more}");

    let wrong = lab.post("rita", "/blood/sample", &form("tube=T+7&drawn=1979-01-01")).await?;
    assert_eq!((wrong.status, wrong.input("once")?), (422, once.clone()));
    assert!(wrong.body.contains("letters and digits") && wrong.body.contains("before the patient"), "{}", wrong.body);
    assert_eq!(lab.rows()?, (0, 0, 0), "nothing is stored before both steps are done");

    let back = lab.post("rita", "/blood/patient", &form("tube=T7&drawn=2026-11-02&step=back")).await?;
    assert_eq!((back.status, back.input("name")?.as_str()), (200, "Ada &lt;B&gt;"));
    assert_eq!((back.input("tube")?.as_str(), back.input("drawn")?.as_str()), ("T7", "2026-11-02"));
    let again = lab.post("rita", "/blood/patient", "name=Ada&born=1980-02-29&tube=T7&drawn=2026-11-02").await?;
    assert_eq!((again.input("name")?.as_str(), again.input("tube")?.as_str()), ("Ada", "T7"), "corrected, and kept");

    let form = format!("name=Ada&born=1980-02-29&tube=T7&drawn=2026-11-02&once={}", again.input("once")?);
    let done = lab.post("rita", "/blood/sample", &form).await?;
    assert_eq!((done.status, &*done.location), (303, "/flows/processes/1?done=start:1"), "{}", done.body);
    assert_eq!(lab.rows()?, (1, 1, 1));
    let twice = lab.post("rita", "/blood/sample", &form).await?;
    assert_eq!((twice.status, twice.location), (303, done.location));
    assert_eq!(lab.rows()?, (1, 1, 1), "sent twice, it is one");
    let other = lab.post("rita", "/blood/sample", &form.replace("T7", "T8")).await?;
    assert!(other.status == 422 && other.body.contains("sent before, with other values"), "{}", other.body);

    let used = lab.sample("T7").await?;
    assert!(used.status == 422 && used.body.contains("was used before"), "{}", used.body);
    assert_eq!(lab.rows()?, (1, 1, 1));
    assert_eq!(lab.sample("T8").await?.location, "/flows/processes/2?done=start:2");
    // The first page is checked on the second as well: whoever writes the form by hand is led back.
    let by_hand = lab.post("rita", "/blood/sample", "name=&born=1980-02-29&tube=T9&drawn=2026-11-02&once=k").await?;
    assert!(by_hand.status == 422 && by_hand.body.contains("Step 1 of 2"), "{}", by_hand.body);
    FLOWS.assert_sound(&mut lab.db()?)?;
    Ok(())
}

#[tokio::test]
async fn a_sample_is_measured_on_a_page_of_its_own() -> Result {
    let lab = Laboratory::open("measure")?;
    lab.sample("T7").await?;
    let (task, page) = ("/flows/tasks/1.2", "/blood/1.2/biochemical");
    let free = lab.get("lars", task).await?;
    assert!(free.status == 200 && free.body.contains("/flows/tasks/1.2/assign"), "taken on our page: {}", free.body);
    assert_eq!(lab.get("lars", page).await?.location, task, "not yet his");
    lab.post("lars", &format!("{task}/assign"), "").await?;
    let own = lab.get("lars", task).await?;
    assert_eq!((own.status, &*own.location), (303, page));
    let own = lab.get("lars", page).await?;
    assert!(own.status == 200 && own.body.contains("Ada") && own.body.contains("tube T7"), "{}", own.body);
    let action = own.body.split("action=\"").nth(1).and_then(|rest| rest.split('"').next()).ok_or("no form")?;

    let wrong = lab.post("lars", action, "hemoglobin=much&lymphocytes=2.1").await?;
    assert_eq!((wrong.status, wrong.input("hemoglobin")?.as_str()), (422, "much"), "{}", wrong.body);
    assert_eq!(wrong.input("lymphocytes")?, "2.1");
    let old = lab.post("lars", &format!("{page}?tag=0123456789abcdef"), "hemoglobin=13&lymphocytes=2.1").await?;
    assert_eq!(old.status, 409, "{}", old.body);
    let done = lab.post("lars", action, "hemoglobin=13&lymphocytes=2.1").await?;
    assert_eq!((done.status, &*done.location), (303, "/flows/processes/1?done=execute:1.2"), "{}", done.body);
    FLOWS.expect(&mut lab.db()?, 1).is(flow_core::ProcessStatus::Done);
    assert_eq!(lab.get("lars", page).await?.location, task, "it is done");

    // Code has sent this one: the app has no rows of it.
    let second = crate::flow::BloodTestFlow.second_sample.run(&mut lab.db()?, &LABORATORY, "Ben".to_owned())?.id();
    lab.post("lars", &format!("/flows/tasks/{second}.2/assign"), "").await?;
    let own = lab.get("lars", &format!("/blood/{second}.2/biochemical")).await?;
    assert!(own.status == 200 && own.body.contains("Ben") && !own.body.contains("tube"), "{}", own.body);
    Ok(())
}

#[tokio::test]
async fn a_stranger_is_refused() -> Result {
    let lab = Laboratory::open("stranger")?;
    lab.sample("T7").await?;
    lab.post("lars", "/flows/tasks/1.2/assign", "").await?;
    let before = lab.rows()?;
    let form = "name=Eve&born=1980-02-29&tube=T9&drawn=2026-11-02&once=k";
    for (method, path, status) in [
        ("GET", "/flows/start/blood_test/first_sample", 403),
        ("GET", "/blood/patient", 403),
        ("POST", "/blood/patient", 403),
        ("POST", "/blood/sample", 403),
        ("GET", "/flows/tasks/1.2", 404),
        ("GET", "/blood/1.2/biochemical", 404),
        ("POST", "/blood/1.2/biochemical?tag=0123456789abcdef", 404),
        ("GET", "/blood/9.2/biochemical", 404),
        ("GET", "/blood/x/biochemical", 404),
    ] {
        assert_eq!(lab.send("eve", method, path, form).await?.status, status, "{method} {path}");
        assert_eq!(lab.send("", method, path, form).await?.status, 401, "{method} {path}");
    }
    let other = lab.get("lars", "/blood/1.1/biochemical").await?;
    assert_eq!(other.status, 404, "another node: {}", other.body);
    assert_eq!(lab.rows()?, before);
    let elsewhere = Request::post("/blood/sample").header("sec-fetch-site", "cross-site").body(Body::from(form))?;
    assert_eq!(lab.router.clone().oneshot(elsewhere).await?.status().as_u16(), 403, "from another site");
    Ok(())
}
