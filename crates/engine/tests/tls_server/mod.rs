//! An authority, its certificates, and the server's side of a TLS connection, made of rustls and a socket.
#![allow(dead_code, reason = "each test binary uses its part")]

use crate::server::{Peer, Server};
use plimsoll_engine::{Identity, Protocol, Roots, Tls, TlsOptions};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::{
    RootCertStore, ServerConfig, ServerConnection, SupportedProtocolVersion,
    crypto::ring::{self, sign::any_supported_type},
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
    server::WebPkiClientVerifier,
    sign::{CertifiedKey, SingleCertAndKey},
    version::{TLS12, TLS13},
};
use std::{
    io::{Read, Write},
    net::TcpStream,
    sync::Arc,
};

pub const BOTH: &[&SupportedProtocolVersion] = &[&TLS12, &TLS13];

/// Years in which a certificate is valid, from the start of the first to the start of the last.
pub type Years = (i32, i32);
pub const VALID: Years = (2020, 4000);

/// Who signs certificates.
pub struct Authority {
    pub certificate: CertificateDer<'static>,
    pub pem: String,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate and its key.
pub struct Papers {
    pub certificate: CertificateDer<'static>,
    pub pem: String,
    pub key: KeyPair,
}

fn params(name: &str, (from, to): Years) -> CertificateParams {
    let mut params = CertificateParams::new(vec![name.to_owned()]).expect("a name that a certificate can be for");
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(from, 1, 1);
    params.not_after = date_time_ymd(to, 1, 1);
    params
}

fn key() -> KeyPair {
    KeyPair::generate().expect("a key")
}

impl Authority {
    pub fn new() -> Self {
        let mut params = params("an authority", VALID);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = key();
        let certificate = params.self_signed(&key).expect("a certificate");
        Self { pem: certificate.pem(), certificate: certificate.into(), issuer: Issuer::new(params, key) }
    }

    /// A certificate for `name`.
    pub fn papers(&self, name: &str, years: Years) -> Papers {
        let key = key();
        let certificate = params(name, years).signed_by(&key, &self.issuer).expect("a certificate");
        Papers { pem: certificate.pem(), certificate: certificate.into(), key }
    }

    /// Trust in this authority alone, for a server named `name`.
    pub fn trusted(&self, name: &str) -> Tls {
        client(name, Roots::Pem(self.pem.clone().into_bytes()), None)
    }
}

impl Papers {
    pub fn self_signed(name: &str) -> Self {
        let key = key();
        let certificate = params(name, VALID).self_signed(&key).expect("a certificate");
        Self { pem: certificate.pem(), certificate: certificate.into(), key }
    }

    /// What `openssl req -x509` makes: for a server, and yet marked as an authority's.
    pub fn of_own_authority(name: &str, years: Years) -> Self {
        let key = key();
        let mut params = params(name, years);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).expect("a certificate");
        Self { pem: certificate.pem(), certificate: certificate.into(), key }
    }

    fn private_key(&self) -> PrivateKeyDer<'static> {
        PrivatePkcs8KeyDer::from(self.key.serialize_der()).into()
    }

    /// A server that shows these to anybody.
    pub fn server(&self, versions: &[&'static SupportedProtocolVersion]) -> ServerConfig {
        ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(versions)
            .expect("versions that go with the provider")
            .with_no_client_auth()
            .with_single_cert(vec![self.certificate.clone()], self.private_key())
            .expect("a certificate and its key")
    }

    /// A server that shows these, whoever's the key is.
    pub fn server_with_any_key(&self, versions: &[&'static SupportedProtocolVersion]) -> ServerConfig {
        let key = any_supported_type(&self.private_key()).expect("a key that signs");
        let shown = CertifiedKey::new(vec![self.certificate.clone()], key);
        ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(versions)
            .expect("versions that go with the provider")
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(SingleCertAndKey::from(shown)))
    }

    /// A server that wants to see papers of this authority in return.
    pub fn server_for(&self, clients_of: &Authority, versions: &[&'static SupportedProtocolVersion]) -> ServerConfig {
        let mut roots = RootCertStore::empty();
        roots.add(clients_of.certificate.clone()).expect("a certificate");
        let provider = Arc::new(ring::default_provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), Arc::clone(&provider)).build().expect("a verifier");
        ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .expect("versions that go with the provider")
            .with_client_cert_verifier(verifier)
            .with_single_cert(vec![self.certificate.clone()], self.private_key())
            .expect("a certificate and its key")
    }

    /// These, as the client shows them.
    pub fn identity(&self) -> Identity {
        Identity { certificates: self.pem.clone().into_bytes(), key: self.key.serialize_pem().into_bytes() }
    }
}

