//! What is believed of settings that were not tried: a Gaussian process over the logarithm of the load line, averaged over how far likeness
//! reaches and how rough the measurements are, because a handful of points can't tell (Rasmussen and Williams, Gaussian Processes for
//! Machine Learning, 2.2 and 5.4).

use super::space::{REACHES, Space};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use statrs::function::erf::erfc;

/// How uncertain the level is that all settings share, as a variance of logarithms.
const LEVEL: f64 = 1.0;

/// A load line is expected to rise with this power of each number, because some of it is gained with most things that one has more of.
const SLOPE: f64 = 0.3;

/// How uncertain that power is: from a fall as steep to a rise in proportion.
const SLOPE_VARIANCE: f64 = 0.25;

/// How far a response may depart from such a law, as variances of logarithms.
const DEPARTURES: [f64; 3] = [0.01, 0.09, 0.64];

/// What may be missing from the intervals of measurements: nothing, or 4% between one start of a server and the next.
const UNSTATED: [f64; 2] = [0.0, 0.04 * 0.04];

/// So many combinations of the above are weighed; of the likelier ones so many are kept.
const WEIGHED: usize = 64;
const KEPT: usize = 8;

/// One measured setting.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub setting: Vec<usize>,
    /// Logarithm of the load line.
    pub y: f64,
    /// Variance of it.
    pub variance: f64,
}

/// One combination of what is not known of the response.
#[derive(Clone, Debug)]
struct Kernel {
    reaches: Vec<usize>,
    departure: f64,
    unstated: f64,
}

impl Kernel {
    fn covariance(&self, space: &Space, a: &[usize], b: &[usize]) -> f64 {
        let (mut alike, mut rise) = (1.0, 0.0);
        for (knob, axis) in space.axes.iter().enumerate() {
            alike *= axis.alike(self.reaches[knob], a[knob], b[knob]);
            rise += axis.at[a[knob]] * axis.at[b[knob]];
        }
        LEVEL + SLOPE_VARIANCE * rise + self.departure * alike
    }

    /// The middle of all, for choosing where to look first.
    fn middling(space: &Space) -> Self {
        Self { reaches: vec![1; space.axes.len()], departure: DEPARTURES[1], unstated: 0.0 }
    }

    /// All combinations, or a fixed sample of them.
    fn all(space: &Space) -> Vec<Self> {
        let knobs = space.axes.len();
        let many = REACHES.pow(knobs as u32) * DEPARTURES.len() * UNSTATED.len();
        let of = |number: usize| {
            let mut rest = number;
            let mut digit = |base: usize| {
                let digit = rest % base;
                rest /= base;
                digit
            };
            let (departure, unstated) = (DEPARTURES[digit(DEPARTURES.len())], UNSTATED[digit(UNSTATED.len())]);
            Self { reaches: (0..knobs).map(|_| digit(REACHES)).collect(), departure, unstated }
        };
        if many <= WEIGHED {
            return (0..many).map(of).collect();
        }
        let mut random = StdRng::seed_from_u64(0);
        (0..WEIGHED).map(|_| of(random.random_range(0..many))).collect()
    }
}

/// One combination with the points worked in.
#[derive(Clone, Debug)]
struct Member {
    weight: f64,
    kernel: Kernel,
    /// Lower triangular, row by row.
    factor: Vec<Vec<f64>>,
    /// The covariance matrix solved for the points.
    solved: Vec<f64>,
}

impl Member {
    /// The points worked in, with the logarithm of their likelihood as the weight.
    fn of(space: &Space, kernel: Kernel, seen: &[Seen], rest: &[f64]) -> Option<Self> {
        let covariance = |row: usize, column: usize| {
            let shared = kernel.covariance(space, &seen[row].setting, &seen[column].setting);
            if row == column { shared + seen[row].variance + kernel.unstated } else { shared }
        };
        let factor = cholesky(seen.len(), covariance)?;
        let half = forward(&factor, rest);
        let likelihood = -0.5 * half.iter().map(|value| value * value).sum::<f64>()
            - factor.iter().enumerate().map(|(row, values)| values[row].ln()).sum::<f64>();
        let solved = backward(&factor, half);
        Some(Self { weight: likelihood, kernel, factor, solved })
    }
}

/// The response surface as it looks after some points.
#[derive(Debug)]
pub(super) struct Model<'a> {
    space: &'a Space,
    seen: &'a [Seen],
    level: f64,
    members: Vec<Member>,
}

