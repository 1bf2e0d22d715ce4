//! A target in a network namespace of its own, as in a container: at its own address, behind docker-proxy, and behind conmon.

use super::quiet;
use plimsoll::lab::READY_PREFIX;
use plimsoll_core::step::Watched;
use std::{
    env,
    io::{self, BufRead as _, BufReader},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    os::unix::fs::symlink,
    process::{Child, Command, Stdio, id},
    thread,
};

/// Where the target listens in its namespace: no port there is anybody else's.
const PORT: u16 = 80;
/// Namespaces that one run of the tests may make.
const ROOMS: u32 = 4;
/// What a stand-in has to lead to, the command that it runs first, a word a line, and what it prints before the address where it listens.
const LEADS_TO: &str = "PLIMSOLL_TEST_LEADS_TO";
const RUNS: &str = "PLIMSOLL_TEST_RUNS";
const STANDS_AT: &str = "stands at ";

/// A network namespace, and a way into it from this one. It is removed with this value.
struct Room {
    name: String,
    inside: Ipv4Addr,
}

impl Room {
    /// Makes one; the error says why the system does not allow it.
    fn made(number: u32) -> Result<Self, String> {
        // 198.18.0.0/15 is set aside for tests (RFC 2544); each room has four addresses of its own.
        let first = u32::from(Ipv4Addr::new(198, 18, 0, 0)) + 4 * ((ROOMS * id() + number) % (1 << 15));
        let (outside, inside) = (Ipv4Addr::from(first + 1), Ipv4Addr::from(first + 2));
        let room = Self { name: format!("plimsoll-{}-{number}", id()), inside };
        let link = format!("pl{}-{number}", id());
        ip(&["netns", "add", &room.name])?;
        ip(&["link", "add", &link, "type", "veth", "peer", "name", "eth0", "netns", &room.name])?;
        ip(&["address", "add", &format!("{outside}/30"), "dev", &link])?;
        ip(&["link", "set", &link, "up"])?;
        ip(&["-n", &room.name, "address", "add", &format!("{inside}/30"), "dev", "eth0"])?;
        ip(&["-n", &room.name, "link", "set", "lo", "up"])?;
        ip(&["-n", &room.name, "link", "set", "eth0", "up"])?;
        Ok(room)
    }

    fn address(&self) -> SocketAddr {
        (self.inside, PORT).into()
    }

    /// The command that serves in it: four workers.
    fn server(&self) -> Vec<String> {
        let (host, port) = (self.inside.to_string(), PORT.to_string());
        let lab = [env!("CARGO_BIN_EXE_plimsoll"), "lab", "pool?workers=4", "--host", &host, "--port", &port];
        ["ip", "netns", "exec", &self.name].iter().chain(&lab).map(|word| (*word).to_owned()).collect()
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        // The link goes with it.
        if let Err(why) = ip(&["netns", "delete", &self.name]) {
            println!("{} is left behind: {why}", self.name);
        }
    }
}

