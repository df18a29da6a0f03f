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
    /// The account lacks the permission: one of type `basic` tried to change something.
    Forbidden {
        /// Whether the request carried a token. MaxScale then replies with 403 instead of 401.
        by_token: bool,
    },
    /// The account may do this.
    Welcome,
}

/// A permission of an account, as MaxScale 25.10 names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// Everything, including users and settings.
    Admin,
    /// Change and destroy objects.
    Edit,
    /// Read.
    View,
    /// Use `/sql`.
    Sql,
}

impl Permission {
    const ALL: [Self; 4] = [Self::Admin, Self::Edit, Self::View, Self::Sql];

    const fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Edit => "edit",
            Self::View => "view",
            Self::Sql => "sql",
        }
    }

    /// Returns the permission that a request needs. `None` if every account may send it.
    fn for_request(request: &SimRequest) -> Option<Self> {
        let reads = matches!(request.method, Method::GET | Method::HEAD | Method::OPTIONS);
        if request.is_sql() {
            Some(Self::Sql)
        } else if matches!(*request.segments(), ["v1", "whoami"] | ["whoami"]) {
            None
        } else if reads {
            Some(Self::View)
        } else {
            Some(Self::Edit)
        }
    }
}

/// An account of the admin API with a role.
///
/// Only 25.10 has other roles than `admin` and `basic`, but permissions are enforced in every version.
#[derive(Debug, Clone)]
pub struct RoleAccount {
    /// Name of the user.
    pub user: String,
    /// Password of the user.
    pub password: SecretString,
    /// Name of the role.
    pub role: String,
    /// Permissions of the role.
    pub permissions: Vec<Permission>,
}

#[derive(Debug)]
struct DemoAccount {
    user: String,
    /// Value of the `Authorization` header that the account sends.
    basic: SecretString,
    role: String,
    permissions: Vec<Permission>,
}

/// An account as `/whoami` and `/users` show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ShownAccount {
    pub(super) user: String,
    pub(super) role: String,
    pub(super) permissions: Vec<&'static str>,
    /// When the token of the request expires, in seconds since 1970.
    pub(super) expires: Option<u64>,
}

impl DemoAccount {
    fn new(user: &str, password: &SecretString, role: &str, permissions: &[Permission]) -> Self {
        Self {
            user: user.to_owned(),
            basic: http::basic(user, password.expose_secret()).into(),
            role: role.to_owned(),
            permissions: permissions.to_vec(),
        }
    }

    fn shown(&self, expires: Option<u64>) -> ShownAccount {
        ShownAccount {
            user: self.user.clone(),
            role: self.role.clone(),
            permissions: self.permissions.iter().map(|one| one.name()).collect(),
            expires,
        }
    }
}

/// The accounts. If there are none, no request needs credentials.
#[derive(Debug)]
pub(super) struct Accounts {
    known: Vec<DemoAccount>,
    gives_tokens: bool,
    /// Whether tokens contain the permissions.
    has_roles: bool,
    /// Key that signs the tokens of this process.
    key: AtomicU64,
}

#[derive(Debug, Serialize, Deserialize)]
struct SignedClaims {
    account: String,
    aud: String,
    exp: u64,
    iat: u64,
    iss: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    permissions: Option<Vec<String>>,
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
        let admin = spec
            .auth
            .iter()
            .map(|(user, password)| (user, password, "admin", &Permission::ALL[..]));
        let viewer = [Permission::View, Permission::Sql];
        let viewer = spec
            .viewer
            .iter()
            .map(|(user, password)| (user, password, "basic", &viewer[..]));
        let others = spec.accounts.iter().map(|account| {
            let RoleAccount {
                user,
                password,
                role,
                permissions,
            } = account;
            (user, password, role.as_str(), &permissions[..])
        });
        let known = admin.chain(viewer).chain(others);
        Self {
            known: known
                .map(|(user, password, role, permissions)| {
                    DemoAccount::new(user, password, role, permissions)
                })
                .collect(),
            gives_tokens: spec.tokens,
            has_roles: spec.profile.roles,
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

    /// Returns every account. Without accounts, returns MaxScale's default `admin`.
    pub(super) fn users(&self) -> Vec<ShownAccount> {
        let users: Vec<_> = self.known.iter().map(|account| account.shown(None)).collect();
        if users.is_empty() {
            vec![Self::default_account()]
        } else {
            users
        }
    }

    fn default_account() -> ShownAccount {
        ShownAccount {
            user: "admin".to_owned(),
            role: "admin".to_owned(),
            permissions: Permission::ALL.map(Permission::name).to_vec(),
            expires: None,
        }
    }

    /// Returns the account that sent a request, after it was authenticated.
    pub(super) fn sender(&self, request: &SimRequest) -> ShownAccount {
        let sent = request.header(&header::AUTHORIZATION).unwrap_or_default();
        let (account, expires) = match sent.strip_prefix("Bearer ") {
            Some(token) => self.token_account(token).unzip(),
            None => (self.account(sent), None),
        };
        account.map_or_else(Self::default_account, |account| account.shown(expires))
    }

    pub(super) fn authenticate(&self, request: &SimRequest) -> AuthOutcome {
        if self.known.is_empty() {
            return AuthOutcome::Welcome;
        }
        let sent = request.header(&header::AUTHORIZATION).unwrap_or_default();
        // MaxScale accepts `Bearer` in this case only.
        let token = sent.strip_prefix("Bearer ");
        let by_token = token.is_some();
        let account = match token {
            Some(token) => self.token_account(token).map(|(account, _)| account),
            None => self.account(sent),
        };
        let Some(account) = account else {
            return AuthOutcome::Denied { by_token };
        };
        match Permission::for_request(request) {
            Some(needed) if !account.permissions.contains(&needed) => AuthOutcome::Forbidden { by_token },
            _ => AuthOutcome::Welcome,
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
        let claims = serde_json::to_vec(&SignedClaims {
            account: account.role.clone(),
            aud: account.user.clone(),
            exp: now.saturating_add(lifetime),
            iat: now,
            iss: "maxscale".to_owned(),
            permissions: self.has_roles.then(|| {
                account
                    .permissions
                    .iter()
                    .map(|one| one.name().to_owned())
                    .collect()
            }),
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

    /// Returns the account of a valid token, and when the token expires.
    fn token_account(&self, token: &str) -> Option<(&DemoAccount, u64)> {
        let (signed, signature) = token.rsplit_once('.')?;
        let claims = URL_SAFE_NO_PAD.decode(signed.split_once('.')?.1).ok()?;
        let claims: SignedClaims = serde_json::from_slice(&claims).ok()?;
        let valid = signature == self.signature(signed) && claims.exp > now();
        let account = self.known.iter().find(|account| account.user == claims.sub);
        account.filter(|_| valid).map(|account| (account, claims.exp))
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
