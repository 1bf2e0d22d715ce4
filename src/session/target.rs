//! The target of a session: resolved or started, with the names that reports use.

use super::{Setup, Target, address, cores::Placement, redact};
use crate::{
    lab::{LabSpec, READY_PREFIX, command_for},
    launch::{self, Launch, LaunchError, Ready},
};
use plimsoll_engine::Request;
use std::{env, io, net::SocketAddr, time::Duration};
use url::Url;

/// A target that can be sent to.
#[derive(Debug)]
pub(super) struct Standing {
    /// Where connections go.
    pub address: SocketAddr,
    /// What every user sends.
    pub request: Request,
    /// The whole address, secrets redacted.
    pub url: String,
    /// Host and port.
    pub authority: String,
    /// How long its name took to resolve; `None` where there was none to resolve.
    pub resolved: Option<Duration>,
    /// What it is, where known.
    pub description: Option<String>,
    /// The process that the session started; it ends with this value.
    started: Option<launch::Target>,
}

/// Why there is nothing to send to.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// The name does not resolve.
    #[error(transparent)]
    Name(#[from] address::NameError),
    /// The program that runs does not find itself.
    #[error("the path of this program, which serves the lab targets, is not known: {0}")]
    OwnProgram(io::Error),
    /// The target could not be started.
    #[error(transparent)]
    Launch(#[from] LaunchError),
}

impl Standing {
    /// Resolves the address of a server, or starts one of the lab on its cores and waits until it is ready.
    pub fn of(setup: &Setup, placement: &Placement) -> Result<Self, TargetError> {
        match &setup.target {
            Target::Http(url) => Ok(Self::at(setup, url)?),
            Target::Lab(spec) => Self::of_lab(setup, spec, placement),
        }
    }

    fn at(setup: &Setup, url: &Url) -> Result<Self, address::NameError> {
        let address::Resolved { address, took } = address::resolve(url)?;
        let mut request = request(setup, address::host(url), address::origin_form(url));
        if let Some(value) = address::basic_authorization(url)
            && !request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization"))
        {
            request.headers.push(("Authorization".to_owned(), value));
        }
        let (url, authority) = (redact::url(url.as_str()), authority(url));
        Ok(Self { address, request, url, authority, resolved: took, description: None, started: None })
    }

    fn of_lab(setup: &Setup, spec: &LabSpec, placement: &Placement) -> Result<Self, TargetError> {
        let program = env::current_exe().map_err(TargetError::OwnProgram)?;
        let launch = Launch::of(program, command_for(spec), Ready::Line(READY_PREFIX.to_owned()));
        let started = launch::Target::start(&Launch { cpus: placement.target.clone(), ..launch })?;
        let address = started.address();
        let authority = address.to_string();
        Ok(Self {
            address,
            request: request(setup, authority.clone(), "/".to_owned()),
            url: format!("http://{authority}/"),
            authority,
            resolved: None,
            description: Some(spec.describe()),
            started: Some(started),
        })
    }

    /// Whether the process that the session started still runs; `None` when it started none.
    pub fn is_alive(&self) -> Option<bool> {
        self.started.as_ref().map(launch::Target::is_alive)
    }
}

fn request(setup: &Setup, host: String, target: String) -> Request {
    Request {
        method: setup.request.method.clone(),
        headers: setup.request.headers.clone(),
        body: setup.request.body.clone().unwrap_or_default(),
        ..Request::get(host, target)
    }
}

fn authority(url: &Url) -> String {
    format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or_default())
}
