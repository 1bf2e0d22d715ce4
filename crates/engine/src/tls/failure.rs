//! What an error of TLS means for the request that met it.

use plimsoll_core::outcome::Failure;
use rustls::{CertificateError, Error};

/// The name of a failure, inside a handshake or after it.
pub(super) fn failure_of(error: &Error, handshaking: bool) -> Failure {
    use CertificateError::{Expired, ExpiredContext, NotValidForName, NotValidForNameContext, NotValidYet, NotValidYetContext};
    match error {
        Error::InvalidCertificate(Expired | ExpiredContext { .. } | NotValidYet | NotValidYetContext { .. }) => Failure::CertificateExpired,
        Error::InvalidCertificate(NotValidForName | NotValidForNameContext { .. }) => Failure::CertificateName,
        Error::InvalidCertificate(_) | Error::NoCertificatesPresented | Error::UnsupportedNameType => Failure::CertificateUntrusted,
        Error::AlertReceived(_) => Failure::TlsAlert,
        _ if handshaking => Failure::TlsHandshake,
        _ => Failure::TlsBroken,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustls::{AlertDescription, PeerMisbehaved};

    #[test]
    fn certificates_alerts_and_the_rest_are_told_apart() {
        let table = [
            (Error::InvalidCertificate(CertificateError::Expired), Failure::CertificateExpired),
            (Error::InvalidCertificate(CertificateError::NotValidYet), Failure::CertificateExpired),
            (Error::InvalidCertificate(CertificateError::NotValidForName), Failure::CertificateName),
            (Error::InvalidCertificate(CertificateError::UnknownIssuer), Failure::CertificateUntrusted),
            (Error::InvalidCertificate(CertificateError::BadSignature), Failure::CertificateUntrusted),
            (Error::AlertReceived(AlertDescription::HandshakeFailure), Failure::TlsAlert),
            (Error::NoApplicationProtocol, Failure::TlsHandshake),
            (Error::PeerMisbehaved(PeerMisbehaved::TooMuchEarlyDataReceived), Failure::TlsHandshake),
        ];
        for (error, want) in table {
            assert_eq!(failure_of(&error, true), want, "{error:?}");
        }
        assert_eq!(failure_of(&Error::DecryptError, false), Failure::TlsBroken);
    }
}
