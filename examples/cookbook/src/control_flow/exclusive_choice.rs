//! Exclusive choice (WCP-4) and simple merge (WCP-5): a claim goes to the garage, the doctor or an expert, and
//! whoever had it, it is paid then. The cases are a `match`: a kind that none of them takes does not compile.

use flow_core::prelude::*;

/// What was damaged.
#[derive(Choices, Clone, Copy, Debug, PartialEq)]
pub enum Damage {
    /// A car
    Car,
    /// A person
    Person,
    /// A building
    Building,
}

/// A claim.
#[derive(ProcessProxy, Debug)]
pub struct ClaimProcess {
    process: Process,
    /// Damage
    #[json(choices)]
    damage: Damage,
    /// Amount
    #[json(default)]
    amount: i64,
}

/// Claim
#[flow(process = ClaimProcess)]
#[derive(Debug)]
pub struct ClaimFlow {
    #[node(form = ReportForm { damage }, permission(anyone), next = this.which)]
    pub report: Start,

    #[node(on = |a| a.process.damage(), case(Damage::Car => this.garage), case(Damage::Person => this.doctor),
           case(Damage::Building => this.expert))]
    pub which: Switch,

    /// Inspect the car
    #[node(form = GarageForm { amount }, permission(auto), next = this.is_small)]
    pub garage: View,

    /// Examine the person
    #[node(form = DoctorForm { amount }, permission(auto), next = this.is_small)]
    pub doctor: View,

    /// Estimate the damage
    #[node(form = ExpertForm { amount }, permission(auto), next = this.is_small)]
    pub expert: View,

    #[node(if = |a| a.process.amount() < 1000, then = this.pay, else = this.approve)]
    pub is_small: If,

    /// Approve the payment
    #[node(permission("approve"), next = this.pay)]
    pub approve: View,

    #[node(run = |job| println!("pay {}", job.process.amount()), next = this.paid)]
    pub pay: Job,

    pub paid: End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![ClaimFlow];

    #[test]
    fn exactly_one_branch_is_taken() -> Result<()> {
        let mut conn = database();
        let small = ClaimFlow.report.run(&mut conn, &OFFICE, ReportForm { damage: Damage::Car })?.id();
        complete(&mut conn, ClaimFlow.garage, small, &OFFICE, GarageForm { amount: 400 })?;
        FLOWS.run_until_idle(&mut conn)?;
        FLOWS.expect(&mut conn, small).is(Done).tasks(&[
            "report:DONE",
            "which:DONE",
            "garage:DONE",
            "is_small:DONE",
            "pay:DONE",
            "paid:DONE",
        ]);

        let large = ClaimFlow.report.run(&mut conn, &OFFICE, ReportForm { damage: Damage::Building })?.id();
        complete(&mut conn, ClaimFlow.expert, large, &OFFICE, ExpertForm { amount: 90_000 })?;
        FLOWS.expect(&mut conn, large).is(New).tasks(&[
            "report:DONE",
            "which:DONE",
            "expert:DONE",
            "is_small:DONE",
            "approve:NEW",
        ]);
        sound(&FLOWS, &mut conn)
    }
}
