//! The report of one steady load.

use super::{
    closing, colour_of,
    figures::limits,
    finding::figures,
    measured::{GENERATOR, generator, subject, warnings},
    page::{Block, Figure, Headline, Page, Section, Table, markup, moment},
};
use crate::report::{
    chart::{
        drawing::Drawing,
        frame::Size,
        poster::poster,
        spread::{Curve, histogram, percentiles},
    },
    paint::plain,
    say::{
        self,
        hold::{early, facts, headline, loaded, objective, outcome, phases, rate, rows, time},
        names, seconds,
    },
};
use plimsoll_core::{
    finding::{Hold, Judged},
    units::{show_count, show_duration},
};

/// The page.
pub fn hold(hold: &Hold) -> String {
    let mut sections = Vec::new();
    let mut section = |id, heading: &str, blocks: Vec<Block>| {
        if !blocks.is_empty() {
            sections.push(Section::new(id, heading, blocks));
        }
    };
    section("objectives", "Objectives", objectives(hold));
    section("answers", "How long answers took", answers(hold));
    section("became", "What became of the requests", became(hold));
    section("time", "Where the time went", phase_table(hold));
    section("trust", "How it was measured, and how far to trust it", trust(hold));
    let (tone, said) = headline(hold);
    Page {
        title: said.clone(),
        kind: "plimsoll hold",
        subject: say::title(&hold.subject),
        when: moment(&hold.subject.started_at),
        headline: Headline::of(&said, "", number(&said), colour_of(tone)),
        notes: early(hold).into_iter().collect(),
        lede: std::iter::once(loaded(hold)).chain(hold.criteria.iter().map(judged)).collect(),
        sections,
        closing: closing(&hold.subject.version),
        style: String::new(),
    }
    .show()
}

/// How long answers took, as a file of its own.
pub fn hold_chart(hold: &Hold) -> String {
    let drawings: Vec<Drawing> = [drawn_bars(hold, Size::Wide), drawn_curves(hold, Size::Wide)].into_iter().flatten().collect();
    poster(&headline(hold).1, &loaded(hold), &drawings)
}

/// How many were answered well, with which the answer begins.
fn number(said: &str) -> &str {
    let many = said.split_once(" requests").map_or("", |(many, _)| many);
    many.split_once(" of ").map_or(many, |(many, _)| many)
}

/// `Kept: p99 < 500 ms: 53.2 ms; 0.2% slower where 1% may be.`
fn judged(one: &Judged) -> String {
    let (verdict, _, said) = objective(one);
    format!("{verdict}: {said}.")
}

fn objectives(hold: &Hold) -> Vec<Block> {
    let row = |one: &Judged| {
        let (verdict, _, said) = objective(one);
        let (asked, seen) = said.split_once(": ").unwrap_or((&said, "not known"));
        vec![asked.to_owned(), verdict.to_owned(), seen.to_owned()]
    };
    if hold.criteria.is_empty() {
        return Vec::new();
    }
    let rows = hold.criteria.iter().map(row).collect();
    vec![Block::Table(Table::new("objectives-table", "Each objective with 95% confidence", &["Objective", "Verdict", "Seen"], rows))]
}

fn drawn_bars(hold: &Hold, size: Size) -> Option<Drawing> {
    histogram(&hold.histogram, &limits(hold.criteria.iter().map(|judged| &judged.objective)), size)
}

fn drawn_curves(hold: &Hold, size: Size) -> Option<Drawing> {
    let failed = hold.errors.total();
    let curve = |name: &str, class, latencies| Curve { name: name.to_owned(), class, latencies, failed };
    let curves = [curve("service", "faint", &hold.service_histogram), curve("response", "good", &hold.histogram)];
    percentiles(&curves, &limits(hold.criteria.iter().map(|judged| &judged.objective)), size)
}

