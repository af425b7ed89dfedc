//! Drawn by `draw.rs`: not to be edited.
#![allow(deprecated, reason = "what the checks warn of is drawn too")]

use flow_core::prelude::*;

use super::{BitsProcess, Db, work};

#[flow(process = BitsProcess, connection = Db, name = "drawn1")]
pub struct Drawn1Flow {
    #[node(form = Drawn1Form { bits }, permission(anyone), next = this.view19)]
    pub start: Start,
    #[node(permission(anyone), next = this.split18)]
    pub view19: View,
    #[node(next = this.split12, next(this.if17b2c2, when = |a| a.process.bits() & 2 != 0))]
    pub split18: Split,
    #[node(if = |a| a.process.bits() & 2 != 0, then = this.view15, else = this.dropped16, allow(branch_leaves, reason = "the join goes on without it"))]
    pub if17b2c2: If,
    pub dropped16: End,
    #[node(permission(anyone), on_timeout(hours(8), this.late14h8), next = this.job13)]
    pub view15: View,
    #[node(permission(anyone), next = this.job13)]
    pub late14h8: View,
    #[node(run = |job| work(job.process.bits()), undo = |_| (), next = this.join1)]
    pub job13: Job,
    #[node(next = this.view4, next(this.if10b2c1, when = |a| a.process.bits() & 1 != 0), next = this.job11)]
    pub split12: Split,
    #[node(run = |job| work(job.process.bits()), undo = |_| (), next = this.join2)]
    pub job11: Job,
    #[node(if = |a| a.process.bits() & 2 != 0, then = this.view8, else = this.dropped9, allow(branch_leaves, reason = "the join goes on without it"))]
    pub if10b2c1: If,
    pub dropped9: End,
    #[node(permission(anyone), on_timeout(hours(8), this.late5h8), on_timeout(hours(4), this.note7h4, interrupting = false), next = this.join2)]
    pub view8: View,
    #[node(permission(anyone), next = this.noted6)]
    pub note7h4: View,
    pub noted6: End,
    #[node(permission(anyone), next = this.join2)]
    pub late5h8: View,
    #[node(permission(anyone), next = this.fun3)]
    pub view4: View,
    #[node(run = |_| (), undo = |_| (), next = this.join2)]
    pub fun3: Function,
    #[node(next = this.join1)]
    pub join2: Join,
    #[node(next = this.end)]
    pub join1: Join,
    pub end: End,
}

#[flow(process = BitsProcess, connection = Db, name = "drawn2")]
pub struct Drawn2Flow {
    #[node(form = Drawn2Form { bits }, permission(anyone), next = this.view15)]
    pub start: Start,
    #[node(permission(anyone), next = this.if14b4)]
    pub view15: View,
    #[node(if = |a| a.process.bits() & 4 != 0, then = this.view5, else = this.split13)]
    pub if14b4: If,
    #[node(next = this.if11b4, next = this.job12)]
    pub split13: Split,
    #[node(run = |job| work(job.process.bits()), undo = |_| (), next = this.join8)]
    pub job12: Job,
    #[node(if = |a| a.process.bits() & 4 != 0, then = this.timer9h3, else = this.view10)]
    pub if11b4: If,
    #[node(permission(anyone), next = this.join8)]
    pub view10: View,
    #[node(delay = hours(3), next = this.join8)]
    pub timer9h3: Timer,
    #[node(next = this.timer4h3)]
    pub join8: Join,
    #[node(permission(anyone), next = this.timer7h1)]
    pub view5: View,
    #[node(delay = hours(1), next = this.again6b4)]
    pub timer7h1: Timer,
    #[node(if = |a| a.process.bits() & 4 != 0, then = this.view5, else = this.timer4h3)]
    pub again6b4: If,
    #[node(delay = hours(3), next = this.job3)]
    pub timer4h3: Timer,
    #[node(run = |job| work(job.process.bits()), undo = |_| (), next = this.timer2h1)]
    pub job3: Job,
    #[node(delay = hours(1), next = this.job1)]
    pub timer2h1: Timer,
    #[node(run = |job| work(job.process.bits()), undo = |_| (), next = this.end)]
    pub job1: Job,
    pub end: End,
}

