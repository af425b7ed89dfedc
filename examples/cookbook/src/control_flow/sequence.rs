//! Sequence (WCP-1): a letter is written, signed and sent. Each step begins when the one before it is done.

use flow_core::prelude::*;

/// Letter
#[flow]
#[derive(Debug)]
pub struct LetterFlow {
    /// Write the letter
    #[node(permission(anyone), next = this.sign)]
    pub write: Start,

    /// Sign it
    #[node(permission("sign"), next = this.send)]
    pub sign: View,

    /// Send it
    #[node(run = |job| println!("letter {} is sent", job.process.id()), next = this.sent)]
    pub send: Job,

    pub sent: End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![LetterFlow];

    #[test]
    fn one_step_after_another() -> Result<()> {
        let mut conn = database();
        let letter = LetterFlow.write.run(&mut conn, &OFFICE, ())?.id();
        FLOWS.expect(&mut conn, letter).is(New).tasks(&["write:DONE", "sign:NEW"]);
        complete(&mut conn, LetterFlow.sign, letter, &OFFICE, ())?;
        FLOWS.expect(&mut conn, letter).is(New).tasks(&["write:DONE", "sign:DONE", "send:SCHEDULED"]);
        FLOWS.run_until_idle(&mut conn)?;
        FLOWS.expect(&mut conn, letter).is(Done).tasks(&["write:DONE", "sign:DONE", "send:DONE", "sent:DONE"]);
        sound(&FLOWS, &mut conn)
    }
}
