//! What the screen costs: no send is later for it, and it takes hardly any of a core.

use super::terminal::{ENTERS, Terminal};
use plimsoll_core::finding::Hold;
use std::{fs, path::Path, thread, time::Duration};

/// Rounds of one hold with a screen and one without, in turns, so that a machine that changes favours neither.
const ROUNDS: usize = 5;
/// The load: a few thousand requests a second, each of which the generator has to wake for.
const HOLD: [&str; 9] = ["hold", "lab:async?wait=1ms&cpu=0", "-q", "3k", "-c", "200", "-z", "5s", "--json"];
/// For so long the CPU time of threads is looked at, once the load is on.
const LOOK: Duration = Duration::from_secs(3);
const BEFORE_LOOK: Duration = Duration::from_secs(1);

/// The most of one core that all but the generator's threads may take.
const AT_MOST: f64 = 0.02;
/// By so many times, and so many microseconds besides, the medians of two times five holds differ by chance.
const P50_TIMES: f64 = 1.5;
const P50_US: f64 = 10.0;
const P99_TIMES: f64 = 2.0;
const P99_US: f64 = 200.0;

/// What one hold gave.
struct Seen {
    lag_p50_us: f64,
    lag_p99_us: f64,
    /// CPU time of all threads but the generator's, as a share of a core.
    beside: f64,
    /// That of the thread that draws.
    draws: f64,
}

#[test]
#[ignore = "measures: see main.rs"]
fn the_screen_delays_no_send_and_takes_less_than_a_fiftieth_of_a_core() {
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        with.push(hold(true));
        without.push(hold(false));
    }
    let of = |all: &[Seen], value: fn(&Seen) -> f64| median(all.iter().map(value).collect());
    let (p50, p50_without) = (of(&with, |seen| seen.lag_p50_us), of(&without, |seen| seen.lag_p50_us));
    let (p99, p99_without) = (of(&with, |seen| seen.lag_p99_us), of(&without, |seen| seen.lag_p99_us));
    let (beside, beside_without) = (of(&with, |seen| seen.beside), of(&without, |seen| seen.beside));
    println!("send lag p50 {p50:.1} us with the screen, {p50_without:.1} us without; p99 {p99:.1} us and {p99_without:.1} us");
    println!(
        "beside the generator {beside:.4} of a core with it, {beside_without:.4} without; drawing {:.4}",
        of(&with, |seen| seen.draws)
    );
    assert!(p50 <= P50_TIMES * p50_without + P50_US, "p50 {p50} us with the screen, {p50_without} us without");
    assert!(p99 <= P99_TIMES * p99_without + P99_US, "p99 {p99} us with the screen, {p99_without} us without");
    assert!(beside < AT_MOST, "{beside} of a core with the screen, {beside_without} without");
    assert!(with.iter().all(|seen| seen.draws > 0.0), "a screen that is never drawn costs nothing");
}

/// One hold in a terminal, with a screen or with lines.
fn hold(has_screen: bool) -> Seen {
    let home = tempfile::tempdir().expect("a directory");
    let arguments = [&HOLD[..], if has_screen { &[] } else { &["--no-tui"] }].concat();
    let mut terminal = Terminal::run(Path::new(env!("CARGO_BIN_EXE_plimsoll")), &arguments, home.path(), &[]);
    terminal.until(if has_screen { ENTERS } else { "3,000 requests a second" });
    thread::sleep(BEFORE_LOOK);
    let before = threads(terminal.child.id());
    thread::sleep(LOOK);
    let after = threads(terminal.child.id());
    let spent = |counts: fn(&str) -> bool| {
        let ns = |threads: &[(String, u64)]| threads.iter().filter(|(name, _)| counts(name)).map(|(_, ns)| ns).sum::<u64>();
        (ns(&after) - ns(&before)) as f64 / LOOK.as_nanos() as f64
    };
    // The kernel keeps fifteen characters of a name.
    let (beside, draws) = (spent(|name| !name.starts_with("plimsoll-load")), spent(|name| name.starts_with("plimsoll-view")));
    let ended = terminal.ends();
    let hold: Hold = serde_json::from_str(&ended.stdout).unwrap_or_else(|error| panic!("{error}: {} {}", ended.stdout, ended.written));
    let health = hold.generator;
    Seen {
        lag_p50_us: health.send_lag_p50_us.expect("a median"),
        lag_p99_us: health.summary.send_lag_p99_us.expect("a percentile"),
        beside,
        draws,
    }
}

/// The threads of a process, with the CPU time of each in nanoseconds.
fn threads(process: u32) -> Vec<(String, u64)> {
    let tasks = fs::read_dir(format!("/proc/{process}/task")).expect("its threads");
    tasks
        .map(|task| {
            let folder = task.expect("a thread").path();
            let name = fs::read_to_string(folder.join("comm")).expect("its name");
            let times = fs::read_to_string(folder.join("schedstat")).expect("its CPU time");
            (name.trim().to_owned(), times.split_whitespace().next().expect("a first number").parse().expect("nanoseconds"))
        })
        .collect()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
