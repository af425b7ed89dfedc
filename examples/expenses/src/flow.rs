//! The process: an expense report is reviewed, corrected where it must be, signed where it is large, and paid.

use flow_core::prelude::*;
use flow_core::{Calendar, Day, Error, FieldError, Task};
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::{bank, mail};

/// The app's connection.
pub type Db = diesel::SqliteConnection;

/// How often a report may be corrected and reviewed again.
const ROUNDS: i32 = 3;

/// From this amount on a report needs a signature.
const SIGNED_FROM: i64 = 1_000;

/// Who bears the costs.
#[derive(Choices, Clone, Copy, Debug, PartialEq, Eq)]
pub enum CostCenter {
    /// Sales
    Sales,
    /// Research
    Research,
    /// Office and buildings
    Office,
}

/// What a review comes to.
#[derive(Choices, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Approve
    Approve,
    /// Send back
    SendBack,
    /// Reject
    Reject,
}

/// One receipt of a report.
#[derive(JsonModel, Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// What it is for
    #[json(max_length = 80)]
    pub what: String,
    /// Amount
    #[json(range = 0.01..=10_000, decimal_places = 2)]
    pub amount: Decimal,
    /// Day
    pub day: Date,
}

/// An expense report.
#[derive(ProcessProxy, Debug, Clone)]
pub struct ExpenseProcess {
    process: Process,
    /// What for
    #[json(max_length = 120)]
    purpose: String,
    /// Cost center
    #[json(choices)]
    cost_center: CostCenter,
    /// Account
    ///
    /// The IBAN that the money goes to.
    #[json(max_length = 34)]
    account: String,
    /// Receipts
    receipts: Vec<Receipt>,
    /// Total
    #[json(default)]
    total: Decimal,
    /// How often it was handed in
    #[json(default)]
    round: i32,
    /// Verdict
    #[json(choices)]
    verdict: Option<Verdict>,
    /// Remark
    #[json(max_length = 500)]
    remark: Option<String>,
    /// Signed
    #[json(default)]
    signed: bool,
    /// The bank's number of the transfer
    transfer: Option<String>,
}

/// Expense report
#[flow(process = ExpenseProcess, connection = Db, name = "expense",
       summary = "{process.purpose}: {process.total}", reference = "{process.account}",
       view(auto), cancel(this.may_withdraw), calendar = OFFICE, notify = this.mail(conn))]
#[derive(Debug)]
pub struct ExpenseFlow {
    /// New expense report
    #[node(form = ReportForm { purpose, cost_center, account, receipts }, permission(anyone), next = this.add_up)]
    pub start: Start,

    #[node(run = this.add_up, next = this.review)]
    pub add_up: Function,

    /// Check the receipts
    #[node(form = ReviewForm { verdict: required, remark }, permission(auto), different_from(this.start),
           due = working_days(3), on_timeout(working_days(3), this.remind, interrupting = false),
           on_timeout(days(30), this.expired), next = this.decide)]
    pub review: View,

    #[node(run = this.remind, next = this.reminded)]
    pub remind: Job,
    pub reminded: End,

    #[node(on = |a| a.process.verdict(), case(Some(Verdict::Approve) => this.split),
           case(Some(Verdict::SendBack) => this.again), default = this.rejected)]
    pub decide: Switch,

    #[node(if = |a| a.process.round() < ROUNDS, then = this.correct, else = this.rejected)]
    pub again: If,

    /// Correct the report
    #[node(form = CorrectForm { purpose, cost_center, account, receipts }, assign = this.start.owner,
           on_timeout(days(30), this.expired), next = this.add_up)]
    pub correct: View,

    #[node(next(this.sign, when = |a| a.process.total() >= SIGNED_FROM.into()),
           next(this.book, when = |a| a.process.cost_center() == CostCenter::Research), next = this.join)]
    pub split: Split,

    /// Sign a large report
    #[node(form = SignForm { signed }, permission(auto), different_from(this.start, this.review), next = this.join)]
    pub sign: View,

    /// Book it on a project
    #[node(permission(auto), next = this.join)]
    pub book: View,

    #[node(next = this.accepted)]
    pub join: Join,

    #[node(if = |a| a.process.signed() || a.process.total() < SIGNED_FROM.into(),
           then = this.pay, else = this.rejected)]
    pub accepted: If,

    #[node(run = this.transfer, on_done = |a, number| a.process.set_transfer(Some(number)),
           retry(attempts = 5, delay = seconds(1), factor = 4.0), timeout = minutes(1), next = this.paid)]
    pub pay: Job,

    pub paid: End,
    pub rejected: End,
    pub expired: End,
}

impl ExpenseFlow {
    fn add_up(a: &mut Activation<Self>) -> Step {
        if a.process.receipts().is_empty() {
            return Err(Error::Invalid(vec![FieldError::new("receipts", "has none")]).into());
        }
        let total = a.process.receipts().iter().map(|receipt| receipt.amount).sum();
        a.process.set_total(total);
        a.process.set_round(a.process.round() + 1);
        Ok(())
    }

    /// Who handed it in takes it back as long as nobody else is at it.
    fn may_withdraw(user: &dyn User, process: &ExpenseProcess, open: &[Task]) -> Step<bool> {
        if process.row().started_by() != Some(user.id()) {
            return Ok(false);
        }
        let claimed = |task: &&Task| task.kind() == "Job" || task.owner().is_some_and(|owner| owner != user.id());
        open.iter().find(claimed).map_or(Ok(true), |task| Err(StepError::conflict(task)))
    }

    fn transfer(job: &JobContext<Self>) -> Result<String, bank::Unreachable> {
        bank::transfer(&job.task.id().to_string(), job.process.account(), job.process.total(), job.attempt)
    }

    fn remind(job: &JobContext<Self>) -> Step {
        mail::remind(&job.process, &job.task)
    }

    fn mail(note: &flow_core::Notification, conn: &mut Db) -> Step {
        mail::changed(note, conn)
    }
}

/// The office: closed at weekends, and on a few days more.
struct Office;

impl Calendar for Office {
    fn zone(&self) -> &str {
        "Europe/Berlin"
    }

    fn is_holiday(&self, day: Day) -> bool {
        matches!((day.month(), day.day()), (1, 1) | (5, 1) | (10, 3) | (12, 24..=26))
    }
}

static OFFICE: Office = Office;
