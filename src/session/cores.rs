//! Which cores the generator and the target run on: never the same ones where there are enough.

use rustix::thread::{CpuSet, sched_getaffinity};

/// Cores that this process may use, in order.
pub fn available() -> rustix::io::Result<Vec<usize>> {
    let set = sched_getaffinity(None)?;
    Ok((0..CpuSet::MAX_CPU).filter(|&core| set.is_set(core)).collect())
}

/// Who runs where. `None` leaves it to the scheduler.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Placement {
    /// Cores of the generator's threads, one each.
    pub generator: Option<Vec<usize>>,
    /// Cores of a target that the session starts, or that is bound to some.
    pub target: Option<Vec<usize>>,
    /// Whether the two have to share.
    pub shared: bool,
}

/// Why nobody can be placed as asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlacementError {
    /// More threads than cores.
    #[error("--threads {threads} needs a core for each thread, and {cores} can be used")]
    Threads {
        /// Threads asked for.
        threads: usize,
        /// Cores that can be used.
        cores: usize,
    },
    /// No core left for the target.
    #[error("--threads {threads} leaves no core for the target: {cores} can be used")]
    NoneLeft {
        /// Threads asked for.
        threads: usize,
        /// Cores that can be used.
        cores: usize,
    },
    /// Fewer cores left than asked for.
    #[error("--cpus {asked}: only {left} of {cores} cores are left beside the generator")]
    TooFew {
        /// Cores asked for.
        asked: usize,
        /// Cores left.
        left: usize,
        /// Cores that can be used.
        cores: usize,
    },
}

impl Placement {
    /// The generator on the last cores, a target that the session starts (`cpus` of them, or all) on the first ones. A single core is shared. A
    /// target that runs already chose its cores itself: see [`Placement::beside`].
    ///
    /// # Errors
    /// When there are not enough cores.
    pub fn of(cores: &[usize], threads: usize, starts_target: bool, cpus: Option<usize>) -> Result<Self, PlacementError> {
        let count = cores.len();
        if threads > count {
            return Err(PlacementError::Threads { threads, cores: count });
        }
        if !starts_target {
            return Ok(Self::default());
        }
        if count == 1 {
            return match cpus {
                None | Some(1) => Ok(Self { generator: None, target: None, shared: true }),
                Some(asked) => Err(PlacementError::TooFew { asked, left: 1, cores: 1 }),
            };
        }
        let (left, generator) = cores.split_at(count - threads);
        if left.is_empty() {
            return Err(PlacementError::NoneLeft { threads, cores: count });
        }
        let target = match cpus {
            None => left,
            Some(asked) => left.get(..asked).ok_or(PlacementError::TooFew { asked, left: left.len(), cores: count })?,
        };
        Ok(Self { generator: Some(generator.to_vec()), target: Some(target.to_vec()), shared: false })
    }

    /// The generator on the last of the cores that a running target, which is bound to `bound`, leaves free. Where it leaves too few, the
    /// scheduler keeps the two apart; it does so only as well as it can, and a busy target of many processes is often in its way.
    pub fn beside(self, cores: &[usize], threads: usize, bound: &[usize]) -> Self {
        let free: Vec<usize> = cores.iter().copied().filter(|core| !bound.contains(core)).collect();
        if self.generator.is_some() || bound.is_empty() || free.len() < threads {
            return self;
        }
        Self { generator: Some(free[free.len() - threads..].to_vec()), target: Some(bound.to_vec()), shared: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(cores: &[usize], threads: usize, cpus: Option<usize>) -> Result<(Vec<usize>, Vec<usize>), PlacementError> {
        let placement = Placement::of(cores, threads, true, cpus)?;
        Ok((placement.generator.unwrap_or_default(), placement.target.unwrap_or_default()))
    }

    #[test]
    fn generator_and_target_never_share_a_core_where_there_are_two() {
        assert_eq!(placed(&[0, 1], 1, None), Ok((vec![1], vec![0])));
        assert_eq!(placed(&[2, 3, 8, 9], 1, None), Ok((vec![9], vec![2, 3, 8])));
        assert_eq!(placed(&[0, 1, 2, 3], 2, Some(1)), Ok((vec![2, 3], vec![0])));
    }

    #[test]
    fn one_core_is_shared_and_said() {
        assert_eq!(Placement::of(&[5], 1, true, None), Ok(Placement { generator: None, target: None, shared: true }));
    }

    #[test]
    fn too_much_is_refused_with_the_numbers() {
        assert_eq!(placed(&[0, 1], 3, None), Err(PlacementError::Threads { threads: 3, cores: 2 }));
        assert_eq!(placed(&[0, 1], 2, None), Err(PlacementError::NoneLeft { threads: 2, cores: 2 }));
        assert_eq!(placed(&[0, 1], 1, Some(2)), Err(PlacementError::TooFew { asked: 2, left: 1, cores: 2 }));
    }

    #[test]
    fn a_target_that_runs_already_leaves_the_generator_unpinned() {
        assert_eq!(Placement::of(&[0, 1], 2, false, None), Ok(Placement::default()));
    }

    #[test]
    fn a_target_that_is_bound_to_some_cores_has_them_to_itself() {
        let beside = |bound: &[usize], threads| Placement::default().beside(&[0, 1, 2], threads, bound).generator;
        assert_eq!((beside(&[0], 1), beside(&[0], 2)), (Some(vec![2]), Some(vec![1, 2])));
        assert_eq!((beside(&[0, 2], 1), beside(&[7], 1)), (Some(vec![1]), Some(vec![2])));
        assert_eq!((beside(&[0, 1, 2], 1), beside(&[0, 1], 2), beside(&[], 1)), (None, None, None));
    }
}
