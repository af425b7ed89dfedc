// The sample of the page: so many branches that nobody can say where a process can be.
use flow_core::prelude::*;

#[derive(ProcessProxy, Debug, Clone)]
pub struct TangleProcess {
    process: Process,
    way: i64,
}

#[flow(process = TangleProcess)]
pub struct TangleFlow {
    #[node(permission(anyone), form = StartForm { way }, next = this.which0)]
    pub start: Start,

    #[node(if = |a| a.process.way() > 0, then = this.left0, else = this.right0)]
    pub which0: If,

    #[node(next = this.which1, next = this.note0)]
    pub left0: Split,

    #[node(next = this.which1, next = this.note0)]
    pub right0: Split,

    #[node(permission(anyone), next = this.end)]
    pub note0: View,

    #[node(if = |a| a.process.way() > 1, then = this.left1, else = this.right1)]
    pub which1: If,

    #[node(next = this.which2, next = this.note1)]
    pub left1: Split,

    #[node(next = this.which2, next = this.note1)]
    pub right1: Split,

    #[node(permission(anyone), next = this.end)]
    pub note1: View,

    #[node(if = |a| a.process.way() > 2, then = this.left2, else = this.right2)]
    pub which2: If,

    #[node(next = this.which3, next = this.note2)]
    pub left2: Split,

    #[node(next = this.which3, next = this.note2)]
    pub right2: Split,

    #[node(permission(anyone), next = this.end)]
    pub note2: View,

    #[node(if = |a| a.process.way() > 3, then = this.left3, else = this.right3)]
    pub which3: If,

    #[node(next = this.which4, next = this.note3)]
    pub left3: Split,

    #[node(next = this.which4, next = this.note3)]
    pub right3: Split,

    #[node(permission(anyone), next = this.end)]
    pub note3: View,

    #[node(if = |a| a.process.way() > 4, then = this.left4, else = this.right4)]
    pub which4: If,

    #[node(next = this.which5, next = this.note4)]
    pub left4: Split,

    #[node(next = this.which5, next = this.note4)]
    pub right4: Split,

    #[node(permission(anyone), next = this.end)]
    pub note4: View,

    #[node(if = |a| a.process.way() > 5, then = this.left5, else = this.right5)]
    pub which5: If,

    #[node(next = this.which6, next = this.note5)]
    pub left5: Split,

    #[node(next = this.which6, next = this.note5)]
    pub right5: Split,

    #[node(permission(anyone), next = this.end)]
    pub note5: View,

    #[node(if = |a| a.process.way() > 6, then = this.left6, else = this.right6)]
    pub which6: If,

    #[node(next = this.which7, next = this.note6)]
    pub left6: Split,

    #[node(next = this.which7, next = this.note6)]
    pub right6: Split,

    #[node(permission(anyone), next = this.end)]
    pub note6: View,

    #[node(if = |a| a.process.way() > 7, then = this.left7, else = this.right7)]
    pub which7: If,

    #[node(next = this.which8, next = this.note7)]
    pub left7: Split,

    #[node(next = this.which8, next = this.note7)]
    pub right7: Split,

    #[node(permission(anyone), next = this.end)]
    pub note7: View,

    #[node(if = |a| a.process.way() > 8, then = this.left8, else = this.right8)]
    pub which8: If,

    #[node(next = this.which9, next = this.note8)]
    pub left8: Split,

    #[node(next = this.which9, next = this.note8)]
    pub right8: Split,

    #[node(permission(anyone), next = this.end)]
    pub note8: View,

    #[node(if = |a| a.process.way() > 9, then = this.left9, else = this.right9)]
    pub which9: If,

    #[node(next = this.which10, next = this.note9)]
    pub left9: Split,

    #[node(next = this.which10, next = this.note9)]
    pub right9: Split,

    #[node(permission(anyone), next = this.end)]
    pub note9: View,

    #[node(if = |a| a.process.way() > 10, then = this.left10, else = this.right10)]
    pub which10: If,

    #[node(next = this.which11, next = this.note10)]
    pub left10: Split,

    #[node(next = this.which11, next = this.note10)]
    pub right10: Split,

    #[node(permission(anyone), next = this.end)]
    pub note10: View,

    #[node(if = |a| a.process.way() > 11, then = this.left11, else = this.right11)]
    pub which11: If,

    #[node(next = this.work, next = this.note11)]
    pub left11: Split,

    #[node(next = this.work, next = this.note11)]
    pub right11: Split,

    #[node(permission(anyone), next = this.end)]
    pub note11: View,

    #[node(permission(anyone), next = this.end)]
    pub work: View,

    pub end: End,
}

fn main() {}
