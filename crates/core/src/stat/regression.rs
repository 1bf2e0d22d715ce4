//! A weighted straight line whose slope is known beforehand to be about so much: where does it cross zero?

/// One point of the line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// The abscissa: ln of the load.
    pub x: f64,
    /// The ordinate: ln(q/T) ([`crate::stat::Position`]).
    pub y: f64,
    /// 1 / variance of `y`; above 0.
    pub weight: f64,
}

/// What is believed of the slope before the data: a normal law, in the units of y over x.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prior {
    /// Its mean.
    pub mean: f64,
    /// Its precision, 1 / variance; 0 for no belief.
    pub precision: f64,
}

impl Prior {
    /// Of ln(q/T) over ln(load): a little over 1, because waiting grows in proportion to the users of a full system and the tail faster
    /// near the knee (docs/METHOD.md, section 2).
    pub const LATENCY_OVER_LOAD: Self = Self { mean: 1.2, precision: 1.0 };
}

/// A fitted line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LineFit {
    /// Rise of y over x.
    pub slope: f64,
    /// Where y is 0: for a flat line infinite.
    pub root: f64,
    /// Standard error of the root, widened where the points scatter more than their weights say; infinite for a flat line.
    pub se: f64,
    /// Sum of the weighted squared residuals about the line.
    pub chi2: f64,
    /// Points less two; 0 for two or fewer.
    pub dof: usize,
}

impl LineFit {
    /// How many times wider the scatter is than the weights say: sqrt(chi2/dof), 0 without a degree of freedom.
    pub fn excess_scatter(&self) -> f64 {
        if self.dof > 0 { (self.chi2 / self.dof as f64).sqrt() } else { 0.0 }
    }
}

