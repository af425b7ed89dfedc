//! Interleaved routing (WCP-40): at a check-up a patient is weighed, gives blood and has the eyes tested, in any
//! order, each once, and never in two rooms at the same time.
//!
//! Which room comes next is a race of the rooms that are left: the first that calls the patient in withdraws the
//! others, and they are offered again when it has its result.

use flow_core::prelude::*;

/// A check-up.
#[derive(ProcessProxy, Debug)]
pub struct CheckUpProcess {
    process: Process,
    /// Weight
    weight: Option<f64>,
    /// Blood group
    blood: Option<String>,
    /// Eyesight
    eyes: Option<f64>,
}

/// Check-up
#[flow(process = CheckUpProcess)]
#[derive(Debug)]
pub struct CheckUpFlow {
    #[node(permission(anyone), next = this.room)]
    pub start: Start,

    #[node(next(this.call_to_scales, when = |a| a.process.weight().is_none()),
           next(this.call_to_laboratory, when = |a| a.process.blood().is_none()),
           next(this.call_to_optician, when = |a| a.process.eyes().is_none()),
           allow(split_all_conditional, reason = "`is_complete` has found a room that is left"))]
    pub room: SplitFirst,

    #[node(permission("scales"), next = this.weigh)]
    pub call_to_scales: View,

    #[node(permission("laboratory"), next = this.take_blood)]
    pub call_to_laboratory: View,

    #[node(permission("optician"), next = this.test_eyes)]
    pub call_to_optician: View,

    /// Weigh the patient
    #[node(form = WeightForm { weight }, assign = this.call_to_scales.owner, next = this.is_complete)]
    pub weigh: View,

    /// Take blood
    #[node(form = BloodForm { blood }, assign = this.call_to_laboratory.owner, next = this.is_complete)]
    pub take_blood: View,

    /// Test the eyes
    #[node(form = EyesForm { eyes }, assign = this.call_to_optician.owner, next = this.is_complete)]
    pub test_eyes: View,

    #[node(if = |a| a.process.weight().is_some() && a.process.blood().is_some() && a.process.eyes().is_some(),
           then = this.end, else = this.room)]
    pub is_complete: If,

    pub end: End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![CheckUpFlow];

    /// The tasks that are open.
    fn rooms(conn: &mut Db) -> Result<Vec<String>> {
        Ok(CheckUpFlow.tasks().open().load(conn)?.iter().map(|task| task.node().to_owned()).collect())
    }

    #[test]
    fn each_room_once_and_one_at_a_time() -> Result<()> {
        let mut conn = database();
        let id = CheckUpFlow.start.run(&mut conn, &OFFICE, ())?.id();
        assert_eq!(rooms(&mut conn)?.len(), 3);
        complete(&mut conn, CheckUpFlow.call_to_optician, id, &OFFICE, ())?;
        assert_eq!(rooms(&mut conn)?, ["test_eyes"]);
        complete(&mut conn, CheckUpFlow.test_eyes, id, &OFFICE, EyesForm { eyes: Some(0.9) })?;
        assert_eq!(rooms(&mut conn)?.len(), 2);
        complete(&mut conn, CheckUpFlow.call_to_scales, id, &OFFICE, ())?;
        complete(&mut conn, CheckUpFlow.weigh, id, &OFFICE, WeightForm { weight: Some(70.5) })?;
        assert_eq!(rooms(&mut conn)?, ["call_to_laboratory"]);
        complete(&mut conn, CheckUpFlow.call_to_laboratory, id, &OFFICE, ())?;
        complete(&mut conn, CheckUpFlow.take_blood, id, &OFFICE, BloodForm { blood: Some("A+".to_owned()) })?;
        FLOWS.expect(&mut conn, id).is(Done);
        for room in ["weigh", "take_blood", "test_eyes"] {
            let done = FLOWS.tasks(&mut conn, id)?.into_iter().filter(|task| task.node() == room);
            assert_eq!(done.count(), 1, "{room}");
        }
        sound(&FLOWS, &mut conn)
    }
}
