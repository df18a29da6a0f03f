//! The proxy process behind an endpoint: dialect, version, process start, settings, workers.

use serde::{Deserialize, Serialize};
use std::fmt;

use super::{IdleMeaning, Span, Text};

/// The two forms of the admin API (docs/maxscale-api.md#dialects).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dialect {
    /// The design document of 2016: bare arrays, connections with statistics.
    Draft,
    /// The API of every release, 2.2 to 25.x.
    JsonApi,
}

impl Dialect {
    /// Returns the name used on the command line and on the screen.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::JsonApi => "jsonapi",
        }
    }
}

/// A release series: the first two numbers of `24.02.3`, `6.4.15`, `21.06.17`.
///
/// Series 21.06 was called 6.x up to 6.4.15. Both sort before 22.08.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// First number.
    pub major: u32,
    /// Second number.
    pub minor: u32,
}

/// Writes `24.02`, `2.5`. A series named by year and month has two digits for the month.
impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { major, minor } = self;
        if *major < 21 {
            write!(f, "{major}.{minor}")
        } else {
            write!(f, "{major}.{minor:02}")
        }
    }
}

impl Version {
    /// First release that can kill sessions by DELETE.
    pub const FIRST_WITH_DELETE: Self = Self { major: 22, minor: 8 };
    /// First release that parses ids strictly. Earlier ones use `atoi`.
    pub const FIRST_WITH_STRICT_IDS: Self = Self { major: 24, minor: 2 };
    /// First release in which reading one session does not stop all workers.
    pub const FIRST_WITH_CHEAP_ROWS: Self = Self { major: 24, minor: 2 };
    /// First release that reports the permissions of the requesting account (`/v1/whoami`).
    pub const FIRST_WITH_WHOAMI: Self = Self { major: 25, minor: 10 };

    /// Parses the first two numbers of a version text.
    pub fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.split('.').map_while(|part| part.parse().ok());
        Some(Self {
            major: numbers.next()?,
            minor: numbers.next()?,
        })
    }
}

/// Identifies one run of the MaxScale process. Session ids restart at 1 in each run.
///
/// Read from `/v1/maxscale` before every list. The draft does not report it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ProcessStart {
    /// `started_at`, as sent.
    pub started_at: Text,
    /// `process_datadir` (in `parameters` before 2.5). Its name ends in the process id.
    pub datadir: Option<Text>,
    /// `system.os.nodename`, the name of the machine (22.08 and later).
    pub node: Option<Text>,
}

/// A reply of `/v1/maxscale`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instance {
    /// `version`, as sent.
    pub version: Option<Text>,
    /// `uptime`, by the proxy's wall clock.
    pub uptime: Option<Span>,
    /// Process start; `None` if `started_at` was not sent.
    pub process: Option<ProcessStart>,
    /// `parameters.retain_last_statements`. If 0, sessions report no statements.
    pub retained_statements: Option<u64>,
}

impl Instance {
    /// Returns the release series; `None` if the version cannot be parsed.
    pub fn release(&self) -> Option<Version> {
        Version::parse(self.version.as_ref()?.as_str())
    }

    /// Returns the version for display, or `version?` if it is not 1 to 16 characters of `[0-9A-Za-z.+-]`.
    ///
    /// Text from outside must not look like text of this program.
    pub(crate) fn shown_version(&self) -> Option<&str> {
        const MAX_VERSION_LEN: usize = 16;
        let version = self.version.as_ref()?.as_str();
        let is_word = version
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b".+-".contains(&b));
        let is_version = is_word && (1..=MAX_VERSION_LEN).contains(&version.len());
        Some(if is_version { version } else { "version?" })
    }

    /// Returns the meaning of `idle`; `None` if the version cannot be parsed.
    pub(crate) fn idle_meaning(&self) -> Option<IdleMeaning> {
        IdleMeaning::of(self.version.as_ref()?.as_str())
    }

    /// Returns the process id, from the name of the data directory. In a container it is often 1.
    pub fn pid(&self) -> Option<u32> {
        let datadir = self.process.as_ref()?.datadir.as_ref()?.as_str();
        datadir.rsplit_once("/data")?.1.parse().ok()
    }
}

/// The settings of a proxy that maxtop uses (`parameters` of `/v1/maxscale`).
///
/// `None` for a setting that the version does not have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProxySettings {
    /// Whether the admin API requires authentication.
    pub admin_auth: Option<bool>,
    /// Address that the admin API listens on.
    pub admin_host: Option<Text>,
    /// Whether requests are written to an audit file (23.02 and later).
    pub admin_audit: Option<bool>,
    /// Methods left out of the audit file (23.02 and later).
    pub audit_excludes: Option<Vec<Text>>,
    /// `retain_last_statements`: number of statements kept for each session.
    pub retained_statements: Option<u64>,
    /// Number of log lines kept for each session.
    pub session_trace: Option<u64>,
}

/// A routing worker (`/v1/maxscale/threads`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Worker {
    /// Number of open file descriptors (2.3 and later).
    pub descriptors: Option<u64>,
    /// Number of sessions that it serves (22.08 and later).
    pub sessions: Option<u64>,
}
