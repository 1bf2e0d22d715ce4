//! What a person sees of the command line, at 80 columns.

use super::*;

/// Each command below the tool that is shown, and the tool itself.
fn shown() -> Vec<Command> {
    let root = command().term_width(80);
    let below = || root.get_subcommands().filter(|below| !below.is_hide_set());
    let nested = below().flat_map(Command::get_subcommands);
    below().chain(nested).cloned().map(|command| command.term_width(80)).chain([root.clone()]).collect()
}

#[test]
fn every_command_that_is_listed_has_a_page_and_no_other() {
    let root = command();
    let listed: Vec<&str> = root.get_subcommands().filter(|below| !below.is_hide_set()).map(Command::get_name).collect();
    assert_eq!(listed, PAGES.each_ref().map(|page| page.name));
}

#[test]
fn a_short_help_has_a_line_for_each_flag() {
    for mut command in shown() {
        let help = command.render_help().to_string();
        for line in help.lines() {
            assert!(line.chars().count() <= 80, "{line}");
        }
        // What follows the usage and precedes the examples is headings and flags, a line each.
        let flags = help.lines().skip_while(|line| !line.starts_with("Usage")).skip(1);
        for line in flags.take_while(|line| !line.starts_with("Examples:")).filter(|line| line.starts_with(' ')) {
            let (flag, said) = line.trim_start().split_once("  ").unwrap_or((line, ""));
            assert!(line.len() - line.trim_start().len() <= 6 && !said.trim().is_empty(), "{flag}: a line each\n{help}");
        }
    }
}

#[test]
fn a_long_help_shows_all_flags_and_breaks_no_example() {
    for mut command in shown() {
        let help = command.render_long_help().to_string();
        for argument in command.get_arguments().filter(|argument| !argument.is_hide_set() && !argument.is_positional()) {
            let long = format!("--{}", argument.get_long().expect("a long flag"));
            assert!(help.contains(&long), "{}: {long}", command.get_name());
        }
        let Some(page) = PAGES.iter().find(|page| page.name == command.get_name()) else { continue };
        for line in page.long().lines() {
            assert!(help.contains(line) && line.chars().count() <= 80, "{line}\n{help}");
        }
    }
}

#[test]
fn no_help_tells_what_the_environment_holds() {
    for command in shown() {
        assert!(
            command.get_arguments().all(|argument| argument.is_hide_env_set() || argument.get_env().is_none()),
            "{}",
            command.get_name()
        );
    }
}

#[test]
fn every_example_is_a_command_line_that_could_be_carried_out() {
    for page in PAGES.iter().chain([&ROOT]) {
        for (_, line) in page.examples {
            let words = shlex::split(&line.replace("\\\n", " ")).expect("words");
            // The example with names from a file is held against one in docs.
            if words.contains(&"sync".to_owned()) {
                continue;
            }
            let checked = crate::cli::check(words.into_iter().map(Into::into));
            assert!(checked.is_ok(), "{line}: {}", checked.unwrap_err().text);
        }
    }
}
