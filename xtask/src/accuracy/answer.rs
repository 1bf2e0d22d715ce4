//! What a method says after a run.

use plimsoll_core::finding::Word;
use std::time::Duration;

/// A method's answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The load line; `None`: no number was given.
    pub value: Option<f64>,
    /// Lower end of its interval, where the method gives one.
    pub low: Option<f64>,
    /// Upper end of its interval.
    pub high: Option<f64>,
    /// How far it asks to be trusted, where the method says.
    pub word: Option<Word>,
    /// Virtual time that the run took.
    pub took: Duration,
    /// Why the word is not firm.
    pub reasons: Vec<String>,
}

impl Answer {
    /// An answer of a method that knows no words.
    pub fn plain(value: Option<f64>, interval: Option<(f64, f64)>, took: Duration) -> Self {
        Self { value, low: interval.map(|(low, _)| low), high: interval.map(|(_, high)| high), word: None, took, reasons: Vec::new() }
    }

    /// Half the interval's width as a share of the value; infinite where it says that no upper end is known. `None` where the method gives no
    /// interval, and for a mere bound.
    pub fn half_width(&self) -> Option<f64> {
        if self.word == Some(Word::AtLeast) {
            return None;
        }
        let high = self.high.or_else(|| self.word.map(|_| f64::INFINITY))?;
        Some((high - self.low?) / 2.0 / self.value?)
    }
}
