use super::*;
use proptest::prelude::*;
use rand::{SeedableRng as _, rngs::StdRng};
use rand_distr::{Distribution as _, Normal};

fn law(r0: f64, knee: f64, k: f64, load: f64) -> f64 {
    r0 * (1.0 + (load / knee).powf(k)).powf(1.0 / k)
}

fn exact(loads: &[f64], response: impl Fn(f64) -> f64) -> Vec<HingePoint> {
    loads.iter().map(|&load| HingePoint { load, ln_load_over_rate: response(load).ln(), variance: 1e-4 }).collect()
}

fn noisy(loads: &[f64], sigma: f64, random: &mut StdRng, response: impl Fn(f64) -> f64) -> Vec<HingePoint> {
    let noise = Normal::new(0.0, sigma).unwrap();
    let at = |&load: &f64| HingePoint { load, ln_load_over_rate: response(load).ln() + noise.sample(random), variance: sigma * sigma };
    loads.iter().map(at).collect()
}

fn octaves(top: f64) -> Vec<f64> {
    std::iter::successors(Some(1.0), |load| Some(load * 2.0)).take_while(|&load| load <= top).collect()
}

/// Section 4.1: c workers give min(N, c) / S; section 4.2: 40, 80 and 100 ms at 16, 32 and 40 users of 16 workers.
#[test]
fn workers_are_counted() {
    for workers in [1.0, 4.0, 8.0, 16.0, 40.0] {
        let truth = |load: f64| 0.040 * (load / workers).max(1.0);
        let mut loads = octaves(8.0 * workers);
        loads.extend([0.5, 0.7, 1.5, 2.0].map(|share| (share * workers).round().max(1.0)));
        let fit = fit_hinge(&exact(&loads, truth), HingeLimits::default()).unwrap();
        assert!((fit.knee / workers - 1.0).abs() < 0.012, "{workers} workers: {fit:?}");
        assert!(fit.low <= workers && workers <= fit.high, "{workers} workers: {fit:?}");
        assert!((fit.r0 / 0.040 - 1.0).abs() < 0.01, "{workers} workers: {fit:?}");
        if workers == 16.0 {
            for (users, ms) in [(16.0, 40.0), (32.0, 80.0), (40.0, 100.0)] {
                assert!((fit.response(users) * 1e3 / ms - 1.0).abs() < 0.012, "{users}: {}", fit.response(users));
            }
            assert!((fit.peak_throughput() / 400.0 - 1.0).abs() < 0.012);
        }
    }
}

#[test]
fn one_core_lies_on_the_floor_with_the_floor_in_the_interval() {
    let mut random = StdRng::seed_from_u64(3);
    let (mut covered, mut on_floor, runs) = (0, 0, 200);
    for _ in 0..runs {
        let points = noisy(&[1.0, 1.0, 2.0, 2.0, 4.0, 8.0, 16.0, 1.0, 2.0, 2.0], 0.01, &mut random, |load| 0.002 * load);
        let fit = fit_hinge(&points, HingeLimits::default()).unwrap();
        covered += u32::from(fit.low <= 1.0 && fit.high >= 1.0);
        on_floor += u32::from(fit.low == 1.0);
        assert!(fit.knee < 1.05, "{fit:?}");
        assert!(fit.high < 1.1, "an interval that proves 1, not 2: {fit:?}");
    }
    assert!(covered >= runs * 95 / 100 && on_floor == covered, "{covered} of {runs}");
}

#[test]
fn no_bend_means_no_upper_end() {
    let fit = fit_hinge(&exact(&octaves(64.0), |_| 0.1), HingeLimits::default()).unwrap();
    assert_eq!(fit.high, f64::INFINITY);
    assert_eq!(fit.half_width(), f64::INFINITY);
    assert!(fit.low > 50.0, "{fit:?}");
}

