//! What a request and a connection take from files, read before any load is sent.

use super::{Body, Connection, Trust};
use plimsoll_core::units::show_bytes;
use plimsoll_engine::{Identity, Protocol, Roots, Tls, TlsError, TlsOptions};
use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

/// Every user sends the body from one copy, but a larger one is a mistake more often than a load.
const LARGEST_BODY: u64 = 64 << 20;
/// The authorities that a whole system trusts take a quarter of a MiB.
const LARGEST_PEM: u64 = 16 << 20;

/// Why a file can't be used.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It can't be read.
    #[error("the {what} can't be read from {}: {source}", path.display())]
    Read {
        /// What it should hold, and the flag that named it.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It is too large.
    #[error("the {what} in {} is larger than {}", path.display(), show_bytes(*most))]
    TooLarge {
        /// What it should hold, and the flag that named it.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// The most that is taken, in bytes.
        most: u64,
    },
    /// It holds nothing that TLS can be set up with.
    #[error("TLS can't be set up{from}: {source}")]
    Tls {
        /// The flags and files that it was to be set up from; empty for none.
        from: String,
        /// What is wrong.
        source: TlsError,
    },
}

/// The bytes of a body.
///
/// # Errors
/// When its file can't be read, or is too large.
pub(super) fn body(body: Option<&Body>) -> Result<Vec<u8>, FileError> {
    let what = "body (-d, -D)";
    match body {
        None => Ok(Vec::new()),
        Some(Body::Text(text)) => Ok(text.clone().into_bytes()),
        Some(Body::File(path)) => read(what, path, LARGEST_BODY),
        Some(Body::Stdin) => bounded(what, Path::new("standard input"), LARGEST_BODY, io::stdin().lock()),
    }
}

fn read(what: &'static str, path: &Path, most: u64) -> Result<Vec<u8>, FileError> {
    let file = File::open(path).map_err(|source| FileError::Read { what, path: path.to_owned(), source })?;
    bounded(what, path, most, file)
}

/// All of it, unless that is too much: a device never ends.
fn bounded(what: &'static str, path: &Path, most: u64, from: impl Read) -> Result<Vec<u8>, FileError> {
    let path = path.to_owned();
    let mut bytes = Vec::new();
    match from.take(most + 1).read_to_end(&mut bytes) {
        Err(source) => Err(FileError::Read { what, path, source }),
        Ok(_) if bytes.len() as u64 > most => Err(FileError::TooLarge { what, path, most }),
        Ok(_) => Ok(bytes),
    }
}

/// Whom to trust and who we are, as it was read.
#[derive(Clone, Debug)]
pub(super) struct Papers {
    roots: Roots,
    identity: Option<Identity>,
    /// The flags and files, for error messages.
    from: String,
}

impl Papers {
    /// Reads the files that a connection names.
    ///
    /// # Errors
    /// When one can't be read.
    pub(super) fn read(connection: &Connection) -> Result<Self, FileError> {
        let mut from = Vec::new();
        let mut named = |flag: &str, path: &Path| from.push(format!("{flag} {}", path.display()));
        let roots = match &connection.trust {
            Trust::System => Roots::System,
            Trust::Anybody => Roots::Anybody,
            Trust::File(path) => {
                named("--cacert", path);
                Roots::Pem(read("list of trusted certificates (--cacert)", path, LARGEST_PEM)?)
            }
        };
        let identity = match &connection.identity {
            None => None,
            Some(files) => {
                named("--cert", &files.certificate);
                named("--key", &files.key);
                Some(Identity {
                    certificates: read("client certificate (--cert)", &files.certificate, LARGEST_PEM)?,
                    key: read("private key (--key)", &files.key, LARGEST_PEM)?,
                })
            }
        };
        let from = if from.is_empty() { String::new() } else { format!(" with {}", from.join(", ")) };
        Ok(Self { roots, identity, from })
    }

    /// TLS to a server of this name.
    ///
    /// # Errors
    /// When what was read, or what the system trusts, does not hold what it should.
    pub(super) fn tls(&self, server_name: &str, protocol: Protocol) -> Result<Tls, FileError> {
        let options =
            TlsOptions { server_name: server_name.to_owned(), roots: self.roots.clone(), identity: self.identity.clone(), protocol };
        Tls::new(options).map_err(|source| FileError::Tls { from: self.from.clone(), source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_whole_or_refused_with_its_name() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("body");
        std::fs::write(&path, b"a\0\xff\r\n").unwrap();
        assert_eq!(body(Some(&Body::File(path.clone()))).unwrap(), b"a\0\xff\r\n");
        let error = body(Some(&Body::File(directory.path().join("absent")))).unwrap_err().to_string();
        assert!(error.contains("absent") && error.contains("-D"), "{error}");
        let error = body(Some(&Body::File(directory.path().to_owned()))).unwrap_err().to_string();
        assert!(error.contains("directory"), "{error}");
        assert!(bounded("body", &path, 5, &b"12345"[..]).is_ok());
        let error = bounded("body", &path, 5, &b"123456"[..]).unwrap_err().to_string();
        assert!(error.contains("larger than 5 B"), "{error}");
        assert!(matches!(body(Some(&Body::File("/dev/zero".into()))), Err(FileError::TooLarge { most: LARGEST_BODY, .. })));
    }

    #[test]
    fn a_file_that_holds_no_certificate_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("ca.pem");
        std::fs::write(&path, "no certificate").unwrap();
        let connection = Connection { trust: Trust::File(path.clone()), ..Connection::default() };
        let error = Papers::read(&connection).unwrap().tls("a.org", Protocol::Http1).unwrap_err().to_string();
        assert!(error.contains("--cacert") && error.contains("ca.pem") && error.contains("no certificate"), "{error}");
    }
}
