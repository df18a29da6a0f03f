//! Converts TLS errors to a [`TlsFault`]. All conversions are here.

use std::io;

use jiff::Timestamp;
use rustls::pki_types::UnixTime;
use rustls::{AlertDescription, CertificateError, Error, OtherError, PeerIncompatible, PeerMisbehaved};

use super::fault::line;
use super::tls::ClientCertificate;
use super::url::EndpointUrl;
use crate::model::{Text, TlsFault};

/// Converts an error of the TLS library. None of its own text is shown.
pub(super) fn of_error(
    error: &Error,
    url: &EndpointUrl,
    certificate: Option<&ClientCertificate>,
) -> TlsFault {
    let host = || line(url.host());
    match error {
        Error::InvalidCertificate(error) => of_certificate(error, host()),
        Error::NoCertificatesPresented => TlsFault::NoCertificate(host()),
        Error::InvalidMessage(_) => TlsFault::NotTls(host()),
        Error::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
            | PeerIncompatible::Tls12NotOffered
            | PeerIncompatible::Tls12NotOfferedOrEnabled,
        )
        | Error::AlertReceived(AlertDescription::ProtocolVersion) => TlsFault::OldTls(host()),
        Error::PeerIncompatible(_) => TlsFault::NothingInCommon(host()),
        Error::PeerMisbehaved(why) if is_weak(why) => TlsFault::WeakSignature(host()),
        Error::AlertReceived(alert) => of_alert(*alert, url, certificate),
        _ => TlsFault::Other(host()),
    }
}

fn of_alert(alert: AlertDescription, url: &EndpointUrl, certificate: Option<&ClientCertificate>) -> TlsFault {
    let known = ALERTS.iter().find(|known| known.alert == alert);
    let host = || line(url.host());
    let why = known.map_or("an alert without a known meaning", |known| known.meaning);
    known
        .filter(|known| known.about_certificates)
        .and_then(|_| of_client(url, certificate, why))
        .unwrap_or_else(|| match alert {
            AlertDescription::HandshakeFailure | AlertDescription::InsufficientSecurity => {
                TlsFault::NothingInCommon(host())
            }
            _ => TlsFault::Alert {
                host: host(),
                why: line(why),
            },
        })
}

/// Whether the server signed the handshake with an algorithm that is no longer accepted, such as SHA-1.
const fn is_weak(why: &PeerMisbehaved) -> bool {
    matches!(
        why,
        PeerMisbehaved::SignedKxWithWrongAlgorithm | PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme
    )
}

/// Interprets a connection that the server closed without an error, before it had ever replied.
pub(super) fn of_silence(url: &EndpointUrl, certificate: Option<&ClientCertificate>) -> Option<TlsFault> {
    of_client(url, certificate, "the connection was closed")
}

/// Interprets a handshake that the other side aborted.
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
            names: line("other names"),
        },
        CertificateError::NotValidForNameContext { presented, .. } if presented.is_empty() => {
            TlsFault::NoNames(host)
        }
        CertificateError::NotValidForNameContext { presented, .. } => TlsFault::OtherName {
            host,
            names: names(presented),
        },
        CertificateError::BadSignature
        | CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            TlsFault::WeakSignature(host)
        }
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            TlsFault::OtherPurpose(host)
        }
        CertificateError::Revoked => TlsFault::Revoked(host),
        CertificateError::Other(OtherError(error)) => match error.downcast_ref() {
            Some(webpki::Error::UnsupportedCertVersion) => TlsFault::OldX509(host),
            Some(webpki::Error::CaUsedAsEndEntity) => TlsFault::IsAuthority(host),
            _ => TlsFault::Invalid(host),
        },
        _ => TlsFault::Invalid(host),
    }
}

/// Returns the names of a certificate; the library writes `DnsName("db1")`.
fn names(presented: &[String]) -> Text {
    let bare = presented.iter().map(|name| {
        let inner = name.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
        inner.unwrap_or(name).trim_matches('"').to_owned()
    });
    line(&bare.collect::<Vec<_>>().join(", "))
}

fn of_client(url: &EndpointUrl, certificate: Option<&ClientCertificate>, why: &str) -> Option<TlsFault> {
    let certificate = certificate.filter(|certificate| certificate.was_requested())?;
    let host = line(url.host());
    Some(if certificate.is_given() {
        let why = line(why);
        TlsFault::ClientCertificateRefused { host, why }
    } else {
        TlsFault::ClientCertificateWanted(host)
    })
}

/// An alert that a server may send.
struct KnownAlert {
    alert: AlertDescription,
    meaning: &'static str,
    /// Whether servers send it about the client's certificate.
    about_certificates: bool,
}

const fn alert(alert: AlertDescription, meaning: &'static str) -> KnownAlert {
    KnownAlert {
        alert,
        meaning,
        about_certificates: false,
    }
}

const fn about_certificates(alert: AlertDescription, meaning: &'static str) -> KnownAlert {
    KnownAlert {
        alert,
        meaning,
        about_certificates: true,
    }
}

