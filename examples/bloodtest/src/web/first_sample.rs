//! A first sample, in two steps: the patient, then the tube. Nothing is stored before both are there: the second page has
//! the patient in hidden inputs, which are checked again. Then patient, tube and process are written in one transaction.

use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use flow_core::Once;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::FLOWS;
use crate::flow::{BloodTestFlow, Db, SampleForm};
use crate::web::pages::{Faults, Refused};
use crate::web::people::Person;
use crate::web::{App, FLOW_PAGES, tables};

/// All that both pages send. What one of them has not is empty, and is kept by the other.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Sent {
    name: String,
    born: String,
    tube: String,
    drawn: String,
    /// By which a second page starts one process, however often it is sent.
    once: String,
    /// `back` of the button that leads from the second page to the first.
    step: String,
}

/// The first page.
pub(crate) async fn begin(State(app): State<App>, user: Person) -> Result<Response, Refused> {
    BloodTestFlow.first_sample.check(&user)?;
    app.templates.page("patient.html", Sent::default(), &Faults::new())
}

/// The first page is sent: then comes the second one. Or somebody goes back to it.
pub(crate) async fn patient(
    State(app): State<App>,
    user: Person,
    Form(mut sent): Form<Sent>,
) -> Result<Response, Refused> {
    BloodTestFlow.first_sample.check(&user)?;
    if sent.step == "back" {
        return app.templates.page("patient.html", sent, &Faults::new());
    }
    let faults = of_patient(&sent);
    if !faults.is_empty() {
        return app.templates.page("patient.html", sent, &faults);
    }
    sent.once = key()?;
    app.templates.page("sample.html", sent, &Faults::new())
}

/// The second page is sent: the process is started.
pub(crate) async fn sample(State(app): State<App>, user: Person, Form(sent): Form<Sent>) -> Result<Response, Refused> {
    BloodTestFlow.first_sample.check(&user)?;
    let faults = of_patient(&sent);
    if !faults.is_empty() {
        return app.templates.page("patient.html", sent, &faults);
    }
    let faults = of_sample(&sent);
    if !faults.is_empty() {
        return app.templates.page("sample.html", sent, &faults);
    }
    let values = sent.clone();
    match app.db(move |conn| start(conn, user, &values)).await {
        Ok(id) => Ok(Redirect::to(&format!("{FLOW_PAGES}/processes/{id}?done=start:{id}")).into_response()),
        Err(Refused::Faults(faults)) => app.templates.page("sample.html", sent, &faults),
        Err(refused) => Err(refused),
    }
}

/// Both rows of the app and the process, or nothing. Sent again it is the process that was started before.
fn start(conn: &mut Db, user: Person, sent: &Sent) -> Result<i64, Refused> {
    let request = format!("{:?}", (&sent.name, &sent.born, &sent.tube, &sent.drawn));
    let begun = FLOWS.once(conn, &user, &format!("first-sample:{}", sent.once), &request, |conn| {
        if tables::is_used(conn, &sent.tube)? {
            return Err(Refused::fault("tube", "was used before"));
        }
        let form = SampleForm { patient: sent.name.clone() };
        let id = BloodTestFlow.first_sample.run(conn, &user, form)?.id();
        tables::write(conn, (&sent.name, &sent.born), (&sent.tube, &sent.drawn), id)?;
        Ok(((id, 0), id))
    })?;
    match begun {
        Once::Done(id) | Once::Before(id, _) => Ok(id),
        // Who has gone back in the browser, and has changed something.
        _ => Err(Refused::fault("", "This was sent before, with other values: begin anew for another sample.")),
    }
}

fn of_patient(sent: &Sent) -> Faults {
    let mut faults = Faults::new();
    if sent.name.trim().is_empty() || sent.name.chars().count() > 80 {
        faults.insert("name".to_owned(), "has from 1 to 80 characters".to_owned());
    }
    if sent.born.parse::<Date>().is_err() {
        faults.insert("born".to_owned(), "is not a date".to_owned());
    }
    faults
}

fn of_sample(sent: &Sent) -> Faults {
    let mut faults = Faults::new();
    if sent.tube.is_empty() || sent.tube.len() > 20 || !sent.tube.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        faults.insert("tube".to_owned(), "has from 1 to 20 letters and digits".to_owned());
    }
    match (sent.drawn.parse::<Date>(), sent.born.parse::<Date>()) {
        (Ok(drawn), Ok(born)) if drawn < born => {
            faults.insert("drawn".to_owned(), "is before the patient was born".to_owned());
        }
        (Ok(_), _) => {}
        (Err(_), _) => {
            faults.insert("drawn".to_owned(), "is not a date".to_owned());
        }
    }
    faults
}

/// A new key, which nobody guesses.
fn key() -> Result<String, Refused> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(Refused::broken)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
