//! Viewflow's `guardian_perms`, object permissions: a bill is accepted and signed by people of its department alone.
//! A bill that is not validated goes back; one that is not accepted or signed ends.

use flow_core::prelude::*;

use crate::Db;

diesel::table! {
    /// The bills.
    bills (id) {
        /// Number.
        id -> Integer,
        /// Amount in cents.
        cents -> BigInt,
        /// The day on which it is paid.
        pay_date -> Nullable<Text>,
    }
}

/// The table of bills.
pub const TABLE: &str = "create table bills (id integer primary key, cents bigint not null, pay_date text)";

/// A bill.
#[derive(diesel::Queryable, diesel::Selectable, diesel::Identifiable, FlowModel, Debug)]
pub struct Bill {
    /// Number
    pub id: i32,
    /// Amount in cents
    pub cents: i64,
    /// The day on which it is paid
    pub pay_date: Option<String>,
}

/// The clearing of a bill.
#[derive(ProcessProxy, Debug)]
#[proxy(artifact = Bill)]
pub struct ClearingProcess {
    process: Process,
    /// Department
    department: String,
    /// Accepted
    #[json(default)]
    accepted: bool,
    /// Signed
    #[json(default)]
    signed: bool,
    /// Validated
    #[json(default)]
    validated: bool,
}

/// A new bill.
#[derive(serde::Deserialize, Clone, Debug)]
pub struct RegisterForm {
    /// Amount in cents
    pub cents: i64,
    /// Department
    pub department: String,
}

impl StartData<ClearingFlow> for RegisterForm {
    fn data(&self) -> ClearingProcessData {
        ClearingProcessData { department: self.department.clone(), accepted: false, signed: false, validated: false }
    }
}

impl Form<ClearingFlow> for RegisterForm {
    fn save(self, a: &mut Activation<ClearingFlow>, conn: &mut Db) -> Step {
        let bill: Bill = diesel::insert_into(bills::table)
            .values(bills::cents.eq(self.cents))
            .returning(Bill::as_returning())
            .get_result(conn)?;
        a.process.set_artifact(&bill);
        Ok(())
    }
}

/// When a bill is paid.
#[derive(serde::Deserialize, Clone, Debug)]
pub struct PayDateForm {
    /// Day
    pub pay_date: String,
}

impl Form<ClearingFlow> for PayDateForm {
    fn save(self, a: &mut Activation<ClearingFlow>, conn: &mut Db) -> Step {
        let bill = a.process.artifact(conn)?;
        diesel::update(&bill).set(bills::pay_date.eq(self.pay_date)).execute(conn)?;
        Ok(())
    }
}

/// Bill clearing
#[flow(process = ClearingProcess, name = "bill_clearing")]
#[derive(Debug)]
pub struct ClearingFlow {
    /// Register a bill
    #[node(form = RegisterForm, permission("register_bill"), next = this.accept_bill)]
    pub register_bill: Start,

    // The permission, and of this department.
    /// Accept the bill
    #[node(form = AcceptForm { accepted }, permission("accept_bill"), candidates = |a| [group(a.process.department())],
           next = this.check_accepted)]
    pub accept_bill: View,

    #[node(if = |a| a.process.accepted(), then = this.sign_bill, else = this.incorrect_bill)]
    pub check_accepted: If,

    /// Sign the bill
    #[node(form = SignForm { signed }, permission("sign_bill"), candidates = |a| [group(a.process.department())],
           next = this.check_signed)]
    pub sign_bill: View,

    #[node(if = |a| a.process.signed(), then = this.validate_bill, else = this.bill_rejected)]
    pub check_signed: If,

    /// Validate the bill
    #[node(form = ValidateForm { validated }, permission("validate_bill"), next = this.check_validated)]
    pub validate_bill: View,

    #[node(if = |a| a.process.validated(), then = this.set_bill_paydate, else = this.accept_bill)]
    pub check_validated: If,

    /// Set the day of payment
    #[node(form = PayDateForm, permission("pay_bill"), next = this.pay_bill)]
    pub set_bill_paydate: View,

    /// Pay the bill
    #[node(permission("pay_bill"), next = this.bill_paid)]
    pub pay_bill: View,

    pub incorrect_bill: End,
    pub bill_rejected: End,
    pub bill_paid: End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![ClearingFlow];
    const SALES: Person = Person { groups: &["sales"], ..Person::new("sue").may(&["accept_bill", "sign_bill"]) };
    const WORKS: Person = Person { groups: &["works"], ..Person::new("will").may(&["accept_bill", "sign_bill"]) };

    fn register(conn: &mut Db) -> flow_core::Result<i64> {
        diesel::sql_query(TABLE).execute(conn)?;
        let form = RegisterForm { cents: 12_000, department: "sales".to_owned() };
        Ok(ClearingFlow.register_bill.run(conn, &OFFICE, form)?.id())
    }

    #[test]
    fn only_its_department_and_back_until_it_is_validated() -> flow_core::Result<()> {
        let mut conn = database();
        let id = register(&mut conn)?;
        assert_eq!((FLOWS.queue(&mut conn, &SALES)?.len(), FLOWS.queue(&mut conn, &WORKS)?.len()), (1, 0));
        let refused = complete(&mut conn, ClearingFlow.accept_bill, id, &WORKS, AcceptForm { accepted: true });
        assert_eq!(refused.map(|_| ()).unwrap_err().kind(), ErrorKind::Denied);
        for validated in [false, true] {
            complete(&mut conn, ClearingFlow.accept_bill, id, &SALES, AcceptForm { accepted: true })?;
            complete(&mut conn, ClearingFlow.sign_bill, id, &SALES, SignForm { signed: true })?;
            complete(&mut conn, ClearingFlow.validate_bill, id, &OFFICE, ValidateForm { validated })?;
        }
        let form = PayDateForm { pay_date: "2026-12-01".to_owned() };
        let process = complete(&mut conn, ClearingFlow.set_bill_paydate, id, &OFFICE, form)?;
        assert_eq!(process.artifact(&mut conn)?.pay_date.as_deref(), Some("2026-12-01"));
        complete(&mut conn, ClearingFlow.pay_bill, id, &OFFICE, ())?;
        let seen = FLOWS.expect(&mut conn, id).is(Done);
        assert_eq!(seen.rows().last().map(Task::node), Some("bill_paid"));
        sound(&FLOWS, &mut conn)
    }

    #[test]
    fn a_bill_that_is_not_accepted_ends() -> flow_core::Result<()> {
        let mut conn = database();
        let id = register(&mut conn)?;
        complete(&mut conn, ClearingFlow.accept_bill, id, &SALES, AcceptForm { accepted: false })?;
        FLOWS.expect(&mut conn, id).is(Done).tasks(&[
            "register_bill:DONE",
            "accept_bill:DONE",
            "check_accepted:DONE",
            "incorrect_bill:DONE",
        ]);
        sound(&FLOWS, &mut conn)
    }
}
