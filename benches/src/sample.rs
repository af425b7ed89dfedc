//! What a round gives, and what many rounds give together.

use std::fmt;

/// One round of one contender.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sample {
    pub(crate) units: f64,
    pub(crate) seconds: f64,
    /// Seconds on a processor, of the threads that call the database.
    pub(crate) client: f64,
    /// Of the database's own processes, where it has some and they can be seen.
    pub(crate) server: Option<f64>,
    /// Rows that were written.
    pub(crate) rows: f64,
    /// Bytes of the log of changes.
    pub(crate) wal: Option<f64>,
}

impl Sample {
    pub(crate) fn rate(&self) -> f64 {
        self.units / self.seconds
    }
}

/// What one unit of work asks of the database, counted apart from the clock.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) statements: f64,
    /// Transactions that wrote something.
    pub(crate) commits: f64,
}

/// Someone who does the work, in turns with others.
pub(crate) struct Contender<'a> {
    pub(crate) name: String,
    pub(crate) counts: Option<Counts>,
    pub(crate) run: Box<dyn FnMut() -> Sample + 'a>,
}

/// The rounds of one contender.
#[derive(Debug)]
pub(crate) struct Series {
    pub(crate) name: String,
    pub(crate) counts: Option<Counts>,
    pub(crate) samples: Vec<Sample>,
}

/// A B C, A B C, ..; the first round warms up and is dropped.
pub(crate) fn interleave(rounds: usize, mut contenders: Vec<Contender<'_>>) -> Vec<Series> {
    let mut series: Vec<Series> = contenders
        .iter()
        .map(|contender| Series { name: contender.name.clone(), counts: contender.counts.clone(), samples: Vec::new() })
        .collect();
    for round in 0..=rounds {
        for (contender, series) in contenders.iter_mut().zip(&mut series) {
            let sample = (contender.run)();
            eprintln!("  {}: {:.0}/s", contender.name, sample.rate());
            if round > 0 {
                series.samples.push(sample);
            }
        }
    }
    series
}

impl Series {
    pub(crate) fn rate(&self) -> Spread {
        Spread::of(self.samples.iter().map(Sample::rate))
    }

    /// How much faster than another in the same round.
    pub(crate) fn over(&self, other: &Series) -> Spread {
        Spread::of(self.samples.iter().zip(&other.samples).map(|(ours, theirs)| ours.rate() / theirs.rate()))
    }

    /// Something of a unit of work, in the middle of the rounds.
    pub(crate) fn per_unit(&self, of: impl Fn(&Sample) -> f64) -> f64 {
        Spread::of(self.samples.iter().map(|sample| of(sample) / sample.units)).median
    }

    /// The same where it may be missing; the least, for what others on the machine add to.
    pub(crate) fn least_per_unit(&self, of: impl Fn(&Sample) -> Option<f64>) -> Option<f64> {
        self.samples.iter().filter_map(|sample| Some(of(sample)? / sample.units)).reduce(f64::min)
    }
}

/// Median, and least to most.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) least: f64,
    pub(crate) most: f64,
}

impl Spread {
    pub(crate) fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut sorted: Vec<f64> = values.into_iter().collect();
        sorted.sort_by(f64::total_cmp);
        let at = |place: usize| sorted.get(place).copied().unwrap_or(f64::NAN);
        Spread { median: at(sorted.len() / 2), least: at(0), most: at(sorted.len().saturating_sub(1)) }
    }
}

/// `1,234 (1,200..1,300)`; small numbers with two places.
impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (median, least, most) = (number(self.median), number(self.least), number(self.most));
        write!(f, "{median} ({least}..{most})")
    }
}

/// A number as people read it.
pub(crate) fn number(value: f64) -> String {
    if value.is_nan() {
        return "-".to_owned();
    }
    if value < 10.0 {
        return format!("{value:.2}");
    }
    if value < 100.0 {
        return format!("{value:.1}");
    }
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[allow(clippy::cast_precision_loss, reason = "far below 2^52")]
pub(crate) fn real(number: i64) -> f64 {
    number as f64
}
