//! A token given by the user instead of a password: its content, and how to get the next one.
//!
//! The server checks the token. Here its content is only read, without verification, to say when it
//! expires.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::fault::line;
use crate::model::{RequestError, Text, TokenExpiry};

/// Minimum time between two reads of the source of a token.
const READ_INTERVAL: Duration = Duration::from_secs(10);
/// Maximum time to wait for the source of a token.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// Reads the source of a token again. May block. The error says why that failed, without a secret.
type ReadToken = dyn Fn() -> Result<SecretString, String> + Send + Sync;

/// A token, and how to get the next one.
#[derive(Clone)]
pub struct TokenSpec {
    /// The token.
    pub token: SecretString,
    /// Reads the token again, from its file or command. `None` if it has no other source.
    pub again: Option<Arc<ReadToken>>,
}

impl fmt::Debug for TokenSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenSpec")
            .field("again", &self.again.is_some())
            .finish_non_exhaustive()
    }
}

/// The part of a token that is read.
#[derive(Deserialize)]
struct TokenClaims {
    #[serde(default)]
    sub: Option<String>,
    #[serde(default)]
    exp: Option<f64>,
}

/// Returns the claims of a token; `None` if they are not readable.
pub(super) fn claims<T: DeserializeOwned>(token: &str) -> Option<T> {
    let claims = token.split('.').nth(1)?;
    let claims = URL_SAFE_NO_PAD.decode(claims.trim_end_matches('=')).ok()?;
    serde_json::from_slice(&claims).ok()
}

/// Returns the expiry of a token; `None` if it has none, or if the token is not readable (it need not be).
pub(super) fn expiry(token: &SecretString) -> Option<Timestamp> {
    let exp = claims::<TokenClaims>(token.expose_secret())?
        .exp
        .filter(|exp| exp.is_finite() && *exp >= 0.0)?;
    let since_1970 = Duration::try_from_secs_f64(exp.trunc()).ok()?;
    Timestamp::UNIX_EPOCH.checked_add(since_1970).ok()
}

/// Returns the user of a token. `None` if it has none, or one with control characters.
fn subject(token: &SecretString) -> Option<String> {
    let user = claims::<TokenClaims>(token.expose_secret())?.sub?;
    let is_name = !user.is_empty() && !user.chars().any(char::is_control);
    is_name.then_some(user)
}

/// A token in use.
pub(super) struct GivenToken {
    user: Option<String>,
    again: Option<Arc<ReadToken>>,
    /// Whether the endpoint has rejected the token that is in use.
    is_rejected: AtomicBool,
    /// When the source was last read, and why that failed.
    last: Mutex<Option<(Instant, Option<String>)>>,
}

impl fmt::Debug for GivenToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GivenToken")
            .field("is_renewable", &self.is_renewable())
            .finish_non_exhaustive()
    }
}

impl GivenToken {
    pub(super) fn new(spec: &TokenSpec) -> Self {
        Self {
            user: subject(&spec.token),
            again: spec.again.clone(),
            is_rejected: AtomicBool::new(false),
            last: Mutex::new(None),
        }
    }

    pub(super) fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }

    pub(super) const fn is_renewable(&self) -> bool {
        self.again.is_some()
    }

    /// Stores that the endpoint has rejected the token.
    pub(super) fn reject(&self) {
        self.is_rejected.store(true, Ordering::SeqCst);
    }

    /// Whether the source should be read before the next request.
    pub(super) fn is_due(&self, token: &SecretString) -> bool {
        let has_expired = || expiry(token).is_some_and(|end| end <= Timestamp::now());
        self.is_renewable() && (self.is_rejected.load(Ordering::SeqCst) || has_expired())
    }

    /// Reads the source once, and passes a token that differs from `used` to `keep`. Reads it at most once in
    /// [`READ_INTERVAL`].
    pub(super) async fn renew(&self, used: &SecretString, keep: impl FnOnce(SecretString)) {
        let Some(again) = &self.again else {
            return;
        };
        let mut last = self.last.lock().await;
        if !self.is_due(used) || last.as_ref().is_some_and(|(at, _)| at.elapsed() < READ_INTERVAL) {
            return;
        }
        let again = Arc::clone(again);
        let read = timeout(READ_TIMEOUT, spawn_blocking(move || again())).await;
        let failure = match read {
            Ok(Ok(Ok(token))) if token.expose_secret() == used.expose_secret() => None,
            Ok(Ok(Ok(token))) => {
                self.is_rejected.store(false, Ordering::SeqCst);
                keep(token);
                None
            }
            Ok(Ok(Err(why))) => Some(why),
            Ok(Err(_)) => Some("reading the token again failed".to_owned()),
            Err(_) => Some("reading the token again took more than 30s".to_owned()),
        };
        *last = Some((Instant::now(), failure));
    }

    /// Returns the error for a rejection of the token: when it expired, and why there is no new one.
    pub(super) fn fault(&self, token: &SecretString) -> RequestError {
        let expired = expiry(token).map(|end| {
            let shown = end.strftime("%F %T UTC");
            let verb = if end <= Timestamp::now() {
                "expired"
            } else {
                "expires"
            };
            format!(": it {verb} {shown}")
        });
        let failure = self.last.try_lock().ok().and_then(|last| last.clone()?.1);
        let failure = failure.map(|why| format!("; {why}"));
        let text = expired.unwrap_or_default() + &failure.unwrap_or_default();
        RequestError::TokenRejected(line(&text))
    }
}

/// The token of a client, for reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenReport {
    /// Expiry, as the token says itself.
    pub expires: Option<Timestamp>,
    /// Whether it is read again when it has expired.
    pub is_renewable: bool,
}

impl TokenReport {
    /// Returns how long the token is valid, as text: `token expires in 4m`. `None` if it has no expiry, or
    /// is valid for more than ten minutes.
    pub fn warning(&self, now: Timestamp) -> Option<Text> {
        let words = TokenExpiry(self.expires?).words(now)?;
        Some(line(&words))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(claims: &str) -> SecretString {
        format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims)).into()
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn a_token_names_its_user_and_its_expiry() {
        let known = token(r#"{"sub":"ann","exp":1700000000,"iss":"https://id.example.com"}"#);
        assert_eq!(expiry(&known), Some(at(1_700_000_000)));
        assert_eq!(subject(&known).as_deref(), Some("ann"));
        assert_eq!(
            expiry(&token(r#"{"exp":1700000000.75}"#)),
            Some(at(1_700_000_000))
        );
        assert_eq!(subject(&token(r#"{"sub":"\u001b[2J"}"#)), None);
    }

    #[test]
    fn a_token_that_cannot_be_read_has_neither_user_nor_expiry() {
        for text in ["TOKEN", "a.b.c", "..", "e30.e30.e30", "e30.bnVsbA.x"] {
            let token = text.into();
            assert_eq!((expiry(&token), subject(&token)), (None, None), "{text}");
        }
        for claims in [
            r#"{"exp":"soon"}"#,
            r#"{"exp":-1}"#,
            r#"{"exp":1e300}"#,
            r#"{"exp":null}"#,
        ] {
            assert_eq!(expiry(&token(claims)), None, "{claims}");
        }
    }
}
