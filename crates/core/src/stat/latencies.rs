//! A histogram of latencies, in nanoseconds, with bounded size and a base64 form.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hdrhistogram::{
    Histogram,
    serialization::{Deserializer, Serializer, V2Serializer},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The smallest difference kept, in nanoseconds (HdrHistogram rounds it down to a power of two).
pub(super) const LOWEST_NS: u64 = 100;
/// The longest latency kept, in nanoseconds: one hour. Longer ones are recorded as this.
pub(super) const HIGHEST_NS: u64 = 3_600_000_000_000;

/// How finely latencies are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// Three significant digits, 16 KiB to about 220 KiB: the total of a step.
    Fine,
    /// Two significant digits, 2 KiB to about 30 KiB: one batch of a step.
    Coarse,
}

impl Resolution {
    fn digits(self) -> u8 {
        match self {
            Self::Fine => 3,
            Self::Coarse => 2,
        }
    }

    /// Units up to here are told apart one by one.
    pub(super) fn largest_exact(self) -> u64 {
        10u64.pow(u32::from(self.digits()))
    }
}

/// A histogram of latencies.
///
/// Means are kept apart from it where they must be exact; quantiles are within 0.1% (fine) or 1% (coarse). It takes no more room than the
/// longest latency in it needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(into = "String", try_from = "String")]
#[schemars(description = "A histogram of latencies in nanoseconds: HdrHistogram's V2 encoding, in base64.", extend("contentEncoding" = "base64"))]
pub struct Latencies(Histogram<u64>);

/// Why a stored histogram can't be read.
#[derive(Debug, thiserror::Error)]
pub enum LatenciesError {
    /// The text is no base64.
    #[error("the histogram is no base64: {0}")]
    Base64(#[from] base64::DecodeError),
    /// The bytes are no HdrHistogram V2.
    #[error("the histogram is no HdrHistogram V2: {0:?}")]
    Format(hdrhistogram::serialization::DeserializeError),
}

impl Latencies {
    /// An empty histogram.
    pub fn with_resolution(resolution: Resolution) -> Self {
        let mut histogram = Histogram::new_with_bounds(LOWEST_NS, 2 * LOWEST_NS, resolution.digits())
            .expect("the bounds are constants that HdrHistogram takes");
        histogram.auto(true);
        Self(histogram)
    }

    /// Records one latency in nanoseconds; above one hour it counts as one hour.
    pub fn record_ns(&mut self, ns: u64) {
        self.record_many_ns(ns, 1);
    }

    /// Records one latency `n` times, in nanoseconds.
    pub fn record_many_ns(&mut self, ns: u64, n: u64) {
        self.0.record_n(ns.min(HIGHEST_NS), n).expect("it grows as far as is needed");
    }

    /// Records one latency.
    pub fn record(&mut self, latency: Duration) {
        self.record_ns(u64::try_from(latency.as_nanos()).unwrap_or(u64::MAX));
    }

    /// Adds all that another histogram holds.
    pub fn merge(&mut self, other: &Self) {
        if other.count() > 0 {
            // By itself it would grow to another size than by recording, and be written differently.
            self.record_many_ns(other.0.max(), 0);
        }
        self.0.add(&other.0).expect("it grows as far as is needed");
    }

    /// Takes away what another histogram holds, all of which must have been recorded here too.
    ///
    /// # Panics
    /// When it was not.
    pub fn subtract(&mut self, other: &Self) {
        self.0.subtract(&other.0).expect("only what is part of this histogram is taken away");
    }

    /// Forgets everything, keeping the memory.
    pub fn clear(&mut self) {
        self.0.reset();
    }

    /// How many latencies were recorded.
    pub fn count(&self) -> u64 {
        self.0.len()
    }

    /// How many are certainly longer than `limit` (to within the resolution).
    pub fn count_above(&self, limit: Duration) -> u64 {
        let limit_ns = u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX);
        if limit_ns >= HIGHEST_NS {
            return 0;
        }
        self.count() - self.0.count_between(0, limit_ns)
    }

    /// The latency that a share `q` (0 to 1) does not exceed, where `failed` further requests count as infinitely slow.
    ///
    /// `None` when nothing was recorded, or when the quantile falls among the failed ones.
    pub fn quantile(&self, q: f64, failed: u64) -> Option<Duration> {
        let total = self.count() + failed;
        if self.count() == 0 || !(0.0..=1.0).contains(&q) {
            return None;
        }
        let rank = ((q * total as f64).ceil() as u64).clamp(1, total);
        if rank > self.count() {
            return None;
        }
        // Half a rank below, so that rounding inside HdrHistogram can't step to the next one.
        let inner = (rank as f64 - 0.5) / self.count() as f64;
        let ns = self.0.value_at_quantile(inner);
        // A bucket is told by its upper end, but what took no time at all took none.
        Some(Duration::from_nanos(if self.0.equivalent(ns, 0) { 0 } else { ns }))
    }

    /// The mean of what was recorded, to the histogram's resolution; `None` when empty.
    pub fn mean(&self) -> Option<Duration> {
        (self.count() > 0).then(|| Duration::from_nanos(self.0.mean() as u64))
    }

    /// The shortest latency, to the histogram's resolution; `None` when empty.
    pub fn min(&self) -> Option<Duration> {
        (self.count() > 0).then(|| Duration::from_nanos(self.0.min()))
    }

    /// The longest latency, to the histogram's resolution; `None` when empty.
    pub fn max(&self) -> Option<Duration> {
        (self.count() > 0).then(|| Duration::from_nanos(self.0.max()))
    }

