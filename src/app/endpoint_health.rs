//! Health of an endpoint in one word, and the order of endpoints by trouble.

use std::cmp::Reverse;
use std::time::Duration;

use jiff::Timestamp;

use super::App;
use super::endpoint::{EndpointState, LinkState};
use crate::diagnosis::Severity;
use crate::model::{EndpointId, RequestError, Span};

/// Age from which a missing list has a time of day: a number of seconds is then hard to read.
const MIN_AGE_WITH_TIME: Duration = Duration::from_mins(1);
const DAY: Duration = Duration::from_hours(24);

/// Health of an endpoint, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum EndpointHealth {
    /// No list has arrived, and the last request failed.
    NoData,
    /// The last request failed.
    Failing,
    /// The last list is old.
    Stale,
    /// Several proxies answer.
    SeveralProxies,
    /// No reply yet.
    Connecting,
    /// The last list is current.
    Live,
}

impl EndpointHealth {
    /// All of them, best first.
    pub(crate) const ALL: [Self; 6] = [
        Self::Live,
        Self::Connecting,
        Self::SeveralProxies,
        Self::Stale,
        Self::Failing,
        Self::NoData,
    ];

    /// Returns the word in the summary of many endpoints.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::NoData => "no data",
            Self::Failing => "failing",
            Self::Stale => "stale",
            Self::SeveralProxies => "with several proxies",
            Self::Connecting => "connecting",
            Self::Live => "live",
        }
    }

    /// Returns its severity; `None` if nothing is wrong.
    pub(crate) const fn severity(self) -> Option<Severity> {
        match self {
            Self::NoData | Self::Failing | Self::SeveralProxies => Some(Severity::Act),
            Self::Stale => Some(Severity::Look),
            Self::Connecting | Self::Live => None,
        }
    }
}

/// State of an endpoint's lists, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LinkWords {
    /// `live`, in the past `replied`, `stale 12s`, `stale 7h 55m`, `no data`.
    pub state: String,
    /// Time of the last list, or of the first failed request: `03:00`, after a day with its date. `None` if it is
    /// recent.
    pub since: Option<String>,
}

impl LinkWords {
    /// Returns both: `stale 7h 55m since 03:00`.
    pub(crate) fn full(&self) -> String {
        match &self.since {
            Some(since) => format!("{} since {since}", self.state),
            None => self.state.clone(),
        }
    }
}

/// Formats an age: `12s`, `7h 55m`.
pub(super) fn age_text(age: Duration) -> String {
    Span::from_secs(i64::try_from(age.as_secs()).unwrap_or(i64::MAX)).to_string()
}

impl App {
    /// Returns the health of an endpoint.
    pub(crate) fn health(&self, endpoint: &EndpointState) -> EndpointHealth {
        match endpoint.link {
            LinkState::Connecting => EndpointHealth::Connecting,
            LinkState::Failing { .. } if endpoint.heard_at.is_none() => EndpointHealth::NoData,
            LinkState::Failing { .. } => EndpointHealth::Failing,
            LinkState::Live if self.is_stale(endpoint) => EndpointHealth::Stale,
            LinkState::Live if endpoint.proxies.are_several() => EndpointHealth::SeveralProxies,
            LinkState::Live => EndpointHealth::Live,
        }
    }

    /// Whether the data of an endpoint is too old to be shown as live.
    pub(crate) fn is_stale(&self, endpoint: &EndpointState) -> bool {
        endpoint.is_stale(self.now.elapsed, self.settings.interval, self.settings.duty)
    }

    /// Returns the state of an endpoint's lists.
    pub(crate) fn link_words(&self, endpoint: &EndpointState) -> LinkWords {
        let age = endpoint.age(self.now.elapsed).unwrap_or_default();
        let state = match self.health(endpoint) {
            EndpointHealth::Connecting if self.past.is_some() => "not read".to_owned(),
            EndpointHealth::Connecting => "connecting".to_owned(),
            EndpointHealth::NoData => "no data".to_owned(),
            EndpointHealth::Failing | EndpointHealth::Stale => format!("stale {}", age_text(age)),
            // In the past nothing is live.
            EndpointHealth::SeveralProxies | EndpointHealth::Live if self.past.is_some() => {
                "replied".to_owned()
            }
            EndpointHealth::SeveralProxies | EndpointHealth::Live => "live".to_owned(),
        };
        LinkWords {
            state,
            since: self.silent_since(endpoint),
        }
    }

    /// Returns since when an endpoint sends no lists, if that is not recent.
    fn silent_since(&self, endpoint: &EndpointState) -> Option<String> {
        let is_silent = self.health(endpoint) <= EndpointHealth::Stale;
        let last = endpoint.heard_at.filter(|_| is_silent);
        let age = match (last, endpoint.failing_since) {
            (Some(last), _) => self.now.elapsed.saturating_sub(last),
            (None, Some(since)) => self.now.elapsed.saturating_sub(since),
            (None, None) => return None,
        };
        (age >= MIN_AGE_WITH_TIME).then(|| self.time_of_day(age))
    }

    /// Formats the local time of the moment this long ago: `03:00`, after a day `27 Nov 03:00`.
    pub(crate) fn time_of_day(&self, ago: Duration) -> String {
        let at = self.now.wall.checked_sub(ago).unwrap_or(Timestamp::UNIX_EPOCH);
        let form = if ago >= DAY { "%d %b %H:%M" } else { "%H:%M" };
        let zoned = at.to_zoned_datetime(self.settings.zone.clone());
        zoned.strftime(form).to_string()
    }

    /// Returns all endpoints, trouble first: by severity, then by whether sessions are stuck, otherwise in the order
    /// of the command line. Numbers that change with every list do not move an endpoint.
    pub(crate) fn endpoints_by_trouble(&self) -> Vec<EndpointId> {
        let mut all: Vec<_> = self.endpoints.ids().collect();
        all.sort_by_cached_key(|id| {
            let endpoint = self.endpoints.get(*id);
            let severity = endpoint.and_then(|endpoint| self.endpoint_severity(endpoint));
            let health = endpoint.map(|endpoint| self.health(endpoint));
            let mut severities = Severity::ALL.into_iter();
            let stuck = severities.find(|severity| self.newest_view().count(*id, *severity) > 0);
            (Reverse(severity), health, Reverse(stuck))
        });
        all
    }

    /// Returns the worst severity of an endpoint: of its lists, its token, its account and its servers. Stuck
    /// sessions do not count.
    pub(crate) fn endpoint_severity(&self, endpoint: &EndpointState) -> Option<Severity> {
        let token = match endpoint.token_expiry {
            Some(expiry) if expiry.is_past(self.now.wall) => Some(Severity::Act),
            Some(expiry) => expiry.words(self.now.wall).map(|_| Severity::Look),
            None => None,
        };
        let servers = endpoint.shown_troubles();
        let servers = servers.first().map(|trouble| trouble.kind.severity());
        let access = endpoint.server_access.faults().next().map(|_| Severity::Look);
        let all = [self.health(endpoint).severity(), token, servers, access];
        all.into_iter().flatten().max()
    }
}

/// Returns the state of an endpoint whose last request failed in two words, if it rejects the login.
pub(crate) const fn rejection(fault: &RequestError) -> Option<&'static str> {
    match fault {
        RequestError::TokenRejected(_) => Some("token rejected"),
        RequestError::NotAllowed {
            with_credentials: true,
            ..
        } => Some("login rejected"),
        RequestError::NotAllowed { .. } => Some("login needed"),
        _ => None,
    }
}
