//! Fitting the law: it is linear in a = R0, b = alpha R0 and c = beta R0, so non-negative least squares has a closed form for each set of
//! constants that are not zero.

use super::Usl;

/// Share of the response time that no measurement is taken to be better than: the law itself is no truer than that.
const MODEL_ERROR: f64 = 0.02;
/// Residuals count in full up to this many standard deviations (Huber).
const HUBER_SIGMA: f64 = 1.5;
/// Rounds of reweighting (docs/METHOD.md, section 2).
const ROUNDS: usize = 8;
/// Half width of a 95% interval in standard errors.
const NORMAL_95: f64 = 1.96;

/// One measured load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UslPoint {
    /// Users at one time, 1 or more.
    pub users: f64,
    /// Mean response time N/X in seconds, above 0.
    pub response_s: f64,
    /// Its standard error as a share of it, 0 or more.
    pub relative_se: f64,
}

/// A fitted law.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UslFit {
    /// The law.
    pub law: Usl,
    /// Lower end of the 95% interval of beta, 0 or more. At 0 the data don't prove that throughput ever falls: quote no beta.
    pub beta_low: f64,
    /// Upper end; infinite when fewer than three different loads were measured.
    pub beta_high: f64,
    /// Huber's chi-square (1.5 standard deviations) with the model error of 2% added to each point's own.
    pub chi2: f64,
    /// Usable points less three; 0 where there are not more.
    pub dof: usize,
}

/// Fits the law. `None` when fewer than two different usable loads were measured, or no law with R0 above 0 fits.
///
/// Weighted least squares with weights 1/(R^2 (se^2 + 0.02^2)) and Huber's reweighting, over the active sets that hold a: {a}, {a, b},
/// {a, c}, {a, b, c}; of those with no negative constant the one that fits best. The interval of beta = c/a is the delta method's, from the
/// covariance of all three constants, widened by max(1, chi2/dof). Points that make no sense are left out.
pub fn fit_usl(points: &[UslPoint]) -> Option<UslFit> {
    let sensible = |point: &&UslPoint| {
        let finite = point.users.is_finite() && point.response_s.is_finite() && point.relative_se.is_finite();
        finite && point.users >= 1.0 && point.response_s > 0.0 && point.relative_se >= 0.0
    };
    let rows: Vec<Row> = points.iter().filter(sensible).map(Row::of).collect();
    let mut loads: Vec<f64> = rows.iter().map(|row| row.terms[1]).collect();
    loads.sort_by(f64::total_cmp);
    loads.dedup();
    if loads.len() < 2 {
        return None;
    }
    let mut weights = vec![1.0; rows.len()];
    let mut constants = [0.0; 3];
    for _ in 0..ROUNDS {
        constants = best_active_set(&Normal::of(&rows, &weights), loads.len())?;
        for (weight, row) in weights.iter_mut().zip(&rows) {
            let size = row.sigmas(&constants).abs();
            *weight = if size <= HUBER_SIGMA { 1.0 } else { HUBER_SIGMA / size };
        }
    }
    let huber = |size: f64| if size <= HUBER_SIGMA { size * size } else { HUBER_SIGMA * (2.0 * size - HUBER_SIGMA) };
    let chi2: f64 = rows.iter().map(|row| huber(row.sigmas(&constants).abs())).sum();
    let dof = rows.len().saturating_sub(3);
    let law = Usl { r0_s: constants[0], alpha: constants[1] / constants[0], beta: constants[2] / constants[0] };
    let inflation = if dof > 0 { (chi2 / dof as f64).max(1.0) } else { 1.0 };
    let half = if loads.len() < 3 {
        f64::INFINITY
    } else {
        NORMAL_95 * (Normal::of(&rows, &weights).ratio_variance(law.beta)? * inflation).sqrt() / law.r0_s
    };
    Some(UslFit { law, beta_low: (law.beta - half).max(0.0), beta_high: law.beta + half, chi2, dof })
}

/// A point as a row of the linear problem, in units of its standard deviation.
struct Row {
    terms: [f64; 3],
    response: f64,
    sigma: f64,
}

impl Row {
    fn of(point: &UslPoint) -> Self {
        let terms = [1.0, point.users - 1.0, point.users * (point.users - 1.0)];
        let sigma = point.response_s * (point.relative_se.powi(2) + MODEL_ERROR.powi(2)).sqrt();
        Self { terms, response: point.response_s, sigma }
    }

    fn sigmas(&self, constants: &[f64; 3]) -> f64 {
        (self.response - dot(&self.terms, constants)) / self.sigma
    }
}

