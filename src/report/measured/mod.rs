//! What charts show, read off a result: each load with what its steps gave together, and histograms in a few rows.

pub mod bars;
pub mod points;
