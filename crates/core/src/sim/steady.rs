//! One fixed load measured for long: how the truth is found where no formula gives it, and how the simulation is validated.

use super::{Simulation, TargetModel};
use crate::step::{Driver, Flow, Load, Purpose, Settle, StepPlan, StepResult};
use std::{convert::Infallible, time::Duration};

/// A plan that measures one load for `measure` in 20 batches, after 5 s and 2,000 completions (at most 60 s) of settling.
pub fn steady_plan(load: Load, measure: Duration, limits: Vec<Duration>) -> StepPlan {
    let settle = Settle { least: Duration::from_secs(5), most: Duration::from_secs(60), completions: 2_000 };
    StepPlan { purpose: Purpose::Hold, load, settle, measure, batches: 20, limits, requests: None }
}

/// Measures one load on a fresh simulation of the target.
pub fn measure_steady(target: &TargetModel, load: Load, measure: Duration, limits: Vec<Duration>, seed: u64) -> StepResult {
    let mut simulation = Simulation::start(target.clone(), seed);
    let driven: Result<StepResult, Infallible> =
        simulation.drive(&steady_plan(load, measure, limits), &mut |_: &StepResult| Flow::Continue);
    match driven {
        Ok(result) => result,
        Err(never) => match never {},
    }
}
