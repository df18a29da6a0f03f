//! Credentials: the header of each request, and the replies of the endpoint to them.
//!
//! Rejected credentials are sent once, and then not again before [`Access::retry`]: the server logs each
//! failure and may lock the account. This applies to all tasks together. The password is sent until there
//! is a token; after a token is rejected, the password is sent again.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::RequestBuilder;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::watch;

use super::spec::{ClientSpec, Credentials, TokenUse};
use super::token::{GivenToken, TokenReport, expiry};
use crate::model::{Dialect, RequestError};

/// Number of requests after which a token is requested, which costs one request. The screen sends this
/// many in two cycles, `maxtop list` never.
const TOKEN_AFTER_REQUESTS: u32 = 4;
/// Factor on the request count for the next login after a token was rejected early. Several servers
/// behind one address reject each other's tokens.
const TOKEN_PENALTY: u32 = 8;
/// Minimum length of a password that is searched for in texts of the server. A shorter one would match
/// everywhere.
const MIN_REDACTED_LEN: usize = 6;

/// The `Authorization` header of a request.
#[derive(Clone, Debug)]
pub(super) enum AuthHeader {
    /// No credentials.
    Anonymous,
    /// User and password, which the server has to hash for each request.
    Password,
    /// A token that the server returned for the password, or that was given instead of one.
    Token(Arc<SecretString>),
}

impl AuthHeader {
    /// Whether it carries this token.
    pub(super) fn is_token(&self, token: &Arc<SecretString>) -> bool {
        matches!(self, Self::Token(own) if Arc::ptr_eq(own, token))
    }
}

/// The state of the credentials at the endpoint.
#[derive(Debug)]
pub(super) struct CredentialState {
    /// Why the credentials were rejected. Nothing is sent while this is set.
    refused: Option<RequestError>,
    /// Whether the endpoint has accepted a request.
    is_accepted: bool,
    token: Option<Arc<SecretString>>,
    /// Number of requests with the password that count towards a token.
    by_password: u32,
    /// Number of such requests after which a token is requested.
    token_after: u32,
}

impl CredentialState {
    /// Whether a token should be requested.
    pub(super) const fn needs_token(&self) -> bool {
        self.token.is_none() && self.refused.is_none() && self.by_password >= self.token_after
    }

    /// Whether there is a token.
    pub(super) const fn has_token(&self) -> bool {
        self.token.is_some()
    }
}

/// The credentials of one endpoint.
#[derive(Debug)]
pub(super) struct Access {
    credentials: Option<Credentials>,
    /// Token that is used instead of user and password.
    given: Option<GivenToken>,
    may_log_in: bool,
    state: watch::Sender<CredentialState>,
    /// Whether the next request may be sent although earlier ones were rejected.
    retry: AtomicBool,
    /// Tokens of requests in flight, which must be removed from the server's error texts.
    tokens: Mutex<Vec<Arc<SecretString>>>,
}

impl Access {
    pub(super) fn new(spec: &ClientSpec) -> Self {
        let is_worth_it = match spec.tokens {
            TokenUse::Never => false,
            TokenUse::OverTls => spec.url.is_https(),
            TokenUse::Always => true,
        };
        let given = spec.token.as_ref();
        let token = given.map(|given| Arc::new(given.token.clone()));
        let credentials = spec.credentials.clone().filter(|_| given.is_none());
        let state = CredentialState {
            refused: None,
            is_accepted: false,
            token: token.clone(),
            by_password: 0,
            token_after: TOKEN_AFTER_REQUESTS,
        };
        Self {
            may_log_in: is_worth_it && credentials.is_some() && spec.dialect != Some(Dialect::Draft),
            credentials,
            given: given.map(GivenToken::new),
            state: watch::Sender::new(state),
            retry: AtomicBool::new(false),
            tokens: Mutex::new(token.into_iter().collect()),
        }
    }

    pub(super) fn user(&self) -> Option<&str> {
        let credentials = self.credentials.as_ref();
        let of_password = credentials.map(|credentials| credentials.user.as_str());
        of_password.or_else(|| self.given.as_ref()?.user())
    }

    pub(super) const fn has_credentials(&self) -> bool {
        self.credentials.is_some() || self.given.is_some()
    }

    /// Returns the token that was given instead of a password, if any.
    pub(super) fn given_token(&self) -> Option<TokenReport> {
        let given = self.given.as_ref()?;
        let token = self.state.borrow().token.clone();
        Some(TokenReport {
            expires: token.and_then(|token| expiry(&token)),
            is_renewable: given.is_renewable(),
        })
    }

    /// Whether tokens are used at this endpoint.
    pub(super) const fn may_log_in(&self) -> bool {
        self.may_log_in
    }

    /// Returns the header of the next request, or why no request may be sent.
    pub(super) fn auth_header(&self) -> Result<AuthHeader, RequestError> {
        let state = self.state.borrow();
        if let Some(fault) = &state.refused
            && !self.retry.swap(false, Ordering::SeqCst)
        {
            return Err(fault.clone());
        }
        Ok(match (&self.credentials, &state.token) {
            (_, Some(token)) => AuthHeader::Token(Arc::clone(token)),
            (None, None) => AuthHeader::Anonymous,
            (Some(_), None) => AuthHeader::Password,
        })
    }

    /// Returns the header of the next request as [`auth_header`](Self::auth_header) does. Reads the source
    /// of a given token again first, if the token has expired or was rejected.
    pub(super) async fn fresh_header(&self) -> Result<AuthHeader, RequestError> {
        let header = self.auth_header()?;
        let (AuthHeader::Token(used), Some(given)) = (&header, &self.given) else {
            return Ok(header);
        };
        if given.is_due(used) {
            given.renew(used, |token| self.logged_in(token)).await;
        }
        let token = self.state.borrow().token.clone();
        Ok(token.map_or(header, AuthHeader::Token))
    }