fn dot(a: &[f64; 3], b: &[f64; 3]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The normal equations, with each term scaled to length 1 so that users squared and 1 can stand in one matrix.
struct Normal {
    matrix: [[f64; 3]; 3],
    right: [f64; 3],
    scale: [f64; 3],
    squares: f64,
}

impl Normal {
    fn of(rows: &[Row], weights: &[f64]) -> Self {
        let mut normal = Self { matrix: [[0.0; 3]; 3], right: [0.0; 3], scale: [0.0; 3], squares: 0.0 };
        for (row, weight) in rows.iter().zip(weights) {
            let weight = weight / (row.sigma * row.sigma);
            for i in 0..3 {
                for j in 0..3 {
                    normal.matrix[i][j] += weight * row.terms[i] * row.terms[j];
                }
                normal.right[i] += weight * row.terms[i] * row.response;
            }
            normal.squares += weight * row.response * row.response;
        }
        normal.scale = std::array::from_fn(|i| normal.matrix[i][i].sqrt());
        for i in 0..3 {
            for j in 0..3 {
                normal.matrix[i][j] /= normal.scale[i] * normal.scale[j];
            }
            normal.right[i] /= normal.scale[i];
        }
        normal
    }

    /// The least-squares constants of one active set, the others 0, with the sum of squares that is left; `None` for a singular set.
    fn solve(&self, active: &[usize]) -> Option<([f64; 3], f64)> {
        let scaled = solve_positive(&self.matrix, &self.right, active)?;
        let left = self.squares - dot(&scaled, &self.right);
        Some((std::array::from_fn(|i| scaled[i] / self.scale[i]), left))
    }

    /// Variance of c - beta a, from the covariance of all three constants: the numerator of the delta method for beta = c/a.
    fn ratio_variance(&self, beta: f64) -> Option<f64> {
        let direction = [-beta / self.scale[0], 0.0, 1.0 / self.scale[2]];
        Some(dot(&direction, &solve_positive(&self.matrix, &direction, &[0, 1, 2])?))
    }
}

/// Of the active sets that hold a, the one with no negative constant and the least misfit.
fn best_active_set(normal: &Normal, different_loads: usize) -> Option<[f64; 3]> {
    const SETS: [&[usize]; 4] = [&[0], &[0, 1], &[0, 2], &[0, 1, 2]];
    SETS.iter()
        .filter(|active| active.len() <= different_loads)
        .filter_map(|active| normal.solve(active))
        .filter(|(constants, _)| constants[0] > 0.0 && constants.iter().all(|constant| *constant >= 0.0))
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(constants, _)| constants)
}

