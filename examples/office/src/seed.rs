//! What has happened in the office before: something for everybody to do.

use flow_core::form::Sent;

use crate::db::Db;
use crate::flows::FLOWS;
use crate::people::Person;

/// Items, as a form of JSON has them.
const LAMPS: &str = r#"{"what": "Lamp", "pieces": 2}"#;
const CABLES: &str = r#"{"what": "Cable", "pieces": 4}"#;

/// Starts some processes.
pub(crate) fn fill(conn: &mut Db) -> flow_core::Result<()> {
    let person = |conn: &mut Db, id: &str| -> flow_core::Result<Person> {
        Ok(Person::find(conn, id)?.ok_or(diesel::result::Error::NotFound)?)
    };
    let (anna, ben, dora) = (person(conn, "anna")?, person(conn, "ben")?, person(conn, "dora")?);
    let emil = person(conn, "emil")?;
    for (who, purpose, category, amount, account) in [
        (&anna, "Train to the customer in Graz", "travel", "128.40", "AT611904300234573201"),
        (&anna, "Coffee for the meeting", "meals", "18.90", "AT611904300234573201"),
        (&dora, "Packing tape", "supplies", "31.20", "DE02120300000000202013"),
        (&emil, "Taxi at night", "travel", "44.00", "DE02120300000000202113"),
        (&emil, "Dinner with <the> \"suppliers\" & friends", "meals", "212.00", "DE02120300000000202051"),
    ] {
        let sent = form(&[
            ("purpose", purpose),
            ("category", category),
            ("amount", amount),
            ("paid_on", "2026-11-20"),
            ("account", account),
            ("file_password", "hunter2"),
        ]);
        FLOWS.start(conn, "expenses", "start", who, Sent::Urlencoded(sent.as_bytes()))?;
    }
    for (who, first, last) in [(&dora, "2026-12-21", "2026-12-31"), (&anna, "2027-02-01", "2027-02-05")] {
        let sent = form(&[("first_day", first), ("last_day", last), ("stands_in", "Emil"), ("remarks", "")]);
        FLOWS.start(conn, "leave", "start", who, Sent::Urlencoded(sent.as_bytes()))?;
    }
    for (order, address) in [("2026-117", "Hafengasse 4, 1030 Wien"), ("2026-118", "12 Mill Lane, Leeds")] {
        let sent =
            form(&[("order", order), ("address", address), ("items", LAMPS), ("items", CABLES), ("fragile", "on")]);
        FLOWS.start(conn, "shipment", "start", &anna, Sent::Urlencoded(sent.as_bytes()))?;
    }
    // Ben has taken one.
    if let Some(task) = FLOWS.queue(conn, &ben)?.first() {
        FLOWS.assign(conn, task.id(), &ben)?;
    }
    Ok(())
}

/// A form as a browser sends it.
fn form(fields: &[(&str, &str)]) -> String {
    let encoded = fields.iter().map(|(name, value)| {
        let value: String = value
            .bytes()
            .map(
                |byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") },
            )
            .collect();
        format!("{name}={value}")
    });
    encoded.collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people;

    #[test]
    fn whatever_a_manager_does_to_what_is_there_it_stays_sound() -> flow_core::Result<()> {
        let mut conn = flow_core::test_util::database();
        people::create(&mut conn)?;
        fill(&mut conn)?;
        FLOWS.assert_sound(&mut conn)
    }
}
