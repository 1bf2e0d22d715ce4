//! The inside of the target: its stages, and who waits where.

use super::{
    crowding::Crowd,
    disturbance::Disturbance,
    events::{Agenda, Event},
    requests::RequestId,
    service::Sampler,
    target::TargetModel,
};
use rand::{RngExt, rngs::StdRng};
use std::collections::VecDeque;

#[derive(Debug)]
struct Station {
    servers: u32,
    busy: u32,
    waiting: VecDeque<RequestId>,
    service: Sampler,
}

/// What became of a request that a stage has finished with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Passed {
    /// It is in the next stage.
    On,
    /// It has left the target with its answer.
    Out,
}

/// The stages of a target with the requests in them.
#[derive(Debug)]
pub(super) struct Stations {
    stations: Vec<Station>,
    crowd: Crowd,
    disturbance: Disturbance,
    phase: f64,
    inside: u32,
}

impl Stations {
    pub(super) fn of(model: &TargetModel, rng: &mut StdRng) -> Self {
        let station = |stage: &super::Stage| Station {
            servers: stage.servers.unwrap_or(u32::MAX),
            busy: 0,
            waiting: VecDeque::new(),
            service: Sampler::of(&stage.service),
        };
        Self {
            stations: model.stages.iter().map(station).collect(),
            crowd: Crowd::under(model.crowding),
            disturbance: model.disturbance,
            phase: rng.random(),
            inside: 0,
        }
    }

    /// Requests inside the target, waiting ones included.
    pub(super) fn inside(&self) -> u32 {
        self.inside
    }

    pub(super) fn enter(&mut self, request: RequestId, now_ns: u64, rng: &mut StdRng, agenda: &mut Agenda) {
        self.inside += 1;
        self.arrive(request, 0, now_ns, rng, agenda);
    }

    fn arrive(&mut self, request: RequestId, stage: usize, now_ns: u64, rng: &mut StdRng, agenda: &mut Agenda) {
        let station = &mut self.stations[stage];
        if station.busy < station.servers {
            self.begin(request, stage, now_ns, rng, agenda);
        } else {
            station.waiting.push_back(request);
            self.crowd.notice(self.inside, self.stations[stage].waiting.len());
        }
    }

    fn begin(&mut self, request: RequestId, stage: usize, now_ns: u64, rng: &mut StdRng, agenda: &mut Agenda) {
        let station = &mut self.stations[stage];
        station.busy += 1;
        let slower = self.crowd.factor(self.inside, station.waiting.len()) * self.disturbance.factor(now_ns, self.phase);
        let work_ns = (station.service.draw_ns(rng) * slower) as u64;
        agenda.add(self.disturbance.done_ns(now_ns, work_ns, self.phase), Event::Served { request, stage: stage as u32 });
    }

    /// A stage has finished with a request: the next one in line begins, and this one goes on.
    pub(super) fn served(&mut self, request: RequestId, stage: u32, now_ns: u64, rng: &mut StdRng, agenda: &mut Agenda) -> Passed {
        let stage = stage as usize;
        let last = stage + 1 == self.stations.len();
        if last {
            self.inside -= 1;
        }
        self.stations[stage].busy -= 1;
        if let Some(next) = self.stations[stage].waiting.pop_front() {
            self.begin(next, stage, now_ns, rng, agenda);
        }
        if last {
            return Passed::Out;
        }
        self.arrive(request, stage + 1, now_ns, rng, agenda);
        Passed::On
    }

    /// The target died: nothing is inside any more.
    pub(super) fn clear(&mut self) {
        self.inside = 0;
        for station in &mut self.stations {
            station.busy = 0;
            station.waiting.clear();
        }
    }
}
