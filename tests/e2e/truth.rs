//! Holding a load line against the truth: right, or honest about not knowing; never a number to rely on that is wrong.

use super::{
    quiet,
    run::{Run, trust},
};
use plimsoll::lab::LabSpec;
use plimsoll_core::finding::{Finding, Word};

/// How far a value may lie from the truth.
const WITHIN: f64 = 0.1;

/// What the answer has to be.
#[derive(Clone, Copy, Debug)]
pub enum Truth {
    /// One of these whole numbers.
    Whole(f64, f64),
    /// Within a tenth.
    About(f64),
}

impl Truth {
    /// The true load line of a reference server that has one core, as `plimsoll lab MODEL --truth` prints it: small ones to the whole number.
    pub fn of(target: &str) -> Self {
        let spec: LabSpec = target.strip_prefix("lab:").and_then(|spec| spec.parse().ok()).expect("a reference server");
        let line = spec.truth(1).load_line_users.expect("a load line known in closed form");
        if line <= 10.0 && line.fract() == 0.0 { Self::Whole(line, line) } else { Self::About(line) }
    }

    fn middle(self) -> f64 {
        match self {
            Self::Whole(low, _) => low,
            Self::About(value) => value,
        }
    }

    fn fits(self, value: f64) -> bool {
        match self {
            Self::Whole(low, high) => (low..=high).contains(&value),
            Self::About(truth) => (value / truth - 1.0).abs() <= WITHIN,
        }
    }

    /// Why the answer is not acceptable; `None` when it is.
    fn objection(self, finding: &Finding) -> Option<String> {
        let line = &finding.load_line;
        let holds = |from: Option<f64>, to: Option<f64>| {
            let truth = self.middle();
            from.is_some_and(|from| from <= truth) && to.is_none_or(|to| truth <= to)
        };
        let fits = line.value.is_some_and(|value| self.fits(value));
        let honest = match line.word {
            Word::Firm => fits,
            Word::Rough => fits || holds(line.low, line.high),
            Word::AtLeast => line.value.is_some_and(|value| value <= self.middle() * (1.0 + WITHIN)),
            Word::Unstable => true,
            // The generator is strong enough for each of these servers.
            Word::Withheld => false,
        };
        (!honest).then(|| format!("{:?} {:?} [{:?}, {:?}] where {self:?} is true", line.word, line.value, line.low, line.high))
    }
}

/// Searches twice: both answers are acceptable and agree, with the same trust and values within a tenth.
/// Gives the last of them; `None` where the machine was too busy for any.
pub fn twice(target: &str, flags: &[&str], truth: Truth) -> Option<Finding> {
    run_until_agreed(target, flags, truth, 2)
}

/// Searches until two runs in a row agree, four times at the most. Near an objective one run in forty is called unstable by chance (so the
/// simulation of these very targets says), which breaks the row on both sides. Each answer has to be acceptable by itself.
pub fn agreeing(target: &str, flags: &[&str], truth: Truth) {
    run_until_agreed(target, flags, truth, 4);
}

fn run_until_agreed(target: &str, flags: &[&str], truth: Truth, most: usize) -> Option<Finding> {
    let mut before: Option<Run> = None;
    let mut told = String::new();
    for _ in 0..most {
        let run = quiet::find(target, flags)?;
        told += &format!("\n{run}");
        assert_eq!(run.code, Some(0), "{told}{}", run.stderr);
        if let Some(objection) = truth.objection(&run.finding()) {
            panic!("{objection}{told}");
        }
        if before.is_some_and(|before| agree(&before.finding(), &run.finding())) {
            return Some(run.finding());
        }
        before = Some(run);
    }
    panic!("no two runs in a row agree{told}");
}

fn agree(first: &Finding, second: &Finding) -> bool {
    let [first, second] = [&first.load_line, &second.load_line];
    let is_near = match (first.value, second.value) {
        // Users are whole: the next number is always near enough.
        (Some(first), Some(second)) => (first - second).abs() <= f64::max(1.0, WITHIN * first.min(second)),
        (first, second) => first == second,
    };
    // What is said to be unstable has no value to agree on.
    trust(first.word) == trust(second.word) && (is_near || first.word == Word::Unstable)
}
