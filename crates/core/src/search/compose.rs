//! The finding: everything the search learnt, in the words of the contract.

use super::{facts::Facts, generator, knee::Knee, ladder, refine_knee, verdict};
use crate::{
    finding::{
        Also, Axis, Cause, Ending, FINDING_SCHEMA, Finding, Fitted, GeneratorSummary, LatencySummary, LoadLine, OneMore, Peak, Recovery,
        Slots, StepRecord, Subject, UsersWithThink, Warning, Word,
    },
    outcome::{Failure, NotSentCounts},
    stat::{Latencies, Resolution},
    step::Purpose,
    units::{show_number, show_share},
};

/// The pause for which users with think time are quoted when the goal has none, in seconds.
const QUOTED_THINK_S: f64 = 10.0;
/// Steps this close to the line (in ln load) show the latency there.
const NEAR_LINE: f64 = 0.06;

pub(crate) fn finding(facts: &Facts, subject: Subject, ending: Ending) -> Finding {
    let load_line = verdict::load_line(facts);
    let ladder = ladder::ladder(facts);
    let recovery = facts.recovery.clone().unwrap_or(Recovery { recovered: None, after_s: None });
    let knee = facts.knee().filter(|knee| facts.goal.axis == Axis::Users && facts.is_saturated(knee));
    Finding {
        schema: FINDING_SCHEMA.to_owned(),
        subject,
        criteria: facts.criteria.clone(),
        ending,
        took_s: facts.elapsed_s(),
        also: also(facts, &load_line),
        unloaded: unloaded(facts),
        at_line: load_line.value.map(|value| at(facts, value)).unwrap_or_default(),
        twice_as_slow_at: twice_as_slow(facts),
        peak: peak(facts),
        knee: knee.map(|knee| Fitted { users: knee.estimate.value, low: knee.estimate.low, high: knee.estimate.high }),
        slots: knee.filter(|_| facts.goal.think.is_zero()).map(|knee| Slots {
            value: knee.estimate.value,
            low: knee.estimate.low,
            high: knee.estimate.high,
        }),
        one_more: one_more(facts, &load_line),
        cause: cause(facts, &load_line),
        headroom: None,
        generator: generator(facts, &load_line),
        gates: Vec::new(),
        warnings: warnings(facts, &load_line, &recovery),
        ladder,
        recovery,
        load_line,
        steps: facts.records.clone(),
    }
}

fn size(record: &StepRecord, axis: Axis) -> Option<f64> {
    match axis {
        Axis::Users => record.users.map(f64::from),
        Axis::Rate => record.rate,
    }
}

fn steady(facts: &Facts) -> impl Iterator<Item = (f64, &StepRecord)> {
    facts
        .records
        .iter()
        .filter(|record| matches!(record.purpose, Purpose::Ramp | Purpose::Refine | Purpose::Hold | Purpose::Recheck))
        .filter_map(|record| size(record, facts.goal.axis).map(|load| (load, record)))
}

/// All steps of one load, as if they were one.
fn merged<'a>(records: impl Iterator<Item = &'a StepRecord>) -> LatencySummary {
    let mut all = Latencies::with_resolution(Resolution::Fine);
    let (mut failed, mut sum_ms, mut good) = (0, 0.0, 0.0);
    for record in records {
        all.merge(&record.histogram);
        failed += record.errors.total();
        if let Some(mean) = record.latency.mean_ms {
            sum_ms += mean * record.good as f64;
            good += record.good as f64;
        }
    }
    LatencySummary::of(&all, failed, (good > 0.0).then(|| sum_ms / good / 1e3))
}

fn unloaded(facts: &Facts) -> LatencySummary {
    if facts.goal.axis == Axis::Rate {
        return merged(facts.records.iter().filter(|record| record.users.is_some()));
    }
    let Some(least) = steady(facts).filter(|(_, record)| record.good > 0).map(|(load, _)| load).reduce(f64::min) else {
        return LatencySummary::default();
    };
    merged(steady(facts).filter(|&(load, _)| load == least).map(|(_, record)| record))
}

