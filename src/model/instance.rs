//! What is known of the proxy process behind an endpoint, and how it speaks.
//!
//! How a proxy is set up, as it says itself: its settings, its workers, the account that asks.

use std::fmt;

use super::{IdleMeaning, Span, Text};

/// The two forms of the admin API (docs/maxscale-api.md#dialects).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// The REST API's design document of 2016: bare arrays, connections with statistics.
    Draft,
    /// Every released `MaxScale`, 2.2 to 25.x.
    JsonApi,
}

impl Dialect {
    /// The name used on the command line and on the screen.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::JsonApi => "jsonapi",
        }
    }
}

/// A release, as far as its numbers matter: `24.02.3`, `6.4.15`, `21.06.17`.
///
/// The series 21.06 called itself 6.x up to 6.4.15; as numbers both stand below 22.08.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// The first number.
    pub major: u32,
    /// The second number.
    pub minor: u32,
}

/// `24.02`, `2.5`: a series that is named by its year and month has the month in two digits.
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
    /// The first release whose sessions can be ended by DELETE.
    pub const FIRST_WITH_DELETE: Self = Self { major: 22, minor: 8 };
    /// The first release that reads ids strictly; those before use `atoi`.
    pub const FIRST_WITH_STRICT_IDS: Self = Self { major: 24, minor: 2 };

    /// Reads the first two numbers of a version text.
    pub fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.split('.').map_while(|part| part.parse().ok());
        Some(Self {
            major: numbers.next()?,
            minor: numbers.next()?,
        })
    }
}

/// What tells one process of a proxy from the next: session ids start at 1 in each.
///
/// Read from `/v1/maxscale` before every list; the draft has no such thing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProcessStart {
    /// `started_at`, as sent.
    pub started_at: Text,
    /// `process_datadir`, whose name ends in the process id (in `parameters` before 2.5).
    pub datadir: Option<Text>,
    /// `system.os.nodename` (22.08 and later): which machine answered.
    pub node: Option<Text>,
}

/// One answer of `/v1/maxscale`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// `version`, as sent.
    pub version: Option<Text>,
    /// `uptime` in seconds, by the server's wall clock.
    pub uptime: Option<Span>,
    /// The mark of the process; unknown when `started_at` was not sent.
    pub process: Option<ProcessStart>,
    /// `parameters.retain_last_statements`: 0 means that sessions show no queries.
    pub retained_statements: Option<u64>,
}

impl Instance {
    /// The release, when its text could be read.
    pub fn release(&self) -> Option<Version> {
        Version::parse(self.version.as_ref()?.as_str())
    }

    /// Returns the version as it is shown, or `version?` if the server sent something else than at
    /// most 16 of `[0-9A-Za-z.+-]`: no text of a server may look like a word of this program.
    pub fn shown_version(&self) -> Option<&str> {
        const MAX_VERSION_LEN: usize = 16;
        let version = self.version.as_ref()?.as_str();
        let is_word = version
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b".+-".contains(&b));
        let is_version = is_word && (1..=MAX_VERSION_LEN).contains(&version.len());
        Some(if is_version { version } else { "version?" })
    }

    /// What `idle` measures in its sessions, when the release could be read.
    pub fn idle_meaning(&self) -> Option<IdleMeaning> {
        IdleMeaning::of(self.version.as_ref()?.as_str())
    }

    /// The id of its process: the data directory ends in it. In a container it is often 1.
    pub fn pid(&self) -> Option<u32> {
        let datadir = self.process.as_ref()?.datadir.as_ref()?.as_str();
        datadir.rsplit_once("/data")?.1.parse().ok()
    }
}

/// What of the settings of a proxy matters to whoever watches it (`parameters` of `/v1/maxscale`).
/// A setting that a version does not have is unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProxySettings {
    /// Whether the admin API asks who is there.
    pub admin_auth: Option<bool>,
    /// Where the admin API listens.
    pub admin_host: Option<Text>,
    /// Whether each request is written to a file (23.02 and later).
    pub admin_audit: Option<bool>,
    /// The methods of the requests that are not (23.02 and later).
    pub audit_excludes: Option<Vec<Text>>,
    /// `retain_last_statements`: so many statements each session keeps.
    pub retained_statements: Option<u64>,
    /// So many lines of the log each session keeps.
    pub session_trace: Option<u64>,
}

/// One routing worker (`/v1/maxscale/threads`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Worker {
    /// The file descriptors that it has open (2.3 and later).
    pub descriptors: Option<u64>,
    /// The sessions that it serves (22.08 and later).
    pub sessions: Option<u64>,
}

/// What a user of the admin API may do (`account`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountType {
    /// Everything.
    Admin,
    /// Read.
    Basic,
    /// A type that this program does not know.
    Other(Text),
}
