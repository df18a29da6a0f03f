//! Parameters of an embedded endpoint, and the errors of starting it.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::tz::TimeZone;
use secrecy::SecretString;

use super::accounts::RoleAccount;
use super::faults::Faults;
use super::profile::VersionProfile;
use super::profile::table::PROFILES;
use super::settings::ProxyOverrides;
use super::sql::SqlSettings;
use super::world::WorldSpec;

/// Maximum speed of world time, in world seconds per second.
const MAX_SPEED: f64 = 10_000.0;

/// Dialects to serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ServedDialects {
    /// JSON:API below `/v1/…`, the draft on all other paths.
    #[default]
    Both,
    /// The draft only. `/v1/…` is an unknown resource.
    Draft,
    /// JSON:API only, with `/v1` or (2.4 and later) without.
    JsonApi,
}

/// Parameters of an embedded endpoint.
#[derive(Debug, Clone)]
pub struct ServeSpec {
    /// Address to listen on, a loopback address. Port 0 selects a free port.
    pub listen: SocketAddr,
    /// The simulated fleet.
    pub world: WorldSpec,
    /// World seconds per second. At 0 time does not advance.
    pub speed: f64,
    /// World time that has passed when the endpoint starts. The clock of the world then shows the time of
    /// the machine.
    pub head_start: Duration,
    /// User and password that every request needs, if any.
    pub auth: Option<(String, SecretString)>,
    /// User and password of a read-only account. Has an effect only together with `auth`.
    pub viewer: Option<(String, SecretString)>,
    /// Further accounts. They have an effect only together with `auth`.
    pub accounts: Vec<RoleAccount>,
    /// Whether JSON:API issues tokens for passwords, as MaxScale does over TLS or with
    /// `admin_secure_gui=false`.
    pub tokens: bool,
    /// Dialects to serve.
    pub dialects: ServedDialects,
    /// MaxScale version that JSON:API simulates.
    pub profile: &'static VersionProfile,
    /// Settings of the proxy (JSON:API).
    pub settings: ProxyOverrides,
    /// Time zone of dates without a zone.
    pub zone: TimeZone,
    /// Database account and servers behind `/v1/sql` (JSON:API).
    pub sql: SqlSettings,
    /// Faults to inject, if any.
    pub faults: Option<Faults>,
    /// Delay of the reply to a request about one session and to a DELETE. The request is carried out and
    /// logged at once.
    pub delay: Duration,
}

impl ServeSpec {
    /// Creates a fleet of this size and seed that starts now, in both dialects, on a free port of 127.0.0.1.
    pub fn new(sessions: usize, seed: u64) -> Self {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
            .as_secs();
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            world: WorldSpec::new(sessions, seed, i64::try_from(now).unwrap_or(0)),
            speed: 1.0,
            head_start: Duration::ZERO,
            auth: None,
            viewer: None,
            accounts: Vec::new(),
            tokens: false,
            dialects: ServedDialects::Both,
            profile: VersionProfile::current(),
            settings: ProxyOverrides::default(),
            zone: TimeZone::system(),
            sql: SqlSettings::default(),
            faults: None,
            delay: Duration::ZERO,
        }
    }

    /// Validates the parameters.
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
    /// Finds a version by name.
    ///
    /// # Errors
    ///
    /// Returns [`DemoError::Profile`] if no version has this name.
    pub fn named(name: &str) -> Result<&'static Self, DemoError> {
        let named = PROFILES.iter().find(|profile| profile.name == name);
        named.ok_or_else(|| DemoError::Profile {
            name: name.to_owned(),
        })
    }
}

/// Returns the names of all versions.
fn names() -> String {
    let names: Vec<_> = PROFILES.iter().map(|profile| profile.name).collect();
    names.join(" ")
}

/// Why the endpoint does not start.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The address is not a loopback address. Other machines must not reach the fleet.
    #[error("cannot listen on {0}: not a loopback address, try 127.0.0.1:0")]
    NotLoopback(SocketAddr),
    /// The speed is not a number in range.
    #[error("speed must be between 0 and {MAX_SPEED}, got {0}")]
    Speed(f64),
    /// The version does not exist.
    #[error("unknown MaxScale version '{}': use one of {}", name.escape_debug(), names())]
    Profile {
        /// The name as given.
        name: String,
    },
    /// The share of failing requests is not in range.
    #[error("fault rate must be between 0 and 1, got {0}")]
    FaultRate(f64),
    /// The address cannot be bound, for example because it is in use.
    #[error("cannot listen on {address}: {source}")]
    Bind {
        /// Address to listen on.
        address: SocketAddr,
        /// Cause reported by the system.
        source: io::Error,
    },
}
