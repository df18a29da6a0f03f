//! Accounts of the simulated admin API, as in MaxScale 24.02, and the tokens issued to them.
//!
//! Tokens have the form of a JWT. As with MaxScale, they are invalid after a restart.

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

/// Lifetime of a token in seconds, unless `max-age` sets another.
pub(super) const DEFAULT_TOKEN_SECONDS: u64 = 28_800;

/// Result of authenticating a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AuthOutcome {
    /// Missing or wrong credentials, or an invalid token.
    Denied {
        /// Whether the request carried a token. The reply then has no challenge.
        by_token: bool,
    },
    /// An account of type `basic` tried to change something.
    MayOnlyRead {
        /// Whether the request carried a token. MaxScale then replies with 403 instead of 401.
        by_token: bool,
    },
    /// The account may do this.
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
    /// Value of the `Authorization` header that the account sends.
    basic: SecretString,
    role: SimRole,
}

/// The accounts. If there are none, no request needs credentials.
#[derive(Debug)]
pub(super) struct Accounts {
    known: Vec<DemoAccount>,
    gives_tokens: bool,
    /// Key that signs the tokens of this process.
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

/// Claims of the token of a connection of `/sql`.
#[derive(Debug, Serialize, Deserialize)]
struct ConnectionClaims {
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

    /// Invalidates all tokens, as a restart of MaxScale does.
    pub(super) fn forget_tokens(&self) {
        self.key.store(fastrand::u64(..), Ordering::Relaxed);
    }

    /// Whether tokens are issued. MaxScale does so over TLS or with `admin_secure_gui=false`.
    pub(super) const fn gives_tokens(&self) -> bool {
        self.gives_tokens
    }

    /// Returns every user with the type of its account. Without accounts, returns MaxScale's default `admin`.
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

    pub(super) fn authenticate(&self, request: &SimRequest) -> AuthOutcome {
        let sent = request.header(&header::AUTHORIZATION).unwrap_or_default();
        // MaxScale accepts `Bearer` in this case only.
        let token = sent.strip_prefix("Bearer ");
        let by_token = token.is_some();
        let role = match (self.known.is_empty(), token) {
            (true, _) => Some(SimRole::Admin),
            (false, Some(token)) => self.role(token),
            (false, None) => self.account(sent).map(|account| account.role),
        };
        // A basic account may use `/sql` with all methods.
        let reads = matches!(request.method, Method::GET | Method::HEAD | Method::OPTIONS);
        let changes = !reads && !request.is_sql();
        match role {
            None => AuthOutcome::Denied { by_token },
            Some(SimRole::Basic) if changes => AuthOutcome::MayOnlyRead { by_token },
            Some(_) => AuthOutcome::Welcome,
        }
    }

    /// Returns a token for the user and password in the request, or `None` if they are wrong.
    pub(super) fn token(&self, request: &SimRequest) -> Option<String> {
        let account = self.account(request.header(&header::AUTHORIZATION)?)?;
        let parameters = request.parameters();
        let max_age = parameters.iter().find(|(name, _)| name == "max-age");
        let lifetime = max_age
            .and_then(|(_, value)| value.parse().ok())
            .unwrap_or(DEFAULT_TOKEN_SECONDS);
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

    /// Returns a signed token for a connection of `/sql`, valid for this number of seconds.
    pub(super) fn connection_token(&self, id: &str, issuer: &str, lifetime: u64) -> String {
        let now = now();
        let claims = ConnectionClaims {
            aud: id.to_owned(),
            exp: now.saturating_add(lifetime),
            iat: now,
            iss: issuer.to_owned(),
            sub: id.to_owned(),
        };
        let claims = serde_json::to_vec(&claims).unwrap_or_default();
        let head = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256"}"#);
        let signed = format!("{head}.{}", URL_SAFE_NO_PAD.encode(claims));
        format!("{signed}.{}", self.signature(&signed))
    }

    /// Whether a token is valid for a connection of `/sql`.
    pub(super) fn accepts_connection_token(&self, token: &str, id: &str) -> bool {
        let claims = || {
            let (signed, signature) = token.rsplit_once('.')?;
            let claims = URL_SAFE_NO_PAD.decode(signed.split_once('.')?.1).ok()?;
            let claims: ConnectionClaims = serde_json::from_slice(&claims).ok()?;
            (signature == self.signature(signed)).then_some(claims)
        };
        claims().is_some_and(|claims| claims.sub == id && claims.exp > now())
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
