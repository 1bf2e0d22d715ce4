//! The versioned result of `plimsoll tune`: which setting carries the most, or the cheapest that carries enough.

use super::{Account, Axis, LoadLine, Word};
use crate::units::{show_count, show_number};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The schema name of a tuning.
pub const TUNING_SCHEMA: &str = "plimsoll.tuning/1";

/// Up to this chance that an untried setting carries over 5% more, the best of those tried is called the best of all.
const DOUBT: f64 = 0.05;

/// A value for each name.
pub type Setting = BTreeMap<String, String>;

/// A setting in a line: `threads=8 workers=4`.
pub fn show_setting(setting: &Setting) -> String {
    setting.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
}

/// The result of one `tune`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Tuning {
    /// [`TUNING_SCHEMA`].
    #[schemars(description = "What kind of document this is, and in which version.", extend("const" = TUNING_SCHEMA))]
    pub schema: String,
    /// When it was made, and how it went.
    #[serde(flatten)]
    pub account: Account,
    /// The command that was started, with names in braces, secrets redacted.
    pub start: String,
    /// What was varied, in the order given.
    pub knobs: Vec<Varied>,
    /// What makes a setting the best.
    pub aim: TuningAim,
    /// How many settings there are.
    pub grid: u64,
    /// How many of them were tried.
    pub settings_tried: u32,
    /// The best setting: the one that carries the most, the cheapest where several do; for a need the cheapest that meets it, or where none does
    /// the one that carries the most. `None` where nothing could be measured.
    pub best: Option<Best>,
    /// Whether the best meets the need; `None` without a need.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enough: Option<bool>,
    /// Other settings from which no difference to the best was found, the cheapest first.
    pub ties: Vec<Best>,
    /// Ends of ranges at which the best lies, in sentences with what to try.
    pub edges: Vec<String>,
    /// The load line against each of what was varied.
    pub curves: Vec<VariedCurve>,
    /// The chance that a setting which was not tried carries over 5% more (for a need: meets it for less); `None` where it is not known.
    pub left_open: Option<f64>,
    /// Every run, in order.
    pub tried: Vec<Tried>,
}

/// What was varied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Varied {
    /// Its name.
    pub name: String,
    /// Its values, in the order given.
    pub values: Vec<String>,
}

/// What makes a setting the best.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TuningAim {
    /// It carries the most.
    Most,
    /// It carries so many and costs the least.
    Need(f64),
}

/// A setting with its load line, of all its runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Best {
    /// Its values.
    pub setting: Setting,
    /// Its load line.
    pub load_line: LoadLine,
    /// The command to use, secrets redacted.
    pub command: String,
    /// How many runs measured it.
    pub runs: u32,
}

/// How the load line goes with one of what was varied.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct VariedCurve {
    /// Its name.
    pub name: String,
    /// For each value that was tried the most that was carried with it.
    pub points: Vec<VariedPoint>,
}

/// A point of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct VariedPoint {
    /// The value.
    pub value: String,
    /// The load line.
    pub load: f64,
    /// Lower end of its interval.
    pub low: Option<f64>,
    /// Upper end of it.
    pub high: Option<f64>,
    /// Whether all else was as in the best setting; if not, this value may carry more than was seen.
    pub beside_best: bool,
}

/// One run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Tried {
    /// Its values.
    pub setting: Setting,
    /// Its load line; `None` where it could not be measured.
    pub load_line: Option<LoadLine>,
    /// The verdict on why it stops there, where something was looked at.
    pub cause: Option<String>,
    /// Why it could not be measured, in a sentence.
    pub failed: Option<String>,
    /// Seconds from its start to its end.
    pub took_s: f64,
}

impl Tuning {
    /// The answer as a person would repeat it.
    pub fn sentence(&self) -> String {
        let tried = show_count(u64::from(self.settings_tried));
        let settings = format!("{} {}", show_count(self.grid), if self.grid == 1 { "setting" } else { "settings" });
        let all = u64::from(self.settings_tried) >= self.grid;
        let of_all = if all { settings.clone() } else { format!("{settings} ({tried} tried)") };
        let Some(best) = &self.best else {
            return format!("None of {of_all} could be measured");
        };
        let sure = all || self.left_open.is_some_and(|chance| chance < DOUBT);
        let carries = format!("{} carries {}", best.command, load(&best.load_line));
        let others = match self.ties.len() {
            0 => String::new(),
            1 => "; 1 other carries as many".to_owned(),
            many => format!("; {} others carry as many", show_count(many as u64)),
        };
        let of = if sure { of_all } else { format!("the {tried} tried of {settings}") };
        match (self.aim, self.enough) {
            (TuningAim::Need(need), Some(true)) => {
                let need = amount(need, best.load_line.axis);
                format!("{carries}, the cheapest of {of} that carries {need}")
            }
            (TuningAim::Need(need), _) => {
                let need = amount(need, best.load_line.axis);
                format!("None of {of} carries {need}; {carries}, the most")
            }
            _ => format!("{carries}, the most of {of}{others}"),
        }
    }
}

