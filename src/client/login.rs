//! Tokens instead of the password (`GET /v1/auth`, 2.5 and later).
//!
//! The server hashes a password for every request (or calls PAM), on the thread that serves all requests.
//! `MaxScale` issues tokens over TLS, or over plain http if configured. No request waits for a token: the
//! password is sent until there is one.

use std::future::pending;
use std::time::Duration;

use secrecy::SecretString;
use serde::Deserialize;
use tokio::time::sleep;

use super::access::CredentialState;
use super::{Client, token};

/// Delay before the next request for a token after the server could not issue one.
const RETRY_DELAY: Duration = Duration::from_mins(1);
/// Share of a token's lifetime that is left when it is renewed.
const RENEW_AT_REMAINING: f64 = 0.1;
/// Minimum time until a token is renewed. Limits how often tokens are requested.
const MIN_LIFETIME: Duration = Duration::from_secs(1);
/// Maximum time until a token is renewed.
const MAX_LIFETIME: Duration = Duration::from_hours(24);
/// Maximum length of a token, in bytes.
const MAX_TOKEN_LEN: usize = 8 * 1024;

/// The reason why there is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LoginError {
    /// The server issues no tokens.
    Never,
    /// The server could not reply.
    NotNow,
}

impl Client {
    /// Gets a token once it saves time, and renews it before it expires. Never returns.
    pub(crate) async fn keep_logged_in(&self) {
        let access = self.0.exchange.access();
        let mut state = access.subscribe();
        let mut is_renewal = false;
        while access.may_log_in() {
            if !is_renewal && state.wait_for(CredentialState::needs_token).await.is_err() {
                break;
            }
            access.allowed().await;
            match self.fetch_token().await {
                Ok(renewal) => {
                    let dropped = state.wait_for(|state| !state.has_token());
                    is_renewal = tokio::select! {
                        _ = dropped => false,
                        () = wait(renewal) => true,
                    };
                }
                Err(LoginError::NotNow) => {
                    sleep(RETRY_DELAY).await;
                    is_renewal = state.borrow().has_token();
                }
                Err(LoginError::Never) => break,
            }
        }
        pending::<()>().await;
    }

    /// Gets a token at once, if the server issues any. For a command that is about to send many requests.
    pub async fn log_in(&self) {
        if self.0.exchange.access().may_log_in() {
            // Without a token, the password is sent as before.
            let _ = self.fetch_token().await;
        }
    }

    /// Gets and uses a token. Returns the time until its renewal. `None` if its lifetime is unknown.
    async fn fetch_token(&self) -> Result<Option<Duration>, LoginError> {
        let reply = self.0.exchange.log_in().await.map_err(|_| LoginError::NotNow)?;
        match reply.status {
            200 => {
                let (token, lifetime) = read(&reply.body).ok_or(LoginError::Never)?;
                self.0.exchange.access().logged_in(token);
                Ok(lifetime.map(|time| {
                    time.mul_f64(1.0 - RENEW_AT_REMAINING)
                        .clamp(MIN_LIFETIME, MAX_LIFETIME)
                }))
            }
            500..=599 => Err(LoginError::NotNow),
            _ => Err(LoginError::Never),
        }
    }
}

/// Waits until the renewal. A token of unknown lifetime is used until it is rejected.
async fn wait(renewal: Option<Duration>) {
    match renewal {
        Some(time) => sleep(time).await,
        None => pending().await,
    }
}

#[derive(Deserialize)]
struct TokenReply {
    meta: Meta,
}

#[derive(Deserialize)]
struct Meta {
    token: String,
}

/// The times in a token, in seconds since 1970.
#[derive(Deserialize)]
struct TokenTimes {
    iat: u64,
    exp: u64,
}

/// Returns the token of a reply and its lifetime. The lifetime is the difference of the token's own two
/// times, because the clocks may differ.
fn read(body: &[u8]) -> Option<(SecretString, Option<Duration>)> {
    let TokenReply { meta: Meta { token } } = serde_json::from_slice(body).ok()?;
    let is_one = !token.is_empty()
        && token.len() <= MAX_TOKEN_LEN
        && token.bytes().all(|byte| byte.is_ascii_graphic());
    let lifetime = lifetime(&token);
    is_one.then(|| (token.into(), lifetime))
}

fn lifetime(token: &str) -> Option<Duration> {
    let TokenTimes { iat, exp } = token::claims(token)?;
    exp.checked_sub(iat).map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use secrecy::ExposeSecret as _;

    use super::*;

    fn reply(token: &str) -> Vec<u8> {
        format!(r#"{{"meta":{{"token":"{token}"}}}}"#).into_bytes()
    }

    #[test]
    fn a_token_tells_how_long_it_holds() {
        let claims = URL_SAFE_NO_PAD.encode(r#"{"iss":"maxscale","iat":1000,"exp":29800,"sub":"admin"}"#);
        let text = format!("e30.{claims}.c2ln");
        let (token, lifetime) = read(&reply(&text)).unwrap();
        assert_eq!(token.expose_secret(), text);
        assert_eq!(lifetime, Some(Duration::from_hours(8)));
    }

    #[test]
    fn one_that_cannot_be_read_is_used_until_it_is_refused() {
        for text in [
            "TOKEN",
            "a.b.c",
            "e30.e30.e30",
            "..",
            "e30.eyJpYXQiOjIsImV4cCI6MX0.x",
        ] {
            let (token, lifetime) = read(&reply(text)).unwrap();
            assert_eq!((token.expose_secret(), lifetime), (text, None));
        }
    }

    #[test]
    fn what_is_no_token_is_none() {
        for body in [
            "",
            "{}",
            "[]",
            "<html>",
            r#"{"meta":{}}"#,
            r#"{"meta":{"token":7}}"#,
        ] {
            assert!(read(body.as_bytes()).is_none(), "{body}");
        }
        for text in [
            "",
            "two words",
            r"line\nbreak",
            "é",
            &"x".repeat(MAX_TOKEN_LEN + 1),
        ] {
            assert!(read(&reply(text)).is_none(), "{text}");
        }
    }
}
