//! The report of a search.

use super::{
    closing, colour,
    figures::Charted,
    measured::{gates, latency, meters, rungs, steps, trust},
    page::{Block, Headline, Page, Section, markup, moment},
};
use crate::report::{
    chart::{frame::Size, poster::poster},
    say::{self, answer, cause, names},
};
use plimsoll_core::{
    finding::{Finding, Word},
    units::show_number,
};

/// The page.
pub fn finding(finding: &Finding) -> String {
    let charted = Charted::of(finding);
    let mut sections = Vec::new();
    let mut section = |id, heading: &str, blocks: Vec<Block>| {
        if !blocks.is_empty() {
            sections.push(Section::new(id, heading, blocks));
        }
    };
    let load: Vec<_> = charted.throughput().into_iter().chain(charted.latency()).collect();
    section("gates", "Gates", gates(&finding.gates));
    section("load", "What load brings", figures(load));
    let rungs = rungs(finding);
    section("degrades", "How it degrades", if rungs.is_empty() { Vec::new() } else { vec![Block::Rungs(rungs)] });
    section("why", "Why it stops there", why(&charted));
    section("head-room", "How much more this hardware could carry", head_room(finding));
    section("try", "What to try", to_try(finding));
    section("answers", "What one answer takes", answers(&charted));
    let mut trusted = trust(finding);
    trusted.extend(figures(charted.timeline().into_iter().collect()));
    section("trust", "How it was measured, and how far to trust it", trusted);
    section("data", "The data", vec![Block::Table(steps("steps", "Every step, in order", &finding.steps, &charted.axis()))]);
    page(finding, sections).show()
}

/// The main chart with the answer above it, as a file of its own.
pub fn finding_chart(finding: &Finding) -> String {
    let charted = Charted::of(finding);
    let drawings: Vec<_> = [charted.drawn_throughput(Size::Wide), charted.drawn_latency(Size::Wide)].into_iter().flatten().collect();
    poster(&answer::headline(finding), &answer::sentences(finding).join(" "), &drawings)
}

fn page(finding: &Finding, sections: Vec<Section>) -> Page {
    let said = answer::headline(finding);
    let number = finding.load_line.value.map(show_number).unwrap_or_default();
    Page {
        title: said.clone(),
        kind: "plimsoll find",
        subject: say::title(&finding.subject),
        when: moment(&finding.subject.started_at),
        headline: Headline::of(&said, " carries ", &number, colour(finding.load_line.word)),
        notes: say::early(finding.ending, finding.took_s).into_iter().collect(),
        lede: answer::sentences(finding),
        sections,
        closing: closing(&finding.subject.version),
        style: String::new(),
    }
}

/// A block of these figures, where there are any.
pub fn figures(figures: Vec<super::page::Figure>) -> Vec<Block> {
    if figures.is_empty() { Vec::new() } else { vec![Block::Figures(figures)] }
}

/// The cause with its evidence and the runners-up, and what was seen of the target.
pub fn why(charted: &Charted<'_>) -> Vec<Block> {
    let finding = charted.finding;
    if charted.line.is_none() {
        return figures(charted.signals());
    }
    let mut blocks = Vec::new();
    match cause::told(finding) {
        Some(cause) => {
            blocks.push(Block::Text(markup(&format!("{}.", answer::capital(&cause::name(cause))))));
            let sentences = cause.evidence.iter().map(|said| markup(&answer::capital(&answer::sentence(said)))).collect::<Vec<_>>();
            if !sentences.is_empty() {
                blocks.push(Block::List(sentences));
            }
            if !cause.others.is_empty() {
                blocks.push(Block::Soft("Less likely:".to_owned()));
                blocks.push(Block::List(cause.others.iter().map(|other| markup(&less_likely(other))).collect()));
            }
        }
        // What was not driven to its limit stops nowhere.
        None if finding.load_line.word == Word::AtLeast => {}
        None => {
            let looked = charted.points.iter().any(|point| point.watched.is_some());
            let why = if looked { "Not known." } else { "Not known: nobody could look at its processes." };
            blocks.push(Block::Text(why.to_owned()));
        }
    }
    blocks.extend(meters(finding, &charted.points, charted.line));
    blocks.extend(figures(charted.signals()));
    blocks
}

/// A runner-up, which begins with its stable name.
fn less_likely(other: &str) -> String {
    match other.split_once(": ") {
        Some((verdict, evidence)) => format!("{}: {}", names::verdict(verdict), answer::sentence(evidence)),
        None => names::verdict(other),
    }
}

fn head_room(finding: &Finding) -> Vec<Block> {
    match (cause::told(finding), &finding.headroom) {
        (Some(_), Some(headroom)) => vec![Block::Text(markup(&answer::capital(&cause::room(headroom, finding.load_line.axis))))],
        (Some(_), None) => {
            vec![Block::Text("No head-room is known: the hardware itself may be the limit, or its use was not seen.".to_owned())]
        }
        (None, _) => Vec::new(),
    }
}

fn to_try(finding: &Finding) -> Vec<Block> {
    let next = cause::told(finding).map(|cause| cause.next.as_slice()).unwrap_or_default();
    if next.is_empty() { Vec::new() } else { vec![Block::List(next.iter().map(|step| markup(&answer::capital(step))).collect())] }
}

fn answers(charted: &Charted<'_>) -> Vec<Block> {
    let finding = charted.finding;
    let Some(table) = latency(finding).filter(|_| charted.points.iter().any(|point| point.rate > 0.0)) else { return Vec::new() };
    let mut blocks = vec![Block::Table(table)];
    blocks.extend(answer::twice_as_slow(finding).map(|said| Block::Text(markup(&format!("{}.", answer::capital(&said))))));
    blocks.extend(figures(charted.spread().into_iter().collect()));
    blocks
}
