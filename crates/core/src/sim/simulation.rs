//! The simulation itself: users and schedule on one side, the target on the other, events in between.

use super::{
    admission::Door,
    events::{Agenda, Event},
    generator::Effort,
    requests::{Owner, Requests},
    station::{Passed, Stations},
    tally::Tally,
    target::TargetModel,
    users::Users,
};
use crate::{
    schedule::OpenSchedule,
    step::{Load, Purpose, Settle, StepPlan},
};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use std::time::Duration;

/// Over this long the first sends of added users are spread, in nanoseconds.
const SPREAD_NS: u64 = 100_000_000;

/// The schedule of an open loop, and its next moment.
#[derive(Debug)]
struct OpenLoop {
    schedule: OpenSchedule,
    began_ns: u64,
    next_ns: u64,
}

/// A target under load, in virtual time. Time passes only within [`Driver::drive`](crate::step::Driver::drive).
#[derive(Debug)]
pub struct Simulation {
    pub(super) model: TargetModel,
    pub(super) rng: StdRng,
    pub(super) now_ns: u64,
    events: u64,
    pub(super) agenda: Agenda,
    pub(super) requests: Requests,
    pub(super) users: Users,
    pub(super) think_ns: f64,
    open: Option<OpenLoop>,
    /// Requests of the schedule that have not ended for it.
    pub(super) open_in_flight: u32,
    pub(super) door: Door,
    pub(super) stations: Stations,
    pub(super) effort: Effort,
    /// Counts for the step under way; between steps no time passes and an empty one stands in.
    pub(super) tally: Tally,
}

pub(super) fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

impl Simulation {
    /// An idle target at time 0.
    pub fn start(model: TargetModel, seed: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let nothing = StepPlan {
            purpose: Purpose::Gate,
            load: Load::Users { users: 0, think: Duration::ZERO },
            settle: Settle { least: Duration::ZERO, most: Duration::ZERO, completions: 0 },
            measure: Duration::ZERO,
            batches: 1,
            limits: Vec::new(),
            requests: None,
        };
        Self {
            now_ns: 0,
            events: 0,
            agenda: Agenda::default(),
            requests: Requests::default(),
            users: Users::default(),
            think_ns: 0.0,
            open: None,
            open_in_flight: 0,
            door: Door::under(model.admission),
            stations: Stations::of(&model, &mut rng),
            effort: Effort::of(model.generator),
            tally: Tally::begin(&nothing, Duration::ZERO),
            rng,
            model,
        }
    }

    /// The same target with other luck: what moves the machine (the phase of a disturbance) stays that of the first seed.
    pub fn with_luck(mut self, seed: u64) -> Self {
        self.rng = StdRng::seed_from_u64(seed);
        self
    }

    /// Virtual time since the start.
    pub fn now(&self) -> Duration {
        Duration::from_nanos(self.now_ns)
    }

    /// Events simulated so far: the measure of what a simulation costs.
    pub fn events(&self) -> u64 {
        self.events
    }

    pub(super) fn put_on(&mut self, load: Load) {
        match load {
            Load::Users { users, think } => {
                self.open = None;
                self.think_ns = think.as_nanos() as f64;
                self.users.shrink_to(users);
                while self.users.count() < users {
                    let user = self.users.join();
                    // As in the engine: who thinks is in mid-pause, as if it had always been there.
                    let wait_ns = if self.think_ns > SPREAD_NS as f64 { self.thinking_ns() } else { self.rng.random_range(0..SPREAD_NS) };
                    self.agenda.add(self.now_ns + wait_ns, Event::Due(user));
                }
            }
            Load::Rate { per_s, arrivals } => {
                self.users.shrink_to(0);
                let schedule = OpenSchedule::starting(per_s, arrivals, self.rng.random());
                self.open = Some(OpenLoop { schedule, began_ns: self.now_ns, next_ns: self.now_ns });
                self.schedule_next();
            }
        }
    }

    fn schedule_next(&mut self) {
        if let Some(open) = &mut self.open {
            open.next_ns = open.schedule.next().map_or(u64::MAX, |due| open.began_ns.saturating_add(nanoseconds(due)));
        }
    }

    /// Lets virtual time pass until `until_ns`, or until `enough` requests have ended in this step, whichever comes first.
    pub(super) fn advance(&mut self, until_ns: u64, enough: u64) {
        while self.tally.ended < enough {
            let event_ns = self.agenda.next_at().unwrap_or(u64::MAX);
            let due_ns = self.open.as_ref().map_or(u64::MAX, |open| open.next_ns);
            let deadline = self.requests.next_deadline();
            let deadline_ns = deadline.map_or(u64::MAX, |(at_ns, _)| at_ns);
            let next_ns = event_ns.min(due_ns).min(deadline_ns);
            if next_ns >= until_ns {
                self.now_ns = until_ns;
                return;
            }
            self.now_ns = next_ns;
            self.events += 1;
            if event_ns == next_ns {
                if let Some(event) = self.agenda.pop() {
                    self.happen(event);
                }
            } else if due_ns == next_ns {
                self.scheduled_send();
                self.schedule_next();
            } else if let Some((_, request)) = deadline {
                self.time_out(request);
            }
        }
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Due(user) if self.users.is_leaving(user) => self.users.depart(user),
            Event::Due(user) => self.due(Owner::User(user)),
            Event::Sent(request) => self.sent(request),
            Event::Served { request, stage } => {
                if self.requests.get(request).is_some() {
                    let passed = self.stations.served(request, stage, self.now_ns, &mut self.rng, &mut self.agenda);
                    if passed == Passed::Out {
                        self.answered(request);
                    }
                }
            }
            Event::TurnedAway { request, failure } => self.fail(request, failure),
            Event::Read(request) => self.read(request),
        }
    }
}
