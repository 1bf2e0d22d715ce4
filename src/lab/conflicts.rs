//! Values that contradict each other, or that would do nothing: refused, because a fault that never shows would make a test pass in vain.

use super::{LabSpec, spec::Model};
use std::time::Duration;

/// The least CPU time that an event loop can be held to: its own handling takes a part of it.
const LEAST_LOOP_CPU: Duration = Duration::from_micros(200);

/// Checks a specification in which the parameters `given` (name and value) were written out; names the one to change and why.
pub(super) fn check(spec: &LabSpec, given: &[(&str, &str)]) -> Result<(), (&'static str, String)> {
    let is_given = |name| given.iter().any(|(known, _)| *known == name);
    let model = spec.model.name();
    if is_given("workers") && !matches!(spec.model, Model::Pool | Model::Processes) {
        return Err(("workers", format!("means nothing to {model}; leave it out, or choose pool or processes")));
    }
    if is_given("cv") && !given.contains(&("dist", "lognormal")) {
        return Err(("cv", "shapes a lognormal wait only; add dist=lognormal or leave it out".to_owned()));
    }
    if is_given("restart") && spec.faults.crash_above.is_none() {
        return Err(("restart", "has no crash to follow; add crash_above= or leave it out".to_owned()));
    }
    if is_given("lock_kind") && spec.model != Model::Threads {
        let why = format!("is a lock in memory, which {model} does not have; leave it out, or choose threads");
        return Err(("lock_kind", why));
    }
    if is_given("lock_kind") && spec.lock.is_zero() {
        return Err(("lock_kind", "has no lock to tell of; add lock= or leave it out".to_owned()));
    }
    if spec.model.is_event_loop() && !spec.cpu.is_zero() && spec.cpu < LEAST_LOOP_CPU {
        return Err((
            "cpu",
            "is less than an event loop needs for its own handling; write at least 200us, or 0 for as little as it takes".into(),
        ));
    }
    if spec.model == Model::AsyncBlocking && (spec.slots.is_some() || !spec.lock.is_zero()) {
        let name = if spec.slots.is_some() { "slots" } else { "lock" };
        return Err((name, "is never contended where one request runs at a time; leave it out, or choose async".to_owned()));
    }
    check_one_process(spec, model)?;
    check_in_flight(spec, model)?;
    check_answers(spec, is_given("body"))
}

fn check_one_process(spec: &LabSpec, model: &str) -> Result<(), (&'static str, String)> {
    if spec.model != Model::Processes {
        return Ok(());
    }
    let faults = &spec.faults;
    let counted = [
        ("refuse_above", faults.refuse_above.is_some()),
        ("crash_above", faults.crash_above.is_some()),
        ("hang_above", faults.hang_above.is_some()),
        ("limit_rate", faults.limit_rate.is_some()),
        ("die_after", faults.die_after.is_some()),
    ];
    match counted.into_iter().find(|(_, asked)| *asked) {
        Some((name, _)) => Err((name, format!("is counted inside one process, and {model} has several; choose pool or threads"))),
        None => Ok(()),
    }
}

fn check_in_flight(spec: &LabSpec, model: &str) -> Result<(), (&'static str, String)> {
    let Some(most) = spec.most_in_flight() else { return Ok(()) };
    let faults = &spec.faults;
    let bounds = [("refuse_above", faults.refuse_above), ("crash_above", faults.crash_above), ("hang_above", faults.hang_above)];
    for (name, bound) in bounds {
        if bound.is_some_and(|bound| bound >= most) {
            let why = format!("can never happen: {model} takes at most {most} at one time; choose a smaller number, or threads or async");
            return Err((name, why));
        }
    }
    Ok(())
}

fn check_answers(spec: &LabSpec, body_given: bool) -> Result<(), (&'static str, String)> {
    let faults = &spec.faults;
    if faults.garbage && (faults.status.is_some() || faults.huge.is_some() || body_given) {
        return Err(("speak", "leaves no room for status=, huge= or body=; leave those out".to_owned()));
    }
    if faults.huge.is_some() && body_given {
        return Err(("huge", "is itself the size of the body; leave body= out".to_owned()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_do_nothing_is_refused() {
        for (text, name, remedy) in [
            ("threads?workers=4", "workers", "choose pool or processes"),
            ("pool?cv=2&dist=exp", "cv", "dist=lognormal"),
            ("pool?dist=exp&cv=2", "cv", "dist=lognormal"),
            ("pool?cv=2", "cv", "dist=lognormal"),
            ("pool?restart=1s", "restart", "crash_above="),
            ("async?cpu=50us", "cpu", "200us"),
            ("pool?lock=2ms&lock_kind=spin", "lock_kind", "choose threads"),
            ("processes?lock=2ms&lock_kind=mutex", "lock_kind", "choose threads"),
            ("threads?lock_kind=herd", "lock_kind", "add lock="),
            ("threads?lock=0&lock_kind=herd", "lock_kind", "add lock="),
            ("async-blocking?slots=2", "slots", "choose async"),
            ("async-blocking?lock=2ms", "lock", "choose async"),
            ("processes?limit_rate=5", "limit_rate", "choose pool or threads"),
            ("processes?die_after=5", "die_after", "choose pool or threads"),
            ("pool?refuse_above=4", "refuse_above", "at most 4"),
            ("single?crash_above=1", "crash_above", "at most 1"),
            ("async-blocking?hang_above=9", "hang_above", "at most 1"),
            ("threads?speak=garbage&status=500", "speak", "leave those out"),
            ("threads?huge=1GiB&body=5", "huge", "leave body= out"),
        ] {
            let error = text.parse::<LabSpec>().unwrap_err().to_string();
            assert!(error.starts_with(name), "{text}: {error}");
            assert!(error.contains(remedy), "{text}: {error}");
        }
        for text in [
            "threads?lock_kind=mutex&lock=1ms",
            "pool?refuse_above=3",
            "threads?crash_above=120&restart=2s",
            "async?cpu=0",
            "single?body=0",
        ] {
            assert!(text.parse::<LabSpec>().is_ok(), "{text}");
        }
    }
}
