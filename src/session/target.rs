//! The target of a session: resolved or started, with the names that reports use.

use super::{
    Connection, Interrupt, LinkError, RedirectError, Setup, Start, Target, Trust, Watching, address,
    cores::Placement,
    files::{self, FileError, Papers},
    link::{self, Link},
    probe, redact,
    redirect::{self, Asked},
    side::SideProbe,
    start,
};
use crate::{
    lab::{LabSpec, READY_PREFIX, command_for, words_for},
    launch::{self, Launch, LaunchError, Ready},
    watch::{Watcher, Whom},
};
use plimsoll_core::{finding::Warning, step::Signals, units::show_word};
use plimsoll_engine::{Endpoint, Request};
use std::{env, io, path::Path, time::Duration};
use url::Url;

/// How long a single request before the load may take, at the most.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long one after it may take, which only adds to what is known.
const BRIEF_PATIENCE: Duration = Duration::from_secs(2);
/// What is seen while a step goes on is that of so much time.
const LATELY: Duration = Duration::from_secs(2);

/// A target that can be sent to.
#[derive(Debug)]
pub(super) struct Standing {
    /// How connections are made.
    pub link: Link,
    /// What every user sends.
    pub request: Request,
    /// The whole address, secrets redacted.
    pub url: String,
    /// Host and port, or the socket.
    pub authority: String,
    /// What shows the same by hand.
    pub curl: String,
    /// What it is, where known.
    pub description: Option<String>,
    /// The address that is asked, with its secrets; `None` for a server of the lab.
    asked: Option<Url>,
    /// What the user should know of the way there.
    warning: Option<Warning>,
    /// Whether redirects were followed before the load.
    followed: bool,
    /// Who looks at the target's processes; it stops before they do.
    watcher: Option<Watcher>,
    /// Who asks for a cheap path beside the load; it stops before the target does.
    side: Option<SideProbe>,
    /// The process that the session started; it ends with this value.
    started: Option<launch::Target>,
}

