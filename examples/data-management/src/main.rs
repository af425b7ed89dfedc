//! Where the data of a business process is kept: a small flow for each way, and each of them once.
//!
//! `cargo run -p data-management` works on a database in memory.

pub mod app;
pub mod edge_by_edge;
pub mod field_in_a_form;
pub mod list_branches;
pub mod own_columns;
pub mod schema;
pub mod seed_from_form;
pub mod subprocess_seed;
pub mod task_seeds;
pub mod typed_fields;

use flow_core::prelude::*;

use crate::app::{Db, Failure};
use crate::edge_by_edge::ParcelFlow;
use crate::field_in_a_form::RequestFlow;
use crate::list_branches::PostsFlow;
use crate::own_columns::ShipmentFlow;
use crate::seed_from_form::SampleFlow;
use crate::subprocess_seed::{PublishFlow, WriteFlow};
use crate::task_seeds::GrainFlow;
use crate::typed_fields::ApprovalFlow;

/// The flows of this app.
pub(crate) static FLOWS: Flows<Db> = flows![
    SampleFlow,
    ApprovalFlow,
    RequestFlow,
    ShipmentFlow,
    GrainFlow,
    ParcelFlow,
    PostsFlow,
    WriteFlow,
    PublishFlow
];

fn main() -> Result<(), Failure> {
    let mut conn = app::database()?;
    println!("seed_from_form:  {}", seed_from_form::run(&mut conn)?);
    println!("typed_fields:    {}", typed_fields::run(&mut conn)?);
    println!("field_in_a_form: {}", field_in_a_form::run(&mut conn)?);
    println!("own_columns:     {}", own_columns::run(&mut conn)?);
    println!("task_seeds:      {}", task_seeds::run(&mut conn)?);
    println!("edge_by_edge:    {}", edge_by_edge::run(&mut conn)?);
    println!("list_branches:   {}", list_branches::run(&mut conn)?);
    println!("subprocess_seed: {}", subprocess_seed::run(&mut conn)?);
    Ok(())
}
