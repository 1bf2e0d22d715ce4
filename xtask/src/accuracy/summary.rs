//! Many runs of one method on one case, summed up.

use super::{Method, Run};
use plimsoll_core::{finding::Word, sim::cases::Case};

/// One method on one case.
pub struct Row {
    pub case: usize,
    pub method: Method,
    /// 95th percentile of |value / truth - 1| over the runs that gave a value.
    pub p95_error: Option<f64>,
    /// Mean of value / truth - 1.
    pub bias: Option<f64>,
    pub silently_wrong: f64,
    /// How many runs said "firm" and should not have.
    pub firmly_wrong: usize,
    /// Share of intervals that hold the truth.
    pub coverage: Option<f64>,
    pub mean_s: f64,
    /// How often each word was said, in the order of [`WORDS`].
    pub words: [usize; 5],
}

/// The words, in the order of [`Row::words`].
pub const WORDS: [(Word, &str); 5] =
    [(Word::Firm, "firm"), (Word::Rough, "rough"), (Word::Unstable, "unstable"), (Word::AtLeast, "at least"), (Word::Withheld, "withheld")];

pub fn rows(cases: &[Case], methods: &[Method], runs: &[Run]) -> Vec<Row> {
    let pairs = (0..cases.len()).flat_map(|case| methods.iter().map(move |&method| (case, method)));
    pairs
        .map(|(case, method)| {
            let of: Vec<&Run> = runs.iter().filter(|run| run.case == case && run.method == method).collect();
            row(case, method, &of)
        })
        .collect()
}

fn row(case: usize, method: Method, runs: &[&Run]) -> Row {
    let count = runs.len().max(1) as f64;
    let share = |of: &dyn Fn(&Run) -> bool| runs.iter().filter(|run| of(run)).count() as f64 / count;
    let errors: Vec<f64> = runs.iter().filter_map(|run| run.judged.error).collect();
    let mut sizes: Vec<f64> = errors.iter().map(|error| error.abs()).collect();
    sizes.sort_by(f64::total_cmp);
    let covered: Vec<bool> = runs.iter().filter_map(|run| run.judged.covered).collect();
    let average = |values: &[f64]| (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64);
    Row {
        case,
        method,
        p95_error: (!sizes.is_empty()).then(|| sizes[((sizes.len() as f64 * 0.95).ceil() as usize).max(1) - 1]),
        bias: average(&errors),
        silently_wrong: share(&|run| run.judged.silently_wrong),
        firmly_wrong: runs.iter().filter(|run| run.judged.firmly_wrong).count(),
        coverage: (!covered.is_empty()).then(|| covered.iter().filter(|&&held| held).count() as f64 / covered.len() as f64),
        mean_s: runs.iter().map(|run| run.answer.took.as_secs_f64()).sum::<f64>() / count,
        words: WORDS.map(|(word, _)| runs.iter().filter(|run| run.answer.word == Some(word)).count()),
    }
}
