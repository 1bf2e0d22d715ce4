//! From a value to a place, and the round values that are told at an axis.

use std::ops::RangeInclusive;

/// How values are spread over places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spread {
    /// Equal differences take equal room.
    Even,
    /// Equal ratios take equal room; every value is above 0.
    Logarithmic,
}

/// An axis: which values it holds, and between which places.
#[derive(Clone, Debug)]
pub struct Scale {
    /// How they are spread.
    pub spread: Spread,
    /// The least and the greatest value.
    pub values: RangeInclusive<f64>,
    /// Where they are drawn.
    pub places: (f64, f64),
}

/// Room beside the outermost values, as a share of what lies between.
const PADDING: f64 = 0.05;

impl Scale {
    /// An axis of these values, at least a factor of `least` wide, a little room beside them; `None` without a value above 0.
    pub fn logarithmic(values: impl Iterator<Item = f64>, least: f64) -> Option<Self> {
        let (low, high) = ends(values.filter(|value| *value > 0.0))?;
        let missing = (least / (high / low)).max(1.0).sqrt();
        let (low, high) = (low / missing, high * missing);
        let room = (high / low).powf(PADDING);
        Some(Self { spread: Spread::Logarithmic, values: low / room..=high * room, places: (0.0, 1.0) })
    }

    /// An axis from 0 to a little above the greatest of these values, or to 1 where none is above 0.
    pub fn from_zero(values: impl Iterator<Item = f64>) -> Self {
        let high = ends(values).map_or(0.0, |(_, high)| high);
        Self { spread: Spread::Even, values: 0.0..=if high > 0.0 { high * (1.0 + PADDING) } else { 1.0 }, places: (0.0, 1.0) }
    }

    /// The same values between other places.
    pub fn between(self, from: f64, to: f64) -> Self {
        Self { places: (from, to), ..self }
    }

    /// Where a value is drawn; one that the axis does not hold lies at its nearer end.
    pub fn at(&self, value: f64) -> f64 {
        let (low, high) = (*self.values.start(), *self.values.end());
        let value = value.clamp(low, high);
        let share = match self.spread {
            Spread::Even => (value - low) / (high - low),
            Spread::Logarithmic => (value / low).ln() / (high / low).ln(),
        };
        self.places.0 + share * (self.places.1 - self.places.0)
    }

    /// Powers of four, or of two where there are fewer than three of those.
    pub fn powers_of_four(&self) -> Vec<f64> {
        let powers = |base: f64| {
            let first = (self.values.start().ln() / base.ln()).floor() as i32;
            let all = (first..first + 80).map(|power| base.powi(power));
            all.filter(|value| self.holds(*value)).collect::<Vec<_>>()
        };
        let fours = powers(4.0);
        if fours.len() < 3 { powers(2.0) } else { fours }
    }

    /// Round values: powers of ten where there are at least three, else more of them, at most about `most`.
    pub fn round(&self, most: usize) -> Vec<f64> {
        match self.spread {
            Spread::Even => self.even(most),
            Spread::Logarithmic => {
                let of = |digits: &[f64]| {
                    let first = self.values.start().log10().floor() as i32;
                    let all = (first..first + 40).flat_map(|power| digits.iter().map(move |digit| digit * 10f64.powi(power)));
                    all.filter(|value| self.holds(*value)).collect::<Vec<_>>()
                };
                let choices = [of(&[1.0]), of(&[1.0, 3.0]), of(&[1.0, 2.0, 5.0])];
                choices.into_iter().find(|ticks| ticks.len() >= 3).unwrap_or_else(|| self.even(most))
            }
        }
    }

    /// Multiples of 1, 2 or 5 times a power of ten, at most `most` of them.
    fn even(&self, most: usize) -> Vec<f64> {
        let (low, high) = (*self.values.start(), *self.values.end());
        let unit = 10f64.powf(((high - low) / most as f64).log10().floor());
        let steps = [1.0, 2.0, 5.0, 10.0].map(|factor| factor * unit);
        let step = steps.into_iter().find(|step| (high - low) / step <= most as f64).unwrap_or(10.0 * unit);
        let first = (low / step).ceil() as i64;
        (first..first + 2 * most as i64).map(|n| n as f64 * step).filter(|value| self.holds(*value)).collect()
    }

    fn holds(&self, value: f64) -> bool {
        self.values.contains(&value)
    }
}

/// The least and the greatest of the values that are numbers.
fn ends(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.filter(|value| value.is_finite()).fold(None, |ends, value| {
        let (low, high) = ends.unwrap_or((value, value));
        Some((low.min(value), high.max(value)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logarithmic(low: f64, high: f64) -> Scale {
        Scale::logarithmic([low, high].into_iter(), 4.0).unwrap()
    }

    #[test]
    fn equal_ratios_take_equal_room() {
        let scale = logarithmic(1.0, 256.0).between(100.0, 500.0);
        let places = [1.0, 4.0, 16.0, 64.0, 256.0].map(|value| scale.at(value));
        let gaps: Vec<f64> = places.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(gaps.iter().all(|gap| (gap - gaps[0]).abs() < 1e-9), "{places:?}");
        assert!(places[0] > 100.0 && places[4] < 500.0, "room on both sides");
        assert_eq!((scale.at(1e-9), scale.at(1e9)), (100.0, 500.0));
    }

    #[test]
    fn ticks_are_round_and_few() {
        assert_eq!(logarithmic(1.0, 2048.0).powers_of_four(), [1.0, 4.0, 16.0, 64.0, 256.0, 1024.0]);
        assert_eq!(logarithmic(1.0, 5.0).powers_of_four(), [1.0, 2.0, 4.0]);
        assert_eq!(logarithmic(10.0, 6_000.0).round(6), [10.0, 100.0, 1_000.0]);
        assert_eq!(logarithmic(0.05, 0.4).round(6), [0.05, 0.1, 0.2]);
        for (low, high) in [(0.05, 0.051), (1.0, 1e9), (3e-6, 3600.0), (900.0, 1_100.0)] {
            let scale = logarithmic(low, high);
            let ticks = scale.round(6);
            assert!((2..=17).contains(&ticks.len()), "{low} to {high}: {ticks:?}");
        }
        for high in [0.02, 1.0, 4.0, 7.0, 31.0, 999.0, 1e7] {
            let ticks = Scale::from_zero([high].into_iter()).round(5);
            assert!(ticks[0] == 0.0 && (3..=6).contains(&ticks.len()), "{high}: {ticks:?}");
        }
    }

    #[test]
    fn an_axis_without_a_value_is_none_or_one() {
        assert!(Scale::logarithmic([0.0, f64::NAN].into_iter(), 4.0).is_none());
        assert_eq!(Scale::from_zero(std::iter::empty()).values, 0.0..=1.0);
    }
}