/// The client's side, for the engine.
pub fn client(name: &str, roots: Roots, identity: Option<Identity>) -> Tls {
    Tls::new(TlsOptions { server_name: name.to_owned(), roots, identity, protocol: Protocol::Http1 }).expect("a client that can be set up")
}

/// One connection on the server's side, with the session that stands on it.
pub struct TlsPeer<'p> {
    pub peer: &'p mut Peer,
    pub session: ServerConnection,
    bytes: Vec<u8>,
    /// Bytes that have come over the wire.
    pub heard: u64,
    /// The most bytes that are handed to the socket at one time.
    pub piece: usize,
}

/// A server that does this with each connection whose handshake succeeds.
pub fn serving(config: ServerConfig, serve: impl Fn(&mut TlsPeer<'_>) + Send + Sync + 'static) -> Server {
    serving_in_pieces(config, usize::MAX, serve)
}

/// The same, with all that it sends, the handshake included, in pieces of so many bytes.
pub fn serving_in_pieces(config: ServerConfig, piece: usize, serve: impl Fn(&mut TlsPeer<'_>) + Send + Sync + 'static) -> Server {
    let config = Arc::new(config);
    Server::start(move |peer| {
        let session = ServerConnection::new(Arc::clone(&config)).expect("a session");
        let mut tls = TlsPeer { peer, session, bytes: Vec::new(), heard: 0, piece };
        if tls.shake_hands() {
            serve(&mut tls);
        }
    })
}

impl TlsPeer<'_> {
    fn shake_hands(&mut self) -> bool {
        self.peer.stream.set_nodelay(true).expect("a socket takes TCP_NODELAY");
        while self.session.is_handshaking() {
            if !self.take_in() {
                return false;
            }
        }
        true
    }

    /// Reads once from the socket, and answers what the session has to answer; `false` when the client is gone or has failed.
    fn take_in(&mut self) -> bool {
        match self.session.read_tls(&mut self.peer.stream) {
            Ok(bytes @ 1..) => self.heard += bytes as u64,
            _ => return false,
        }
        let went = self.session.process_new_packets().is_ok();
        // Also after a failure: the alert is what the client is to be told.
        self.flush() && went
    }

    /// Sends what the session has to send.
    pub fn flush(&mut self) -> bool {
        let mut wire = Vec::new();
        while self.session.wants_write() {
            self.session.write_tls(&mut wire).expect("memory takes everything");
        }
        wire.chunks(self.piece).all(|piece| self.peer.stream.write_all(piece).is_ok())
    }

    /// Reads one request without a body; `false` when the client has closed.
    pub fn request(&mut self) -> bool {
        let mut buffer = [0; 4096];
        loop {
            if let Some(end) = self.bytes.windows(4).position(|four| four == b"\r\n\r\n") {
                self.bytes.drain(..end + 4);
                self.peer.count_request();
                return true;
            }
            match self.session.reader().read(&mut buffer) {
                Ok(0) => return false,
                Ok(read) => self.bytes.extend_from_slice(&buffer[..read]),
                Err(_) if self.take_in() => {}
                Err(_) => return false,
            }
        }
    }

    /// Reads so many bytes of a body.
    pub fn body(&mut self, mut left: usize) -> bool {
        let mut buffer = vec![0; 64 << 10];
        left -= std::mem::take(&mut self.bytes).len();
        while left > 0 {
            match self.session.reader().read(&mut buffer) {
                Ok(0) => return false,
                Ok(read) => left -= read,
                Err(_) if self.take_in() => {}
                Err(_) => return false,
            }
        }
        true
    }

    /// Says this; `false` when the client has closed.
    pub fn say(&mut self, text: &[u8]) -> bool {
        text.chunks(16 << 10).all(|part| self.session.writer().write_all(part).is_ok() && self.flush())
    }

    /// This, as it would go over the wire.
    pub fn prepare(&mut self, text: &[u8]) -> Vec<u8> {
        self.session.writer().write_all(text).expect("the session's buffer takes a short text");
        let mut wire = Vec::new();
        while self.session.wants_write() {
            self.session.write_tls(&mut wire).expect("memory takes everything");
        }
        wire
    }

    /// Sends bytes as they are.
    pub fn say_raw(&mut self, bytes: &[u8]) -> bool {
        self.peer.stream.write_all(bytes).is_ok()
    }

    /// Says good-bye, as TLS wants it before a close.
    pub fn farewell(&mut self) {
        self.session.send_close_notify();
        self.flush();
    }

    pub fn socket(&self) -> &TcpStream {
        &self.peer.stream
    }
}
