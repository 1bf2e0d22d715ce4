//! The report of a comparison: systems side by side.

use super::{
    closing,
    figures::Charted,
    finding::{figures, why},
    measured::{generator, rungs, steps, warnings as warned},
    page::{Block, Figure, Headline, Page, Section, Table, code, markup, moment},
};
use crate::report::{
    chart::{
        drawing::{Drawing, fitted},
        frame::Size,
        load::{Course, Ink, latency, throughput},
        poster::poster,
        ratio::{Ratio, ratios},
    },
    paint::plain,
    say::{
        answer, closing as honest,
        comparison::{NOTHING, ROWS, budget, warnings},
        early, names, seconds,
    },
};
use plimsoll_core::{
    finding::{Comparison, Pair, PairWord, System},
    units::show_duration,
};

/// Colours of systems, in the order in which they were named.
const CLASSES: [&str; 4] = ["first", "second", "third", "fourth"];
/// Room for a name at the end of its line.
const NAME: f64 = 110.0;

/// The page.
pub fn comparison(comparison: &Comparison) -> String {
    let mut sections = Vec::new();
    let mut section = |id, heading: &str, blocks: Vec<Block>| {
        if !blocks.is_empty() {
            sections.push(Section::new(id, heading, blocks));
        }
    };
    section("side", "Side by side", side_by_side(comparison));
    section("load", "What load brings", load(comparison));
    section("ratios", "By what factor", factors(comparison));
    section("systems", "Each system by itself", each(comparison));
    section("trust", "How it was measured, and how far to trust it", trust(comparison));
    section("data", "The data", data(comparison));
    let names: Vec<String> = comparison.systems.iter().map(|system| plain(&system.name)).collect();
    let (headline, lede) = said(comparison);
    Page {
        title: headline.clone(),
        kind: "plimsoll compare",
        subject: names.join(" against "),
        when: moment(&comparison.account.started_at),
        headline: Headline::of(&headline, CARRIES, factor(&headline), "good"),
        notes: early(comparison.account.ending, comparison.account.took_s).into_iter().collect(),
        lede,
        sections,
        closing: closing(&comparison.account.version),
        style: String::new(),
    }
    .show()
}

const CARRIES: &str = " carries ";

/// By how much a system carries more, where the answer begins with that.
fn factor(headline: &str) -> &str {
    let number = headline.split_once(CARRIES).and_then(|(_, rest)| rest.split(' ').next()).unwrap_or_default();
    if number.starts_with(|c: char| c.is_ascii_digit()) { number } else { "" }
}

/// The main chart with the answer above it, as a file of its own.
pub fn comparison_chart(comparison: &Comparison) -> String {
    let charted = charted(comparison);
    let drawings: Vec<Drawing> =
        [drawn(comparison, &charted, Size::Wide, Kind::Throughput), drawn(comparison, &charted, Size::Wide, Kind::Latency)]
            .into_iter()
            .flatten()
            .collect();
    let (headline, lede) = said(comparison);
    poster(&headline, &lede.join(" "), &drawings)
}

/// The first pair's sentence as the headline, and what else is said at the top.
fn said(comparison: &Comparison) -> (String, Vec<String>) {
    let mut sentences = comparison.pairs.iter().map(|pair| plain(&pair.sentence()));
    let headline = sentences.next().unwrap_or_else(|| NOTHING.to_owned());
    let mut lede: Vec<String> = sentences.collect();
    lede.extend(comparison.pairs.iter().flat_map(|pair| &pair.reasons).map(|reason| answer::sentence(reason)));
    lede.push(budget(&comparison.budget));
    (headline, lede)
}

fn side_by_side(comparison: &Comparison) -> Vec<Block> {
    let names: Vec<String> = comparison.systems.iter().map(|system| plain(&system.name)).collect();
    let columns: Vec<&str> = std::iter::once("").chain(names.iter().map(String::as_str)).collect();
    let row = |(name, of): &(&'static str, fn(&System) -> String)| {
        std::iter::once((*name).to_owned()).chain(comparison.systems.iter().map(of)).collect()
    };
    if comparison.systems.is_empty() {
        return Vec::new();
    }
    let mut table = Table::new("side-table", "The systems side by side", &[], ROWS.iter().map(row).collect());
    table.columns = columns.into_iter().map(|name| super::page::Column { name: name.to_owned(), is_number: false }).collect();
    if let Some(first) = table.columns.first_mut() {
        first.name = "What".to_owned();
    }
    table.is_small = comparison.systems.len() < 4;
    vec![Block::Table(table)]
}

#[derive(Clone, Copy)]
enum Kind {
    Throughput,
    Latency,
}

fn charted(comparison: &Comparison) -> Vec<Charted<'_>> {
    comparison.systems.iter().map(|system| Charted::of(&system.finding)).collect()
}

fn class(place: usize) -> &'static str {
    CLASSES[place % CLASSES.len()]
}

