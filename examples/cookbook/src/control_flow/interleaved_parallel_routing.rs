//! Interleaved parallel routing (WCP-17): a car is on the one ramp of a workshop. New pads are fitted before the
//! brakes are bled, the lights are checked at any time, and only one of the three is done at a time.
//!
//! What may come next is offered as a race of short tasks that begin the work: the first that somebody begins
//! withdraws the others, and they are offered again when the work is done.
//! [`interleaved_routing`](super::interleaved_routing) is the same without an order.

use flow_core::prelude::*;

/// A car.
#[derive(ProcessProxy, Debug)]
pub struct CarProcess {
    process: Process,
    /// Pads are fitted
    #[json(default)]
    pads: bool,
    /// Brakes are bled
    #[json(default)]
    bled: bool,
    /// Lights are checked
    #[json(default)]
    lights: bool,
}

/// Car
#[flow(process = CarProcess)]
#[derive(Debug)]
pub struct CarFlow {
    #[node(permission(anyone), next = this.next)]
    pub start: Start,

    #[node(next(this.begin_pads, when = |a| !a.process.pads()),
           next(this.begin_bleeding, when = |a| a.process.pads() && !a.process.bled()),
           next(this.begin_lights, when = |a| !a.process.lights()),
           allow(split_all_conditional, reason = "`is_ready` has found something that is left"),
           allow(default_decides, reason = "what has not been done is left to do"))]
    pub next: SplitFirst,

    #[node(permission("mechanic"), next = this.fit_pads)]
    pub begin_pads: View,

    #[node(permission("mechanic"), next = this.bleed)]
    pub begin_bleeding: View,

    #[node(permission("mechanic"), next = this.check_lights)]
    pub begin_lights: View,

    /// Fit the pads
    #[node(form = PadsForm { pads }, assign = this.begin_pads.owner, next = this.is_ready)]
    pub fit_pads: View,

    /// Bleed the brakes
    #[node(form = BleedForm { bled }, assign = this.begin_bleeding.owner, next = this.is_ready)]
    pub bleed: View,

    /// Check the lights
    #[node(form = LightsForm { lights }, assign = this.begin_lights.owner, next = this.is_ready)]
    pub check_lights: View,

    #[node(if = |a| a.process.pads() && a.process.bled() && a.process.lights(), then = this.ready, else = this.next,
           allow(default_decides, reason = "what has not been done is left to do"))]
    pub is_ready: If,

    pub ready: End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![CarFlow];
    const TOM: Person = Person::new("tom").may(&["mechanic"]);

    fn offered(conn: &mut Db) -> Result<Vec<String>> {
        Ok(FLOWS.queue(conn, &TOM)?.iter().map(|task| task.node().to_owned()).collect())
    }

    #[test]
    fn one_at_a_time_and_the_order_is_kept() -> Result<()> {
        let mut conn = database();
        let id = CarFlow.start.run(&mut conn, &OFFICE, ())?.id();
        assert_eq!(offered(&mut conn)?, ["begin_pads", "begin_lights"]);
        complete(&mut conn, CarFlow.begin_pads, id, &TOM, ())?;
        assert!(offered(&mut conn)?.is_empty(), "nothing else begins meanwhile");
        complete(&mut conn, CarFlow.fit_pads, id, &TOM, PadsForm { pads: true })?;
        assert_eq!(offered(&mut conn)?, ["begin_bleeding", "begin_lights"]);
        complete(&mut conn, CarFlow.begin_lights, id, &TOM, ())?;
        complete(&mut conn, CarFlow.check_lights, id, &TOM, LightsForm { lights: true })?;
        assert_eq!(offered(&mut conn)?, ["begin_bleeding"]);
        complete(&mut conn, CarFlow.begin_bleeding, id, &TOM, ())?;
        complete(&mut conn, CarFlow.bleed, id, &TOM, BleedForm { bled: true })?;
        FLOWS.expect(&mut conn, id).is(Done);
        sound(&FLOWS, &mut conn)
    }
}