/// Fits a weighted straight line with a belief about its slope. `None` without a usable point.
///
/// With sums about the weighted means, s = (Sxy + precision x mean) / (Sxx + precision), root = xbar - ybar/s and
/// se^2 = [1/sum(w) + (root - xbar)^2 / (Sxx + precision)] / s^2 x max(1, chi2/dof) (docs/METHOD.md, section 2, state 2): the posterior
/// mean of the slope under a normal prior, and the delta method for the root. Points that are not finite or have no weight are left out.
pub fn fit_line(points: &[Point], prior: Prior) -> Option<LineFit> {
    let usable = |point: &&Point| point.x.is_finite() && point.y.is_finite() && point.weight.is_finite() && point.weight > 0.0;
    let points: Vec<&Point> = points.iter().filter(usable).collect();
    if points.is_empty() {
        return None;
    }
    let sum = |of: &dyn Fn(&Point) -> f64| points.iter().map(|point| point.weight * of(point)).sum::<f64>();
    let weights = sum(&|_| 1.0);
    let (x_mean, y_mean) = (sum(&|point| point.x) / weights, sum(&|point| point.y) / weights);
    let spread = sum(&|point| (point.x - x_mean).powi(2)) + prior.precision;
    if spread <= 0.0 {
        return None;
    }
    let slope = (sum(&|point| (point.x - x_mean) * (point.y - y_mean)) + prior.precision * prior.mean) / spread;
    let chi2 = sum(&|point| (point.y - y_mean - slope * (point.x - x_mean)).powi(2));
    let dof = points.len().saturating_sub(2);
    if slope == 0.0 {
        return Some(LineFit { slope, root: f64::INFINITY, se: f64::INFINITY, chi2, dof });
    }
    let root = x_mean - y_mean / slope;
    let inflation = if dof > 0 { (chi2 / dof as f64).max(1.0) } else { 1.0 };
    let se = ((1.0 / weights + (root - x_mean).powi(2) / spread) * inflation).sqrt() / slope.abs();
    Some(LineFit { slope, root, se, chi2, dof })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand::{SeedableRng as _, rngs::StdRng};
    use rand_distr::{Distribution as _, Normal};

    const NO_BELIEF: Prior = Prior { mean: 0.0, precision: 0.0 };

    fn point(x: f64, y: f64, weight: f64) -> Point {
        Point { x, y, weight }
    }

    fn close(got: f64, want: f64) {
        assert!((got - want).abs() < 1e-12, "{got}, not {want}");
    }

    #[test]
    fn by_hand() {
        let points = [point(0.0, -1.0, 1.0), point(1.0, 0.0, 2.0), point(2.0, 2.0, 1.0)];
        // Means 1 and 0.25; Sxx = 2, Sxy = 3; residuals 0.25, -0.25, 0.25.
        let plain = fit_line(&points, NO_BELIEF).unwrap();
        close(plain.slope, 1.5);
        close(plain.root, 1.0 - 0.25 / 1.5);
        close(plain.chi2, 0.25);
        close(plain.se, ((0.25 + (0.25f64 / 1.5).powi(2) / 2.0) / 1.5f64.powi(2)).sqrt());
        assert_eq!(plain.dof, 1);
        let believed = fit_line(&points, Prior::LATENCY_OVER_LOAD).unwrap();
        close(believed.slope, 4.2 / 3.0);
        close(believed.root, 1.0 - 0.25 / 1.4);
        close(believed.se, ((0.25 + (0.25f64 / 1.4).powi(2) / 3.0) / 1.4f64.powi(2)).sqrt());
    }

    #[test]
    fn excess_scatter_widens_the_error() {
        let tight = [point(-1.0, -1.0, 1.0), point(0.0, 0.0, 1.0), point(1.0, 1.0, 1.0), point(0.0, 0.0, 1.0)];
        let wide = [point(-1.0, -1.0, 1.0), point(0.0, 4.0, 1.0), point(1.0, 1.0, 1.0), point(0.0, -4.0, 1.0)];
        let (tight, wide) = (fit_line(&tight, NO_BELIEF).unwrap(), fit_line(&wide, NO_BELIEF).unwrap());
        close(wide.chi2, 32.0);
        close(wide.excess_scatter(), 4.0);
        close(wide.se / tight.se, 4.0);
    }

    #[test]
    fn one_point_leans_on_the_belief() {
        let fit = fit_line(&[point(3.0, 0.6, 100.0)], Prior::LATENCY_OVER_LOAD).unwrap();
        close(fit.slope, 1.2);
        close(fit.root, 2.5);
        close(fit.se, (0.01f64 + 0.25).sqrt() / 1.2);
        assert_eq!(fit_line(&[point(3.0, 0.6, 100.0)], NO_BELIEF), None);
        assert_eq!(fit_line(&[point(f64::NAN, 0.6, 1.0), point(1.0, 1.0, 0.0)], Prior::LATENCY_OVER_LOAD), None);
    }

    #[test]
    fn the_root_is_covered_as_often_as_promised() {
        let mut random = StdRng::seed_from_u64(2);
        let noise = Normal::new(0.0, 0.05).unwrap();
        let runs = 1000;
        let covered = (0..runs)
            .filter(|_| {
                let at = |x: f64, random: &mut StdRng| point(x, 1.4 * (x - 4.0) + noise.sample(random), 400.0);
                let points: Vec<Point> = [3.9, 3.95, 4.05, 4.1, 3.9, 4.1, 3.8, 4.2].iter().map(|&x| at(x, &mut random)).collect();
                let fit = fit_line(&points, Prior::LATENCY_OVER_LOAD).unwrap();
                (fit.root - 4.0).abs() <= 2.0 * fit.se
            })
            .count();
        assert!((930..=990).contains(&covered), "{covered} of {runs} within two standard errors");
    }

    proptest! {
        #[test]
        fn exact_lines_are_recovered(slope in 0.2..5.0f64, root in -3.0..8.0f64) {
            let points: Vec<Point> = (-4..=4).map(|i| f64::from(i) * 0.1 + root).map(|x| point(x, slope * (x - root), 1e4)).collect();
            let fit = fit_line(&points, NO_BELIEF).unwrap();
            prop_assert!((fit.slope - slope).abs() < 1e-6 && (fit.root - root).abs() < 1e-6 && fit.chi2 < 1e-6);
        }
    }
}
