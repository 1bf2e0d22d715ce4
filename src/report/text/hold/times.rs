//! Response and service times side by side, with a histogram of the response times beside them.

use crate::report::{
    measured::bars::Bars,
    paint::{Look, Tone},
    say::hold::{rows, time as show},
    text::bar::bar,
};
use plimsoll_core::{
    finding::Hold,
    units::{show_count, show_duration},
};

/// Columns of the table without the bars.
const TABLE: usize = 31;
const GAP: usize = 3;
/// Room for the label before a bar, and for the count behind it.
const LABEL: usize = 9;
const COUNT: usize = 12;

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
        let bar = row(&bars, place, look, look.columns.saturating_sub(TABLE + GAP));
        let line = format!("  {name:<7}{:>11}{:>11}{:GAP$}{bar}", show(*response, name), show(*service, name), "");
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// One bar in at most `columns` columns, its upper end before it and its count behind it; empty beyond the last.
fn row(bars: &Bars, place: usize, look: &Look, columns: usize) -> String {
    let Some(&(end, n)) = bars.0.get(place) else { return String::new() };
    let width = columns.saturating_sub(LABEL + 2 + COUNT).max(1);
    format!("{:>LABEL$} {} {}", show_duration(end), bar(n as f64, bars.most() as f64, width, look), show_count(n))
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_core::stat::{Latencies, Resolution};
    use std::time::Duration;

    #[test]
    fn no_row_is_longer_than_its_room() {
        let mut latencies = Latencies::with_resolution(Resolution::Fine);
        (0..100_000).for_each(|n| latencies.record(Duration::from_micros(100 + n / 100)));
        let bars = Bars::of(&latencies, 10);
        for unicode in [true, false] {
            let look = Look { unicode, ..Look::default() };
            assert!((0..10).all(|place| row(&bars, place, &look, 46).chars().count() <= 46));
        }
    }
}
