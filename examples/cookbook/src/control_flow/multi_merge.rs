//! Multi-merge (WCP-8): blood is tested and an X-ray is taken side by side, and each of the two results is filed by
//! itself. The branches come to one node without a join, so it runs once for each.

use flow_core::prelude::*;

/// Examination
#[flow]
#[derive(Debug)]
pub struct ExaminationFlow {
    #[node(permission(anyone), next = this.examine)]
    pub start: Start,

    #[node(next = this.blood, next = this.x_ray)]
    pub examine: Split,

    /// Test the blood
    #[node(permission("laboratory"), next = this.file)]
    pub blood: View,

    /// Take an X-ray
    #[node(permission("radiology"), next = this.file)]
    pub x_ray: View,

    /// File a result
    #[node(permission("archive"), next = this.filed, allow(runs_twice, reason = "each result is filed by itself"))]
    pub file: View,

    pub filed: End,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Db;
    use crate::testing::*;

    static FLOWS: Flows<Db> = flows![ExaminationFlow];

    #[test]
    fn the_node_runs_once_for_each_branch() -> Result<()> {
        let mut conn = database();
        let id = ExaminationFlow.start.run(&mut conn, &OFFICE, ())?.id();
        complete(&mut conn, ExaminationFlow.x_ray, id, &OFFICE, ())?;
        complete(&mut conn, ExaminationFlow.file, id, &OFFICE, ())?;
        FLOWS.expect(&mut conn, id).is(New);
        complete(&mut conn, ExaminationFlow.blood, id, &OFFICE, ())?;
        complete(&mut conn, ExaminationFlow.file, id, &OFFICE, ())?;
        FLOWS.expect(&mut conn, id).is(Done).tasks(&[
            "start:DONE",
            "examine:DONE",
            "blood:DONE",
            "x_ray:DONE",
            "file:DONE@start/2_2",
            "filed:DONE",
            "file:DONE@start/2_1",
            "filed:DONE",
        ]);
        sound(&FLOWS, &mut conn)
    }
}