fn drawn(comparison: &Comparison, charted: &[Charted<'_>], size: Size, kind: Kind) -> Option<Drawing> {
    let axis = charted.first()?.axis();
    let courses: Vec<Course<'_>> = charted
        .iter()
        .zip(&comparison.systems)
        .enumerate()
        .map(|(place, (charted, system))| Course {
            name: fitted("name", &plain(&system.name), NAME),
            points: &charted.points,
            ink: Ink::Of(class(place)),
            mark: charted.mark(class(place)),
        })
        .collect();
    match kind {
        Kind::Throughput => throughput(&courses, &axis, None, size),
        Kind::Latency => latency(&courses, &axis, &charted.first()?.limits, size),
    }
}

fn load(comparison: &Comparison) -> Vec<Block> {
    let charted = charted(comparison);
    let lines: Vec<String> = charted
        .iter()
        .zip(&comparison.systems)
        .map(|(charted, system)| format!("{}: load line {}", plain(&system.name), names::line(&charted.finding.load_line)))
        .collect();
    let described = format!("{}.", lines.join("; "));
    let figure = |id, heading, caption, kind| {
        let drawn = |size| drawn(comparison, &charted, size, kind);
        Figure::of(id, heading, caption, &described, drawn(Size::Wide), drawn(Size::Narrow))
    };
    let of = [
        figure(
            "throughput",
            "Throughput",
            "Dots were measured; each mark stands at a load line, its interval as a band.",
            Kind::Throughput,
        ),
        figure("latency", "Response time", "The line is the median, the band ends at p99.", Kind::Latency),
    ];
    figures(of.into_iter().flatten().collect())
}

fn factors(comparison: &Comparison) -> Vec<Block> {
    let all: Vec<Ratio> = comparison.pairs.iter().flat_map(both).collect();
    let told: Vec<String> = comparison.pairs.iter().map(|pair| plain(&pair.sentence())).collect();
    let drawn = |size| ratios(&all, size);
    let caption = "A dot is the ratio, its line the 95% interval; an interval that leaves out 1 is a difference.";
    figures(Figure::of("ratio", "Ratios", caption, &told.join(" "), drawn(Size::Across), drawn(Size::Narrow)).into_iter().collect())
}

/// What a pair carries and what one request pays.
fn both(pair: &Pair) -> [Ratio; 2] {
    let what = |what: &str| format!("{} / {}, {what}", plain(&pair.b), plain(&pair.a));
    let colour = |word: PairWord| if word == PairWord::Different { "good" } else { "faint" };
    [
        Ratio { name: what("load line"), value: pair.capacity_ratio, low: pair.low, high: pair.high, class: colour(pair.word) },
        Ratio {
            name: what("one request alone"),
            value: pair.unloaded_latency_ratio,
            low: pair.unloaded_latency_low.filter(|_| pair.unloaded_latency_ratio.is_some()),
            high: pair.unloaded_latency_high.filter(|_| pair.unloaded_latency_ratio.is_some()),
            class: colour(pair.unloaded_word),
        },
    ]
}

fn each(comparison: &Comparison) -> Vec<Block> {
    let mut blocks = Vec::new();
    for system in &comparison.systems {
        let charted = Charted::of(&system.finding);
        blocks.push(Block::Heading(plain(&system.name)));
        let said: Vec<String> = std::iter::once(answer::headline(&system.finding)).chain(answer::sentences(&system.finding)).collect();
        blocks.push(Block::Text(markup(&said.join(" "))));
        let rungs = rungs(&system.finding);
        if !rungs.is_empty() {
            blocks.push(Block::Rungs(rungs));
        }
        // Charts of signals are those of a report of the system alone.
        blocks.extend(why(&charted).into_iter().filter(|block| !matches!(block, Block::Figures(_))));
    }
    blocks
}

fn trust(comparison: &Comparison) -> Vec<Block> {
    let account = &comparison.account;
    let facts_of = |name: &str, text: String| (name.to_owned(), text);
    let mut told = Vec::new();
    if !account.command.is_empty() {
        told.push(facts_of("Command", code(&account.command)));
    }
    told.push(facts_of("Began", markup(&moment(&account.started_at).unwrap_or_else(|| "not known".to_owned()))));
    told.push(facts_of("Took", show_duration(seconds(account.took_s))));
    for pair in &comparison.pairs {
        let rounds = super::measured::counted(u64::from(pair.rounds), "round");
        told.push(facts_of(
            &plain(&format!("{} and {}", pair.a, pair.b)),
            format!("{rounds} in which both were measured, in random turns"),
        ));
    }
    for system in &comparison.systems {
        told.push(facts_of(&plain(&system.name), code(&system.finding.subject.target)));
    }
    let mut blocks = vec![Block::Facts(told)];
    for system in &comparison.systems {
        let facts = honest::facts(&system.finding.generator);
        blocks.extend(generator(&format!("The load generator, with {}", plain(&system.name)), &system.finding.generator, &facts));
    }
    blocks.extend(warned(&warnings(comparison)));
    blocks
}

fn data(comparison: &Comparison) -> Vec<Block> {
    let table = |(place, system): (usize, &System)| {
        let axis = Charted::of(&system.finding).axis();
        let caption = format!("{}: every step of its search, in order", plain(&system.name));
        Block::Table(steps(&format!("steps-{place}"), &caption, &system.finding.steps, &axis))
    };
    comparison.systems.iter().enumerate().map(table).collect()
}
