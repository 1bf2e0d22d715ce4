//! What goes wrong at the command line: a kind, a sentence, the source, hints that name the remedy. The exit code is decided here alone.

use crate::session::INTERRUPTED;
use plimsoll_core::{
    evidence::Verdict,
    finding::{Comparison, Ending, Finding, GateVerdict, Hold, PairWord, Tuning, Word},
};
use std::{error::Error, fmt::Write};

/// What the shell is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done,
    /// The tool itself failed.
    Failure,
    /// The user asked for something that can't be.
    Usage,
    /// No interval could be given, an objective or a gate is not decided, or the answer was withheld because the generator was the limit.
    Inconclusive,
    /// An objective is broken, or a gate failed.
    Criterion,
    /// The target can't be reached, or was broken at the smallest load.
    Target,
    /// The user interrupted.
    Interrupted,
}

impl Exit {
    /// The code.
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failure => 1,
            Self::Usage => 2,
            Self::Inconclusive => 3,
            Self::Target => 4,
            Self::Criterion => 99,
            Self::Interrupted => INTERRUPTED,
        }
    }

    /// What a hold comes to. Nothing is held against the target while the generator was the limit.
    pub fn of_hold(hold: &Hold) -> Self {
        let any = |verdict: Verdict| hold.criteria.iter().any(|judged| judged.verdict == verdict);
        if hold.ending == Ending::Interrupted {
            Self::Interrupted
        } else if hold.broken.is_some() {
            Self::Target
        } else if hold.generator.summary.limited {
            Self::Inconclusive
        } else if any(Verdict::Fail) {
            Self::Criterion
        } else if any(Verdict::Unsure) || hold.success_share.is_none() {
            Self::Inconclusive
        } else {
            Self::Done
        }
    }

    /// What a comparison comes to: it is inconclusive where no pair is decided.
    pub fn of_comparison(comparison: &Comparison) -> Self {
        if comparison.account.ending == Ending::Interrupted {
            Self::Interrupted
        } else if comparison.pairs.iter().any(|pair| pair.word != PairWord::CannotTell) {
            Self::Done
        } else {
            Self::Inconclusive
        }
    }

    /// What a tuning comes to.
    pub fn of_tuning(tuning: &Tuning) -> Self {
        if tuning.account.ending == Ending::Interrupted {
            Self::Interrupted
        } else if tuning.best.is_none() {
            Self::Target
        } else if tuning.enough == Some(false) {
            Self::Criterion
        } else {
            Self::Done
        }
    }

    /// What a run that ended by itself or was interrupted comes to. A gate that failed weighs more than one that can't be told.
    pub fn of_run(finding: &Finding, target_broken: bool) -> Self {
        let line = &finding.load_line;
        let gates = GateVerdict::of_all(&finding.gates);
        if finding.ending == Ending::Interrupted {
            Self::Interrupted
        } else if target_broken {
            Self::Target
        } else if gates == Some(GateVerdict::Failed) {
            Self::Criterion
        } else if gates == Some(GateVerdict::CannotTell) || line.word == Word::Withheld || (line.low.is_none() && line.high.is_none()) {
            Self::Inconclusive
        } else {
            Self::Done
        }
    }
}

/// One thing that went wrong, for people.
#[derive(Debug)]
pub struct Problem {
    /// What the shell is told.
    pub exit: Exit,
    /// What happened, naming the value and its place.
    pub text: String,
    /// What lies beneath.
    pub source: Option<Box<dyn Error + Send + Sync>>,
    /// What to do.
    pub hints: Vec<String>,
}

impl Problem {
    /// Something that the user asked for can't be.
    pub fn usage(text: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, text: text.into(), source: None, hints: vec![hint.into()] }
    }

    /// Something that the user asked for can't be, in a sentence that holds the remedy already.
    pub fn said(text: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, text: text.into(), source: None, hints: Vec::new() }
    }

    /// The same with a hint more.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// A problem with an error beneath it.
    pub fn because(exit: Exit, source: impl Error + Send + Sync + 'static) -> Self {
        Self { exit, text: source.to_string(), source: source.source().is_some().then(|| Box::new(source) as Box<_>), hints: Vec::new() }
    }

    /// The lines that are shown, without the line end of the last one.
    pub fn lines(&self) -> String {
        // What a target printed has lines of its own; none of them can be taken for one of this tool's.
        let text: Vec<String> = self.text.lines().map(crate::report::paint::plain).collect();
        let mut out = format!("error: {}", text.join("\n  | "));
        let mut beneath = self.source.as_deref().and_then(|source| source.source());
        while let Some(source) = beneath {
            let text = source.to_string();
            // Errors that quote their source in their own sentence need not say it twice.
            if !out.contains(&text) {
                let _ = write!(out, "\n  because: {}", crate::report::paint::plain(&text));
            }
            beneath = source.source();
        }
        for hint in &self.hints {
            let _ = write!(out, "\n  try: {}", crate::report::paint::plain(hint));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_core::{
        finding::{Gate, GateKind, Subject},
        search::{Goal, Search},
    };

    #[test]
    fn a_gate_that_failed_weighs_more_than_one_that_can_not_be_told() {
        let subject = Subject {
            target: String::new(),
            url: String::new(),
            description: None,
            start: None,
            command: String::new(),
            started_at: String::new(),
            version: String::new(),
        };
        let mut finding = Search::new(Goal::default()).finding(subject, Ending::Complete);
        finding.load_line.word = Word::Firm;
        (finding.load_line.low, finding.load_line.high) = (Some(4.0), Some(4.0));
        let gate =
            |verdict| Gate { gate: GateKind::FailBelow, asked: 4.0, verdict, text: String::new(), seen: None, low: None, high: None };
        use GateVerdict::{CannotTell, Failed, Passed};
        for (verdicts, broken, ending, exit) in [
            (vec![], false, Ending::Complete, Exit::Done),
            (vec![Passed], false, Ending::Complete, Exit::Done),
            (vec![Passed, CannotTell], false, Ending::Complete, Exit::Inconclusive),
            (vec![CannotTell, Failed], false, Ending::Complete, Exit::Criterion),
            (vec![Failed], true, Ending::Complete, Exit::Target),
            (vec![Failed], false, Ending::Interrupted, Exit::Interrupted),
        ] {
            finding.gates = verdicts.into_iter().map(gate).collect();
            finding.ending = ending;
            assert_eq!(Exit::of_run(&finding, broken), exit, "{:?}", finding.gates);
        }
    }
}
