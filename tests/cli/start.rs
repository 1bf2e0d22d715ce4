//! A command that is started as the target: it is asked, held to its budget, and gone in the end, however that comes about.

use super::schema;
use assert_cmd::cargo::cargo_bin;
use plimsoll_core::finding::{Ending, Hold};
use rustix::process::{Pid, Signal, kill_process};
use std::{
    fs,
    io::{BufRead, BufReader, Read},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// How long what was killed may take to be gone.
const PATIENCE: Duration = Duration::from_secs(20);

/// A call of the tool that starts a command.
struct Call {
    child: Child,
    home: TempDir,
}

struct Ended {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Call {
    fn begin(arguments: &[&str]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut command = Command::new(cargo_bin!("plimsoll"));
        command.args(arguments).env("HOME", home.path()).env_remove("XDG_STATE_HOME");
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        Self { child, home }
    }

    /// Waits for its end, and asserts that nothing is left of it.
    fn end(mut self) -> Ended {
        let (mut stdout, mut stderr) = (String::new(), String::new());
        let (out, err) = (self.child.stdout.take(), self.child.stderr.take());
        let errors = thread::spawn(move || err.map(|mut err| err.read_to_string(&mut stderr).map(|_| stderr)));
        if let Some(mut out) = out {
            out.read_to_string(&mut stdout).unwrap();
        }
        let code = self.child.wait().unwrap().code();
        let stderr = errors.join().unwrap().map(Result::unwrap).unwrap_or_default();
        self.leaves_nothing();
        Ended { code, stdout, stderr }
    }

    fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Waits until a process whose command line has this in it runs.
    fn until_it_runs(&self, part: &str) {
        self.until(part, || processes_of(self.home.path()).iter().any(|line| line.contains(part) && !line.contains("plimsoll")));
    }

    /// Waits until the load is on.
    fn until_it_holds(&mut self) {
        let lines = BufReader::new(self.child.stderr.take().unwrap()).lines();
        let mut settled = lines.map_while(Result::ok).skip_while(|line| !line.contains("at one time"));
        assert!(settled.next().is_some());
    }

    fn until(&self, what: &str, mut condition: impl FnMut() -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !condition() {
            assert!(Instant::now() < deadline, "still not: {what}");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// No process, no control group and no temporary file.
    fn leaves_nothing(&self) {
        let left = || (processes_of(self.home.path()), groups_of(self.child.id()));
        self.until("nothing is left", || left() == (Vec::new(), Vec::new()));
        let own = format!("plimsoll-{}", self.child.id());
        let mut temporary = fs::read_dir(std::env::temp_dir()).unwrap().flatten();
        assert!(!temporary.any(|entry| entry.file_name().to_string_lossy().contains(&own)));
    }
}

/// Command lines of the processes whose home directory this is.
fn processes_of(home: &Path) -> Vec<String> {
    let mark = format!("HOME={}", home.display());
    let folders = fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
    let ours = folders.filter(|folder| {
        fs::read(folder.join("environ")).is_ok_and(|environment| environment.split(|&byte| byte == 0).any(|one| one == mark.as_bytes()))
    });
    let lines = ours.filter_map(|folder| fs::read(folder.join("cmdline")).ok());
    lines.map(|words| String::from_utf8_lossy(&words).replace('\0', " ")).filter(|line| !line.is_empty()).collect()
}

/// The control groups that a process has made and not removed.
fn groups_of(maker: u32) -> Vec<PathBuf> {
    let name = format!("plimsoll-{maker}-");
    let mut found = Vec::new();
    let mut folders = vec![(PathBuf::from("/sys/fs/cgroup"), 0)];
    while let Some((folder, depth)) = folders.pop() {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        for entry in entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())) {
            if entry.file_name().to_string_lossy().starts_with(&name) {
                found.push(entry.path());
            } else if depth < 8 {
                folders.push((entry.path(), depth + 1));
            }
        }
    }
    found
}

/// A reference server as a command that anybody might start.
fn server(spec: &str) -> String {
    format!("'{}' lab '{spec}' --port {{port}}", cargo_bin!("plimsoll").display())
}

fn hold(arguments: &[&str]) -> Hold {
    let ended = Call::begin(&[&["hold", "--json"], arguments].concat()).end();
    schema::read(&ended.stdout).unwrap_or_else(|error| panic!("{error}: {:?} {}", ended.code, ended.stderr))
}

#[test]
fn a_command_is_asked_where_it_was_told_to_listen_and_stopped() {
    let start = server("pool?wait=1ms");
    let hold = hold(&["/shop?a=b", "--start", &start, "--ready", "/health", "-z", "1s", "-c", "2"]);
    assert!(hold.ending == Ending::Complete && hold.good > 50, "{} good", hold.good);
    assert_eq!(hold.subject.target, "http://127.0.0.1:{port}/shop?a=b");
    assert!(hold.subject.url.starts_with("http://127.0.0.1:") && hold.subject.url.ends_with("/shop?a=b"), "{:?}", hold.subject);
    assert_eq!(hold.subject.description.as_deref(), Some("started"));
    let name = hold.subject.name();
    assert!(name.contains(" lab 'pool?wait=1ms' --port {port}") && name.ends_with(" (/shop?a=b)"), "{name}");
    assert_eq!(hold.signals.and_then(|signals| signals.target_alive), Some(true));
}

#[test]
fn an_address_with_a_port_is_where_the_command_listens() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let start = format!("'{}' lab 'pool?wait=1ms' --port {port}", cargo_bin!("plimsoll").display());
    let hold = hold(&[&format!("http://localhost:{port}/"), "--start", &start, "-n", "20", "-c", "2"]);
    assert_eq!((hold.ending, hold.good), (Ending::Complete, 20));
}

#[test]
fn a_budget_is_named_with_what_holds_it() {
    let start = server("pool?wait=1ms");
    for target in [&["--start", start.as_str()][..], &["lab:pool?wait=1ms"]] {
        let hold = hold(&[target, &["--memory", "128MiB", "--cpus", "1", "-n", "20", "-c", "2"]].concat());
        assert_eq!(hold.good, 20);
        let description = hold.subject.description.unwrap();
        let by = ["cgroup v", "rlimit ("].iter().any(|by| description.contains(by));
        assert!(description.contains(", on 1 core, with 128 MiB (") && by, "{description}");
    }
}

#[test]
fn a_start_that_fails_says_what_the_command_said() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken_url = format!("http://{}/", taken.local_addr().unwrap());
    let unwell = server("pool?status=503");
    for (arguments, code, parts) in [
        (&["--start", "sh -c 'echo no luck >&2; echo {port}; exit 3'"][..], 4, &["exit status 3", "\n  | no luck\n"][..]),
        (&["--start", "/no/such/program {port}"], 4, &["can't start /no/such/program"]),
        (&["--start", "sleep 600", "--ready-within", "300ms", "http://127.0.0.1:1/"], 4, &["nothing accepts", "127.0.0.1:1", "300 ms"]),
        (&["--start", &unwell, "--ready", "/up", "--ready-within", "500ms"], 4, &["it answers /up with \"503"]),
        (&["--start", "sleep 600", &taken_url], 2, &["already listens", "{port}"]),
        (&["--start", "app {port}", "--start-dir", "/no/such/folder"], 2, &["/no/such/folder", "--start-dir"]),
    ] {
        let ended = Call::begin(&[&["find", "--memory", "512MiB"], arguments].concat()).end();
        assert_eq!(ended.code, Some(code), "{arguments:?}: {}", ended.stderr);
        for part in parts {
            assert!(ended.stderr.contains(part), "{arguments:?} lacks {part:?}: {}", ended.stderr);
        }
    }
}

