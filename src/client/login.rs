//! The token that stands for the password (`GET /v1/auth`, 2.5 and later).
//!
//! With a password the server hashes it for every request (or asks PAM), on the thread that answers
//! everybody. `MaxScale` gives tokens over TLS, or where it is told to. Nobody waits for one: until it
//! is there the password is shown, and where there is none it stays so.

use std::future::pending;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretString;
use serde::Deserialize;
use tokio::time::sleep;

use super::Client;
use super::access::CredentialState;

/// A server that could not answer is asked for a token again so much later.
const RETRY_DELAY: Duration = Duration::from_mins(1);
/// What is left of a token's time when it is renewed.
const RENEW_AT_REMAINING: f64 = 0.1;
/// No token makes us ask more often than this.
const MIN_LIFETIME: Duration = Duration::from_secs(1);
/// Nor does any hold longer.
const MAX_LIFETIME: Duration = Duration::from_hours(24);
/// A token that is longer is none.
const MAX_TOKEN_LEN: usize = 8 * 1024;

/// Why there is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LoginError {
    /// It gives none.
    Never,
    /// It could not answer.
    NotNow,
}

impl Client {
    /// Keeps a token from when it begins to pay, and renews it before its end. Never ends.
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

    /// Gets a token at once, if there is one to be had: for a command that is about to ask a lot.
    pub async fn log_in(&self) {
        if self.0.exchange.access().may_log_in() {
            // Without one, the password goes on being shown.
            let _ = self.fetch_token().await;
        }
    }

    /// Takes a token into use. Says when to renew it, where that is known.
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

/// A token that does not tell its end is used until it is refused.
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

/// The times in a token, in seconds.
#[derive(Deserialize)]
struct TokenTimes {
    iat: u64,
    exp: u64,
}

/// The token of a reply, and how long it holds. From its own two times: the clocks may differ.
fn read(body: &[u8]) -> Option<(SecretString, Option<Duration>)> {
    let TokenReply { meta: Meta { token } } = serde_json::from_slice(body).ok()?;
    let is_one = !token.is_empty()
        && token.len() <= MAX_TOKEN_LEN
        && token.bytes().all(|byte| byte.is_ascii_graphic());
    let lifetime = lifetime(&token);
    is_one.then(|| (token.into(), lifetime))
}

fn lifetime(token: &str) -> Option<Duration> {
    let claims = token.split('.').nth(1)?;
    let claims = URL_SAFE_NO_PAD.decode(claims).ok()?;
    let TokenTimes { iat, exp } = serde_json::from_slice(&claims).ok()?;
    exp.checked_sub(iat).map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
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
