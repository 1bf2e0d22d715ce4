//! The page of a load that is held.

use super::{
    super::{
        hold::{HoldStatus, Moment, aim},
        status::show_clock,
        words,
    },
    Head,
    chart::{self, Chart, Dot, show_seconds, show_tick},
    find::{ROOMY, latency_title},
    form::{NAMED, Rows, halves},
    generator,
    pen::{Ink, Pen, columns},
    scale::Scale,
    target,
};
use plimsoll_core::{
    evidence::Verdict,
    units::{show_count, show_duration, show_number, show_share},
};
use ratatui::layout::Rect;
use std::time::Duration;

/// Room for the bar of how far it is.
const BAR: u16 = 16;
/// From so many rows and columns on, the target has room for details.
const SPACIOUS: (u16, u16) = (98, 28);
const PANEL: u16 = 7;

pub fn head(status: &HoldStatus) -> Head {
    let more = status.description.as_ref().map(|what| format!(": {what}")).unwrap_or_default();
    let left = status.plan.as_ref().filter(|plan| plan.requests.is_none()).map(|plan| {
        let left = (status.settled + plan.measure).saturating_sub(status.elapsed);
        format!(", {} left", show_clock(left))
    });
    let clock = format!("{}{}", show_clock(status.elapsed), left.unwrap_or_default());
    Head { target: status.target.clone(), more, clock, trouble: None }
}

pub fn draw(pen: &mut Pen<'_>, area: Rect, status: &HoldStatus) {
    let is_roomy = area.height >= ROOMY;
    let is_spacious = area.width >= SPACIOUS.0 && area.height >= SPACIOUS.1;
    let mut rows = Rows::of(area);
    if let Some(row) = rows.take(1) {
        pen.text(row.x, row.y, row.width, &sentence(status), Ink::Strong);
    }
    objectives(pen, &mut rows, status);
    if is_roomy {
        rows.take(1);
    }
    let form = 5 + if is_spacious { PANEL } else { 0 };
    let charts_rows = rows.rest().height.saturating_sub(form);
    if charts_rows >= chart::LEAST_ROWS
        && let Some(area) = rows.take(charts_rows)
    {
        charts(pen, area, status);
    }
    load(pen, &mut rows, status);
    rates(pen, &mut rows, status);
    times(pen, &mut rows, status);
    if is_spacious {
        rows.take(1);
        if let Some(panel) = rows.take(PANEL - 1) {
            target::draw_down(pen, panel, &status.signals);
        }
        rows.take(1);
    } else if let Some(row) = rows.named(pen, "target") {
        target::draw_row(pen, row, &status.signals);
    }
    if let Some(row) = rows.named(pen, "generator") {
        generator::draw_row(pen, row, status.generator.as_ref());
    }
}

fn sentence(status: &HoldStatus) -> String {
    let counts = status.counts;
    let rate = status.measured.and_then(|measured| measured.good_per_s).map(|rate| format!(": {} a second", show_number(rate)));
    match (counts.ended(), counts.failed) {
        (0, _) => "No request has ended yet.".to_owned(),
        (ended, 0) => format!("All {} requests were answered well so far{}.", show_count(ended), rate.unwrap_or_default()),
        (ended, failed) => {
            let share = show_share(failed as f64 / ended as f64);
            format!("{} of {} requests failed so far, {share}.", show_count(failed), show_count(ended))
        }
    }
}

/// A row that says of each objective whether it is kept.
fn objectives(pen: &mut Pen<'_>, rows: &mut Rows, status: &HoldStatus) {
    if status.objectives.is_empty() {
        return;
    }
    let Some(row) = rows.take(1) else { return };
    let mut x = row.x;
    for (objective, verdict) in &status.objectives {
        let (word, ink) = match verdict {
            Verdict::Pass => ("kept so far: ", Ink::Good),
            Verdict::Fail => ("broken so far: ", Ink::Degraded),
            Verdict::Unsure => ("not decided: ", Ink::Soft),
        };
        let room = row.right().saturating_sub(x);
        if columns(word) + columns(objective) > room && x > row.x {
            return;
        }
        x += pen.pieces(x, row.y, room, &[(word, ink), (objective, Ink::Plain)]) + 3;
    }
}

fn load(pen: &mut Pen<'_>, rows: &mut Rows, status: &HoldStatus) {
    let (Some(row), Some(plan)) = (rows.named(pen, "load"), &status.plan) else { return };
    let bar = BAR.min(row.width / 4);
    let what = format!("{}, {}", words::load(&plan.load), if plan.requests.is_some() { aim(plan) } else { format!("for {}", aim(plan)) });
    pen.text(row.x, row.y, row.width.saturating_sub(bar + 2), &what, Ink::Plain);
    match status.share_done() {
        Some(share) => pen.bar(row.right() - bar, row.y, bar, share, Ink::Plain),
        None => pen.text_to(row.right(), row.y, "settling", Ink::Soft),
    }
}

