//! The applications of Viewflow's cookbook.

pub mod bill_clearing;
pub mod majority_vote;
pub mod order;
pub mod rest_only;
pub mod video_brief;
