//! What a step gave: batches, latencies, the generator's and the target's state.

use super::{StepPlan, signals::Signals};
use crate::{
    outcome::{FailureCounts, NotSentCounts},
    stat::{Latencies, Resolution},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, time::Duration};

/// What happened in one batch, of all shards together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Batch {
    /// How long the batch was.
    pub duration: Duration,
    /// Requests that fell due.
    pub offered: u64,
    /// Requests whose first byte was handed to the kernel, or whose connection attempt failed.
    pub sent: u64,
    /// Good answers.
    pub good: u64,
    /// Requests that ended badly, by kind. Good and failed requests are counted in the batch in which they ended.
    pub failed: FailureCounts,
    /// Requests that fell due but were not sent, by reason.
    pub not_sent: NotSentCounts,
    /// For each of the plan's limits: good answers whose response time was over it.
    pub late: Vec<u64>,
    /// Sum of the response times of good answers, in nanoseconds.
    pub response_sum_ns: u64,
    /// Response times of good answers (from the intended send).
    pub response: Latencies,
}

impl Batch {
    /// An empty batch for a plan with this many limits.
    pub fn empty(limits: usize) -> Self {
        Self {
            duration: Duration::ZERO,
            offered: 0,
            sent: 0,
            good: 0,
            failed: FailureCounts::default(),
            not_sent: NotSentCounts::default(),
            late: vec![0; limits],
            response_sum_ns: 0,
            response: Latencies::with_resolution(Resolution::Coarse),
        }
    }

    /// Adds the same batch of another shard: counts add up, the time is the same.
    pub fn merge(&mut self, other: &Self) {
        self.duration = self.duration.max(other.duration);
        self.offered += other.offered;
        self.sent += other.sent;
        self.good += other.good;
        self.failed.merge(&other.failed);
        self.not_sent.merge(&other.not_sent);
        for (mine, theirs) in self.late.iter_mut().zip(&other.late) {
            *mine += theirs;
        }
        self.response_sum_ns += other.response_sum_ns;
        self.response.merge(&other.response);
    }

    /// Requests that ended, well or badly.
    pub fn ended(&self) -> u64 {
        self.good + self.failed.total()
    }
}

/// How a step came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepEnd {
    /// It ran for its whole time.
    Full,
    /// Enough was known before.
    Enough,
    /// The user, or a signal, ended it.
    Interrupted,
}

/// The generator's view of itself during a step. `None` is "not known", never zero.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GeneratorHealth {
    /// Busiest generator thread, as a share of one core by its thread CPU clock.
    pub cpu_share: Option<f64>,
    /// Delay between the intended and the actual send: median, in microseconds.
    pub send_lag_p50_us: Option<f64>,
    /// Delay between the intended and the actual send: 99th percentile, in microseconds.
    pub send_lag_p99_us: Option<f64>,
    /// Share of the machine's CPU time that the hypervisor took away.
    pub steal_share: Option<f64>,
    /// Run-queue wait of the busiest-waiting generator thread, as a share of the step (another program, or a quota, on its core).
    pub run_wait_share: Option<f64>,
    /// Share of the step for which a cgroup quota held the generator back.
    pub throttled_share: Option<f64>,
    /// Share of its core that other programs used; of the worst core, where each generator thread has a single core to run on.
    pub core_taken_share: Option<f64>,
}

/// Bytes over the wire, as the generator's connections saw them: TLS and HTTP/2 framing included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Traffic {
    /// Bytes handed to the kernel.
    pub sent_bytes: u64,
    /// Bytes read from it.
    pub received_bytes: u64,
}

impl Traffic {
    /// Adds another count to this one.
    pub fn merge(&mut self, other: Self) {
        self.sent_bytes += other.sent_bytes;
        self.received_bytes += other.received_bytes;
    }
}

/// Where the time of connections and of good answers went (coarse histograms). `connect` and `tls` hold one value for each connection that
/// was opened since the load was changed, settling included, the others one for each good answer that was measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Phases {
    /// From the connection attempt until the kernel says that the connection stands.
    pub connect: Latencies,
    /// From there until the TLS session stands.
    pub tls: Latencies,
    /// From the actual send to the first byte of the answer.
    pub first_byte: Latencies,
    /// From there to the last byte. An answer that came whole in one read took no time.
    pub body: Latencies,
}

impl Default for Phases {
    fn default() -> Self {
        let empty = || Latencies::with_resolution(Resolution::Coarse);
        Self { connect: empty(), tls: empty(), first_byte: empty(), body: empty() }
    }
}

impl Phases {
    /// Adds what another set of histograms holds.
    pub fn merge(&mut self, other: &Self) {
        self.connect.merge(&other.connect);
        self.tls.merge(&other.tls);
        self.first_byte.merge(&other.first_byte);
        self.body.merge(&other.body);
    }
}

/// Who waits for longer than this quantile of the response times may starve: [`StepResult::starving`] says how many do so anyway.
const STARVING_QUANTILE: f64 = 0.9;

