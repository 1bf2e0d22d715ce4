//! The grid of settings as the model sees it: where each value lies, how alike two of them are expected to be, and what a setting costs.

use super::Knob;

/// How far likeness reaches, short, middle and long, in spans of an axis.
const REACH: [f64; 3] = [0.35, 0.8, 2.0];

/// How alike two values are that are no numbers, for the same three.
const UNORDERED_LIKENESS: [f64; 3] = [0.3, 0.7, 0.9];

/// How many kinds of reach there are.
pub(super) const REACHES: usize = REACH.len();

/// One knob.
#[derive(Clone, Debug)]
pub(super) struct Axis {
    /// Whether the values are numbers.
    pub ordered: bool,
    /// Where each value lies: logarithms about the middle of the range, because what matters is how many times as many; 0 for what is no number.
    pub at: Vec<f64>,
    /// Each value over the smallest; 1 for what is no number.
    pub cost: Vec<f64>,
    /// For each reach the likeness of any two values, row by row.
    alike: [Vec<f64>; REACHES],
}

impl Axis {
    fn of(knob: &Knob) -> Self {
        let many = knob.values.len();
        let numbers = numbers(&knob.values);
        let ordered = numbers.is_some();
        let least = numbers.iter().flatten().copied().fold(f64::INFINITY, f64::min);
        // Ratios where there is no zero; else each counts from the smallest.
        let shift = if least > 0.0 { 0.0 } else { 1.0 - least };
        let ratios: Vec<f64> = match &numbers {
            Some(numbers) => numbers.iter().map(|number| (number + shift) / (least + shift)).collect(),
            None => vec![1.0; many],
        };
        let width = ratios.iter().copied().fold(1.0, f64::max).ln();
        // A narrow range (90 to 110) was given because small differences are thought to matter.
        let (span, stretch) = if width > 0.0 { (width.max(1.0), (1.0 / width).max(1.0)) } else { (1.0, 1.0) };
        let at: Vec<f64> = ratios.iter().map(|ratio| (ratio.ln() - width / 2.0) * stretch).collect();
        let alike = std::array::from_fn(|reach| {
            let pairs = (0..many * many).map(|pair| (pair / many, pair % many));
            pairs
                .map(|(a, b)| match ordered {
                    true => matern((at[a] - at[b]).abs() / (REACH[reach] * span)),
                    false if a == b => 1.0,
                    false => UNORDERED_LIKENESS[reach],
                })
                .collect()
        });
        Self { ordered, at, cost: ratios, alike }
    }

    pub(super) fn alike(&self, reach: usize, a: usize, b: usize) -> f64 {
        self.alike[reach][a * self.at.len() + b]
    }
}

/// The Matérn covariance of smoothness 5/2 (Rasmussen and Williams, Gaussian Processes for Machine Learning, 4.17).
fn matern(distance: f64) -> f64 {
    let scaled = 5f64.sqrt() * distance;
    (1.0 + scaled + scaled * scaled / 3.0) * (-scaled).exp()
}

/// The values as numbers; `None` unless all are, with the same unit behind each.
fn numbers(values: &[String]) -> Option<Vec<f64>> {
    let unit = unit_of(values.first()?);
    values.iter().map(|value| value.strip_suffix(unit)?.parse().ok().filter(|number: &f64| number.is_finite())).collect()
}

/// What stands behind the last digit.
fn unit_of(value: &str) -> &str {
    value.rfind(|c: char| c.is_ascii_digit()).map_or(value, |last| &value[last + 1..])
}

/// All settings, counted with the last knob turning fastest.
#[derive(Clone, Debug)]
pub(super) struct Space {
    pub axes: Vec<Axis>,
}

impl Space {
    pub(super) fn of(knobs: &[Knob]) -> Self {
        Self { axes: knobs.iter().map(Axis::of).collect() }
    }

    pub(super) fn size(&self) -> u64 {
        self.axes.iter().fold(1, |size: u64, axis| size.saturating_mul(axis.at.len() as u64))
    }

    pub(super) fn holds(&self, setting: &[usize]) -> bool {
        setting.len() == self.axes.len() && setting.iter().zip(&self.axes).all(|(&place, axis)| place < axis.at.len())
    }

