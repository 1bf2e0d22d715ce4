//! A verdict as the public document says it: values for places, commands, sentences.

use super::{Aim, Edge, Knob, Measured, Standing, Verdict, fill};
use crate::finding::{
    Account, Axis, Best, LoadLine, Setting, TUNING_SCHEMA, Tried, Tuning, TuningAim, Varied, VariedCurve, VariedPoint, Word,
};

impl From<&LoadLine> for Measured {
    /// A withheld line is nothing, and one of which only the lower end is known is open above.
    fn from(line: &LoadLine) -> Self {
        let high = if line.word == Word::AtLeast { None } else { line.high };
        if line.word == Word::Withheld { Self::NOTHING } else { Self { value: line.value, low: line.low, high } }
    }
}

impl Knob {
    /// The setting by its names.
    pub fn named(knobs: &[Self], setting: &[usize]) -> Setting {
        let value = |knob: &Self, place: usize| knob.values.get(place).cloned();
        knobs.iter().zip(setting).filter_map(|(knob, &place)| Some((knob.name.clone(), value(knob, place)?))).collect()
    }
}

/// What was run: the command with names in braces, secrets redacted, and every run of it, in order.
#[derive(Clone, Debug)]
pub struct Runs {
    /// The command.
    pub start: String,
    /// The runs.
    pub tried: Vec<Tried>,
}

/// The result of a session.
pub fn document(knobs: &[Knob], aim: Aim, verdict: &Verdict, runs: Runs, account: Account) -> Tuning {
    let best = |standing: &Standing| best(knobs, standing, &runs);
    Tuning {
        schema: TUNING_SCHEMA.to_owned(),
        knobs: knobs.iter().map(|knob| Varied { name: knob.name.clone(), values: knob.values.clone() }).collect(),
        aim: match aim {
            Aim::Most => TuningAim::Most,
            Aim::Need(need) => TuningAim::Need(need),
        },
        grid: verdict.grid,
        settings_tried: verdict.tried,
        best: verdict.best.as_ref().and_then(best),
        enough: verdict.enough,
        ties: verdict.ties.iter().filter_map(best).collect(),
        edges: verdict
            .best
            .iter()
            .flat_map(|best| verdict.edges.iter().filter_map(move |edge| edge_sentence(knobs, best, *edge)))
            .collect(),
        curves: curves(knobs, verdict, runs.tried.iter().find_map(|tried| Some(tried.load_line.as_ref()?.axis)).unwrap_or(Axis::Users)),
        left_open: verdict.left_open,
        start: runs.start,
        tried: runs.tried,
        account,
    }
}

/// `None` where no run is of the setting.
fn best(knobs: &[Knob], standing: &Standing, runs: &Runs) -> Option<Best> {
    let setting = Knob::named(knobs, &standing.setting);
    let lines: Vec<&LoadLine> =
        runs.tried.iter().filter(|tried| tried.setting == setting).filter_map(|tried| tried.load_line.as_ref()).collect();
    let load_line = pooled(&lines, &standing.line)?;
    Some(Best { setting, load_line, command: fill(&runs.start, knobs, &standing.setting), runs: standing.runs })
}

/// One line of the runs of a setting: as far to be trusted as the least of them.
fn pooled(lines: &[&LoadLine], measured: &Measured) -> Option<LoadLine> {
    let trust = |line: &&&LoadLine| match line.word {
        Word::Firm => 4,
        Word::AtLeast => 3,
        Word::Rough => 2,
        Word::Unstable => 1,
        Word::Withheld => 0,
    };
    let least = lines.iter().filter(|line| line.word != Word::Withheld).min_by_key(trust)?;
    let mut line = (*least).clone();
    if lines.len() > 1 {
        let Measured { value, low, high } = whole(measured, line.axis);
        (line.value, line.low, line.high) = (value, low, high);
    }
    Some(line)
}

/// An end this near to a whole number of users is that number.
const NEXT_TO: f64 = 0.1;

/// Users are whole: the value rounded, the ends outward, where they lie beyond a whole number by more than the mean of logarithms may be off.
fn whole(measured: &Measured, axis: Axis) -> Measured {
    let Measured { value, low, high } = *measured;
    if axis == Axis::Rate {
        return *measured;
    }
    let (low, high) = (low.map(|low| (low + NEXT_TO).floor()), high.map(|high| (high - NEXT_TO).ceil()));
    Measured { value: value.map(f64::round), low, high }
}

/// What an end of a range means; `None` where there is nothing beyond it, as below a single worker.
fn edge_sentence(knobs: &[Knob], best: &Standing, edge: Edge) -> Option<String> {
    let knob = knobs.get(edge.knob)?;
    let (name, value) = (&knob.name, knob.values.get(*best.setting.get(edge.knob)?)?);
    let number = value.parse::<i64>().ok();
    if edge.greatest {
        let further = number.filter(|number| *number > 0).and_then(|number| Some((number, number.checked_mul(2)?, number.checked_mul(4)?)));
        let remedy =
            further.map_or_else(|| format!("try more of {name}"), |(one, two, four)| format!("try --vary {name}={one},{two},{four}"));
        Some(format!("The best has the greatest {name}, {value}, so more may carry more: {remedy}"))
    } else if number.is_some_and(|number| number <= 1) {
        None
    } else {
        let further = number.map(|number| (number / 4, number / 2, number)).filter(|(four, two, one)| *four > 0 && four < two && two < one);
        let remedy =
            further.map_or_else(|| format!("try less of {name}"), |(four, two, one)| format!("try --vary {name}={four},{two},{one}"));
        Some(format!("The best has the smallest {name}, {value}, so less may carry more: {remedy}"))
    }
}

