//! Two systems: the ratios of their load lines and of the time that one request takes alone, with intervals.

use super::{
    bench::{Bench, Line, Tie},
    others::{Heard, allowed, heard, more},
};
use crate::{
    finding::{Pair, PairWord},
    stat::{MeanInterval, mean_interval},
    units::show_number,
};

/// Within this much of 1 there is no difference worth the name.
const SAME: f64 = 0.05;
/// No interval is narrower than this on either side (in ln): the same program started twice is not quite the same.
pub(super) const LEAST_HALF: f64 = 0.01;
/// Student's intervals are widened by this: at their own 95%, one system in 20 would be called different from itself, with nothing to spare for
/// rounds that are not quite independent of each other.
const WIDER: f64 = 1.15;
/// Without rounds the searches must do, one after the other: the machine may have changed by so much meanwhile (in ln).
const APART: f64 = 0.1;
/// Fewer rounds have no interval.
pub(super) const LEAST_ROUNDS: usize = 5;

/// What one round showed of one system; `None` where a probe did not run, or told nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Turn {
    /// Mean time of one request alone, in seconds.
    pub alone_s: Option<f64>,
    /// Good answers a second under the full load; of a system with a door, how many were inside.
    pub full: Option<f64>,
    /// The share of its cores that others had under that load, while it had none to spare; `None` also where its line does not depend on it.
    pub taken: Option<f64>,
}

/// A ratio with what bounds it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ratio {
    pub value: Option<f64>,
    pub low: Option<f64>,
    pub high: Option<f64>,
}

impl Ratio {
    const UNKNOWN: Self = Self { value: None, low: None, high: None };

    /// A ratio from its logarithm, and how far the interval reaches down and up (in ln; infinite where nothing bounds it).
    fn of(ln: f64, down: f64, up: f64) -> Self {
        let end = |half: f64, end: f64| half.is_finite().then(|| end.exp());
        Self { value: Some(ln.exp()), low: end(down, ln - down), high: end(up, ln + up) }
    }

    fn word(&self) -> PairWord {
        let is_different = self.low.is_some_and(|low| low > 1.0) || self.high.is_some_and(|high| high < 1.0);
        let is_same = self.low.is_some_and(|low| low >= 1.0 - SAME) && self.high.is_some_and(|high| high <= 1.0 + SAME);
        match (is_different, is_same) {
            (true, _) => PairWord::Different,
            (false, true) => PairWord::NoDifference,
            (false, false) => PairWord::CannotTell,
        }
    }
}

/// Both ratios as far as the rounds tell them.
pub(super) fn pair((a, bench_a): (&str, &Bench), (b, bench_b): (&str, &Bench), turns: &[(Turn, Turn)]) -> Pair {
    let heard = heard(turns);
    let turns = &heard.turns;
    let alone = alone(turns).map_or(Ratio::UNKNOWN, |mean| ratio_of_mean(mean, (0.0, 0.0), (0.0, 0.0)));
    let (capacity, rounds) = capacity(bench_a, bench_b, &heard);
    let mut reasons = Vec::new();
    for (name, bench) in [(a, bench_a), (b, bench_b)] {
        match &bench.line {
            Line::Unknown(why) => reasons.push(format!("{name}: {why}")),
            Line::AtLeast(least) => {
                reasons.push(format!("{name}: nothing failed up to {}, so its load line is only bounded below", show_number(*least)));
            }
            Line::Found { .. } => reasons.extend(
                bench
                    .unstable
                    .as_ref()
                    .map(|why| format!("{name}: its load line is not stable ({why}); the ratio rests on the rounds alone")),
            ),
        }
    }
    reasons.extend(heard.left_out());
    if rounds.is_some_and(|rounds| rounds >= LEAST_ROUNDS) {
        reasons.extend([(a, heard.taken.0), (b, heard.taken.1)].into_iter().filter_map(|(name, taken)| allowed(name, taken)));
    }
    if let Some(rounds) = rounds.filter(|rounds| *rounds < LEAST_ROUNDS) {
        reasons.push(format!("{rounds} rounds are too few for an interval, which takes {LEAST_ROUNDS}: the ratio is that of the two searches, one after the other"));
    }
    Pair {
        a: a.to_owned(),
        b: b.to_owned(),
        counted: bench_b.counted,
        capacity_ratio: capacity.value,
        low: capacity.low,
        high: capacity.high,
        word: capacity.word(),
        unloaded_latency_ratio: alone.value,
        unloaded_latency_low: alone.low,
        unloaded_latency_high: alone.high,
        unloaded_word: alone.word(),
        rounds: rounds.unwrap_or_else(|| rounds_alone(turns)) as u32,
        reasons,
    }
}

