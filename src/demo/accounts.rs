//! Who may enter, and who may only look: accounts as MaxScale 24.02 has them, and the tokens that stand for them.
//!
//! Tokens are JWTs in form; they die with the process, as a real one's do. Who may enter: `endpoint` and the
//! dialects.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::http::{Method, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::http::{self, SimRequest};
use super::spec::ServeSpec;

/// A token holds so long unless `max-age` says otherwise.
const EIGHT_HOURS: u64 = 28_800;

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AuthOutcome {
    /// Nobody who is known.
    Denied {
        /// They came with a token, and are not told how to come in instead.
        by_token: bool,
    },
    /// An account of type `basic` that wants to change something.
    MayOnlyRead {
        /// They came with a token, which a real server answers in another way.
        by_token: bool,
    },
    /// Somebody who may do this.
    Welcome,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum SimRole {
    Admin,
    Basic,
}

impl SimRole {
    const fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Basic => "basic",
        }
    }
}

#[derive(Debug)]
struct DemoAccount {
    user: String,
    /// The `Authorization` that it sends.
    basic: SecretString,
    role: SimRole,
}

/// The accounts; without any, nobody is asked who they are.
#[derive(Debug)]
pub(super) struct Accounts {
    known: Vec<DemoAccount>,
    gives_tokens: bool,
    /// Signs the tokens of this process.
    key: AtomicU64,
}

#[derive(Debug, Serialize, Deserialize)]
struct TokenClaims {
    account: SimRole,
    aud: String,
    exp: u64,
    iat: u64,
    iss: String,
    sub: String,
}

impl Accounts {
    pub(super) fn new(spec: &ServeSpec) -> Self {
        let both = [(&spec.auth, SimRole::Admin), (&spec.viewer, SimRole::Basic)];
        let known = both.into_iter().filter_map(|(given, role)| {
            let (user, password) = given.as_ref()?;
            Some(DemoAccount {
                user: user.clone(),
                basic: http::basic(user, password.expose_secret()).into(),
                role,
            })
        });
        Self {
            known: known.collect(),
            gives_tokens: spec.tokens,
            key: AtomicU64::new(fastrand::u64(..)),
        }
    }

    /// Another process begins: it knows none of the tokens so far.
    pub(super) fn forget_tokens(&self) {
        self.key.store(fastrand::u64(..), Ordering::Relaxed);
    }

    /// Whether tokens are given, which a real server does over TLS or where it is told to.
    pub(super) const fn gives_tokens(&self) -> bool {
        self.gives_tokens
    }

    /// Every user and the type of its account; a proxy that asks nobody has its first one all the same.
    pub(super) fn users(&self) -> Vec<(&str, &'static str)> {
        let users = self.known.iter();
        let users: Vec<_> = users
            .map(|account| (account.user.as_str(), account.role.name()))
            .collect();
        if users.is_empty() {
            vec![("admin", SimRole::Admin.name())]
        } else {
            users
        }
    }

    pub(super) fn entry(&self, request: &SimRequest) -> AuthOutcome {
        let sent = request.header(&header::AUTHORIZATION).unwrap_or_default();
        // The word is `Bearer` and no other: a real server minds the case.
        let token = sent.strip_prefix("Bearer ");
        let by_token = token.is_some();
        let role = match (self.known.is_empty(), token) {
            (true, _) => Some(SimRole::Admin),
            (false, Some(token)) => self.role(token),
            (false, None) => self.account(sent).map(|account| account.role),
        };
        let changes = !matches!(request.method, Method::GET | Method::HEAD | Method::OPTIONS);
        match role {
            None => AuthOutcome::Denied { by_token },
            Some(SimRole::Basic) if changes => AuthOutcome::MayOnlyRead { by_token },
            Some(_) => AuthOutcome::Welcome,
        }
    }

    /// A token for whoever comes with user and password.
    pub(super) fn token(&self, request: &SimRequest) -> Option<String> {
        let account = self.account(request.header(&header::AUTHORIZATION)?)?;
        let parameters = request.parameters();
        let asked = parameters.iter().find(|(name, _)| name == "max-age");
        let lifetime = asked
            .and_then(|(_, value)| value.parse().ok())
            .unwrap_or(EIGHT_HOURS);
        let now = now();
        let claims = serde_json::to_vec(&TokenClaims {
            account: account.role,
            aud: account.user.clone(),
            exp: now.saturating_add(lifetime),
            iat: now,
            iss: "maxscale".to_owned(),
            sub: account.user.clone(),
        });
        let head = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
        let signed = format!("{head}.{}", URL_SAFE_NO_PAD.encode(claims.ok()?));
        Some(format!("{signed}.{}", self.signature(&signed)))
    }

    fn account(&self, basic: &str) -> Option<&DemoAccount> {
        self.known
            .iter()
            .find(|account| account.basic.expose_secret() == basic)
    }

    fn role(&self, token: &str) -> Option<SimRole> {
        let (signed, signature) = token.rsplit_once('.')?;
        let claims = URL_SAFE_NO_PAD.decode(signed.split_once('.')?.1).ok()?;
        let claims: TokenClaims = serde_json::from_slice(&claims).ok()?;
        (signature == self.signature(signed) && claims.exp > now()).then_some(claims.account)
    }

    fn signature(&self, signed: &str) -> String {
        let mut digest = Sha256::new();
        digest.update(self.key.load(Ordering::Relaxed).to_le_bytes());
        digest.update(signed.as_bytes());
        URL_SAFE_NO_PAD.encode(digest.finalize())
    }
}

fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or(Duration::ZERO)
        .as_secs()
}
