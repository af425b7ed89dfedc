//! Times, errors and other events.

pub mod error_boundary;
pub mod error_end;
pub mod escalation;
pub mod manual_task;
pub mod reminder_and_deadline;
pub mod saga;
pub mod scheduled_start;
pub mod sequential_approvals;
pub mod service_task;
pub mod suspension;
pub mod timer_event;