fn at(facts: &Facts, value: f64) -> LatencySummary {
    let near = steady(facts)
        .map(|(load, _)| load)
        .filter(|load| (load / value).ln().abs() <= NEAR_LINE)
        .min_by(|a, b| (a - value).abs().total_cmp(&(b - value).abs()));
    near.map_or_else(LatencySummary::default, |near| merged(steady(facts).filter(|&(load, _)| load == near).map(|(_, record)| record)))
}

/// The load where the median is twice the unloaded one, between the steps where it passes that.
fn twice_as_slow(facts: &Facts) -> Option<f64> {
    let target = 2.0 * unloaded(facts).p50_ms?;
    let mut medians: Vec<(f64, f64)> =
        steady(facts).filter_map(|(load, record)| record.latency.p50_ms.map(|median| (load, median))).collect();
    medians.sort_by(|a, b| a.0.total_cmp(&b.0));
    let above = medians.iter().position(|&(_, median)| median >= target)?;
    let (high, high_ms) = medians[above];
    let Some(&(low, low_ms)) = above.checked_sub(1).and_then(|index| medians.get(index)) else { return Some(high) };
    let share = ((target / low_ms).ln() / (high_ms / low_ms).ln()).clamp(0.0, 1.0);
    Some(low * (high / low).powf(share))
}

/// The highest rate that any steady step sustained.
fn peak(facts: &Facts) -> Option<Peak> {
    steady(facts)
        .filter_map(|(load, record)| record.good_per_s.map(|rate| Peak { users: load, throughput_per_s: rate }))
        .max_by(|a, b| a.throughput_per_s.total_cmp(&b.throughput_per_s))
}

fn also(facts: &Facts, line: &LoadLine) -> Also {
    let Some(value) = line.value else { return Also::default() };
    let Some(mean_s) = at(facts, value).mean_ms.map(|ms| ms / 1e3).or_else(|| knee_at(facts, value)) else { return Also::default() };
    let goal_think_s = facts.goal.think.as_secs_f64();
    let rate = match facts.goal.axis {
        Axis::Users => value / (mean_s + goal_think_s),
        Axis::Rate => value,
    };
    let think_s = if goal_think_s > 0.0 { goal_think_s } else { QUOTED_THINK_S };
    Also {
        users_at_once: Some(rate * mean_s),
        rate_per_s: Some(rate),
        users_with_think: Some(UsersWithThink { think_s, users: rate * (mean_s + think_s) }),
    }
}

/// The response time that the fitted curve gives at a load which was not measured.
fn knee_at(facts: &Facts, value: f64) -> Option<f64> {
    let knee: &Knee = facts.knee().filter(|_| facts.goal.axis == Axis::Users)?;
    Some(knee.response_s(value) - facts.goal.think.as_secs_f64())
}

/// What one user more brings, where both whole numbers were measured.
fn one_more(facts: &Facts, line: &LoadLine) -> Option<OneMore> {
    let value = line.value.filter(|&value| facts.goal.axis == Axis::Users && value <= refine_knee::SMALL)?;
    let rate = |users: f64| {
        let visits = || facts.observations.iter().filter(|one| one.is_on_curve() && one.load == users);
        let seconds: f64 = visits().map(|one| one.measured_s).sum();
        (seconds > 0.0).then(|| visits().map(|one| one.good_per_s * one.measured_s).sum::<f64>() / seconds)
    };
    Some(OneMore { users: value as u32, rate_per_s: rate(value)?, rate_with_one_more_per_s: rate(value + 1.0)? })
}

/// What load and answers alone say about the cause: a limiter names itself, and a weak generator is none of the target's doing.
fn cause(facts: &Facts, line: &LoadLine) -> Option<Cause> {
    let cause = |verdict: &str, confidence: &str, evidence: Vec<String>| {
        Some(Cause { verdict: verdict.to_owned(), confidence: confidence.to_owned(), evidence, others: Vec::new(), next: Vec::new() })
    };
    if let Some(limit) = generator::limit(facts) {
        return cause("generator", "high", vec![limit.clone()]);
    }
    let value = line.value?;
    let limited = facts.observations.iter().find(|one| {
        let refused = one.failed.get(Failure::TooManyRequests);
        one.on_axis && one.load > value && refused >= 3 && refused as f64 > 0.01 * one.ended as f64
    });
    if let Some(one) = limited
        && line.binding.starts_with("errors")
    {
        let share = one.failed.get(Failure::TooManyRequests) as f64 / one.ended as f64;
        let seen = format!(
            "at {} it answered {} of the requests with 429, too many requests, and let {} a second through",
            facts.show_load(one.load),
            show_share(share),
            show_number(one.good_per_s)
        );
        return cause("rate_limit", "high", vec![seen]);
    }
    None
}

