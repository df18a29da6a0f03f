//! The address of an endpoint: parsing of `--endpoint`, and the form shown to the user.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use reqwest::Url;
use thiserror::Error;

use crate::model::{Text, TextLimit};

/// Default port of the admin API (`admin_port`).
const DEFAULT_PORT: u16 = 8989;

/// The name of this machine's loopback addresses.
pub(super) const LOCALHOST: &str = "localhost";

/// Advice on the forms of an address.
const FORMS: &str = "give HOST:PORT or http[s]://HOST:PORT, IPv6 as [::1]:8989";
/// Advice for a port without a host.
const PORT_ALONE: &str = "a number is a port without a host: give HOST:PORT";
/// Advice for the path of a socket.
const NO_SOCKETS: &str = "the admin API listens on TCP only, not on a Unix socket: give HOST:PORT";

/// The address of an admin API: scheme, host, port, and the path before `/v1` if a reverse proxy adds
/// one. Contains no user, password or query, so it may be shown anywhere.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EndpointUrl(Url);

/// Why an address cannot be used, and what to try, in one line. Never contains a secret.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("bad endpoint '{shown}': {reason}")]
pub struct UrlError {
    /// The given text, without anything that could be a secret.
    shown: Text,
    reason: &'static str,
}

impl EndpointUrl {
    /// Whether the connection is encrypted.
    pub(crate) fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Whether it is on this machine: a loopback address, or `localhost`, which is never resolved.
    pub(crate) fn is_loopback(&self) -> bool {
        let host = self.host();
        match host.parse::<IpAddr>() {
            Ok(address) => address.to_canonical().is_loopback(),
            Err(_) => host.eq_ignore_ascii_case(LOCALHOST),
        }
    }

    /// Returns the addresses of `localhost`. They are not resolved: a file or a name server could return
    /// another machine, and the password would be sent there.
    pub(super) fn fixed_addresses(&self) -> Option<[SocketAddr; 2]> {
        let port = self.port();
        self.host().eq_ignore_ascii_case(LOCALHOST).then(|| {
            [
                (Ipv4Addr::LOCALHOST, port).into(),
                (Ipv6Addr::LOCALHOST, port).into(),
            ]
        })
    }

    /// Whether a password may be sent to it.
    pub(crate) fn may_carry_passwords(&self, allow_plain_http: bool) -> bool {
        self.is_https() || self.is_loopback() || allow_plain_http
    }

    /// Returns the host, an IPv6 address without its brackets.
    pub(crate) fn host(&self) -> &str {
        let host = self.0.host_str().unwrap_or_default();
        host.trim_start_matches('[').trim_end_matches(']')
    }

    /// Returns the port.
    pub(crate) fn port(&self) -> u16 {
        self.0.port_or_known_default().unwrap_or(DEFAULT_PORT)
    }

    /// Returns `host:8989`, the name shown on the screen.
    pub(crate) fn authority(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        format!("{host}:{}", self.port())
    }

    /// Returns `host:8989`, with the path if there is one: several endpoints may share a host and port.
    pub(crate) fn label(&self) -> String {
        format!("{}{}", self.authority(), self.0.path().trim_end_matches('/'))
    }

    /// Returns the path before `/v1`, without a slash at the end. Usually empty.
    pub(super) fn path(&self) -> &str {
        self.0.path().trim_end_matches('/')
    }

    /// Returns the full URL of a target, which begins with a slash.
    pub(super) fn join(&self, target: &str) -> String {
        format!("{self}{target}")
    }
}

/// Formats as `http://host:8989`, always with the port, never with a slash at the end.
impl fmt::Display for EndpointUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.0.host_str().unwrap_or_default();
        let port = self.port();
        let path = self.0.path().trim_end_matches('/');
        write!(f, "{}://{host}:{port}{path}", self.0.scheme())
    }
}

impl fmt::Debug for EndpointUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for EndpointUrl {
    type Err = UrlError;

