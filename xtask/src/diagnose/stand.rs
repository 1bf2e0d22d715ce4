//! A server that runs until it is dropped, with all that it needs.

use super::{beside::Companion, cage::Cage, group::Group, scratch::Scratch, servers::Server};
use crate::tools::workspace;
use std::{
    fs,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
};

/// In the order in which they end.
pub struct Stand {
    _server: Group,
    _beside: Option<Companion>,
    _cage: Option<Cage>,
    _folder: Scratch,
    address: SocketAddr,
}

impl Stand {
    /// Starts a server and waits until it listens.
    pub fn start(server: &Server, bin: &Path) -> Result<Self, String> {
        let folder = Scratch::make()?;
        let (address, side) = (free_port()?, free_port()?);
        let apps = apps();
        let fill = |text: &str| {
            text.replace("{port}", &address.port().to_string())
                .replace("{side}", &side.port().to_string())
                .replace("{bin}", &bin.display().to_string())
                .replace("{dir}", &folder.path().display().to_string())
                .replace("{apps}", &apps.display().to_string())
                .replace("{plimsoll}", &plimsoll().display().to_string())
        };
        for name in server.configs {
            let (from, to) = (apps.join(name), folder.path().join(name));
            let text = fs::read_to_string(&from).map_err(|error| format!("{}: {error}", from.display()))?;
            fs::write(&to, fill(&text)).map_err(|error| format!("{}: {error}", to.display()))?;
        }
        let cage = server.cage.map(Cage::make).transpose()?;
        let beside = server.beside.map(|beside| beside.start(side, folder.path(), fill)).transpose()?;
        let limit = server.files.map_or_else(String::new, |files| format!("ulimit -n {files}; "));
        let enter = cage.as_ref().map_or_else(String::new, Cage::enter);
        let core = if server.one_core { "taskset -c 0 " } else { "" };
        let line = fill(server.start);
        let group = Group::start(&format!("{limit}{enter}"), &format!("{core}{line}"), &apps)?;
        group.listens(address).map_err(|error| format!("`{line}`: {error}"))?;
        Ok(Self { _server: group, _beside: beside, _cage: cage, _folder: folder, address })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

/// The program under test.
pub fn plimsoll() -> PathBuf {
    workspace().join("target/release/plimsoll")
}

fn apps() -> PathBuf {
    workspace().join("xtask/src/diagnose/apps")
}

fn free_port() -> Result<SocketAddr, String> {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).map_err(|error| format!("no port is free: {error}"))
}
