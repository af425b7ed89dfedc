//! The samples of `flow-core/docs/errors`: each mistake is underlined where it is, and beside it an editor works on.

use flow_ide_tests::{File, Result, Session};

use super::{Case, source};

pub(crate) const CASES: &[(&str, Case)] = &[
    ("samples::are_underlined_where_the_mistake_is", are_underlined_where_the_mistake_is),
    ("samples::complete_hover_and_rename_beside_their_mistake", complete_hover_and_rename_beside_their_mistake),
];

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../flow-core/docs/errors");

/// What rustc alone finds: it evaluates constants, and checks types.
const RUSTC: &[&str] =
    &["field_lost", "no_way_to_an_end", "read_before_write", "subprocess_recursion", "unreachable_states"];

/// The page, and its samples that are wrong. Warnings are rustc's words, so an editor has them from there.
fn samples() -> Vec<(String, bool, Vec<String>)> {
    let mut pages: Vec<_> = std::fs::read_dir(FOLDER).into_iter().flatten().flatten().map(|page| page.path()).collect();
    pages.sort();
    let page = |path: &std::path::PathBuf| {
        let text = std::fs::read_to_string(path).ok()?;
        let blocks = text.split("```rust,compile_fail\n").skip(1).filter_map(|block| block.split("```").next());
        let name = path.file_stem()?.to_str()?.to_owned();
        Some((name, text.contains("It is a warning"), blocks.map(str::to_owned).collect()))
    };
    pages.iter().filter_map(page).collect()
}

/// The page, and the line that is underlined, with the word in brackets.
const UNDERLINED: &[(&str, &str)] = &[
    (
        "artifact_before_set",
        "`artifact_ref` in `#[node(start = PrintFlow.start, process_seed = |a| a.process.artifact_ref(), next = this.end)]`",
    ),
    ("back_before_split", "`split` in `pub split: Split,`"),
    ("branch_leaves", "`rejected` in `#[node(if = |a| a.process.fine(), then = this.meet, else = this.rejected)]`"),
    ("branch_lost_in_flight", "`legal` in `pub legal: View,`"),
    ("condition_cannot_change", "`a` in `#[node(if = |a| a.process.paid(), next = this.end)]`"),
    ("dead_ends", "`pack` in `pub pack: View,`"),
    ("duties_contradict", "`approve` in `pub approve: View,`"),
    ("edge_to_obsolete", "`label` in `#[node(permission(anyone), next = this.label)]`"),
    ("edge_to_start", "`start` in `#[node(if = |a| a.process.approved(), then = this.end, else = this.start)]`"),
    ("generated_name_clash", "`countersign` in `pub countersign: View,`"),
    ("handler_in_flow", "`take_back` in `#[node(run = |_a| (), next = this.take_back)]`"),
    ("if_without_else", "`check_urgent` in `pub check_urgent: If,`"),
    ("instant_loops", "`work` in `pub work: Function,`"),
    ("kind_changed", "`pay` in `pub pay: Job,`"),
    ("lost_in_copies", "`decision` in `#[node(permission(anyone), form = VoteForm { decision }, next = this.meet)]`"),
    ("lost_update", "`note` in `#[node(permission(anyone), form = BudgetForm { note }, next = this.meet)]`"),
    ("mixed_levels", "`meet` in `pub meet: Join,`"),
    ("never_ends", "`draft` in `pub draft: View,`"),
    ("next_twice", "`bill` in `#[node(permission(anyone), next = this.pack, next = this.bill)]`"),
    ("no_end", "`MeterFlow` in `pub struct MeterFlow {`"),
    ("no_start", "`ReviewFlow` in `pub struct ReviewFlow {`"),
    ("node_removed", "`sign` in `pub sign: View,`"),
    ("only_a_side_branch_ends", "`measure` in `#[node(next = this.measure, next = this.record, next = this.end)]`"),
    ("owner_may_be_missing", "`sign` in `pub sign: View,`"),
    (
        "reminder_rejoins",
        "`remind` in `#[node(permission(anyone), on_timeout(days(3), this.remind, interrupting = false), next = this.send)]`",
    ),
    ("race_won_at_once", "`expire` in `#[node(next = this.answer, next = this.expire)]`"),
    ("reserved_names", "`tasks` in `pub tasks: View,`"),
    ("runs_twice_in_flight", "`count` in `pub count: View,`"),
    ("source_twice", "`New` in `#[transition(from(New, New), to = Approved, permission(anyone))]`"),
    ("split_all_conditional", "`split` in `pub split: Split,`"),
    ("split_with_two_joins", "`split` in `pub split: Split,`"),
    ("stuck_in_flight", "`met` in `pub met: Join,`"),
    ("switch_without_default", "`route` in `pub route: Switch,`"),
    ("timeout_lost", "`answer` in `pub answer: View,`"),
    ("too_deep", "`s64` in `#[node(next = this.last, next = this.end)] pub s64: Split,`"),
    ("too_tangled", "`end` in `pub end: End,`"),
    ("transition_twice", "`approve` in `pub fn approve(&mut self) {}`"),
    ("unbounded_nesting", "`split` in `pub split: Split,`"),
    ("uncallable_transition", "`&` in `pub fn approve(&self) {}`"),
    ("unreachable_nodes", "`approve` in `pub approve: View,`"),
    ("zero_delay", "`days` in `#[node(permission(anyone), on_timeout(days(0), this.late), next = this.end)]`"),
];