#[flow(process = BitsProcess, connection = Db, name = "drawn3")]
pub struct Drawn3Flow {
    #[node(form = Drawn3Form { bits }, permission(anyone), next = this.view15)]
    pub start: Start,
    #[node(permission(anyone), on_timeout(hours(2), this.late14h2), next = this.view13)]
    pub view15: View,
    #[node(permission(anyone), next = this.view13)]
    pub late14h2: View,
    #[node(permission(anyone), on_timeout(hours(4), this.note12h4, interrupting = false), next = this.view10)]
    pub view13: View,
    #[node(permission(anyone), next = this.noted11)]
    pub note12h4: View,
    pub noted11: End,
    #[node(permission(anyone), on_timeout(hours(3), this.late9h3), next = this.if8b4)]
    pub view10: View,
    #[node(permission(anyone), next = this.if8b4)]
    pub late9h3: View,
    #[node(if = |a| a.process.bits() & 4 != 0, then = this.fun3, else = this.if7b1)]
    pub if8b4: If,
    #[node(if = |a| a.process.bits() & 1 != 0, then = this.if5b4, else = this.fun6)]
    pub if7b1: If,
    #[node(run = |_| (), undo = |_| (), next = this.timer2h4)]
    pub fun6: Function,
    #[node(if = |a| a.process.bits() & 4 != 0, then = this.timer2h4, else = this.timer4h1)]
    pub if5b4: If,
    #[node(delay = hours(1), next = this.timer2h4)]
    pub timer4h1: Timer,
    #[node(run = |_| (), undo = |_| (), next = this.timer2h4)]
    pub fun3: Function,
    #[node(delay = hours(4), next = this.job1)]
    pub timer2h4: Timer,
    #[node(run = |job| work(job.process.bits()), undo = |_| (), next = this.end)]
    pub job1: Job,
    pub end: End,
}

#[flow(process = BitsProcess, connection = Db, name = "drawn4")]
pub struct Drawn4Flow {
    #[node(form = Drawn4Form { bits }, permission(anyone), next = this.view17)]
    pub start: Start,
    #[node(permission(anyone), on_timeout(hours(4), this.late14h4), on_timeout(hours(7), this.note16h7, interrupting = false), next = this.split13)]
    pub view17: View,
    #[node(permission(anyone), next = this.noted15)]
    pub note16h7: View,
    pub noted15: End,
    #[node(permission(anyone), next = this.split13)]
    pub late14h4: View,
    #[node(next = this.job7, next = this.view8, next(this.if12b2c1, when = |a| a.process.bits() & 1 != 0))]
    pub split13: Split,
    #[node(if = |a| a.process.bits() & 2 != 0, then = this.join6, else = this.job11)]
    pub if12b2c1: If,
    #[node(run = |job| work(job.process.bits()), undo = |_| (), next = this.join6)]
    pub job11: Job,
    #[node(permission(anyone), next = this.job10)]
    pub view8: View,
    #[node(run = |job| work(job.process.bits()), undo = |_| (), next = this.again9b4)]
    pub job10: Job,
    #[node(if = |a| a.process.bits() & 4 != 0, then = this.view8, else = this.join6)]
    pub again9b4: If,
    #[node(run = |job| work(job.process.bits()), undo = |_| (), next = this.join6)]
    pub job7: Job,
    #[node(next = this.view5)]
    pub join6: Join,
    #[node(permission(anyone), on_timeout(hours(5), this.late4h5), next = this.fun3)]
    pub view5: View,
    #[node(permission(anyone), next = this.fun3)]
    pub late4h5: View,
    #[node(run = |_| (), undo = |_| (), next = this.if2b1)]
    pub fun3: Function,
    #[node(if = |a| a.process.bits() & 1 != 0, then = this.end, else = this.job1)]
    pub if2b1: If,
    #[node(run = |job| work(job.process.bits()), undo = |_| (), next = this.end)]
    pub job1: Job,
    pub end: End,
}

