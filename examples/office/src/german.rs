//! The words of the office's flows in German: the pages look them up by these keys.

/// Titles, labels, helps and choices.
pub(crate) const WORDS: &[(&str, &str)] = &[
    ("flow.expenses", "Spesen"),
    (
        "about.expenses",
        "Sie haben für das Büro bezahlt: Holen Sie sich Ihr Geld zurück. Über mehr als 50 Euro entscheidet Ihre Leitung.",
    ),
    ("node.expenses.start", "Geld zurückverlangen"),
    ("node.expenses.is_small", "Ist der Betrag klein?"),
    ("node.expenses.approve", "Spesen genehmigen"),
    ("node.expenses.decision", "Ist es genehmigt?"),
    ("node.expenses.pay", "Auszahlen"),
    ("node.expenses.paid", "Ausgezahlt"),
    ("node.expenses.refused", "Abgelehnt"),
    ("field.expenses.purpose", "Wofür war es?"),
    ("field.expenses.category", "Art der Ausgabe"),
    ("choice.expenses.category.travel", "Reise"),
    ("choice.expenses.category.meals", "Essen"),
    ("choice.expenses.category.supplies", "Büromaterial"),
    ("field.expenses.amount", "Betrag in Euro"),
    ("field.expenses.paid_on", "Tag der Zahlung"),
    ("field.expenses.account", "Bankkonto"),
    ("help.expenses.account", "Die IBAN, auf die das Geld geht."),
    ("field.expenses.file_password", "Kennwort der Belegdatei"),
    ("help.expenses.file_password", "Niemand sieht es wieder; das Programm der Bank liest es."),
    ("field.expenses.approved", "Genehmigt"),
    ("field.expenses.answer", "Nachricht an die antragstellende Person"),
    ("flow.leave", "Urlaub"),
    ("about.leave", "Tage frei nehmen. Ihre Leitung stimmt zu oder bittet um eine Änderung."),
    ("node.leave.start", "Urlaub beantragen"),
    ("node.leave.asked", "Sind die Tage möglich?"),
    ("node.leave.approve", "Urlaub genehmigen"),
    ("node.leave.approve__timeout__reminded", "Urlaub genehmigen: Erinnerung"),
    ("node.leave.reminded", "Die Leitung wurde erinnert"),
    ("node.leave.decide", "Die Entscheidung"),
    ("node.leave.change", "Antrag ändern"),
    ("node.leave.book", "Tage eintragen"),
    ("node.leave.booked", "Eingetragen"),
    ("node.leave.refused", "Abgelehnt"),
    ("field.leave.first_day", "Erster Tag"),
    ("field.leave.last_day", "Letzter Tag"),
    ("field.leave.stands_in", "Vertretung"),
    ("help.leave.stands_in", "Sprechen Sie sich vorher ab."),
    ("field.leave.remarks", "Bemerkungen"),
    ("field.leave.appointments", "Termine, die zu verlegen sind"),
    ("field.leave.decision", "Entscheidung"),
    ("choice.leave.decision.approved", "Genehmigt"),
    ("choice.leave.decision.change", "Zu ändern"),
    ("choice.leave.decision.refused", "Abgelehnt"),
    ("field.leave.reason", "Begründung"),
    ("flow.shipment", "Versand"),
    ("about.shipment", "Waren verlassen das Haus: Das Büro wählt, wer sie bringt, während das Lager packt."),
    ("node.shipment.start", "Waren versenden"),
    ("node.shipment.split", "Beides zugleich"),
    ("node.shipment.choose", "Transport wählen"),
    ("node.shipment.pack", "Waren packen"),
    ("node.shipment.packed_and_chosen", "Gepackt und gewählt"),
    ("node.shipment.hand_over", "Paket übergeben"),
    ("node.shipment.sent", "Versandt"),
    ("field.shipment.order", "Bestellung"),
    ("field.shipment.address", "Adresse"),
    ("field.shipment.items", "Waren"),
    ("field.shipment.what", "Was"),
    ("field.shipment.pieces", "Stück"),
    ("field.shipment.fragile", "Zerbrechlich"),
    ("field.shipment.carrier", "Transport"),
    ("choice.shipment.carrier.post", "Post"),
    ("choice.shipment.carrier.rail", "Bahn"),
    ("choice.shipment.carrier.van", "Eigener Wagen"),
    ("field.shipment.pick_up", "Abholung"),
    ("field.shipment.weight", "Gewicht in Kilogramm"),
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::WORDS;
    use crate::flows::FLOWS;

    /// The pages refuse words for what is not there; this finds what has no word.
    #[test]
    fn every_title_label_and_choice_has_its_word() {
        let known: HashSet<&str> = WORDS.iter().map(|(key, _)| *key).collect();
        let mut wanted = Vec::new();
        for flow in FLOWS.all() {
            let name = flow.graph().name;
            wanted.extend([format!("flow.{name}"), format!("about.{name}")]);
            for node in flow.graph().nodes {
                wanted.push(format!("node.{name}.{}", node.name));
                for field in flow.fields(node.name) {
                    wanted.push(format!("field.{name}.{}", field.name));
                    if !field.help.is_empty() {
                        wanted.push(format!("help.{name}.{}", field.name));
                    }
                    // Those of yes and no are the pages' own.
                    let choices = field.choices.iter().filter(|choice| !matches!(&*choice.value, "true" | "false"));
                    wanted.extend(choices.map(|choice| format!("choice.{name}.{}.{}", field.name, choice.value)));
                }
            }
        }
        let missing: Vec<&String> = wanted.iter().filter(|key| !known.contains(key.as_str())).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}
