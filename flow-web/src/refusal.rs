//! Why somebody may not do something, in their language. The engine says it in English, with the names of the code.

use flow_core::Refusal;

use crate::language::Language;
use crate::words::Words;

/// A sentence. What another version of the engine, or the app, gives as a reason is in its own words.
pub(crate) fn sentence(words: &Words, language: Language, refusal: &Refusal, reason: &str) -> String {
    let (key, name) = match refusal {
        Refusal::NotManager => ("refusal.not_manager", ""),
        Refusal::Permission(_) => ("refusal.permission", ""),
        Refusal::Rule => ("refusal.rule", ""),
        Refusal::SamePerson(_) => ("refusal.same_person", ""),
        Refusal::AssignedTo(user) => ("refusal.assigned_to", user.as_str()),
        Refusal::NotAssigned => ("refusal.not_assigned", ""),
        Refusal::OfferedToOthers => ("refusal.offered", ""),
        Refusal::NotAvailable => ("refusal.not_available", ""),
        Refusal::NoDeputy(user) => ("refusal.no_deputy", user.as_str()),
        _ if language == Language::English => return reason.to_owned(),
        _ => ("refusal.other", ""),
    };
    words.text(language, key).replace("{name}", name)
}

/// The person whom it names, to put their name there.
pub(crate) fn person_of(refusal: &mut Refusal) -> Option<&mut String> {
    match refusal {
        Refusal::AssignedTo(user) | Refusal::NoDeputy(user) => Some(user),
        _ => None,
    }
}
