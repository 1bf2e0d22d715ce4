//! Tunings made by hand for the golden tests.

use crate::report::made::find::firm;
use plimsoll_core::{
    finding::{Account, Ending, LoadLine, Tried, Tuning, Word},
    tune::{Aim, Knob, Measured, Runs, Tuner, document},
};

const START: &str = "gunicorn -w {workers} --threads {threads} -b 127.0.0.1:{port} app:app";

fn knobs() -> Vec<Knob> {
    ["workers=1..16", "threads=1,2,4,8"].map(|text| text.parse().expect("a knob")).to_vec()
}

fn line(value: f64) -> LoadLine {
    LoadLine { value: Some(value), low: Some(value * 0.98), high: Some(value * 1.02), word: Word::Firm, ..firm().load_line }
}

/// What carries `of` workers and threads, where a setting may also fail to start.
fn made(aim: Aim, of: impl Fn(f64, f64) -> Option<f64>) -> Tuning {
    let knobs = knobs();
    let mut tuner = Tuner::of(&knobs, aim, 21, 1);
    let mut tried = Vec::new();
    while let Some(trial) = tuner.next() {
        let setting = Knob::named(&knobs, &trial.setting);
        let number = |name: &str| setting[name].parse::<f64>().expect("a number");
        let line = of(number("workers"), number("threads")).map(line);
        tuner.observe(&trial, line.as_ref().map_or(Measured::NOTHING, Measured::from));
        tried.push(Tried {
            setting,
            cause: line.as_ref().map(|_| "worker_pool".to_owned()),
            failed: line.is_none().then(|| "the target ended before it was ready (exit status 1); it printed last:\nno memory".to_owned()),
            load_line: line,
            took_s: 21.0,
        });
    }
    let account = Account {
        command: "plimsoll tune".to_owned(),
        started_at: "2026-11-20T10:00:00Z".to_owned(),
        version: "0.1.0".to_owned(),
        ending: Ending::Complete,
        took_s: 430.0,
        warnings: Vec::new(),
    };
    document(&knobs, aim, &tuner.verdict(), Runs { start: START.to_owned(), tried }, account)
}

/// Slots up to what the hardware gives.
pub fn most_of_a_grid() -> Tuning {
    made(Aim::Most, |workers, threads| Some((workers * threads).min(64.0)))
}

/// Too little whatever is tried.
pub fn need_not_met() -> Tuning {
    made(Aim::Need(500.0), |workers, threads| Some((workers * threads).min(64.0)))
}

/// It never starts.
pub fn nothing_measured() -> Tuning {
    made(Aim::Most, |_, _| None)
}
