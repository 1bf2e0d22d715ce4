//! The generator's account of itself, in a row.

use super::{
    super::generator::Generator,
    pen::{Ink, Pen},
};
use plimsoll_core::units::{show_duration, show_share};
use ratatui::layout::Rect;
use std::time::Duration;

/// Draws it.
pub fn draw_row(pen: &mut Pen<'_>, row: Rect, generator: Option<&Generator>) {
    let Some(generator) = generator else {
        pen.text(row.x, row.y, row.width, "not known yet", Ink::Soft);
        return;
    };
    let health = &generator.health;
    let cpu = health.cpu_share.map_or_else(|| "CPU not known".to_owned(), |share| format!("{} of one core", small_share(share)));
    let lag = health.send_lag_p99_us.and_then(|us| Duration::try_from_secs_f64(us * 1e-6).ok());
    let lag = match lag {
        None => "send lag not known".to_owned(),
        Some(lag) if lag < Duration::from_micros(1) => "sends under 1 us late (p99)".to_owned(),
        Some(lag) => format!("sends {} late (p99)", show_duration(lag)),
    };
    let steal = health.steal_share.filter(|share| *share >= 0.01).map(|share| format!(", {} of the CPU stolen", small_share(share)));
    let facts = format!("{cpu}, {lag}{}", steal.unwrap_or_default());
    match generator.faults.first() {
        None => drop(pen.pieces(row.x, row.y, row.width, &[(&facts, Ink::Plain), (": not the limit", Ink::Soft)])),
        Some(fault) => drop(pen.pieces(row.x, row.y, row.width, &[("may be the limit: ", Ink::Degraded), (fault, Ink::Plain)])),
    }
}

/// A share with the two digits that a self-check is good for.
fn small_share(share: f64) -> String {
    if share < 0.001 {
        return "under 0.1%".to_owned();
    }
    let unit = 10f64.powf(share.log10().floor() - 1.0);
    show_share((share / unit).round() * unit)
}
