//! Whether a setting can be run at all, judged by those that could and those that could not: memory ends at some number of workers, and beyond
//! it nothing starts.

use super::{
    model::{Model, Seen},
    space::Space,
};

/// What is as large in every number as one that failed: the chance that it starts all the same.
const BEYOND_FAILURE: f64 = 0.02;

/// What is no larger in any number than one that ran: the chance that it starts too, at the least.
const WITHIN_REACH: f64 = 0.9;

/// How exactly the model is to follow failures (1) and what ran (-1), as a variance.
const VARIANCE: f64 = 0.01;

/// What failed and what ran as points of a response that grows with the numbers, as load lines do: 0 is the boundary.
pub(super) fn points(ran: &[Vec<usize>], failed: &[Vec<usize>]) -> Vec<Seen> {
    let of = |settings: &[Vec<usize>], y: f64| -> Vec<Seen> {
        settings.iter().map(|setting| Seen { setting: setting.clone(), y, variance: VARIANCE }).collect()
    };
    [of(failed, 1.0), of(ran, -1.0)].concat()
}

/// The judge of what starts.
pub(super) struct Starts<'a> {
    space: &'a Space,
    ran: &'a [Vec<usize>],
    /// Failures beyond which nothing ran; the others were accidents.
    failed: Vec<&'a [usize]>,
    boundary: Option<Model<'a>>,
}

impl<'a> Starts<'a> {
    pub(super) fn of(space: &'a Space, ran: &'a [Vec<usize>], failed: &'a [Vec<usize>], points: &'a [Seen]) -> Self {
        let within = |failed: &&[usize]| !ran.iter().any(|ran| at_least(space, ran, failed));
        let boundary = if failed.is_empty() { None } else { Model::of(space, points) };
        Self { space, ran, failed: failed.iter().map(Vec::as_slice).filter(within).collect(), boundary }
    }

    /// The chance that a setting starts.
    pub(super) fn chance(&self, setting: &[usize]) -> f64 {
        let Some(boundary) = &self.boundary else { return 1.0 };
        let chance = 1.0 - boundary.believe(setting).chance_above(0.0);
        if self.ran.iter().any(|ran| at_least(self.space, ran, setting)) {
            chance.max(WITHIN_REACH)
        } else if self.failed.iter().any(|failed| at_least(self.space, setting, failed)) {
            chance.min(BEYOND_FAILURE)
        } else {
            chance
        }
    }
}

/// Whether no number of `more` is smaller, and all that is no number is the same.
fn at_least(space: &Space, more: &[usize], less: &[usize]) -> bool {
    let mut pairs = space.axes.iter().zip(more.iter().zip(less));
    pairs.all(|(axis, (&a, &b))| if axis.ordered { axis.at[a] >= axis.at[b] } else { a == b })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chances(ran: &[Vec<usize>], failed: &[Vec<usize>], of: &[[usize; 2]]) -> Vec<f64> {
        let space = Space::of(&["w=1..16".parse().unwrap(), "t=1,2,4,8".parse().unwrap()]);
        let points = points(ran, failed);
        let starts = Starts::of(&space, ran, failed, &points);
        of.iter().map(|setting| starts.chance(setting)).collect()
    }

    #[test]
    fn more_than_what_failed_is_avoided_and_less_than_what_ran_is_not() {
        let chances = chances(&[vec![5, 2]], &[vec![9, 2]], &[[15, 3], [3, 1], [7, 2], [9, 2], [6, 2], [9, 1]]);
        assert!(chances[0] <= BEYOND_FAILURE && chances[3] <= BEYOND_FAILURE && chances[1] >= WITHIN_REACH, "{chances:?}");
        assert!((0.15..0.85).contains(&chances[2]) && chances[4] > chances[2], "{chances:?}");
        assert!((0.05..0.95).contains(&chances[5]), "{chances:?}");
    }

    #[test]
    fn a_failure_below_what_ran_was_an_accident() {
        let chances = chances(&[vec![9, 2], vec![12, 2]], &[vec![0, 0]], &[[15, 3], [5, 1]]);
        assert!(chances[0] > 0.5 && chances[1] >= WITHIN_REACH, "{chances:?}");
    }

    #[test]
    fn without_a_failure_all_is_expected_to_start() {
        assert_eq!(chances(&[vec![0, 0]], &[], &[[15, 3]]), [1.0]);
    }
}
