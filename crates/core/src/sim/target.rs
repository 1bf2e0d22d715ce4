//! A simulated target as plain data.

use super::{Admission, Crowding, Disturbance, Generator, Service};
use std::time::Duration;

/// One stage on a request's way through the target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stage {
    /// How many requests it serves at one time, the others waiting first come, first served; `None`: all (a pure delay).
    pub servers: Option<u32>,
    /// How long one takes.
    pub service: Service,
}

/// A target, and the generator that loads it.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetModel {
    /// The stages a request passes, in order; at least one.
    pub stages: Vec<Stage>,
    /// What it turns away.
    pub admission: Admission,
    /// How it slows as it fills.
    pub crowding: Crowding,
    /// How it changes over time.
    pub disturbance: Disturbance,
    /// How strong the generator is.
    pub generator: Generator,
    /// After how long a user gives a request up. The target works on regardless.
    pub time_out: Duration,
}

impl TargetModel {
    /// A target with these stages, steady, which turns nobody away; time-out 10 s; a perfect generator.
    pub fn staged(stages: Vec<Stage>) -> Self {
        Self {
            stages,
            admission: Admission::Everyone,
            crowding: Crowding::None,
            disturbance: Disturbance::Steady,
            generator: Generator::Perfect,
            time_out: Duration::from_secs(10),
        }
    }

    /// `servers` workers behind one queue.
    pub fn workers(servers: u32, service: Service) -> Self {
        Self::staged(vec![Stage { servers: Some(servers), service }])
    }

    /// A pure delay: every request is served at once.
    pub fn delay(service: Service) -> Self {
        Self::staged(vec![Stage { servers: None, service }])
    }

    /// An event loop: each request waits (for something else), then needs the CPU of `cores` cores.
    pub fn event_loop(wait: Service, cpu: Service, cores: u32) -> Self {
        Self::staged(vec![Stage { servers: None, service: wait }, Stage { servers: Some(cores), service: cpu }])
    }

    /// The same with another door.
    pub fn admitting(self, admission: Admission) -> Self {
        Self { admission, ..self }
    }

    /// The same, slowing as it fills.
    pub fn crowded(self, crowding: Crowding) -> Self {
        Self { crowding, ..self }
    }

    /// The same, changing over time.
    pub fn disturbed(self, disturbance: Disturbance) -> Self {
        Self { disturbance, ..self }
    }

    /// The same, loaded by another generator.
    pub fn loaded_by(self, generator: Generator) -> Self {
        Self { generator, ..self }
    }

    /// The same with users of another patience.
    pub fn with_time_out(self, time_out: Duration) -> Self {
        Self { time_out, ..self }
    }
}
