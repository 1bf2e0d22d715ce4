//! From the result of a step to the document of a hold.

use super::{Files, HOLD_SCHEMA, Hold, HoldGenerator, Judged, LatencyDetail, PhaseTimes};
use crate::{
    criterion::Criterion,
    evidence::{Assessment, Verdict, Waiting, assess, evidence_of_each, verdict_of},
    finding::{Ending, GeneratorSummary, Subject, Warning},
    step::{Load, Signals, StepEnd, StepResult},
    units::{show_count, show_duration},
};
use std::time::Duration;

/// Users start spread over a tenth of a second, so a rate over less than ten times that is mostly a start.
const SHORT: Duration = Duration::from_secs(1);

/// What the result of a hold's step does not know by itself.
#[derive(Clone, Debug)]
pub struct Circumstances<'a> {
    /// What was measured.
    pub subject: Subject,
    /// The objectives; the plan's limits are theirs.
    pub criteria: &'a [Criterion],
    /// The most connections that the load may use; `None` for as many as it takes.
    pub connections: Option<u32>,
    /// The most requests at one time on one connection, where the protocol allows more than one.
    pub streams: Option<u32>,
    /// How long the target's name took to resolve, where one was resolved.
    pub resolved: Option<Duration>,
    /// How the generator waited for sends.
    pub waiting: Waiting,
    /// The generator's file descriptors; `None` when they are not known.
    pub files: Option<Files>,
}

impl Hold {
    /// Puts the document together. What was the matter with a target that gave no good answer is left open.
    pub fn of(step: &StepResult, circumstances: Circumstances<'_>) -> Self {
        let Circumstances { subject, criteria, connections, streams, resolved, waiting, files } = circumstances;
        let errors = step.failed();
        let failed = errors.total();
        let assessment = assess(step, waiting);
        let judged = judged(step, criteria, !assessment.faults.is_empty());
        let seconds = step.measured().as_secs_f64();
        let per_s = |n: u64| (seconds > 0.0).then(|| n as f64 / seconds);
        let (users, think_s, rate, arrivals) = match step.plan.load {
            Load::Users { users, think } => (Some(users), Some(think.as_secs_f64()).filter(|&s| s > 0.0), None, None),
            Load::Rate { per_s, arrivals } => (None, None, Some(per_s), Some(arrivals)),
        };
        Self {
            schema: HOLD_SCHEMA.to_owned(),
            subject,
            ending: if step.end == StepEnd::Interrupted { Ending::Interrupted } else { Ending::Complete },
            took_s: (step.settled + step.measured()).as_secs_f64(),
            users,
            think_s,
            rate,
            arrivals,
            connections,
            streams,
            requests: step.plan.requests,
            settled_s: step.settled.as_secs_f64(),
            duration_s: seconds,
            end: step.end,
            offered: step.offered(),
            sent: step.sent(),
            answered: step.answered(),
            good: step.good(),
            offered_per_s: per_s(step.offered()),
            sent_per_s: per_s(step.sent()),
            answered_per_s: per_s(step.answered()),
            good_per_s: step.good_per_s(),
            success_share: step.error_share().map(|share| 1.0 - share),
            errors,
            not_sent: step.not_sent(),
            statuses: step.statuses.clone(),
            bytes: step.traffic.into(),
            latency: LatencyDetail::of(&step.response, failed, step.mean_response_s()),
            service: LatencyDetail::of(&step.service, failed, None),
            phases: step.phases.as_ref().map(|phases| PhaseTimes::of(phases, resolved)),
            in_flight: step.pending.count(),
            broken: None,
            warnings: warnings(step, connections, &judged, &assessment),
            criteria: judged,
            generator: generator(step, assessment, waiting, files),
            signals: Some(&step.signals).filter(|signals| **signals != Signals::default()).cloned(),
            histogram: step.response.clone(),
            service_histogram: step.service.clone(),
        }
    }

    /// Whether no request was answered well although some were due: neither measured nor while the target settled.
    pub fn is_without_answer(step: &StepResult) -> bool {
        let was_tried = step.sent() + step.settle_failed.total() + step.pending.count() > 0;
        was_tried && step.good() + step.settle_good == 0
    }
}