fn ip(arguments: &[&str]) -> Result<(), String> {
    let output = Command::new("ip").args(arguments).output().map_err(|error| format!("ip can't be run: {error}"))?;
    if output.status.success() { Ok(()) } else { Err(format!("ip {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr))) }
}

/// A process that ends with this value.
struct Running {
    child: Child,
    address: SocketAddr,
}

impl Running {
    /// Starts it, and waits until it says where it listens, after this mark.
    fn start(command: &mut Command, mark: &str) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines().map_while(Result::ok);
        let address = lines.find_map(|line| line.split_once(mark)?.1.trim().parse().ok());
        let mut running = Self { child, address: (Ipv4Addr::UNSPECIFIED, 0).into() };
        running.address = address.unwrap_or_else(|| panic!("it ended: {:?}", running.child.wait()));
        running
    }

    /// Serves in a room. The server ends with the thread that started it, also where that is killed.
    fn server<'w>(mut words: impl Iterator<Item = &'w str>) -> Self {
        let program = words.next().expect("a program");
        Self::start(Command::new(program).args(words).arg("--parent").arg(id().to_string()), READY_PREFIX)
    }

    /// A process of this name that passes connections on to a room, with its server as a child where it is to have one.
    fn stand_in(name: &str, arguments: &[&str], room: &Room, with_server: bool) -> Self {
        let folder = tempfile::tempdir().expect("a directory");
        let program = folder.path().join(name);
        symlink(env::current_exe().expect("this program"), &program).expect("a link");
        let mut command = Command::new(program);
        // What stands after the dashes are names of tests to a program of tests, and there are none.
        command.args(["--ignored", "--exact", "container::stand_in", "--nocapture", "--test-threads=1", "--"]).args(arguments);
        command.env(LEADS_TO, room.address().to_string());
        if with_server {
            command.env(RUNS, room.server().join("\n"));
        }
        Self::start(&mut command, STANDS_AT)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Asserts that the workers of a room are found through an address, all four of them, and that this is said of where they are.
fn assert_workers_are_found(address: SocketAddr, flags: &[&str], said: &str) {
    let Some(run) = quiet::find(&format!("http://{address}/"), &[flags, &["--time", "12s"]].concat()) else { return };
    let cause = run.finding().cause.unwrap_or_else(|| panic!("{run}\n{}", run.stderr));
    let evidence = cause.evidence.join("; ");
    println!("{} ({}): {evidence}", cause.verdict, cause.confidence);
    assert_eq!(cause.verdict, "worker_pool", "{evidence}");
    assert!(matches!(cause.confidence.as_str(), "high" | "medium"), "{}: {evidence}", cause.confidence);
    assert!(evidence.contains("4 workers held a request each") && evidence.contains(said), "{evidence}");
}

/// A namespace, or the reason why there can be none, printed.
fn room(number: u32) -> Option<Room> {
    Room::made(number).map_err(|why| println!("skipped: {why}")).ok()
}

#[test]
#[ignore = "puts load on a real process"]
fn at_an_address_of_its_own() {
    let Some(room) = room(0) else { return };
    let _server = Running::server(room.server().iter().map(String::as_str));
    assert_workers_are_found(room.address(), &[], &format!("at {}", room.address()));
}

#[test]
#[ignore = "puts load on a real process"]
fn behind_docker_proxy() {
    let Some(room) = room(1) else { return };
    let _server = Running::server(room.server().iter().map(String::as_str));
    let (inside, port) = (room.inside.to_string(), PORT.to_string());
    let arguments = ["-proto", "tcp", "-host-ip", "127.0.0.1", "-host-port", "0", "-container-ip", &inside, "-container-port", &port];
    let proxy = Running::stand_in("docker-proxy", &arguments, &room, false);
    let leads = format!("docker-proxy leads to {}", room.address());
    assert_workers_are_found(proxy.address, &[], &leads);

    let output = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(["watch", &format!(":{}", proxy.address.port()), "--json", "--lines", "1"])
        .output()
        .expect("plimsoll");
    let seen: Watched = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"));
    assert_eq!(
        (seen.container.as_deref(), seen.processes, &seen.programs[..]),
        (Some(&leads[..]), Some(1.0), &["plimsoll".to_owned()][..])
    );
    assert!(seen.sockets.is_some_and(|sockets| sockets.backlog > 0 && sockets.in_application == 0.0), "{seen:?}");
}

#[test]
#[ignore = "puts load on a real process"]
fn behind_conmon() {
    let Some(room) = room(2) else { return };
    let conmon = Running::stand_in("conmon", &["-c", "0123456789ab"], &room, true);
    assert_workers_are_found(conmon.address, &[], &format!("conmon holds port {} for it", conmon.address.port()));
}

#[test]
#[ignore = "puts load on a real process"]
fn behind_what_does_not_say_where_it_leads() {
    let Some(room) = room(3) else { return };
    let server = Running::server(room.server().iter().map(String::as_str));
    let pasta = Running::stand_in("pasta", &[], &room, false);
    assert_workers_are_found(pasta.address, &["--watch", &server.child.id().to_string()], "");
}

/// No test: what a stand-in does, which is this program under another name. It ends at the end of its input.
#[test]
#[ignore = "for the tests of this file"]
fn stand_in() {
    let Ok(to) = env::var(LEADS_TO) else { return };
    let to: SocketAddr = to.parse().expect("an address");
    let words = env::var(RUNS).ok();
    let _server = words.as_ref().map(|words| Running::server(words.lines()));
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    println!("{STANDS_AT}{}", listener.local_addr().expect("its address"));
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            thread::spawn(move || pass_on(&client, &TcpStream::connect(to)?));
        }
    });
    io::copy(&mut io::stdin(), &mut io::sink()).expect("an end");
}

/// Passes on what both ends say, until one has said all.
fn pass_on(client: &TcpStream, server: &TcpStream) -> io::Result<()> {
    thread::scope(|scope| {
        for (mut from, mut to) in [(client, server), (server, client)] {
            scope.spawn(move || {
                let copied = io::copy(&mut from, &mut to);
                // Either end may have closed it already.
                drop([from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both)]);
                copied
            });
        }
    });
    Ok(())
}
