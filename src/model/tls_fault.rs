//! Why a connection could not be trusted, or did not trust us: a named cause each.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};
use thiserror::Error;

use super::Text;
use super::fault::Remedy;

/// A TLS handshake that failed. Every text in it is cleaned.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TlsFault {
    /// Nobody that is trusted has signed it.
    #[error("certificate of {0} is signed by an unknown authority")]
    UnknownAuthority(Text),
    /// Its time is over.
    #[error("certificate of {host} expired{}", on(*.at))]
    Expired {
        /// The host.
        host: Text,
        /// The last moment at which it held.
        at: Option<Timestamp>,
    },
    /// Its time has not begun.
    #[error("certificate of {host} is not valid yet{}", until(*.at))]
    NotYetValid {
        /// The host.
        host: Text,
        /// The first moment at which it holds.
        at: Option<Timestamp>,
    },
    /// It belongs to somebody else.
    #[error("certificate of {host} is made out to {names}")]
    OtherName {
        /// The host that was meant.
        host: Text,
        /// The names that stand in the certificate.
        names: Text,
    },
    /// The server wants to see a certificate, and none was given.
    #[error("{0} wants a client certificate")]
    ClientCertificateWanted(Text),
    /// The server does not take the one that was given.
    #[error("{host} does not accept the client certificate: {why}")]
    ClientCertificateRefused {
        /// The host.
        host: Text,
        /// What it said.
        why: Text,
    },
    /// It does not speak TLS.
    #[error("{0} does not answer in TLS")]
    NotTls(Text),
    /// Another cause.
    #[error("TLS: {0}")]
    Other(Text),
}

impl TlsFault {
    /// What a person can do about it.
    pub const fn remedy(&self) -> Remedy {
        Remedy(match self {
            Self::UnknownAuthority(_) => "give its CA with --ca-file",
            Self::Expired { .. } => "renew it on the server",
            Self::NotYetValid { .. } => "check the clocks of both machines",
            Self::OtherName { .. } => "give the address by a name that stands in it",
            Self::ClientCertificateWanted(_) => "give --client-cert and --client-key",
            Self::ClientCertificateRefused { .. } => "check --client-cert, its dates, and who signed it",
            Self::NotTls(_) => "if it speaks plain http, give http://",
            Self::Other(_) => "https needs a certificate that this machine trusts; plain http needs http://",
        })
    }
}

fn on(at: Option<Timestamp>) -> String {
    at.map(|at| format!(" on {}", date(at))).unwrap_or_default()
}

fn until(at: Option<Timestamp>) -> String {
    at.map(|at| format!(", not before {}", date(at)))
        .unwrap_or_default()
}

/// The day in UTC, as certificates count.
fn date(at: Timestamp) -> String {
    ZonedDateTime::new(at, TimeZone::UTC)
        .strftime("%Y-%m-%d")
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Limit;

    #[test]
    fn each_says_whose_certificate_it_is_and_since_when() {
        let host = || Text::clean("db-proxy-1", Limit::Line);
        let at = "2026-11-20T23:00:00Z".parse().ok();
        for (fault, words) in [
            (
                TlsFault::Expired { host: host(), at },
                "certificate of db-proxy-1 expired on 2026-11-20",
            ),
            (
                TlsFault::Expired {
                    host: host(),
                    at: None,
                },
                "certificate of db-proxy-1 expired",
            ),
            (
                TlsFault::NotYetValid { host: host(), at },
                "certificate of db-proxy-1 is not valid yet, not before 2026-11-20",
            ),
            (
                TlsFault::ClientCertificateWanted(host()),
                "db-proxy-1 wants a client certificate",
            ),
        ] {
            assert_eq!(fault.to_string(), words);
        }
    }
}
