//! A pair as a person would repeat it: which carries more, and what one request pays.

use super::{Counted, Pair, PairWord};
use crate::units::show_number;

/// From this factor on "so many times" reads better than "so many percent more".
const TIMES_FROM: f64 = 1.5;
/// Shares of the other that have a name, by their divisor.
const NAMED_SHARES: [(f64, &str); 9] = [
    (2.0, "half"),
    (3.0, "a third"),
    (4.0, "a quarter"),
    (5.0, "a fifth"),
    (6.0, "a sixth"),
    (7.0, "a seventh"),
    (8.0, "an eighth"),
    (9.0, "a ninth"),
    (10.0, "a tenth"),
];
/// A share within this much of a named one is called by its name.
const NEAR_NAME: f64 = 0.03;

impl Counted {
    /// "as many at one time": what a factor multiplies.
    fn as_many(self) -> &'static str {
        match self {
            Self::AtOneTime => "as many at one time",
            Self::Users => "as many users",
            Self::RequestsPerS => "as many requests a second",
        }
    }

    /// "10% more at one time".
    fn than(self, more_or_fewer: &str) -> String {
        match self {
            Self::AtOneTime => format!("{more_or_fewer} at one time"),
            Self::Users => format!("{more_or_fewer} users"),
            Self::RequestsPerS => format!("{more_or_fewer} requests a second"),
        }
    }
}

impl Pair {
    /// Both ratios in one sentence: "b carries 26 times as many at one time as a (22 to 31); one request alone is 4% slower (2% to 6%)."
    pub fn sentence(&self) -> String {
        match self.price() {
            Some(price) => format!("{}; {price}.", self.capacity()),
            None => format!("{}.", self.capacity()),
        }
    }

    /// Which carries more, without a full stop.
    pub fn capacity(&self) -> String {
        let Self { a, b, counted, .. } = self;
        match (self.word, self.capacity_ratio, self.low, self.high) {
            (PairWord::Different, Some(ratio), low, high) => self.carries(ratio, low, high),
            (PairWord::Different, None, Some(low), _) => {
                format!("{b} carries at least {} times {} as {a}", factor(low), counted.as_many())
            }
            (PairWord::Different, None, None, Some(high)) => {
                format!("{b} carries at most {} {} as {a}", part(high), counted.as_many())
            }
            (PairWord::NoDifference, _, Some(low), Some(high)) => {
                format!("{b} carries {} as {a} within {}", counted.as_many(), percent((1.0 - low).max(high - 1.0)))
            }
            (_, Some(_), Some(low), Some(high)) => {
                let between = if low > 1.0 / TIMES_FROM && high < TIMES_FROM {
                    counted.than(&format!("{} to {}", more(low), more(high)))
                } else {
                    format!("{} to {} times {}", factor(low), factor(high), counted.as_many())
                };
                format!("Which of {a} and {b} carries more can't be told: {b} carries {between}")
            }
            _ => format!("Which of {a} and {b} carries more can't be told"),
        }
    }

    fn carries(&self, ratio: f64, low: Option<f64>, high: Option<f64>) -> String {
        let Self { a, b, counted, .. } = self;
        let range = |show: &dyn Fn(f64) -> String| match (low, high) {
            (Some(low), Some(high)) if show(low) == show(high) => String::new(),
            (Some(low), Some(high)) => format!(" ({} to {})", show(low), show(high)),
            (Some(low), None) => format!(" (at least {})", show(low)),
            (None, Some(high)) => format!(" (at most {})", show(high)),
            (None, None) => String::new(),
        };
        if ratio >= TIMES_FROM {
            format!("{b} carries {} times {} as {a}{}", factor(ratio), counted.as_many(), range(&factor))
        } else if ratio >= 1.0 {
            let by = |ratio: f64| percent(ratio - 1.0);
            format!("{b} carries {} {} than {a}{}", by(ratio), counted.than("more"), range(&by))
        } else if ratio > 1.0 / TIMES_FROM {
            let by = |ratio: f64| percent(1.0 - ratio);
            // The smaller loss first, so that the range reads upwards.
            let range = match (low, high) {
                (Some(low), Some(high)) if by(low) != by(high) => format!(" ({} to {})", by(high), by(low)),
                _ => String::new(),
            };
            format!("{b} carries {} {} than {a}{range}", by(ratio), counted.than("fewer"))
        } else {
            format!("{b} carries {} {} as {a}{}", part(ratio), counted.as_many(), range(&factor))
        }
    }

    /// What one request pays, without a full stop; `None` where it is not known.
    pub fn price(&self) -> Option<String> {
        let (ratio, low, high) = (self.unloaded_latency_ratio?, self.unloaded_latency_low?, self.unloaded_latency_high?);
        let is_far = !(1.0 / TIMES_FROM..TIMES_FROM).contains(&ratio);
        Some(match self.unloaded_word {
            PairWord::Different if is_far => {
                format!("one request alone takes {} times as long ({} to {})", factor(ratio), factor(low), factor(high))
            }
            PairWord::Different if ratio > 1.0 => {
                format!("one request alone is {} slower ({} to {})", percent(ratio - 1.0), percent(low - 1.0), percent(high - 1.0))
            }
            PairWord::Different => {
                format!("one request alone is {} faster ({} to {})", percent(1.0 - ratio), percent(1.0 - high), percent(1.0 - low))
            }
            PairWord::NoDifference => {
                format!("one request alone takes as long, within {}", percent((1.0 - low).max(high - 1.0)))
            }
            PairWord::CannotTell if low < 1.0 && high > 1.0 => format!(
                "whether one request alone is slower can't be told ({} faster to {} slower)",
                percent(1.0 - low),
                percent(high - 1.0)
            ),
            PairWord::CannotTell => "whether one request alone is slower can't be told".to_owned(),
        })
    }
}