fn curves(knobs: &[Knob], verdict: &Verdict, axis: Axis) -> Vec<VariedCurve> {
    let curve = |curve: &super::Curve| {
        let knob = knobs.get(curve.knob)?;
        let point = |point: &super::CurvePoint| {
            let Measured { value, low, high } = whole(&point.line, axis);
            Some(VariedPoint { value: knob.values.get(point.place)?.clone(), load: value?, low, high, beside_best: point.beside_best })
        };
        Some(VariedCurve { name: knob.name.clone(), points: curve.points.iter().filter_map(point).collect() })
    };
    verdict.curves.iter().filter_map(curve).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{finding::Ending, tune::Tuner};

    fn line(value: f64, word: Word) -> LoadLine {
        let (low, high) = (Some((value * 0.96).floor()), Some((value * 1.04).ceil()));
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

    fn tuned(texts: &[&str], load: impl Fn(&[usize]) -> Option<f64>) -> Tuning {
        let knobs: Vec<Knob> = texts.iter().map(|text| text.parse().unwrap()).collect();
        let mut tuner = Tuner::of(&knobs, Aim::Most, 21, 1);
        let mut tried = Vec::new();
        while let Some(trial) = tuner.next() {
            let load_line = load(&trial.setting).map(|value| line(value, if tried.is_empty() { Word::Rough } else { Word::Firm }));
            tuner.observe(&trial, load_line.as_ref().map_or(Measured::NOTHING, Measured::from));
            let failed = load_line.is_none().then(|| "it did not start".to_owned());
            tried.push(Tried { setting: Knob::named(&knobs, &trial.setting), load_line, cause: None, failed, took_s: 30.0 });
        }
        let account = Account {
            command: "plimsoll tune".to_owned(),
            started_at: "2026-01-01T00:00:00Z".to_owned(),
            version: "0.1.0".to_owned(),
            ending: Ending::Complete,
            took_s: 300.0,
            warnings: Vec::new(),
        };
        let runs = Runs { start: "serve -w {w} -t {t} -p {port}".to_owned(), tried };
        document(&knobs, Aim::Most, &tuner.verdict(), runs, account)
    }

    #[test]
    fn places_become_values_and_a_command() {
        let tuning = tuned(&["w=1,2,4", "t=4"], |setting| [Some(10.0), Some(40.0), None][setting[0]]);
        let best = tuning.best.as_ref().unwrap();
        assert_eq!(best.command, "serve -w 2 -t 4 -p {port}");
        assert_eq!(best.setting, Setting::from([("w".to_owned(), "2".to_owned()), ("t".to_owned(), "4".to_owned())]));
        assert_eq!((best.load_line.value, best.runs, tuning.settings_tried, tuning.grid), (Some(40.0), 1, 3, 3));
        assert_eq!(tuning.curves.len(), 1, "t does not vary");
        let points: Vec<(&str, f64)> = tuning.curves[0].points.iter().map(|point| (point.value.as_str(), point.load)).collect();
        assert_eq!(points, [("1", 10.0), ("2", 40.0)]);
        assert_eq!(tuning.tried.iter().filter(|tried| tried.failed.is_some()).count(), 1);
        assert!(tuning.edges.is_empty(), "{:?}", tuning.edges);
    }

    #[test]
    fn the_ends_of_an_interval_are_whole_users() {
        let of = |axis| whole(&Measured { value: Some(21.2), low: Some(19.99), high: Some(22.3) }, axis);
        assert_eq!(of(Axis::Users), Measured { value: Some(21.0), low: Some(20.0), high: Some(23.0) });
        assert_eq!(of(Axis::Rate).high, Some(22.3));
    }

    #[test]
    fn an_end_of_a_range_is_said_with_what_to_try() {
        let rising = tuned(&["w=1..4", "t=4"], |setting| Some(10.0 * (setting[0] + 1) as f64));
        assert_eq!(rising.edges, ["The best has the greatest w, 4, so more may carry more: try --vary w=4,8,16"]);
        let falling = tuned(&["w=8,16", "t=1"], |setting| Some(100.0 / (setting[0] + 1) as f64));
        assert_eq!(falling.edges, ["The best has the smallest w, 8, so less may carry more: try --vary w=2,4,8"]);
        let lowest = tuned(&["w=1,2", "t=1"], |setting| Some(100.0 / (setting[0] + 1) as f64));
        assert!(lowest.edges.is_empty(), "{:?}", lowest.edges);
    }

    #[test]
    fn settings_that_tie_are_run_again_and_the_cheaper_is_taken() {
        let level = tuned(&["w=2,4", "t=1"], |_| Some(40.0));
        let best = level.best.as_ref().unwrap();
        assert_eq!((best.command.as_str(), best.runs, level.tried.len()), ("serve -w 2 -t 1 -p {port}", 3, 6));
        assert_eq!(level.ties.len(), 1);
        // The first run was rough, whichever setting it had.
        let words: Vec<Word> = [best, &level.ties[0]].map(|one| one.load_line.word).to_vec();
        assert!(words.contains(&Word::Rough) && words.contains(&Word::Firm), "{words:?}");
        assert_eq!(level.sentence().split(", ").last(), Some("the most of 2 settings; 1 other carries as many"));
        assert!(level.edges.is_empty(), "{:?}", level.edges);
    }

    #[test]
    fn a_withheld_line_is_nothing() {
        assert_eq!(Measured::from(&line(4.0, Word::Withheld)), Measured::NOTHING);
        assert_eq!(Measured::from(&line(4.0, Word::AtLeast)).high, None);
    }
}
