//! Latency when unloaded and at the load line, side by side.

use crate::report::{
    paint::{Look, Tone},
    say::{answer::twice_as_slow, names::ms},
};
use plimsoll_core::finding::{Finding, LatencySummary};

/// The heading, unloaded, at the line, and where answers take twice as long. Empty when nothing is known of either.
pub fn table(finding: &Finding, look: &Look) -> String {
    let unknown = LatencySummary::default();
    if finding.unloaded == unknown && finding.at_line == unknown {
        return String::new();
    }
    let heading = format!("{:<14}{:>11}{:>11}{:>11}{:>11}", "Answers take", "mean", "median", "p95", "p99");
    let mut out = look.paint(Tone::Soft, &heading) + "\n";
    for (name, latency) in [("  alone", &finding.unloaded), ("  at the line", &finding.at_line)] {
        let [mean, p50, p95, p99] = [latency.mean_ms, latency.p50_ms, latency.p95_ms, latency.p99_ms].map(ms);
        out.push_str(&format!("{name:<14}{mean:>11}{p50:>11}{p95:>11}{p99:>11}\n"));
    }
    if let Some(said) = twice_as_slow(finding) {
        out.push_str(&format!("  {said}\n"));
    }
    out
}
