//! Statistics: latency histograms, quantiles with intervals, batch means, regression, profile intervals.

mod batch_means;
mod latencies;
mod position;
mod proportion;
mod regression;
mod student;
mod tally;

pub use batch_means::{BatchCount, BatchSum, design_effect, effective_count, mean_standard_error, rate_standard_error};
pub use latencies::{Latencies, LatenciesError, Resolution};
pub use position::{FARTHEST, Position, position};
pub use proportion::{chance_of_at_least, chance_of_at_most, evidence, exact_evidence, requests_for_a_clean_pass};
pub use regression::{LineFit, Point, Prior, fit_line};
pub use student::{MeanInterval, mean_interval};
pub use tally::Tally;
