//! An earlier finding of the same thing, and whether the load line lies below its own.

use super::reach::{Reach, above, below, load, undecided};
use crate::{
    criterion::Criterion,
    finding::{Axis, Finding, Gate, GateKind, GateVerdict, Subject, Warning, Word},
    units::{show_number, show_share},
};

/// Users are whole: each line may lie half a user off.
const HALF_A_USER: f64 = 0.5;

/// A finding that others are held against.
#[derive(Clone, Debug, PartialEq)]
pub struct Baseline {
    finding: Box<Finding>,
    max_drop: f64,
}

/// Why a finding can't be held against another one.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum BaselineError {
    /// It gives no number.
    #[error("the baseline gives no load line that another could be held against: {0}")]
    NoLine(String),
    /// It counts something else.
    #[error("the baseline counts {was}, this run {is}")]
    Axis {
        /// What it counts.
        was: &'static str,
        /// What the run counts.
        is: &'static str,
    },
    /// Its users pause otherwise.
    #[error("in the baseline users pause {}, in this run {}", pause(*was_s), pause(*is_s))]
    Pause {
        /// Mean pause in the baseline, in seconds.
        was_s: f64,
        /// Mean pause in this run, in seconds.
        is_s: f64,
    },
    /// It was held to something else.
    #[error("the objectives of the baseline are {was}, those of this run {is}")]
    Objectives {
        /// Its objectives.
        was: String,
        /// Those of the run.
        is: String,
    },
}

fn pause(pause_s: f64) -> String {
    if pause_s > 0.0 { format!("{} s", show_number(pause_s)) } else { "not at all".to_owned() }
}

fn axis(axis: Axis) -> &'static str {
    match axis {
        Axis::Users => "users at one time",
        Axis::Rate => "requests a second",
    }
}

impl Baseline {
    /// Takes a finding for a baseline, where a run by this axis, with these objectives (the implied ones included) and this mean pause in seconds
    /// can be held against it. `max_drop`: the share by which the line may lie below, 0 to 1.
    ///
    /// # Errors
    /// When the two would not be the same question, or it has no answer.
    pub fn of(finding: Finding, max_drop: f64, searched: Axis, objectives: &[Criterion], pause_s: f64) -> Result<Self, BaselineError> {
        let line = &finding.load_line;
        if Reach::of(line, HALF_A_USER).is_none() {
            return Err(BaselineError::NoLine(undecided(line).to_owned()));
        }
        if line.axis != searched {
            return Err(BaselineError::Axis { was: axis(line.axis), is: axis(searched) });
        }
        let was_s = finding.pause_s().unwrap_or(0.0);
        if (was_s - pause_s).abs() > 1e-9 {
            return Err(BaselineError::Pause { was_s, is_s: pause_s });
        }
        let all = |criteria: &[Criterion]| {
            let mut texts: Vec<String> = criteria.iter().map(ToString::to_string).collect();
            texts.sort();
            texts.join(", ")
        };
        let (was, is) = (all(&finding.criteria), all(objectives));
        if was != is {
            return Err(BaselineError::Objectives { was, is });
        }
        Ok(Self { finding: Box::new(finding), max_drop })
    }

    /// What makes the two runs differ in more than the target's state, with what to do; `None` where nothing does.
    pub fn warning(&self, subject: &Subject) -> Option<Warning> {
        let was = &self.finding.subject;
        let text = if kind(was) != kind(subject) {
            format!("The baseline was measured of {} ({}), this run of {} ({}).", kind(was), was.target, kind(subject), subject.target)
        } else if was.target != subject.target || was.start != subject.start {
            let named = |subject: &Subject| subject.start.clone().unwrap_or_else(|| subject.target.clone());
            format!("The baseline was measured of {}, this run of {}.", named(was), named(subject))
        } else {
            return None;
        };
        let remedy = "A baseline of the same target on the same hardware, unless the difference is what is to be seen.".to_owned();
        Some(Warning { text, remedy })
    }

    /// Failed where the load line lies below that of the baseline by more than the share allowed, and below it at all with 95% confidence; it
    /// can't be told where only the first holds.
    pub fn judge(&self, finding: &Finding) -> Gate {
        let (was, is) = (&self.finding.load_line, &finding.load_line);
        let slack = if is.axis == Axis::Users { HALF_A_USER } else { 0.0 };
        let gate = |verdict, text: String| Gate {
            gate: GateKind::MaxDrop,
            asked: self.max_drop,
            verdict,
            text,
            seen: None,
            low: None,
            high: None,
        };
        let before = format!("{} on {}", load(was.value.unwrap_or_default(), &self.finding), self.finding.subject.started_at);
        let (Some(then), Some(now)) = (Reach::of(was, slack), Reach::of(is, slack)) else {
            let because = undecided(is);
            return gate(GateVerdict::CannotTell, format!("how far it lies from the {before} can't be told: {because}"));
        };
        let ratio = now.value / then.value;
        // What a baseline carries at least says nothing of how much more it might have carried.
        let low = now.se_low.zip(then.se_high).map(|(now, then)| below(ratio, now.hypot(then)));
        let high = now.se_high.zip(then.se_low).map(|(now, then)| above(ratio, now.hypot(then)));
        let is_beyond = ratio < 1.0 - self.max_drop;
        let verdict = match high {
            Some(high) if is_beyond && high < 1.0 => GateVerdict::Failed,
            _ if is_beyond => GateVerdict::CannotTell,
            _ => GateVerdict::Passed,
        };
        let at_least = |word: Word| if word == Word::AtLeast { "at least " } else { "" };
        let mut text = format!(
            "carries {}{}, {}, than the {}{before}, where a drop of up to {} is allowed",
            at_least(is.word),
            load(now.value, finding),
            change(ratio, low, high),
            at_least(was.word),
            show_share(self.max_drop),
        );
        if verdict == GateVerdict::CannotTell {
            text.push_str(&format!(": {}", undecided(if is.word == Word::AtLeast { is } else { was })));
        }
        Gate { seen: Some(ratio), low, high, ..gate(verdict, text) }
    }
}

/// `10% less (5.9% to 14% less)`.
fn change(ratio: f64, low: Option<f64>, high: Option<f64>) -> String {
    let said = |ratio: f64| {
        let share = ((ratio - 1.0).abs() * 1e3).round() / 1e3;
        match ratio {
            _ if share == 0.0 => "no less".to_owned(),
            ratio if ratio < 1.0 => format!("{} less", show_share(share)),
            _ => format!("{} more", show_share(share)),
        }
    };
    let value = said(ratio);
    match (low, high) {
        (Some(low), Some(high)) => format!("{value} ({} to {})", said(low), said(high)),
        _ => value,
    }
}

/// What kind of target it is.
fn kind(subject: &Subject) -> &'static str {
    match &subject.start {
        Some(_) => "a command that was started",
        None if subject.target.starts_with("lab:") => "a reference server",
        None => "a server that ran already",
    }
}
