//! Which setting carries the most, or the cheapest that carries enough, with far fewer runs than settings.
//!
//! A pure state machine like the search: [`Tuner::next`] names the setting to measure, [`Tuner::observe`] takes its load line, and equal
//! measurements lead to equal choices, so that a saved run can be gone through again. docs/METHOD.md tells the method in words.

mod choose;
mod compose;
mod knob;
mod measured;
mod model;
mod space;
mod starts;
mod verdict;

#[cfg(test)]
mod surfaces;
#[cfg(test)]
mod tests;

pub use compose::{Runs, document};
pub use knob::{Knob, KnobError, MOST_KNOBS, MOST_SETTINGS, MOST_VALUES, check_command, fill, grid};
pub use measured::Measured;
pub use verdict::{Curve, CurvePoint, Edge, Standing, Verdict};

use rand::{SeedableRng, rngs::StdRng, seq::index};
use space::Space;

/// The most runs of a session: half a minute each, they are two hours and a half.
pub const MOST_RUNS: u32 = 300;

/// The least runs that can tell anything of a grid which has more settings.
const LEAST_RUNS: u32 = 5;

/// A grid of so many settings is measured as a whole where there are runs enough.
const TINY: u64 = 4;

/// Of larger grids, so many settings are looked at for each choice.
const LOOKED_AT: usize = 1_500;

/// Of larger grids, so many settings are looked at for the first choices, whose cost grows with the square.
const LOOKED_AT_FIRST: usize = 300;

/// What makes a setting the best.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Aim {
    /// It carries the most.
    Most,
    /// It carries so many and costs the least: the product of its numbers, each over its smallest.
    Need(f64),
}

/// Why a setting is to be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// One of the first, spread over the grid.
    Spread,
    /// It may be the best.
    Promising,
    /// It may do the same for less.
    Cheaper,
    /// It was measured before, and a second run tells whether it is better than the next.
    Confirm,
}

/// What to measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// For each knob the place of its value.
    pub setting: Vec<usize>,
    /// Why.
    pub purpose: Purpose,
}

/// A trial with what came of it.
#[derive(Clone, Debug)]
struct Run {
    setting: Vec<usize>,
    purpose: Purpose,
    line: Measured,
}

/// The search for a setting.
#[derive(Debug)]
pub struct Tuner {
    space: Space,
    aim: Aim,
    most_runs: u32,
    seed: u64,
    first: Vec<Vec<usize>>,
    runs: Vec<Run>,
}

/// How many runs a grid is worth where nobody says: a third of its settings, but at least 5 and at most 40.
pub fn usual_runs(settings: u64) -> u32 {
    u32::try_from(settings / 3).unwrap_or(u32::MAX).clamp(LEAST_RUNS, 40).min(u32::try_from(settings).unwrap_or(u32::MAX))
}

impl Tuner {
    /// A tuner that has seen nothing, for knobs that [`grid`] does not refuse. It makes at most `most_runs` runs, and never more than [`MOST_RUNS`].
    pub fn of(knobs: &[Knob], aim: Aim, most_runs: u32, seed: u64) -> Self {
        let space = Space::of(knobs);
        let mut tuner = Self { space, aim, most_runs: most_runs.min(MOST_RUNS), seed, first: Vec::new(), runs: Vec::new() };
        let many = tuner.first_runs();
        tuner.first = model::spread(&tuner.space, &tuner.settings(LOOKED_AT_FIRST), many);
        tuner
    }

    /// What to measure next; `None` when the verdict is ready. Asking again without observing gives the same answer.
    pub fn next(&self) -> Option<Trial> {
        if self.runs.len() >= self.most_runs as usize { None } else { choose::next(self) }
    }

    /// Takes what came of a trial. One that is not of this grid (a journal of another one) is left out.
    pub fn observe(&mut self, trial: &Trial, line: Measured) {
        if self.space.holds(&trial.setting) {
            self.runs.push(Run { setting: trial.setting.clone(), purpose: trial.purpose, line });
        }
    }

    /// The answer so far.
    pub fn verdict(&self) -> Verdict {
        verdict::of(self)
    }

    /// Runs made, and runs at the most.
    pub fn progress(&self) -> (u32, u32) {
        (u32::try_from(self.runs.len()).unwrap_or(u32::MAX), self.most_runs)
    }

    /// How many runs go to the first settings: enough to see a bend along each knob, and no more than half of all.
    fn first_runs(&self) -> usize {
        if self.space.size() <= TINY {
            return TINY as usize;
        }
        let knobs = self.space.axes.iter().filter(|axis| axis.at.len() > 1).count();
        (2 * knobs + 1).min((self.most_runs as usize).div_ceil(2)).max(1)
    }

    /// All settings, or a sample of so many, another one after each run.
    fn settings(&self, most: usize) -> Vec<Vec<usize>> {
        let size = self.space.size();
        if size <= most as u64 {
            return (0..size).map(|number| self.space.setting(number)).collect();
        }
        let mut random = StdRng::seed_from_u64(self.seed.wrapping_add(self.runs.len() as u64));
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let mut numbers = index::sample(&mut random, size, most).into_vec();
        numbers.sort_unstable();
        numbers.into_iter().map(|number| self.space.setting(number as u64)).collect()
    }

    /// Settings that carried something, each once, in the order of their first runs.
    fn ran(&self) -> Vec<Vec<usize>> {
        self.distinct(|run| run.line.log().is_some())
    }

    /// Settings that carried nothing.
    fn failed(&self) -> Vec<Vec<usize>> {
        let ran = self.ran();
        self.distinct(|run| !ran.contains(&run.setting))
    }

    fn distinct(&self, which: impl Fn(&Run) -> bool) -> Vec<Vec<usize>> {
        let mut found: Vec<Vec<usize>> = Vec::new();
        for run in self.runs.iter().filter(|run| which(run)) {
            if !found.contains(&run.setting) {
                found.push(run.setting.clone());
            }
        }
        found
    }

    /// All that was measured of a setting.
    fn measured(&self, setting: &[usize]) -> Vec<Measured> {
        self.runs.iter().filter(|run| run.setting == setting).map(|run| run.line).collect()
    }

    fn made_for(&self, purpose: Purpose) -> usize {
        self.runs.iter().filter(|run| run.purpose == purpose).count()
    }
}
