//! The life of one request: it falls due, is sent, is let in or turned away, ends, and its user goes on.

use super::{
    admission::{TURN_AWAY_NS, Verdict},
    events::Event,
    requests::{Owner, Request, RequestId},
    simulation::{Simulation, nanoseconds},
    users::UserId,
};
use crate::{
    outcome::{Failure, NotSent},
    step::FAILURE_PAUSE,
};
use rand::RngExt;
use rand_distr::{Distribution, Exp1};

/// Most requests that an open loop keeps in flight.
const MOST_IN_FLIGHT: u32 = 50_000;

impl Simulation {
    pub(super) fn scheduled_send(&mut self) {
        if self.open_in_flight >= MOST_IN_FLIGHT {
            self.tally.offered();
            self.tally.not_sent(NotSent::NoConnection);
            return;
        }
        self.open_in_flight += 1;
        self.due(Owner::Schedule);
    }

    /// A request falls due.
    pub(super) fn due(&mut self, owner: Owner) {
        self.tally.offered();
        let request = Request { owner, intended_ns: self.now_ns, sent_ns: self.now_ns, inside: false, hangs: false };
        let request = self.requests.open(request);
        match self.effort.do_half(self.now_ns) {
            None => self.sent(request),
            Some(at_ns) => self.agenda.add(at_ns, Event::Sent(request)),
        }
    }

    /// A request goes out and knocks at the target's door.
    pub(super) fn sent(&mut self, id: RequestId) {
        let Some(request) = self.requests.get(id) else { return };
        request.sent_ns = self.now_ns;
        let lag_ns = self.now_ns - request.intended_ns;
        let uncounted = matches!(request.owner, Owner::User(user) if self.users.is_leaving(user));
        self.effort.lagged(lag_ns);
        if !uncounted {
            self.tally.sent();
        }
        self.requests.expire_at(self.now_ns + nanoseconds(self.model.time_out), id);
        match self.door.decide(self.now_ns, self.stations.inside()) {
            Verdict::Enter => {
                if let Some(request) = self.requests.get(id) {
                    request.inside = true;
                }
                self.stations.enter(id, self.now_ns, &mut self.rng, &mut self.agenda);
            }
            Verdict::TurnedAway(failure) => {
                self.agenda.add(self.now_ns + TURN_AWAY_NS, Event::TurnedAway { request: id, failure });
            }
            Verdict::Ignored => {}
            Verdict::Hangs => {
                if let Some(request) = self.requests.get(id) {
                    request.hangs = true;
                }
            }
            Verdict::Crash => self.crash(id),
        }
    }

    /// The target dies: all that is inside, and the request that killed it, is reset.
    fn crash(&mut self, killer: RequestId) {
        self.stations.clear();
        let lost: Vec<RequestId> = self.requests.iter().filter(|(id, request)| request.inside || *id == killer).map(|(id, _)| id).collect();
        for id in lost {
            self.fail(id, Failure::Reset);
        }
    }

    /// An answer has reached the generator's machine.
    pub(super) fn answered(&mut self, id: RequestId) {
        if let Some(request) = self.requests.get(id) {
            request.inside = false;
            if request.owner == Owner::Nobody {
                self.requests.close(id);
                return;
            }
        }
        match self.effort.do_half(self.now_ns) {
            None => self.read(id),
            Some(at_ns) => self.agenda.add(at_ns, Event::Read(id)),
        }
    }

    /// The generator reads a good answer.
    pub(super) fn read(&mut self, id: RequestId) {
        let Some(request) = self.requests.close(id) else { return };
        let service_ns = self.now_ns - request.sent_ns;
        match request.owner {
            Owner::User(user) if self.users.is_leaving(user) => self.users.depart(user),
            Owner::User(user) => {
                self.tally.good(service_ns, service_ns);
                self.send_again(user, 0);
            }
            Owner::Schedule => {
                self.open_in_flight -= 1;
                self.tally.good(self.now_ns - request.intended_ns, service_ns);
            }
            Owner::Nobody => {}
        }
    }

    pub(super) fn fail(&mut self, id: RequestId, failure: Failure) {
        if let Some(request) = self.requests.close(id) {
            self.failed(request.owner, failure);
        }
    }

    pub(super) fn time_out(&mut self, id: RequestId) {
        let Some(request) = self.requests.get(id) else { return };
        let owner = std::mem::replace(&mut request.owner, Owner::Nobody);
        if request.hangs {
            self.door.given_up();
        }
        if !request.inside {
            self.requests.close(id);
        }
        self.failed(owner, Failure::TimedOut);
    }

    fn failed(&mut self, owner: Owner, failure: Failure) {
        match owner {
            Owner::User(user) if self.users.is_leaving(user) => self.users.depart(user),
            Owner::User(user) => {
                self.tally.failed(failure);
                let pause_ns = self.rng.random_range(nanoseconds(FAILURE_PAUSE.start)..nanoseconds(FAILURE_PAUSE.end));
                self.send_again(user, pause_ns);
            }
            Owner::Schedule => {
                self.open_in_flight -= 1;
                self.tally.failed(failure);
            }
            Owner::Nobody => {}
        }
    }

    /// How long a user thinks.
    pub(super) fn thinking_ns(&mut self) -> u64 {
        let unit: f64 = Exp1.sample(&mut self.rng);
        (unit * self.think_ns) as u64
    }

    /// A user pauses, thinks and sends again.
    fn send_again(&mut self, user: UserId, pause_ns: u64) {
        let think_ns = if self.think_ns > 0.0 { self.thinking_ns() } else { 0 };
        match pause_ns + think_ns {
            0 => self.due(Owner::User(user)),
            wait_ns => self.agenda.add(self.now_ns + wait_ns, Event::Due(user)),
        }
    }
}