/// Half the wider of the two intervals, as far as the rounds make it (in ln): more rounds narrow no other part.
pub(super) fn half_of_rounds(a: &Bench, b: &Bench, turns: &[(Turn, Turn)]) -> f64 {
    let capacity = by_rounds(a, b, turns).map_or(0.0, |mean| mean.half);
    alone(turns).map_or(f64::INFINITY, |mean| mean.half.max(capacity))
}

fn alone(turns: &[(Turn, Turn)]) -> Option<MeanInterval> {
    let logs: Vec<f64> = turns.iter().filter_map(|(a, b)| Some((b.alone_s? / a.alone_s?).ln())).collect();
    mean_interval(&logs)
}

fn rounds_alone(turns: &[(Turn, Turn)]) -> usize {
    turns.iter().filter(|(a, b)| a.alone_s.is_some() && b.alone_s.is_some()).count()
}

/// The interval of a mean over the rounds, of what else is uncertain about it, and of what may lie to one side of it, both down and up.
fn ratio_of_mean(mean: MeanInterval, (down, up): (f64, f64), (further_down, further_up): (f64, f64)) -> Ratio {
    let half = if mean.n < LEAST_ROUNDS { f64::INFINITY } else { WIDER * mean.half };
    Ratio::of(mean.mean, half.hypot(down).max(LEAST_HALF) + further_down, half.hypot(up).max(LEAST_HALF) + further_up)
}

/// The ratio of the load lines, and the rounds that it rests on where it does.
fn capacity(a: &Bench, b: &Bench, heard: &Heard) -> (Ratio, Option<usize>) {
    let bound = |low: Option<f64>, high: Option<f64>| {
        // A bound says something only where it decides.
        let (low, high) = (low.filter(|low| *low > 1.0), high.filter(|high| *high < 1.0));
        (Ratio { value: None, low, high }, None)
    };
    match (&a.line, &b.line) {
        (&Line::Found { low: low_a, high: high_a, tie: tie_a, value: value_a }, &Line::Found { low, high, tie, value }) => {
            let mean = by_rounds(a, b, &heard.turns);
            let has_few = mean.is_none_or(|mean| mean.n < LEAST_ROUNDS);
            // What the searches leave open, down and up: where the rounds measure the line whole, at most which load shows it.
            let open =
                |tie: Tie, value: f64, end: f64, unsure: f64| if tie.is_whole() && !has_few { unsure } else { (end / value).ln().abs() };
            let (unsure, unsure_a) = (b.unsure_beside(a), a.unsure_beside(b));
            let down = open(tie, value, low, unsure).hypot(open(tie_a, value_a, high_a, unsure_a));
            let up = open(tie, value, high, unsure).hypot(open(tie_a, value_a, low_a, unsure_a));
            if tie == Tie::AsFound && tie_a == Tie::AsFound {
                return (Ratio::of((value / value_a).ln(), down, up), None);
            }
            if has_few {
                let ratio = Ratio::of((value / value_a).ln(), down.hypot(APART), up.hypot(APART));
                return (ratio, Some(mean.map_or(0, |mean| mean.n)));
            }
            let further = (more(heard.taken.0), more(heard.taken.1));
            (mean.map_or(Ratio::UNKNOWN, |mean| ratio_of_mean(mean, (down, up), further)), Some(mean.map_or(0, |mean| mean.n)))
        }
        (&Line::Found { high, .. }, &Line::AtLeast(least)) => bound(Some(least / high), None),
        (&Line::AtLeast(least), &Line::Found { high, .. }) => bound(None, Some(high / least)),
        _ => (Ratio::UNKNOWN, None),
    }
}

/// The mean of the log ratios of the rounds.
fn by_rounds(a: &Bench, b: &Bench, turns: &[(Turn, Turn)]) -> Option<MeanInterval> {
    let logs: Vec<f64> = turns.iter().filter_map(|(turn_a, turn_b)| Some(ln_line(b, turn_b)? - ln_line(a, turn_a)?)).collect();
    mean_interval(&logs)
}

/// The load line as one round shows it, in ln.
fn ln_line(bench: &Bench, turn: &Turn) -> Option<f64> {
    let Line::Found { tie, value, .. } = bench.line else { return None };
    match tie {
        Tie::Knee { think_s } => Some((turn.full? * (turn.alone_s? + think_s)).ln()),
        Tie::Capacity => Some(turn.full?.ln()),
        Tie::AtLine { seen_per_s } => Some(value.ln() + (turn.full? / seen_per_s).ln()),
        Tie::Door => Some(turn.full?.ln()),
        Tie::AsFound => Some(value.ln()),
    }
}
