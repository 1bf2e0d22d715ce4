use super::{
    Aim, Measured, Purpose, Tuner,
    surfaces::{SURFACES, Server, Surface},
};

const SEEDS: u64 = 400;
/// Of searches for a need fewer tell as much: nearly all of them meet it.
const NEED_SEEDS: u64 = 200;
/// In this share of the searches of each kind of server the setting taken is within 5% of the best.
const LEAST_WITHIN: f64 = 0.95;

/// How often the setting taken is within 5% of the best, the mean of what it carries over that, the same by random search, and the mean runs.
fn figures(surface: &Surface) -> (f64, f64, f64, f64) {
    let (mut within, mut ratios, mut by_chance, mut runs) = (0.0, 0.0, 0.0, 0.0);
    for seed in 0..SEEDS {
        let server = Server::of(surface, seed);
        let result = server.tune(Aim::Most, seed);
        assert!(result.runs <= server.third(), "{}: {} runs", surface.name, result.runs);
        within += f64::from(u8::from(result.ratio >= 0.95));
        ratios += result.ratio;
        by_chance += server.random_search(result.runs, seed);
        runs += f64::from(result.runs);
    }
    let seeds = SEEDS as f64;
    (within / seeds, ratios / seeds, by_chance / seeds, runs / seeds)
}

