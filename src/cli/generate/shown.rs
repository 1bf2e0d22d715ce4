//! The command line without what is hidden: completions would offer that, too.

use clap::Command;

/// The same command with its visible flags and commands alone.
pub fn command(whole: &Command) -> Command {
    let mut shown = Command::new(whole.get_name().to_owned());
    if let Some(about) = whole.get_about() {
        shown = shown.about(about.clone());
    }
    if let Some(about) = whole.get_long_about() {
        shown = shown.long_about(about.clone());
    }
    if let Some(text) = whole.get_after_long_help() {
        shown = shown.after_long_help(text.clone());
    }
    if let Some(version) = whole.get_version() {
        shown = shown.version(version.to_owned());
    }
    let arguments = whole.get_arguments().filter(|argument| !argument.is_hide_set()).cloned();
    let below = whole.get_subcommands().filter(|below| !below.is_hide_set()).map(command);
    shown.disable_help_flag(whole.is_disable_help_flag_set()).args(arguments).subcommands(below)
}
