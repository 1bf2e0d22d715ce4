//! A command that the session starts as its target: where it listens, how it is held to its budget, and when it is ready.

use super::{
    Interrupt, LinkError, Setup, TargetError, address, cores::Placement, files::Papers, link::Link, probe, redact, target::request,
};
use crate::launch::{Budget, Launch, LaunchError, Ready, Target};
use plimsoll_core::{
    finding::Warning,
    units::{show_bytes, show_number},
};
use std::{
    env,
    net::{Ipv4Addr, TcpListener},
    path::PathBuf,
    time::{Duration, Instant},
};
use url::Url;

/// What stands for the port in a command.
pub const PORT: &str = "{port}";

/// Whether a text that stands where a target may is a command with a place for its port, and no address.
pub fn is_command(text: &str) -> bool {
    let is_address = text.split_once("://").is_some_and(|(scheme, _)| scheme.chars().all(|c| c.is_ascii_alphanumeric()));
    text.contains(PORT) && !is_address
}

/// A request that asks whether the command is ready is given up after this long, and sent again.
const PATIENCE: Duration = Duration::from_secs(2);
/// So much of the end of what a command printed goes into a warning.
const MOST_QUOTED: usize = 200;

/// A command to start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start {
    /// Its words: no shell reads them. `{port}` in them stands for the port at which it listens.
    pub command: Vec<String>,
    /// Where it runs; `None` for where this process does.
    pub folder: Option<PathBuf>,
    /// What its environment has beside that of this process and `PORT`; `{port}` in the values stands for the same.
    pub environment: Vec<(String, String)>,
    /// Where it listens and what is asked of it: an `http` or `https` address that has a host.
    pub url: Url,
    /// Whether it is given a free port, in place of the one in `url`.
    pub free_port: bool,
    /// The path that it answers well once it is ready; `None` where it is ready when it accepts connections.
    pub ready: Option<String>,
    /// How long that may take.
    pub ready_within: Duration,
}

impl Start {
    /// The command in a line, secrets redacted.
    pub fn shown(&self) -> String {
        redact::foreign_command(&self.command)
    }

    /// The address with the port that it is given.
    fn placed(&self) -> Result<Url, LaunchError> {
        let mut url = self.url.clone();
        if self.free_port {
            let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
            // Only an address without a host has no port.
            let _has_host = url.set_port(Some(port)).is_ok();
        }
        Ok(url)
    }

    /// Starts it and waits until it is ready; gives its address, too.
    pub(super) fn launched(&self, setup: &Setup, placement: &Placement, interrupt: &Interrupt) -> Result<(Target, Url), TargetError> {
        let begun = Instant::now();
        let plimsoll = env::current_exe().map_err(TargetError::OwnProgram)?;
        let url = self.placed().map_err(TargetError::Start)?;
        let port = url.port_or_known_default().unwrap_or_default().to_string();
        let filled = |text: &String| text.replace(PORT, &port);
        let given = self.environment.iter().map(|(name, value)| (name.clone(), filled(value)));
        let addresses = address::all(&url, &setup.connection.route).map_err(LinkError::from)?.0;
        let launch = Launch {
            folder: self.folder.clone(),
            environment: std::iter::once(("PORT".to_owned(), port.clone())).chain(given).collect(),
            cpus: placement.target.clone(),
            ready_within: self.ready_within,
            ..Launch::warded(plimsoll, self.command.iter().map(filled), Ready::Connect(addresses)).within(setup.budget)
        };
        let given_up = || interrupt.is_set();
        let target = Target::start_unless(&launch, &given_up).map_err(TargetError::Start)?;
        if let Some(path) = &self.ready {
            let left = self.ready_within.saturating_sub(begun.elapsed());
            target.wait_until(left, &given_up, asking(setup, &url, path)?).map_err(TargetError::Start)?;
        }
        Ok((target, url))
    }
}

/// Asks for a path that is answered well once the target is ready, and says what it gave instead.
fn asking(setup: &Setup, url: &Url, path: &str) -> Result<impl FnMut() -> Result<(), String>, TargetError> {
    let ways = Link::in_turn(url, &setup.connection, &Papers::read(&setup.connection)?)?;
    let asked = plimsoll_engine::Request { method: "GET".to_owned(), ..request(setup, Vec::new(), address::host(url), path.to_owned()) };
    let path = path.to_owned();
    Ok(move || match probe::ask_in_turn(&ways, &asked, PATIENCE) {
        Some(answer) if (200..400).contains(&answer.code) => Ok(()),
        Some(answer) => Err(format!("it answers {path} with {:?}", answer.status())),
        None => Err(format!("it gives no answer to {path}")),
    })
}

/// What was asked for with a budget, in words: `, on 0.5 cores, with 512 MiB (cgroup v1 (cpu, memory), affinity (core 0))`; nothing without one.
pub(super) fn budgeted(budget: &Budget, enforced: &[String]) -> String {
    if !budget.is_set() {
        return String::new();
    }
    let cpus = budget.cpus.map(|cpus| format!(", on {} core{}", show_number(cpus), if cpus == 1.0 { "" } else { "s" }));
    let memory = budget.memory.map(|bytes| format!(", with {}", show_bytes(bytes)));
    format!("{}{} ({})", cpus.unwrap_or_default(), memory.unwrap_or_default(), enforced.join(", "))
}

/// That the command has ended under load, and what it printed last.
pub(super) fn died(target: &Target) -> Option<Warning> {
    let ended = target.ended()?;
    let printed = target.output_tail();
    let printed = printed.trim();
    let quoted: String = printed.chars().skip(printed.chars().count().saturating_sub(MOST_QUOTED)).collect();
    let last = if quoted.is_empty() { "it printed nothing".to_owned() } else { format!("it printed last: {quoted:?}") };
    Some(Warning {
        text: format!("The target that was started ended in mid run ({ended}); {last}."),
        remedy: "See why by running its command by hand; signal 9 with --memory may be its budget.".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(url: &str, free_port: bool) -> Start {
        Start {
            command: vec!["app".to_owned(), "--bind=127.0.0.1:{port}".to_owned()],
            folder: None,
            environment: Vec::new(),
            url: Url::parse(url).unwrap(),
            free_port,
            ready: None,
            ready_within: Duration::from_secs(30),
        }
    }

    #[test]
    fn a_free_port_is_chosen_only_where_none_was_named() {
        assert_eq!(start("http://127.0.0.1:8080/a", false).placed().unwrap().as_str(), "http://127.0.0.1:8080/a");
        let placed = start("http://127.0.0.1/a?b", true).placed().unwrap();
        assert!(placed.port().is_some_and(|port| port > 0) && placed.path() == "/a" && placed.query() == Some("b"), "{placed}");
    }

    #[test]
    fn a_budget_is_said_with_what_holds_to_it() {
        let by = ["cgroup v1 (cpu, memory)".to_owned(), "affinity (core 0)".to_owned()];
        let said = |cpus, memory| budgeted(&Budget { cpus, memory }, &by);
        assert_eq!(said(Some(0.5), Some(512 << 20)), ", on 0.5 cores, with 512 MiB (cgroup v1 (cpu, memory), affinity (core 0))");
        assert_eq!(said(Some(1.0), None), ", on 1 core (cgroup v1 (cpu, memory), affinity (core 0))");
        assert_eq!(said(None, None), "");
    }
}
