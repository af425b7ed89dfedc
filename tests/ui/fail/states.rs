//! What the compiler says about wrong state machines.

use flow_core::prelude::*;

#[derive(States, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    New,
    Approved,
    Rejected,
    Lost,
    #[state(end)]
    Published,
}

pub struct Letter {
    pub stage: State<Stage>,
}

#[states(Stage, field = stage)]
impl Letter {
    #[transition(from(New), to = Aproved)]
    pub fn approve(&mut self) {}

    #[transition(from(New, New), to = Rejected)]
    pub fn reject(&mut self) {}

    #[transition(from(Rejected), to = Rejected)]
    pub fn reject(&mut self) {}

    #[transition(from(any, New), to = Rejected, permision(anyone))]
    pub fn refuse(&mut self) {}

    #[transition(to = Lost)]
    pub fn lose(&mut self) {}

    #[transition(from(any), to = Published)]
    pub fn publish(self) {}

    #[transition(from(any), to = Published)]
    pub async fn publish_later(&mut self) {}

    #[transition(from(any), to = Published)]
    pub fn publish_all<T>(&mut self, _all: T) {}

    #[transition(from(any), to = Published)]
    pub fn publish_some(&mut self, (_a, _b): (i64, i64)) {}

    #[transition(from(any), to = Published)]
    pub fn count(&mut self) -> usize { 1 }

    #[transition(from(any), to = Published, when = this.is_complet)]
    pub fn complete(&mut self) {}

    #[transition(from(any), to = Published, permission(this.is_compete))]
    pub fn compete(&mut self) {}

    fn is_complete(&self) -> bool { true }
}

pub struct Parcel {
    pub stage: State<Stage>,
}

#[states(Stage, field = stage)]
impl Parcel {
    #[transition(from(New), to = Approved)]
    pub fn approve(&mut self) {}

    #[transition(from(New), to = Rejected)]
    pub fn reject(&mut self) {}

    #[transition(from(Approved), to = Published)]
    pub fn publish(&mut self) {}
}

fn skip(parcel: &mut Parcel) {
    parcel.stage = Stage::Published;
    parcel.approve();
    parcel.by(&System("me")).aprove();
}

pub struct Plain;

#[states(Stage, field = stage)]
impl Plain {
    #[transition(from(any), to = Aproved)]
    pub fn approve(&mut self) {}
}

#[states(Stage)]
impl Plain {}

#[derive(States, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Odd {
    New(i32),
}

#[derive(States, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Two {
    #[state(initial)]
    New,
    #[state(initial, finally)]
    Old,
}

fn main() {}