/// A factor to two digits, or to three from a hundred on: 1.3, 26, 0.29, 125.
fn factor(ratio: f64) -> String {
    let digits = if ratio >= 100.0 { 2.0 } else { 1.0 };
    let unit = 10f64.powf(ratio.abs().max(1e-9).log10().floor() - digits);
    show_number((ratio / unit).round() * unit)
}

/// "a third", or "0.42 times".
fn part(ratio: f64) -> String {
    let named = NAMED_SHARES.iter().find(|(divisor, _)| (ratio * divisor - 1.0).abs() <= NEAR_NAME);
    named.map_or_else(|| format!("{} times", factor(ratio)), |(_, name)| (*name).to_owned())
}

/// "3% fewer", "2% more".
fn more(ratio: f64) -> String {
    if ratio < 1.0 { format!("{} fewer", percent(1.0 - ratio)) } else { format!("{} more", percent(ratio - 1.0)) }
}

/// A whole percentage, or one with a decimal below 1%.
fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    if percent.abs() < 0.95 { format!("{}%", show_number((10.0 * percent).round() / 10.0)) } else { format!("{percent:.0}%") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(ratio: Option<f64>, low: Option<f64>, high: Option<f64>, word: PairWord) -> Pair {
        Pair {
            a: "pool".to_owned(),
            b: "async".to_owned(),
            counted: Counted::AtOneTime,
            capacity_ratio: ratio,
            low,
            high,
            word,
            unloaded_latency_ratio: None,
            unloaded_latency_low: None,
            unloaded_latency_high: None,
            unloaded_word: PairWord::CannotTell,
            rounds: 18,
            reasons: Vec::new(),
        }
    }

    fn priced(ratio: f64, low: f64, high: f64, word: PairWord) -> Pair {
        Pair {
            unloaded_latency_ratio: Some(ratio),
            unloaded_latency_low: Some(low),
            unloaded_latency_high: Some(high),
            unloaded_word: word,
            ..pair(Some(25.9), Some(22.1), Some(31.2), PairWord::Different)
        }
    }

    #[test]
    fn both_ratios_in_one_sentence() {
        let both = priced(1.041, 1.02, 1.06, PairWord::Different);
        assert_eq!(
            both.sentence(),
            "async carries 26 times as many at one time as pool (22 to 31); one request alone is 4% slower (2% to 6%)."
        );
    }

    #[test]
    fn which_carries_more() {
        use PairWord::{CannotTell, Different, NoDifference};
        for (ratio, low, high, word, sentence) in [
            (Some(1.1), Some(1.06), Some(1.14), Different, "async carries 10% more at one time than pool (6% to 14%)."),
            (Some(0.9), Some(0.86), Some(0.94), Different, "async carries 10% fewer at one time than pool (6% to 14%)."),
            (Some(0.334), Some(0.29), Some(0.37), Different, "async carries a third as many at one time as pool (0.29 to 0.37)."),
            (Some(0.42), Some(0.4), Some(0.44), Different, "async carries 0.42 times as many at one time as pool (0.4 to 0.44)."),
            (Some(125.4), Some(120.3), Some(130.8), Different, "async carries 125 times as many at one time as pool (120 to 131)."),
            (None, Some(250.0), None, Different, "async carries at least 250 times as many at one time as pool."),
            (None, None, Some(0.25), Different, "async carries at most a quarter as many at one time as pool."),
            (Some(1.3), Some(1.1), None, Different, "async carries 30% more at one time than pool (at least 10%)."),
            (Some(1.0), Some(0.98), Some(1.03), NoDifference, "async carries as many at one time as pool within 3%."),
            (
                Some(1.02),
                Some(0.97),
                Some(1.08),
                CannotTell,
                "Which of pool and async carries more can't be told: async carries 3% fewer to 8% more at one time.",
            ),
            (None, None, None, CannotTell, "Which of pool and async carries more can't be told."),
        ] {
            assert_eq!(pair(ratio, low, high, word).sentence(), sentence);
        }
        let rate = Pair { counted: Counted::RequestsPerS, ..pair(Some(2.0), Some(1.9), Some(2.1), Different) };
        assert_eq!(rate.sentence(), "async carries 2 times as many requests a second as pool (1.9 to 2.1).");
    }

    #[test]
    fn what_one_request_pays() {
        for (ratio, low, high, word, price) in [
            (0.9, 0.88, 0.92, PairWord::Different, "one request alone is 10% faster (8% to 12%)"),
            (2.31, 2.2, 2.4, PairWord::Different, "one request alone takes 2.3 times as long (2.2 to 2.4)"),
            (1.004, 0.994, 1.014, PairWord::NoDifference, "one request alone takes as long, within 1%"),
            (1.01, 0.9, 1.12, PairWord::CannotTell, "whether one request alone is slower can't be told (10% faster to 12% slower)"),
        ] {
            assert_eq!(priced(ratio, low, high, word).price().as_deref(), Some(price));
        }
    }

    #[test]
    fn words_are_those_of_the_contract() {
        let json = serde_json::to_value(pair(Some(1.1), Some(1.06), None, PairWord::NoDifference)).unwrap();
        assert_eq!((&json["word"], &json["unloaded_word"]), (&"no_difference".into(), &"cannot_tell".into()));
        assert!(json["high"].is_null() && json["unloaded_latency_ratio"].is_null());
    }
}
