//! What one request costs its system, for comparing systems: CPU time and memory.

use super::{Evidence, headroom};
use crate::finding::Finding;

/// The price of a request, as far as the target's processes could be watched.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Costs {
    /// CPU time that one request takes where throughput is within a tenth of its peak.
    pub cpu_seconds_per_request: Option<f64>,
    /// Memory that one more request inside takes.
    pub memory_per_user_bytes: Option<f64>,
}

/// Reads the costs off a finding's watched steps.
pub fn costs(finding: &Finding) -> Costs {
    let Some(evidence) = Evidence::of(finding) else { return Costs::default() };
    // Each step counts by its answers, so that short ones do not add their noise.
    let telling = || headroom::telling(&evidence).filter_map(|row| Some((row.cpu_per_request_s()?, row.answers as f64)));
    let answers: f64 = telling().map(|(_, answers)| answers).sum();
    let cpu_s = telling().map(|(cost_s, answers)| cost_s * answers).sum::<f64>() / answers;
    Costs { cpu_seconds_per_request: (cpu_s > 0.0).then_some(cpu_s), memory_per_user_bytes: headroom::bytes_per_request(&evidence) }
}