/// `about 31 at one time`.
fn load(line: &LoadLine) -> String {
    let word = match line.word {
        Word::Firm | Word::Withheld => "",
        Word::Rough | Word::Unstable => "about ",
        Word::AtLeast => "at least ",
    };
    line.value.map_or_else(|| "an unknown load".to_owned(), |value| format!("{word}{}", amount(value, line.axis)))
}

fn amount(value: f64, axis: Axis) -> String {
    match axis {
        Axis::Users => format!("{} at one time", show_number(value)),
        Axis::Rate => format!("{} requests/s", show_number(value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Ending;

    fn line(value: f64, word: Word) -> LoadLine {
        let (low, high) = (Some(value * 0.97), Some(value * 1.03));
        LoadLine {
            axis: Axis::Users,
            value: Some(value),
            low,
            high,
            confidence: 0.95,
            word,
            binding: "knee".to_owned(),
            reasons: Vec::new(),
        }
    }

    fn best(workers: &str, value: f64, word: Word) -> Best {
        let setting = Setting::from([("workers".to_owned(), workers.to_owned())]);
        Best { setting, load_line: line(value, word), command: format!("gunicorn -w {workers} --threads 4"), runs: 1 }
    }

    fn tuning() -> Tuning {
        Tuning {
            schema: TUNING_SCHEMA.to_owned(),
            account: Account {
                command: "plimsoll tune".to_owned(),
                started_at: "2026-01-01T00:00:00Z".to_owned(),
                version: "0.1.0".to_owned(),
                ending: Ending::Complete,
                took_s: 510.0,
                warnings: Vec::new(),
            },
            start: "gunicorn -w {workers} --threads 4".to_owned(),
            knobs: vec![Varied { name: "workers".to_owned(), values: vec!["4".to_owned(), "8".to_owned()] }],
            aim: TuningAim::Most,
            grid: 64,
            settings_tried: 17,
            best: Some(best("8", 31.0, Word::Firm)),
            enough: None,
            ties: Vec::new(),
            edges: Vec::new(),
            curves: Vec::new(),
            left_open: Some(0.01),
            tried: Vec::new(),
        }
    }

    #[test]
    fn the_answer_in_a_sentence() {
        let most = tuning();
        assert_eq!(most.sentence(), "gunicorn -w 8 --threads 4 carries 31 at one time, the most of 64 settings (17 tried)");
        let ties = Tuning { ties: vec![best("12", 31.0, Word::Firm); 3], ..tuning() };
        assert!(ties.sentence().ends_with("(17 tried); 3 others carry as many"), "{}", ties.sentence());
        let tie = Tuning { ties: vec![best("12", 31.0, Word::Firm)], ..tuning() };
        assert!(tie.sentence().ends_with("; 1 other carries as many"), "{}", tie.sentence());
        let unsure = Tuning { left_open: Some(0.2), ..tuning() };
        assert!(unsure.sentence().ends_with("the most of the 17 tried of 64 settings"), "{}", unsure.sentence());
        let all = Tuning { grid: 17, left_open: None, ..tuning() };
        assert!(all.sentence().ends_with("the most of 17 settings"), "{}", all.sentence());
        let none = Tuning { best: None, ..tuning() };
        assert_eq!(none.sentence(), "None of 64 settings (17 tried) could be measured");
    }

    #[test]
    fn a_need_in_a_sentence() {
        let met = Tuning { aim: TuningAim::Need(30.0), enough: Some(true), ..tuning() };
        let cheapest =
            "gunicorn -w 8 --threads 4 carries 31 at one time, the cheapest of 64 settings (17 tried) that carries 30 at one time";
        assert_eq!(met.sentence(), cheapest);
        let missed = Tuning { aim: TuningAim::Need(1e3), enough: Some(false), best: Some(best("8", 31.0, Word::Rough)), ..tuning() };
        let none =
            "None of 64 settings (17 tried) carries 1,000 at one time; gunicorn -w 8 --threads 4 carries about 31 at one time, the most";
        assert_eq!(missed.sentence(), none);
    }

    #[test]
    fn a_load_line_with_its_word() {
        assert_eq!(load(&line(31.0, Word::AtLeast)), "at least 31 at one time");
        assert_eq!(load(&LoadLine { axis: Axis::Rate, ..line(400.0, Word::Unstable) }), "about 400 requests/s");
    }

    #[test]
    fn it_reads_back_as_it_was() {
        let tuning = Tuning { aim: TuningAim::Need(30.0), enough: Some(true), ..tuning() };
        let text = serde_json::to_string(&tuning).unwrap();
        assert!(text.contains(r#""schema":"plimsoll.tuning/1""#) && text.contains(r#""aim":{"need":30.0}"#), "{text}");
        assert_eq!(serde_json::from_str::<Tuning>(&text).unwrap(), tuning);
        assert!(serde_json::to_string(&super::tests::tuning()).unwrap().contains(r#""aim":"most""#));
    }
}
