//! A histogram in a few rows.

use plimsoll_core::stat::Latencies;
use std::time::Duration;

/// From this factor between shortest and longest on, rows grow by a factor; below it, by equal steps.
const WIDE: f64 = 5.0;
/// How many latencies lie up to each upper end.
#[derive(Debug)]
pub struct Bars(pub Vec<(Duration, u64)>);

impl Bars {
    /// At most `rows` rows from the shortest latency to the longest; a single one where they hardly differ, none for an empty histogram.
    pub fn of(latencies: &Latencies, rows: usize) -> Self {
        let (Some(shortest), Some(longest)) = (latencies.buckets().next(), latencies.buckets().last()) else { return Self(Vec::new()) };
        let (low, high) = (shortest.0.as_secs_f64(), longest.0.as_secs_f64());
        if high <= low * 1.01 {
            return Self(vec![(longest.0, latencies.count())]);
        }
        let end = |row: usize| {
            let share = (row + 1) as f64 / rows as f64;
            let end = if low > 0.0 && high / low >= WIDE { low * (high / low).powf(share) } else { low + (high - low) * share };
            Duration::from_secs_f64(end)
        };
        let mut bars: Vec<(Duration, u64)> = (0..rows).map(|row| (if row + 1 == rows { longest.0 } else { end(row) }, 0)).collect();
        for (latency, n) in latencies.buckets() {
            let row = bars.partition_point(|(end, _)| *end < latency).min(rows - 1);
            bars[row].1 += n;
        }
        Self(bars)
    }

    /// The longest row; at least 1.
    pub fn most(&self) -> u64 {
        self.0.iter().map(|(_, n)| *n).max().unwrap_or(1).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_core::stat::Resolution;

    fn bars(ms: impl IntoIterator<Item = u64>, rows: usize) -> Vec<(u64, u64)> {
        let mut latencies = Latencies::with_resolution(Resolution::Fine);
        ms.into_iter().for_each(|ms| latencies.record(Duration::from_millis(ms)));
        Bars::of(&latencies, rows).0.iter().map(|(end, n)| (end.as_secs_f64().mul_add(1e3, 0.1) as u64, *n)).collect()
    }

    #[test]
    fn rows_are_equal_steps_or_equal_factors_and_hold_every_latency() {
        assert_eq!(bars(100..=200, 5), [(120, 20), (140, 20), (160, 20), (180, 20), (200, 21)]);
        assert_eq!(bars([1, 10, 10, 100, 1000], 3), [(10, 3), (100, 1), (1000, 1)]);
        assert_eq!(bars([50; 7], 10), [(50, 7)]);
        assert_eq!(bars([], 10), []);
    }
}
