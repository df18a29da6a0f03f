//! Errors of TLS handshakes, each with a cause and a remedy.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::Text;
use super::request_error::Remedy;

/// Why a TLS handshake failed. All text from the server is sanitized.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TlsFault {
    /// No trusted authority has signed the certificate.
    #[error("certificate of {0} is signed by an unknown authority")]
    UnknownAuthority(Text),
    /// The certificate has expired.
    #[error("certificate of {host} expired{}", on(*.at))]
    Expired {
        /// Host of the endpoint.
        host: Text,
        /// Time at which it expired, if known.
        at: Option<Timestamp>,
    },
    /// The certificate is not valid yet.
    #[error("certificate of {host} is not valid yet{}", until(*.at))]
    NotYetValid {
        /// Host of the endpoint.
        host: Text,
        /// Time from which it is valid, if known.
        at: Option<Timestamp>,
    },
    /// The certificate lists other names than the host's.
    #[error("certificate of {host} is issued for {names}")]
    OtherName {
        /// Host of the endpoint.
        host: Text,
        /// Names listed in the certificate.
        names: Text,
    },
    /// The certificate has no subjectAltName, and a name in its subject is not compared.
    #[error("certificate of {0} has no subjectAltName, so it is valid for no host name")]
    NoNames(Text),
    /// The certificate has an X.509 version before 3.
    #[error("certificate of {0} is not of X.509 version 3, the only one supported")]
    OldX509(Text),
    /// The key is too short, the signature algorithm is too old, or the signature is wrong.
    #[error("certificate of {0} has a weak key, a weak signature or a wrong signature")]
    WeakSignature(Text),
    /// The certificate may not be used by a server.
    #[error("certificate of {0} is not for servers (extendedKeyUsage)")]
    OtherPurpose(Text),
    /// The authority revoked the certificate.
    #[error("certificate of {0} was revoked")]
    Revoked(Text),
    /// The server shows the certificate of an authority: `openssl req -x509` makes one by default.
    #[error("certificate of {0} is self-signed, or made as an authority's (CA:TRUE)")]
    IsAuthority(Text),
    /// The certificate, or one of its authorities, breaks a rule of X.509.
    #[error("certificate of {0} is not valid for a TLS server")]
    Invalid(Text),
    /// The server sent no certificate.
    #[error("{0} sent no certificate")]
    NoCertificate(Text),
    /// The server offers only versions of TLS before 1.2.
    #[error("{0} offers neither TLS 1.2 nor TLS 1.3")]
    OldTls(Text),
    /// Client and server share no cipher suite, group or signature algorithm.
    #[error("{0} and maxtop have no TLS cipher in common")]
    NothingInCommon(Text),
    /// The server requires a client certificate, and none is configured.
    #[error("{0} requires a client certificate")]
    ClientCertificateWanted(Text),
    /// The server rejected the client certificate.
    #[error("{host} does not accept the client certificate: {why}")]
    ClientCertificateRefused {
        /// Host of the endpoint.
        host: Text,
        /// Reason that the server sent.
        why: Text,
    },
    /// The server does not use TLS.
    #[error("{0} does not answer in TLS")]
    NotTls(Text),
    /// The server ended the handshake with an alert.
    #[error("{host} ended the TLS handshake: {why}")]
    Alert {
        /// Host of the endpoint.
        host: Text,
        /// Meaning of the alert.
        why: Text,
    },
    /// Another cause.
    #[error("the TLS handshake with {0} failed")]
    Other(Text),
}

impl TlsFault {
    /// Returns advice for the user.
    pub(crate) const fn remedy(&self) -> Remedy {
        Remedy(match self {
            Self::UnknownAuthority(_) => "give its CA with --ca-file",
            Self::IsAuthority(_) => "give this certificate with --ca-file, or make one without CA:TRUE",
            Self::Expired { .. } => "renew it on the server",
            Self::NotYetValid { .. } => "check the clocks of both machines",
            Self::OtherName { .. } => "use one of these names in the address, or --insecure",
            Self::NoNames(_) => "make a new certificate with a subjectAltName, or use --insecure",
            Self::OldX509(_) => {
                "make a new certificate (version 3, with a subjectAltName), or use --insecure"
            }
            Self::WeakSignature(_) => {
                "make a new certificate (EC, or RSA of 2048 bits, with SHA-256), or use --insecure"
            }
            Self::OtherPurpose(_) => "make a new certificate for serverAuth, or use --insecure",
            Self::Revoked(_) => "install a new certificate on the server",
            Self::Invalid(_) => "make a new certificate, or use --insecure",
            Self::NoCertificate(_) => "set admin_ssl_cert and admin_ssl_key in MaxScale",
            Self::OldTls(_) => "set admin_ssl_version=TLSv12 or TLSv13 in MaxScale",
            Self::NothingInCommon(_) => "allow TLS 1.3, or TLS 1.2 with ECDHE and AES-GCM, on the server",
            Self::ClientCertificateWanted(_) => "give --client-cert and --client-key",
            Self::ClientCertificateRefused { .. } => "check --client-cert, its dates, and who signed it",
            Self::NotTls(_) => "if it is plain HTTP, use http://",
            Self::Alert { .. } | Self::Other(_) => {
                "check the log of MaxScale and its admin_ssl settings; use http:// if it has no TLS"
            }
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

/// Returns the date in UTC, as in certificates.
fn date(at: Timestamp) -> String {
    ZonedDateTime::new(at, TimeZone::UTC)
        .strftime("%Y-%m-%d")
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::TextLimit;

    #[test]
    fn each_says_whose_certificate_it_is_and_since_when() {
        let host = || Text::clean("db-proxy-1", TextLimit::Line);
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
                "db-proxy-1 requires a client certificate",
            ),
        ] {
            assert_eq!(fault.to_string(), words);
        }
    }
}
