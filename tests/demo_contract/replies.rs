//! Status, headers and short bodies compared with real replies, and effects of a DELETE.

use crate::client::{Reply, send};
use crate::recordings::{VERSIONS, path, recording, serving};

/// A request, and the names of its recorded replies.
struct RecordedRequest {
    names: &'static [&'static str],
    method: &'static str,
    target: String,
    header: Option<(&'static str, &'static str)>,
}

fn asked(
    names: &'static [&'static str],
    method: &'static str,
    target: &str,
    header: Option<(&'static str, &'static str)>,
) -> RecordedRequest {
    RecordedRequest {
        names,
        method,
        target: target.to_owned(),
        header,
    }
}

/// The requests in order: some close a session.
fn requests(half_open: &str) -> Vec<RecordedRequest> {
    let none_match = Some(("If-None-Match", "\"zzz\""));
    let match_other = Some(("If-Match", "\"zzz\""));
    let since = Some(("If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT"));
    let user = "/v1/sessions?fields[sessions]=user";
    let bad_filter = "/v1/sessions?filter%5B/attributes/user%5D=nonsense";
    let page = "/v1/sessions?page[size]=5&page[number]=1";
    vec![
        asked(&["sessions.http"], "GET", "/v1/sessions", None),
        asked(
            &["sessions-compact.http"],
            "GET",
            "/v1/sessions?pretty=false",
            None,
        ),
        asked(&["sessions-fields.http"], "GET", user, None),
        asked(&["sessions-page.http", "sessions-page1.http"], "GET", page, None),
        asked(&["root.http"], "GET", "/v1/", None),
        asked(&["maxscale.http"], "GET", "/v1/maxscale", None),
        asked(&["threads.http"], "GET", "/v1/maxscale/threads/", None),
        asked(&["get-unknown.http"], "GET", "/v1/sessions/99999999", None),
        asked(
            &["sessions-id-connections.http"],
            "GET",
            "/v1/sessions/15/connections",
            None,
        ),
        asked(&["server-unknown.http"], "GET", "/v1/servers/nosuch", None),
        asked(&["filter-bad.http"], "GET", bad_filter, None),
        asked(
            &["cond-inm-nomatch.http"],
            "GET",
            "/v1/sessions/1?fields[sessions]=user",
            none_match,
        ),
        asked(&["cond-ims-lastmod.http"], "GET", user, since),
        asked(&["head-sessions.http"], "HEAD", "/v1/sessions", None),
        asked(&["options.http"], "OPTIONS", "/v1/sessions", None),
        asked(
            &["delete-idle-rw.http", "delete-ok.http", "delete-live.http"],
            "DELETE",
            "/v1/sessions/2",
            None,
        ),
        asked(&["delete-again.http"], "DELETE", "/v1/sessions/2", None),
        asked(&["delete-unknown.http"], "DELETE", "/v1/sessions/99999999", None),
        asked(&["delete-ttl.http"], "DELETE", "/v1/sessions/1?ttl=5", None),
        asked(&["delete-nonnumeric.http"], "DELETE", "/v1/sessions/abc", None),
        asked(&["delete-numletters.http"], "DELETE", "/v1/sessions/5abc", None),
        asked(
            &["delete-overflow.http"],
            "DELETE",
            "/v1/sessions/4294967302",
            None,
        ),
        asked(
            &["delete-ifmatch-412.http"],
            "DELETE",
            "/v1/sessions/4",
            match_other,
        ),
        asked(&["session-halfopen.http"], "GET", half_open, None),
        asked(&["delete-halfopen.http"], "DELETE", half_open, None),
        asked(
            &["auth-none.http"],
            "GET",
            "/v1/sessions",
            Some(("X-Auth", "none")),
        ),
        asked(
            &["auth-wrong-pw.http"],
            "GET",
            "/v1/sessions",
            Some(("Authorization", "Basic YWRtaW46eA==")),
        ),
    ]
}