    /// Parses `HOST`, `HOST:PORT`, `http://…` or `https://…`; IPv6 addresses in brackets.
    fn from_str(given: &str) -> Result<Self, UrlError> {
        let refuse = |reason| UrlError {
            shown: without_secrets(given),
            reason,
        };
        let text = match given.split_once("://") {
            Some((scheme, _)) if is_http(scheme) => given.to_owned(),
            Some(("unix", _)) => return Err(refuse(NO_SOCKETS)),
            Some(_) => return Err(refuse("only http:// and https:// are supported")),
            None if given.starts_with(['/', '.']) || given.starts_with("unix:") => {
                return Err(refuse(NO_SOCKETS));
            }
            None if given.split_once(":/").is_some_and(|(scheme, _)| is_http(scheme)) => {
                return Err(refuse("write http:// or https:// with two slashes"));
            }
            None if given.contains(":/") => return Err(refuse(FORMS)),
            // Otherwise it would be an IPv4 address: 8989 is 0.0.35.29.
            None if !given.is_empty()
                && given
                    .strip_prefix(':')
                    .unwrap_or(given)
                    .bytes()
                    .all(|c| c.is_ascii_digit()) =>
            {
                return Err(refuse(PORT_ALONE));
            }
            None => format!("http://{given}"),
        };
        let Ok(mut url) = Url::parse(&text) else {
            return Err(refuse(FORMS));
        };
        if !url.username().is_empty() || url.password().is_some() || text.contains('@') {
            return Err(refuse(
                "no user or password in it: use --user and --password-file",
            ));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(refuse("leave out what follows '?' or '#'"));
        }
        if !names_a_port(&text) {
            // Fails only for URLs without a host, and http has one.
            let _ = url.set_port(Some(DEFAULT_PORT));
        }
        let path = url.path().trim_end_matches('/');
        let path = path.strip_suffix("/v1").unwrap_or(path).to_owned();
        url.set_path(&path);
        Ok(Self(url))
    }
}

fn is_http(scheme: &str) -> bool {
    ["http", "https"]
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known))
}

/// Whether the text contains a port. The parsed URL does not show it: it drops `:80` and `:443`.
fn names_a_port(text: &str) -> bool {
    let after_scheme = text.split_once("://").map_or(text, |(_, rest)| rest);
    let authority = after_scheme.split(['/', '\\']).next().unwrap_or_default();
    let after_brackets = authority.rsplit(']').next().unwrap_or_default();
    after_brackets
        .rsplit_once(':')
        .is_some_and(|(_, port)| !port.is_empty())
}

/// Returns the part of a rejected address that may be shown: no text before an `@` or after a `?`
/// or `#`, and no invalid port, because a password without its host looks like one.
fn without_secrets(given: &str) -> Text {
    let tail = given.rsplit_once('@').map_or(given, |(_, tail)| tail);
    let shown = tail.split(['?', '#']).next().unwrap_or_default();
    let shown = match shown.rsplit_once(':') {
        Some((before, port)) if could_be_secret(port) => format!("{before}:…"),
        _ => shown.to_owned(),
    };
    Text::clean(&shown, TextLimit::Name)
}