impl<'a> Model<'a> {
    /// `None` without a point.
    pub(super) fn of(space: &'a Space, seen: &'a [Seen]) -> Option<Self> {
        let many = seen.len() as f64;
        let level = seen.iter().map(|point| point.y - trend(space, &point.setting)).sum::<f64>() / many;
        let rest: Vec<f64> = seen.iter().map(|point| point.y - trend(space, &point.setting) - level).collect();
        let mut members: Vec<Member> = Kernel::all(space).into_iter().filter_map(|kernel| Member::of(space, kernel, seen, &rest)).collect();
        members.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        members.truncate(KEPT);
        let likeliest = members.first().filter(|_| !seen.is_empty())?.weight;
        for member in &mut members {
            member.weight = (member.weight - likeliest).exp();
        }
        members.retain(|member| member.weight > 0.02);
        let total: f64 = members.iter().map(|member| member.weight).sum();
        for member in &mut members {
            member.weight /= total;
        }
        Some(Self { space, seen, level, members })
    }

    /// What is believed of a setting.
    pub(super) fn believe(&self, setting: &[usize]) -> Belief {
        let expected = self.level + trend(self.space, setting);
        let normal = |member: &Member| {
            let shared: Vec<f64> = self.seen.iter().map(|point| member.kernel.covariance(self.space, setting, &point.setting)).collect();
            let mean = expected + shared.iter().zip(&member.solved).map(|(a, b)| a * b).sum::<f64>();
            let known: f64 = forward(&member.factor, &shared).iter().map(|value| value * value).sum();
            let own = member.kernel.covariance(self.space, setting, setting);
            Normal { weight: member.weight, mean, sd: (own - known).max(1e-8).sqrt() }
        };
        Belief(self.members.iter().map(normal).collect())
    }
}

/// What each setting is expected to be beside the others before anything is measured.
fn trend(space: &Space, setting: &[usize]) -> f64 {
    SLOPE * space.axes.iter().zip(setting).map(|(axis, &place)| axis.at[place]).sum::<f64>()
}

/// How much measuring one setting after the other tells of all of `candidates`: the first `many`, each the one that takes most of the variance
/// that is left (in active learning: ALC, Cohn 1996).
pub(super) fn spread(space: &Space, candidates: &[Vec<usize>], many: usize) -> Vec<Vec<usize>> {
    let kernel = Kernel::middling(space);
    let noise = 0.05 * 0.05;
    let count = candidates.len();
    let mut left: Vec<f64> =
        (0..count * count).map(|pair| kernel.covariance(space, &candidates[pair / count], &candidates[pair % count])).collect();
    let mut chosen: Vec<usize> = Vec::new();
    while chosen.len() < many.min(count) {
        let told =
            |a: usize| left[a * count..(a + 1) * count].iter().map(|shared| shared * shared).sum::<f64>() / (left[a * count + a] + noise);
        let next = (0..count).filter(|a| !chosen.contains(a)).max_by(|&a, &b| told(a).total_cmp(&told(b)).then(b.cmp(&a)));
        let Some(next) = next else { break };
        let row: Vec<f64> = left[next * count..(next + 1) * count].to_vec();
        let own = row[next] + noise;
        for a in 0..count {
            for b in 0..count {
                left[a * count + b] -= row[a] * row[b] / own;
            }
        }
        chosen.push(next);
    }
    chosen.into_iter().map(|place| candidates[place].clone()).collect()
}

/// A normal law with its share of the whole.
#[derive(Clone, Copy, Debug)]
struct Normal {
    weight: f64,
    mean: f64,
    sd: f64,
}

/// What is believed of the logarithm of one load line: a mixture of normal laws.
#[derive(Clone, Debug)]
pub(super) struct Belief(Vec<Normal>);

impl Belief {
    pub(super) fn mean(&self) -> f64 {
        self.0.iter().map(|law| law.weight * law.mean).sum()
    }

    pub(super) fn sd(&self) -> f64 {
        let mean = self.mean();
        self.0.iter().map(|law| law.weight * (law.sd.powi(2) + (law.mean - mean).powi(2))).sum::<f64>().sqrt()
    }

    /// The probability that it is above `limit`.
    pub(super) fn chance_above(&self, limit: f64) -> f64 {
        self.0.iter().map(|law| law.weight * below((law.mean - limit) / law.sd)).sum()
    }

    /// How far above `limit` it is to be expected, what is below it counting as 0: the expected improvement (Mockus; Jones 1998).
    pub(super) fn gain_over(&self, limit: f64) -> f64 {
        let gain = |law: &Normal| {
            let z = (law.mean - limit) / law.sd;
            law.weight * law.sd * (z * below(z) + (-0.5 * z * z).exp() / std::f64::consts::TAU.sqrt())
        };
        self.0.iter().map(gain).sum()
    }
}

