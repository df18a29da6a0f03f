//! How a proxy is set up, as it says itself: its settings, its workers, the account that asks.

use super::Text;

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
pub enum Account {
    /// Everything.
    Admin,
    /// Read.
    Basic,
    /// A type that this program does not know.
    Other(Text),
}
