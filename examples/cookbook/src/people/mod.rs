//! Who gets a task: the resource patterns (WRP).

pub mod case_handling; // 6
pub mod deferred; // 3
pub mod direct; // 1
pub mod reassign_by_timer; // 29
pub mod retain_familiar; // 7
pub mod role_based; // 2
pub mod round_robin; // 16
pub mod separation_of_duties; // 5
pub mod shortest_queue; // 17
pub mod snooze;
pub mod substitute; // 27