    /// The setting of this number, below [`Space::size`].
    pub(super) fn setting(&self, number: u64) -> Vec<usize> {
        let mut rest = number;
        let mut setting = vec![0; self.axes.len()];
        for (place, axis) in setting.iter_mut().zip(&self.axes).rev() {
            let many = axis.at.len() as u64;
            *place = (rest % many) as usize;
            rest /= many;
        }
        setting
    }

    /// What the setting costs: the product of its numbers over their smallest, so that twice as many of anything cost twice as much.
    pub(super) fn cost(&self, setting: &[usize]) -> f64 {
        self.axes.iter().zip(setting).map(|(axis, &place)| axis.cost[place]).product()
    }

    /// All settings that differ from this one in one knob.
    pub(super) fn beside(&self, setting: &[usize]) -> Vec<Vec<usize>> {
        let mut found = Vec::new();
        for (knob, axis) in self.axes.iter().enumerate() {
            for place in (0..axis.at.len()).filter(|&place| place != setting[knob]) {
                let mut other = setting.to_vec();
                other[knob] = place;
                found.push(other);
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(text: &str) -> Axis {
        Axis::of(&text.parse().unwrap())
    }

    fn close(got: f64, want: f64) {
        assert!((got - want).abs() < 1e-12, "{got}, not {want}");
    }

    #[test]
    fn what_matters_is_how_many_times_as_many() {
        let axis = axis("threads=1,2,4,8");
        let ln2 = 2f64.ln();
        for (at, want) in axis.at.iter().zip([-1.5 * ln2, -0.5 * ln2, 0.5 * ln2, 1.5 * ln2]) {
            close(*at, want);
        }
        assert_eq!(axis.cost.iter().map(|cost| cost.round() as u32).collect::<Vec<_>>(), [1, 2, 4, 8]);
        assert!(axis.alike(0, 0, 1) < axis.alike(1, 0, 1) && axis.alike(1, 0, 1) < axis.alike(2, 0, 1));
        close(axis.alike(1, 2, 2), 1.0);
    }

    #[test]
    fn numbers_may_have_one_unit_and_a_zero() {
        for (text, costs) in [
            ("m=64MiB,128MiB", Some([1.0, 2.0])),
            ("m=100ms,250ms", Some([1.0, 2.5])),
            ("m=0,3", Some([1.0, 4.0])),
            ("m=-1,1", Some([1.0, 3.0])),
            ("m=0.5,1.5", Some([1.0, 3.0])),
            ("m=64MiB,1GiB", None),
            ("m=sync,gevent", None),
            ("m=1,auto", None),
            ("m=inf,nan", None),
        ] {
            let axis = axis(text);
            assert_eq!(axis.ordered, costs.is_some(), "{text}");
            assert_eq!(axis.cost, costs.unwrap_or([1.0, 1.0]), "{text}");
        }
    }

    #[test]
    fn a_narrow_range_is_looked_at_closely_and_a_single_value_is_one() {
        let narrow = axis("x=90,100,110");
        close(narrow.at[2] - narrow.at[0], 1.0);
        let single = axis("x=5");
        assert_eq!(single.at, [0.0]);
    }

    #[test]
    fn settings_are_counted_with_the_last_knob_fastest() {
        let space = Space::of(&["w=1..3".parse().unwrap(), "mode=a,b".parse().unwrap(), "t=1,4".parse().unwrap()]);
        assert_eq!(space.size(), 12);
        let all: Vec<Vec<usize>> = (0..12).map(|number| space.setting(number)).collect();
        assert_eq!((&all[0], &all[1], &all[2], &all[11]), (&vec![0, 0, 0], &vec![0, 0, 1], &vec![0, 1, 0], &vec![2, 1, 1]));
        close(space.cost(&[2, 1, 1]), 12.0);
        assert_eq!(space.beside(&[0, 0, 0]), [[1, 0, 0], [2, 0, 0], [0, 1, 0], [0, 0, 1]]);
        assert!(space.holds(&[2, 1, 1]) && !space.holds(&[3, 0, 0]) && !space.holds(&[0, 0]));
    }
}