/// Status, headers and, if it is short and fixed, the body.
#[tokio::test]
async fn replies_look_as_recorded() {
    let good = ("Authorization", "Basic YWRtaW46bWFyaWFkYg==");
    for (version, profile) in VERSIONS {
        let server = serving(profile, 20, |spec| {
            spec.world.half_open = true;
            spec.auth = Some(("admin".to_owned(), "mariadb".into()));
        })
        .await;
        let half_open = half_open(server.ids(), server.addr).await;
        let mut compared = 0;
        for RecordedRequest {
            names,
            method,
            target,
            header,
        } in requests(&half_open)
        {
            let Some(name) = names.iter().find(|name| path(version, name).exists()) else {
                continue;
            };
            let headers: Vec<_> = match header {
                Some(header) if name.starts_with("auth-") => vec![header],
                header => std::iter::once(good).chain(header).collect(),
            };
            let ours = send(server.addr, method, &target, &headers).await;
            let recorded = recording(version, name);
            let what = format!("{profile} {name}");
            assert_eq!(ours.status, recorded.status, "{what}");
            assert_eq!(essence(&ours), essence(&recorded), "{what}");
            let closes = recorded.header("connection") == Some("close");
            assert_eq!(ours.closed, closes, "{what}");
            if recorded.body.len() < 200 {
                assert_eq!(ours.text(), recorded.text(), "{what}");
            }
            compared += 1;
        }
        assert!(compared >= 11, "{profile}: {compared}");
    }
}

/// Versions in which a DELETE kills a session, and versions in which it only appears to.
#[tokio::test]
async fn who_is_gone_after_a_delete() {
    for (profile, ended) in [
        ("2.2", &[][..]),
        ("2.5", &[]),
        ("21.06", &[]),
        ("22.08", &[2, 4, 5, 6]),
        ("23.08", &[2, 4, 5, 6]),
        ("24.02", &[2, 4]),
    ] {
        let server = serving(profile, 20, |_| {}).await;
        let before = server.ids();
        let match_other = ("If-Match", "\"zzz\"");
        for (target, headers) in [
            ("/v1/sessions/2", &[][..]),
            ("/v1/sessions/4", &[match_other]),
            ("/v1/sessions/5abc", &[]),
            ("/v1/sessions/4294967302", &[]),
        ] {
            send(server.addr, "DELETE", target, headers).await;
        }
        let left: Vec<_> = before.into_iter().filter(|id| !ended.contains(id)).collect();
        assert_eq!(server.ids(), left, "{profile}");
    }
}

async fn half_open(ids: Vec<u64>, addr: std::net::SocketAddr) -> String {
    let good = ("Authorization", "Basic YWRtaW46bWFyaWFkYg==");
    let list = send(addr, "GET", "/sessions?fields=id", &[good]).await.json();
    let listed = |id: &u64| list.as_array().unwrap().iter().any(|row| row["id"] == *id);
    let id = ids
        .into_iter()
        .find(|id| !listed(id))
        .expect("a half-open session");
    format!("/v1/sessions/{id}")
}

/// Returns header names and values, sorted. Of values that differ between runs, only the form.
pub(crate) fn essence(reply: &Reply) -> Vec<(String, String)> {
    let form = |name: &str, value: &str| match name {
        "date" | "last-modified" => value.split(' ').map(|word| word.len().to_string()).collect(),
        "etag" if value != "\"da39a3ee5e6b4b0d3255bfef95601890afd80709\"" => value.len().to_string(),
        "content-length" if reply.body.len() >= 200 => "long".to_owned(),
        _ => value.to_owned(),
    };
    // The length of an empty body. The HTTP library here leaves it out, which is allowed.
    let counts = |name: &str| reply.status != 304 || !name.eq_ignore_ascii_case("content-length");
    let headers = reply
        .headers
        .iter()
        .filter(|(name, _)| counts(name))
        .map(|(name, value)| (name.to_ascii_lowercase(), value));
    let mut headers: Vec<_> = headers
        .map(|(name, value)| (name.clone(), form(&name, value)))
        .collect();
    headers.sort_unstable();
    headers
}
