//! Accounts of the embedded endpoint, and its replies to rejected requests: as recorded.

use maxtop::demo::ServeSpec;

use crate::client::{Reply, running, send, still};
use crate::recordings::{CURRENT, recording};
use crate::replies::essence;

/// admin:mariadb
const ADMIN: &str = "Basic YWRtaW46bWFyaWFkYg==";
/// viewer:looks
const VIEWER: &str = "Basic dmlld2VyOmxvb2tz";

fn guarded(tokens: bool) -> ServeSpec {
    let mut spec = still(20);
    spec.auth = Some(("admin".to_owned(), "mariadb".into()));
    spec.viewer = Some(("viewer".to_owned(), "looks".into()));
    spec.tokens = tokens;
    spec
}

async fn ask(server: &maxtop::demo::SimServer, method: &str, target: &str, pass: &str) -> Reply {
    send(server.addr, method, target, &[("Authorization", pass)]).await
}

async fn token(server: &maxtop::demo::SimServer, pass: &str) -> String {
    let reply = ask(server, "GET", "/v1/auth", pass).await.json();
    reply["meta"]["token"].as_str().expect("a token").to_owned()
}

#[tokio::test]
async fn refusals_are_those_of_a_real_server() {
    let (server, plain) = (running(guarded(true)).await, running(guarded(false)).await);
    let bearer = format!("Bearer {}", token(&server, VIEWER).await);
    for (name, server, method, target, pass) in [
        (
            "auth-viewer-delete.http",
            &server,
            "DELETE",
            "/v1/sessions/15",
            VIEWER,
        ),
        (
            "jwt-viewer-delete.http",
            &server,
            "DELETE",
            "/v1/sessions/15",
            bearer.as_str(),
        ),
        ("jwt-bad.http", &server, "GET", "/v1/sessions", "Bearer garbage"),
        ("securegui-auth.http", &plain, "GET", "/v1/auth", ADMIN),
        // The scheme is case-sensitive.
        ("auth-none.http", &server, "GET", "/v1/sessions", "bearer garbage"),
    ] {
        let (ours, recorded) = (
            ask(server, method, target, pass).await,
            recording(CURRENT.0, name),
        );
        assert_eq!(ours.status, recorded.status, "{name}");
        assert_eq!(essence(&ours), essence(&recorded), "{name}");
        assert_eq!(ours.text(), recorded.text(), "{name}");
    }
    assert!(server.ids().contains(&15));
}

#[tokio::test]
async fn a_token_comes_as_recorded_and_stands_for_its_account() {
    let server = running(guarded(true)).await;
    let (ours, recorded) = (
        ask(&server, "GET", "/v1/auth", ADMIN).await,
        recording(CURRENT.0, "jwt-get.http"),
    );
    let given = token(&server, ADMIN).await;
    assert_eq!(ours.text().lines().count(), recorded.text().lines().count());
    assert_eq!(ours.status, 200);
    let names = |reply: &Reply| {
        essence(reply)
            .into_iter()
            .map(|(name, _)| name)
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&ours), names(&recorded));
    let bearer = format!("Bearer {given}");
    for (method, target, status) in [
        ("GET", "/v1/sessions", 200),
        ("DELETE", "/v1/sessions/2", 200),
        // A token cannot be used to get another one.
        ("GET", "/v1/auth", 401),
    ] {
        assert_eq!(
            ask(&server, method, target, &bearer).await.status,
            status,
            "{target}"
        );
    }
    let forged = format!("{bearer}x");
    assert_eq!(ask(&server, "GET", "/v1/sessions", &forged).await.status, 401);
    server.restart();
    assert_eq!(ask(&server, "GET", "/v1/sessions", &bearer).await.status, 401);
}

#[tokio::test]
async fn an_account_that_may_only_read_reads_everything() {
    let server = running(guarded(false)).await;
    for target in ["/v1/sessions", "/v1/maxscale", "/v1/servers", "/sessions"] {
        assert_eq!(ask(&server, "GET", target, VIEWER).await.status, 200, "{target}");
    }
    assert_eq!(
        ask(&server, "DELETE", "/sessions/2", VIEWER).await.status,
        403,
        "the draft"
    );
    assert!(server.ids().contains(&2));
}
