//! What came of it: the best setting, those that can't be told from it, and how the load line goes with each knob.

use super::{
    Aim, Measured, Tuner, choose,
    model::{Belief, Model, Seen},
};

/// Settings within 1% of the highest are as good as each other, and the cheapest is taken.
pub(super) const CLOSE: f64 = 1.01;

/// A need is met for sure with this chance, and met at all with the other.
pub(super) const SURE: f64 = 0.8;
const MET: f64 = 0.5;

/// A setting with its load line.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// For each knob the place of its value.
    pub setting: Vec<usize>,
    /// Its load line, of all its runs.
    pub line: Measured,
    /// How many runs.
    pub runs: u32,
    /// What it costs: the product of its numbers, each over its smallest.
    pub cost: f64,
}

/// The best lies at the end of a range, and nothing says that more (or fewer) would not be better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// Which knob.
    pub knob: usize,
    /// At its greatest value, or at its smallest.
    pub greatest: bool,
}

/// How the load line goes with one knob.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// Which knob.
    pub knob: usize,
    /// For each value that was tried the most that was carried with it: numbers from the smallest, other values in the order given.
    pub points: Vec<CurvePoint>,
}

/// A point of it.
#[derive(Clone, Debug, PartialEq)]
pub struct CurvePoint {
    /// The place of the value.
    pub place: usize,
    /// Its load line.
    pub line: Measured,
    /// Whether all other knobs stand as in the best setting; if not, another setting of them may carry more.
    pub beside_best: bool,
}

/// The answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The best setting; `None` where nothing could be measured. For a need it is the cheapest that meets it, or where none does the one that
    /// carries the most.
    pub best: Option<Standing>,
    /// Whether the best meets the need; `None` without a need.
    pub enough: Option<bool>,
    /// Measured settings from which no difference to the best was found: their intervals overlap. The cheapest first.
    pub ties: Vec<Standing>,
    /// Ends of ranges at which the best lies.
    pub edges: Vec<Edge>,
    /// The load line against each knob.
    pub curves: Vec<Curve>,
    /// Settings that could not be measured.
    pub failed: Vec<Vec<usize>>,
    /// Settings tried, each counted once.
    pub tried: u32,
    /// All settings.
    pub grid: u64,
    /// The chance that an untried setting carries over 5% more (for a need: meets it for less), as the model sees it; `None` without a model.
    pub left_open: Option<f64>,
}

/// A measured setting with what is believed of it.
pub(super) struct Known {
    pub setting: Vec<usize>,
    pub cost: f64,
    pub runs: u32,
    pub line: Measured,
    pub belief: Belief,
}

impl Known {
    fn standing(&self) -> Standing {
        Standing { setting: self.setting.clone(), line: self.line, runs: self.runs, cost: self.cost }
    }
}

/// All measurements as the model takes them.
pub(super) fn seen(tuner: &Tuner) -> Vec<Seen> {
    tuner.runs.iter().filter_map(|run| run.line.seen(&run.setting)).collect()
}

pub(super) fn known(tuner: &Tuner, model: &Model) -> Vec<Known> {
    let of = |setting: Vec<usize>| {
        let lines = tuner.measured(&setting);
        Known {
            cost: tuner.space.cost(&setting),
            runs: u32::try_from(lines.len()).unwrap_or(u32::MAX),
            line: Measured::pooled(&lines),
            belief: model.believe(&setting),
            setting,
        }
    };
    tuner.ran().into_iter().map(of).collect()
}

/// The setting that surely carries the most: by its mean less one standard deviation.
pub(super) fn surest(known: &[Known]) -> Option<&Known> {
    let least = |one: &Known| one.belief.mean() - one.belief.sd();
    known.iter().max_by(|a, b| least(a).total_cmp(&least(b)))
}

/// The setting that carries the most, or the cheapest that is as good.
pub(super) fn preferred(known: &[Known]) -> Option<&Known> {
    let mean = |one: &Known| one.belief.mean();
    let most = known.iter().max_by(|a, b| mean(a).total_cmp(&mean(b)))?;
    let close = known.iter().filter(|one| mean(one) >= mean(most) - CLOSE.ln() && one.line.ties_with(&most.line));
    close.min_by(|a, b| a.cost.total_cmp(&b.cost).then(mean(b).total_cmp(&mean(a))))
}

