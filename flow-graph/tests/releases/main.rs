//! The proof of the lock against a game of tokens: random flows in two and three releases, processes of each of them
//! wherever they can be, every order and every release that runs. More of them:
//! `FLOW_RELEASES=60000 FLOW_CHAINS=20000 cargo test --release -p flow-core-graph --test releases -- --nocapture`;
//! others: `FLOW_SEED=7`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::too_many_lines,
    missing_docs,
    unreachable_pub,
    missing_debug_implementations,
    reason = "tests"
)]

mod game;
mod mutate;
#[path = "../support/mod.rs"]
mod support;

use std::collections::{BTreeMap, BTreeSet};

use std::time::{Duration, Instant};

use flow_graph::lock::{Lock, LockedField, check_releases};
use game::{Facts, Release, play};
use mutate::Version;
use support::{Dice, Flow, is_error};

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().map_or(default, |text| text.parse().unwrap())
}

#[derive(Default, Debug)]
struct Count {
    looked_at: usize,
    too_much: usize,
    /// Releases that would do harm, all of them refused.
    unsafe_: usize,
    accepted: usize,
    /// Refused although the game shows no harm, by check.
    needless: BTreeMap<String, usize>,
    /// The longest that a proof took: the compiler waits for it.
    slowest: Duration,
}

/// What is refused: the checks.
fn refused(versions: &[Version]) -> BTreeSet<&'static str> {
    let (now, released) = versions.split_last().unwrap();
    let releases: Vec<_> = (1..).zip(released).map(|(number, version)| version.release(number)).collect();
    now.with_graph(|graph| {
        let found = check_releases(graph, &releases.iter().collect::<Vec<_>>());
        let heavy = found.iter().filter(|finding| is_error(finding));
        heavy.map(|finding| finding.check).collect()
    })
}

/// What goes wrong in the game that is right in each release by itself.
fn harm(versions: &[Version]) -> Option<Vec<String>> {
    let releases: Vec<Release> = versions.iter().map(Release::of).collect();
    let releases: Vec<&Release> = releases.iter().collect();
    let last = releases.len() - 1;
    // Each beside the one before it, and the last one alone.
    let mut phases: Vec<Vec<usize>> = vec![vec![0]];
    phases.extend((1..=last).map(|at| vec![at - 1, at]));
    phases.push(vec![last]);
    let together = play(&releases, &phases)?;
    // The names of the last release for each of them.
    let plain: Vec<Release> = versions.iter().map(|version| Release::of(version).with_plain_ends()).collect();
    let plain: Vec<&Release> = plain.iter().collect();
    let alone: Option<Vec<Facts>> = (0..=last).map(|at| play(&plain, &[vec![at]])).collect();
    let alone = alone?;
    let mut harm = Vec::new();
    harm.extend(together.stuck.as_ref().map(|state| format!("stuck: {state}")));
    if together.nested {
        harm.push("nested".to_owned());
    }
    let names = |fact: &(String, String)| canonical(versions, fact);
    let twice: BTreeSet<(String, String)> =
        alone.iter().flat_map(|facts| facts.twice.iter().chain(&facts.again)).map(names).collect();
    let lost: BTreeSet<(String, String)> = alone.iter().flat_map(|facts| &facts.lost).map(names).collect();
    harm.extend(
        together.twice.iter().map(names).filter(|fact| !twice.contains(fact)).map(|fact| format!("twice: {fact:?}")),
    );
    harm.extend(
        together.lost.iter().map(names).filter(|fact| !lost.contains(fact)).map(|fact| format!("lost: {fact:?}")),
    );
    Some(harm)
}

/// A fact under the names of the last release.
fn canonical(versions: &[Version], fact: &(String, String)) -> (String, String) {
    let last = versions.last().unwrap();
    let name = |name: &String| {
        let now = last.was.iter().find(|(_, was)| was.contains(name)).map(|(now, _)| now);
        now.unwrap_or(name).clone()
    };
    (name(&fact.0), name(&fact.1))
}