#[flow(process = BitsProcess, connection = Db, name = "drawn5")]
pub struct Drawn5Flow {
    #[node(form = Drawn5Form { bits }, permission(anyone), next = this.view13)]
    pub start: Start,
    #[node(permission(anyone), next = this.if12b1)]
    pub view13: View,
    #[node(if = |a| a.process.bits() & 1 != 0, then = this.timer1h3, else = this.split11)]
    pub if12b1: If,
    #[node(next = this.if5b4, next(this.job7c1, when = |a| a.process.bits() & 1 != 0), next = this.view10, next = this.join2)]
    pub split11: Split,
    #[node(permission(anyone), on_timeout(hours(1), this.note9h1, interrupting = false), next = this.join2)]
    pub view10: View,
    #[node(permission(anyone), next = this.noted8)]
    pub note9h1: View,
    pub noted8: End,
    #[node(run = |job| work(job.process.bits()), undo = |_| (), next = this.timer6h1)]
    pub job7c1: Job,
    #[node(delay = hours(1), next = this.join2)]
    pub timer6h1: Timer,
    #[node(if = |a| a.process.bits() & 4 != 0, then = this.fun3, else = this.fun4)]
    pub if5b4: If,
    #[node(run = |_| (), undo = |_| (), next = this.fun3)]
    pub fun4: Function,
    #[node(run = |_| (), undo = |_| (), next = this.join2)]
    pub fun3: Function,
    #[node(next = this.end)]
    pub join2: Join,
    #[node(delay = hours(3), next = this.end)]
    pub timer1h3: Timer,
    pub end: End,
}

#[flow(process = BitsProcess, connection = Db, name = "drawn6")]
pub struct Drawn6Flow {
    #[node(form = Drawn6Form { bits }, permission(anyone), next = this.view17)]
    pub start: Start,
    #[node(permission(anyone), next = this.split16)]
    pub view17: View,
    #[node(next = this.view2, next = this.fun15)]
    pub split16: Split,
    #[node(run = |_| (), undo = |_| (), next = this.split14)]
    pub fun15: Function,
    #[node(next = this.if8b2, next = this.if13b2)]
    pub split14: Split,
    #[node(if = |a| a.process.bits() & 2 != 0, then = this.if11b4, else = this.dropped12, allow(branch_leaves, reason = "the join goes on without it"))]
    pub if13b2: If,
    pub dropped12: End,
    #[node(if = |a| a.process.bits() & 4 != 0, then = this.timer9h4, else = this.fun10)]
    pub if11b4: If,
    #[node(run = |_| (), undo = |_| (), next = this.join5)]
    pub fun10: Function,
    #[node(delay = hours(4), next = this.join5)]
    pub timer9h4: Timer,
    #[node(if = |a| a.process.bits() & 2 != 0, then = this.view6, else = this.dropped7, allow(branch_leaves, reason = "the join goes on without it"))]
    pub if8b2: If,
    pub dropped7: End,
    #[node(permission(anyone), next = this.join5)]
    pub view6: View,
    #[node(next = this.join1)]
    pub join5: Join,
    #[node(permission(anyone), next = this.fun4)]
    pub view2: View,
    #[node(run = |_| (), undo = |_| (), next = this.again3b4)]
    pub fun4: Function,
    #[node(if = |a| a.process.bits() & 4 != 0, then = this.view2, else = this.join1)]
    pub again3b4: If,
    #[node(next = this.end)]
    pub join1: Join,
    pub end: End,
}

#[flow(process = BitsProcess, connection = Db, name = "drawn7")]
pub struct Drawn7Flow {
    #[node(form = Drawn7Form { bits }, permission(anyone), next = this.view15)]
    pub start: Start,
    #[node(permission(anyone), on_timeout(hours(3), this.note14h3, interrupting = false), next = this.if12b1)]
    pub view15: View,
    #[node(permission(anyone), next = this.noted13)]
    pub note14h3: View,
    pub noted13: End,
    #[node(if = |a| a.process.bits() & 1 != 0, then = this.if10b1, else = this.fun11)]
    pub if12b1: If,
    #[node(run = |_| (), undo = |_| (), next = this.if10b1)]
    pub fun11: Function,
    #[node(if = |a| a.process.bits() & 1 != 0, then = this.split6, else = this.if9b4)]
    pub if10b1: If,
    #[node(if = |a| a.process.bits() & 4 != 0, then = this.timer7h4, else = this.timer8h3)]
    pub if9b4: If,
    #[node(delay = hours(3), next = this.end)]
    pub timer8h3: Timer,
    #[node(delay = hours(4), next = this.end)]
    pub timer7h4: Timer,
    #[node(next = this.fun2, next = this.view3, next = this.view5)]
    pub split6: Split,
    #[node(permission(anyone), next = this.fun4)]
    pub view5: View,
    #[node(run = |_| (), undo = |_| (), next = this.join1)]
    pub fun4: Function,
    #[node(permission(anyone), next = this.join1)]
    pub view3: View,
    #[node(run = |_| (), undo = |_| (), next = this.join1)]
    pub fun2: Function,
    #[node(next = this.end)]
    pub join1: Join,
    pub end: End,
}

