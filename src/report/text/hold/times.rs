//! Response and service times side by side, with a histogram of the response times beside them.

use super::{bars::Bars, seconds};
use crate::report::paint::{Look, Tone};
use plimsoll_core::{
    finding::{Hold, LatencyDetail},
    units::show_duration,
};

/// Columns of the table without the bars.
const TABLE: usize = 31;
const GAP: usize = 3;

/// The table and the bars, row by row; empty when no answer was good.
pub fn times(hold: &Hold, look: &Look) -> String {
    if hold.good == 0 {
        return String::new();
    }
    let (response, service) = (rows(&hold.latency), rows(&hold.service));
    let bars = Bars::of(&hold.histogram, response.len());
    let heading = format!("{:<9}{:>11}{:>11}{:GAP$}{}", "Answers", "response", "service", "", "response times up to");
    let mut out = look.paint(Tone::Soft, &heading) + "\n";
    for (place, ((name, response), (_, service))) in response.iter().zip(&service).enumerate() {
        let bar = bars.row(place, look, look.columns.saturating_sub(TABLE + GAP));
        let line = format!("  {name:<7}{:>11}{:>11}{:GAP$}{bar}", show(*response, name), show(*service, name), "");
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

fn rows(times: &LatencyDetail) -> [(&'static str, Option<f64>); 10] {
    [
        ("mean", times.mean_ms),
        ("min", times.min_ms),
        ("p50", times.p50_ms),
        ("p75", times.p75_ms),
        ("p90", times.p90_ms),
        ("p95", times.p95_ms),
        ("p99", times.p99_ms),
        ("p99.9", times.p999_ms),
        ("p99.99", times.p9999_ms),
        ("max", times.max_ms),
    ]
}

/// A percentile of which some answers were good is unknown only where it falls among the failed requests.
fn show(ms: Option<f64>, name: &str) -> String {
    let unknown = if name.starts_with('p') { "failed" } else { "not known" };
    ms.map_or_else(|| unknown.to_owned(), |ms| show_duration(seconds(ms / 1e3)))
}
