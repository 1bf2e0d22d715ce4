//! What `plimsoll tune` is to do.

use super::{
    Places,
    find::{of_users, time},
    setup, whole,
};
use crate::{
    cli::{args::Tune, problem::Problem},
    session::{JournalPlace, TunePlan},
};
use plimsoll_core::{
    search::Goal,
    tune::{Aim, Knob, KnobError, MOST_RUNS, check_command, grid, usual_runs},
};
use std::time::Duration;

/// A search needs a few steps before it can say anything.
const SHORTEST_TIME: Duration = Duration::from_secs(5);
const MOST_NEEDED: f64 = 1e6;

/// What the session is to do. `journal` is where an unsaved run keeps its journals, `command` the redacted command line.
///
/// # Errors
/// The first thing that can't be, with its place and the remedy.
pub fn tune_plan(typed: &Tune, places: &Places<'_>, journal: JournalPlace, command: String) -> Result<TunePlan, Problem> {
    let start = typed.target.start.as_deref().ok_or_else(|| {
        Problem::usage("there is no command whose settings could be varied", "--start 'gunicorn -w {workers} -b 127.0.0.1:{port} app:app'")
    })?;
    let wrong = |error: KnobError| Problem::said(format!("{}: {error}", places.of("vary")));
    let knobs = typed.vary.iter().map(|text| text.parse()).collect::<Result<Vec<Knob>, _>>().map_err(wrong)?;
    let settings = grid(&knobs).map_err(wrong)?;
    check_command(start, &knobs).map_err(wrong)?;
    let setup = setup::setup(&typed.target, &typed.load, &typed.request, places, command)?;
    let goal = of_users(&typed.search, &typed.load, &typed.criteria, places, setup.request.timeout)?;
    let budget = time(&typed.time, SHORTEST_TIME, places)?;
    let need = typed.need.as_deref().map(|text| whole(places, "need", text, MOST_NEEDED)).transpose()?;
    let runs = typed.runs.as_deref().map(|text| whole(places, "runs", text, f64::from(MOST_RUNS))).transpose()?;
    let save = typed.output.save.clone();
    Ok(TunePlan {
        setup,
        knobs,
        aim: need.map_or(Aim::Most, Aim::Need),
        most_runs: runs.map_or_else(|| usual_runs(settings), |runs| runs as u32),
        // How it degrades is not the question here, and takes time.
        goal: Goal { budget, overshoot: false, ..goal },
        journal: save.clone().map_or(journal, JournalPlace::Beside),
        save,
    })
}
