//! Roles and permissions of 25.10, and its `status` of servers. They follow its documentation; no reply was
//! recorded.

use maxtop::demo::{Permission, RoleAccount, ServerTrouble, SimServer, TroubledServer};
use serde_json::{Value, json};

use crate::client::{get, post, send};
use crate::recordings::serving;
use crate::sql::OPEN;

/// admin:mariadb
const ADMIN: &str = "Basic YWRtaW46bWFyaWFkYg==";
/// viewer:looks
const VIEWER: &str = "Basic dmlld2VyOmxvb2tz";
/// night:shift
const NIGHT: &str = "Basic bmlnaHQ6c2hpZnQ=";
/// query:only
const QUERY: &str = "Basic cXVlcnk6b25seQ==";

async fn newest() -> SimServer {
    let account = |user: &str, password: &str, role: &str, permissions: &[Permission]| RoleAccount {
        user: user.to_owned(),
        password: password.into(),
        role: role.to_owned(),
        permissions: permissions.to_vec(),
    };
    serving("25.10", 20, |spec| {
        spec.auth = Some(("admin".to_owned(), "mariadb".into()));
        spec.viewer = Some(("viewer".to_owned(), "looks".into()));
        spec.tokens = true;
        spec.accounts = vec![
            account(
                "night",
                "shift",
                "night-shift",
                &[Permission::View, Permission::Edit],
            ),
            account("query", "only", "sql", &[Permission::Sql]),
        ];
    })
    .await
}

async fn whoami(server: &SimServer, pass: &str) -> Value {
    let reply = send(server.addr, "GET", "/v1/whoami", &[("Authorization", pass)]).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()["data"]["attributes"].clone()
}

#[tokio::test]
async fn every_account_can_read_its_own_permissions() {
    let server = newest().await;
    for (pass, expected) in [
        (
            ADMIN,
            json!({ "account": "admin", "permissions": ["admin", "edit", "view", "sql"], "sub": "admin" }),
        ),
        (
            VIEWER,
            json!({ "account": "basic", "permissions": ["view", "sql"], "sub": "viewer" }),
        ),
        (
            NIGHT,
            json!({ "account": "night-shift", "permissions": ["view", "edit"], "sub": "night" }),
        ),
        (
            QUERY,
            json!({ "account": "sql", "permissions": ["sql"], "sub": "query" }),
        ),
    ] {
        assert_eq!(whoami(&server, pass).await, expected);
    }
    let token = send(server.addr, "GET", "/v1/auth", &[("Authorization", NIGHT)])
        .await
        .json();
    let bearer = format!("Bearer {}", token["meta"]["token"].as_str().unwrap());
    let own = whoami(&server, &bearer).await;
    assert_eq!(own["account"], "night-shift");
    assert!(own["exp"].is_u64());
    let older = serving("24.02", 12, |_| {}).await;
    assert_eq!(get(older.addr, "/v1/whoami").await.status, 404);
}

#[tokio::test]
async fn permissions_decide_what_an_account_may_do() {
    let server = newest().await;
    for (pass, list, kill, sql) in [
        (ADMIN, true, true, true),
        (VIEWER, true, false, true),
        (NIGHT, true, true, false),
        (QUERY, false, false, true),
    ] {
        let pass = ("Authorization", pass);
        let status = send(server.addr, "GET", "/v1/sessions", &[pass]).await.status;
        assert_eq!(status == 200, list, "{pass:?}: {status}");
        let status = send(server.addr, "DELETE", "/v1/sessions/9999", &[pass])
            .await
            .status;
        assert_eq!(status == 404, kill, "{pass:?}: {status}");
        let status = post(server.addr, "/v1/sql", &[pass], OPEN).await.status;
        assert_eq!(status == 201, sql, "{pass:?}: {status}");
    }
}

#[tokio::test]
async fn users_have_permissions_under_both_paths() {
    let server = newest().await;
    let read = async |target: &str| {
        let reply = send(server.addr, "GET", target, &[("Authorization", ADMIN)]).await;
        reply.json()["data"].clone()
    };
    for path in ["/v1/users/night", "/v1/users/inet/night"] {
        let user = read(path).await;
        assert_eq!(user["type"], "users");
        assert_eq!(user["attributes"]["account"], "night-shift");
        assert_eq!(user["attributes"]["permissions"], json!(["view", "edit"]));
        assert!(
            user["links"]["self"]
                .as_str()
                .unwrap()
                .ends_with("/v1/users/night/")
        );
    }
    assert_eq!(read("/v1/users").await.as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn servers_have_a_status_beside_their_state() {
    let server = newest().await;
    let status = async |name: &str| {
        let target = format!("/v1/servers/{name}");
        let reply = send(server.addr, "GET", &target, &[("Authorization", ADMIN)]).await;
        reply.json()["data"]["attributes"]["status"].clone()
    };
    let well = json!({ "extra": [], "mode": "Normal", "reason": ["Primary"], "state": "Write" });
    assert_eq!(status("db-01").await, well);
    assert_eq!(status("db-02").await["state"], "Read");
    server.with_world(|world| {
        world.trouble_server(Some(TroubledServer {
            name: "db-02".to_owned(),
            trouble: ServerTrouble::Down,
        }));
    });
    assert_eq!(status("db-02").await["state"], "Down");
    let older = serving("24.02", 12, |_| {}).await;
    let plain = get(older.addr, "/v1/servers/db-01").await.json();
    assert!(plain["data"]["attributes"].get("status").is_none());
}