/// Why there is nothing to send to.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// There is no way to it.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// A file that the request or the connection needs can't be used.
    #[error(transparent)]
    File(#[from] FileError),
    /// It redirects to nowhere.
    #[error(transparent)]
    Redirect(#[from] RedirectError),
    /// The program that runs does not find itself.
    #[error("the path of this program, which serves the lab targets, is not known: {0}")]
    OwnProgram(io::Error),
    /// A reference server could not be started.
    #[error(transparent)]
    Launch(#[from] LaunchError),
    /// The command that is the target could not be started.
    #[error(transparent)]
    Start(LaunchError),
    /// Nobody is where the user wants processes to be looked at.
    #[error("--watch: there is no process on this machine that may be looked at there")]
    NobodyToWatch,
}

impl Standing {
    /// Resolves the address of a server and follows its redirects where that was asked for, or starts one on its cores and waits until it is
    /// ready.
    pub fn of(setup: &Setup, placement: &Placement, interrupt: &Interrupt) -> Result<Self, TargetError> {
        link::check_sources(&setup.connection.sources)?;
        let body = files::body(setup.request.body.as_ref())?;
        match &setup.target {
            Target::Http(url) => Self::at(setup, url, body, &setup.connection, None),
            Target::Unix { socket, url } => {
                let mut connection = setup.connection.clone();
                connection.route.unix_socket = Some(socket.clone());
                let standing = Self::at(setup, url, body, &connection, None)?;
                let moved = standing.request.target != address::origin_form(url);
                Ok(if moved { standing } else { Self { url: setup.named.clone(), ..standing } })
            }
            Target::Lab(spec) => Self::of_lab(setup, spec, body, placement, interrupt),
            Target::Started(start) => Self::of_command(setup, start, body, placement, interrupt),
        }
    }

    fn at(setup: &Setup, url: &Url, body: Vec<u8>, connection: &Connection, started: Option<launch::Target>) -> Result<Self, TargetError> {
        let papers = Papers::read(connection)?;
        let mut asked =
            Asked { url: url.clone(), request: request(setup, body, address::host(url), address::origin_form(url)), withheld: Vec::new() };
        if let Some(value) = address::basic_authorization(url)
            && !asked.request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization"))
        {
            asked.request.headers.push(("Authorization".to_owned(), value));
        }
        if setup.request.follow {
            let patience = setup.request.timeout.min(PATIENCE);
            asked = redirect::follow(asked, |asked| {
                let ways = Link::in_turn(&asked.url, connection, &papers)?;
                Ok::<_, TargetError>(probe::ask_in_turn(&ways, &asked.request, patience))
            })?;
        }
        let link = Link::to(&asked.url, connection, &papers)?;
        let shown = redact::url(asked.url.as_str());
        Ok(Self {
            authority: authority(&asked.url, &link, connection),
            curl: curl(&shown, connection),
            url: shown,
            warning: redirect::withheld(&asked),
            asked: Some(asked.url),
            followed: setup.request.follow,
            description: None,
            watcher: watcher(&setup.watch, started.as_ref().map(whom).or_else(|| listener(&link)))?,
            started,
            side: side(setup, &link, &asked.request),
            request: asked.request,
            link,
        })
    }

    fn of_command(setup: &Setup, start: &Start, body: Vec<u8>, placement: &Placement, interrupt: &Interrupt) -> Result<Self, TargetError> {
        let (started, url) = start.launched(setup, placement, interrupt)?;
        let description = format!("started{}", start::budgeted(&setup.budget, started.enforced()));
        let standing = Self::at(setup, &url, body, &setup.connection, Some(started))?;
        Ok(Self { description: Some(description), ..standing })
    }

    fn of_lab(setup: &Setup, spec: &LabSpec, body: Vec<u8>, placement: &Placement, interrupt: &Interrupt) -> Result<Self, TargetError> {
        let program = env::current_exe().map_err(TargetError::OwnProgram)?;
        let ready = Ready::Line(READY_PREFIX.to_owned());
        let launch = if setup.budget.exceeds_cores() {
            Launch::warded(program.clone(), words_for(spec, program), ready).within(setup.budget)
        } else {
            Launch::of(program, command_for(spec), ready)
        };
        let launch = Launch { cpus: placement.target.clone(), ..launch };
        let started = launch::Target::start_unless(&launch, &|| interrupt.is_set())?;
        let address = started.address();
        let authority = address.to_string();
        let url = format!("http://{authority}/");
        Ok(Self {
            link: Link::plain(address, setup.connection.sources.clone()),
            side: None,
            request: request(setup, body, authority.clone(), "/".to_owned()),
            curl: curl(&url, &setup.connection),
            url,
            authority,
            description: Some(spec.describe() + &start::budgeted(&setup.budget, started.enforced())),
            asked: None,
            warning: None,
            followed: false,
            watcher: watcher(&setup.watch, Some(whom(&started)))?,
            started: Some(started),
        })
    }

    /// What the user should know of the way there: what was not sent, and, where the first answers were redirects, where those lead.
    pub fn warnings(&self, redirected: bool) -> Vec<Warning> {
        let unfollowed = redirected.then(|| {
            if self.followed {
                return redirect::still(&self.url);
            }
            let location = probe::ask(&self.link, &self.request, BRIEF_PATIENCE).and_then(|answer| answer.location);
            redirect::unfollowed(&self.url, location.and_then(|location| self.asked.as_ref()?.join(&location).ok()).as_ref())
        });
        let died = self.started.as_ref().filter(|started| started.is_warded()).and_then(start::died);
        self.warning.iter().cloned().chain(unfollowed).chain(died).collect()
    }

    /// What holds a target that the session started to its cores and its budget.
    pub fn enforced(&self) -> &[String] {
        self.started.as_ref().map(launch::Target::enforced).unwrap_or_default()
    }

    /// The status of one further request, such as `404 Not Found`; `None` when there is none to be had.
    pub fn status(&self) -> Option<String> {
        probe::ask(&self.link, &self.request, BRIEF_PATIENCE).map(|answer| answer.status())
    }

    /// The cores that its processes are bound to, where it runs on this machine and was not started by the session; none otherwise.
    pub fn bound_to(&self) -> Vec<usize> {
        if self.started.is_some() { Vec::new() } else { listener(&self.link).map(|whom| whom.cores()).unwrap_or_default() }
    }

    /// A step of this length begins to be measured.
    pub fn begin(&self, step: Duration) {
        if let Some(watcher) = &self.watcher {
            watcher.begin(step);
        }
    }

    /// The same as [`Standing::signals`] from what was seen anyway, while a step goes on.
    pub fn signals_of_late(&self, time: Duration) -> Signals {
        Signals { watched: self.watcher.as_ref().and_then(|watcher| watcher.recent(time)), ..self.unwatched(time) }
    }

    /// What was seen of its processes in the last seconds, from looks that are made anyway; for whoever looks on.
    pub fn seen_lately(&self) -> Signals {
        self.signals_of_late(LATELY)
    }

    /// What is known of its processes over the time just past.
    pub fn signals(&self, time: Duration) -> Signals {
        Signals { watched: self.watcher.as_ref().and_then(|watcher| watcher.measured(time)), ..self.unwatched(time) }
    }

    /// What is known of it without a look at its processes.
    fn unwatched(&self, time: Duration) -> Signals {
        Signals {
            target_alive: self.started.as_ref().map(launch::Target::is_alive),
            watched: None,
            side_ms: self.side.as_ref().and_then(|side| side.measured_ms(time)),
        }
    }
}

pub(super) fn request(setup: &Setup, body: Vec<u8>, host: String, target: String) -> Request {
    Request {
        method: setup.request.method.clone(),
        headers: setup.request.headers.clone(),
        body,
        keep_alive: setup.request.keep_alive,
        ..Request::get(host, target)
    }
}

/// The processes of a target that the session started.
fn whom(started: &launch::Target) -> Whom {
    let (process, warded, address) = (started.pid(), started.is_warded(), started.address());
    Whom::Started { process, warded, address, cores: started.cores().to_vec() }
}

/// Who looks, at these processes unless others were named; `None` where there are none.
fn watcher(watching: &Watching, target: Option<Whom>) -> Result<Option<Watcher>, TargetError> {
    match watching {
        Watching::Nobody => Ok(None),
        Watching::Target => Ok(target.and_then(Watcher::start)),
        Watching::WhenAsked => Ok(target.and_then(Watcher::when_asked)),
        Watching::Other(whom) => Watcher::start(whom.clone()).map(Some).ok_or(TargetError::NobodyToWatch),
    }
}

/// Who asks for the cheap path that was named, as the load would ask for it.
fn side(setup: &Setup, link: &Link, load: &Request) -> Option<SideProbe> {
    let path = setup.side_path.clone()?;
    let asked = Request { method: "GET".to_owned(), target: path, body: Vec::new(), ..load.clone() };
    SideProbe::start(link.clone(), asked)
}

/// Who answers over TCP, if that is somebody on this machine.
fn listener(link: &Link) -> Option<Whom> {
    match link.endpoint {
        Endpoint::Tcp(address) => Some(Whom::Listener(address)),
        Endpoint::Unix(_) => None,
    }
}

/// Host and port, and where connections really go when the user sent them elsewhere.
fn authority(url: &Url, link: &Link, connection: &Connection) -> String {
    let named = format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or_default());
    match &link.endpoint {
        Endpoint::Unix(path) => path.display().to_string(),
        Endpoint::Tcp(address) if connection.route.leads_elsewhere() && named != address.to_string() => format!("{address} ({named})"),
        Endpoint::Tcp(_) => named,
    }
}

/// The call of curl that goes the same way. It names no secret.
fn curl(url: &str, connection: &Connection) -> String {
    let quoted = |path: &Path| show_word(&path.display().to_string());
    let mut words = vec!["curl -v".to_owned()];
    words.extend(connection.route.unix_socket.as_ref().map(|path| format!("--unix-socket {}", quoted(path))));
    match &connection.trust {
        Trust::System => {}
        Trust::Anybody => words.push("-k".to_owned()),
        Trust::File(path) => words.push(format!("--cacert {}", quoted(path))),
    }
    words.push(show_word(url));
    words.join(" ")
}