fn answers(hold: &Hold) -> Vec<Block> {
    if hold.good == 0 {
        return Vec::new();
    }
    let (response, service) = (rows(&hold.latency), rows(&hold.service));
    let said = |name: &str| {
        response.iter().find(|(of, _)| *of == name).map_or_else(String::new, |(name, ms)| format!("{name} {}", time(*ms, name)))
    };
    let described = format!("Response times: {}.", ["p50", "p95", "p99", "max"].map(said).join(", "));
    let bars = |size| drawn_bars(hold, size);
    let curves = |size| drawn_curves(hold, size);
    let of_curves = "From the fastest request to the slowest. Response time counts from the moment at which a request was due, service time from \
                     its send.";
    let all = [
        Figure::of("bars", "Response times", "How many good answers took how long.", &described, bars(Size::Wide), bars(Size::Narrow)),
        Figure::of("curves", "Percentiles", of_curves, &described, curves(Size::Wide), curves(Size::Narrow)),
    ];
    let rows = response.iter().zip(&service).map(|((name, a), (_, b))| vec![(*name).to_owned(), time(*a, name), time(*b, name)]).collect();
    let mut blocks = figures(all.into_iter().flatten().collect());
    let caption = "Response and service times; a percentile that falls among failed requests reads \"failed\"";
    blocks.push(Block::Table(Table::new("times", caption, &["Answers", "#response", "#service"], rows)));
    blocks
}

fn became(hold: &Hold) -> Vec<Block> {
    let mut blocks = Vec::new();
    if hold.offered_per_s.is_some() {
        let counts = [hold.offered, hold.sent, hold.answered, hold.good].map(show_count);
        let rates = [hold.offered_per_s, hold.sent_per_s, hold.answered_per_s, hold.good_per_s];
        let rates = rates.map(|per_s| per_s.map_or_else(|| "not known".to_owned(), rate));
        let row = |name: &str, cells: [String; 4]| std::iter::once(name.to_owned()).chain(cells).collect();
        let rows = vec![row("in all", counts), row("a second", rates)];
        blocks.push(Block::Table(Table::new(
            "rates",
            "How many fell due, were sent, answered, and answered well",
            &["Requests", "#offered", "#sent", "#answered", "#good"],
            rows,
        )));
    }
    let facts: Vec<(String, String)> = outcome(hold).into_iter().map(|(name, _, text)| (name.to_owned(), markup(&text))).collect();
    if !facts.is_empty() {
        blocks.push(Block::Facts(facts));
    }
    blocks
}

fn phase_table(hold: &Hold) -> Vec<Block> {
    let rows: Vec<Vec<String>> = phases(hold)
        .into_iter()
        .map(|(name, phase)| {
            let times = [phase.p50_ms, phase.p99_ms, phase.max_ms].map(|ms| names::ms(Some(ms)));
            std::iter::once(name.to_owned()).chain(times).chain([show_count(phase.n)]).collect()
        })
        .collect();
    if rows.is_empty() {
        return Vec::new();
    }
    vec![Block::Table(Table::new(
        "phases",
        "Phases of connections and of good answers",
        &["Phase", "#median", "#p99", "#longest", "#times"],
        rows,
    ))]
}

fn trust(hold: &Hold) -> Vec<Block> {
    let mut told = subject(&hold.subject);
    told.push(("Load".to_owned(), markup(&loaded(hold))));
    told.push(("Settled for".to_owned(), show_duration(seconds(hold.settled_s))));
    if let Some(watched) = hold.signals.as_ref().and_then(|signals| signals.watched.as_ref()) {
        let known = |value: Option<f64>| {
            value.map_or_else(|| "not known".to_owned(), |value| plimsoll_core::units::show_number((value * 1e3).round() / 1e3))
        };
        let text =
            format!("{} of {} cores used, {} threads", known(watched.cpu_cores), known(watched.allotted_cores), known(watched.threads));
        told.push(("The target".to_owned(), markup(&plain(&text))));
    }
    let mut blocks = vec![Block::Facts(told)];
    blocks.extend(generator(GENERATOR, &hold.generator.summary, &facts(hold)));
    blocks.extend(warnings(&hold.warnings));
    blocks
}