#[test]
fn within_5_percent_of_the_best_of_the_grid_with_a_third_of_its_runs() {
    let mut wrong = Vec::new();
    for surface in &SURFACES {
        let (within, ratio, by_chance, runs) = figures(surface);
        let line =
            format!("{}: within 5% in {:.1}%, mean {ratio:.3}, by chance {by_chance:.3}, {runs:.1} runs", surface.name, within * 100.0);
        if within < LEAST_WITHIN || ratio < by_chance {
            wrong.push(line);
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn a_need_is_met_for_little_more_than_it_must_cost() {
    let mut wrong = Vec::new();
    for surface in &SURFACES {
        let (mut met, mut dear, mut runs) = (0.0, 0.0, 0.0);
        for seed in 0..NEED_SEEDS {
            let server = Server::of(surface, seed);
            let need = server.most() * (0.4 + 0.5 * seed as f64 / NEED_SEEDS as f64);
            let result = server.tune(Aim::Need(need), seed);
            runs += f64::from(result.runs) / NEED_SEEDS as f64;
            let verdict = result.tuner.verdict();
            let best = verdict.best.unwrap();
            // A need that is missed by the error of a measurement can't be told from one that is met.
            let truth = server.truth(&best.setting).unwrap_or(0.0);
            met += f64::from(u8::from(truth >= need * (1.0 - 2.0 * surface.noise)));
            dear += f64::from(u8::from(best.cost > 1.2 * server.least_cost(need)));
        }
        let (met, dear) = (met / NEED_SEEDS as f64, dear / NEED_SEEDS as f64);
        if met < 0.95 || dear > 0.3 {
            wrong.push(format!("{}: met in {:.1}%, over 20% too dear in {:.1}%, {runs:.1} runs", surface.name, met * 100.0, dear * 100.0));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

fn knobs(texts: &[&str]) -> Vec<super::Knob> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn exactly(value: f64) -> Measured {
    Measured { value: Some(value), low: Some(value * 0.97), high: Some(value * 1.03) }
}

/// Runs to the end with load lines by setting.
fn run(mut tuner: Tuner, load: impl Fn(&[usize]) -> Measured) -> Tuner {
    while let Some(trial) = tuner.next() {
        assert_eq!(tuner.next().as_ref(), Some(&trial), "asking again changes nothing");
        tuner.observe(&trial, load(&trial.setting));
        assert!(tuner.runs.len() < 1000, "it comes to an end");
    }
    tuner
}

#[test]
fn of_a_tiny_grid_all_are_measured() {
    for values in ["w=1,2", "w=1,2,4", "w=1..4"] {
        let tuner = run(Tuner::of(&knobs(&[values]), Aim::Most, 20, 1), |setting| exactly(10.0 * (setting[0] + 1) as f64));
        let verdict = tuner.verdict();
        assert_eq!(u64::from(verdict.tried), verdict.grid, "{values}");
        assert_eq!(verdict.best.unwrap().setting, [verdict.grid as usize - 1], "{values}");
        assert_eq!(verdict.left_open, Some(0.0), "{values}");
    }
}

#[test]
fn what_does_not_start_is_out_and_more_of_it_is_not_tried() {
    let tuner = run(Tuner::of(&knobs(&["w=1..16", "t=1,2,4,8"]), Aim::Most, 21, 1), |setting| {
        let workers = (setting[0] + 1) as f64;
        if workers > 6.0 { Measured::NOTHING } else { exactly(workers * 2f64.powi(setting[1] as i32)) }
    });
    let verdict = tuner.verdict();
    assert_eq!(verdict.best.unwrap().setting, [5, 3]);
    assert!(verdict.failed.len() <= 7, "{:?}", verdict.failed);
    assert!(verdict.failed.iter().all(|setting| setting[0] > 5), "{:?}", verdict.failed);
}

#[test]
fn where_nothing_starts_it_gives_up() {
    let tuner = run(Tuner::of(&knobs(&["w=1..16", "t=1,2,4,8"]), Aim::Most, 21, 1), |_| Measured::NOTHING);
    let verdict = tuner.verdict();
    assert_eq!((verdict.best, verdict.tried, verdict.failed.len()), (None, 6, 6));
}

#[test]
fn an_end_of_a_range_is_said_unless_less_does_the_same() {
    let rising = run(Tuner::of(&knobs(&["w=1..16"]), Aim::Most, 5, 1), |setting| exactly(10.0 * (setting[0] + 1) as f64)).verdict();
    assert_eq!((rising.best.unwrap().setting, rising.edges.len(), rising.edges[0].greatest), (vec![15], 1, true));
    let level = run(Tuner::of(&knobs(&["w=1..16"]), Aim::Most, 5, 1), |setting| exactly(10.0 * (setting[0] + 1).min(7) as f64)).verdict();
    assert!(level.edges.is_empty() && !level.ties.is_empty(), "{level:?}");
}

#[test]
fn a_need_that_none_meets_is_said_with_the_most_there_is() {
    let tuner = run(Tuner::of(&knobs(&["w=1..16"]), Aim::Need(500.0), 5, 1), |setting| exactly(10.0 * (setting[0] + 1).min(8) as f64));
    let verdict = tuner.verdict();
    assert_eq!(verdict.enough, Some(false));
    assert!((verdict.best.unwrap().line.value.unwrap() - 80.0).abs() < 1.0);
}

#[test]
fn the_curve_is_made_of_what_was_measured() {
    let tuner = run(Tuner::of(&knobs(&["w=1..16", "t=1,2,4,8"]), Aim::Most, 21, 1), |setting| {
        exactly(((setting[0] + 1) as f64 * 2f64.powi(setting[1] as i32)).min(40.0))
    });
    let verdict = tuner.verdict();
    let best = verdict.best.unwrap();
    for curve in &verdict.curves {
        assert!(curve.points.len() >= 2 && curve.points.is_sorted_by_key(|point| point.place), "{curve:?}");
        let own = curve.points.iter().find(|point| point.place == best.setting[curve.knob]).unwrap();
        assert!(own.beside_best && own.line == best.line, "{own:?}");
    }
}

#[test]
fn equal_measurements_lead_to_equal_choices_also_in_a_large_grid() {
    let of = || Tuner::of(&knobs(&["a=1..50", "b=1..40", "c=1..50"]), Aim::Most, 12, 7);
    let load = |setting: &[usize]| exactly(((setting[0] + 1) * (setting[1] + 1)) as f64 / (1.0 + setting[2] as f64).sqrt());
    let (one, other) = (run(of(), load), run(of(), load));
    let settings = |tuner: &Tuner| tuner.runs.iter().map(|run| run.setting.clone()).collect::<Vec<_>>();
    assert_eq!(settings(&one), settings(&other));
    assert!((8..=12).contains(&one.progress().0), "{:?}", one.progress());
    assert!(one.runs.iter().any(|run| run.purpose == Purpose::Promising));
}

#[test]
fn a_trial_of_another_grid_is_left_out() {
    let mut tuner = Tuner::of(&knobs(&["w=1..16"]), Aim::Most, 5, 1);
    for setting in [vec![16], vec![0, 0], vec![]] {
        tuner.observe(&super::Trial { setting, purpose: Purpose::Spread }, exactly(10.0));
    }
    assert_eq!(tuner.progress(), (0, 5));
}

#[test]
fn usually_a_third_of_the_grid() {
    for (settings, runs) in [(2, 2), (4, 4), (9, 5), (16, 5), (64, 21), (96, 32), (100_000, 40)] {
        assert_eq!(super::usual_runs(settings), runs, "{settings} settings");
    }
}