#[flow(process = BitsProcess, connection = Db, name = "drawn8")]
pub struct Drawn8Flow {
    #[node(form = Drawn8Form { bits }, permission(anyone), next = this.view24)]
    pub start: Start,
    #[node(permission(anyone), on_timeout(hours(3), this.note23h3, interrupting = false), next = this.split21)]
    pub view24: View,
    #[node(permission(anyone), next = this.noted22)]
    pub note23h3: View,
    pub noted22: End,
    #[node(next = this.view17, next = this.if20b4)]
    pub split21: Split,
    #[node(if = |a| a.process.bits() & 4 != 0, then = this.timer18h2, else = this.view19)]
    pub if20b4: If,
    #[node(permission(anyone), next = this.timer18h2)]
    pub view19: View,
    #[node(delay = hours(2), next = this.join7)]
    pub timer18h2: Timer,
    #[node(permission(anyone), next = this.split16)]
    pub view17: View,
    #[node(next = this.if11b2, next(this.if14b4c2, when = |a| a.process.bits() & 2 != 0), next = this.view15, next = this.join8)]
    pub split16: Split,
    #[node(permission(anyone), next = this.join8)]
    pub view15: View,
    #[node(if = |a| a.process.bits() & 4 != 0, then = this.fun12, else = this.fun13)]
    pub if14b4c2: If,
    #[node(run = |_| (), undo = |_| (), next = this.join8)]
    pub fun13: Function,
    #[node(run = |_| (), undo = |_| (), next = this.join8)]
    pub fun12: Function,
    #[node(if = |a| a.process.bits() & 2 != 0, then = this.timer9h4, else = this.dropped10, allow(branch_leaves, reason = "the join goes on without it"))]
    pub if11b2: If,
    pub dropped10: End,
    #[node(delay = hours(4), next = this.join8)]
    pub timer9h4: Timer,
    #[node(next = this.join7)]
    pub join8: Join,
    #[node(next = this.view1)]
    pub join7: Join,
    #[node(permission(anyone), next = this.if6b2)]
    pub view1: View,
    #[node(if = |a| a.process.bits() & 2 != 0, then = this.again2b4, else = this.if5b1)]
    pub if6b2: If,
    #[node(if = |a| a.process.bits() & 1 != 0, then = this.timer3h4, else = this.fun4)]
    pub if5b1: If,
    #[node(run = |_| (), undo = |_| (), next = this.again2b4)]
    pub fun4: Function,
    #[node(delay = hours(4), next = this.again2b4)]
    pub timer3h4: Timer,
    #[node(if = |a| a.process.bits() & 4 != 0, then = this.view1, else = this.end)]
    pub again2b4: If,
    pub end: End,
}

#[flow(process = BitsProcess, connection = Db, name = "drawn9")]
pub struct Drawn9Flow {
    #[node(form = Drawn9Form { bits }, permission(anyone), next = this.view12)]
    pub start: Start,
    #[node(permission(anyone), next = this.job11)]
    pub view12: View,
    #[node(run = |job| work(job.process.bits()), undo = |_| (), next = this.job10)]
    pub job11: Job,
    #[node(run = |job| work(job.process.bits()), undo = |_| (), next = this.fun9)]
    pub job10: Job,
    #[node(run = |_| (), undo = |_| (), next = this.view8)]
    pub fun9: Function,
    #[node(permission(anyone), on_timeout(hours(2), this.note7h2, interrupting = false), next = this.view5)]
    pub view8: View,
    #[node(permission(anyone), next = this.noted6)]
    pub note7h2: View,
    pub noted6: End,
    #[node(permission(anyone), next = this.timer4h4)]
    pub view5: View,
    #[node(delay = hours(4), next = this.view3)]
    pub timer4h4: Timer,
    #[node(permission(anyone), on_timeout(hours(2), this.note2h2, interrupting = false), next = this.end)]
    pub view3: View,
    #[node(permission(anyone), next = this.noted1)]
    pub note2h2: View,
    pub noted1: End,
    pub end: End,
}