fn compare(versions: &[Version], count: &mut Count, context: &str) {
    let Some(harm) = harm(versions) else {
        count.too_much += 1;
        return;
    };
    count.looked_at += 1;
    let begun = Instant::now();
    let refused = refused(versions);
    count.slowest = count.slowest.max(begun.elapsed());
    let show = || {
        let each: Vec<String> = versions.iter().map(Version::show).collect();
        each.join("\n--- next release\n")
    };
    match (harm.is_empty(), refused.is_empty()) {
        (true, true) => count.accepted += 1,
        (false, false) => count.unsafe_ += 1,
        (false, true) => panic!("{context}: accepted, and does harm: {harm:#?}\n{}", show()),
        (true, false) => {
            let class = refused.iter().copied().collect::<Vec<_>>().join("+");
            if std::env::var("FLOW_SHOW").is_ok_and(|wanted| wanted == class) {
                println!("{context}: needlessly {class}\n{}\n", show());
            }
            *count.needless.entry(class).or_default() += 1;
        }
    }
}

fn sound(dice: &mut Dice) -> Option<Version> {
    let (size, rewired) = (2 + dice.roll(6), dice.roll(2));
    let first = Version::first(Flow::random(dice, size, rewired)).varied(dice);
    first.is_sound().then_some(first)
}

#[test]
fn nothing_is_accepted_that_does_harm_from_one_release_to_the_next() {
    let (pairs, seed) = (number("FLOW_RELEASES", 60), number("FLOW_SEED", 1));
    let mut count = Count::default();
    let mut at = 0;
    while count.looked_at < usize::try_from(pairs).unwrap() {
        at += 1;
        let mut dice = Dice::new(seed.wrapping_mul(7_000_003).wrapping_add(at));
        let Some(old) = sound(&mut dice) else { continue };
        let new = old.next(&mut dice);
        if new.is_sound() {
            compare(&[old, new], &mut count, &format!("FLOW_SEED={seed}, pair {at}"));
        }
    }
    println!("FLOW_SEED={seed}: {count:?}");
    assert!(count.unsafe_ * 50 > count.looked_at && count.accepted * 5 > count.looked_at, "{count:?}");
}

#[test]
fn nor_over_three_releases() {
    let (chains, seed) = (number("FLOW_CHAINS", 150), number("FLOW_SEED", 1));
    let mut count = Count::default();
    let mut at = 0;
    while count.looked_at < usize::try_from(chains).unwrap() {
        at += 1;
        let mut dice = Dice::new(seed.wrapping_mul(9_000_011).wrapping_add(at));
        let Some(one) = sound(&mut dice) else { continue };
        let two = one.next(&mut dice);
        // What was refused was not released.
        if !two.is_sound() || !refused(&[one.clone(), two.clone()]).is_empty() {
            continue;
        }
        // What was accepted is proved again once it is the last release.
        assert_eq!(refused(&[one.clone(), two.clone(), two.clone()]), BTreeSet::new(), "FLOW_SEED={seed}, chain {at}");
        let three = two.next(&mut dice);
        if three.is_sound() {
            compare(&[one, two, three], &mut count, &format!("FLOW_SEED={seed}, chain {at}"));
        }
    }
    println!("FLOW_SEED={seed}: {count:?}");
    assert!(count.unsafe_ * 50 > count.looked_at && count.accepted * 5 > count.looked_at, "{count:?}");
}