#[test]
fn ctrl_c_ends_a_start_that_hangs() {
    let call = Call::begin(&["find", "--start", "sleep 601", "http://127.0.0.1:1/", "--ready-within", "10m", "--memory", "64MiB"]);
    call.until_it_runs("sleep 601");
    kill_process(call.pid(), Signal::INT).unwrap();
    assert_eq!(call.end().code, Some(130));
}

#[test]
fn ctrl_c_under_load_stops_a_server_that_has_forked_away() {
    let start = format!("sh -c \"setsid {} & exit 0\"", server("pool?wait=1ms"));
    let mut call = Call::begin(&["hold", "--start", &start, "-c", "2", "-z", "10m", "--memory", "128MiB"]);
    call.until_it_holds();
    assert!(processes_of(call.home.path()).iter().any(|line| line.contains("pool?wait=1ms --port")));
    kill_process(call.pid(), Signal::INT).unwrap();
    assert_eq!(call.end().code, Some(130));
}

#[test]
fn a_tool_that_is_killed_leaves_nothing_behind() {
    let start = server("processes?workers=3&wait=1ms");
    let mut call = Call::begin(&["hold", "--start", &start, "-c", "2", "-z", "10m", "--memory", "128MiB", "--cpus", "1"]);
    call.until_it_holds();
    kill_process(call.pid(), Signal::KILL).unwrap();
    assert_eq!(call.end().code, None);
}

#[test]
fn a_comparison_or_a_tuning_that_is_cut_short_leaves_nothing_behind() {
    let (one, other) = (format!("one={}", server("pool?wait=1ms")), format!("other={}", server("pool?wait=2ms")));
    let start = server("pool?wait=1ms&workers={workers}");
    let compare: &[&str] = &["compare", &one, &other, "--memory", "128MiB"];
    let tune: &[&str] = &["tune", "--start", &start, "--vary", "workers=1..9", "--memory", "128MiB"];
    for (arguments, said) in [(compare, "Nothing was compared"), (tune, "None of 9 settings")] {
        for (signal, code) in [(Signal::INT, Some(130)), (Signal::KILL, None)] {
            let mut call = Call::begin(arguments);
            call.until_it_holds();
            kill_process(call.pid(), signal).unwrap();
            let ended = call.end();
            assert_eq!(ended.code, code, "{arguments:?}");
            assert!(code.is_none() || ended.stdout.contains("Interrupted") && ended.stdout.contains(said), "{}", ended.stdout);
        }
    }
}

#[test]
fn a_target_that_dies_under_load_is_told_of_with_its_last_words() {
    let start = format!("sh -c \"{}; echo last words; exit 7\"", server("pool?wait=1ms&die_after=30"));
    let hold = hold(&["--start", &start, "-c", "2", "-z", "2s"]);
    let warning = hold.warnings.iter().find(|warning| warning.text.contains("ended in mid run")).expect("a warning");
    assert!(warning.text.contains("exit status 7") && warning.text.contains("last words"), "{}", warning.text);
}
