//! Targets are started, watched and stopped with all that belongs to them, whatever happens to the one who started them.

use plimsoll::{
    lab::{LabSpec, READY_PREFIX, command_for},
    launch::{Budget, Launch, LaunchError, Ready, Target},
};
use std::{
    fs,
    io::{self, BufRead, BufReader, Write},
    net::{SocketAddr, TcpStream},
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

const PLIMSOLL: &str = env!("CARGO_BIN_EXE_plimsoll");

fn line() -> Ready {
    Ready::Line(READY_PREFIX.to_owned())
}

fn lab(spec: &str) -> Launch {
    let spec: LabSpec = spec.parse().expect("a specification");
    Launch::of(PLIMSOLL, command_for(&spec), line())
}

/// A shell that starts a daemon which leaves its group and loses its parent, and then becomes a reference server.
fn shell_with_daemon() -> Launch {
    let script = format!("(setsid sleep 600 & echo daemon $!); exec '{PLIMSOLL}' lab 'pool?wait=1ms'");
    Launch::warded(PLIMSOLL, ["sh", "-c", &script], line())
}

/// The same, held to a budget that it keeps well within.
fn budgeted() -> Launch {
    shell_with_daemon().on_cpus(vec![0]).within(Budget { cpus: Some(1.0), memory: Some(256 << 20) })
}

/// The control groups that a process has made and not removed.
fn groups_of(maker: u32) -> Vec<PathBuf> {
    let name = format!("plimsoll-{maker}-");
    let mut found = Vec::new();
    let mut folders = vec![(PathBuf::from("/sys/fs/cgroup"), 0)];
    while let Some((folder, depth)) = folders.pop() {
        let below = fs::read_dir(folder).into_iter().flatten().flatten().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
        for entry in below {
            if entry.file_name().to_string_lossy().starts_with(&name) {
                found.push(entry.path());
            } else if depth < 8 {
                folders.push((entry.path(), depth + 1));
            }
        }
    }
    found
}

fn runs(pid: u32) -> bool {
    // A zombie has ended; it only waits to be noticed.
    fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z')))
}

fn descendants(root: u32) -> Vec<u32> {
    let mut all = vec![root];
    let mut at = 0;
    while at < all.len() {
        for task in fs::read_dir(format!("/proc/{}/task", all[at])).into_iter().flatten().flatten() {
            let children = fs::read_to_string(task.path().join("children")).unwrap_or_default();
            all.extend(children.split_whitespace().filter_map(|pid| pid.parse::<u32>().ok()));
        }
        at += 1;
    }
    all.split_off(1)
}

fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !condition() {
        assert!(Instant::now() < deadline, "still not: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_dropped_target_leaves_nothing_running() {
    for (launch, expected) in
        [(lab("pool"), 0), (lab("processes?workers=3"), 3), (lab("threads?crash_above=9"), 1), (shell_with_daemon(), 2)]
    {
        let target = Target::start(&launch).unwrap();
        assert!(target.is_alive());
        assert!(TcpStream::connect(target.address()).is_ok());
        let (pid, address) = (target.pid(), target.address());
        let below = descendants(pid);
        assert_eq!(below.len(), expected, "{launch:?}");
        drop(target);
        assert!(!runs(pid) && !below.iter().any(|pid| runs(*pid)), "{launch:?}");
        assert!(TcpStream::connect(address).is_err());
    }
}

#[test]
fn a_target_that_ignores_the_request_to_end_is_killed() {
    let script = format!("trap '' TERM; '{PLIMSOLL}' lab 'pool?wait=1ms'; while :; do sleep 1; done");
    let mut launch = Launch::warded(PLIMSOLL, ["sh", "-c", &script], line());
    launch.grace = Duration::from_millis(100);
    let target = Target::start(&launch).unwrap();
    let below = descendants(target.pid());
    assert_eq!(below.len(), 2);
    target.stop();
    assert!(!below.iter().any(|pid| runs(*pid)));
}

#[test]
fn it_is_seen_when_the_target_ends() {
    let target = Target::start(&lab("pool")).unwrap();
    assert!(Command::new("kill").args(["-9", &target.pid().to_string()]).status().unwrap().success());
    eventually("ended", || !target.is_alive());
    assert_eq!(target.ended().unwrap(), "signal 9");
}

#[test]
fn a_target_stays_on_its_cores_from_the_start() {
    for launch in [lab("processes?workers=2").on_cpus(vec![0]), shell_with_daemon().on_cpus(vec![0])] {
        let target = Target::start(&launch).unwrap();
        for pid in [vec![target.pid()], descendants(target.pid())].concat() {
            let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
            let list = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:")).unwrap();
            assert_eq!(list.trim(), "0");
        }
    }
}

#[test]
fn what_goes_wrong_at_the_start_is_said_with_its_remedy() {
    let quick = |mut launch: Launch| {
        launch.ready_within = Duration::from_millis(300);
        Target::start(&launch).map(|target| target.pid()).unwrap_err()
    };
    let nowhere: SocketAddr = "127.0.0.1:1".parse().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    for (error, parts) in [
        (quick(Launch::of("/no/such/program", ["x"], line())), ["/no/such/program", "check that it exists"]),
        (quick(Launch::of("sh", ["-c", "echo no luck >&2; exit 3"], line())), ["exit status 3", "no luck"]),
        (quick(Launch::of("sh", ["-c", "echo still busy; sleep 600"], line())), ["no line like \"listening on ", "still busy"]),
        (quick(Launch::of("sleep", ["600"], Ready::Connect(vec![nowhere]))), ["127.0.0.1:1", "printed nothing"]),
        (quick(Launch::of("sleep", ["600"], Ready::Connect(vec![taken.local_addr().unwrap()]))), ["already listens", "another port"]),
        (quick(lab("pool").on_cpus(vec![1023])), ["[1023]", "choose from"]),
        (quick(lab("pool").on_cpus(vec![99_999])), ["[99999]", "choose from"]),
        (quick(lab("threads?fds=1000000")), ["fds=1000000", "choose at most"]),
        (quick(Launch::warded(PLIMSOLL, ["/no/such/program"], line())), ["/no/such/program", "ended before"]),
    ] {
        let text = error.to_string();
        for part in parts {
            assert!(text.contains(part), "{text}");
        }
    }
}

#[test]
fn a_target_that_is_not_ready_is_not_left_behind() {
    let marker = std::env::temp_dir().join(format!("plimsoll-launch-{}", std::process::id()));
    let script = format!("echo $$ > '{}'; exec sleep 600", marker.display());
    let mut launch = Launch::of("sh", ["-c", &script], line());
    launch.ready_within = Duration::from_millis(300);
    assert!(matches!(Target::start(&launch), Err(LaunchError::NotReady { .. })));
    let pid: u32 = fs::read_to_string(&marker).unwrap().trim().parse().unwrap();
    fs::remove_file(&marker).unwrap();
    assert!(!runs(pid));
}

#[test]
fn a_budget_is_held_by_groups_that_the_ward_stays_out_of_or_is_said_to_be_held_otherwise() {
    let target = Target::start(&budgeted()).unwrap();
    let by_groups = target.enforced().iter().any(|by| by.starts_with("cgroup"));
    assert_eq!(target.enforced().last().unwrap(), "affinity (core 0)");
    let group = |pid: u32| fs::read_to_string(format!("/proc/{pid}/cgroup")).unwrap();
    let own = format!("plimsoll-{}-", std::process::id());
    assert!(!group(target.pid()).contains(&own));
    for pid in descendants(target.pid()) {
        assert_eq!(group(pid).contains(&own), by_groups, "{:?}: {}", target.enforced(), group(pid));
    }
    // Other tests of this process have groups of their own.
    let entered = group(descendants(target.pid())[0]);
    let name = entered.lines().find_map(|line| line.rsplit('/').next().filter(|name| name.starts_with(&own))).map(str::to_owned);
    drop(target);
    assert!(groups_of(std::process::id()).iter().all(|left| left.file_name().and_then(|left| left.to_str()) != name.as_deref()));
}

#[test]
fn a_target_that_takes_more_memory_than_it_was_given_does_not_get_it() {
    // It keeps the last 150 MB of what it reads.
    let script = "head -c 200000000 /dev/zero | tail -c 150000000 > /dev/null";
    let hog = |budget| Launch::warded(PLIMSOLL, ["sh", "-c", script], line()).within(budget);
    let ended = |launch| match Target::start(&launch) {
        Err(LaunchError::Ended { ended, tail }) => (ended, tail),
        other => panic!("{other:?}"),
    };
    assert_eq!(ended(hog(Budget::default())), ("exit status 0".to_owned(), String::new()));
    let (how, tail) = ended(hog(Budget { cpus: None, memory: Some(64 << 20) }));
    // A group's limit kills it, and the ward says so; a limit on its address space is one that it runs into itself.
    assert!(how != "exit status 0" && tail.contains("memory"), "{how}: {tail}");
}

#[test]
fn a_server_that_puts_itself_into_the_background_runs_on_and_is_stopped_with_the_rest() {
    let script = format!("setsid '{PLIMSOLL}' lab 'pool?wait=1ms' & exit 0");
    let target = Target::start(&Launch::warded(PLIMSOLL, ["sh", "-c", &script], line())).unwrap();
    eventually("the shell has ended", || descendants(target.pid()).len() == 1);
    assert!(target.is_alive() && TcpStream::connect(target.address()).is_ok());
    let below = descendants(target.pid());
    drop(target);
    assert!(!below.iter().any(|pid| runs(*pid)));
}

#[test]
fn a_panic_stops_the_target_too() {
    let mut started = Vec::new();
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let target = Target::start(&shell_with_daemon()).unwrap();
        started = [vec![target.pid()], descendants(target.pid())].concat();
        panic!("on purpose");
    }));
    assert!(panicked.is_err() && started.len() == 3 && !started.iter().any(|pid| runs(*pid)), "{started:?}");
}

