//! `/v1/sql` compared with real replies.

use maxtop::demo::{SimServer, SqlSettings};
use regex::Regex;
use serde_json::Value;

use crate::client::{Reply, post, running, send, still};
use crate::recordings::{serving, sql_recording};
use crate::replies::essence;
use crate::shape::{assert_alike, shape_of};
use crate::sql::{OPEN, Open, body, open};

/// admin:mariadb
const ADMIN: (&str, &str) = ("Authorization", "Basic YWRtaW46bWFyaWFkYg==");
/// viewer:looks
const VIEWER: (&str, &str) = ("Authorization", "Basic dmlld2VyOmxvb2tz");
const CLOSE: (&str, &str) = ("Connection", "close");
const JSON: (&str, &str) = ("Content-Type", "application/json");

const ONE: &str = "/* maxtop server */ SELECT CONNECTION_ID() AS connection_id";

/// A change of the settings.
type Change = fn(&mut SqlSettings);

async fn guarded(change: impl FnOnce(&mut SqlSettings)) -> SimServer {
    let mut spec = still(40);
    spec.auth = Some(("admin".to_owned(), "mariadb".into()));
    spec.viewer = Some(("viewer".to_owned(), "looks".into()));
    spec.world.incidents = true;
    change(&mut spec.sql);
    running(spec).await
}

/// Replaces ids, tokens and addresses, which differ from run to run.
fn normal(text: &str) -> String {
    let id = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
    let mut text = text.to_owned();
    for (pattern, name) in [
        (id, "ID"),
        (r"eyJ[\w-]+\.[\w-]+\.[\w-]+", "TOKEN"),
        (r"127\.0\.0\.1:\d{4,5}", "HOST"),
    ] {
        text = Regex::new(pattern).unwrap().replace_all(&text, name).into_owned();
    }
    text
}

/// Asserts that status, headers and the structure of the body are those of the recording, and that short
/// errors have its text.
#[track_caller]
fn assert_recorded(ours: &Reply, name: &str) {
    let recorded = sql_recording(name);
    assert_eq!(ours.status, recorded.status, "{name}: {}", ours.text());
    let headers = |reply: &Reply| {
        let all = essence(reply).into_iter();
        // A reply without content has no length.
        let counts = |name: &str| reply.status != 204 || name != "content-length";
        all.filter(|(name, _)| counts(name))
            .map(|(name, value)| (name, normal(&value)))
            .collect::<Vec<_>>()
    };
    let lengthless = |headers: Vec<(String, String)>| {
        let rest = headers.into_iter().filter(|(name, _)| name != "content-length");
        rest.collect::<Vec<_>>()
    };
    assert_eq!(
        lengthless(headers(ours)),
        lengthless(headers(&recorded)),
        "{name}"
    );
    if recorded.body.trim_ascii().is_empty() {
        assert_eq!(ours.text(), "", "{name}");
    } else if recorded.status >= 400 {
        if !name.contains("wrong-pw") && !name.contains("unknown-target") {
            assert_eq!(normal(ours.text()), normal(recorded.text()), "{name}");
        }
    } else {
        let shape = |reply: &Reply| shape_of(&serde_json::from_str(&normal(reply.text())).unwrap());
        assert_alike(&shape(ours), &shape(&recorded), name);
    }
}

async fn query(server: &SimServer, one: &Open, pass: (&str, &str), sql: &str) -> Reply {
    let target = format!("/v1/sql/{}/queries?token={}", one.id, one.token);
    post(server.addr, &target, &[pass, JSON, CLOSE], &body(sql)).await
}