fn are_underlined_where_the_mistake_is(session: &mut Session) -> Result<()> {
    let mut found = Vec::new();
    for (name, warns, samples) in samples() {
        for sample in samples.iter().filter(|_| !warns && !RUSTC.contains(&&*name)) {
            let told = session.diagnostics(&source().sample(sample), File::Sample)?;
            // The other places of a mistake have its name, too, and not its page. Of several mistakes of one name
            // rust-analyzer lists any first.
            let named = told.iter().filter(|text| text.contains(&format!("/errors/{name}/")));
            let places = named.filter_map(|text| Some(text.strip_prefix("sample.rs: ")?.split_once("`: ")?.0));
            let places: Vec<String> = places.map(|place| format!("{place}`")).collect();
            let expected = places.iter().find(|place| UNDERLINED.contains(&(name.as_str(), place.as_str())));
            let place = expected.or(places.first()).cloned();
            found.push((name.clone(), place.unwrap_or_else(|| format!("not told: {told:?}"))));
        }
    }
    let expected: Vec<_> = UNDERLINED.iter().map(|(name, at)| ((*name).to_owned(), (*at).to_owned())).collect();
    let wrong: Vec<_> = found.iter().filter(|found| !expected.contains(found)).collect();
    if wrong.is_empty() && found.len() == expected.len() {
        return Ok(());
    }
    let lines: Vec<_> = found.iter().map(|(name, at)| format!("    ({name:?}, {at:?}),")).collect();
    Err(format!("not as expected: {wrong:#?}\nall that is told:\n{}", lines.join("\n")))
}

fn complete_hover_and_rename_beside_their_mistake(session: &mut Session) -> Result<()> {
    let mut faults = Vec::new();
    for (name, _, samples) in samples() {
        for sample in &samples {
            if let Err(error) = works_beside(session, sample) {
                faults.push(format!("{name}: {error}\n{sample}"));
            }
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}

/// The first node of the sample that another one leads to.
fn works_beside(session: &mut Session, sample: &str) -> Result<()> {
    let Some((before, after)) = sample.split_once("next = this.") else { return Ok(()) };
    let word: String = after.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
    let rest = &after[word.len()..];
    if !sample.contains(&format!("pub {word}: ")) {
        return Ok(());
    }
    let half = source().sample(&format!("{before}next = this.$0{rest}"));
    let offered = session.completions(&half)?;
    if !offered.iter().any(|item| item.label.trim_start_matches("r#") == word) {
        let labels: Vec<_> = offered.iter().take(20).map(|item| item.label.as_str()).collect();
        return Err(format!("`{word}` is not offered, but {labels:?}"));
    }
    let (start, end) = word.split_at(1);
    let within = source().sample(&format!("{before}next = this.{start}$0{end}{rest}"));
    let shown = session.hover(&within)?;
    if !shown.contains(&format!("pub {word}: ")) {
        return Err(format!("a hover on `{word}` shows {shown:?}"));
    }
    let renamed = session.rename(&within, "elsewhere")?;
    let text = renamed.text(File::Sample);
    if text.contains("pub elsewhere: ") && text.contains("next = this.elsewhere") {
        return Ok(());
    }
    Err(format!("a rename of `{word}` leaves {text}"))
}
