//! What to serve, and why it may not start.
//!
//! Who may enter: `maxtop demo` and tests, which fill it in; `server` and `endpoint`, which read it.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::tz::TimeZone;
use secrecy::SecretString;

use super::faults::Faults;
use super::profile::VersionProfile;
use super::profile::table::PROFILES;
use super::settings::ProxyOverrides;
use super::world::WorldSpec;

/// World time runs at most so much faster than the clock.
const MAX_SPEED: f64 = 10_000.0;

/// Which dialects are served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ServedDialects {
    /// `/v1/…` is JSON:API, everything else the draft.
    #[default]
    Both,
    /// The draft only: `/v1/…` is an unknown resource.
    Draft,
    /// JSON:API only, with `/v1` or (2.4 and later) without.
    JsonApi,
}

/// What to serve, and where.
#[derive(Debug, Clone)]
pub struct ServeSpec {
    /// A loopback address; port 0 takes any free port.
    pub listen: SocketAddr,
    /// The fleet.
    pub world: WorldSpec,
    /// World seconds per second; 0 is a world that stands still.
    pub speed: f64,
    /// User and password that every request needs, if any.
    pub auth: Option<(String, SecretString)>,
    /// User and password of an account that may only read; it needs `auth` beside it to mean anything.
    pub viewer: Option<(String, SecretString)>,
    /// JSON:API gives tokens for passwords, as a real server does over TLS or with `admin_secure_gui=false`.
    pub tokens: bool,
    /// Which dialects are served.
    pub dialects: ServedDialects,
    /// As which version of MaxScale it speaks JSON:API.
    pub profile: &'static VersionProfile,
    /// How the proxy is set up (JSON:API).
    pub settings: ProxyOverrides,
    /// The time zone of dates that do not name theirs.
    pub zone: TimeZone,
    /// What goes wrong on purpose, if anything.
    pub faults: Option<Faults>,
    /// The reply to a request about one session, or to a DELETE, comes that much later. The request itself is
    /// carried out and remembered at once.
    pub delay: Duration,
}

impl ServeSpec {
    /// A fleet of that size and seed, from now on, in both dialects, on any port of 127.0.0.1.
    pub fn new(sessions: usize, seed: u64) -> Self {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
            .as_secs();
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            world: WorldSpec::new(sessions, seed, i64::try_from(now).unwrap_or(0)),
            speed: 1.0,
            auth: None,
            viewer: None,
            tokens: false,
            dialects: ServedDialects::Both,
            profile: VersionProfile::current(),
            settings: ProxyOverrides::default(),
            zone: TimeZone::system(),
            faults: None,
            delay: Duration::ZERO,
        }
    }

    /// What is wrong with it, if anything.
    pub(super) fn check(&self) -> Result<(), DemoError> {
        if !self.listen.ip().is_loopback() {
            return Err(DemoError::NotLoopback(self.listen));
        }
        if !(0.0..=MAX_SPEED).contains(&self.speed) {
            return Err(DemoError::Speed(self.speed));
        }
        match &self.faults {
            Some(faults) if !(0.0..=1.0).contains(&faults.rate) => Err(DemoError::FaultRate(faults.rate)),
            _ => Ok(()),
        }
    }
}

impl VersionProfile {
    /// The one to serve, by its name.
    pub fn named(name: &str) -> Result<&'static Self, DemoError> {
        let named = PROFILES.iter().find(|profile| profile.name == name);
        named.ok_or_else(|| DemoError::Profile {
            name: name.to_owned(),
        })
    }
}

/// The versions that can be served.
fn names() -> String {
    let names: Vec<_> = PROFILES.iter().map(|profile| profile.name).collect();
    names.join(" ")
}

/// Why the endpoint does not start.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The fleet is open to everybody who can reach it, so only this machine may.
    #[error("the demo endpoint listens on loopback only, not on {0}: try 127.0.0.1:0")]
    NotLoopback(SocketAddr),
    /// Speed must be a number in range.
    #[error("the speed must lie between 0 and {MAX_SPEED}, not {0}")]
    Speed(f64),
    /// A version that nobody has described.
    #[error("no such version of MaxScale: {}; there are {}", name.escape_debug(), names())]
    Profile {
        /// What was asked for.
        name: String,
    },
    /// A share of the requests.
    #[error("the rate of faults must lie between 0 and 1, not {0}")]
    FaultRate(f64),
    /// The address is taken, or the like.
    #[error("cannot listen on {address}: {source}")]
    Bind {
        /// Where.
        address: SocketAddr,
        /// Why not.
        source: io::Error,
    },
}
