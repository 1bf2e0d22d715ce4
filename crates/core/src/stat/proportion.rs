//! What a share of bad requests says about a limit on that share.

use statrs::{
    distribution::{ContinuousCDF as _, Normal},
    function::beta::beta_reg,
};

/// Evidence that the bad share is above `p0`: z = (p - p0) / sqrt(p0 (1 - p0) / n_eff), docs/METHOD.md.
///
/// Positive speaks for a fail, negative for a pass. `p` and `p0` are shares, `p0` above 0 and below 1; 0 when nothing was measured.
pub fn evidence(p: f64, p0: f64, n_eff: f64) -> f64 {
    if n_eff > 0.0 { (p - p0) / (p0 * (1.0 - p0) / n_eff).sqrt() } else { 0.0 }
}

/// The same evidence from the exact binomial law: the normal score of the mid-p tail; between about -8 and 8.
///
/// Where few bad requests are expected (n_eff p0 < 5), [`evidence`] overstates fails: 4 bad requests where 1 was due give z = 3, but happen by
/// chance in 1.9% of cases, a score of 2.4. Counts need not be whole.
pub fn exact_evidence(p: f64, p0: f64, n_eff: f64) -> f64 {
    if n_eff <= 0.0 {
        return 0.0;
    }
    let bad = (p * n_eff).clamp(0.0, n_eff);
    // Mid-p: half of what happens at exactly this count belongs to either side.
    let below = 0.5 * (chance_of_at_most(bad, n_eff, p0) + 1.0 - chance_of_at_least(bad, n_eff, p0));
    let above = 0.5 * (chance_of_at_least(bad, n_eff, p0) + 1.0 - chance_of_at_most(bad, n_eff, p0));
    // The smaller tail keeps its digits.
    if below < above { score(below) } else { -score(above) }
}

fn score(tail: f64) -> f64 {
    Normal::standard().inverse_cdf(tail.clamp(1e-15, 0.5))
}

/// Probability of at most `bad` bad requests among `n` when each is bad with probability `p`: the binomial law, continued to fractions by the
/// incomplete beta function.
pub fn chance_of_at_most(bad: f64, n: f64, p: f64) -> f64 {
    if bad >= n {
        1.0
    } else if bad < 0.0 {
        0.0
    } else {
        beta_reg(n - bad, bad + 1.0, (1.0 - p).clamp(0.0, 1.0))
    }
}

/// Probability of at least `bad` bad requests among `n` when each is bad with probability `p`.
pub fn chance_of_at_least(bad: f64, n: f64, p: f64) -> f64 {
    if bad <= 0.0 {
        1.0
    } else if bad > n {
        0.0
    } else {
        beta_reg(bad, n - bad + 1.0, p.clamp(0.0, 1.0))
    }
}

/// How many effective requests, none of them bad, show with 95% confidence that the bad share is below `p0` (above 0, below 1): 298 for 1%.
pub fn requests_for_a_clean_pass(p0: f64) -> f64 {
    0.05f64.ln() / (-p0).ln_1p()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn close(got: f64, want: f64, within: f64) {
        assert!((got - want).abs() <= within, "{got}, not {want}");
    }

    #[test]
    fn z_by_hand() {
        close(evidence(0.02, 0.01, 990.0), 0.01 / (0.0099f64 / 990.0).sqrt(), 1e-12);
        close(evidence(0.0, 0.01, 99.0), -1.0, 1e-12);
        close(evidence(0.3, 0.01, 0.0), 0.0, 0.0);
    }

    #[test]
    fn binomial_tails_against_sums() {
        // Binomial(10, 0.5): 1, 10, 45 of 1024.
        close(chance_of_at_most(2.0, 10.0, 0.5), 56.0 / 1024.0, 1e-12);
        close(chance_of_at_least(9.0, 10.0, 0.5), 11.0 / 1024.0, 1e-12);
        close(chance_of_at_most(0.0, 298.0, 0.01), 0.99f64.powi(298), 1e-12);
        close(chance_of_at_least(4.0, 100.0, 0.01), 0.018_374, 1e-6);
    }

    #[test]
    fn a_clean_p99_pass_takes_298_requests() {
        close(requests_for_a_clean_pass(0.01), 298.07, 0.01);
        close(requests_for_a_clean_pass(0.05), 58.4, 0.01);
    }

    #[test]
    fn exact_scores_tame_the_rare_case_and_agree_in_the_common_one() {
        let rare = exact_evidence(0.04, 0.01, 100.0);
        assert!((2.2..2.6).contains(&rare), "{rare}, where the normal law says {}", evidence(0.04, 0.01, 100.0));
        for p in [0.42, 0.47, 0.5, 0.53, 0.58] {
            close(exact_evidence(p, 0.5, 1000.0), evidence(p, 0.5, 1000.0), 0.03);
        }
        assert!(exact_evidence(1.0, 0.01, 1e5) > 7.0);
        assert!(exact_evidence(0.0, 0.5, 1e5) < -7.0);
    }

    proptest! {
        #[test]
        fn exact_evidence_rises_with_the_bad_share(n in 10.0..5000.0f64, p0 in 0.001..0.5f64, a in 0.0..1.0f64, b in 0.0..1.0f64) {
            let (low, high) = if a < b { (a, b) } else { (b, a) };
            prop_assert!(exact_evidence(low, p0, n) <= exact_evidence(high, p0, n) + 1e-9);
        }
    }
}
