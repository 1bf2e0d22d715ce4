//! TLS around a connection: its configuration, and the session as a transport of the loop (RFC 8446; rustls does no I/O of its own).

mod failure;
mod settings;
mod stream;
mod verifier;

#[cfg(test)]
mod stream_tests;

pub use settings::{Identity, Roots, Tls, TlsError, TlsOptions};
pub(crate) use stream::{Handshake, TlsStream};