/// Solves the positive definite system of the active rows and columns by Cholesky's method; 0 elsewhere. `None` when it is singular.
fn solve_positive(matrix: &[[f64; 3]; 3], right: &[f64; 3], active: &[usize]) -> Option<[f64; 3]> {
    let size = active.len();
    let mut factor = [[0.0; 3]; 3];
    for i in 0..size {
        for j in 0..=i {
            let known: f64 = (0..j).map(|k| factor[i][k] * factor[j][k]).sum();
            let rest = matrix[active[i]][active[j]] - known;
            if i != j {
                factor[i][j] = rest / factor[j][j];
            } else if rest > 1e-12 {
                factor[i][i] = rest.sqrt();
            } else {
                return None;
            }
        }
    }
    let mut forward = [0.0; 3];
    for i in 0..size {
        let known: f64 = (0..i).map(|k| factor[i][k] * forward[k]).sum();
        forward[i] = (right[active[i]] - known) / factor[i][i];
    }
    let mut solution = [0.0; 3];
    for i in (0..size).rev() {
        let known: f64 = (i + 1..size).map(|k| factor[k][i] * solution[active[k]]).sum();
        solution[active[i]] = (forward[i] - known) / factor[i][i];
    }
    Some(solution)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand::{SeedableRng as _, rngs::StdRng};
    use rand_distr::{Distribution as _, Normal as Gauss};

    const LOADS: [f64; 10] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 12.0, 24.0];

    fn points(law: Usl, loads: &[f64], relative_se: f64) -> Vec<UslPoint> {
        loads.iter().map(|&users| UslPoint { users, response_s: law.response_s(users), relative_se }).collect()
    }

    #[test]
    fn an_active_set_by_hand() {
        // R = 2, 4 at 1 and 2 users with equal relative weights: a = 2, b = 2 fits exactly; two loads can't hold three constants.
        let two = [(1.0, 2.0), (2.0, 4.0)].map(|(users, response_s)| UslPoint { users, response_s, relative_se: 0.0 });
        let fit = fit_usl(&two).unwrap();
        assert!((fit.law.r0_s - 2.0).abs() < 1e-9 && fit.chi2 < 1e-9, "{fit:?}");
        assert_eq!((fit.beta_low, fit.beta_high), (0.0, f64::INFINITY));
        // Response times that fall want negative constants: the best law left is a constant, the mean weighted by 1/R^2.
        let falling = [(1.0, 2.0), (2.0, 1.9), (4.0, 1.8)].map(|(users, response_s)| UslPoint { users, response_s, relative_se: 0.02 });
        let fit = fit_usl(&falling).unwrap();
        let (mut top, mut bottom) = (0.0, 0.0);
        for response in [2.0f64, 1.9, 1.8] {
            top += response / response.powi(2);
            bottom += 1.0 / response.powi(2);
        }
        let own = fit.law.r0_s;
        // The farthest point is beyond 1.5 sigma, so Huber moves the mean a little.
        assert!((own / (top / bottom) - 1.0).abs() < 0.01 && fit.law.alpha == 0.0 && fit.law.beta == 0.0, "{fit:?}");
    }

    #[test]
    fn too_little_or_senseless_is_no_fit() {
        let law = Usl { r0_s: 0.01, alpha: 0.05, beta: 0.001 };
        assert_eq!(fit_usl(&[]), None);
        assert_eq!(fit_usl(&points(law, &[4.0, 4.0], 0.01)), None);
        let mut holed = points(law, &LOADS, 0.01);
        holed.push(UslPoint { users: 0.0, response_s: 1.0, relative_se: 0.01 });
        holed.push(UslPoint { users: 9.0, response_s: f64::NAN, relative_se: 0.01 });
        assert_eq!(fit_usl(&holed), fit_usl(&points(law, &LOADS, 0.01)));
    }

    #[test]
    fn a_wild_point_moves_little() {
        let law = Usl { r0_s: 0.01, alpha: 0.05, beta: 0.001 };
        let mut measured = points(law, &LOADS, 0.01);
        measured[4].response_s *= 1.5;
        let fit = fit_usl(&measured).unwrap();
        assert!((fit.law.peak_users().unwrap() / 30.8 - 1.0).abs() < 0.1, "{fit:?}");
    }

    #[test]
    fn the_interval_of_beta_covers_and_holds_zero_when_there_is_none() {
        let mut random = StdRng::seed_from_u64(23);
        let noise = Gauss::new(0.0, 0.03).unwrap();
        let runs = 300;
        for (alpha, beta) in [(0.05, 0.001), (0.05, 0.0), (0.0, 0.0005)] {
            let law = Usl { r0_s: 0.01, alpha, beta };
            let fits: Vec<UslFit> = (0..runs)
                .map(|_| {
                    let mut measured = points(law, &LOADS, 0.0224);
                    measured.iter_mut().for_each(|point| point.response_s *= 1.0 + noise.sample(&mut random));
                    fit_usl(&measured).unwrap()
                })
                .collect();
            let covered = fits.iter().filter(|fit| fit.beta_low <= beta && beta <= fit.beta_high).count();
            assert!(covered * 100 >= runs * 92, "alpha {alpha} beta {beta}: {covered} of {runs}");
            if beta > 0.0 {
                let proved = fits.iter().filter(|fit| fit.beta_low > 0.0).count();
                assert!(proved * 100 >= runs * 98, "beta {beta} is large enough to be seen: {proved} of {runs}");
            }
        }
    }

    proptest! {
        #[test]
        fn exact_data_give_the_law_back(ln_r0 in -9.0..2.0f64, alpha in 0.0..1.0f64, beta in 0.0..0.01f64) {
            let law = Usl { r0_s: ln_r0.exp(), alpha, beta };
            let fit = fit_usl(&points(law, &LOADS, 0.01)).unwrap();
            prop_assert!((fit.law.r0_s / law.r0_s - 1.0).abs() < 1e-4, "{fit:?}");
            prop_assert!((fit.law.alpha - alpha).abs() < 1e-4 && (fit.law.beta - beta).abs() < 1e-5, "{fit:?}");
            prop_assert!(fit.beta_low <= beta && beta <= fit.beta_high);
        }

        #[test]
        fn any_data_give_no_negative_constant(values in proptest::collection::vec((1u32..2000, 1e-5..10.0f64, 0.0..0.5f64), 2..30)) {
            let measured: Vec<UslPoint> = values.iter()
                .map(|&(users, response_s, relative_se)| UslPoint { users: f64::from(users), response_s, relative_se })
                .collect();
            if let Some(fit) = fit_usl(&measured) {
                prop_assert!(fit.law.r0_s > 0.0 && fit.law.alpha >= 0.0 && fit.law.beta >= 0.0);
                prop_assert!(fit.beta_low <= fit.law.beta && fit.law.beta <= fit.beta_high);
            }
        }
    }
}