/// What one step gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepResult {
    /// What was asked.
    pub plan: StepPlan,
    /// When the load was put on, since the session's start.
    pub started: Duration,
    /// How long settling took.
    pub settled: Duration,
    /// How it ended.
    pub end: StepEnd,
    /// The measured batches, in order.
    pub batches: Vec<Batch>,
    /// Good answers while settling: they count for no statistic, but show that the target lives.
    pub settle_good: u64,
    /// Failures while settling, by kind.
    pub settle_failed: FailureCounts,
    /// Response times of good answers, from the intended send (fine).
    pub response: Latencies,
    /// Service times of good answers, from the actual send (fine).
    pub service: Latencies,
    /// Ages, from the intended send, of the requests still in flight (or due and unsent) when the step ended (coarse).
    pub pending: Latencies,
    /// Answers with each status, good and bad; empty where the driver does not count them.
    #[serde(default)]
    pub statuses: BTreeMap<u16, u64>,
    /// Bytes over the wire.
    #[serde(default)]
    pub traffic: Traffic,
    /// Where the time went; `None` where the driver does not tell.
    #[serde(default)]
    pub phases: Option<Phases>,
    /// The generator's health.
    pub generator: GeneratorHealth,
    /// The target's signals.
    pub signals: Signals,
}

impl StepResult {
    /// An empty result to which batches are added.
    pub fn begin(plan: StepPlan, started: Duration) -> Self {
        Self {
            plan,
            started,
            settled: Duration::ZERO,
            end: StepEnd::Full,
            batches: Vec::new(),
            settle_good: 0,
            settle_failed: FailureCounts::default(),
            response: Latencies::with_resolution(Resolution::Fine),
            service: Latencies::with_resolution(Resolution::Fine),
            pending: Latencies::with_resolution(Resolution::Coarse),
            statuses: BTreeMap::new(),
            traffic: Traffic::default(),
            phases: None,
            generator: GeneratorHealth::default(),
            signals: Signals::default(),
        }
    }

    /// Measured time: the sum of the batches.
    pub fn measured(&self) -> Duration {
        self.batches.iter().map(|batch| batch.duration).sum()
    }

    /// When the step ended, since the session's start.
    pub fn ended_at(&self) -> Duration {
        self.started + self.settled + self.measured()
    }

    /// Requests that fell due.
    pub fn offered(&self) -> u64 {
        self.batches.iter().map(|batch| batch.offered).sum()
    }

    /// Requests sent.
    pub fn sent(&self) -> u64 {
        self.batches.iter().map(|batch| batch.sent).sum()
    }

    /// Good answers.
    pub fn good(&self) -> u64 {
        self.batches.iter().map(|batch| batch.good).sum()
    }

    /// Answers, good and bad.
    pub fn answered(&self) -> u64 {
        self.good() + self.failed().seen().filter(|(kind, _)| kind.is_answer()).map(|(_, n)| n).sum::<u64>()
    }

    /// Requests that ended badly.
    pub fn failed(&self) -> FailureCounts {
        let mut all = FailureCounts::default();
        for batch in &self.batches {
            all.merge(&batch.failed);
        }
        all
    }

    /// Requests not sent.
    pub fn not_sent(&self) -> NotSentCounts {
        let mut all = NotSentCounts::default();
        for batch in &self.batches {
            all.merge(&batch.not_sent);
        }
        all
    }

    /// Requests that ended, well or badly.
    pub fn ended(&self) -> u64 {
        self.batches.iter().map(Batch::ended).sum()
    }

    /// Good answers a second over the measured time; `None` when nothing was measured.
    pub fn good_per_s(&self) -> Option<f64> {
        let seconds = self.measured().as_secs_f64();
        (seconds > 0.0).then(|| self.good() as f64 / seconds)
    }

    /// Exact mean response time of good answers, in seconds; `None` without any.
    pub fn mean_response_s(&self) -> Option<f64> {
        let good = self.good();
        (good > 0).then(|| self.batches.iter().map(|batch| batch.response_sum_ns as f64).sum::<f64>() / good as f64 * 1e-9)
    }

    /// Response time that a share `q` of the ended requests does not exceed, failed ones counting as infinitely slow (`None`).
    pub fn quantile(&self, q: f64) -> Option<Duration> {
        self.response.quantile(q, self.failed().total())
    }

    /// Users whom nobody serves: requests in flight at the end that are older than nine in ten answers took, less those that are so in a steady
    /// state. `None` without an answer to tell by.
    ///
    /// Of requests that take R, so many are in flight for longer than t at any moment as start in a second, times the mean of what R exceeds t
    /// by (Little's law for the part of a request after t).
    pub fn starving(&self) -> Option<u64> {
        let long = self.response.quantile(STARVING_QUANTILE, 0)?;
        let beyond_s: f64 =
            self.response.buckets_above(long).map(|(time, count)| time.saturating_sub(long).as_secs_f64() * count as f64).sum();
        let served = (beyond_s / self.measured().as_secs_f64()).round() as u64;
        Some(self.pending.count_above(long).saturating_sub(served))
    }

    /// Failed requests as a share of those that ended; `None` when none ended.
    pub fn error_share(&self) -> Option<f64> {
        let ended = self.ended();
        (ended > 0).then(|| (ended - self.good()) as f64 / ended as f64)
    }
}