/// A lock of random releases and fields.
fn random_lock(dice: &mut Dice) -> Lock {
    const WORDS: &[&str] = &["text", "task", "was", "required", "a b", "\"", "", "ü", "x/y", "->", "\n", "node"];
    let mut lock = Lock::default();
    for number in 1..=u32::try_from(1 + dice.roll(4)).unwrap() {
        let (size, rewired) = (2 + dice.roll(12), dice.roll(3));
        let version = Version::first(Flow::random(dice, size, rewired)).next(dice);
        let mut release = version.release(number);
        let mut word = || WORDS[dice.roll(WORDS.len())].to_owned();
        release.flow = word();
        let node = release.nodes[0].name.clone();
        let mut fields: Vec<LockedField> = Vec::new();
        for at in 0..4 {
            let task = (at % 2 == 0).then(|| node.clone());
            let field = LockedField { task, path: vec![word(), word()], ty: word(), required: at > 1 };
            if fields.iter().all(|known| (&known.task, &known.path) != (&field.task, &field.path)) {
                fields.push(field);
            }
        }
        lock.add(release.with_fields(fields));
    }
    lock
}

#[test]
fn what_is_written_is_read_and_no_text_does_harm() {
    let mut refused = 0;
    for at in 0..number("FLOW_LOCKS", 300) {
        let mut dice = Dice::new(55_000_000 + at);
        let lock = random_lock(&mut dice);
        let text = lock.to_string();
        assert_eq!(Lock::parse(&text).as_ref(), Ok(&lock), "lock {at}:\n{text}");
        // The lines in any order, and characters that are gone, doubled or others.
        let mut chars: Vec<char> = text.chars().collect();
        for _ in 0..=dice.roll(4) {
            let (place, other) = (dice.roll(chars.len()), chars[dice.roll(chars.len())]);
            match dice.roll(4) {
                0 => drop(chars.remove(place)),
                1 => chars.insert(place, other),
                2 => chars.truncate(place + 1),
                _ => chars[place] = ['"', '\\', '{', '\u{0}', '<', ',', '9', '\u{10ffff}'][dice.roll(8)],
            }
        }
        let mangled: String = chars.into_iter().collect();
        let lines = mangled.lines().count().max(1);
        if let Err(error) = Lock::parse(&mangled) {
            refused += 1;
            assert!((1..=lines).contains(&error.line), "{error}\n{mangled}");
        }
    }
    assert!(refused > 50, "{refused}");
}

/// A flow of many nodes, in ten releases that each change a little, as can be released; and what follows them.
fn many_releases() -> (Lock, Version) {
    let mut dice = Dice::new(3);
    let small = (0..200).map(|_| Flow::random(&mut dice, 20, 0)).filter(|flow| flow.nodes.len() > 25);
    let small = small.map(Version::first).find(Version::is_sound).unwrap();
    let mut version = Version::first(small.flow.padded(70));
    let mut lock = Lock::default();
    for number in 1..=10 {
        lock.add(version.release(number));
        let accepted = |next: &Version| {
            let found = next.with_graph(|graph| check_releases(graph, &lock.releases_of(graph)));
            next.is_sound() && !found.iter().any(is_error)
        };
        let mut nexts = (0..100).map(|_| version.next(&mut dice));
        let changed = |next: &Version| !next.release(0).has_same_nodes(&version.release(0));
        version = nexts.find(|next| changed(next) && accepted(next)).unwrap();
    }
    (lock, version)
}

#[test]
fn ten_releases_of_a_hundred_nodes_cost_milliseconds() {
    let (lock, version) = many_releases();
    let text = lock.to_string();
    let (mut read, mut proof) = (Vec::new(), Vec::new());
    for _ in 0..20 {
        let begun = Instant::now();
        let lock = Lock::parse(&text).unwrap();
        read.push(begun.elapsed());
        version.with_graph(|graph| {
            let releases = lock.releases_of(graph);
            assert_eq!(releases.len(), 10);
            let begun = Instant::now();
            let _ = check_releases(graph, &releases);
            proof.push(begun.elapsed());
        });
    }
    let nodes = version.flow.nodes.len();
    let (read, proof) = (read.iter().min().unwrap(), proof.iter().min().unwrap());
    println!("{nodes} nodes, 10 releases: {read:?} to read, {proof:?} to prove");
    assert!(read.as_millis() + proof.as_millis() < 500, "{read:?} {proof:?}");
}
