//! What is asked for: the path and query of each request, in both dialects.
//!
//! A list as it came: its sessions, and what getting it cost.

use std::fmt::Write as _;
use std::time::Duration;

use jiff::Timestamp;

use super::url::EndpointUrl;
use crate::model::{Dialect, EndpointId, Instance, ListDiff, ListStats, Now, SessionId, Snapshot};
use crate::wire::DecodedList;

/// The process start, and what explains empty queries: some hundred bytes instead of 5 kB.
/// `process_datadir` stood among the parameters before 2.5.
pub(super) const INSTANCE: &str = "/v1/maxscale?fields%5Bmaxscale%5D=version,started_at,uptime,\
     process_datadir,system/os/nodename,parameters/retain_last_statements,\
     parameters/process_datadir&pretty=false";

/// Where user and password are changed for a token.
pub(super) const LOGIN: &str = "/v1/auth";

/// How the servers are doing, without what can be large (`response_time_distribution`). It keeps
/// `id`, which is the name.
pub(super) const SERVERS: &str = "/v1/servers?fields%5Bservers%5D=state,parameters/address,\
     parameters/port,replication_lag,statistics/connections&pretty=false";

/// How full the services are, without what can be large (`users`, `listeners`).
pub(super) const SERVICES: &str = "/v1/services?fields%5Bservices%5D=state,router,connections,\
     total_connections,statistics/max_connections,parameters/max_connections,\
     parameters/retain_last_statements&pretty=false";

/// What the routing workers have open.
pub(super) const WORKERS: &str = "/v1/maxscale/threads?fields%5Bthreads%5D=stats/current_descriptors,\
     stats/sessions&pretty=false";

/// The process start as in [`INSTANCE`], and how the proxy is set up.
pub(super) const INSPECTION: &str = "/v1/maxscale?fields%5Bmaxscale%5D=version,started_at,uptime,\
     process_datadir,system/os/nodename,parameters/process_datadir,parameters/admin_auth,\
     parameters/admin_host,parameters/admin_audit,parameters/admin_audit_exclude_methods,\
     parameters/retain_last_statements,parameters/session_trace&pretty=false";

/// Which part of a list is wanted; the default is all of it. Polling never asks for a range: a moving
/// list loses rows between pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ListRequest<'a> {
    /// Only these fields of each session, by their names in the API.
    pub fields: Option<&'a [&'a str]>,
    /// Only these rows: the first and the last, counted from 0. The draft dialect alone has it.
    pub range: Option<(u64, u64)>,
}

/// How much of each session a list is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListForm {
    /// All of it.
    Whole,
    /// What the program reads of it, and no more.
    Sparse,
}

/// What the decoder reads of a row (JSON:API, 2.5 and later; older versions send all of it). The server
/// copies a session's attributes once for each name, so whole objects are asked for where their rest is
/// small. `services` is a relationship, and would be left out with all others.
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
    /// By the link and by what sessions hold: building a sparse list costs the proxy more time than a
    /// whole one, and sending a whole one costs a far link more bytes. On loopback nothing is saved by
    /// fewer, and little anywhere where statements are kept: most of a list is statements then, which
    /// cannot be asked for in part.
    pub(super) fn over(url: &EndpointUrl, keeps_statements: bool) -> Self {
        if url.is_loopback() || keeps_statements {
            Self::Whole
        } else {
            Self::Sparse
        }
    }

    /// In this dialect: the draft's seven fields are all needed.
    pub(super) const fn within(self, dialect: Dialect) -> Self {
        match dialect {
            Dialect::Draft => Self::Whole,
            Dialect::JsonApi => self,
        }
    }

    /// The fields to ask for, by their names in the API; `None` is all.
    pub const fn fields(self) -> Option<&'static [&'static str]> {
        match self {
            Self::Whole => None,
            Self::Sparse => Some(&NEEDED),
        }
    }

    /// In a word or two.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Sparse => "in what is needed",
        }
    }
}

/// The list as polling asks for it.
pub(super) fn polled(dialect: Dialect, form: ListForm) -> String {
    let request = ListRequest {
        fields: form.within(dialect).fields(),
        range: None,
    };
    list(dialect, &request)
}

/// The list.
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

/// One session.
pub(super) fn session(dialect: Dialect, id: SessionId) -> String {
    match dialect {
        Dialect::JsonApi => format!("/v1/sessions/{id}?pretty=false"),
        Dialect::Draft => format!("/sessions/{id}"),
    }
}

/// The connections of one session (draft).
pub(super) fn connections(id: SessionId) -> String {
    format!("/sessions/{id}/connections")
}

/// What a DELETE names: the session and nothing else, no `ttl`.
pub(super) fn deletion(dialect: Dialect, id: SessionId) -> String {
    match dialect {
        Dialect::JsonApi => format!("/v1/sessions/{id}"),
        Dialect::Draft => format!("/sessions/{id}"),
    }
}

/// A user of the admin API.
pub(super) fn user(name: &str) -> String {
    format!("/v1/users/inet/{}?pretty=false", encoded(name, b"_-."))
}

/// Names with commas between.
fn field_list(fields: &[&str]) -> String {
    let encoded: Vec<_> = fields.iter().map(|field| encoded(field, b"_-./")).collect();
    encoded.join(",")
}

/// All but letters, digits and these percent-encoded.
fn encoded(text: &str, kept: &[u8]) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || kept.contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// One good list.
#[derive(Debug)]
pub struct ListReply {
    /// In which dialect it came.
    pub dialect: Dialect,
    /// The sessions.
    pub rows: DecodedList,
    /// From the request sent to the first byte of the reply.
    pub cost: Duration,
    /// The size of the body.
    pub bytes: usize,
    /// Before its request was written.
    pub asked_at: Now,
    /// When it was complete, by this machine's clock.
    pub taken_at: Timestamp,
    /// What the server's clock said, else this machine's.
    pub server_now: Timestamp,
}

impl ListReply {
    /// The list as the rest of the program knows it. Whether the process was restarted before it,
    /// whoever has the list before can tell.
    pub fn into_snapshot(self, endpoint: EndpointId, instance: Option<Instance>, number: u64) -> Snapshot {
        Snapshot {
            endpoint,
            dialect: self.dialect,
            instance,
            number,
            asked_at: self.asked_at,
            taken_at: self.taken_at,
            cost: self.cost,
            least_interval: Duration::ZERO,
            bytes: self.bytes,
            sessions: self.rows.sessions,
            blanked: self.rows.blanked,
            dropped: self.rows.dropped,
            change: ListDiff::default(),
            stats: ListStats::default(),
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
