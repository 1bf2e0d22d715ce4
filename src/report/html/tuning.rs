//! The report of a tuning: the setting to use, and the load line against each of what was varied.

use super::{
    closing, colour_of,
    finding::figures,
    measured::warnings,
    page::{Block, Figure, Headline, Page, Section, Table, code, markup, moment},
};
use crate::report::{
    chart::{drawing::Drawing, frame::Size, poster::poster, settings::settings},
    paint::plain,
    say::{
        early, names, seconds,
        tuning::{by_load, carried, heading, headline, tried as said_of},
    },
};
use plimsoll_core::{
    finding::{Axis, Best, Tuning, VariedCurve, show_setting},
    units::{show_count, show_duration, show_number, show_share},
};

/// The page.
pub fn tuning(tuning: &Tuning) -> String {
    let (tone, said) = headline(tuning);
    let number = tuning.best.as_ref().and_then(|best| best.load_line.value).map(show_number).unwrap_or_default();
    let mut sections = Vec::new();
    let mut section = |id, heading: &str, blocks: Vec<Block>| {
        if !blocks.is_empty() {
            sections.push(Section::new(id, heading, blocks));
        }
    };
    section("use", "What to use", to_use(tuning));
    section("settings", "What each setting carries", curves(tuning));
    section("tried", "What was tried", vec![Block::Table(tried(tuning))]);
    section("trust", "How it was measured, and how far to trust it", trust(tuning));
    Page {
        title: said.clone(),
        kind: "plimsoll tune",
        subject: plain(&tuning.start),
        when: moment(&tuning.account.started_at),
        headline: Headline::of(&said, " carries ", &number, colour_of(tone)),
        notes: early(tuning.account.ending, tuning.account.took_s).into_iter().collect(),
        lede: tuning.edges.iter().map(|edge| plain(edge)).collect(),
        sections,
        closing: closing(&tuning.account.version),
        style: String::new(),
    }
    .show()
}

/// The load line against each of what was varied, with the answer above, as a file of its own.
pub fn tuning_chart(tuning: &Tuning) -> String {
    // Two stand side by side; what else was varied is in the page.
    let drawings: Vec<Drawing> = tuning.curves.iter().take(2).filter_map(|curve| settings(curve, unit(tuning), Size::Wide)).collect();
    poster(&headline(tuning).1, &heading(tuning), &drawings)
}

fn unit(tuning: &Tuning) -> &'static str {
    match tuning.best.as_ref().map(|best| best.load_line.axis) {
        Some(Axis::Rate) => "requests a second",
        Some(Axis::Users) | None => "requests at one time",
    }
}

fn to_use(tuning: &Tuning) -> Vec<Block> {
    let Some(best) = &tuning.best else { return Vec::new() };
    let mut blocks = vec![Block::Text(code(&best.command))];
    if !tuning.ties.is_empty() {
        let row = |tie: &Best| vec![show_setting(&tie.setting), names::line(&tie.load_line), tie.command.clone()];
        let rows: Vec<Vec<String>> = std::iter::once(best).chain(&tuning.ties).map(row).map(plain_row).collect();
        let caption = "The setting to use, then those that no difference was found to, the cheapest first";
        blocks.push(Block::Table(Table::new("ties", caption, &["Setting", "Load line", "Command"], rows)));
    }
    blocks
}

fn plain_row(row: Vec<String>) -> Vec<String> {
    row.iter().map(|cell| plain(cell)).collect()
}

fn curves(tuning: &Tuning) -> Vec<Block> {
    let unit = unit(tuning);
    let figure = |(place, curve): (usize, &VariedCurve)| {
        let points: Vec<String> = curve.points.iter().map(|point| format!("{} with {}", carried(point), plain(&point.value))).collect();
        let drawn = |size| settings(curve, unit, size);
        let caption = if curve.points.iter().all(|point| point.beside_best) {
            "The most that was carried with each value, with its interval."
        } else {
            "The most that was carried with each value, with its interval. Hollow: other settings were not those of the best, so it may carry more."
        };
        let heading = plain(&curve.name);
        let described = format!("Carried: {}.", points.join(", "));
        Figure::of(&format!("setting-{place}"), &heading, caption, &described, drawn(Size::Wide), drawn(Size::Narrow))
    };
    let mut blocks = figures(tuning.curves.iter().enumerate().filter_map(figure).collect());
    for (place, curve) in tuning.curves.iter().enumerate() {
        let rows = curve.points.iter().map(|point| vec![plain(&point.value), carried(point)]).collect();
        let name = plain(&curve.name);
        blocks.push(Block::Table(Table::new(&format!("curve-{place}"), &format!("Load line against {name}"), &[&name, "#carried"], rows)));
    }
    blocks
}

/// Every run, the one that carried most first.
fn tried(tuning: &Tuning) -> Table {
    let row = |one: &&plimsoll_core::finding::Tried| {
        let (carried, why) = said_of(one);
        let why = if why.is_empty() { "not known".to_owned() } else { why };
        vec![plain(&show_setting(&one.setting)), carried, why, show_duration(seconds(one.took_s))]
    };
    let rows = by_load(tuning).iter().map(row).collect();
    Table::new("tried-table", &heading(tuning), &["Setting", "Carried", "Stops because", "#took"], rows)
}

fn trust(tuning: &Tuning) -> Vec<Block> {
    let account = &tuning.account;
    let mut facts = Vec::new();
    let mut fact = |name: &str, text: String| facts.push((name.to_owned(), text));
    fact("Command", code(&account.command));
    fact("Started as", code(&tuning.start));
    for knob in &tuning.knobs {
        fact(&plain(&knob.name), markup(&knob.values.join(", ")));
    }
    fact("Began", markup(&moment(&account.started_at).unwrap_or_else(|| "not known".to_owned())));
    fact("Took", show_duration(seconds(account.took_s)));
    fact("Tried", format!("{} of {} settings", show_count(u64::from(tuning.settings_tried)), show_count(tuning.grid)));
    let open = if u64::from(tuning.settings_tried) >= tuning.grid {
        "every setting was tried".to_owned()
    } else {
        tuning.left_open.map_or_else(|| "not known".to_owned(), |chance| show_share((chance * 1e3).round() / 1e3))
    };
    fact("Chance that another is better", open);
    let mut blocks = vec![Block::Facts(facts)];
    blocks.extend(warnings(&account.warnings));
    blocks
}
