//! What each model does when nothing is wrong.

use crate::{
    client::{Answer, Client, get, get_at_once},
    eventually, serve,
};
use std::{
    fs,
    io::ErrorKind,
    net::TcpStream,
    process::Command,
    time::{Duration, Instant},
};

#[test]
fn every_model_answers_and_keeps_connections_as_it_should() {
    for (spec, keep_alive) in [
        ("single?wait=1ms", false),
        ("pool?wait=1ms", false),
        ("processes?workers=2&wait=1ms", false),
        ("threads?wait=1ms", true),
        ("threads?wait=0&lock=1ms", true),
        ("threads?wait=0&lock=1ms&lock_kind=herd", true),
        ("threads?wait=0&lock=1ms&lock_kind=spin", true),
        ("async?wait=1ms", true),
        ("async-blocking?wait=1ms", true),
    ] {
        let target = serve(spec);
        let mut client = Client::connect(target.address()).unwrap();
        for _ in 0..if keep_alive { 3 } else { 1 } {
            client.send().unwrap();
            assert_eq!(client.receive().unwrap(), Answer { status: 200, body: 100, keep_alive }, "{spec}");
        }
    }
}

#[test]
fn work_is_never_done_by_more_at_one_time_than_declared() {
    // specification, requests at one time, how many of them can be inside together, the least a wait takes
    for (spec, requests, together, wait_ms) in [
        ("single?wait=40ms", 4, 1, 38),
        ("pool?workers=2&wait=60ms", 6, 2, 57),
        ("processes?workers=2&wait=60ms", 6, 2, 57),
        ("threads?slots=2&wait=60ms", 6, 2, 57),
        ("async?slots=2&wait=60ms", 6, 2, 57),
        ("threads?lock=40ms&wait=0", 4, 1, 38),
        ("async?lock=40ms&wait=0", 4, 1, 38),
        ("processes?workers=4&lock=40ms&wait=0", 4, 1, 38),
        ("processes?workers=6&slots=2&wait=60ms", 6, 2, 57),
        ("async-blocking?wait=40ms", 4, 1, 38),
    ] {
        let target = serve(spec);
        let start = Instant::now();
        let answers = get_at_once(target.address(), requests);
        let elapsed = start.elapsed();
        assert!(answers.iter().all(|answer| answer.as_ref().is_ok_and(|answer| answer.status == 200)), "{spec}: {answers:?}");
        // However slow the machine: so many rounds of waiting can't take less.
        let least = Duration::from_millis(wait_ms) * (requests / together) as u32;
        assert!(elapsed >= least, "{spec}: {elapsed:?} is less than {least:?}");
    }
}

#[test]
fn a_lost_worker_process_is_replaced() {
    let target = serve("processes?workers=1&wait=0");
    assert_eq!(get(target.address()).unwrap().status, 200);
    let worker = only_child(target.pid());
    assert!(Command::new("kill").args(["-9", &worker.to_string()]).status().unwrap().success());
    eventually("another worker", || children(target.pid()).iter().any(|child| *child != worker));
    assert_eq!(get(target.address()).unwrap().status, 200);
}

#[test]
fn too_few_file_descriptors_turn_nobody_away_and_kill_nothing() {
    for model in ["threads", "async"] {
        let target = serve(&format!("{model}?wait=0&fds=32"));
        let mut crowd: Vec<Client> = (0..40).map(|_| Client::connect(target.address()).unwrap()).collect();
        for client in &mut crowd {
            client.send().unwrap();
        }
        let served = |client: &mut Client| client.receive().unwrap().status;
        assert_eq!(served(&mut crowd[0]), 200, "{model}");
        // The last waits in the listen queue until others have left.
        let mut last = crowd.pop().unwrap();
        crowd.clear();
        assert_eq!(served(&mut last), 200, "{model}");
        assert!(target.is_alive());
    }
}

#[test]
fn the_body_has_the_declared_size() {
    for spec in ["threads?wait=0&body=300KiB", "async?wait=0&body=300KiB"] {
        let target = serve(spec);
        assert_eq!(get(target.address()).unwrap().body, 300 * 1024, "{spec}");
    }
}

#[test]
fn the_listen_queue_holds_its_backlog_and_one_more() {
    let target = serve("pool?workers=1&wait=1m&backlog=2");
    // One that is served, and three that wait; whoever comes then is not even refused.
    let connected: Vec<_> = (0..8).map(|_| TcpStream::connect_timeout(&target.address(), Duration::from_millis(250))).collect();
    assert_eq!(connected.iter().filter(|outcome| outcome.is_ok()).count(), 4);
    assert_eq!(connected[7].as_ref().unwrap_err().kind(), ErrorKind::TimedOut);
}

#[test]
fn what_leaks_stays_in_memory() {
    for model in ["threads", "async"] {
        let target = serve(&format!("{model}?wait=0&leak=1MiB"));
        for _ in 0..20 {
            get(target.address()).unwrap();
        }
        let status = fs::read_to_string(format!("/proc/{}/status", target.pid())).unwrap();
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        let kib: u64 = resident.trim().trim_end_matches(" kB").parse().unwrap();
        assert!(kib >= 20 * 1024, "{model}: {kib} KiB");
    }
}

#[test]
fn a_step_slows_every_request_from_then_on() {
    for model in ["threads", "async"] {
        let target = serve(&format!("{model}?wait=10ms&step=20@0s"));
        let start = Instant::now();
        get(target.address()).unwrap();
        assert!(start.elapsed() >= Duration::from_millis(190), "{model}: {:?}", start.elapsed());
    }
}

fn children(parent: u32) -> Vec<u32> {
    let text = fs::read_to_string(format!("/proc/{parent}/task/{parent}/children")).expect("the kernel lists children");
    text.split_whitespace().map(|pid| pid.parse().expect("a process id")).collect()
}

fn only_child(parent: u32) -> u32 {
    let children = children(parent);
    assert_eq!(children.len(), 1);
    children[0]
}