/// The four rates, which differ only where something is wrong.
fn rates(pen: &mut Pen<'_>, rows: &mut Rows, status: &HoldStatus) {
    let Some(row) = rows.named(pen, "a second") else { return };
    let counts = status.counts;
    let seconds = counts.measured.as_secs_f64();
    if seconds <= 0.0 {
        pen.text(row.x, row.y, row.width, "not known yet", Ink::Soft);
        return;
    }
    let mut x = row.x;
    for (name, count) in [("offered", counts.offered), ("sent", counts.sent), ("answered", counts.answered), ("good", counts.good)] {
        let rate = show_number(count as f64 / seconds);
        let room = row.right().saturating_sub(x);
        x += pen.pieces(x, row.y, room, &[(name, Ink::Soft), (" ", Ink::Plain), (&rate, Ink::Plain)]) + 3;
    }
}

fn times(pen: &mut Pen<'_>, rows: &mut Rows, status: &HoldStatus) {
    let Some(row) = rows.take(1) else { return };
    pen.text(row.x, row.y, NAMED, "answers", Ink::Soft);
    let Some(measured) = status.measured else {
        pen.text(row.x + NAMED, row.y, row.width.saturating_sub(NAMED), "not known yet", Ink::Soft);
        return;
    };
    let time = |quantile: Option<Duration>| quantile.map_or_else(|| "failed".to_owned(), show_duration);
    let (median, p99) = (time(measured.median), time(measured.p99));
    let pieces = [("median ", Ink::Soft), (&median, Ink::Plain), ("   p99 ", Ink::Soft), (&p99, Ink::Plain)];
    pen.pieces(row.x + NAMED, row.y, row.width.saturating_sub(NAMED), &pieces);
}

/// Throughput and response times over time.
fn charts(pen: &mut Pen<'_>, area: Rect, status: &HoldStatus) {
    let (left, right) = halves(area);
    let glyphs = pen.glyphs;
    let moments = thinned(&status.moments, usize::from(left.width.saturating_sub(8)).max(1));
    let last_s = moments.last().map_or(0.0, |moment| moment.at_s);
    let planned_s = status.plan.as_ref().filter(|plan| plan.requests.is_none()).map_or(last_s * 1.05, |plan| plan.measure.as_secs_f64());
    let frame = Chart {
        title: Vec::new(),
        x: Scale::linear(planned_s),
        y: None,
        x_name: "seconds",
        y_label: show_tick,
        dots: Vec::new(),
        lines: Vec::new(),
        here: None,
        heads: 0,
    };
    let highest = moments.iter().map(|moment| moment.good_per_s).fold(0.0, f64::max);
    let throughput = Chart {
        title: vec![("good answers a second".to_owned(), Ink::Soft)],
        y: Scale::linear(highest * 1.1).map(Scale::rounded),
        dots: moments
            .iter()
            .map(|moment| Dot { x: moment.at_s, y: moment.good_per_s, glyph: glyphs.point, ink: Ink::Good, stem: None })
            .collect(),
        ..frame.clone()
    };
    throughput.draw(pen, left);
    let times = moments.iter().flat_map(|moment| [moment.p50, moment.p99]).flatten().map(|time| time.as_secs_f64());
    let dot = |moment: &Moment| {
        let stem = moment.p99.map(|p99| p99.as_secs_f64());
        Some(Dot { x: moment.at_s, y: moment.p50?.as_secs_f64(), glyph: glyphs.point, ink: Ink::Good, stem })
    };
    let latency = Chart {
        title: latency_title(&glyphs, right.width),
        y: Scale::log(times).map(Scale::rounded),
        y_label: show_seconds,
        dots: moments.iter().filter_map(dot).collect(),
        ..frame
    };
    latency.draw(pen, right);
}

/// No more moments than there are columns: the mean rate of neighbours, the median of their medians, the worst of their tails.
fn thinned(moments: &[Moment], columns: usize) -> Vec<Moment> {
    let group = moments.len().div_ceil(columns).max(1);
    moments
        .chunks(group)
        .map(|near| {
            let mut medians: Vec<Option<Duration>> = near.iter().map(|moment| moment.p50).collect();
            // A batch whose median failed is slower than any.
            medians.sort_by_key(|median| median.unwrap_or(Duration::MAX));
            let tails = near.iter().map(|moment| moment.p99);
            Moment {
                at_s: near.iter().map(|moment| moment.at_s).sum::<f64>() / near.len() as f64,
                good_per_s: near.iter().map(|moment| moment.good_per_s).sum::<f64>() / near.len() as f64,
                p50: medians[(near.len() - 1) / 2],
                p99: tails.max_by_key(|tail| tail.unwrap_or(Duration::MAX)).flatten(),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_thinned_and_the_worst_tail_is_kept() {
        let ms = Duration::from_millis;
        let moment = |second: u32, tail| Moment { at_s: f64::from(second), good_per_s: 10.0, p50: Some(ms(5)), p99: tail };
        let many = [moment(0, Some(ms(9))), moment(1, Some(ms(900))), moment(2, None), moment(3, Some(ms(7)))];
        let few = thinned(&many, 2);
        assert_eq!(few.iter().map(|moment| (moment.at_s, moment.p99)).collect::<Vec<_>>(), [(0.5, Some(ms(900))), (2.5, None)]);
        assert_eq!(thinned(&many, 10).len(), 4);
    }
}
