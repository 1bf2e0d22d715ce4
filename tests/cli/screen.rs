//! The screen in a real terminal: its keys, and that the terminal is given back whatever ends the run.

use super::terminal::{ENTERS, Ended, Terminal};
use assert_cmd::cargo::cargo_bin;
use plimsoll::{
    report::paint::Look,
    session::{Event, Interrupt, subject},
    view::{Manner, View},
};
use plimsoll_core::search::Goal;
use rustix::process::{Pid, Signal, kill_process};

/// A hold that goes on for longer than any test.
const HOLD: [&str; 5] = ["hold", "lab:pool?wait=5ms", "-c2", "-z60s", "--no-watch"];

fn run(arguments: &[&str], environment: &[(&str, &str)]) -> (Terminal, tempfile::TempDir) {
    let home = tempfile::tempdir().unwrap();
    (Terminal::run(cargo_bin!("plimsoll"), arguments, home.path(), environment), home)
}

fn pid(terminal: &Terminal) -> Pid {
    Pid::from_child(&terminal.child)
}

/// What is left of a hold after this was done to it while its screen stood.
fn held_until(end: impl FnOnce(&mut Terminal)) -> Ended {
    let (mut terminal, _home) = run(&HOLD, &[]);
    terminal.until(ENTERS);
    terminal.until("generator");
    end(&mut terminal);
    terminal.ends()
}

#[test]
fn q_and_ctrl_c_and_sigterm_report_on_a_terminal_that_is_as_it_was() {
    let ends: [fn(&mut Terminal); 3] =
        [|terminal| terminal.types("q"), |terminal| terminal.types("\u{3}"), |terminal| kill_process(pid(terminal), Signal::TERM).unwrap()];
    for end in ends {
        let ended = held_until(end);
        ended.is_restored();
        assert_eq!(ended.code, Some(130), "{}", ended.stdout);
        assert!(ended.stdout.starts_with("─⊖─ lab:pool") && ended.stdout.contains("Interrupted after"), "{}", ended.stdout);
    }
}

#[test]
fn a_second_signal_leaves_at_once_and_gives_the_terminal_back() {
    let ended = held_until(|terminal| {
        kill_process(pid(terminal), Signal::INT).unwrap();
        kill_process(pid(terminal), Signal::TERM).unwrap();
    });
    ended.is_restored();
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(130), ""));
}

#[test]
fn a_run_that_ends_by_itself_gives_the_terminal_back() {
    let (mut terminal, _home) = run(&["hold", "lab:pool?wait=5ms", "-c2", "-n20", "--no-watch", "--json"], &[]);
    terminal.until(ENTERS);
    let ended = terminal.ends();
    ended.is_restored();
    assert!(ended.stdout.starts_with("{\n") && !ended.stdout.contains('\u{1b}'), "{}", ended.stdout);
}

#[test]
fn a_search_pauses_between_two_steps_and_goes_on() {
    let (mut terminal, _home) = run(&["find", "lab:pool?wait=5ms", "--no-watch"], &[]);
    terminal.until(ENTERS);
    terminal.until("doubling");
    terminal.types("?");
    terminal.until("percentile");
    terminal.types("?p");
    terminal.until("paused:");
    terminal.types("p");
    // The next step begins.
    terminal.until("settling");
    terminal.types("q");
    let ended = terminal.ends();
    ended.is_restored();
    assert!(ended.stdout.contains("Warning: The run was paused for "), "{}", ended.stdout);
}

#[test]
fn where_nothing_can_be_drawn_there_are_lines() {
    let arguments = ["hold", "lab:pool?wait=5ms", "-c2", "-n20", "--no-watch"];
    for (more, environment) in [(&["--no-tui"][..], &[][..]), (&[], &[("TERM", "dumb")]), (&[], &[("PLIMSOLL_NO_TUI", "1")])] {
        let (mut terminal, _home) = run(&[&arguments, more].concat(), environment);
        terminal.until("lab:pool?wait=5ms: 2 at one time, 20 requests");
        let ended = terminal.ends();
        assert!(ended.as_before && !ended.written.contains('\u{1b}'), "{:?}", ended.written);
    }
}

#[test]
fn what_keeps_a_run_from_beginning_is_said_without_a_screen() {
    let (mut terminal, _home) = run(&["find", "https://127.0.0.1:1/", "--cacert", "/nowhere.pem"], &[]);
    let ended = terminal.ends();
    assert_eq!(ended.code, Some(2), "{}", ended.written);
    assert!(ended.as_before && ended.written.contains("nowhere.pem") && !ended.written.contains(ENTERS), "{:?}", ended.written);
}

#[test]
fn a_panic_gives_the_terminal_back_before_it_is_told() {
    let home = tempfile::tempdir().unwrap();
    let this = std::env::current_exe().unwrap();
    let arguments = ["screen::panics_on_a_screen", "--exact", "--ignored", "--nocapture"];
    let mut terminal = Terminal::run(&this, &arguments, home.path(), &[("PLIMSOLL_TEST_PANICS", "1")]);
    terminal.until(ENTERS);
    let ended = terminal.ends();
    ended.is_restored();
    let told = ended.written.split(super::terminal::LEAVES).nth(1).unwrap();
    assert!(told.contains("a panic while the screen stands"), "{told:?}");
}

#[test]
#[ignore = "panics: another test runs it in a terminal of its own"]
fn panics_on_a_screen() {
    if std::env::var_os("PLIMSOLL_TEST_PANICS").is_none() {
        return;
    }
    let mut view = View::new(Manner::Screen(Look::default(), Interrupt::default()));
    view.show(&Event::Started { subject: &subject("any", "http://any/"), goal: &Goal::default() });
    panic!("a panic while the screen stands");
}