#[tokio::test]
async fn opening_and_closing_a_connection_looks_as_recorded() {
    let server = guarded(|_| {}).await;
    for (name, target, pass, body) in [
        ("connect-admin.http", "/v1/sql", Some(ADMIN), OPEN),
        ("connect-basic-user.http", "/v1/sql", Some(VIEWER), OPEN),
        ("connect-no-auth.http", "/v1/sql", None, OPEN),
        (
            "connect-persist.http",
            "/v1/sql?persist=yes&max-age=600",
            Some(ADMIN),
            OPEN,
        ),
        (
            "connect-no-target.http",
            "/v1/sql",
            Some(ADMIN),
            r#"{"user": "a", "password": "b"}"#,
        ),
        (
            "connect-unknown-target.http",
            "/v1/sql",
            Some(ADMIN),
            r#"{"target": "nix", "user": "a", "password": "b"}"#,
        ),
        (
            "connect-wrong-pw.http",
            "/v1/sql",
            Some(ADMIN),
            r#"{"target": "db-01", "user": "maxtop", "password": "no"}"#,
        ),
    ] {
        let headers: Vec<_> = pass.into_iter().chain([JSON, CLOSE]).collect();
        let ours = post(server.addr, target, &headers, body).await;
        assert_recorded(&ours, name);
        let detail = |reply: &Reply| reply.text().contains("Error 1045: Access denied for user '");
        assert_eq!(detail(&ours), detail(&sql_recording(name)), "{name}");
        let nix = |reply: &Reply| reply.text().contains("Target 'nix' not found");
        assert_eq!(nix(&ours), nix(&sql_recording(name)), "{name}");
    }
    for (name, pass) in [("disconnect.http", ADMIN), ("disconnect-basic-user.http", VIEWER)] {
        let one = open(&server, &[pass]).await;
        let path = format!("/v1/sql/{}", one.id);
        let bare = send(server.addr, "DELETE", &path, &[pass, CLOSE]).await;
        assert_recorded(&bare, "disconnect-no-token.http");
        let path = format!("{path}?token={}", one.token);
        let ours = send(server.addr, "DELETE", &path, &[pass, CLOSE]).await;
        assert_recorded(&ours, name);
        assert_recorded(&query(&server, &one, pass, ONE).await, "query-after-close.http");
    }
}

#[tokio::test]
async fn a_token_in_a_cookie_works_as_recorded() {
    let server = guarded(|_| {}).await;
    let reply = post(server.addr, "/v1/sql?persist=yes", &[ADMIN], OPEN).await;
    let id = reply.json()["data"]["id"].as_str().unwrap().to_owned();
    let cookie = reply
        .header("set-cookie")
        .unwrap()
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let headers = [ADMIN, ("Cookie", cookie.as_str()), CLOSE];
    let target = format!("/v1/sql/{id}/queries");
    let ours = post(server.addr, &target, &headers, &body(ONE)).await;
    assert_recorded(&ours, "query-cookie.http");
    let ours = send(server.addr, "DELETE", &format!("/v1/sql/{id}"), &headers).await;
    assert_recorded(&ours, "disconnect-cookie.http");
    assert!(server.sql_connections().is_empty());
}

#[tokio::test]
async fn statements_and_their_errors_look_as_recorded() {
    let server = guarded(|_| {}).await;
    let one = open(&server, &[ADMIN]).await;
    let lock_waits = "/* maxtop lock-waits */ SELECT r.trx_mysql_thread_id AS waiter, b.trx_mysql_thread_id AS \
                      blocker, TIMESTAMPDIFF(SECOND,r.trx_wait_started,NOW()) AS waits, \
                      TIMESTAMPDIFF(SECOND,b.trx_started,NOW()) AS trx_age FROM x WHERE b.trx_state<>'LOCK WAIT'";
    let metadata = "/* maxtop metadata-locks */ SELECT THREAD_ID, LOCK_MODE, LOCK_TYPE, TABLE_SCHEMA, TABLE_NAME \
                    FROM information_schema.METADATA_LOCK_INFO";
    let threads = "/* maxtop threads */ SELECT ID, TIME_MS, STATE, LEFT(INFO,200) FROM \
                   information_schema.PROCESSLIST";
    for (name, pass, sql) in [
        ("query-lockwaits.http", ADMIN, lock_waits),
        ("query-mdl-holders.http", ADMIN, metadata),
        ("query-mdl-waiters.http", ADMIN, threads),
        ("query-error.http", ADMIN, "SELEC 1"),
        (
            "query-basic-user.http",
            VIEWER,
            "/* maxtop server */ SELECT CURRENT_USER() FROM dual",
        ),
    ] {
        let ours = query(&server, &one, pass, sql).await;
        if name == "query-mdl-waiters.http" {
            // Only here some threads run no statement.
            assert_eq!(fields(&ours, "type"), fields(&sql_recording(name), "type"));
            continue;
        }
        assert_recorded(&ours, name);
        assert_eq!(
            fields(&ours, "name"),
            fields(&sql_recording(name), "name"),
            "{name}"
        );
        assert_eq!(
            fields(&ours, "type"),
            fields(&sql_recording(name), "type"),
            "{name}"
        );
    }
    let target = format!("/v1/sql/{}/queries", one.id);
    let ours = post(server.addr, &target, &[ADMIN, JSON, CLOSE], &body(ONE)).await;
    assert_recorded(&ours, "query-no-token.http");
    let ours = post(
        server.addr,
        &format!("{target}?token=x"),
        &[ADMIN, JSON, CLOSE],
        &body(ONE),
    )
    .await;
    assert_recorded(&ours, "query-bad-token.http");
    let ours = send(
        server.addr,
        "GET",
        &format!("/v1/sql/{}", one.id),
        &[ADMIN, CLOSE],
    )
    .await;
    assert_recorded(&ours, "get-one.http");
    let cancel = format!("/v1/sql/{}/cancel?token={}", one.id, one.token);
    let ours = post(server.addr, &cancel, &[ADMIN, CLOSE], "").await;
    assert_recorded(&ours, "cancel.http");
}

