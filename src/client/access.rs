//! Who asks: what a request shows of it, and what the endpoint has said to it so far.
//!
//! Refused credentials go out once, and then not again before [`Access::retry`]: the server logs each
//! failure and may lock the account, whichever lane it came from. The password is shown until a token
//! stands for it; a token that is refused is dropped, and the password decides.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::RequestBuilder;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::watch;

use super::spec::{ClientSpec, Credentials, TokenUse};
use crate::model::{Dialect, RequestError};

/// A token costs a request of its own. A screen asks that often in two cycles, `maxtop list` never.
const TOKEN_AFTER_REQUESTS: u32 = 4;
/// A token that was refused before its end makes the next one wait so many times longer: behind one
/// address there may be two servers, each with its own.
const TOKEN_PENALTY: u32 = 8;
/// A shorter password is not looked for in what a server says: it would be found everywhere.
const MIN_REDACTED_LEN: usize = 6;

/// What a request shows.
#[derive(Clone, Debug)]
pub(super) enum AuthHeader {
    /// There are no credentials.
    Nobody,
    /// User and password, which the server has to hash each time.
    Password,
    /// What the server gave for them.
    Token(Arc<SecretString>),
}

/// What the endpoint has said to those credentials.
#[derive(Debug)]
pub(super) struct CredentialState {
    /// It refused them; nothing is sent any more.
    refused: Option<RequestError>,
    /// It has answered a question.
    let_in: bool,
    token: Option<Arc<SecretString>>,
    /// Questions answered for the password, as far as they count.
    by_password: u32,
    /// So many are worth a token.
    worth: u32,
}

impl CredentialState {
    /// Whether a token would pay.
    pub(super) const fn needs_token(&self) -> bool {
        self.token.is_none() && self.refused.is_none() && self.by_password >= self.worth
    }

    /// Whether there is a token.
    pub(super) const fn has_token(&self) -> bool {
        self.token.is_some()
    }
}

/// The credentials for one endpoint, and for no other.
#[derive(Debug)]
pub(super) struct Access {
    credentials: Option<Credentials>,
    may_log_in: bool,
    state: watch::Sender<CredentialState>,
    /// The next request may go out although the ones before were refused.
    retry: AtomicBool,
    /// The tokens that are still on their way: a server that repeats one is not to be quoted.
    tokens: Mutex<Vec<Arc<SecretString>>>,
}

impl Access {
    pub(super) fn new(spec: &ClientSpec) -> Self {
        let is_worth_it = match spec.tokens {
            TokenUse::Never => false,
            TokenUse::OverTls => spec.url.is_https(),
            TokenUse::Always => true,
        };
        let state = CredentialState {
            refused: None,
            let_in: false,
            token: None,
            by_password: 0,
            worth: TOKEN_AFTER_REQUESTS,
        };
        Self {
            credentials: spec.credentials.clone(),
            may_log_in: is_worth_it && spec.credentials.is_some() && spec.dialect != Some(Dialect::Draft),
            state: watch::Sender::new(state),
            retry: AtomicBool::new(false),
            tokens: Mutex::default(),
        }
    }

    pub(super) fn user(&self) -> Option<&str> {
        let credentials = self.credentials.as_ref();
        credentials.map(|credentials| credentials.user.as_str())
    }

    pub(super) const fn has_credentials(&self) -> bool {
        self.credentials.is_some()
    }

    /// Whether tokens are asked for here.
    pub(super) const fn may_log_in(&self) -> bool {
        self.may_log_in
    }

    /// What the next request shows, or why there is none.
    pub(super) fn auth_header(&self) -> Result<AuthHeader, RequestError> {
        let state = self.state.borrow();
        if let Some(fault) = &state.refused
            && !self.retry.swap(false, Ordering::SeqCst)
        {
            return Err(fault.clone());
        }
        Ok(match (&self.credentials, &state.token) {
            (None, _) => AuthHeader::Nobody,
            (Some(_), Some(token)) => AuthHeader::Token(Arc::clone(token)),
            (Some(_), None) => AuthHeader::Password,
        })
    }

    /// Puts it into a request.
    pub(super) fn show(&self, pass: &AuthHeader, request: RequestBuilder) -> RequestBuilder {
        match (pass, &self.credentials) {
            (AuthHeader::Token(token), _) => request.bearer_auth(token.expose_secret()),
            (AuthHeader::Password, Some(Credentials { user, password })) => {
                request.basic_auth(user, Some(password.expose_secret()))
            }
            _ => request,
        }
    }

    /// The value of the `Authorization` header, if there are credentials.
    pub(super) fn authorization(&self, pass: &AuthHeader) -> Option<HeaderValue> {
        let value = match (pass, &self.credentials) {
            (AuthHeader::Token(token), _) => format!("Bearer {}", token.expose_secret()),
            (AuthHeader::Password, Some(Credentials { user, password })) => {
                let pair = format!("{user}:{}", password.expose_secret());
                format!("Basic {}", STANDARD.encode(pair))
            }
            _ => return None,
        };
        // Neither base64 nor a token that was accepted holds a byte that a header may not.
        let mut value = HeaderValue::from_str(&value).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// A question was not refused. A good answer lets us in; one that shows that tokens may be had
    /// counts towards them.
    pub(super) fn on_reply(&self, pass: &AuthHeader, is_good: bool, counts: bool) {
        self.state.send_if_modified(|state| {
            let was_refused = state.refused.take().is_some();
            state.let_in |= is_good;
            let more = counts && matches!(pass, AuthHeader::Password) && state.by_password < state.worth;
            state.by_password += u32::from(more);
            was_refused || more
        });
    }

    /// The credentials were refused.
    pub(super) fn refused(&self, fault: RequestError) {
        if self.has_credentials() {
            self.state.send_modify(|state| state.refused = Some(fault));
        }
    }

    /// From now on the token stands for the password.
    pub(super) fn logged_in(&self, token: SecretString) {
        let token = Arc::new(token);
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.retain(|known| Arc::strong_count(known) > 1);
        tokens.push(Arc::clone(&token));
        drop(tokens);
        self.state.send_modify(|state| state.token = Some(token));
    }

    /// The server does not know the token; one that was renewed meanwhile stays.
    pub(super) fn token_refused(&self, refused: &Arc<SecretString>) {
        self.state.send_if_modified(|state| {
            let is_it = |token: &Arc<SecretString>| Arc::ptr_eq(token, refused);
            if !state.token.as_ref().is_some_and(is_it) {
                return false;
            }
            state.token = None;
            state.by_password = 0;
            state.worth = state.worth.saturating_mul(TOKEN_PENALTY);
            true
        });
    }

    /// Whether a question was answered so far.
    pub(super) fn was_let_in(&self) -> bool {
        self.state.borrow().let_in
    }

    /// The next request may try refused credentials once more.
    pub(super) fn retry(&self) {
        let is_refused = self.state.borrow().refused.is_some();
        self.retry.store(is_refused, Ordering::SeqCst);
    }

    /// Hears of every change.
    pub(super) fn subscribe(&self) -> watch::Receiver<CredentialState> {
        self.state.subscribe()
    }

    /// Waits until the credentials are not refused.
    pub(super) async fn allowed(&self) {
        // Fails only when this is gone, which it is not while it is borrowed.
        let _ = self.subscribe().wait_for(|state| state.refused.is_none()).await;
    }

    /// A server's words, without what it was told in confidence: some repeat the request.
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
                // As it stands in JSON.
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

/// The inside of a JSON text as servers write it that leave no letter beyond ASCII.
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