/// The alerts that end a handshake (RFC 5246 and 8446), except for the version of TLS.
const ALERTS: [KnownAlert; 26] = [
    about_certificates(AlertDescription::AccessDenied, "access denied"),
    about_certificates(AlertDescription::BadCertificate, "bad certificate"),
    about_certificates(AlertDescription::CertificateExpired, "certificate expired"),
    about_certificates(AlertDescription::CertificateRequired, "certificate required"),
    about_certificates(AlertDescription::CertificateRevoked, "certificate revoked"),
    about_certificates(AlertDescription::CertificateUnknown, "certificate not accepted"),
    about_certificates(AlertDescription::DecryptError, "wrong signature"),
    about_certificates(AlertDescription::HandshakeFailure, "handshake failure"),
    about_certificates(AlertDescription::NoCertificate, "no certificate"),
    about_certificates(AlertDescription::UnknownCA, "unknown CA"),
    about_certificates(
        AlertDescription::UnsupportedCertificate,
        "kind of certificate not supported",
    ),
    alert(AlertDescription::CloseNotify, "connection closed"),
    alert(AlertDescription::UnexpectedMessage, "unexpected message"),
    alert(AlertDescription::BadRecordMac, "damaged record"),
    alert(AlertDescription::DecryptionFailed, "damaged record"),
    alert(AlertDescription::RecordOverflow, "record too long"),
    alert(AlertDescription::IllegalParameter, "illegal parameter"),
    alert(AlertDescription::DecodeError, "message not understood"),
    alert(AlertDescription::InsufficientSecurity, "ciphers too weak"),
    alert(AlertDescription::InternalError, "internal error of the server"),
    alert(AlertDescription::InappropriateFallback, "inappropriate fallback"),
    alert(AlertDescription::UserCanceled, "canceled"),
    alert(AlertDescription::MissingExtension, "missing extension"),
    alert(AlertDescription::UnsupportedExtension, "extension not supported"),
    alert(
        AlertDescription::UnrecognisedName,
        "host name unknown to the server",
    ),
    alert(
        AlertDescription::NoApplicationProtocol,
        "no common application protocol",
    ),
];

fn moment(time: UnixTime) -> Option<Timestamp> {
    Timestamp::from_second(i64::try_from(time.as_secs()).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url() -> EndpointUrl {
        "https://db1".parse().unwrap()
    }

    /// Whether a text has no words of a library.
    fn is_plain(text: &str) -> bool {
        let camel = text.split(|c: char| !c.is_alphanumeric()).any(|word| {
            let mut inner = word.chars().skip(1);
            word.chars().any(char::is_lowercase) && inner.any(char::is_uppercase)
        });
        let known = [
            "subjectAltName",
            "extendedKeyUsage",
            "serverAuth",
            "MaxScale",
            "TLSv12",
            "TLSv13",
        ];
        !text.contains(['{', '}', '[', ']']) && (!camel || known.iter().any(|word| text.contains(word)))
    }

    #[test]
    fn every_alert_has_plain_words_and_a_remedy() {
        for code in 0..=u8::MAX {
            let fault = of_error(&Error::AlertReceived(AlertDescription::from(code)), &url(), None);
            let words = format!("{fault}: {}", fault.remedy().0);
            assert!(is_plain(&words) && words.contains("db1"), "{code}: {words}");
        }
    }

    #[test]
    fn no_error_of_the_library_shows_its_own_text() {
        let certificate = |error| Error::InvalidCertificate(error);
        let webpki = |error: webpki::Error| {
            certificate(CertificateError::Other(OtherError(std::sync::Arc::new(error))))
        };
        let many = [
            Error::DecryptError,
            Error::General("Debug { text }".to_owned()),
            Error::HandshakeNotComplete,
            Error::PeerSentOversizedRecord,
            Error::PeerIncompatible(PeerIncompatible::NoKxGroupsInCommon),
            Error::PeerMisbehaved(PeerMisbehaved::TooManyEmptyFragments),
            Error::PeerMisbehaved(PeerMisbehaved::SignedKxWithWrongAlgorithm),
            certificate(CertificateError::BadEncoding),
            certificate(CertificateError::UnhandledCriticalExtension),
            webpki(webpki::Error::UnsupportedCertVersion),
            webpki(webpki::Error::CaUsedAsEndEntity),
            webpki(webpki::Error::PathLenConstraintViolated),
            webpki(webpki::Error::NameConstraintViolation),
        ];
        for error in many {
            let fault = of_error(&error, &url(), None);
            let words = format!("{fault}: {}", fault.remedy().0);
            assert!(is_plain(&words) && words.contains("db1"), "{error:?}: {words}");
        }
    }

    #[test]
    fn the_names_of_a_certificate_are_shown_bare() {
        let presented = ["DnsName(\"db1\")".to_owned(), "IpAddress(10.0.0.1)".to_owned()];
        assert_eq!(names(&presented).as_str(), "db1, 10.0.0.1");
    }
}
