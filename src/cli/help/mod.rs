//! The command line as people read it: `-h` has a line for each of the usual flags, `--help` and the man pages have all of them, explained.

mod pages;

#[cfg(test)]
mod tests;

pub use pages::{PAGES, Page, ROOT, heading};

use super::args::Arguments;
use clap::{Arg, ArgAction, Command, CommandFactory, builder::StyledStr};

/// What the tool takes, with all that is said of it.
pub fn command() -> Command {
    let root = with_page(explained(Arguments::command()), &ROOT);
    PAGES.iter().fold(root, |root, page| root.mut_subcommand(page.name, |command| with_page(command, page)))
}

/// A command with what stands under its help.
fn with_page(command: Command, page: &Page) -> Command {
    let command = command.after_help(page.short());
    // A page that was written for the command itself, such as a list of parameters, comes first.
    let own = command.get_after_long_help().map(|text| format!("{}\n", text.to_string().trim_end()));
    let long = [own, Some(page.long())].into_iter().flatten().collect::<Vec<_>>().join("\n");
    command.after_long_help(long)
}

/// Where a text has more than one paragraph, the first is its summary, and the others are the long text. The environment has a section of
/// its own.
fn explained(command: Command) -> Command {
    let long = command.get_long_about().and_then(rest);
    let command = if let Some(long) = long { command.long_about(long) } else { command };
    let command = command.mut_args(|argument| {
        let long = argument.get_long_help().and_then(rest);
        let argument = argument.hide_env(true);
        // As in a list, where clap leaves the full stop of a single paragraph out, too.
        if let Some(long) = long { argument.long_help(long.trim_end_matches('.').to_owned()) } else { argument }
    });
    let has_headings = command.get_arguments().any(|argument| argument.get_help_heading().is_some());
    // The tool itself gives help on a command; below its commands there is little to ask for.
    command.disable_help_flag(true).arg(help_flag(has_headings)).mut_subcommands(|below| explained(below).disable_help_subcommand(true))
}

/// What follows the first paragraph; `None` where nothing does.
fn rest(long: &StyledStr) -> Option<String> {
    long.to_string().split_once("\n\n").map(|(_, rest)| rest.to_owned())
}

/// The last flag rather than the first, as it says nothing of the command.
fn help_flag(has_headings: bool) -> Arg {
    let flag = Arg::new("help").short('h').long("help").action(ArgAction::Help);
    let flag = flag.help("Print this summary; --help tells all").long_help("Print all of this; -h prints a summary");
    if has_headings { flag.help_heading("Output") } else { flag }
}
