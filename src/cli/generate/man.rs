//! Man pages: one for each command, from its flags and from what stands under its help.

use super::{Made, shown};
use crate::cli::{
    Exit, Problem,
    help::{PAGES, Page, ROOT, heading},
};
use clap::Command;
use clap_mangen::Man;
use roff::{Roff, bold, roman};
use std::io;

/// How far examples are indented, in characters.
const INDENT: &str = "4";

/// The page of the tool, and one for each of its commands, in the order in which they are listed.
///
/// # Errors
/// Never: a page is written to memory.
pub fn pages(whole: &Command) -> Result<Vec<Made>, Problem> {
    let mut root = shown::command(whole).disable_help_subcommand(true);
    root.build();
    let mut pages = vec![(root.clone(), Some(&ROOT))];
    for command in root.get_subcommands() {
        pages.push((command.clone(), PAGES.iter().find(|page| page.name == command.get_name())));
        pages.extend(command.get_subcommands().map(|below| (below.clone(), None)));
    }
    let made = pages.iter().map(|(command, page)| {
        let name = command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned();
        let text = text(command, *page)?;
        Ok(Made { name: format!("{name}.1"), text: String::from_utf8_lossy(&text).into_owned() })
    });
    made.collect::<io::Result<_>>().map_err(|error| Problem::because(Exit::Failure, error))
}

/// One page.
fn text(command: &Command, page: Option<&Page>) -> io::Result<Vec<u8>> {
    // A synopsis with each of forty flags tells nothing.
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:").trim().to_owned();
    let command = command.clone().override_usage(usage).mut_args(|argument| argument.hide_env(false).hide_short_help(false));
    let has_below = command.has_subcommands();
    let under = command.get_after_long_help().map(ToString::to_string).unwrap_or_default();
    let man = Man::new(command).source(format!("plimsoll {}", env!("CARGO_PKG_VERSION"))).manual("Plimsoll");
    let mut out = Vec::new();
    man.render_title(&mut out)?;
    man.render_name_section(&mut out)?;
    man.render_synopsis_section(&mut out)?;
    man.render_description_section(&mut out)?;
    man.render_options_section(&mut out)?;
    if has_below {
        man.render_subcommands_section(&mut out)?;
    }
    let mut roff = Roff::new();
    if let Some(page) = page {
        own(&under, page, &mut roff);
        below(page, &mut roff);
    }
    see_also(&mut roff);
    roff.to_writer(&mut out)?;
    Ok(out)
}

/// What stands under the help of this command alone, such as a list of parameters: a line that is its heading, and lines that are kept.
fn own(under: &str, page: &Page, roff: &mut Roff) {
    let Some((heading, lines)) = under.strip_suffix(&page.long()).and_then(|own| own.split_once('\n')) else { return };
    roff.control("SH", [heading.trim_end_matches(':').to_uppercase().as_str()]);
    roff.control("nf", []);
    for line in lines.trim_end().lines() {
        roff.text([roman(line)]);
    }
    roff.control("fi", []);
}

/// What stands under the help of the command.
fn below(page: &Page, roff: &mut Roff) {
    roff.control("SH", ["EXAMPLES"]);
    for (what, lines) in page.examples {
        roff.control("PP", []);
        roff.text([roman(heading(what))]);
        roff.control("RS", [INDENT]);
        roff.control("nf", []);
        for line in lines.lines() {
            roff.text([bold(line)]);
        }
        roff.control("fi", []);
        roff.control("RE", []);
    }
    for section in page.sections {
        roff.control("SH", [section.heading.to_uppercase().as_str()]);
        section.lines.iter().for_each(|(word, what)| entry(word, what, roff));
    }
    roff.control("SH", ["EXIT STATUS"]);
    page.exits.iter().for_each(|(code, what)| entry(&code.to_string(), what, roff));
}

fn entry(word: &str, what: &str, roff: &mut Roff) {
    roff.control("TP", []);
    roff.text([bold(word)]);
    roff.text([roman(what)]);
}

fn see_also(roff: &mut Roff) {
    roff.control("SH", ["SEE ALSO"]);
    let pages = std::iter::once("plimsoll(1)".to_owned()).chain(PAGES.iter().map(|page| format!("plimsoll-{}(1)", page.name)));
    roff.text([roman(pages.collect::<Vec<_>>().join(", "))]);
}
