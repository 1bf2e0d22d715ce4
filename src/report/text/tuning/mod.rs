//! The one screen of a tuning: the answer, the command to use, the load line against each setting, and what was tried.

#[cfg(test)]
mod tests;

use super::{bar::bar, closing, early, painted};
use crate::report::{
    paint::{Look, Tone, plain},
    say::{names, tuning as say},
};
use plimsoll_core::finding::{Tuning, VariedCurve, show_setting};

/// So many of each fit one screen; the others are counted.
const MOST_TIES: usize = 3;
const MOST_POINTS: usize = 8;
const MOST_TRIED: usize = 8;
/// Columns of a value, of what it carries, and of a setting.
const VALUE: usize = 10;
const CARRIES: usize = 24;
const SETTING: usize = 30;

/// The tuning as a text of about one screen, ending in a line end.
pub fn tuning(tuning: &Tuning, look: &Look) -> String {
    let mut out = look.wrap(&format!("{} {}", look.mark(), plain(&tuning.start)), 4) + "\n";
    out.push_str(&early(tuning.account.ending, tuning.account.took_s, look));
    out.push('\n');
    out.push_str(&answer(tuning, look));
    for curve in &tuning.curves {
        out.push('\n');
        out.push_str(&course(curve, look));
    }
    out.push('\n');
    out.push_str(&tried(tuning, look));
    out.push_str(&closing::warnings(&tuning.account.warnings, look));
    out
}

fn answer(tuning: &Tuning, look: &Look) -> String {
    let (tone, said) = say::headline(tuning);
    let mut out = painted(tone, &said, look);
    for tie in tuning.ties.iter().take(MOST_TIES) {
        let text = format!("  no difference found: {}, {}", plain(&show_setting(&tie.setting)), names::line(&tie.load_line));
        out.push_str(&look.wrap(&text, 4));
        out.push('\n');
    }
    if let Some(more) = tuning.ties.len().checked_sub(MOST_TIES).filter(|more| *more > 0) {
        out.push_str(&format!("  and {more} more; --json shows all of them\n"));
    }
    for edge in &tuning.edges {
        out.push_str(&look.wrap(&format!("  {}", plain(edge)), 2));
        out.push('\n');
    }
    out
}

/// The load line against one of what was varied. A value whose other settings were not those of the best may carry more than was seen.
fn course(curve: &VariedCurve, look: &Look) -> String {
    let mut out = look.paint(Tone::Soft, &format!("Carried with {}", plain(&curve.name))) + "\n";
    let most = curve.points.iter().map(|point| point.load).fold(0.0, f64::max);
    let width = look.columns.saturating_sub(2 + VALUE + 1 + CARRIES);
    let skipped = curve.points.len().saturating_sub(MOST_POINTS);
    let best = curve.points.iter().enumerate().max_by(|(_, a), (_, b)| a.load.total_cmp(&b.load)).map_or(0, |(place, _)| place);
    // The neighbourhood of the best is what is looked for.
    let first = best.saturating_sub(MOST_POINTS / 2).min(skipped);
    for point in curve.points.iter().skip(first).take(MOST_POINTS) {
        let carried = say::carried(point);
        let drawn = bar(point.load, most, width, look);
        out.push_str(format!("  {:>VALUE$} {carried:<CARRIES$}{drawn}", plain(&point.value)).trim_end());
        out.push('\n');
    }
    if skipped > 0 {
        out.push_str(&format!("  and {skipped} more; --json shows all of them\n"));
    }
    out
}

/// Every run, the one that carried most first.
fn tried(tuning: &Tuning, look: &Look) -> String {
    let mut out = look.paint(Tone::Soft, &say::heading(tuning)) + "\n";
    let all = say::by_load(tuning);
    for one in all.iter().take(MOST_TRIED) {
        let said = match say::tried(one) {
            (carried, cause) if cause.is_empty() => carried,
            (carried, cause) => format!("{carried:<CARRIES$}{cause}"),
        };
        let text = format!("  {:<SETTING$}{said}", plain(&show_setting(&one.setting)));
        out.push_str(look.wrap(text.trim_end(), SETTING + 2).as_str());
        out.push('\n');
    }
    if let Some(more) = all.len().checked_sub(MOST_TRIED).filter(|more| *more > 0) {
        out.push_str(&format!("  and {more} more; --json shows all of them\n"));
    }
    out
}
