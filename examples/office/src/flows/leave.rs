//! Leave: asked for, approved or sent back, booked.

use flow_core::prelude::*;
use flow_core::{Error, FieldError};
use jiff::civil::Date;

use crate::db::Db;

/// A request for leave.
#[derive(ProcessProxy, Debug, Clone)]
pub(crate) struct LeaveProcess {
    process: Process,
    /// First day
    first_day: Date,
    /// Last day
    last_day: Date,
    /// Who stands in
    ///
    /// Agree with them before you ask.
    #[json(default, max_length = 80)]
    stands_in: String,
    /// Remarks
    #[json(max_length = 1000)]
    remarks: Option<String>,
    /// Decision
    #[json(choices)]
    decision: Option<Decision>,
    /// Reason
    #[json(max_length = 500)]
    reason: Option<String>,
    /// Appointments that must be moved
    #[json(default)]
    appointments: Vec<String>,
}

/// What the lead says.
#[derive(Choices, Clone, Copy, Debug, PartialEq)]
pub(crate) enum Decision {
    /// Approved
    Approved,
    /// To be changed
    Change,
    /// Refused
    Refused,
}

/// Leave
///
/// Ask for days off. Your lead approves them, or asks you to change something.
#[flow(process = LeaveProcess, connection = Db, summary = "{process.first_day} – {process.last_day}",
       cancel(this.may_withdraw))]
#[derive(Debug)]
pub(crate) struct LeaveFlow {
    /// Ask for leave
    #[node(form = LeaveForm { first_day, last_day, stands_in, remarks, appointments }, permission("employee"),
           next = this.asked)]
    pub(crate) start: Start,

    /// Are the days possible?
    #[node(run = this.check_days, next = this.approve)]
    pub(crate) asked: Function,

    /// Approve the leave
    #[node(form = LeaveDecision { decision: required, reason }, permission("lead"), different_from(this.start),
           due = days(2), on_timeout(days(5), this.reminded, interrupting = false), next = this.decide)]
    pub(crate) approve: View,

    /// The lead was reminded
    pub(crate) reminded: End,

    /// The decision
    #[node(on = |a| a.process.decision(), case(Some(Decision::Approved) => this.book),
           case(Some(Decision::Change) => this.change), default = this.refused)]
    pub(crate) decide: Switch,

    /// Change the request
    #[node(form = LeaveChange { first_day, last_day, stands_in, remarks }, assign = this.start.owner,
           next = this.asked)]
    pub(crate) change: View,

    /// Book the days
    #[node(run = |_job| (), next = this.booked)]
    pub(crate) book: Job,

    /// Booked
    pub(crate) booked: End,
    /// Refused
    pub(crate) refused: End,
}

impl LeaveFlow {
    /// A rule over two fields. What it refuses stands beside its field, and nothing of the form is stored.
    fn check_days(a: &mut Activation<Self>) -> Step {
        if a.process.last_day() < a.process.first_day() {
            return Err(Error::Invalid(vec![FieldError::new("last_day", "is before the first day")]).into());
        }
        Ok(())
    }

    /// Who has asked may change their mind.
    fn may_withdraw(user: &dyn User, process: &LeaveProcess, _open: &[Task]) -> Step<bool> {
        Ok(process.process.started_by() == Some(user.id()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flows::FLOWS;
    use crate::people::{self, Person};
    use flow_core::form::Sent;

    #[test]
    fn leave_does_not_end_before_it_begins() -> flow_core::Result<()> {
        let mut conn = flow_core::test_util::database();
        people::create(&mut conn)?;
        let anna = Person::find(&mut conn, "anna")?.ok_or(diesel::result::Error::NotFound)?;
        let mut ask = |last: &str| {
            let sent = format!("first_day=2027-04-05&last_day={last}&stands_in=&remarks=");
            FLOWS.start(&mut conn, "leave", "start", &anna, Sent::Urlencoded(sent.as_bytes()))
        };
        ask("2027-04-05")?;
        let Err(Error::Invalid(faults)) = ask("2027-04-04") else { panic!("it was started") };
        assert_eq!(faults.iter().map(|fault| &*fault.field).collect::<Vec<_>>(), ["last_day"]);
        Ok(())
    }
}
