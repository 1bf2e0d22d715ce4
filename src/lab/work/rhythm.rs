//! What changes with time: pauses that stop everything, a step in speed, the end of the process.

use super::{ENDED_FOR_GOOD, monotonic};
use crate::lab::spec::{Faults, Pause, SpeedStep};
use std::{
    sync::OnceLock,
    thread,
    time::{Duration, Instant},
};

/// The clockwork of one serving process.
pub struct Rhythm {
    pause: Option<Pause>,
    step: Option<SpeedStep>,
    die_at: Option<Duration>,
    first_request: OnceLock<Instant>,
}

impl Rhythm {
    /// The clockwork that these faults ask for; it starts with the first request.
    pub fn of(faults: &Faults) -> Self {
        Self { pause: faults.pause, step: faults.step, die_at: faults.die_at, first_request: OnceLock::new() }
    }

    /// Marks the arrival of a request.
    pub fn request_arrived(&self) {
        self.first_request.get_or_init(|| {
            if let Some(life) = self.die_at {
                thread::spawn(move || {
                    thread::sleep(life);
                    std::process::exit(ENDED_FOR_GOOD);
                });
            }
            Instant::now()
        });
    }

    /// What wait and CPU time are multiplied by at this moment.
    pub fn factor(&self) -> f64 {
        let elapsed = self.first_request.get().map_or(Duration::ZERO, Instant::elapsed);
        self.step.filter(|step| elapsed >= step.after).map_or(1.0, |step| step.factor)
    }

    /// Blocks the calling thread until no pause holds. An event loop calls this too: a pause stops all of it.
    pub fn sit_out_pause(&self) {
        if let Some(left) = self.pause.and_then(|pause| pause_left(pause, monotonic())) {
            thread::sleep(left);
        }
    }
}

/// How long the pause that holds at `now` still lasts. The clock is the machine's, so all processes of a server pause together.
fn pause_left(pause: Pause, now: Duration) -> Option<Duration> {
    let phase_ns = now.as_nanos() % pause.every.as_nanos();
    let left_ns = pause.length.as_nanos().checked_sub(phase_ns)?;
    (left_ns > 0).then(|| Duration::from_nanos(u64::try_from(left_ns).unwrap_or(u64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_holds_at_the_start_of_each_period() {
        let pause = Pause { length: Duration::from_millis(150), every: Duration::from_secs(5) };
        for (now_ms, left_ms) in [(5_000, Some(150)), (5_100, Some(50)), (5_150, None), (9_999, None), (10_000, Some(150)), (0, Some(150))]
        {
            assert_eq!(pause_left(pause, Duration::from_millis(now_ms)), left_ms.map(Duration::from_millis), "{now_ms}");
        }
    }

    #[test]
    fn a_step_counts_from_the_first_request() {
        let step = |after| Faults { step: Some(SpeedStep { factor: 1.5, after }), ..Faults::default() };
        let at_once = Rhythm::of(&step(Duration::ZERO));
        at_once.request_arrived();
        assert_eq!(at_once.factor(), 1.5);
        let later = Rhythm::of(&step(Duration::from_secs(3600)));
        later.request_arrived();
        assert_eq!(later.factor(), 1.0);
        let untouched = Rhythm::of(&step(Duration::from_nanos(1)));
        assert_eq!(untouched.factor(), 1.0);
    }
}
