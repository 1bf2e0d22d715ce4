//! What it costs to watch a target of many threads, and one of many processes.

use rustix::time::{ClockId, clock_gettime};
use std::{
    fs,
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio, id},
    sync::mpsc::{Sender, channel},
    thread,
    time::Instant,
};
use wait4::Wait4 as _;

/// Threads of the target.
const THREADS: usize = 200;
/// The most that watching may take, in plain readings of the same threads a second: it takes 1.3 of 400 threads in 201 processes, and 3.1 of 200
/// threads in one, each of 3 to 9 ms. A ratio, because the same machine takes twice as long for both an hour later.
const AT_MOST: f64 = 5.0;
/// Readings that the measure is the median of.
const READINGS: usize = 9;
/// How long is watched, in lines of a second each.
const LINES: u32 = 14;
const SHORT_LINES: u32 = 2;

#[test]
#[ignore = "measures: see main.rs"]
fn two_hundred_threads_are_watched_for_a_few_readings_a_second() {
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
fn two_hundred_processes_are_watched_for_a_few_readings_a_second() {
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
    let mut readings: Vec<f64> = (0..READINGS).map(|_| reading_s(process)).collect();
    readings.sort_by(f64::total_cmp);
    let readings_per_s = cores / readings[READINGS / 2];
    println!("{cores} of a core, {readings_per_s} readings a second");
    assert!(readings_per_s < AT_MOST, "watching took as long as {readings_per_s} readings of all threads a second");
}

/// CPU time in seconds of reading the three files of each thread of a process and its children that `plimsoll` reads too.
fn reading_s(process: u32) -> f64 {
    let cpu = || {
        let time = clock_gettime(ClockId::ThreadCPUTime);
        time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
    };
    let begun = cpu();
    let entries = |folder: &str| fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries("/proc") {
        let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        let parent = stat.rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().nth(1)).and_then(|parent| parent.parse().ok());
        if parent == Some(process) || entry.file_name() == process.to_string().as_str() {
            for thread in entries(&entry.path().join("task").display().to_string()) {
                for file in ["schedstat", "status", "syscall"] {
                    drop(fs::read_to_string(thread.path().join(file)));
                }
            }
        }
    }
    cpu() - begun
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
