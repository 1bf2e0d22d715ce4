//! Results made by hand for the tests of every format.

pub mod comparison;
pub mod find;
pub mod hold;
pub mod tuning;