/// Returns a property of every column of the result.
fn fields(reply: &Reply, name: &str) -> Vec<Value> {
    let json = reply.json();
    let metadata = &json["data"]["attributes"]["results"][0]["metadata"];
    let columns = metadata.as_array().cloned().unwrap_or_default();
    columns.iter().map(|column| column[name].clone()).collect()
}

/// Errors that need another account or a slow statement.
#[tokio::test]
async fn scripted_errors_are_the_recorded_ones() {
    let lock_waits = "/* maxtop lock-waits */ SELECT waiter FROM x";
    let error = |reply: &Reply| {
        let mut error = reply.json()["data"]["attributes"]["results"][0].clone();
        if error["errno"] == 1095 {
            error["message"] = "You are not owner of thread 9573".into();
        }
        error
    };
    let cases: [(&str, &str, Change); 4] = [
        ("query-no-privilege.http", lock_waits, |sql| sql.process = false),
        ("query-timeout1.http", lock_waits, |sql| {
            sql.cut = vec!["lock-waits".to_owned()];
        }),
        (
            "kill-mt_proc.http",
            "/* maxtop kill */ KILL SOFT QUERY ID 3",
            |sql| {
                sql.connection_admin = false;
            },
        ),
        ("query-while-busy.http", ONE, |sql| sql.busy = true),
    ];
    for (name, sql, change) in cases {
        let server = guarded(change).await;
        let one = open(&server, &[ADMIN]).await;
        let ours = query(&server, &one, ADMIN, sql).await;
        assert_recorded(&ours, name);
        if ours.status == 201 {
            assert_eq!(error(&ours), error(&sql_recording(name)), "{name}");
        }
    }
    let server = guarded(|_| {}).await;
    let one = open(&server, &[ADMIN]).await;
    let threads = "/* maxtop threads */ SELECT QUERY_ID, INFO FROM x";
    let rows = query(&server, &one, ADMIN, threads).await.json();
    let rows = rows["data"]["attributes"]["results"][0]["data"]
        .as_array()
        .unwrap()
        .clone();
    let alter = rows
        .iter()
        .find(|row| row[1].as_str().is_some_and(|text| text.starts_with("ALTER")));
    let kill = format!("/* maxtop kill */ KILL SOFT QUERY ID {}", alter.unwrap()[0]);
    assert_recorded(&query(&server, &one, ADMIN, &kill).await, "kill-mt_kill.http");
}

#[tokio::test]
async fn version_22_08_looks_as_recorded() {
    let server = serving("22.08", 20, |spec| spec.world.incidents = true).await;
    let ours = post(server.addr, "/v1/sql", &[JSON, CLOSE], OPEN).await;
    assert_recorded(&ours, "2208-connect.http");
    let one = Open::of(&ours);
    let count = "/* maxtop lock-count */ SELECT COUNT(*) FROM information_schema.INNODB_TRX";
    let target = format!("/v1/sql/{}/queries?token={}", one.id, one.token);
    let ours = post(server.addr, &target, &[JSON, CLOSE], &body(count)).await;
    assert_recorded(&ours, "2208-query.http");
    let path = format!("/v1/sql/{}?token={}", one.id, one.token);
    let ours = send(server.addr, "DELETE", &path, &[CLOSE]).await;
    assert_recorded(&ours, "2208-disconnect.http");
}
