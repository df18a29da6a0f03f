//! Path and query of each request, in both dialects.
//!
//! Also the reply to a list request: its sessions and its response time.

use std::time::Duration;

use jiff::Timestamp;

use super::url::EndpointUrl;
use crate::model::{
    Dialect, EndpointId, Instance, ListDiff, ListStats, Now, SessionId, Snapshot, percent_encoded,
};
use crate::wire::DecodedList;

/// Process start and the settings that explain missing statements: some hundred bytes instead of 5 kB.
/// Before 2.5 `process_datadir` was one of the parameters.
pub(super) const INSTANCE: &str = "/v1/maxscale?fields%5Bmaxscale%5D=version,started_at,uptime,\
     process_datadir,system/os/nodename,parameters/retain_last_statements,\
     parameters/process_datadir&pretty=false";

/// Resource that exchanges user and password for a token.
pub(super) const LOGIN: &str = "/v1/auth";
/// Permissions of the requesting account (25.10 and later).
pub(super) const WHOAMI: &str = "/v1/whoami?pretty=false";

/// State of the servers, without attributes that can be large (`response_time_distribution`). Keeps `id`,
/// which is the name.
pub(super) const SERVERS: &str = "/v1/servers?fields%5Bservers%5D=state,status,parameters/address,\
     parameters/port,replication_lag,statistics/connections,last_event,triggered_at,slave_connections\
     &pretty=false";

/// Connections of the services, without attributes that can be large (`users`, `listeners`).
///
/// `servers` is a relationship, and would be left out with all others.
pub(super) const SERVICES: &str = "/v1/services?fields%5Bservices%5D=state,router,connections,\
     total_connections,statistics/max_connections,parameters/max_connections,\
     parameters/retain_last_statements,servers&pretty=false";

/// Open descriptors and sessions of the routing workers.
pub(super) const WORKERS: &str = "/v1/maxscale/threads?fields%5Bthreads%5D=stats/current_descriptors,\
     stats/sessions&pretty=false";

/// The process start as in [`INSTANCE`], and the settings of the proxy.
pub(super) const INSPECTION: &str = "/v1/maxscale?fields%5Bmaxscale%5D=version,started_at,uptime,\
     process_datadir,system/os/nodename,parameters/process_datadir,parameters/admin_auth,\
     parameters/admin_host,parameters/admin_audit,parameters/admin_audit_exclude_methods,\
     parameters/retain_last_statements,parameters/session_trace&pretty=false";

/// The part of a list to request; all of it by default. Polling never requests a range, because a list
/// that changes loses rows between pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ListRequest<'a> {
    /// Fields of each session, by their API names. `None` requests all.
    pub fields: Option<&'a [&'a str]>,
    /// First and last row, counted from 0. Draft dialect only.
    pub range: Option<(u64, u64)>,
}

/// How much of each session is requested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListForm {
    /// All fields.
    Whole,
    /// Only the fields that the program reads.
    Sparse,
}

/// Fields that the decoder reads (JSON:API, 2.5 and later; older versions send all). The server copies a
/// session's attributes once for each name, so whole objects are requested if their rest is small.
/// `services` is a relationship, and would be left out with all others.
const NEEDED: [&str; 14] = [
    "state",
    "user",
    "remote",
    "port",
    "connected",
    "seconds_alive",
    "idle",
    "io_activity",
    "thread",
    "connections",
    "client",
    "queries",
    "memory",
    "services",
];

impl ListForm {
    /// Chooses full or sparse lists. A sparse list costs MaxScale more to build, so it pays only over a
    /// remote link, and not if statements are kept: they dominate the size and cannot be left out.
    pub(super) fn over(url: &EndpointUrl, keeps_statements: bool) -> Self {
        if url.is_loopback() || keeps_statements {
            Self::Whole
        } else {
            Self::Sparse
        }
    }

    /// Returns the form for a dialect: all seven fields of the draft are needed.
    pub(super) const fn within(self, dialect: Dialect) -> Self {
        match dialect {
            Dialect::Draft => Self::Whole,
            Dialect::JsonApi => self,
        }
    }

    /// Returns the fields to request, by their API names. `None` is all.
    pub const fn fields(self) -> Option<&'static [&'static str]> {
        match self {
            Self::Whole => None,
            Self::Sparse => Some(&NEEDED),
        }
    }

    /// Returns the name of the form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Sparse => "needed fields only",
        }
    }
}

/// Returns the target of a polled list.
pub(super) fn polled(dialect: Dialect, form: ListForm) -> String {
    let request = ListRequest {
        fields: form.within(dialect).fields(),
        range: None,
    };
    list(dialect, &request)
}

/// Returns the target of a list.
pub(super) fn list(dialect: Dialect, request: &ListRequest<'_>) -> String {
    let fields = request.fields.map(field_list);
    match dialect {
        Dialect::JsonApi => {
            let fields = fields.map(|fields| format!("fields%5Bsessions%5D={fields}&"));
            format!("/v1/sessions?{}pretty=false", fields.unwrap_or_default())
        }
        Dialect::Draft => {
            let fields = fields.map(|fields| format!("fields={fields}"));
            let range = request.range.map(|(from, to)| format!("range={from}-{to}"));
            let query: Vec<_> = fields.into_iter().chain(range).collect();
            if query.is_empty() {
                "/sessions".to_owned()
            } else {
                format!("/sessions?{}", query.join("&"))
            }
        }
    }
}

/// Returns the target of one session.
pub(super) fn session(dialect: Dialect, id: SessionId) -> String {
    match dialect {
        Dialect::JsonApi => format!("/v1/sessions/{id}?pretty=false"),
        Dialect::Draft => format!("/sessions/{id}"),
    }
}