#[flow(process = BitsProcess, connection = Db, name = "drawn10")]
pub struct Drawn10Flow {
    #[node(form = Drawn10Form { bits }, permission(anyone), next = this.view35)]
    pub start: Start,
    #[node(permission(anyone), next = this.if34b4)]
    pub view35: View,
    #[node(if = |a| a.process.bits() & 4 != 0, then = this.split22, else = this.split33)]
    pub if34b4: If,
    #[node(next = this.if28b2, next(this.job31c2, when = |a| a.process.bits() & 2 != 0), next(this.fun32c1, when = |a| a.process.bits() & 1 != 0), next = this.join23)]
    pub split33: Split,
    #[node(run = |_| (), undo = |_| (), next = this.join23)]
    pub fun32c1: Function,
    #[node(run = |job| work(job.process.bits()), undo = |_| (), next = this.if30b4)]
    pub job31c2: Job,
    #[node(if = |a| a.process.bits() & 4 != 0, then = this.join23, else = this.job29)]
    pub if30b4: If,
    #[node(run = |job| work(job.process.bits()), undo = |_| (), next = this.join23)]
    pub job29: Job,
    #[node(if = |a| a.process.bits() & 2 != 0, then = this.if26b2, else = this.timer27h1)]
    pub if28b2: If,
    #[node(delay = hours(1), next = this.fun24)]
    pub timer27h1: Timer,
    #[node(if = |a| a.process.bits() & 2 != 0, then = this.fun24, else = this.dropped25, allow(branch_leaves, reason = "the join goes on without it"))]
    pub if26b2: If,
    pub dropped25: End,
    #[node(run = |_| (), undo = |_| (), next = this.join23)]
    pub fun24: Function,
    #[node(next = this.job6)]
    pub join23: Join,
    #[node(next = this.if12b2, next(this.if16b2c1, when = |a| a.process.bits() & 1 != 0), next = this.if21b2)]
    pub split22: Split,
    #[node(if = |a| a.process.bits() & 2 != 0, then = this.timer18h3, else = this.if20b1)]
    pub if21b2: If,
    #[node(if = |a| a.process.bits() & 1 != 0, then = this.fun17, else = this.job19)]
    pub if20b1: If,
    #[node(run = |job| work(job.process.bits()), undo = |_| (), next = this.fun17)]
    pub job19: Job,
    #[node(delay = hours(3), next = this.fun17)]
    pub timer18h3: Timer,
    #[node(run = |_| (), undo = |_| (), next = this.join7)]
    pub fun17: Function,
    #[node(if = |a| a.process.bits() & 2 != 0, then = this.job13, else = this.if15b4)]
    pub if16b2c1: If,
    #[node(if = |a| a.process.bits() & 4 != 0, then = this.join7, else = this.fun14)]
    pub if15b4: If,
    #[node(run = |_| (), undo = |_| (), next = this.join7)]
    pub fun14: Function,
    #[node(run = |job| work(job.process.bits()), undo = |_| (), next = this.join7)]
    pub job13: Job,
    #[node(if = |a| a.process.bits() & 2 != 0, then = this.timer8h2, else = this.view11)]
    pub if12b2: If,
    #[node(permission(anyone), on_timeout(hours(5), this.note10h5, interrupting = false), next = this.timer8h2)]
    pub view11: View,
    #[node(permission(anyone), next = this.noted9)]
    pub note10h5: View,
    pub noted9: End,
    #[node(delay = hours(2), next = this.join7)]
    pub timer8h2: Timer,
    #[node(next = this.job6)]
    pub join7: Join,
    #[node(run = |job| work(job.process.bits()), undo = |_| (), next = this.view5)]
    pub job6: Job,
    #[node(permission(anyone), on_timeout(hours(3), this.late2h3), on_timeout(hours(5), this.note4h5, interrupting = false), next = this.timer1h1)]
    pub view5: View,
    #[node(permission(anyone), next = this.noted3)]
    pub note4h5: View,
    pub noted3: End,
    #[node(permission(anyone), next = this.timer1h1)]
    pub late2h3: View,
    #[node(delay = hours(1), next = this.end)]
    pub timer1h1: Timer,
    pub end: End,
}

