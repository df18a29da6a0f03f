//! The one place where what went wrong with TLS becomes a [`TlsFault`].

use std::io;

use jiff::Timestamp;
use rustls::pki_types::UnixTime;
use rustls::{AlertDescription, CertificateError, Error};

use super::line::line;
use super::tls::ClientCertificate;
use super::url::EndpointUrl;
use crate::model::{Text, TlsFault};

/// What the TLS library says.
pub(super) fn of_error(
    error: &Error,
    url: &EndpointUrl,
    certificate: Option<&ClientCertificate>,
) -> TlsFault {
    let host = || line(url.host());
    match error {
        Error::InvalidCertificate(error) => of_certificate(error, host()),
        Error::InvalidMessage(_) => TlsFault::NotTls(host()),
        Error::AlertReceived(alert) if is_about_certificates(*alert) => {
            let why = words(*alert);
            of_client(url, certificate, &why).unwrap_or_else(|| other(error))
        }
        error => other(error),
    }
}

/// A connection that a server closed although all was well so far, before it had ever answered.
pub(super) fn of_silence(url: &EndpointUrl, certificate: Option<&ClientCertificate>) -> Option<TlsFault> {
    of_client(url, certificate, "it closed the connection")
}

/// A handshake that the other side broke off.
pub(super) fn of_handshake(kind: Option<io::ErrorKind>, url: &EndpointUrl) -> Option<TlsFault> {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    let was_closed = matches!(
        kind,
        Some(BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof)
    );
    (url.is_https() && was_closed).then(|| TlsFault::NotTls(line(url.host())))
}

fn of_certificate(error: &CertificateError, host: Text) -> TlsFault {
    match error {
        CertificateError::Expired => TlsFault::Expired { host, at: None },
        CertificateError::ExpiredContext { not_after, .. } => {
            let at = moment(*not_after);
            TlsFault::Expired { host, at }
        }
        CertificateError::NotValidYet => TlsFault::NotYetValid { host, at: None },
        CertificateError::NotValidYetContext { not_before, .. } => {
            let at = moment(*not_before);
            TlsFault::NotYetValid { host, at }
        }
        CertificateError::UnknownIssuer => TlsFault::UnknownAuthority(host),
        CertificateError::NotValidForName => TlsFault::OtherName {
            host,
            names: line("others"),
        },
        CertificateError::NotValidForNameContext { presented, .. } => TlsFault::OtherName {
            host,
            names: names(presented),
        },
        // What a server has signed for itself is usually written like an authority's.
        error @ CertificateError::Other(_) if error.to_string().contains("CaUsedAsEndEntity") => {
            TlsFault::UnknownAuthority(host)
        }
        error => other(&Error::InvalidCertificate(error.clone())),
    }
}

/// The names of a certificate; the library writes `DnsName("db1")`.
fn names(presented: &[String]) -> Text {
    let bare = presented.iter().map(|name| {
        let inner = name.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
        inner.unwrap_or(name).trim_matches('"').to_owned()
    });
    let names = bare.collect::<Vec<_>>().join(", ");
    line(if names.is_empty() { "nobody" } else { &names })
}

fn of_client(url: &EndpointUrl, certificate: Option<&ClientCertificate>, why: &str) -> Option<TlsFault> {
    let certificate = certificate.filter(|certificate| certificate.was_asked())?;
    let host = line(url.host());
    Some(if certificate.is_given() {
        let why = line(why);
        TlsFault::ClientCertificateRefused { host, why }
    } else {
        TlsFault::ClientCertificateWanted(host)
    })
}

/// Alerts by which a server says what it thinks of the client's certificate.
const fn is_about_certificates(alert: AlertDescription) -> bool {
    matches!(
        alert,
        AlertDescription::AccessDenied
            | AlertDescription::BadCertificate
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateRequired
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateUnknown
            | AlertDescription::DecryptError
            | AlertDescription::HandshakeFailure
            | AlertDescription::NoCertificate
            | AlertDescription::UnknownCA
            | AlertDescription::UnsupportedCertificate
    )
}

/// `UnknownCA`: unknown CA.
fn words(alert: AlertDescription) -> String {
    let name = format!("{alert:?}");
    let mut words = String::with_capacity(name.len() + 4);
    let mut was_lower = false;
    for c in name.chars() {
        if c.is_uppercase() && was_lower {
            words.push(' ');
        }
        was_lower = c.is_lowercase();
        words.push(c);
    }
    let lower = |word: &str| match word {
        "CA" => word.to_owned(),
        word => word.to_lowercase(),
    };
    words.split(' ').map(lower).collect::<Vec<_>>().join(" ")
}

fn moment(time: UnixTime) -> Option<Timestamp> {
    Timestamp::from_second(i64::try_from(time.as_secs()).ok()?).ok()
}

fn other(error: &Error) -> TlsFault {
    TlsFault::Other(line(&error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alerts_are_words() {
        assert_eq!(words(AlertDescription::UnknownCA), "unknown CA");
        assert_eq!(words(AlertDescription::BadCertificate), "bad certificate");
        assert_eq!(words(AlertDescription::CertificateExpired), "certificate expired");
    }

    #[test]
    fn the_names_of_a_certificate_are_shown_bare() {
        let presented = ["DnsName(\"db1\")".to_owned(), "IpAddress(10.0.0.1)".to_owned()];
        assert_eq!(names(&presented).as_str(), "db1, 10.0.0.1");
        assert_eq!(names(&[]).as_str(), "nobody");
    }
}
