//! Other programs on the cores of what is compared: a system that needs all of its cores carries less for them, and one that does not, as much as
//! ever.

use super::paired::Turn;
use crate::units::{show_number, show_share};

/// In a round to be left out others had more than this share of a system's cores while it had none to spare,
const LOUD: f64 = 0.1;
/// and in so many of the rounds, at the most: what is there all the time can't be left out.
const FEW: f64 = 0.5;
/// A smaller share is what idle systems of the comparison, the kernel's own threads and the rounding of times come to.
const HUM: f64 = 0.03;

/// The rounds that are looked at, and what others had of the cores in them.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Heard {
    pub turns: Vec<(Turn, Turn)>,
    /// Rounds that were left out.
    pub left_out: usize,
    /// The mean share that others had of the first system's cores, and of the other's; 0 where that is nothing to speak of.
    pub taken: (f64, f64),
}

/// Leaves out the rounds in which others were loud, where these are few.
pub(super) fn heard(all: &[(Turn, Turn)]) -> Heard {
    let is_quiet = |(a, b): &&(Turn, Turn)| a.taken.max(b.taken) <= LOUD;
    let quiet: Vec<(Turn, Turn)> = all.iter().filter(is_quiet).copied().collect();
    let left_out = all.len() - quiet.len();
    let (turns, left_out) = if left_out as f64 > FEW * all.len() as f64 { (all.to_vec(), 0) } else { (quiet, left_out) };
    let taken = (mean(turns.iter().map(|(a, _)| a)), mean(turns.iter().map(|(_, b)| b)));
    Heard { turns, left_out, taken }
}

fn mean<'t>(turns: impl Iterator<Item = &'t Turn>) -> f64 {
    let measured: Vec<f64> = turns.filter(|turn| turn.full.is_some()).map(|turn| turn.taken).collect();
    let mean = measured.iter().sum::<f64>() / measured.len().max(1) as f64;
    if mean < HUM { 0.0 } else { mean }
}

impl Heard {
    /// How much more a system may carry alone on its cores, in ln.
    pub fn more(taken: f64) -> f64 {
        -(1.0 - taken.min(0.99)).ln()
    }

    /// What was left out, and what the interval allows for, in sentences.
    pub fn reasons(&self, (a, b): (&str, &str)) -> Vec<String> {
        let rounds = if self.left_out == 1 { "1 round was".to_owned() } else { format!("{} rounds were", self.left_out) };
        let left_out = (self.left_out > 0).then(|| {
            format!("{rounds} left out, because others used more than {} of the cores of a system that had none to spare", show_share(LOUD))
        });
        let allowed = [(a, self.taken.0), (b, self.taken.1)].into_iter().filter(|(_, taken)| *taken > 0.0).map(|(name, taken)| {
            let more = show_number((100.0 * Self::more(taken).exp_m1()).round());
            format!("{name}: others used {} of its cores in the rounds; alone there it may carry up to {more}% more, which the interval allows for", show_share(taken))
        });
        left_out.into_iter().chain(allowed).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turns(taken: &[(f64, f64)]) -> Vec<(Turn, Turn)> {
        let turn = |taken| Turn { alone_s: Some(0.1), full: Some(40.0), taken };
        taken.iter().map(|&(a, b)| (turn(a), turn(b))).collect()
    }

    #[test]
    fn few_loud_rounds_are_left_out_and_many_are_allowed_for() {
        let few = heard(&turns(&[(0.0, 0.01), (0.0, 0.5), (0.0, 0.02), (0.0, 0.0)]));
        assert_eq!((few.turns.len(), few.left_out, few.taken), (3, 1, (0.0, 0.0)));
        let said = few.reasons(("a", "b"));
        assert!(said.len() == 1 && said[0].starts_with("1 round was left out"), "{said:?}");

        let many = heard(&turns(&[(0.0, 0.2), (0.0, 0.2), (0.0, 0.2), (0.0, 0.2)]));
        assert_eq!((many.turns.len(), many.left_out), (4, 0));
        assert!((many.taken.1 - 0.2).abs() < 1e-9 && (Heard::more(many.taken.1) - 1.25f64.ln()).abs() < 1e-9);
        let said = many.reasons(("a", "b"));
        assert!(said.len() == 1 && said[0].starts_with("b: others used 20% of its cores") && said[0].contains("25% more"), "{said:?}");
        assert_eq!(heard(&[]).reasons(("a", "b")), Vec::<String>::new());
    }
}