/// Each objective with its verdict. While the generator may be the limit, none is given.
fn judged(step: &StepResult, criteria: &[Criterion], is_limited: bool) -> Vec<Judged> {
    let judge = |(criterion, evidence): (&Criterion, _)| {
        let (allowed_share, seen) = match *criterion {
            Criterion::Errors { share } => (share, None),
            // 1 - 0.99 is a little more than 0.01.
            Criterion::Latency { quantile, .. } => (((1.0 - quantile) * 1e9).round() * 1e-9, step.quantile(quantile)),
        };
        Judged {
            objective: *criterion,
            verdict: if is_limited { Verdict::Unsure } else { verdict_of(step, criterion, &evidence) },
            seen_ms: seen.map(|seen| seen.as_secs_f64() * 1e3),
            bad_share: (evidence.n_eff > 0.0).then_some(evidence.share),
            allowed_share,
            z: evidence.z,
        }
    };
    criteria.iter().zip(evidence_of_each(step, criteria)).map(judge).collect()
}

fn generator(step: &StepResult, assessment: Assessment, waiting: Waiting, files: Option<Files>) -> HoldGenerator {
    let health = &step.generator;
    HoldGenerator {
        summary: GeneratorSummary {
            limited: !assessment.faults.is_empty(),
            cpu_share: health.cpu_share,
            send_lag_p99_us: health.send_lag_p99_us,
            gap_share: assessment.gap_share,
            steal_share: health.steal_share,
            not_sent: step.not_sent(),
            findings: assessment.faults,
        },
        send_lag_p50_us: health.send_lag_p50_us,
        spins: waiting == Waiting::Awake,
        run_wait_share: health.run_wait_share,
        throttled_share: health.throttled_share,
        core_taken_share: health.core_taken_share,
        files,
    }
}

fn warnings(step: &StepResult, connections: Option<u32>, judged: &[Judged], assessment: &Assessment) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut warn = |text: String, remedy: &str| warnings.push(Warning { text, remedy: remedy.to_owned() });
    if !assessment.faults.is_empty() {
        warn(
            "The generator was the limit, or may have been: the figures are not the target's alone.".to_owned(),
            "Less load, more --threads, other programs stopped, or send from another machine.",
        );
    } else if judged.iter().any(|one| one.verdict == Verdict::Unsure) {
        warn("So few requests, or so near the limit, do not decide every objective.".to_owned(), "A longer -z, or more requests with -n.");
    }
    if step.signals.target_alive == Some(false) {
        warn(
            "The process of the target ended while it was measured.".to_owned(),
            "Start it by hand to see what it says, or put on less load.",
        );
    }
    if let Some(requests) = step.plan.requests {
        let at_one_time = match step.plan.load {
            Load::Users { users, .. } => u64::from(users),
            Load::Rate { .. } => 0,
        };
        if requests < at_one_time {
            let idle = at_one_time - requests;
            warn(
                format!("{} requests are fewer than {} users: {} users had nothing to send.", show_count(requests), at_one_time, idle),
                "A larger -n, or a smaller -c.",
            );
        }
        if step.end == StepEnd::Full && step.offered() < requests {
            warn(
                format!("The time ended before all was sent: {} of {} requests.", show_count(step.offered()), show_count(requests)),
                "A longer -z, or fewer requests with -n.",
            );
        }
        if step.end == StepEnd::Full && step.measured() < SHORT {
            warn(
                format!("{} are short, and users start spread over 100 ms: the rates tell little.", show_duration(step.measured())),
                "More requests with -n, or -z 10s.",
            );
        }
    }
    let waited = step.not_sent().get(crate::outcome::NotSent::NoConnection);
    if let Some(connections) = connections.filter(|_| waited > 0) {
        warn(
            format!("{} requests waited in vain for one of {} connections.", show_count(waited), show_count(u64::from(connections))),
            "A larger -c, or none for as many connections as it takes.",
        );
    }
    warnings
}