/// Returns the target of the connections of one session (draft).
pub(super) fn connections(id: SessionId) -> String {
    format!("/sessions/{id}/connections")
}

/// Returns the target of a DELETE: the session and nothing else, no `ttl`.
pub(super) fn deletion(dialect: Dialect, id: SessionId) -> String {
    match dialect {
        Dialect::JsonApi => format!("/v1/sessions/{id}"),
        Dialect::Draft => format!("/sessions/{id}"),
    }
}

/// Returns the target of a user of the admin API.
pub(super) fn user(name: &str) -> String {
    format!("/v1/users/inet/{}?pretty=false", percent_encoded(name, b"_-."))
}

/// Joins names with commas.
fn field_list(fields: &[&str]) -> String {
    let encoded: Vec<_> = fields
        .iter()
        .map(|field| percent_encoded(field, b"_-./"))
        .collect();
    encoded.join(",")
}

/// A successful list.
#[derive(Debug)]
pub struct ListReply {
    /// Dialect of the reply.
    pub dialect: Dialect,
    /// The sessions.
    pub rows: DecodedList,
    /// Response time: from the established connection to the first byte of the reply.
    pub cost: Duration,
    /// Time that decoding has taken on this machine, without the time to wait for parts of the body.
    pub decode_time: Duration,
    /// Size of the body, in bytes.
    pub bytes: usize,
    /// Time before the request was written.
    pub asked_at: Now,
    /// Time at which the reply was complete, by this machine's clock.
    pub taken_at: Timestamp,
    /// Time of the server's clock; if not reported, of this machine's.
    pub server_now: Timestamp,
}

impl ListReply {
    /// Converts the list to a snapshot. Whether the process was restarted before it can only be decided
    /// with the previous snapshot.
    pub(crate) fn into_snapshot(
        self,
        endpoint: EndpointId,
        instance: Option<Instance>,
        number: u64,
    ) -> Snapshot {
        Snapshot {
            endpoint,
            dialect: self.dialect,
            instance,
            number,
            asked_at: self.asked_at,
            taken_at: self.taken_at,
            cost: self.cost,
            decode_time: self.decode_time,
            least_interval: Duration::ZERO,
            bytes: self.bytes,
            sessions: self.rows.sessions,
            blanked: self.rows.blanked,
            dropped: self.rows.dropped,
            change: ListDiff::default(),
            stats: ListStats::default(),
            rows: crate::model::RowReads::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polling_asks_for_the_whole_list_on_loopback_and_in_the_draft() {
        let all = ListRequest::default();
        assert_eq!(list(Dialect::JsonApi, &all), "/v1/sessions?pretty=false");
        assert_eq!(list(Dialect::Draft, &all), "/sessions");
        for (dialect, form) in [
            (Dialect::JsonApi, ListForm::Whole),
            (Dialect::Draft, ListForm::Whole),
            (Dialect::Draft, ListForm::Sparse),
        ] {
            assert_eq!(polled(dialect, form), list(dialect, &all));
        }
    }

    #[test]
    fn a_far_link_is_asked_for_what_is_needed() {
        for (url, form) in [
            ("127.0.0.1:8989", ListForm::Whole),
            ("https://[::1]:8989", ListForm::Whole),
            ("localhost", ListForm::Whole),
            ("10.0.0.1:8989", ListForm::Sparse),
            ("https://db-proxy-1", ListForm::Sparse),
        ] {
            let url = url.parse().unwrap();
            assert_eq!(ListForm::over(&url, false), form, "{url}");
            assert_eq!(ListForm::over(&url, true), ListForm::Whole, "{url}");
        }
        assert_eq!(
            polled(Dialect::JsonApi, ListForm::Sparse),
            "/v1/sessions?fields%5Bsessions%5D=state,user,remote,port,connected,seconds_alive,idle,\
             io_activity,thread,connections,client,queries,memory,services&pretty=false"
        );
    }

    #[test]
    fn fields_and_range_go_where_the_dialect_has_them() {
        let some = ListRequest {
            fields: Some(&["id", "memory/total", "a&b=c"]),
            range: Some((10, 20)),
        };
        assert_eq!(
            list(Dialect::JsonApi, &some),
            "/v1/sessions?fields%5Bsessions%5D=id,memory/total,a%26b%3Dc&pretty=false"
        );
        assert_eq!(
            list(Dialect::Draft, &some),
            "/sessions?fields=id,memory/total,a%26b%3Dc&range=10-20"
        );
    }

    #[test]
    fn a_deletion_names_the_session_and_nothing_else() {
        let id = SessionId(u64::MAX);
        assert_eq!(
            deletion(Dialect::JsonApi, id),
            "/v1/sessions/18446744073709551615"
        );
        assert_eq!(deletion(Dialect::Draft, SessionId(7)), "/sessions/7");
    }

    #[test]
    fn a_name_stays_in_its_part_of_the_path() {
        assert_eq!(user("admin"), "/v1/users/inet/admin?pretty=false");
        assert_eq!(
            user("a/b?c d\u{e9}"),
            "/v1/users/inet/a%2Fb%3Fc%20d%C3%A9?pretty=false"
        );
    }

    #[test]
    fn fixed_targets_have_no_raw_brackets_or_blanks() {
        for target in [INSTANCE, INSPECTION, SERVERS, SERVICES, WORKERS] {
            assert!(!target.contains(['[', ']', ' ', '\n']), "{target}");
        }
    }
}
