//! Servers: started on free ports of the loopback interface, stopped with their handle.

use super::{
    case::Site,
    client::Protocol,
    process::{Running, Seat, words},
    tools::Tools,
};
use crate::{bare::Answers, tools::run};
use clap::ValueEnum;
use std::{
    fs,
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

/// Where a server listens.
#[derive(Clone, Copy, Debug)]
pub struct Address {
    pub socket: SocketAddr,
}

impl Address {
    /// The URL for a protocol.
    pub fn url(&self, protocol: Protocol) -> String {
        let scheme = if protocol.is_tls() { "https" } else { "http" };
        format!("{scheme}://{}/", self.socket)
    }
}

/// A server that runs until this is dropped.
pub struct Place {
    pub address: Address,
    _server: Running,
}

/// What servers are started with.
pub struct Ground<'t> {
    pub tools: &'t Tools,
    /// A folder with what nginx serves and the certificate that it shows.
    pub files: PathBuf,
    /// Where servers run.
    pub seat: Seat,
}

impl Ground<'_> {
    /// Starts the server of a site for a protocol.
    pub fn open(&self, site: Site, protocol: Protocol) -> Result<Place, String> {
        match site {
            Site::Bare(answers) => self.bare(answers),
            Site::Nginx => self.nginx(protocol),
        }
    }

    fn bare(&self, answers: Answers) -> Result<Place, String> {
        let kind = answers.to_possible_value().ok_or("this kind of answers has no name")?;
        let server = Running::start(&self.tools.xtask(&format!("bare-server --answers {}", kind.get_name())), self.seat)?;
        says_its_address(server)
    }

    /// A reference server of our own.
    pub fn lab(&self, model: &str) -> Result<Place, String> {
        let free = free_port()?;
        let server = Running::start(&words(&format!("{} lab {model} --port {}", self.tools.plimsoll, free.port())), self.seat)?;
        listens(server, free)
    }

    fn nginx(&self, protocol: Protocol) -> Result<Place, String> {
        let socket = free_port()?;
        let configuration = self.files.join("nginx.conf");
        fs::write(&configuration, nginx_conf(&self.files, socket, protocol)).map_err(|error| cannot_write(&configuration, &error))?;
        let server = Running::start(&words(&format!("{} -c {}", self.tools.nginx, configuration.display())), self.seat)?;
        listens(server, socket)
    }
}

/// Writes what nginx serves, and a certificate that it signs itself.
pub fn prepare(files: &Path) -> Result<(), String> {
    fs::create_dir_all(files).map_err(|error| cannot_write(files, &error))?;
    let page = files.join("index.html");
    fs::write(&page, "nothing but an echo").map_err(|error| cannot_write(&page, &error))?;
    let mut openssl = Command::new("openssl");
    openssl.current_dir(files).args(words("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"));
    run(openssl.args(words("-keyout key.pem -out cert.pem")))
}

fn nginx_conf(files: &Path, socket: SocketAddr, protocol: Protocol) -> String {
    let files = files.display();
    let http2 = if protocol.is_http2() { " http2" } else { "" };
    let tls = if protocol.is_tls() { " ssl" } else { "" };
    let certificate =
        if protocol.is_tls() { format!("ssl_certificate {files}/cert.pem; ssl_certificate_key {files}/key.pem;") } else { String::new() };
    // One process, in the foreground: it is stopped by the number of that process. With its file kept open, as busy sites have it.
    format!(
        "daemon off; master_process off; user root; pid {files}/nginx.pid; error_log stderr crit; worker_rlimit_nofile 20000;\n\
         events {{ worker_connections 19000; }}\n\
         http {{ access_log off; keepalive_requests 4000000000; keepalive_timeout 1h; default_type text/plain;\n\
         client_body_temp_path {files}/tmp; proxy_temp_path {files}/tmp; fastcgi_temp_path {files}/tmp; uwsgi_temp_path {files}/tmp;\n\
         scgi_temp_path {files}/tmp; open_file_cache max=16 inactive=1h; open_file_cache_valid 1h; {certificate}\n\
         server {{ listen {socket}{tls}{http2} backlog=65535; root {files}; }} }}\n"
    )
}

/// A server that prints its address when it is ready.
fn says_its_address(mut server: Running) -> Result<Place, String> {
    let line = server.line()?;
    let socket = line.parse().map_err(|_| format!("a server gave no address, but {line:?}"))?;
    Ok(Place { address: Address { socket }, _server: server })
}

/// A server that is ready when it accepts.
fn listens(mut server: Running, socket: SocketAddr) -> Result<Place, String> {
    let begun = Instant::now();
    while TcpStream::connect(socket).is_err() {
        if server.has_ended() || begun.elapsed() > Duration::from_secs(10) {
            return Err(format!("a server does not listen on {socket}"));
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(Place { address: Address { socket }, _server: server })
}

fn free_port() -> Result<SocketAddr, String> {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).map_err(|error| format!("no port is free: {error}"))
}

fn cannot_write(path: &Path, error: &std::io::Error) -> String {
    format!("can't write {}: {error}", path.display())
}
