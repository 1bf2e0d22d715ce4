//! What else is true of a reference server: what its faults change, and what can't be known of it.

use super::Truth;
use crate::lab::{
    LEAK_CEILING, LabSpec,
    spec::{LockKind, Spread},
};
use plimsoll_core::units::{show_duration, show_number};

/// Takes back what a server that gives no good answers can't have. Says whether it did.
pub fn withdraw(spec: &LabSpec, truth: &mut Truth) -> bool {
    let faults = &spec.faults;
    let why = if faults.garbage {
        "speaks no HTTP: there is no load that it carries".to_owned()
    } else if let Some(status) = faults.status.filter(|status| *status >= 400) {
        format!("always answers {status}: there is no load that it carries")
    } else if faults.huge.is_some() {
        "streams a huge body: what that costs is not known in closed form".to_owned()
    } else {
        return false;
    };
    (truth.rate_per_s, truth.knee_users, truth.error_line_users, truth.load_line_users) = (None, None, None, None);
    truth.formula = why;
    true
}

/// Adds what its faults and limits make of the server.
pub fn note(spec: &LabSpec, truth: &mut Truth) {
    note_handling(spec, truth);
    note_waiting(spec, truth);
    note_faults(spec, truth);
    note_changes(spec, truth);
    if spec.leak > 0 {
        truth.notes.push(format!("keeps {} bytes a request and ends, as if out of memory, at {LEAK_CEILING} bytes", spec.leak));
    }
    if let Some(fds) = spec.fds {
        truth.notes.push(format!("holds at most {fds} file descriptors: connections beyond that are not accepted and time out"));
    }
    if spec.backlog < LabSpec::of(spec.model).backlog {
        let held = spec.most_in_flight().map_or("what it accepts".to_owned(), |n| format!("the {n} it serves"));
        let text = format!("beyond {held} and {} in the listen queue, connections are retried after 1 s, 3 s, ...", spec.backlog + 1);
        truth.notes.push(text);
    }
    if let Spread::Lognormal { .. } | Spread::Exponential = spec.spread {
        truth.notes.push("the mean sets the knee; lines for percentiles are not known in this form".to_owned());
    }
}

fn note_handling(spec: &LabSpec, truth: &mut Truth) {
    let is_declared = !spec.cpu.is_zero() || !spec.lock.is_zero() || spec.slots.is_some() || spec.most_in_flight().is_some();
    match truth.rate_per_s {
        None => truth.notes.push("its own handling costs CPU time that was not declared, so the highest rate is not known".to_owned()),
        Some(rate) if !is_declared => {
            truth.notes.push(format!("as long as its own handling, whose CPU time is not declared, carries {}/s", show_number(rate)));
        }
        Some(_) => {}
    }
}

/// What those who wait for the lock do to the one that holds it.
fn note_waiting(spec: &LabSpec, truth: &mut Truth) {
    let costs = match spec.lock_kind {
        LockKind::Mutex => return,
        LockKind::Herd => "each release wakes all who wait for the lock, and that",
        LockKind::Spin => "who waits for the lock spins, and that",
    };
    let text = format!("{costs} comes on top: the highest rate is an upper bound, and falls with the number at one time");
    truth.notes.push(text);
}

fn note_faults(spec: &LabSpec, truth: &mut Truth) {
    let faults = &spec.faults;
    if let Some(limit) = faults.limit_rate {
        truth.notes.push(match truth.rate_per_s {
            Some(rate) if rate < limit => format!("the limit of {}/s is above what it can carry and is never met", show_number(limit)),
            _ => "beyond it status 429: a rate limit, not slowness".to_owned(),
        });
    }
    if let Some(n) = faults.crash_above {
        let after = faults.restart.map_or("and stays away".to_owned(), |away| format!("and is back after {}", show_duration(away)));
        truth.notes.push(format!("with more than {n} in flight it crashes {after}"));
    }
    if spec.model.is_event_loop() && truth.error_line_users.is_none() && faults.counts_in_flight() {
        let text = "beyond the knee requests wait unread for the loop and are not in flight, so where errors begin is not known";
        truth.notes.push(text.to_owned());
    }
    if let Some(n) = faults.die_after {
        truth.notes.push(format!("ends for good after {n} requests"));
    }
    if let Some(at) = faults.die_at {
        truth.notes.push(format!("ends for good {} after its first request", show_duration(at)));
    }
}

fn note_changes(spec: &LabSpec, truth: &mut Truth) {
    if let Some(step) = spec.faults.step {
        let mut later = spec.clone();
        later.faults.step = None;
        (later.wait, later.cpu) = (spec.wait.mul_f64(step.factor), spec.cpu.mul_f64(step.factor));
        let rate = later.truth(truth.cores).rate_per_s.map_or(String::new(), |rate| format!(" ({}/s from then on)", show_number(rate)));
        truth.notes.push(format!(
            "wait and CPU time are multiplied by {} from {} after the first request{rate}: the honest word is unstable",
            step.factor,
            show_duration(step.after)
        ));
    }
    if let Some(pause) = spec.faults.pause {
        truth.rate_per_s = None;
        truth.notes.push(format!(
            "everything stalls for {} every {}: the same knee, a longer tail, and a rate lower by up to that share",
            show_duration(pause.length),
            show_duration(pause.every)
        ));
    }
}
