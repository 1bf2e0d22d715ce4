//! Response and service times side by side, with a histogram of the response times beside them.

use super::bars::Bars;
use crate::report::{
    paint::{Look, Tone},
    say::hold::{rows, time as show},
};
use plimsoll_core::finding::Hold;

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
