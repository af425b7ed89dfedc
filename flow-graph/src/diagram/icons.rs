//! The small signs of BPMN, as paths around (0, 0), at most 14 pixels wide.

use crate::EventDefinition;

/// The sign of a task, by its element.
pub(super) fn task(element: &str) -> &'static str {
    match element {
        "userTask" => "M-5 6v-2a5 4.5 0 0 1 10 0v2zM0-6a3 3 0 1 1 0 6a3 3 0 1 1 0-6z",
        "scriptTask" => "M-4-6h8v12h-8zM-2-3h4M-2 0h4M-2 3h4",
        "serviceTask" => {
            "M0-2.2a2.2 2.2 0 1 1 0 4.4a2.2 2.2 0 1 1 0-4.4zM0-4.2a4.2 4.2 0 1 1 0 8.4a4.2 4.2 0 1 1 0-8.4z\
             M0-6.5v2.3M0 4.2v2.3M-6.5 0h2.3M4.2 0h2.3M-4.6-4.6l1.6 1.6M3 3l1.6 1.6M-4.6 4.6l1.6-1.6M3-3l1.6-1.6"
        }
        "receiveTask" => ENVELOPE,
        "sendTask" => SENT,
        "manualTask" => "M-6-1l4-4c1.5-1 2.5 0 1.5 1.5h5.5v2h-3h4v2h-4.5h3.5v2h-4h2.5v2h-7c-1 0-2.5-1-2.5-2.5z",
        "businessRuleTask" => "M-7-5h14v10h-14zM-7-2h14M-7 1.5h14M-3-2v7",
        _ => "",
    }
}

const ENVELOPE: &str = "M-6-4h12v8h-12zM-6-4l6 4.5l6-4.5";

/// An envelope that leaves.
const SENT: &str = "M-6-4h12v8h-12zM-6-4l6 4.5l6-4.5M-6 4l4-4M6 4l-4-4";

/// The sign of an event: one that waits, or one that goes out.
pub(super) fn event(definition: EventDefinition, thrown: bool) -> &'static str {
    match definition {
        EventDefinition::None => "",
        EventDefinition::Timer => "M0-7a7 7 0 1 1 0 14a7 7 0 1 1 0-14zM0-4.5v4.5l3 2",
        EventDefinition::Message if thrown => SENT,
        EventDefinition::Message => ENVELOPE,
        EventDefinition::Error => "M-5.5 6l3-10l5 5l3-8l-3 11l-5-5z",
        EventDefinition::Terminate => {
            "M0-5a5 5 0 1 1 0 10a5 5 0 1 1 0-10zM0-3a3 3 0 1 1 0 6a3 3 0 1 1 0-6zM-1-1h2v2h-2z"
        }
        EventDefinition::Signal if thrown => "M0-6l6.5 11h-13zM0-3.5v7M-2 2.5h4",
        EventDefinition::Signal => "M0-6l6.5 11h-13z",
        EventDefinition::Escalation => "M0-7l5 12l-5-5l-5 5z",
        EventDefinition::Condition => "M-5-6h10v12h-10zM-3-3.5h6M-3-1h6M-3 1.5h6M-3 4h6",
        EventDefinition::Compensation => BACK,
    }
}

/// The sign of a gateway, by its element.
pub(super) fn gateway(element: &str) -> &'static str {
    match element {
        "exclusiveGateway" => "M-6-7l12 14M6-7l-12 14",
        "parallelGateway" => "M0-9v18M-9 0h18",
        // An asterisk.
        "complexGateway" => "M0-9v18M-9 0h18M-6.5-6.5l13 13M6.5-6.5l-13 13",
        "inclusiveGateway" => "M0-8a8 8 0 1 1 0 16a8 8 0 1 1 0-16z",
        _ => "",
    }
}

/// Back: what was done is taken back.
pub(super) const BACK: &str = "M0-5v10l-6.5-5zM6.5-5v10l-6.5-5z";

/// Several of it at once.
pub(super) const MANY: &str = "M-4-5v10M0-5v10M4-5v10";
