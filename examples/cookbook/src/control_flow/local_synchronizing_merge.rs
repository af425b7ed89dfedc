//! Local synchronizing merge (WCP-37): a visa needs different checks for citizens and for others, and within each of
//! the two ways some checks only where they apply. One merge serves both ways, and waits for what was begun in the
//! way that was taken: that is known from the process alone, without looking at what else could still happen.

use flow_core::prelude::*;

/// A visa.
#[derive(ProcessProxy, Debug)]
pub struct VisaProcess {
    process: Process,
    /// Citizen of a member state
    #[json(default)]
    citizen: bool,
    /// For work
    #[json(default)]
    work: bool,
}

/// Visa
#[flow(process = VisaProcess)]
#[derive(Debug)]
pub struct VisaFlow {
    #[node(form = VisaForm { citizen, work }, permission(anyone), next = this.is_citizen)]
    pub start: Start,

    #[node(if = |a| a.process.citizen(), then = this.short_way, else = this.long_way)]
    pub is_citizen: If,

    #[node(next = this.passport, next(this.employer, when = |a| a.process.work()))]
    pub short_way: Split,

    #[node(next = this.passport, next = this.interview, next(this.employer, when = |a| a.process.work()))]
    pub long_way: Split,

    /// Check the passport
    #[node(permission("check"), next = this.checked)]
    pub passport: View,

    /// Ask the employer
    #[node(permission("check"), next = this.checked)]
    pub employer: View,

    /// Interview the applicant
    #[node(permission("check"), next = this.checked)]
    pub interview: View,

    #[node(next = this.issue)]
    pub checked: Join,

    /// Issue the visa
    #[node(permission("issue"), next = this.end)]
    pub issue: View,

    pub end: End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![VisaFlow];

    fn is_checked(conn: &mut Db, id: i64) -> Result<bool> {
        Ok(!VisaFlow.issue.tasks().open().of(id).load(conn)?.is_empty())
    }

    #[test]
    fn what_was_begun_is_waited_for_and_nothing_else() -> Result<()> {
        let mut conn = database();
        let start = |conn: &mut Db, citizen, work| VisaFlow.start.run(conn, &OFFICE, VisaForm { citizen, work });
        let short = start(&mut conn, true, false)?.id();
        complete(&mut conn, VisaFlow.passport, short, &OFFICE, ())?;
        assert!(is_checked(&mut conn, short)?);

        let long = start(&mut conn, false, true)?.id();
        complete(&mut conn, VisaFlow.employer, long, &OFFICE, ())?;
        complete(&mut conn, VisaFlow.passport, long, &OFFICE, ())?;
        assert!(!is_checked(&mut conn, long)?);
        complete(&mut conn, VisaFlow.interview, long, &OFFICE, ())?;
        assert!(is_checked(&mut conn, long)?);
        sound(&FLOWS, &mut conn)
    }
}
