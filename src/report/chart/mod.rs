//! Charts as SVG: pure functions of what was measured. Load lies on a logarithmic axis in powers of four; what was measured is a dot, what was
//! fitted a dashed line; the mark stands where the load line stands.

pub mod drawing;
pub mod frame;
pub mod load;
pub mod palette;
pub mod png;
pub mod poster;
pub mod ratio;
pub mod scale;
pub mod settings;
pub mod signals;
pub mod spread;
pub mod timeline;
