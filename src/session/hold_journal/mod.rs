//! The journal of a hold: a single step, often a long one, written down in parts as it goes on.
//!
//! The first line is the header, then one line a part, then one line with the result. Lines without a result mean a run cut short. Whoever
//! gathers what was measured writes it, beside the threads that send, so that no send waits for a disk.

#[cfg(test)]
mod tests;

use super::{
    journal::{Journal, JournalError, JournalPlace, name},
    replay::{LoadError, lines, torn},
};
use plimsoll_core::{
    criterion::Criterion,
    evidence::Waiting,
    finding::{Circumstances, Ending, Files, Hold, Subject, Warning},
    step::{Parts, Signals, StepEnd, StepPlan, StepResult},
};
use serde::{Deserialize, Serialize};
use std::{path::Path, time::Duration};

/// The schema name of a hold's journal.
pub const HOLD_JOURNAL_SCHEMA: &str = "plimsoll.hold-journal/1";

/// From one part to the next, at the least.
const PERIOD: Duration = Duration::from_secs(1);
/// Later parts come after this share of the time that was measured: what a kill can lose is no larger, and a day makes some 800 lines.
const RARER: f64 = 0.01;

/// The first line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Header {
    /// [`HOLD_JOURNAL_SCHEMA`].
    pub schema: String,
    /// What is measured.
    pub subject: Subject,
    /// What was asked.
    pub terms: Terms,
}

/// What was asked of a hold: with its step, all that its document needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Terms {
    /// The step.
    pub plan: StepPlan,
    /// The objectives.
    pub criteria: Vec<Criterion>,
    /// The most connections that the load may use.
    pub connections: Option<u32>,
    /// The most requests at one time on one connection, where the protocol allows more than one.
    pub streams: Option<u32>,
    /// How long the target's name took to resolve.
    pub resolved: Option<Duration>,
    /// Whether the generator stays awake before each send.
    pub spins: bool,
}

impl Terms {
    /// How the generator waits for sends that are due.
    pub(super) fn waiting(&self) -> Waiting {
        if self.spins { Waiting::Awake } else { Waiting::Asleep }
    }

    /// The document of a step that was measured on these terms.
    pub(super) fn document(&self, subject: Subject, step: &StepResult, files: Option<Files>) -> Hold {
        let circumstances = Circumstances {
            subject,
            criteria: &self.criteria,
            connections: self.connections,
            streams: self.streams,
            resolved: self.resolved,
            waiting: self.waiting(),
            files,
        };
        Hold::of(step, circumstances)
    }
}

/// The lines after the header.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line<S, H> {
    /// What came since the line before.
    Part(S),
    /// All of it, once it was over.
    Result(H),
}

/// An open journal of a hold.
#[derive(Debug)]
pub(super) struct HoldJournal {
    journal: Journal,
    parts: Parts,
    /// The next part is due when so much was measured.
    due: Duration,
    /// Why nothing more is written.
    trouble: Option<Warning>,
}

impl HoldJournal {
    /// Creates the file and writes the header.
    ///
    /// # Errors
    /// When the file can't be created or the header can't be written.
    pub fn begin(place: &JournalPlace, subject: &Subject, terms: &Terms) -> Result<Self, JournalError> {
        let header = Header { schema: HOLD_JOURNAL_SCHEMA.to_owned(), subject: subject.clone(), terms: terms.clone() };
        let journal = Journal::begin_with(place, &name("hold", subject), &header)?;
        Ok(Self { journal, parts: Parts::of(terms.plan.clone()), due: PERIOD, trouble: None })
    }

    /// Writes what came since the last part, where that is due. `signals` says what is known of the target over the time measured so far. When
    /// the write fails no more are made, and the warning is returned.
    #[must_use]
    pub fn note(&mut self, so_far: &StepResult, signals: impl FnOnce(Duration) -> Signals) -> Option<&Warning> {
        let measured = so_far.measured();
        if measured < self.due || self.trouble.is_some() {
            return None;
        }
        self.due = measured + PERIOD.max(measured.mul_f64(RARER));
        let part = StepResult { signals: signals(measured), ..self.parts.take(so_far) };
        self.append(&Line::Part(&part));
        self.trouble.as_ref()
    }

    /// Whether any part was written.
    pub fn has_parts(&self) -> bool {
        self.due > PERIOD && self.trouble.is_none()
    }

    /// Writes the rest of a step that is over: what is still to be found out of its target takes time.
    pub fn close(&mut self, step: &StepResult) {
        if self.trouble.is_none() {
            let part = self.parts.take(step);
            self.append(&Line::Part(&part));
        }
    }

    /// Writes the result, and adds to it what went wrong with the journal.
    pub fn end(mut self, hold: &mut Hold) -> Journal {
        if self.trouble.is_none() {
            self.append(&Line::Result(&*hold));
        }
        hold.warnings.extend(self.trouble);
        self.journal
    }

    /// The journal as it stands, of a run that could not go on.
    pub fn leave(self) -> Journal {
        self.journal
    }

    fn append(&mut self, line: &Line<&StepResult, &Hold>) {
        self.trouble = self.journal.append(line);
    }
}

/// The hold of a journal: its result, or what had been measured when it was cut short.
///
/// # Errors
/// When it is damaged before its last line.
pub(super) fn replay(path: &Path, header: Header, text: &str) -> Result<Hold, LoadError> {
    let mut step = StepResult::begin(header.terms.plan.clone(), Duration::ZERO);
    let mut result = None;
    let is_torn = lines(path, text, |line: Line<StepResult, Box<Hold>>| match line {
        Line::Part(part) => step.append(part),
        Line::Result(hold) => result = Some(*hold),
    })?;
    let mut hold = result.unwrap_or_else(|| {
        step.end = StepEnd::Interrupted;
        Hold { ending: Ending::CutShort, ..header.terms.document(header.subject, &step, None) }
    });
    hold.warnings.extend(is_torn.then(|| torn("what it held is not counted")));
    Ok(hold)
}
