//! What the terminal can show, and writing to standard output.

use super::{Exit, Problem, args::OutputArgs};
use crate::{
    report::{self, Document, Format, paint::Look},
    session::Interrupt,
    view::Manner,
};
use anstream::ColorChoice;
use std::{
    env,
    io::{self, IsTerminal, Write},
};

/// Wider reports are hard to read; narrower ones break the tables.
const COLUMNS: std::ops::RangeInclusive<usize> = 60..=100;
const USUAL_COLUMNS: usize = 80;

/// What standard output can show. A file or a pipe gets 80 columns without colour.
pub fn look(no_color: bool) -> Look {
    let stdout = io::stdout();
    let colour = !no_color && anstream::AutoStream::choice(&stdout) != ColorChoice::Never;
    let columns = stdout.is_terminal().then(rustix_columns).flatten().unwrap_or(USUAL_COLUMNS);
    Look { colour, unicode: takes_unicode(|name| env::var(name).ok()), columns: columns.clamp(*COLUMNS.start(), *COLUMNS.end()) }
}

fn rustix_columns() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(io::stdout()).ok()?;
    (size.ws_col > 0).then_some(usize::from(size.ws_col))
}

/// Whether the locale's encoding is UTF-8, by the order in which POSIX reads its variables. Without any, UTF-8 is what terminals take today,
/// except where the locale is the plain C one.
fn takes_unicode(variable: impl Fn(&str) -> Option<String>) -> bool {
    let set = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(|name| variable(name).filter(|value| !value.is_empty()));
    set.is_none_or(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

/// How progress is shown: on a screen where standard error is a terminal that can be drawn on, and nobody wants it otherwise.
pub fn progress(typed: &OutputArgs, interrupt: &Interrupt) -> Manner {
    let stderr = io::stderr();
    if typed.no_tui || !stderr.is_terminal() || env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb") {
        return Manner::Lines;
    }
    let colour = !typed.no_color && anstream::AutoStream::choice(&stderr) != ColorChoice::Never;
    let look = Look { colour, unicode: takes_unicode(|name| env::var(name).ok()), columns: USUAL_COLUMNS };
    Manner::Screen(look, interrupt.clone())
}

/// A result on standard output in this format.
///
/// # Errors
/// When standard output can't be written to, unless its reader just left.
pub fn print(result: &impl Document, format: Format, no_color: bool) -> Result<(), Problem> {
    let bytes = report::render(result, format, &look(no_color)).map_err(|error| Problem::because(Exit::Failure, error))?;
    print_bytes(&bytes)
}

/// Text on standard output.
///
/// # Errors
/// When standard output can't be written to, unless its reader just left.
pub fn print_text(text: &str) -> Result<(), Problem> {
    print_bytes(text.as_bytes())
}

fn print_bytes(bytes: &[u8]) -> Result<(), Problem> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        // `plimsoll find ... | head` has what it wanted.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Problem {
            exit: Exit::Failure,
            text: format!("the report can't be written to standard output: {error}"),
            source: None,
            hints: vec!["--save FILE on a disk with room".to_owned()],
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unicode_follows_the_locale() {
        let with = |set: &'static [(&str, &str)]| {
            takes_unicode(move |name| set.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
        };
        assert!(with(&[]));
        assert!(with(&[("LANG", "en_US.UTF-8")]));
        assert!(with(&[("LC_ALL", ""), ("LANG", "C.utf8")]));
        assert!(!with(&[("LC_ALL", "C"), ("LANG", "en_US.UTF-8")]));
        assert!(!with(&[("LANG", "POSIX")]));
    }
}