    /// Each occupied bucket: the highest latency it stands for and its count, in ascending order.
    pub fn buckets(&self) -> impl Iterator<Item = (Duration, u64)> + '_ {
        self.0.iter_recorded().map(|bucket| (Duration::from_nanos(bucket.value_iterated_to()), bucket.count_at_value()))
    }

    /// The occupied buckets above that of `limit`, as [`Latencies::buckets`] gives them, without looking at those below.
    pub fn buckets_above(&self, limit: Duration) -> impl Iterator<Item = (Duration, u64)> + '_ {
        let next = |ns: u64| self.0.next_non_equivalent(ns);
        let first = next(u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX).min(HIGHEST_NS));
        // At the end of all numbers there is no next one: a histogram from a file may hold it.
        std::iter::successors(Some(first), move |&ns| Some(next(ns)).filter(|&next| next > ns))
            .take_while(|&ns| ns <= self.0.max())
            .map(|ns| (Duration::from_nanos(self.0.highest_equivalent(ns)), self.0.count_at(ns)))
            .filter(|&(_, count)| count > 0)
    }

    /// HdrHistogram's V2 encoding (uncompressed) in base64.
    pub fn to_base64(&self) -> String {
        let mut bytes = Vec::new();
        V2Serializer::new().serialize(&self.0, &mut bytes).expect("writing to memory can't fail");
        STANDARD.encode(bytes)
    }

    /// Reads what [`Latencies::to_base64`] wrote.
    ///
    /// # Errors
    /// When the text is no base64 or holds no histogram.
    pub fn from_base64(text: &str) -> Result<Self, LatenciesError> {
        let bytes = STANDARD.decode(text)?;
        let mut histogram: Histogram<u64> = Deserializer::new().deserialize(&mut bytes.as_slice()).map_err(LatenciesError::Format)?;
        histogram.auto(true);
        Ok(Self(histogram))
    }
}

impl From<Latencies> for String {
    fn from(latencies: Latencies) -> Self {
        latencies.to_base64()
    }
}

impl TryFrom<String> for Latencies {
    type Error = LatenciesError;
    fn try_from(text: String) -> Result<Self, LatenciesError> {
        Self::from_base64(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one_to_hundred_ms() -> Latencies {
        let mut latencies = Latencies::with_resolution(Resolution::Fine);
        for ms in 1..=100 {
            latencies.record(Duration::from_millis(ms));
        }
        latencies
    }

    fn close(got: Option<Duration>, want_ms: f64) {
        let got = got.expect("a quantile").as_secs_f64() * 1e3;
        assert!((got / want_ms - 1.0).abs() < 0.002, "{got} ms, not {want_ms}");
    }

    #[test]
    fn quantiles_count_failed_requests_as_infinitely_slow() {
        let latencies = one_to_hundred_ms();
        close(latencies.quantile(0.5, 0), 50.0);
        close(latencies.quantile(0.99, 0), 99.0);
        close(latencies.quantile(0.5, 100), 100.0);
        assert_eq!(latencies.quantile(0.51, 100), None);
        assert_eq!(Latencies::with_resolution(Resolution::Coarse).quantile(0.5, 3), None);
    }

    #[test]
    fn no_time_at_all_is_none_and_the_ends_are_what_was_recorded() {
        let mut latencies = Latencies::with_resolution(Resolution::Coarse);
        assert_eq!((latencies.min(), latencies.max()), (None, None));
        latencies.record_many_ns(0, 3);
        latencies.record(Duration::from_millis(5));
        assert_eq!((latencies.quantile(0.5, 0), latencies.min()), (Some(Duration::ZERO), Some(Duration::ZERO)));
        assert!(latencies.max() >= Some(Duration::from_millis(5)));
    }

    #[test]
    fn counts_above_a_limit() {
        let latencies = one_to_hundred_ms();
        assert_eq!(latencies.count_above(Duration::from_micros(90_500)), 10);
        assert_eq!(latencies.count_above(Duration::from_secs(1)), 0);
        assert_eq!(latencies.count_above(Duration::from_secs(100_000)), 0);
    }

    #[test]
    fn buckets_above_a_limit_are_the_last_of_all() {
        let latencies = one_to_hundred_ms();
        for (limit_ms, above) in [(0, 100), (1, 99), (90, 10), (99, 1), (100, 0), (10_000_000, 0)] {
            let limit = Duration::from_millis(limit_ms);
            let rest: Vec<_> = latencies.buckets_above(limit).collect();
            assert_eq!(rest.len(), above, "{limit_ms} ms");
            assert!(latencies.buckets().skip(100 - above).eq(rest), "{limit_ms} ms");
        }
        assert_eq!(Latencies::with_resolution(Resolution::Fine).buckets_above(Duration::ZERO).count(), 0);
    }

    #[test]
    fn a_histogram_from_a_file_may_hold_the_largest_number() {
        let mut foreign = Histogram::<u64>::new_with_bounds(1, u64::MAX, 2).unwrap();
        foreign.record(u64::MAX).unwrap();
        let read = Latencies::from_base64(&Latencies(foreign).to_base64()).unwrap();
        assert_eq!(read.buckets_above(Duration::ZERO).map(|(_, count)| count).sum::<u64>(), 1);
    }

    #[test]
    fn base64_keeps_everything() {
        let latencies = one_to_hundred_ms();
        let text = latencies.to_base64();
        assert_eq!(Latencies::from_base64(&text).unwrap(), latencies);
        assert!(Latencies::from_base64("AAAA").is_err());
        assert!(Latencies::from_base64("not base64!").is_err());
    }
}