#[test]
fn too_little_is_no_fit() {
    assert_eq!(fit_hinge(&[], HingeLimits::default()), None);
    assert_eq!(fit_hinge(&exact(&[4.0, 4.0], |_| 0.1), HingeLimits::default()), None);
    let two = exact(&[1.0, 4.0], |_| 0.1);
    assert_eq!(fit_hinge(&two, HingeLimits { floor: 0.0, r0: None }), None);
    assert_eq!(fit_hinge(&two, HingeLimits { floor: 1.0, r0: Some(0.0) }), None);
    let mut holed = exact(&octaves(64.0), |load| law(0.1, 8.0, 10.0, load));
    let whole = fit_hinge(&holed, HingeLimits::default()).unwrap();
    holed.push(HingePoint { load: 128.0, ln_load_over_rate: f64::INFINITY, variance: 1e-4 });
    let fit = fit_hinge(&holed, HingeLimits::default()).unwrap();
    assert!(fit.residuals[7].is_nan() && fit.knee == whole.knee && fit.dof == whole.dof);
}

#[test]
fn a_rate_limit_is_the_knee_of_offered_over_good() {
    // 400/s of capacity: below it everything offered comes back, above it 400/s do.
    let loads = [50.0, 100.0, 200.0, 300.0, 380.0, 420.0, 600.0, 800.0];
    let points = exact(&loads, |offered| (offered / 400.0f64).max(1.0));
    let fit = fit_hinge(&points, HingeLimits { floor: 1e-3, r0: Some(1.0) }).unwrap();
    assert!((fit.knee / 400.0 - 1.0).abs() < 0.01 && fit.r0 == 1.0, "{fit:?}");
    assert!((fit.throughput(800.0) / 400.0 - 1.0).abs() < 0.01);
    assert_eq!(fit.dof, 6);
}

#[test]
fn one_wild_point_moves_little() {
    let loads = [1.0, 2.0, 4.0, 8.0, 8.0, 11.0, 16.0, 24.0, 32.0, 32.0, 64.0];
    let mut points = exact(&loads, |load| law(0.05, 16.0, 60.0, load));
    points[4].ln_load_over_rate += 0.5;
    let fit = fit_hinge(&points, HingeLimits::default()).unwrap();
    assert!((fit.knee / 16.0 - 1.0).abs() < 0.03, "{fit:?}");
    assert!((fit.residuals[4] - 0.5).abs() < 0.03, "{fit:?}");
}

/// The two-stage search finds what a look at every knee and sharpness finds.
#[test]
fn agrees_with_a_look_everywhere() {
    let mut random = StdRng::seed_from_u64(11);
    for (knee, k, sigma) in [(5.3, 60.0, 0.003), (16.0, 60.0, 0.02), (37.0, 3.0, 0.01), (100.0, 1.0, 0.02), (2.0, 1.5, 0.05)] {
        let loads = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, knee * 0.5, knee * 2.0, knee * 0.7, knee * 1.5, knee * 2.0];
        let points = noisy(&loads, sigma, &mut random, |load| law(0.01, knee, k, load));
        let fit = fit_hinge(&points, HingeLimits::default()).unwrap();
        let objective = |ln_knee: f64, k: f64| {
            let at = |r: f64| misfit(&points, |load| (r + bend(load.ln() - ln_knee, k)).exp()) + softness_penalty(k);
            let (mut a, mut b) = (-5.8f64, -4.2f64);
            for _ in 0..26 {
                let (c, d) = (a + 0.382 * (b - a), a + 0.618 * (b - a));
                if at(c) < at(d) { b = d } else { a = c }
            }
            at(0.5 * (a + b))
        };
        let grid: Vec<(f64, f64)> = (0..1000)
            .map(|cell| f64::from(cell) * 0.0068)
            .map(|ln_knee| (ln_knee, SHARPNESS.iter().map(|&k| objective(ln_knee, k)).fold(f64::INFINITY, f64::min)))
            .collect();
        let lowest = grid.iter().map(|(_, seen)| *seen).fold(f64::INFINITY, f64::min);
        assert!(fit.chi2 + softness_penalty(fit.k) <= lowest + 0.02, "{} against {lowest}: {fit:?}", fit.chi2 + softness_penalty(fit.k));
        let rise = PROFILE_95 * (fit.chi2 / fit.dof as f64).max(1.0);
        let inside: Vec<f64> = grid.iter().filter(|(_, seen)| *seen <= lowest + rise).map(|(ln_knee, _)| ln_knee.exp()).collect();
        let (low, high) = (inside[0], inside[inside.len() - 1]);
        assert!((fit.low / low).ln().abs() < 0.01, "low {} against {low}", fit.low);
        assert!((fit.high / high).ln().abs() < 0.01 || inside.len() < 3, "high {} against {high}", fit.high);
    }
}