    /// Returns the error for a rejection, if the request carried a given token.
    pub(super) fn token_fault(&self, pass: &AuthHeader) -> Option<RequestError> {
        match (pass, &self.given) {
            (AuthHeader::Token(token), Some(given)) => Some(given.fault(token)),
            _ => None,
        }
    }

    /// Adds the header to a request.
    pub(super) fn show(&self, pass: &AuthHeader, request: RequestBuilder) -> RequestBuilder {
        match (pass, &self.credentials) {
            (AuthHeader::Token(token), _) => request.bearer_auth(token.expose_secret()),
            (AuthHeader::Password, Some(Credentials { user, password })) => {
                request.basic_auth(user, Some(password.expose_secret()))
            }
            _ => request,
        }
    }

    /// Returns the value of the `Authorization` header. `None` without credentials.
    pub(super) fn authorization(&self, pass: &AuthHeader) -> Option<HeaderValue> {
        let value = match (pass, &self.credentials) {
            (AuthHeader::Token(token), _) => format!("Bearer {}", token.expose_secret()),
            (AuthHeader::Password, Some(Credentials { user, password })) => {
                let pair = format!("{user}:{}", password.expose_secret());
                format!("Basic {}", STANDARD.encode(pair))
            }
            _ => return None,
        };
        // Neither base64 nor an accepted token contains a byte that is invalid in a header.
        let mut value = HeaderValue::from_str(&value).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// Handles a reply that did not reject the credentials. `is_good` means that they were accepted;
    /// `counts` that the request counts towards a token.
    pub(super) fn on_reply(&self, pass: &AuthHeader, is_good: bool, counts: bool) {
        self.state.send_if_modified(|state| {
            let was_refused = state.refused.take().is_some();
            state.is_accepted |= is_good;
            let more =
                counts && matches!(pass, AuthHeader::Password) && state.by_password < state.token_after;
            state.by_password += u32::from(more);
            was_refused || more
        });
    }

    /// Stores that the credentials were rejected.
    pub(super) fn refused(&self, fault: RequestError) {
        if self.has_credentials() {
            self.state.send_modify(|state| state.refused = Some(fault));
        }
    }

    /// Uses the token instead of the password.
    pub(super) fn logged_in(&self, token: SecretString) {
        let token = Arc::new(token);
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.retain(|known| Arc::strong_count(known) > 1);
        tokens.push(Arc::clone(&token));
        drop(tokens);
        self.state.send_modify(|state| state.token = Some(token));
    }

    /// Drops a token that the server does not know. A newer token is kept.
    ///
    /// A given token is kept too, but its source is read again before the next request. Returns `false` if
    /// it has none: there is nothing else to send.
    pub(super) fn token_refused(&self, refused: &Arc<SecretString>) -> bool {
        if let Some(given) = &self.given {
            given.reject();
            return given.is_renewable();
        }
        self.state.send_if_modified(|state| {
            let is_it = |token: &Arc<SecretString>| Arc::ptr_eq(token, refused);
            if !state.token.as_ref().is_some_and(is_it) {
                return false;
            }
            state.token = None;
            state.by_password = 0;
            state.token_after = state.token_after.saturating_mul(TOKEN_PENALTY);
            true
        });
        true
    }

    /// Whether the endpoint has accepted a request.
    pub(super) fn was_accepted(&self) -> bool {
        self.state.borrow().is_accepted
    }

    /// Lets the next request try rejected credentials once more.
    pub(super) fn retry(&self) {
        let is_refused = self.state.borrow().refused.is_some();
        self.retry.store(is_refused, Ordering::SeqCst);
    }

    /// Returns a receiver of all changes.
    pub(super) fn subscribe(&self) -> watch::Receiver<CredentialState> {
        self.state.subscribe()
    }

    /// Waits until the credentials are not rejected.
    pub(super) async fn allowed(&self) {
        // Fails only if the sender is dropped, which cannot happen while it is borrowed.
        let _ = self.subscribe().wait_for(|state| state.refused.is_none()).await;
    }

    /// Removes passwords and tokens from a text of the server, because some servers repeat the request.
    pub(super) fn without_secrets(&self, words: Vec<u8>) -> Vec<u8> {
        if !self.has_credentials() {
            return words;
        }
        let mut text = String::from_utf8_lossy(&words).into_owned();
        let mut hide = |secret: &str| {
            if !secret.is_empty() && text.contains(secret) {
                text = text.replace(secret, "***");
            }
        };
        if let Some(Credentials { user, password }) = &self.credentials {
            let password = password.expose_secret();
            hide(&STANDARD.encode(format!("{user}:{password}")));
            if password.len() >= MIN_REDACTED_LEN {
                hide(password);
                // As written in JSON.
                let quoted = serde_json::to_string(password).unwrap_or_default();
                let quoted = quoted.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
                let quoted = quoted.unwrap_or(password);
                hide(quoted);
                hide(&ascii_only(quoted));
            }
        }
        for token in &*self.tokens.lock().unwrap_or_else(PoisonError::into_inner) {
            hide(token.expose_secret());
        }
        text.into_bytes()
    }
}

/// Returns the content of a JSON string in which all characters beyond ASCII are escaped, as some servers
/// write it.
fn ascii_only(quoted: &str) -> String {
    let mut text = String::with_capacity(quoted.len());
    let mut units = [0; 2];
    for c in quoted.chars() {
        if c.is_ascii() {
            text.push(c);
        } else {
            let escaped = c
                .encode_utf16(&mut units)
                .iter()
                .map(|unit| format!("\\u{unit:04x}"));
            text.extend(escaped);
        }
    }
    text
}
