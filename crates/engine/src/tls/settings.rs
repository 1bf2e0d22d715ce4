//! What a TLS session is set up with: whom to trust, who we are, which protocols to offer.

use super::verifier::{Anybody, Listed};
use crate::config::Protocol;
use rustls::{
    ClientConfig, ClientConnection, RootCertStore,
    client::{Resumption, VerifierBuilderError},
    crypto::ring,
    pki_types::{CertificateDer, InvalidDnsNameError, PrivateKeyDer, ServerName, pem, pem::PemObject},
};
use std::sync::Arc;

/// Whom the client trusts.
#[derive(Clone, Debug, Default)]
pub enum Roots {
    /// The authorities that the system trusts.
    #[default]
    System,
    /// The certificates in this PEM text and whom they signed, and nobody else.
    Pem(Vec<u8>),
    /// Anybody: the certificate is not checked.
    Anybody,
}

/// The client's own certificate, as PEM texts.
#[derive(Clone)]
pub struct Identity {
    /// The certificate, followed by those that lead to an authority.
    pub certificates: Vec<u8>,
    /// Its private key.
    pub key: Vec<u8>,
}

impl std::fmt::Debug for Identity {
    // A key is never printed.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity").finish_non_exhaustive()
    }
}

/// What a TLS session is asked for.
#[derive(Clone, Debug)]
pub struct TlsOptions {
    /// The name that the server's certificate must be for, and that it is told (SNI): a DNS name or an IP address.
    pub server_name: String,
    /// Whom to trust.
    pub roots: Roots,
    /// The client's own certificate, where the server wants one.
    pub identity: Option<Identity>,
    /// The one protocol offered by ALPN.
    pub protocol: Protocol,
}

/// Why a TLS session can't be set up.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The name of the server is none that a certificate can be for.
    #[error("{name:?} is no name of a server: {source}")]
    ServerName {
        /// The name.
        name: String,
        /// What is wrong with it.
        source: InvalidDnsNameError,
    },
    /// The system's authorities can't be read.
    #[error("the certificates that the system trusts can't be read: {0}")]
    SystemRoots(String),
    /// A PEM text holds no certificate, or no key.
    #[error("the {what} can't be read: {reason}")]
    Pem {
        /// What was read.
        what: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// rustls refuses the combination.
    #[error("TLS can't be set up: {0}")]
    Setup(rustls::Error),
    /// Nobody could be trusted with these.
    #[error("certificates can't be checked: {0}")]
    Verifier(VerifierBuilderError),
}

/// A TLS configuration, shared by all connections. Sessions are not resumed: each connection is a user who comes for the first time.
#[derive(Clone, Debug)]
pub struct Tls {
    pub(crate) config: Arc<ClientConfig>,
    pub(crate) server_name: ServerName<'static>,
}

impl Tls {
    /// A configuration with TLS 1.2 and 1.3.
    ///
    /// # Errors
    /// When a name, a certificate or a key can't be used.
    pub fn new(options: TlsOptions) -> Result<Self, TlsError> {
        let name = options.server_name;
        let server_name = ServerName::try_from(name.clone()).map_err(|source| TlsError::ServerName { name, source })?;
        let provider = Arc::new(ring::default_provider());
        let builder =
            ClientConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions().map_err(TlsError::Setup)?;
        let builder = match options.roots {
            Roots::Anybody => builder.dangerous().with_custom_certificate_verifier(Arc::new(Anybody::over(provider))),
            Roots::System => builder.with_root_certificates(system_roots()?),
            Roots::Pem(text) => {
                let listed = certificates_of("file of trusted certificates", &text)?;
                builder.dangerous().with_custom_certificate_verifier(Arc::new(Listed::of(listed, provider)?))
            }
        };
        let mut config = match options.identity {
            Some(Identity { certificates, key }) => builder
                .with_client_auth_cert(certificates_of("client certificate", &certificates)?, key_of(&key)?)
                .map_err(TlsError::Setup)?,
            None => builder.with_no_client_auth(),
        };
        config.resumption = Resumption::disabled();
        config.alpn_protocols = vec![match options.protocol {
            Protocol::Http1 => b"http/1.1".to_vec(),
            Protocol::Http2 { .. } => b"h2".to_vec(),
        }];
        Ok(Self { config: Arc::new(config), server_name })
    }

    /// A session whose handshake is yet to begin.
    ///
    /// # Errors
    /// When rustls has no room for one, or no randomness.
    pub fn session(&self) -> Result<ClientConnection, rustls::Error> {
        ClientConnection::new(Arc::clone(&self.config), self.server_name.clone())
    }
}

fn system_roots() -> Result<RootCertStore, TlsError> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    // A system may hold certificates that no modern library reads: they are passed over, as browsers do.
    let (added, _passed_over) = roots.add_parsable_certificates(found.certs);
    if added == 0 {
        let reason = found.errors.first().map_or_else(|| "there are none".to_owned(), ToString::to_string);
        return Err(TlsError::SystemRoots(reason));
    }
    Ok(roots)
}

fn certificates_of(what: &'static str, text: &[u8]) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let broken = |error: pem::Error| TlsError::Pem { what, reason: error.to_string() };
    let all = CertificateDer::pem_slice_iter(text).collect::<Result<Vec<_>, _>>().map_err(broken)?;
    if all.is_empty() {
        return Err(TlsError::Pem { what, reason: "it holds no certificate in PEM form".to_owned() });
    }
    Ok(all)
}

fn key_of(text: &[u8]) -> Result<PrivateKeyDer<'static>, TlsError> {
    PrivateKeyDer::from_pem_slice(text).map_err(|error| TlsError::Pem { what: "private key", reason: error.to_string() })
}