#[test]
fn the_interval_covers_as_often_as_it_says() {
    let mut random = StdRng::seed_from_u64(17);
    for (knee, k) in [(1.0, 60.0), (1.3, 60.0), (4.0, 60.0), (16.0, 60.0), (16.0, 6.0), (40.0, 2.0)] {
        let mut loads = octaves(256.0);
        loads.extend([0.5, 2.0, 0.7, 2.0, 0.5, 1.5].map(|share| f64::max(share * knee, 1.0)));
        let runs = 150;
        let covered = (0..runs)
            .map(|_| fit_hinge(&noisy(&loads, 0.02, &mut random, |load| law(0.05, knee, k, load)), HingeLimits::default()).unwrap())
            .filter(|fit| fit.low <= knee && knee <= fit.high)
            .count();
        assert!(covered * 100 >= runs * 91, "knee {knee} k {k}: {covered} of {runs}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn recovers_a_sharp_bend_from_exact_data(ln_r0 in -9.0..1.0f64, ln_knee in 0.1..6.0f64) {
        let (r0, knee) = (ln_r0.exp(), ln_knee.exp());
        let mut loads = octaves(4.0 * knee);
        loads.extend([0.5, 0.7, 1.5, 2.0].map(|share| (share * knee).max(1.0)));
        let fit = fit_hinge(&exact(&loads, |load| law(r0, knee, 60.0, load)), HingeLimits::default()).unwrap();
        prop_assert!((fit.knee / knee - 1.0).abs() < 0.01, "{knee}: {fit:?}");
        prop_assert!((fit.r0 / r0 - 1.0).abs() < 0.01, "{r0}: {fit:?}");
        prop_assert!(fit.low <= knee && knee <= fit.high && fit.chi2 < 0.1);
    }

    #[test]
    fn the_fit_does_not_depend_on_the_unit_of_time(seed in 0u64..1000, scale in -5.0..5.0f64) {
        let mut points = noisy(&octaves(128.0), 0.02, &mut StdRng::seed_from_u64(seed), |load| law(0.05, 12.0, 4.0, load));
        let before = fit_hinge(&points, HingeLimits::default()).unwrap();
        points.iter_mut().for_each(|point| point.ln_load_over_rate += scale);
        let after = fit_hinge(&points, HingeLimits::default()).unwrap();
        prop_assert!((after.knee / before.knee).ln().abs() < 1e-6 && ((after.r0 / before.r0).ln() - scale).abs() < 1e-6);
    }

    #[test]
    fn any_data_gives_an_ordered_interval(values in proptest::collection::vec((1u32..500, -8.0..3.0f64, 1e-6..0.1f64), 2..30)) {
        let points: Vec<HingePoint> = values.iter()
            .map(|&(load, value, variance)| HingePoint { load: f64::from(load), ln_load_over_rate: value, variance })
            .collect();
        if let Some(fit) = fit_hinge(&points, HingeLimits::default()) {
            prop_assert!(1.0 <= fit.low && fit.low <= fit.knee * 1.0001 && fit.knee <= fit.high * 1.0001, "{fit:?}");
            prop_assert!(fit.chi2 >= 0.0 && fit.residuals.len() == points.len());
        }
    }
}
