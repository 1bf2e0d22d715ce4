//! The soft hinge: latency stays at R0 up to the knee and rises in proportion to the load beyond it, with a bend of any sharpness between.
//!
//! ln(N/X) = ln R0 + (1/k) ln(1 + (N/N\*)^k). For users N and good answers a second X, N/X is the response time by Little's law, R0 the
//! unloaded one, N\* the knee, k = 1 a system that queues from the start, k = 60 one that does not queue at all before it is full. On the
//! arrival-rate axis the same curve with R0 fixed at 1 is offered over good rate, and the knee the capacity.

mod profile;

use profile::Profile;

/// The sharpness values that are tried.
pub const SHARPNESS: [f64; 9] = [1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 10.0, 20.0, 60.0];
/// Residuals count in full up to this many standard deviations, and linearly beyond (Huber).
const HUBER_SIGMA: f64 = 3.0;
/// Weight of the preference for sharp bends: a soft one has to earn itself, because it fits noise and pulls the knee to where no load was.
const SOFTNESS_PENALTY: f64 = 0.15;
/// 95% of a chi-square with one degree of freedom.
const PROFILE_95: f64 = 3.84;

/// One measured load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HingePoint {
    /// Users at one time, or offered requests a second; above 0.
    pub load: f64,
    /// ln(load / good answers a second).
    pub ln_load_over_rate: f64,
    /// Variance of that logarithm, above 0.
    pub variance: f64,
}

/// What is known before the fit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HingeLimits {
    /// The smallest knee that makes sense, above 0: 1 user, since no system serves less than one request at one time. On the arrival-rate axis
    /// a quarter of the smallest load does: the search takes time in proportion to ln(largest load / floor).
    pub floor: f64,
    /// R0 where it is known: `Some(1.0)` on the arrival-rate axis, `None` on the users axis, where it is fitted.
    pub r0: Option<f64>,
}

impl Default for HingeLimits {
    fn default() -> Self {
        Self { floor: 1.0, r0: None }
    }
}

/// A fitted hinge.
#[derive(Clone, Debug, PartialEq)]
pub struct HingeFit {
    /// The knee N\*, in the unit of the loads.
    pub knee: f64,
    /// Lower end of its 95% profile interval; equal to the floor when the data would allow an even smaller knee.
    pub low: f64,
    /// Upper end; infinite when no bend is proved: the data allow a knee beyond four times the largest load.
    pub high: f64,
    /// Sharpness of the bend, one of [`SHARPNESS`].
    pub k: f64,
    /// Unloaded latency in seconds (on the arrival-rate axis 1, without a unit).
    pub r0: f64,
    /// Huber's chi-square of the fit: squares up to 3 standard deviations, linear beyond; without the penalty on softness.
    pub chi2: f64,
    /// Degrees of freedom: usable points less the fitted parameters (knee, sharpness, R0 unless it was given); 0 where there are not more.
    pub dof: usize,
    /// Measured less fitted logarithm for each point, in the order given; NaN for a point that was not usable.
    pub residuals: Vec<f64>,
}

impl HingeFit {
    /// Response time at this load (on the arrival-rate axis: offered over good rate).
    pub fn response(&self, load: f64) -> f64 {
        (self.r0.ln() + bend((load / self.knee).ln(), self.k)).exp()
    }

    /// Good answers a second at this load.
    pub fn throughput(&self, load: f64) -> f64 {
        load / self.response(load)
    }

    /// The rate that it levels off at: knee / R0.
    pub fn peak_throughput(&self) -> f64 {
        self.knee / self.r0
    }

    /// Half the length of the interval on the logarithmic scale: the relative half width. Infinite where no bend is proved.
    pub fn half_width(&self) -> f64 {
        0.5 * (self.high / self.low).ln()
    }
}

/// Fits the hinge. `None` when fewer than two different usable loads were measured, or the limits are not positive.
///
/// Points that are not finite, or whose load or variance is not positive, are left out. The interval is where the penalised chi-square,
/// minimised over sharpness and R0, stays within 3.84 x max(1, chi2/dof) of its minimum. Where the minimum lies on the floor the same rule is
/// kept: the minimum is then taken over what is possible, which makes the rule cautious rather than bold (Feldman and Cousins 1998).
pub fn fit_hinge(points: &[HingePoint], limits: HingeLimits) -> Option<HingeFit> {
    let profile = Profile::of(points, limits)?;
    let best = profile.minimum();
    let parameters = if limits.r0.is_some() { 2 } else { 3 };
    let dof = profile.points().saturating_sub(parameters);
    let chi2 = best.objective - softness_penalty(best.k);
    let inflation = if dof > 0 { (chi2 / dof as f64).max(1.0) } else { 1.0 };
    let (low, high) = profile.interval(&best, PROFILE_95 * inflation);
    let mut fit = HingeFit {
        knee: best.ln_knee.exp(),
        low,
        high,
        k: best.k,
        r0: best.ln_r0.exp(),
        chi2,
        dof,
        residuals: Vec::with_capacity(points.len()),
    };
    fit.residuals =
        points.iter().map(|point| if usable(point) { point.ln_load_over_rate - fit.response(point.load).ln() } else { f64::NAN }).collect();
    Some(fit)
}

/// Huber's chi-square of any other law on the same scale as [`HingeFit::chi2`]: `response` maps a load to its predicted N/X. For choosing
/// between models; points that are not usable are left out.
pub fn misfit(points: &[HingePoint], response: impl Fn(f64) -> f64) -> f64 {
    let loss_at = |point: &HingePoint| huber_loss((point.ln_load_over_rate - response(point.load).ln()) / point.variance.sqrt());
    points.iter().filter(|point| usable(point)).map(loss_at).sum()
}

fn usable(point: &HingePoint) -> bool {
    let finite = point.load.is_finite() && point.ln_load_over_rate.is_finite() && point.variance.is_finite();
    finite && point.load > 0.0 && point.variance > 0.0
}

/// (1/k) ln(1 + e^(k t)), the bend at t = ln(N/N\*), without overflow.
fn bend(t: f64, k: f64) -> f64 {
    let distance = k * t.abs();
    // Beyond 30 the bend is straight to within 1e-13.
    let rounding = if distance < 30.0 { (-distance).exp().ln_1p() / k } else { 0.0 };
    t.max(0.0) + rounding
}

fn softness_penalty(k: f64) -> f64 {
    SOFTNESS_PENALTY * (SHARPNESS[SHARPNESS.len() - 1] / k).ln()
}

/// Huber's loss of a residual in standard deviations, on the scale of its square.
fn huber_loss(sigmas: f64) -> f64 {
    let size = sigmas.abs();
    if size <= HUBER_SIGMA { size * size } else { HUBER_SIGMA * (2.0 * size - HUBER_SIGMA) }
}

/// Weight of that residual in the normal equations.
fn huber_weight(sigmas: f64) -> f64 {
    let size = sigmas.abs();
    if size <= HUBER_SIGMA { 1.0 } else { HUBER_SIGMA / size }
}

#[cfg(test)]
mod tests;