/// The cheapest setting that carries more than this (a logarithm): for sure where one does.
pub(super) fn cheapest(known: &[Known], need: f64) -> Option<&Known> {
    let with = |chance: f64| {
        let enough = known.iter().filter(|one| one.belief.chance_above(need) >= chance);
        enough.min_by(|a, b| a.cost.total_cmp(&b.cost).then(b.belief.mean().total_cmp(&a.belief.mean())))
    };
    with(SURE).or_else(|| with(MET))
}

pub(super) fn of(tuner: &Tuner) -> Verdict {
    let failed = tuner.failed();
    let seen = seen(tuner);
    let grid = tuner.space.size();
    let Some(model) = Model::of(&tuner.space, &seen) else {
        let tried = u32::try_from(failed.len()).unwrap_or(u32::MAX);
        let (ties, edges, curves) = (Vec::new(), Vec::new(), Vec::new());
        return Verdict { best: None, enough: None, ties, edges, curves, failed, tried, grid, left_open: None };
    };
    let known = known(tuner, &model);
    let (best, enough) = match tuner.aim {
        Aim::Most => (preferred(&known), None),
        Aim::Need(need) => match cheapest(&known, need.ln()) {
            Some(cheapest) => (Some(cheapest), Some(true)),
            None => (preferred(&known), Some(false)),
        },
    };
    let mut ties: Vec<&Known> = Vec::new();
    if let Some(best) = best {
        ties = known.iter().filter(|other| other.setting != best.setting && other.line.ties_with(&best.line)).collect();
        ties.sort_by(|a, b| a.cost.total_cmp(&b.cost));
    }
    Verdict {
        enough,
        edges: if enough == Some(true) { Vec::new() } else { best.map(|best| edges(tuner, best, &ties)).unwrap_or_default() },
        curves: best.map(|best| curves(tuner, &known, best)).unwrap_or_default(),
        best: best.map(Known::standing),
        ties: ties.into_iter().map(Known::standing).collect(),
        tried: u32::try_from(known.len() + failed.len()).unwrap_or(u32::MAX),
        grid,
        left_open: Some(choose::left_open(tuner, &model, &known)),
        failed,
    }
}

/// Ends of ranges at which the best lies, unless something further in is as good.
fn edges(tuner: &Tuner, best: &Known, ties: &[&Known]) -> Vec<Edge> {
    let mut found = Vec::new();
    for (knob, axis) in tuner.space.axes.iter().enumerate().filter(|(_, axis)| axis.ordered && axis.at.len() > 1) {
        let place = best.setting[knob];
        let value = axis.at[place];
        let inward = |greatest: bool| {
            ties.iter().any(|tie| if greatest { axis.at[tie.setting[knob]] < value } else { axis.at[tie.setting[knob]] > value })
        };
        for greatest in [true, false] {
            let at_end = axis.at.iter().all(|other| if greatest { *other <= value } else { *other >= value });
            if at_end && !inward(greatest) {
                found.push(Edge { knob, greatest });
            }
        }
    }
    found
}

fn curves(tuner: &Tuner, known: &[Known], best: &Known) -> Vec<Curve> {
    let curve = |knob: usize| {
        let axis = &tuner.space.axes[knob];
        let mut places: Vec<usize> = (0..axis.at.len()).collect();
        if axis.ordered {
            places.sort_by(|&a, &b| axis.at[a].total_cmp(&axis.at[b]));
        }
        let value = |one: &&Known| one.line.value.unwrap_or(0.0);
        let point = |place: usize| {
            let most = known.iter().filter(|one| one.setting[knob] == place).max_by(|a, b| value(a).total_cmp(&value(b)))?;
            // The best has its own load line, though a tie may have been measured a little higher.
            let shown = if best.setting[knob] == place { best } else { most };
            let beside_best = shown.setting.iter().zip(&best.setting).enumerate().all(|(other, (a, b))| other == knob || a == b);
            Some(CurvePoint { place, line: shown.line, beside_best })
        };
        Curve { knob, points: places.into_iter().filter_map(point).collect() }
    };
    (0..tuner.space.axes.len()).filter(|&knob| tuner.space.axes[knob].at.len() > 1).map(curve).collect()
}