/// The standard normal distribution function.
fn below(z: f64) -> f64 {
    0.5 * erfc(-z / std::f64::consts::SQRT_2)
}

/// The lower triangular factor of a covariance matrix; `None` where rounding has made it none.
fn cholesky(count: usize, covariance: impl Fn(usize, usize) -> f64) -> Option<Vec<Vec<f64>>> {
    let mut factor: Vec<Vec<f64>> = Vec::with_capacity(count);
    for row in 0..count {
        let mut values: Vec<f64> = Vec::with_capacity(row + 1);
        for (column, above) in factor.iter().enumerate() {
            let known: f64 = values.iter().zip(above).map(|(a, b)| a * b).sum();
            values.push((covariance(row, column) - known) / above[column]);
        }
        let left = covariance(row, row) - values.iter().map(|value| value * value).sum::<f64>();
        if left <= 0.0 {
            return None;
        }
        values.push(left.sqrt());
        factor.push(values);
    }
    Some(factor)
}

/// Solves L x = b.
fn forward(factor: &[Vec<f64>], b: &[f64]) -> Vec<f64> {
    let mut x: Vec<f64> = Vec::with_capacity(b.len());
    for (row, values) in factor.iter().enumerate() {
        let known: f64 = values.iter().zip(&x).map(|(a, b)| a * b).sum();
        x.push((b[row] - known) / values[row]);
    }
    x
}

/// Solves L' x = b.
fn backward(factor: &[Vec<f64>], b: Vec<f64>) -> Vec<f64> {
    let mut x = b;
    for row in (0..x.len()).rev() {
        x[row] /= factor[row][row];
        let value = x[row];
        for (column, held) in x.iter_mut().enumerate().take(row) {
            *held -= factor[row][column] * value;
        }
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(got: f64, want: f64, within: f64) {
        assert!((got - want).abs() < within, "{got}, not {want}");
    }

    #[test]
    fn a_matrix_is_solved() {
        let matrix = [[4.0, 2.0, 0.6], [2.0, 5.0, 1.0], [0.6, 1.0, 3.0]];
        let factor = cholesky(3, |row, column| matrix[row][column]).unwrap();
        let solved = backward(&factor, forward(&factor, &[1.0, 2.0, 3.0]));
        for (row, want) in matrix.iter().zip([1.0, 2.0, 3.0]) {
            close(row.iter().zip(&solved).map(|(a, b)| a * b).sum(), want, 1e-12);
        }
        assert_eq!(cholesky(2, |_, _| 1.0), None);
    }

    #[test]
    fn a_mixture_by_hand() {
        let belief = Belief(vec![Normal { weight: 0.5, mean: 0.0, sd: 1.0 }, Normal { weight: 0.5, mean: 2.0, sd: 1.0 }]);
        close(belief.mean(), 1.0, 1e-12);
        close(belief.sd(), 2f64.sqrt(), 1e-12);
        close(belief.chance_above(1.0), 0.5, 1e-9);
        // z = -1 and 1: 0.08332 and 1.08332.
        close(belief.gain_over(1.0), 0.58332, 1e-5);
    }

    fn seen(place: usize, value: f64) -> Seen {
        Seen { setting: vec![place], y: value.ln(), variance: 1e-4 }
    }

    #[test]
    fn what_was_measured_is_believed_and_what_was_not_is_open() {
        let space = Space::of(&["w=1..16".parse().unwrap()]);
        let points = [seen(2, 10.0), seen(7, 20.0), seen(15, 20.0)];
        let model = Model::of(&space, &points).unwrap();
        close(model.believe(&[7]).mean().exp(), 20.0, 0.5);
        assert!(model.believe(&[7]).sd() < 0.05);
        // Twice as many carry twice as many at the most; near two points little is open, far from them more.
        let (between, beyond) = (model.believe(&[10]), model.believe(&[0]));
        assert!(between.sd() < beyond.sd(), "{} {}", between.sd(), beyond.sd());
        assert!((3.0..12.0).contains(&beyond.mean().exp()), "{}", beyond.mean().exp());
        assert!(Model::of(&space, &[]).is_none());
    }

    #[test]
    fn first_settings_are_spread_over_the_grid() {
        let space = Space::of(&["w=1..16".parse().unwrap()]);
        let all: Vec<Vec<usize>> = (0..16).map(|number| space.setting(number)).collect();
        let mut first: Vec<usize> = spread(&space, &all, 3).into_iter().map(|setting| setting[0] + 1).collect();
        first.sort_unstable();
        assert!(first[0] <= 3 && (4..=9).contains(&first[1]) && first[2] >= 11, "{first:?}");
        assert_eq!(spread(&space, &all[..2], 5).len(), 2);
    }
}