fn generator(facts: &Facts, line: &LoadLine) -> GeneratorSummary {
    let within = |load: f64| line.value.is_none_or(|value| load <= 1.05 * value);
    let steps: Vec<(&super::observation::Observation, &StepRecord)> =
        facts.observations.iter().zip(&facts.records).filter(|(one, _)| one.on_axis && within(one.load)).collect();
    let most = |values: &mut dyn Iterator<Item = f64>| values.reduce(f64::max);
    let mut not_sent = NotSentCounts::default();
    for record in &facts.records {
        not_sent.merge(&record.not_sent);
    }
    let mut findings: Vec<String> = Vec::new();
    for (one, _) in facts.observations.iter().zip(&facts.records).filter(|(one, _)| !one.health.faults.is_empty()) {
        findings.extend(one.health.faults.iter().map(|fault| format!("at {}: {fault}", facts.show_load(one.load))));
    }
    GeneratorSummary {
        limited: generator::limit(facts).is_some(),
        cpu_share: most(&mut steps.iter().filter_map(|(_, record)| record.generator.cpu_share)),
        send_lag_p99_us: most(&mut steps.iter().filter_map(|(_, record)| record.generator.send_lag_p99_us)),
        // The longest step tells it best: in a short one the requests cut by its borders weigh as much as the gap.
        gap_share: steps.iter().max_by_key(|(one, _)| one.ended).and_then(|(one, _)| one.health.gap_share),
        steal_share: most(&mut steps.iter().filter_map(|(_, record)| record.generator.steal_share)),
        not_sent,
        findings,
    }
}

fn warnings(facts: &Facts, line: &LoadLine, recovery: &Recovery) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut warn = |text: String, remedy: &str| warnings.push(Warning { text, remedy: remedy.to_owned() });
    if generator::limit(facts).is_some() {
        warn(
            "The generator, not the target, was the limit.".to_owned(),
            "Give the generator a core of its own (--threads, --cpus), or send from another machine.",
        );
    } else if facts.observations.iter().any(|one| !one.health.faults.is_empty()) {
        warn(
            "The generator was disturbed during some steps; they were made again.".to_owned(),
            "Stop other programs on this machine, or give the generator a core of its own.",
        );
    }
    if line.word == Word::Unstable {
        let never_pause = facts.goal.axis == Axis::Users && facts.goal.think.is_zero();
        let in_step = " With --think 100ms users can't fall into step, as they may where all requests take as long.";
        warn(
            "The target did not behave the same throughout.".to_owned(),
            &format!(
                "Run it again with a longer --time, and look for pauses, caches and other programs on the target's machine.{}",
                if never_pause { in_step } else { "" }
            ),
        );
    }
    if recovery.recovered == Some(false) {
        let after = facts.stuck_after.map_or_else(String::new, |load| format!(" after {}", facts.show_load(load)));
        warn(
            format!("The target did not become healthy again{after}."),
            "Restart it before you measure again, and look for queues without a bound or a supervisor that does not restart it.",
        );
    }
    if line.word == Word::AtLeast {
        let flag = if facts.goal.axis == Axis::Users {
            "Raise --max-users, or give it more --time."
        } else {
            "Raise --max-rate, or give it more --time."
        };
        warn("Nothing failed as far as the search went.".to_owned(), flag);
    }
    let slow = facts.has_latency_objective() && line.word == Word::Rough && facts.observations.iter().all(|one| one.good_per_s < 500.0);
    if slow && facts.criteria.iter().any(|one| matches!(one, crate::criterion::Criterion::Latency { quantile, .. } if *quantile > 0.98)) {
        warn(
            "So few requests a second hold few slow ones: a p99 is known only roughly.".to_owned(),
            "State the objective as a p95, or give it more --time.",
        );
    }
    warnings
}
