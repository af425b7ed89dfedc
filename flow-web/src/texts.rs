//! Our own texts, in each language. What the app has named, such as flows, nodes and fields, is the app's.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::language::Language;

/// A text in each language.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Texts {
    english: &'static str,
    german: &'static str,
}

impl Texts {
    pub(crate) const fn of(self, language: Language) -> &'static str {
        match language {
            Language::English => self.english,
            Language::German => self.german,
        }
    }
}

/// The text of this key.
pub(crate) fn find(key: &str) -> Option<Texts> {
    static ALL: OnceLock<HashMap<&'static str, Texts>> = OnceLock::new();
    let all = ALL.get_or_init(|| LIST.iter().map(|(key, english, german)| (*key, Texts { english, german })).collect());
    all.get(key).copied()
}

/// The text of a key that the code knows.
pub(crate) fn text(language: Language, key: &'static str) -> &'static str {
    find(key).map_or(key, |texts| texts.of(language))
}

/// Key, English, German.
const LIST: &[(&str, &str, &str)] = &[
    ("nav.inbox", "Inbox", "Eingang"),
    ("nav.queue", "Queue", "Offene Aufgaben"),
    ("nav.archive", "Archive", "Erledigt"),
    ("nav.requests", "My requests", "Meine Vorgänge"),
    ("nav.start", "Start", "Starten"),
    ("nav.processes", "Processes", "Vorgänge"),
    ("nav.tasks", "All tasks", "Alle Aufgaben"),
    ("nav.overview", "Overview", "Überblick"),
    ("nav.workload", "Workload", "Auslastung"),
    ("nav.managers", "For managers", "Für Verwaltende"),
    ("nav.errors", "Errors", "Fehler"),
    ("nav.work", "Background work", "Hintergrund"),
    ("nav.sign_out", "Sign out", "Abmelden"),
    ("nav.skip", "Skip to the content", "Zum Inhalt springen"),
    ("nav.main", "Main", "Hauptmenü"),
    ("nav.path", "Where you are", "Wo Sie sind"),
    ("inbox.about", "Tasks that are assigned to you.", "Aufgaben, die Ihnen zugewiesen sind."),
    ("inbox.empty", "Nothing is assigned to you.", "Ihnen ist nichts zugewiesen."),
    (
        "inbox.empty_more",
        "Look into the queue for work that you can take.",
        "Unter „Offene Aufgaben“ finden Sie, was Sie übernehmen können.",
    ),
    (
        "queue.about",
        "Tasks that nobody has taken and that you may do.",
        "Aufgaben, die noch niemand hat und die Sie erledigen dürfen.",
    ),
    ("queue.empty", "There is nothing for you to take.", "Es gibt nichts zu übernehmen."),
    ("archive.about", "Tasks that you have done.", "Aufgaben, die Sie erledigt haben."),
    ("archive.empty", "You have not done a task yet.", "Sie haben noch keine Aufgabe erledigt."),
    (
        "overview.about",
        "How much is open in the flows that you manage.",
        "Wie viel in den Abläufen offen ist, die Sie verwalten.",
    ),
    ("overview.nothing", "Nothing is open.", "Nichts ist offen."),
    ("overview.open", "Open", "Offen"),
    ("overview.free", "In the queue", "Noch niemandem zugewiesen"),
    ("overview.overdue", "Overdue", "Überfällig"),
    ("overview.errors", "Failed", "Fehlgeschlagen"),
    ("overview.oldest", "Oldest", "Älteste"),
    ("overview.all", "See all {count}", "Alle {count} ansehen"),
    ("overview.flow", "Flow", "Ablauf"),
    ("overview.step", "Step", "Schritt"),
    ("overview.person", "Person", "Person"),
    (
        "workload.about",
        "Who has how many open tasks, in the flows that you manage.",
        "Wer wie viele offene Aufgaben hat, in den Abläufen, die Sie verwalten.",
    ),
    ("workload.empty", "Nobody has an open task.", "Niemand hat eine offene Aufgabe."),
    ("workload.total", "{name} ({count})", "{name} ({count})"),
    (
        "workload.left",
        "{count} more people with fewer tasks are not shown.",
        "{count} weitere Personen mit weniger Aufgaben werden nicht gezeigt.",
    ),
    (
        "tasks.about",
        "All open tasks of the flows that you manage.",
        "Alle offenen Aufgaben der Abläufe, die Sie verwalten.",
    ),
    ("requests.about", "What you have started, and where it stands.", "Was Sie gestartet haben und wo es steht."),
    ("requests.empty", "You have not started anything yet.", "Sie haben noch nichts gestartet."),
    ("processes.about", "All processes that you may see.", "Alle Vorgänge, die Sie sehen dürfen."),
    ("processes.empty", "No process matches.", "Kein Vorgang gefunden."),
    ("list.task", "Task", "Aufgabe"),
    ("list.about", "About", "Worum es geht"),
    ("list.process", "Process", "Vorgang"),
    ("list.since", "Since", "Seit"),
    ("list.due", "Due", "Fällig"),
    ("list.overdue", "overdue", "überfällig"),
    ("list.done", "Done", "Erledigt"),
    ("list.status", "Status", "Status"),
    ("list.owner", "Assigned to", "Zugewiesen an"),
    ("list.started", "Started", "Gestartet"),
    ("list.started_by", "Started by", "Gestartet von"),
    ("list.where", "Where it stands", "Wo es steht"),
    ("list.finished", "Finished", "Beendet"),
    ("list.reference", "Reference", "Zeichen"),
    ("list.number", "Number", "Nummer"),
    ("list.flow", "Kind", "Art"),
    ("list.made", "Created", "Angelegt"),
    ("list.csv", "As a file for spreadsheets (the first {most} rows)", "Als Tabellendatei (die ersten {most} Zeilen)"),
    ("list.select", "Select", "Auswählen"),
    ("list.select_row", "Select {what}", "{what} auswählen"),
    ("list.more", "Next page", "Nächste Seite"),
    ("list.first", "First page", "Erste Seite"),
    ("list.pages", "Pages", "Seiten"),
    (
        "list.problems",
        "{count} rows cannot be shown: the rule of their flow fails.",
        "{count} Zeilen können nicht gezeigt werden: Die Regel ihres Ablaufs schlägt fehl.",
    ),
    ("list.problem", "The data of this row cannot be read.", "Die Daten dieser Zeile sind nicht lesbar."),
    ("list.nothing_matches", "Nothing matches.", "Nichts gefunden."),
    ("filter.title", "Filter", "Filtern"),
    ("filter.text", "Reference or number", "Zeichen oder Nummer"),
    ("filter.flow", "Kind", "Art"),
    ("filter.all", "All", "Alle"),
    ("filter.status", "Status", "Status"),
    ("filter.open", "Running", "Läuft"),
    ("filter.done", "Done", "Abgeschlossen"),
    ("filter.canceled", "Cancelled", "Abgebrochen"),
    ("filter.order", "Order", "Reihenfolge"),
    ("filter.oldest", "Oldest first", "Älteste zuerst"),
    ("filter.newest", "Newest first", "Neueste zuerst"),
    ("filter.due", "By due date", "Nach Fälligkeit"),
    ("filter.priority", "By priority", "Nach Dringlichkeit"),
    ("filter.apply", "Show", "Anzeigen"),
    ("filter.node", "Step: {value}", "Schritt: {value}"),
    ("filter.owner", "Assigned to: {value}", "Zugewiesen an: {value}"),
    ("filter.reference", "Reference: {value}", "Zeichen: {value}"),
    ("filter.started_by", "Started by: {value}", "Gestartet von: {value}"),
    ("filter.overdue", "Overdue", "Überfällig"),
    ("filter.older", "Older than {value} days", "Älter als {value} Tage"),
    ("filter.newer", "Not older than {value} days", "Nicht älter als {value} Tage"),
    ("filter.clear", "Show all", "Alle anzeigen"),
    ("start.title", "Start something", "Etwas starten"),
    ("start.about", "What you can begin.", "Was Sie beginnen können."),
    ("start.empty", "There is nothing that people start.", "Es gibt nichts, was von Hand gestartet wird."),
    ("start.send", "Send", "Absenden"),
    ("start.what_follows", "What happens then", "Wie es weitergeht"),
    ("start.no_form", "There is nothing to fill in.", "Es ist nichts auszufüllen."),
    ("task.form", "To do", "Zu erledigen"),
    ("task.send", "Complete", "Erledigen"),
    ("task.draft", "Save for later", "Zwischenspeichern"),
    (
        "task.no_form",
        "There is nothing to fill in: complete the task when it is done.",
        "Es ist nichts auszufüllen: Schließen Sie die Aufgabe ab, wenn sie erledigt ist.",
    ),
    ("task.take", "Take this task", "Aufgabe übernehmen"),
    (
        "task.take_about",
        "Nobody has taken it yet. Once it is yours you can fill in its form.",
        "Noch niemand hat sie übernommen. Sobald sie Ihnen gehört, können Sie sie bearbeiten.",
    ),
    ("task.is_with", "It is assigned to {name}.", "Sie ist {name} zugewiesen."),
    ("task.refused", "You may not take it: {reason}.", "Sie dürfen sie nicht übernehmen: {reason}."),
    ("task.over", "This task is over.", "Diese Aufgabe ist beendet."),
    (
        "task.waits",
        "Nobody has to do anything here: it goes on by itself.",
        "Hier ist nichts zu tun: Es geht von selbst weiter.",
    ),
    ("task.failed", "It has failed:", "Sie ist fehlgeschlagen:"),
    (
        "task.rests",
        "It was cancelled or undone, and its branch waits here until somebody revives it or ends the branch.",
        "Sie wurde abgebrochen oder zurückgenommen; der Zweig wartet hier, bis jemand sie wiederbelebt oder den Zweig beendet.",
    ),
    ("task.attempts", "Attempts", "Versuche"),
    ("task.history", "What was done with it", "Was damit geschah"),
    ("task.actions", "Actions", "Aktionen"),
    ("task.on_behalf_of", "for {name}", "für {name}"),
    ("process.title", "Process {id}", "Vorgang {id}"),
    ("process.data", "Details", "Angaben"),
    ("process.no_data", "There are no details.", "Es gibt keine Angaben."),
    ("process.where", "Where it stands", "Wo es steht"),
    ("process.over", "It has ended; nothing is open.", "Er ist beendet; nichts ist offen."),
    ("process.diagram", "Picture", "Bild"),
    ("process.diagram_file", "Open the picture by itself", "Bild einzeln öffnen"),
    ("process.nodes", "The picture as a table", "Das Bild als Tabelle"),
    ("process.tasks", "Tasks", "Aufgaben"),
    ("process.history", "History", "Verlauf"),
    ("process.comment", "Comment", "Kommentar"),
    ("process.comment_send", "Add the comment", "Kommentar hinzufügen"),
    ("process.actions", "Actions", "Aktionen"),
    ("process.parent", "It was started by process {id}.", "Er wurde von Vorgang {id} gestartet."),
    ("process.suspended", "Suspended", "Angehalten"),
    ("process.assigned_to", "to {name}", "an {name}"),
    ("process.changed", "set: {fields}", "gesetzt: {fields}"),
    ("process.engine", "by itself", "von selbst"),
    ("panel.failed", "This cannot be shown now.", "Das kann gerade nicht gezeigt werden."),
    ("nodes.step", "Step", "Schritt"),
    ("nodes.open", "Open", "Offen"),
    ("nodes.done", "Done", "Erledigt"),
    ("nodes.error", "Failed", "Fehlgeschlagen"),
    ("nodes.canceled", "Cancelled", "Abgebrochen"),
    ("waits.anybody", "waits for somebody to take it", "wartet, bis jemand sie übernimmt"),
    ("waits.person", "is with {value}", "ist bei {value}"),
    ("waits.code", "waits for another program", "wartet auf ein anderes Programm"),
    ("waits.worker", "is done in the background soon", "wird bald im Hintergrund erledigt"),
    ("waits.running", "is being done in the background", "wird gerade im Hintergrund erledigt"),
    ("waits.time", "waits until", "wartet bis"),
    ("waits.branches", "waits for other branches ({value} have arrived)", "wartet auf andere Zweige ({value} sind da)"),
    ("waits.child", "waits for another process to end", "wartet auf das Ende eines anderen Vorgangs"),
    (
        "waits.children",
        "waits for other processes to end ({value} are left)",
        "wartet auf das Ende anderer Vorgänge (noch {value})",
    ),
    ("waits.retry", "has failed: somebody has to look at it", "ist fehlgeschlagen: Jemand muss es sich ansehen"),
    (
        "waits.revive",
        "was cancelled or undone: somebody has to decide how it goes on",
        "wurde abgebrochen oder zurückgenommen: Jemand muss entscheiden, wie es weitergeht",
    ),
    (
        "waits.resume",
        "is done, and goes on when the process is resumed",
        "ist erledigt und geht weiter, wenn der Vorgang fortgesetzt wird",
    ),
    (
        "waits.release",
        "is of a step that this version does not know",
        "gehört zu einem Schritt, den diese Version nicht kennt",
    ),
    ("waits.message", "waits for the message “{value}”", "wartet auf die Nachricht „{value}“"),
    ("waits.signal", "waits for the signal “{value}”", "wartet auf das Signal „{value}“"),
    ("waits.condition", "waits for its condition", "wartet auf seine Bedingung"),
    (
        "waits.compensation",
        "waits for tasks that take back what was done",
        "wartet auf Aufgaben, die Getanes zurücknehmen",
    ),
    ("waits.turn", "waits for its turn to take back what was done", "wartet darauf, Getanes zurückzunehmen"),
    (
        "waits.move_on",
        "is at a step that is no more, and waits to be moved on",
        "steht an einem entfallenen Schritt und wartet darauf, weitergeführt zu werden",
    ),
    ("waits.other", "{value}", "{value}"),
    ("waits.then", "then: {then}", "danach: {then}"),
    ("waits.attempts", "{count} attempts", "{count} Versuche"),
    ("waits.next_try", "next attempt", "nächster Versuch"),
    ("status.NEW", "Open", "Offen"),
    ("status.ASSIGNED", "Assigned", "Zugewiesen"),
    ("status.SCHEDULED", "Scheduled", "Geplant"),
    ("status.STARTED", "Running", "Läuft"),
    ("status.DONE", "Done", "Erledigt"),
    ("status.CANCELED", "Cancelled", "Abgebrochen"),
    ("status.ERROR", "Failed", "Fehlgeschlagen"),
    ("status.REVIVED", "Replaced", "Ersetzt"),
    ("status.UNKNOWN", "Unknown", "Unbekannt"),
    ("pstatus.NEW", "Running", "Läuft"),
    ("pstatus.DONE", "Done", "Abgeschlossen"),
    ("pstatus.CANCELED", "Cancelled", "Abgebrochen"),
    ("pstatus.UNKNOWN", "Unknown", "Unbekannt"),
    ("verb.assign", "Take", "Übernehmen"),
    ("verb.unassign", "Give back", "Zurückgeben"),
    ("verb.reassign", "Give to somebody else", "Weitergeben"),
    ("verb.cancel_task", "Cancel the task", "Aufgabe abbrechen"),
    ("verb.end_branch", "End this branch", "Zweig beenden"),
    ("verb.undo", "Undo", "Zurücknehmen"),
    ("verb.revive", "Revive", "Wiederbeleben"),
    ("verb.retry", "Try again", "Erneut versuchen"),
    ("verb.go_back", "Go back to this task", "Zu dieser Aufgabe zurückgehen"),
    ("verb.move_retired", "Move on", "Weiterführen"),
    ("verb.snooze", "Put off", "Aufschieben"),
    (
        "about.snooze",
        "The task is hidden from your own lists until then. It stays what it is: its deadline goes on, and others see it.",
        "Die Aufgabe wird bis dahin in Ihren eigenen Listen ausgeblendet. Sonst ändert sich nichts: Ihre Frist läuft weiter, und andere sehen sie.",
    ),
    ("snooze.until", "Until", "Bis"),
    ("snooze.tomorrow", "Until tomorrow at eight", "Bis morgen um acht"),
    ("snooze.monday", "Until Monday at eight", "Bis Montag um acht"),
    ("snooze.show", "Show it again", "Wieder anzeigen"),
    ("snooze.past", "is not in the future", "liegt nicht in der Zukunft"),
    ("verb.cancel", "Cancel the process", "Vorgang abbrechen"),
    ("verb.suspend", "Suspend", "Anhalten"),
    ("verb.resume_process", "Resume", "Fortsetzen"),
    (
        "about.unassign",
        "The task goes back into the queue, where others can take it.",
        "Die Aufgabe kommt zurück zu den offenen Aufgaben, wo andere sie übernehmen können.",
    ),
    (
        "about.reassign",
        "The task is assigned to another person, who must be one that may do it.",
        "Die Aufgabe wird jemand anderem zugewiesen, der sie erledigen darf.",
    ),
    (
        "about.cancel_task",
        "The task is cancelled, and its branch waits until the task is revived or the branch is ended.",
        "Die Aufgabe wird abgebrochen; ihr Zweig wartet, bis sie wiederbelebt oder der Zweig beendet wird.",
    ),
    (
        "about.end_branch",
        "The branch of this task ends here. What waits for it goes on without it.",
        "Der Zweig dieser Aufgabe endet hier. Was auf ihn wartet, geht ohne ihn weiter.",
    ),
    (
        "about.undo",
        "What was done is taken back, and the task waits until it is revived.",
        "Was getan wurde, wird zurückgenommen; die Aufgabe wartet, bis sie wiederbelebt wird.",
    ),
    (
        "about.revive",
        "A new task of the same kind takes its place.",
        "Eine neue Aufgabe derselben Art tritt an ihre Stelle.",
    ),
    ("about.retry", "What failed is tried once more.", "Was fehlgeschlagen ist, wird noch einmal versucht."),
    (
        "about.go_back",
        "What followed this task is cancelled or undone, and the task is to be done again.",
        "Was auf diese Aufgabe folgte, wird abgebrochen oder zurückgenommen; die Aufgabe ist erneut zu erledigen.",
    ),
    (
        "about.move_retired",
        "The step of this task is no more. The task goes on to where this version of the flow leads it.",
        "Den Schritt dieser Aufgabe gibt es nicht mehr. Sie geht dahin weiter, wohin diese Fassung des Ablaufs führt.",
    ),
    (
        "about.cancel",
        "All open tasks of the process are cancelled, and those of processes that it has started. This cannot be taken back.",
        "Alle offenen Aufgaben des Vorgangs werden abgebrochen, auch die der Vorgänge, die er gestartet hat. Das kann nicht zurückgenommen werden.",
    ),
    (
        "about.suspend",
        "Nothing in the process goes on until it is resumed.",
        "Im Vorgang geht nichts weiter, bis er fortgesetzt wird.",
    ),
    (
        "about.resume_process",
        "The process goes on. What came due meanwhile is done now.",
        "Der Vorgang geht weiter. Was inzwischen fällig wurde, geschieht jetzt.",
    ),
    ("confirm.note", "Reason", "Begründung"),
    ("confirm.note_about", "It is kept in the history.", "Sie steht danach im Verlauf."),
    ("confirm.back", "Back, change nothing", "Zurück, nichts ändern"),
    ("confirm.many", "It is done with {count} rows.", "Das geschieht mit {count} Zeilen."),
    ("reassign.search", "Name of the person", "Name der Person"),
    ("reassign.find", "Search", "Suchen"),
    ("reassign.to", "Assign to", "Zuweisen an"),
    ("reassign.nobody", "Nobody was found.", "Niemand gefunden."),
    ("reassign.no_people", "This app does not say who there is.", "Diese Anwendung sagt nicht, wen es gibt."),
    ("bulk.title", "Result", "Ergebnis"),
    ("bulk.all_done", "Done with all {count} rows.", "Mit allen {count} Zeilen erledigt."),
    (
        "bulk.some_failed",
        "{failed} of {count} rows could not be done.",
        "{failed} von {count} Zeilen konnten nicht erledigt werden.",
    ),
    ("bulk.none", "No row was selected.", "Es war keine Zeile ausgewählt."),
    ("bulk.ok", "done", "erledigt"),
    ("bulk.not_ok", "not done", "nicht erledigt"),
    ("bulk.with_selected", "With those selected:", "Mit den ausgewählten:"),
    (
        "errors.about",
        "Tasks that have failed, in flows that you manage.",
        "Fehlgeschlagene Aufgaben in Abläufen, die Sie verwalten.",
    ),
    ("errors.retry_all", "Try all {count} again", "Alle {count} erneut versuchen"),
    ("errors.empty", "Nothing has failed.", "Nichts ist fehlgeschlagen."),
    (
        "work.about",
        "What waits for its time or for a worker, in flows that you manage.",
        "Was auf seine Zeit oder auf die Ausführung wartet, in Abläufen, die Sie verwalten.",
    ),
    ("work.workers", "Who does what", "Wer was tut"),
    ("work.due", "What is due", "Was ansteht"),
    ("work.lease", "Held until", "Gehalten bis"),
    ("work.empty", "Nothing is waiting.", "Nichts wartet."),
    ("work.kind", "Kind", "Art"),
    ("work.attempt", "Attempts", "Versuche"),
    ("work.worker", "Worker", "Ausgeführt von"),
    ("work.last_error", "Last error", "Letzter Fehler"),
    ("work.paused", "Paused queues", "Angehaltene Warteschlangen"),
    ("work.default_queue", "(the one without a name)", "(die ohne Namen)"),
    (
        "form.invalid",
        "It was not sent: please look at the marked fields.",
        "Nicht gesendet: Bitte prüfen Sie die markierten Felder.",
    ),
    ("form.required", "required", "erforderlich"),
    ("form.add", "Add a row", "Zeile hinzufügen"),
    ("form.add_row", "Add a row: {what}", "Zeile hinzufügen: {what}"),
    ("form.remove", "Remove", "Entfernen"),
    ("form.remove_row", "Remove: {what}", "Entfernen: {what}"),
    ("form.search_in", "Search: {what}", "Suchen: {what}"),
    ("form.choices", "Show the choices that fit", "Passende Auswahl anzeigen"),
    ("form.yes", "Yes", "Ja"),
    ("form.no", "No", "Nein"),
    ("form.none", "–", "–"),
    (
        "hint.duration",
        "As in P1DT2H30M: one day, two and a half hours.",
        "Zum Beispiel P1DT2H30M: ein Tag, zweieinhalb Stunden.",
    ),
    ("hint.json", "As JSON.", "Als JSON."),
    ("hint.bytes", "As Base64.", "Als Base64."),
    ("hint.reference", "Its number or key.", "Nummer oder Schlüssel."),
    ("hint.lines", "One in each line; empty lines do not count.", "Eines je Zeile; leere Zeilen zählen nicht."),
    ("invalid.missing", "is missing", "fehlt"),
    ("invalid.unknown", "is not a field of this form", "gehört nicht zu diesem Formular"),
    ("invalid.twice", "was sent more than once", "wurde mehrfach gesendet"),
    ("invalid.empty", "must be filled in", "muss ausgefüllt sein"),
    ("invalid.choice", "cannot be chosen", "ist hier nicht wählbar"),
    ("invalid.pattern", "has not the form that is expected here", "hat nicht die erwartete Form"),
    ("invalid.too_long", "is too long: {most} characters at most", "ist zu lang: höchstens {most} Zeichen"),
    ("invalid.range", "must be from {least} to {most}", "muss zwischen {least} und {most} liegen"),
    ("invalid.number", "is not a number as it is expected here", "ist keine Zahl, wie sie hier erwartet wird"),
    ("invalid.time", "is not a date or time", "ist keine gültige Zeitangabe"),
    ("invalid.type", "cannot be read", "ist nicht lesbar"),
    ("done.start", "It was started.", "Gestartet."),
    (
        "done.started_before",
        "This form was sent before: this is what it started. Nothing new was started.",
        "Dieses Formular wurde schon gesendet: Das hier hat es gestartet. Es wurde nichts Neues gestartet.",
    ),
    ("done.execute", "The task was completed.", "Die Aufgabe wurde erledigt."),
    ("done.assign", "The task is yours.", "Die Aufgabe gehört jetzt Ihnen."),
    ("done.unassign", "The task is back in the queue.", "Die Aufgabe ist wieder offen für alle."),
    ("done.reassign", "The task was given to somebody else.", "Die Aufgabe wurde weitergegeben."),
    ("done.draft", "It was saved for later.", "Zwischengespeichert."),
    ("done.discard", "What was saved is gone.", "Das Gespeicherte wurde verworfen."),
    ("done.cancel_task", "The task was cancelled.", "Die Aufgabe wurde abgebrochen."),
    ("done.end_branch", "The branch was ended.", "Der Zweig wurde beendet."),
    ("done.undo", "The task was undone.", "Die Aufgabe wurde zurückgenommen."),
    ("done.revive", "The task was revived.", "Die Aufgabe wurde wiederbelebt."),
    ("done.retry", "It is tried again.", "Es wird erneut versucht."),
    ("done.go_back", "The process went back to this task.", "Der Vorgang ist zu dieser Aufgabe zurückgegangen."),
    ("done.move_retired", "The task was moved on.", "Die Aufgabe wurde weitergeführt."),
    ("done.snooze", "The task is put off.", "Die Aufgabe ist aufgeschoben."),
    ("done.unsnooze", "The task is in your lists again.", "Die Aufgabe steht wieder in Ihren Listen."),
    ("done.cancel", "The process was cancelled.", "Der Vorgang wurde abgebrochen."),
    ("done.suspend", "The process is suspended.", "Der Vorgang ist angehalten."),
    ("done.resume_process", "The process goes on.", "Der Vorgang geht weiter."),
    ("done.comment", "The comment was added.", "Der Kommentar wurde hinzugefügt."),
    ("done.see", "See process {id}", "Vorgang {id} ansehen"),
    ("action.start", "started", "gestartet"),
    ("action.assign", "taken", "übernommen"),
    ("action.unassign", "given back", "zurückgegeben"),
    ("action.reassign", "reassigned", "weitergegeben"),
    ("action.execute", "completed", "erledigt"),
    ("action.run", "completed by a program", "durch ein Programm erledigt"),
    ("action.claim", "begun in the background", "im Hintergrund begonnen"),
    ("action.complete", "done in the background", "im Hintergrund erledigt"),
    ("action.fail", "failed", "fehlgeschlagen"),
    ("action.timeout", "its time had come", "Zeit abgelaufen"),
    ("action.resume", "went on after the process that it had started", "ging nach dem gestarteten Vorgang weiter"),
    (
        "action.escalate",
        "something came up in the process that it had started",
        "im gestarteten Vorgang gab es eine Eskalation",
    ),
    ("action.add_item", "got an item more", "ein Posten kam hinzu"),
    ("action.continue", "went on", "ging weiter"),
    ("action.catch", "what it waited for came", "worauf gewartet wurde, ist eingetroffen"),
    ("action.move_retired", "moved on from a step that is no more", "von einem entfallenen Schritt weitergeführt"),
    ("action.cancel", "process cancelled", "Vorgang abgebrochen"),
    ("action.cancel_task", "cancelled", "abgebrochen"),
    ("action.end_branch", "branch ended", "Zweig beendet"),
    ("action.undo", "undone", "zurückgenommen"),
    ("action.revive", "revived", "wiederbelebt"),
    ("action.retry", "tried again", "erneut versucht"),
    ("action.go_back", "gone back to", "dorthin zurückgegangen"),
    ("action.suspend", "suspended", "angehalten"),
    ("action.resume_process", "resumed", "fortgesetzt"),
    ("action.save", "changed by a program", "von einem Programm geändert"),
    ("action.comment", "commented", "kommentiert"),
    ("action.denied", "tried, and was refused", "versucht und abgewiesen"),
    ("fault.not_found", "There is nothing here", "Hier ist nichts"),
    (
        "fault.not_found_about",
        "It does not exist, or you may not see it.",
        "Es gibt das nicht, oder Sie dürfen es nicht sehen.",
    ),
    ("fault.denied", "You may not do that", "Das dürfen Sie nicht"),
    ("fault.conflict", "Somebody was quicker", "Jemand war schneller"),
    ("fault.conflict_task", "The task is now: {status}", "Die Aufgabe ist jetzt: {status}"),
    ("fault.conflict_process", "The process is now: {status}", "Der Vorgang ist jetzt: {status}"),
    ("fault.conflict_by", "by {name}", "durch {name}"),
    (
        "fault.conflict_nothing",
        "Nothing of what you sent was done.",
        "Von dem, was Sie gesendet haben, wurde nichts ausgeführt.",
    ),
    ("fault.see_task", "See the task as it is now", "Aufgabe ansehen, wie sie jetzt ist"),
    ("fault.changed", "It was changed meanwhile", "Es wurde inzwischen geändert"),
    ("fault.invalid", "It is not valid", "Das ist nicht gültig"),
    ("fault.unavailable", "The database cannot be reached", "Die Datenbank ist nicht erreichbar"),
    ("fault.internal", "Something went wrong", "Etwas ist schiefgegangen"),
    (
        "fault.internal_about",
        "Nothing was changed. If it happens again, tell the people who run this app this number:",
        "Es wurde nichts geändert. Falls es wieder geschieht, nennen Sie den Betreibern diese Nummer:",
    ),
    ("fault.unknown_user", "It is not known who you are", "Es ist nicht bekannt, wer Sie sind"),
    ("fault.cross_site", "This was sent from another site", "Das wurde von einer anderen Website gesendet"),
    ("fault.media_type", "This is not what a form sends", "Das ist nicht, was ein Formular sendet"),
    ("fault.media_type_json", "The body must be application/json", "Der Inhalt muss application/json sein"),
    ("fault.too_large", "This is too large", "Das ist zu groß"),
    (
        "fault.too_many",
        "These are too many rows at once: 200 at most",
        "Das sind zu viele Zeilen auf einmal: höchstens 200",
    ),
    ("fault.body", "The request could not be read", "Die Anfrage konnte nicht gelesen werden"),
    (
        "fault.once",
        "The form is incomplete: open its page again",
        "Das Formular ist unvollständig: Öffnen Sie seine Seite neu",
    ),
    ("fault.action", "There is no such action", "Diese Aktion gibt es nicht"),
    ("fault.method", "This address does not do that", "Diese Adresse kann das nicht"),
    ("fault.nobody", "There is no such person", "Diese Person gibt es nicht"),
    ("fault.home", "To the inbox", "Zum Eingang"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::templates::OURS;

    #[test]
    fn every_text_is_there_once_in_each_language_with_the_same_values() {
        let values = |text: &str| {
            let mut names: Vec<&str> =
                text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect();
            names.sort_unstable();
            names.join(",")
        };
        for (at, (key, english, german)) in LIST.iter().enumerate() {
            assert!(!english.is_empty() && !german.is_empty(), "{key}");
            assert_eq!(values(english), values(german), "{key}");
            assert!(LIST[at + 1..].iter().all(|(other, ..)| other != key), "`{key}` is there twice");
        }
    }

    #[test]
    fn every_key_that_a_template_names_has_a_text() {
        for (name, source) in OURS {
            for rest in source.split("t('").skip(1) {
                let key = rest.split('\'').next().unwrap_or_default();
                // A key that ends in a dot is completed by a value.
                assert!(key.ends_with('.') || find(key).is_some(), "`{name}`: there is no text `{key}`");
            }
        }
    }

    #[test]
    fn every_verb_and_status_has_its_words() {
        for verb in flow_core::Verb::ALL {
            assert!(find(&format!("action.{verb}")).is_some(), "{verb}");
        }
        for status in flow_core::TaskStatus::KNOWN {
            assert!(find(&format!("status.{}", status.as_str())).is_some(), "{status}");
        }
    }
}
