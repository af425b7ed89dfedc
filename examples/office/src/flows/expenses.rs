//! Expenses: somebody has paid for the office, and gets it back.

use std::collections::HashSet;
use std::sync::Mutex;

use flow_core::prelude::*;
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::db::Db;

/// What it was for.
#[derive(Choices, Clone, Copy, Debug, PartialEq)]
pub(crate) enum Category {
    /// Travel
    Travel,
    /// Meals
    Meals,
    /// Office supplies
    Supplies,
}

/// An expense.
#[derive(ProcessProxy, Debug, Clone)]
pub(crate) struct ExpensesProcess {
    process: Process,
    /// What was it for?
    #[json(max_length = 120)]
    purpose: String,
    /// Category
    #[json(choices)]
    category: Category,
    /// Amount in euros
    #[json(decimal_places = 2, range = 0.01..=100_000)]
    amount: Decimal,
    /// Day of the payment
    paid_on: Date,
    /// Bank account
    ///
    /// The IBAN that the money goes to.
    #[json(max_length = 34, pattern = "[A-Z]{2}[0-9]{2}[A-Z0-9]{8,30}")]
    account: String,
    /// Password of the receipt's file
    ///
    /// Nobody sees it again; the bank's program reads it.
    file_password: Option<flow_core::Secret<String>>,
    /// Approved
    approved: Option<bool>,
    /// A word to the applicant
    #[json(max_length = 500)]
    answer: Option<String>,
}

/// Expenses
///
/// You have paid for the office: ask for your money back. Amounts of more than 50 euros are approved by your lead.
#[flow(process = ExpensesProcess, connection = Db, summary = "{process.purpose}: {process.amount} EUR",
       cancel(this.may_withdraw))]
#[derive(Debug)]
pub(crate) struct ExpensesFlow {
    /// Ask for money back
    #[node(form = ExpenseForm { purpose, category, amount, paid_on, account, file_password }, permission("employee"),
           next = this.is_small)]
    pub(crate) start: Start,

    /// Is it small?
    #[node(if = |a| a.process.amount() <= Decimal::from(50), then = this.pay, else = this.approve)]
    pub(crate) is_small: If,

    /// Approve the expense
    #[node(form = ExpenseAnswer { approved: required, answer }, permission("lead"), different_from(this.start),
           due = days(3), next = this.decision)]
    pub(crate) approve: View,

    /// Is it approved?
    #[node(if = |a| a.process.approved() == Some(true), then = this.pay, else = this.refused)]
    pub(crate) decision: If,

    /// Pay it
    #[node(run = this.ask_the_bank, next = this.paid)]
    pub(crate) pay: Job,

    /// Paid
    pub(crate) paid: End,
    /// Refused
    pub(crate) refused: End,
}

impl ExpensesFlow {
    /// Who has asked may withdraw it as long as nobody looks at it.
    fn may_withdraw(user: &dyn User, process: &ExpensesProcess, open: &[Task]) -> Step<bool> {
        match open.iter().find(|task| task.owner().is_some()) {
            Some(taken) => Err(StepError::conflict(taken)),
            None => Ok(process.process.started_by() == Some(user.id())),
        }
    }

    /// A bank that is closed when it is asked for the first time about an account that ends in 13: so that there is
    /// something to try again.
    fn ask_the_bank(job: &JobContext<Self>) -> Step {
        static ASKED: Mutex<Option<HashSet<i64>>> = Mutex::new(None);
        let mut asked = ASKED.lock().map_err(|_| "the bank's line is broken")?;
        let first = asked.get_or_insert_default().insert(job.process.process.id());
        if first && job.process.account().ends_with("13") {
            return Err("the bank does not answer".into());
        }
        Ok(())
    }
}
