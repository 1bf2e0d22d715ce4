//! Counts of latencies as they come: a histogram that can do nothing but count, for where each instruction is paid for.

use super::latencies::{HIGHEST_NS, LOWEST_NS, Latencies, Resolution};

/// The buckets of [`Latencies`] and their counts, and nothing else. It takes a few instructions to record; all questions are put to the
/// [`Latencies`] that it is added to. It is no longer than the longest latency in it needs.
#[derive(Clone, Debug)]
pub struct Tally {
    counts: Vec<u64>,
    /// Each power of two is divided into two to the power of this many buckets.
    half_bits: u32,
}

/// Buckets that are looked at together.
const STRETCH: usize = 64;
/// Buckets are no narrower than this many bits.
const UNIT_BITS: u32 = LOWEST_NS.ilog2();

impl Tally {
    /// An empty one.
    pub fn with_resolution(resolution: Resolution) -> Self {
        // Twice as many as the largest number of that many digits, rounded up to a power of two, are told apart; the lower half of them is
        // told apart by the power of two below.
        Self { counts: Vec::new(), half_bits: resolution.largest_exact().ilog2() + 1 }
    }

    /// An empty one with room for what this one holds.
    #[must_use]
    pub fn emptied(&self) -> Self {
        Self { counts: vec![0; self.counts.len()], half_bits: self.half_bits }
    }

    /// Records one latency in nanoseconds; above one hour it counts as one hour.
    #[inline(always)]
    pub fn record_ns(&mut self, ns: u64) {
        let bucket = self.bucket(ns.min(HIGHEST_NS));
        match self.counts.get_mut(bucket) {
            Some(count) => *count += 1,
            None => self.grow(bucket),
        }
    }

    /// Counts the first that is so long, or longer than any before.
    #[cold]
    fn grow(&mut self, bucket: usize) {
        self.counts.resize((bucket + 1).next_multiple_of(1 << self.half_bits), 0);
        self.counts[bucket] += 1;
    }

    /// How many latencies were recorded.
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Adds all that was recorded to `latencies`, of the same or a coarser resolution.
    pub fn add_to(&self, latencies: &mut Latencies) {
        for (stretch, counts) in self.counts.chunks(STRETCH).enumerate() {
            // Nearly all are empty, and many at a time are seen to be in a few instructions.
            if counts.iter().fold(0, |any, count| any | count) == 0 {
                continue;
            }
            for (offset, &count) in counts.iter().enumerate().filter(|&(_, &count)| count > 0) {
                latencies.record_many_ns(self.lowest_ns(stretch * STRETCH + offset), count);
            }
        }
    }

    /// The number of the bucket that `ns` falls into.
    #[inline]
    fn bucket(&self, ns: u64) -> usize {
        let units = ns >> UNIT_BITS;
        // How far a number is too long to be told apart exactly.
        let shift = (units >> self.half_bits).checked_ilog2().unwrap_or(0);
        ((u64::from(shift) << self.half_bits) + (units >> shift)) as usize
    }

    /// The shortest latency of a bucket.
    fn lowest_ns(&self, bucket: usize) -> u64 {
        let bucket = bucket as u64;
        let shift = (bucket >> self.half_bits).saturating_sub(1);
        (bucket - (shift << self.half_bits)) << shift << UNIT_BITS
    }
}

impl From<&Tally> for Latencies {
    /// At three digits, so that nothing is lost.
    fn from(tally: &Tally) -> Self {
        let mut latencies = Self::with_resolution(Resolution::Fine);
        tally.add_to(&mut latencies);
        latencies
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Around every power of two, many values between, and one beyond the end.
    fn values() -> impl Iterator<Item = u64> {
        let powers = (0..64).flat_map(|bit| [1u64 << bit, (1 << bit) - 1, (1 << bit) + 1]);
        powers.chain((0..20_000).map(|step| step * 7_919)).map(|ns| ns.min(HIGHEST_NS)).chain([HIGHEST_NS - 1, u64::MAX])
    }

    #[test]
    fn a_tally_holds_what_a_histogram_would() {
        for (of, into) in
            [(Resolution::Fine, Resolution::Fine), (Resolution::Coarse, Resolution::Coarse), (Resolution::Fine, Resolution::Coarse)]
        {
            let mut tally = Tally::with_resolution(of);
            let (mut direct, mut added) = (Latencies::with_resolution(into), Latencies::with_resolution(into));
            values().for_each(|ns| {
                tally.record_ns(ns);
                direct.record_ns(ns);
            });
            tally.add_to(&mut added);
            assert_eq!((tally.count(), added.count()), (direct.count(), direct.count()));
            assert!(added.buckets().eq(direct.buckets()), "{of:?} into {into:?}");
            assert_eq!((added.max(), added.quantile(0.5, 0)), (direct.max(), direct.quantile(0.5, 0)));
        }
    }

    #[test]
    fn a_tally_grows_as_far_as_it_must_and_the_next_begins_there() {
        let mut tally = Tally::with_resolution(Resolution::Fine);
        assert_eq!((tally.counts.len(), tally.count()), (0, 0));
        tally.record_ns(5_000_000);
        let room = tally.counts.len();
        assert!((1..16_000).contains(&room), "{room}");
        let next = tally.emptied();
        assert_eq!((next.counts.len(), next.count(), tally.count()), (room, 0, 1));
    }

    #[test]
    fn each_bucket_begins_with_its_shortest_latency() {
        let tally = Tally::with_resolution(Resolution::Coarse);
        for bucket in 0..=tally.bucket(HIGHEST_NS) {
            let lowest = tally.lowest_ns(bucket);
            assert_eq!(tally.bucket(lowest), bucket);
            assert_eq!(tally.bucket(lowest.saturating_sub(1)), bucket.saturating_sub(usize::from(lowest > 0)));
        }
    }
}
