//! Every command of the README, carried out in the order of the page: each ends with the exit code that the page says, 0 where it says none.
//!
//! The addresses of the page, 127.0.0.1:8080 and :8081, stand for servers of the reader's; here they are reference servers on free ports. What
//! a search may take is set in the environment, as any reader can. Lines that install or build are held against the repository in tests/cli.

use super::{
    pages::{Shown, commands, root},
    quiet,
};
use std::{
    env,
    ffi::OsString,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Output, Stdio},
};

const TOOL: &str = env!("CARGO_BIN_EXE_plimsoll");
/// Each address of the page, and what stands for it.
const SERVERS: [(&str, &str); 2] = [("127.0.0.1:8080", "pool?workers=8&wait=20ms"), ("127.0.0.1:8081", "async?wait=20ms")];
/// Time for the searches of each command. The page gives none, so that the usual one is used, which is a minute.
const TIMES: [(&str, &str); 3] = [("find", "10s"), ("compare", "40s"), ("tune", "5s")];
/// Calls that are made to find one that nothing else disturbed.
const TRIES: usize = 2;
/// What the tool ends with where its generator was the limit.
const WITHHELD: i32 = 3;

/// A server that runs as if the reader had started it, bound to the first core; it ends with this value.
struct Server {
    child: Child,
    address: String,
    /// A server whose standard output is closed could not say anything more.
    _out: BufReader<ChildStdout>,
}

impl Server {
    fn start(spec: &str) -> Self {
        let mut child =
            Command::new("taskset").args(["-c", "0", TOOL, "lab", spec]).stdout(Stdio::piped()).spawn().expect("taskset, of util-linux");
        let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut line = String::new();
        out.read_line(&mut line).expect("a line");
        let address = line.trim().rsplit(' ').next().expect("an address").to_owned();
        assert!(address.contains(':'), "{line:?}");
        Self { child, address, _out: out }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself, which a command has told by then.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
#[ignore = "measures: run with `cargo xtask test`"]
fn every_command_of_the_readme_ends_as_the_page_says() {
    let folder = tempfile::tempdir().expect("a directory");
    let servers = SERVERS.map(|(address, spec)| (address, Server::start(spec)));
    let mut faults = Vec::new();
    let shown = commands(&root().join("README.md"));
    let called: Vec<&Shown> = shown.iter().filter(|shown| shown.plimsoll().is_some()).collect();
    assert!(called.len() >= 10, "{} commands", called.len());
    for shown in called {
        let (output, is_busy) = undisturbed(|| call(shown, folder.path(), &servers), shown.exit);
        let line = shown.words.join(" ");
        println!("{}: {line}: {:?}", shown.place, output.status.code());
        if output.status.code() == Some(WITHHELD) && is_busy {
            println!("not measured: other programs keep core {} busy", quiet::generators_core());
        } else if output.status.code() != Some(shown.exit) {
            let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
            faults.push(format!("{}: {line}: {:?}, not {}\n{said}", shown.place, output.status.code(), shown.exit));
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// Calls until the exit code is this one, or nobody else was on the generator's core; and whether somebody was.
fn undisturbed(make: impl Fn() -> Output, exit: i32) -> (Output, bool) {
    let mut last = quiet::watched(&make);
    for _ in 1..TRIES {
        if last.0.status.code() == Some(exit) || !quiet::is_busy(last.1) {
            break;
        }
        last = quiet::watched(&make);
    }
    (last.0, quiet::is_busy(last.1))
}

/// One call, in the folder that the page has changed to, or in one of its own.
fn call(shown: &Shown, folder: &Path, servers: &[(&str, Server)]) -> Output {
    let arguments = shown.plimsoll().expect("a call of the tool");
    let place: PathBuf = if shown.folder.as_os_str().is_empty() { folder.to_owned() } else { root().join(&shown.folder) };
    let time = TIMES.iter().find(|(command, _)| arguments.first().is_some_and(|first| first == command));
    Command::new(TOOL)
        .args(arguments.iter().map(|word| replaced(word, servers)))
        .current_dir(place)
        .env("HOME", folder)
        .env("PATH", path())
        .envs(time.map(|(_, time)| ("PLIMSOLL_TIME", *time)))
        .envs(shown.environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .output()
        .expect("the tool runs")
}

/// A word of the page with the addresses of the servers that stand for the reader's.
fn replaced(word: &str, servers: &[(&str, Server)]) -> String {
    servers.iter().fold(word.to_owned(), |word, (shown, server)| {
        let port = |address: &str| address.rsplit_once(':').map(|(_, port)| format!(":{port}")).expect("a port");
        if word == port(shown) { port(&server.address) } else { word.replace(shown, &server.address) }
    })
}

/// A search path on which the tool is found first, as it is after an installation.
fn path() -> OsString {
    let tool = Path::new(TOOL).parent().expect("a folder").to_owned();
    let others = env::var_os("PATH").unwrap_or_default();
    env::join_paths([tool].into_iter().chain(env::split_paths(&others))).expect("a search path")
}