#[flow(process = BitsProcess, connection = Db, name = "drawn11")]
pub struct Drawn11Flow {
    #[node(form = Drawn11Form { bits }, permission(anyone), next = this.view20)]
    pub start: Start,
    #[node(permission(anyone), on_timeout(hours(3), this.note19h3, interrupting = false), next = this.if17b4)]
    pub view20: View,
    #[node(permission(anyone), next = this.noted18)]
    pub note19h3: View,
    pub noted18: End,
    #[node(if = |a| a.process.bits() & 4 != 0, then = this.split8, else = this.split16)]
    pub if17b4: If,
    #[node(next = this.if14b2, next(this.timer15h3c2, when = |a| a.process.bits() & 2 != 0), next = this.join9)]
    pub split16: Split,
    #[node(delay = hours(3), next = this.join9)]
    pub timer15h3c2: Timer,
    #[node(if = |a| a.process.bits() & 2 != 0, then = this.view12, else = this.dropped13, allow(branch_leaves, reason = "the join goes on without it"))]
    pub if14b2: If,
    pub dropped13: End,
    #[node(permission(anyone), on_timeout(hours(3), this.note11h3, interrupting = false), next = this.join9)]
    pub view12: View,
    #[node(permission(anyone), next = this.noted10)]
    pub note11h3: View,
    pub noted10: End,
    #[node(next = this.split8)]
    pub join9: Join,
    #[node(next = this.fun5, next(this.job7c2, when = |a| a.process.bits() & 2 != 0))]
    pub split8: Split,
    #[node(run = |job| work(job.process.bits()), undo = |_| (), next = this.timer6h2)]
    pub job7c2: Job,
    #[node(delay = hours(2), next = this.join1)]
    pub timer6h2: Timer,
    #[node(run = |_| (), undo = |_| (), next = this.if4b2)]
    pub fun5: Function,
    #[node(if = |a| a.process.bits() & 2 != 0, then = this.fun2, else = this.dropped3, allow(branch_leaves, reason = "the join goes on without it"))]
    pub if4b2: If,
    pub dropped3: End,
    #[node(run = |_| (), undo = |_| (), next = this.join1)]
    pub fun2: Function,
    #[node(next = this.end)]
    pub join1: Join,
    pub end: End,
}

#[flow(process = BitsProcess, connection = Db, name = "drawn12")]
pub struct Drawn12Flow {
    #[node(form = Drawn12Form { bits }, permission(anyone), next = this.view16)]
    pub start: Start,
    #[node(permission(anyone), on_timeout(hours(4), this.late15h4), next = this.split14)]
    pub view16: View,
    #[node(permission(anyone), next = this.split14)]
    pub late15h4: View,
    #[node(next = this.view7, next(this.timer13h2c2, when = |a| a.process.bits() & 2 != 0), next = this.join3)]
    pub split14: Split,
    #[node(delay = hours(2), next = this.split12)]
    pub timer13h2c2: Timer,
    #[node(next = this.job9, next = this.view11, next = this.join8)]
    pub split12: Split,
    #[node(permission(anyone), next = this.timer10h3)]
    pub view11: View,
    #[node(delay = hours(3), next = this.join8)]
    pub timer10h3: Timer,
    #[node(run = |job| work(job.process.bits()), undo = |_| (), next = this.join8)]
    pub job9: Job,
    #[node(next = this.join3)]
    pub join8: Join,
    #[node(permission(anyone), next = this.if6b2)]
    pub view7: View,
    #[node(if = |a| a.process.bits() & 2 != 0, then = this.timer4h2, else = this.dropped5, allow(branch_leaves, reason = "the join goes on without it"))]
    pub if6b2: If,
    pub dropped5: End,
    #[node(delay = hours(2), next = this.join3)]
    pub timer4h2: Timer,
    #[node(next = this.timer2h1)]
    pub join3: Join,
    #[node(delay = hours(1), next = this.job1)]
    pub timer2h1: Timer,
    #[node(run = |job| work(job.process.bits()), undo = |_| (), next = this.end)]
    pub job1: Job,
    pub end: End,
}
