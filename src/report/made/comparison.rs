//! Comparisons made by hand for the golden tests.

use crate::report::made::find as made;
use plimsoll_core::{
    compare::system,
    finding::{Account, Budget, COMPARISON_SCHEMA, Cause, Comparison, Counted, Ending, Finding, Pair, PairWord, Peak, Warning},
};

fn event_loop() -> Finding {
    let mut finding = made::firm();
    finding.subject.target = "lab:async".to_owned();
    finding.load_line.value = Some(603.0);
    finding.load_line.low = Some(580.0);
    finding.load_line.high = Some(628.0);
    finding.peak = Some(Peak { users: 640.0, throughput_per_s: 11_900.0 });
    finding.ladder[1].users = Some(1_210.0);
    finding.cause = finding.cause.map(|cause| Cause { verdict: "all_cpu".to_owned(), ..cause });
    finding
}

fn pair(b: &str) -> Pair {
    Pair {
        a: "pool".to_owned(),
        b: b.to_owned(),
        counted: Counted::AtOneTime,
        capacity_ratio: Some(150.8),
        low: Some(144.0),
        high: Some(158.0),
        word: PairWord::Different,
        unloaded_latency_ratio: Some(1.002),
        unloaded_latency_low: Some(0.995),
        unloaded_latency_high: Some(1.009),
        unloaded_word: PairWord::NoDifference,
        rounds: 18,
        reasons: Vec::new(),
    }
}

/// Four workers against an event loop.
pub fn async_against_pool() -> Comparison {
    Comparison {
        schema: COMPARISON_SCHEMA.to_owned(),
        account: Account {
            command: "plimsoll compare lab:pool lab:async".to_owned(),
            started_at: "2026-11-20T10:00:00Z".to_owned(),
            version: "0.1.0".to_owned(),
            ending: Ending::Complete,
            took_s: 148.0,
            warnings: Vec::new(),
        },
        budget: Budget {
            cpus: Some(1.0),
            memory_bytes: Some(1 << 30),
            cores: vec![0],
            enforced_by: vec!["affinity".to_owned(), "cgroup v2".to_owned()],
        },
        systems: vec![system("pool".to_owned(), made::firm()), system("async".to_owned(), event_loop())],
        pairs: vec![pair("async")],
    }
}

/// Two that run already and differ by less than can be seen.
pub fn not_to_be_told() -> Comparison {
    let mut comparison = async_against_pool();
    comparison.budget = Budget::default();
    comparison.systems = vec![system("pool".to_owned(), made::slo()), system("new".to_owned(), made::unstable())];
    comparison.pairs = vec![Pair {
        capacity_ratio: Some(1.02),
        low: Some(0.94),
        high: Some(1.11),
        word: PairWord::CannotTell,
        unloaded_latency_ratio: None,
        reasons: vec!["new did not stay the same while it was searched".to_owned()],
        ..pair("new")
    }];
    comparison
}

/// More than one pair.
pub fn three_systems() -> Comparison {
    let mut comparison = async_against_pool();
    comparison.systems.push(system("a name that is longer than its column".to_owned(), made::crash_with_recovery()));
    comparison.pairs.push(Pair {
        capacity_ratio: Some(30.0),
        low: Some(29.0),
        high: Some(31.0),
        ..pair("a name that is longer than its column")
    });
    comparison
}

/// Ctrl-C in the second search.
pub fn interrupted() -> Comparison {
    let mut comparison = async_against_pool();
    comparison.account.ending = Ending::Interrupted;
    comparison.account.took_s = 51.0;
    comparison.systems[1] = system("async".to_owned(), made::interrupted());
    comparison.pairs.clear();
    comparison.account.warnings =
        vec![Warning { text: "The second search was interrupted.".to_owned(), remedy: "Compare again.".to_owned() }];
    comparison
}