#[test]
fn whoever_gives_up_waits_no_longer() {
    let launch = Launch { ready_within: Duration::from_secs(3600), ..Launch::warded(PLIMSOLL, ["sleep", "600"], line()) };
    assert!(matches!(Target::start_unless(&launch, &|| true), Err(LaunchError::GivenUp { .. })));
}

/// Run as a process of its own by the test below: starts a target and waits to be killed.
#[test]
#[ignore = "is started by another test, as the process that is killed"]
fn hold_a_target() {
    let launch = match std::env::var("PLIMSOLL_HELD").as_deref() {
        Ok("warded") => shell_with_daemon(),
        Ok("budgeted") => budgeted(),
        Ok(spec) => lab(spec),
        Err(_) => return,
    };
    let target = Target::start(&launch).unwrap();
    let below: Vec<String> = descendants(target.pid()).iter().map(u32::to_string).collect();
    writeln!(io::stdout(), "\nholding {} {}", target.pid(), below.join(" ")).unwrap();
    loop {
        thread::park();
    }
}

#[test]
fn nothing_outlives_a_session_that_is_killed() {
    for (held, count) in
        [("pool", 1), ("async", 1), ("processes?workers=3", 4), ("threads?crash_above=9", 2), ("warded", 3), ("budgeted", 3)]
    {
        let mut session = hold(held);
        let pids = held_by(&mut session);
        assert_eq!(pids.len(), count, "{held}");
        assert!(pids.iter().all(|pid| runs(*pid)), "{held}");
        session.kill().unwrap();
        session.wait().unwrap();
        eventually(held, || !pids.iter().any(|pid| runs(*pid)) && groups_of(session.id()).is_empty());
    }
}

fn hold(held: &str) -> Child {
    let own: &Path = &std::env::current_exe().unwrap();
    let args = ["--exact", "hold_a_target", "--ignored", "--nocapture"];
    Command::new(own).args(args).env("PLIMSOLL_HELD", held).stdout(Stdio::piped()).spawn().unwrap()
}

fn held_by(session: &mut Child) -> Vec<u32> {
    let lines = BufReader::new(session.stdout.take().unwrap()).lines();
    let line = lines.map_while(Result::ok).find_map(|line| line.strip_prefix("holding ").map(str::to_owned)).expect("the session holds");
    line.split_whitespace().map(|pid| pid.parse().unwrap()).collect()
}
