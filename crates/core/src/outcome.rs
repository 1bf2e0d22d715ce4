//! What became of one request: a closed set of outcomes, each with one stable name.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, collections::BTreeMap};

/// Declares an enum of kinds with stable names, and a counter indexed by it.
macro_rules! kinds {
    ($(#[$doc:meta])* $kind:ident, $counts:ident, $($(#[doc = $vdoc:literal])* $variant:ident => $name:literal,)+) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $kind { $($(#[doc = $vdoc])* $variant,)+ }

        impl $kind {
            /// Every kind, in the order of declaration.
            pub const ALL: &'static [$kind] = &[$($kind::$variant,)+];

            /// The stable name used in JSON, journals and reports.
            pub const fn name(self) -> &'static str {
                match self { $($kind::$variant => $name,)+ }
            }

            /// The kind with this stable name.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.name() == name)
            }
        }

        #[doc = concat!("A count for each [`", stringify!($kind), "`]; serialized as a map of the counts that are not zero.")]
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(into = "BTreeMap<String, u64>", try_from = "BTreeMap<String, u64>")]
        pub struct $counts([u64; $kind::ALL.len()]);

        impl $counts {
            /// Adds `n` of one kind.
            pub fn add(&mut self, kind: $kind, n: u64) { self.0[kind as usize] += n; }

            /// The count of one kind.
            pub fn get(&self, kind: $kind) -> u64 { self.0[kind as usize] }

            /// The count of all kinds together.
            pub fn total(&self) -> u64 { self.0.iter().sum() }

            /// Adds another set of counts to this one.
            pub fn merge(&mut self, other: &Self) {
                for (mine, theirs) in self.0.iter_mut().zip(other.0) { *mine += theirs; }
            }

            /// The kinds that occurred, with their counts, in the order of declaration.
            pub fn seen(&self) -> impl Iterator<Item = ($kind, u64)> + '_ {
                $kind::ALL.iter().map(|&kind| (kind, self.get(kind))).filter(|&(_, n)| n > 0)
            }
        }

        impl JsonSchema for $counts {
            fn schema_name() -> Cow<'static, str> {
                stringify!($counts).into()
            }

            /// Every kind by its name. Later versions may know more.
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                let mut schema = json_schema!({
                    "description": "A count for each kind that occurred.",
                    "type": "object",
                    "additionalProperties": { "type": "integer", "minimum": 1 },
                });
                let described = [$(($name, concat!($($vdoc),*).trim_start())),+];
                let kinds = described.map(|(name, about)| (name, json_schema!({ "description": about, "type": "integer", "minimum": 1 })));
                schema.insert("properties".to_owned(), kinds.into_iter().map(|(name, count)| (name, count.to_value())).collect());
                schema
            }
        }

        impl From<$counts> for BTreeMap<String, u64> {
            fn from(counts: $counts) -> Self {
                counts.seen().map(|(kind, n)| (kind.name().to_owned(), n)).collect()
            }
        }

        impl TryFrom<BTreeMap<String, u64>> for $counts {
            type Error = String;
            fn try_from(map: BTreeMap<String, u64>) -> Result<Self, String> {
                let mut counts = Self::default();
                for (name, n) in map {
                    let kind = $kind::from_name(&name).ok_or_else(|| format!("unknown kind {name:?}"))?;
                    counts.add(kind, n);
                }
                Ok(counts)
            }
        }
    };
}

kinds! {
    /// Why a request that was sent, or whose connection was attempted, got no good answer.
    Failure, FailureCounts,
    /// No complete answer within the time-out.
    TimedOut => "timed_out",
    /// No connection within the time-out.
    ConnectTimedOut => "connect_timed_out",
    /// The connection attempt was answered with a reset: nobody listens, or the listener turned it away.
    Refused => "refused",
    /// The host or network can't be reached.
    Unreachable => "unreachable",
    /// The connection was reset after it stood.
    Reset => "reset",
    /// The connection was closed in good order without an answer.
    Closed => "closed",
    /// The connection ended inside an answer.
    Truncated => "truncated",
    /// What came back is no HTTP.
    Malformed => "malformed",
    /// The answer broke a limit of ours: head or body too large.
    TooLarge => "too_large",
    /// No TLS session could be agreed on: versions, ciphers, protocols, or what answers speaks no TLS.
    TlsHandshake => "tls_handshake",
    /// The certificate is out of date, or not valid yet.
    CertificateExpired => "certificate_expired",
    /// The certificate is for another name.
    CertificateName => "certificate_name",
    /// The certificate comes from nobody who is trusted, or is no valid certificate.
    CertificateUntrusted => "certificate_untrusted",
    /// The server sent a TLS alert.
    TlsAlert => "tls_alert",
    /// The TLS session broke: a damaged record, or an end without a word of farewell where one was needed.
    TlsBroken => "tls_broken",
    /// HTTP/2: the server said that it goes away before it took the request.
    GoAway => "http2_goaway",
    /// HTTP/2: the server reset the request's stream.
    StreamReset => "http2_stream_reset",
    /// HTTP/2: the server broke the protocol.
    Http2Broken => "http2_broken",
    /// Status 429, too many requests.
    TooManyRequests => "http_429",
    /// Status 503, service unavailable.
    Unavailable => "http_503",
    /// Another status of 500 or above.
    ServerError => "http_5xx",
    /// Another status of 400 to 499.
    ClientError => "http_4xx",
}

