//! Other programs on the cores of what is compared: a system that needs all of its cores carries less for them, and one that does not, as much as
//! ever.

use super::paired::{LEAST_ROUNDS, Turn};
use crate::units::{show_number, show_share};

/// In a round to be left out others had more than this share of a system's cores while it had none to spare,
const LOUD: f64 = 0.1;
/// and in so many of the rounds, at the most: what is there all the time can't be left out.
const FEW: f64 = 0.5;
/// A smaller mean is what idle systems of the comparison, the kernel's own threads and the rounding of times come to (under 0.005 on a quiet core).
const HUM: f64 = 0.03;

/// The rounds that are looked at, and what others had of the cores in them.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Heard {
    pub turns: Vec<(Turn, Turn)>,
    /// Rounds that were left out.
    left_out: usize,
    /// The mean share that others had of the first system's cores, and of the other's; `None` where that is nothing to speak of, or not known.
    pub taken: (Option<f64>, Option<f64>),
}

/// Leaves out the rounds in which others were loud, where these are few and enough are left.
pub(super) fn heard(all: &[(Turn, Turn)]) -> Heard {
    let is_loud = |turn: &Turn| turn.taken.is_some_and(|taken| taken > LOUD);
    let mut turns: Vec<(Turn, Turn)> = all.iter().filter(|(a, b)| !is_loud(a) && !is_loud(b)).copied().collect();
    let loud = all.len() - turns.len();
    if loud as f64 > FEW * all.len() as f64 || turns.len() < LEAST_ROUNDS {
        turns = all.to_vec();
    }
    let taken = (mean(turns.iter().map(|(a, _)| a)), mean(turns.iter().map(|(_, b)| b)));
    Heard { left_out: all.len() - turns.len(), turns, taken }
}

fn mean<'t>(turns: impl Iterator<Item = &'t Turn>) -> Option<f64> {
    let measured: Vec<f64> = turns.filter_map(|turn| turn.full.and(turn.taken)).collect();
    let mean = measured.iter().sum::<f64>() / measured.len() as f64;
    (mean >= HUM).then_some(mean)
}

/// How much more a system may carry without others on its cores, in ln.
pub(super) fn more(taken: Option<f64>) -> f64 {
    taken.map_or(0.0, |taken| -(1.0 - taken.min(0.99)).ln())
}

/// That the interval allows for it, in a sentence.
pub(super) fn allowed(name: &str, taken: Option<f64>) -> Option<String> {
    let share = show_share(taken?);
    let more = show_number((100.0 * more(taken).exp_m1()).round());
    Some(format!(
        "{name}: others used {share} of its cores in the rounds; alone there it may carry up to {more}% more, which the interval allows for"
    ))
}

impl Heard {
    /// What was left out, in a sentence.
    pub fn left_out(&self) -> Option<String> {
        let rounds = if self.left_out == 1 { "1 round was".to_owned() } else { format!("{} rounds were", self.left_out) };
        let why = format!("others used more than {} of the cores of a system that had none to spare", show_share(LOUD));
        (self.left_out > 0).then(|| format!("{rounds} left out, because {why}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard_with(taken: &[f64]) -> Heard {
        let turn = |taken| Turn { alone_s: Some(0.1), full: Some(40.0), taken };
        heard(&taken.iter().map(|&b| (turn(None), turn(Some(b)))).collect::<Vec<_>>())
    }

    #[test]
    fn few_loud_rounds_are_left_out_and_many_are_allowed_for() {
        let few = heard_with(&[0.01, 0.5, 0.02, 0.0, 0.0, 0.0]);
        assert_eq!((few.turns.len(), few.taken), (5, (None, None)));
        assert!(few.left_out().is_some_and(|said| said.starts_with("1 round was left out")), "{few:?}");

        let many = heard_with(&[0.2; 6]);
        assert_eq!((many.turns.len(), many.left_out(), many.taken.0), (6, None, None));
        assert!((more(many.taken.1) - 1.25f64.ln()).abs() < 1e-9);
        let said = allowed("b", many.taken.1).unwrap();
        assert!(said.starts_with("b: others used 20% of its cores") && said.contains("25% more"), "{said}");

        let scarce = heard_with(&[0.01, 0.5, 0.02, 0.0, 0.0]);
        assert_eq!((scarce.turns.len(), scarce.left_out()), (5, None), "fewer rounds would have no interval");
        assert_eq!((heard(&[]).taken, more(None), allowed("b", None)), ((None, None), 0.0, None));
    }
}
