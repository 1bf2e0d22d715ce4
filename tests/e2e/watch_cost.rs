//! What it costs to watch a target of many threads, and one of many processes.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio, id},
    sync::mpsc::{Sender, channel},
    thread,
    time::Instant,
};
use wait4::Wait4 as _;

/// Threads of the target.
const THREADS: usize = 200;
/// The most of one core that watching may take.
const AT_MOST: f64 = 0.01;
/// How long is watched, in lines of a second each.
const LINES: u32 = 14;
const SHORT_LINES: u32 = 2;

#[test]
#[ignore = "measures: see main.rs"]
fn two_hundred_threads_are_watched_for_less_than_a_hundredth_of_a_core() {
    // This process is the target. Its threads wait until the channels are dropped, each of which wakes one.
    let wakers: Vec<Sender<()>> = (0..THREADS)
        .map(|_| {
            let (waker, sleep) = channel();
            thread::spawn(move || sleep.recv());
            waker
        })
        .collect();
    watched_for_little(id());
    drop(wakers);
}

#[test]
#[ignore = "measures: see main.rs"]
fn two_hundred_processes_are_watched_for_less_than_a_hundredth_of_a_core() {
    let lab = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(["lab", &format!("processes?workers={THREADS}")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a server of forked workers");
    let mut lab = Server(lab);
    // It says where it listens once all of them are there.
    let mut line = String::new();
    BufReader::new(lab.0.stdout.take().expect("piped")).read_line(&mut line).expect("its address");
    watched_for_little(lab.0.id());
}

/// Ends with the test, also where that fails; its workers end with it.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Watches a tree of at least so many threads for a while. What it takes to begin is paid once and left out: a longer watch less a shorter one.
fn watched_for_little(process: u32) {
    let (short_s, short) = watch(process, SHORT_LINES);
    let (long_s, long) = watch(process, LINES);
    let cores = (long - short) / (long_s - short_s);
    println!("{cores} of a core");
    assert!(cores < AT_MOST, "watching took {cores} of a core");
}

/// How long a watch of so many lines took and how much CPU time, both in seconds.
fn watch(process: u32, lines: u32) -> (f64, f64) {
    let begun = Instant::now();
    let mut watch = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(["watch", &process.to_string(), "--json", "--lines", &lines.to_string()])
        .stdout(Stdio::piped())
        .spawn()
        .expect("plimsoll");
    let mut out = watch.stdout.take().expect("piped");
    let text = std::io::read_to_string(&mut out).expect("lines");
    let ended = watch.wait4().expect("how it ended");
    let threads: Vec<Option<f64>> = text
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON").get("threads").and_then(serde_json::Value::as_f64))
        .collect();
    assert_eq!(threads.len(), lines as usize);
    assert!(threads.iter().all(|seen| seen.is_some_and(|seen| seen >= THREADS as f64)), "{threads:?}");
    (begun.elapsed().as_secs_f64(), (ended.rusage.utime + ended.rusage.stime).as_secs_f64())
}