kinds! {
    /// Why a request that was due was never sent.
    NotSent, NotSentCounts,
    /// Every connection the plan allows was busy.
    NoConnection => "no_connection",
    /// The process ran out of file descriptors (EMFILE, ENFILE).
    NoFile => "no_file_descriptor",
    /// The source address ran out of ports (EADDRNOTAVAIL).
    NoPort => "no_port",
    /// The step ended before the send could be made.
    StepEnded => "step_ended",
}

/// The rung of the degradation ladder that a failure belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FailureClass {
    /// No answer in time.
    TimeOut,
    /// The target, or its kernel, turned the request away.
    Refusal,
    /// An answer that is wrong.
    Error,
}

impl Failure {
    /// Which rung of the ladder counts this failure.
    pub const fn class(self) -> FailureClass {
        match self {
            Self::TimedOut | Self::ConnectTimedOut => FailureClass::TimeOut,
            Self::Refused
            | Self::Unreachable
            | Self::Reset
            | Self::Closed
            | Self::TlsAlert
            | Self::GoAway
            | Self::StreamReset
            | Self::TooManyRequests
            | Self::Unavailable => FailureClass::Refusal,
            Self::Truncated
            | Self::Malformed
            | Self::TooLarge
            | Self::TlsHandshake
            | Self::CertificateExpired
            | Self::CertificateName
            | Self::CertificateUntrusted
            | Self::TlsBroken
            | Self::Http2Broken
            | Self::ServerError
            | Self::ClientError => FailureClass::Error,
        }
    }

    /// The failure that a final HTTP status stands for, or `None` for an answer that counts as good (1xx to 3xx: redirects are answers).
    pub const fn of_status(status: u16) -> Option<Self> {
        match status {
            429 => Some(Self::TooManyRequests),
            503 => Some(Self::Unavailable),
            400..=499 => Some(Self::ClientError),
            100..=399 => None,
            _ => Some(Self::ServerError),
        }
    }

    /// Whether the target's side produced an answer at all (a bad answer), as opposed to none.
    pub const fn is_answer(self) -> bool {
        matches!(self, Self::TooManyRequests | Self::Unavailable | Self::ServerError | Self::ClientError | Self::Malformed | Self::TooLarge)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_survive_a_round_trip_through_json() {
        let mut counts = FailureCounts::default();
        counts.add(Failure::Refused, 3);
        counts.add(Failure::TooManyRequests, 2);
        let json = serde_json::to_string(&counts).unwrap();
        assert_eq!(json, r#"{"http_429":2,"refused":3}"#);
        assert_eq!(serde_json::from_str::<FailureCounts>(&json).unwrap(), counts);
        assert_eq!(counts.total(), 5);
    }

    #[test]
    fn an_unknown_kind_is_named() {
        let error = serde_json::from_str::<FailureCounts>(r#"{"gremlin":1}"#).unwrap_err();
        assert!(error.to_string().contains("gremlin"), "{error}");
    }

    #[test]
    fn statuses_map_to_failures() {
        assert_eq!(Failure::of_status(200), None);
        assert_eq!(Failure::of_status(302), None);
        assert_eq!(Failure::of_status(404), Some(Failure::ClientError));
        assert_eq!(Failure::of_status(429), Some(Failure::TooManyRequests));
        assert_eq!(Failure::of_status(503), Some(Failure::Unavailable));
        assert_eq!(Failure::of_status(500), Some(Failure::ServerError));
        assert_eq!(Failure::of_status(999), Some(Failure::ServerError));
    }
}