/// Whether the text after the last colon may be a secret, and not a port and a path, the path of a
/// scheme, or the end of an IPv6 address.
fn could_be_secret(after_colon: &str) -> bool {
    let (port, _) = after_colon.split_once('/').unwrap_or((after_colon, ""));
    let is_port = port.len() <= 5 && port.bytes().all(|byte| byte.is_ascii_digit());
    let ends_ipv6 = port.ends_with(']');
    !is_port && !ends_ipv6
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(given: &str) -> String {
        given
            .parse::<EndpointUrl>()
            .map_or_else(|error| error.to_string(), |url| url.to_string())
    }

    #[test]
    fn every_accepted_form_is_shown_in_one() {
        for (given, expected) in [
            ("db1", "http://db1:8989"),
            ("db1:18989", "http://db1:18989"),
            ("localhost", "http://localhost:8989"),
            ("10.0.0.1:80", "http://10.0.0.1:80"),
            ("[::1]", "http://[::1]:8989"),
            ("[fe80::1]:99", "http://[fe80::1]:99"),
            ("http://db1", "http://db1:8989"),
            ("http://db1/", "http://db1:8989"),
            ("http://db1:80/", "http://db1:80"),
            ("https://db1", "https://db1:8989"),
            ("https://db1:443", "https://db1:443"),
            ("http://db1:8989/v1/", "http://db1:8989"),
            ("https://proxy/maxscale/a/", "https://proxy:8989/maxscale/a"),
            ("HTTP://DB1", "http://db1:8989"),
            ("Https://db1:443", "https://db1:443"),
        ] {
            assert_eq!(shown(given), expected, "{given}");
        }
    }

    #[test]
    fn a_bad_url_says_what_why_and_what_to_try() {
        for (given, reason) in [
            ("", "give HOST:PORT"),
            ("http://", "give HOST:PORT"),
            ("db1:port", "give HOST:PORT"),
            ("db1:99999", "give HOST:PORT"),
            ("8989", "a port without a host"),
            (":8989", "a port without a host"),
            ("::1", "IPv6 as [::1]:8989"),
            ("ftp://db1", "only http:// and https://"),
            ("/run/x.sock", "not on a Unix socket: give HOST:PORT"),
            ("./x.sock", "not on a Unix socket: give HOST:PORT"),
            ("unix:/x", "not on a Unix socket: give HOST:PORT"),
            ("unix:///x", "not on a Unix socket: give HOST:PORT"),
            ("http:/127.0.0.1", "with two slashes"),
            ("HTTPS:/db1", "with two slashes"),
            ("db1:/x", "give HOST:PORT"),
            ("http://db1/?x=1", "leave out"),
        ] {
            let text = shown(given);
            assert!(text.starts_with("bad endpoint '"), "{given}: {text}");
            assert!(text.contains(reason), "{given}: {text}");
        }
    }

    #[test]
    fn a_password_in_a_url_is_refused_and_not_repeated() {
        for given in [
            "http://admin:geheim@db1:8989",
            "admin:geheim@db1",
            "http://geheim@db1",
            "ftp://admin:geheim@db1",
            "http://db1/?token=geheim",
            "http://admin:geheim@",
            "http://db1/a@geheim?b",
            "http://admin:geheim",
            "admin:geheim/",
        ] {
            let error = given.parse::<EndpointUrl>().unwrap_err();
            let debug = format!("{error:?} {error}");
            assert!(!debug.contains("geheim") || given.contains("a@geheim"), "{debug}");
        }
    }

    #[test]
    fn localhost_has_fixed_addresses_and_other_names_are_looked_up() {
        let addresses = |given: &str| given.parse::<EndpointUrl>().unwrap().fixed_addresses();
        let both = ["127.0.0.1:8990", "[::1]:8990"].map(|text| text.parse().unwrap());
        assert_eq!(addresses("LocalHost:8990"), Some(both));
        for other in ["db1", "localhost.example.com", "127.0.0.1", "[::1]"] {
            assert_eq!(addresses(other), None, "{other}");
        }
    }

    #[test]
    fn loopback_is_told_by_address_or_by_the_name_localhost() {
        for (given, loopback) in [
            ("127.0.0.1", true),
            ("127.9.9.9:1", true),
            ("127.1", true),
            ("[::1]", true),
            ("[::ffff:127.0.0.1]", true),
            ("LOCALHOST", true),
            ("localhost.example.com", false),
            ("127.0.0.1.example.com", false),
            ("10.0.0.1", false),
            ("[2001:db8::1]", false),
        ] {
            let url: EndpointUrl = given.parse().unwrap();
            assert_eq!(url.is_loopback(), loopback, "{given}");
        }
    }
}
