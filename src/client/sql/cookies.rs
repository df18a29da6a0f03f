//! Cookies of a connection. Their number and names differ between MaxScale versions.

use reqwest::header::{HeaderMap, SET_COOKIE};
use secrecy::SecretString;

/// Prefix of the cookies that hold the token of a connection.
const PREFIX: &str = "conn_id_";
/// Maximum number of cookies of one connection.
const MAX_COOKIES: usize = 8;
/// Maximum length of all cookies of one connection.
const MAX_LENGTH: usize = 8 * 1024;

/// Returns the connection's cookies as the value of a `Cookie` header.
///
/// Returns `None` if there are none, or if one has a character that could add to the request.
pub(super) fn read(headers: &HeaderMap) -> Option<SecretString> {
    let mut pairs = Vec::new();
    for header in headers.get_all(SET_COOKIE) {
        let text = header.to_str().ok()?;
        let pair = text.split(';').next().unwrap_or_default().trim();
        let Some((name, value)) = pair.split_once('=') else {
            continue;
        };
        if !name.starts_with(PREFIX) {
            continue;
        }
        if !is_safe(name) || !is_safe(value) {
            return None;
        }
        pairs.push(pair);
    }
    let joined = pairs.join("; ");
    let is_valid = (1..=MAX_COOKIES).contains(&pairs.len()) && joined.len() <= MAX_LENGTH;
    is_valid.then(|| joined.into())
}

fn is_safe(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    !text.is_empty() && text.bytes().all(is_allowed)
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    fn joined(cookies: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for cookie in cookies {
            headers.append(SET_COOKIE, cookie.parse().unwrap());
        }
        read(&headers).map(|cookies| cookies.expose_secret().to_owned())
    }

    #[test]
    fn all_cookies_of_the_connection_are_sent_back() {
        assert_eq!(
            joined(&["conn_id_sig_a-1=ey.J_-; Path=/; Max-Age=600; SameSite=Strict; HttpOnly"]).as_deref(),
            Some("conn_id_sig_a-1=ey.J_-")
        );
        assert_eq!(
            joined(&["conn_id_body_1=a; Path=/", "other=x y", "conn_id_sig_1=b"]).as_deref(),
            Some("conn_id_body_1=a; conn_id_sig_1=b")
        );
    }

    #[test]
    fn a_cookie_that_could_add_to_the_request_makes_all_invalid() {
        for cookie in [
            "conn_id_1=a b",
            "conn_id_1=\"a\"",
            "conn_id_/=a",
            "conn_id_1=",
            "conn_id_1=a,b",
        ] {
            assert_eq!(joined(&["conn_id_0=a", cookie]), None, "{cookie}");
        }
        assert_eq!(joined(&[]), None);
        assert_eq!(joined(&["token=a"]), None);
        assert_eq!(joined(&["conn_id_1=a"; 9]), None);
        assert_eq!(joined(&[&format!("conn_id_1={}", "a".repeat(9_000))]), None);
    }
}
