//! Connections of `/v1/sql`: accounts, versions, limits and the log.

use maxtop::demo::{ServerTrouble, SimServer, TroubledServer};
use serde_json::{Value, json};

use crate::client::{Reply, delete, get, post, running, send, still, until};
use crate::recordings::serving;

/// Body that opens a connection to the primary.
pub(crate) const OPEN: &str = r#"{"target": "db-01", "user": "maxtop", "password": "maxtop", "timeout": 5}"#;

/// An open connection.
#[derive(Debug, Clone)]
pub(crate) struct Open {
    pub(crate) id: String,
    pub(crate) token: String,
}

impl Open {
    pub(crate) fn of(reply: &Reply) -> Self {
        let json = reply.json();
        Self {
            id: json["data"]["id"].as_str().expect("an id").to_owned(),
            token: json["meta"]["token"].as_str().expect("a token").to_owned(),
        }
    }

    pub(crate) async fn query(&self, server: &SimServer, sql: &str) -> Reply {
        self.limited(server, sql, 1_000).await
    }

    async fn limited(&self, server: &SimServer, sql: &str, max_rows: usize) -> Reply {
        let target = format!("/v1/sql/{}/queries?token={}", self.id, self.token);
        let body = json!({ "sql": sql, "max_rows": max_rows, "timeout": 1 }).to_string();
        post(server.addr, &target, &[], &body).await
    }

    /// Returns the first result of a statement.
    pub(crate) async fn result(&self, server: &SimServer, sql: &str) -> Value {
        let reply = self.query(server, sql).await;
        assert_eq!(reply.status, 201, "{sql}: {}", reply.text());
        reply.json()["data"]["attributes"]["results"][0].clone()
    }

    /// Returns the rows of a statement.
    pub(crate) async fn rows(&self, server: &SimServer, sql: &str) -> Vec<Value> {
        let result = self.result(server, sql).await;
        let rows = result["data"].as_array();
        rows.unwrap_or_else(|| panic!("{sql}: {result}")).clone()
    }
}

pub(crate) async fn open(server: &SimServer, headers: &[(&str, &str)]) -> Open {
    let reply = post(server.addr, "/v1/sql", headers, OPEN).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    Open::of(&reply)
}

/// Returns the body of a request with this statement.
pub(crate) fn body(sql: &str) -> String {
    json!({ "sql": sql, "max_rows": 1000 }).to_string()
}

const SERVER: &str = "/* maxtop server */ SELECT @@hostname AS hostname, CONNECTION_ID() AS connection_id";

#[tokio::test]
async fn the_resource_exists_since_21_06() {
    for (profile, status) in [
        ("2.2", 404),
        ("2.5", 404),
        ("21.06", 201),
        ("23.08", 201),
        ("24.02", 201),
    ] {
        let server = serving(profile, 12, |_| {}).await;
        let reply = post(server.addr, "/v1/sql", &[], OPEN).await;
        assert_eq!(reply.status, status, "{profile}");
    }
    let server = running(still(12)).await;
    assert_eq!(
        post(server.addr, "/sql", &[], OPEN).await.status,
        404,
        "not in the draft"
    );
}

#[tokio::test]
async fn in_21_06_ids_are_numbers_and_a_token_needs_both_cookies() {
    let server = serving("21.06", 12, |_| {}).await;
    let reply = post(server.addr, "/v1/sql?persist=yes", &[], OPEN).await;
    assert_eq!(reply.json()["data"]["id"], "1");
    let all = reply.headers.iter().filter(|(name, _)| name == "set-cookie");
    let cookies: Vec<_> = all.map(|(_, value)| value.split(';').next().unwrap()).collect();
    let names: Vec<_> = cookies.iter().map(|one| one.split('=').next().unwrap()).collect();
    assert_eq!(names, ["conn_id_body_1", "conn_id_sig_1"]);
    let target = "/v1/sql/1/queries";
    let body = body(SERVER);
    let with = async |cookie: &str| {
        post(server.addr, target, &[("Cookie", cookie)], &body)
            .await
            .status
    };
    assert_eq!(with(cookies[0]).await, 400);
    assert_eq!(with(cookies[1]).await, 400);
    assert_eq!(with(&cookies.join("; ")).await, 201);
}

#[tokio::test]
async fn a_token_is_for_one_connection() {
    let server = running(still(12)).await;
    let (first, second) = (open(&server, &[]).await, open(&server, &[]).await);
    let crossed = Open {
        id: first.id.clone(),
        token: second.token.clone(),
    };
    assert_eq!(crossed.query(&server, SERVER).await.status, 400);
    let [one, other] = [
        first.rows(&server, SERVER).await,
        second.rows(&server, SERVER).await,
    ];
    assert_eq!((&one[0][0], &other[0][0]), (&json!("db-01"), &json!("db-01")));
    assert_ne!(one[0][1], other[0][1], "each has its own thread");
}

#[tokio::test]
async fn open_connections_are_listed_until_they_are_closed() {
    let server = running(still(12)).await;
    let one = open(&server, &[]).await;
    one.query(&server, SERVER).await;
    let list = get(server.addr, "/v1/sql").await.json();
    assert_eq!(list["data"][0]["id"], one.id.as_str());
    assert_eq!(list["data"][0]["attributes"]["target"], "db-01");
    assert_eq!(list["data"][0]["attributes"]["sql"], SERVER);
    assert_eq!(server.sql_connections(), std::slice::from_ref(&one.id));
    assert_eq!(server.sql_log(), [SERVER]);

    let target = format!("/v1/sql/{}?token={}", one.id, one.token);
    assert_eq!(delete(server.addr, &target).await.status, 204);
    assert_eq!(delete(server.addr, &target).await.status, 404);
    assert_eq!(one.query(&server, SERVER).await.status, 404);
    assert_eq!(get(server.addr, "/v1/sql").await.json()["data"], json!([]));
}

#[tokio::test]
async fn a_restart_closes_all_connections() {
    let server = running(still(12)).await;
    let one = open(&server, &[]).await;
    server.restart();
    assert_eq!(one.query(&server, SERVER).await.status, 404);
}

#[tokio::test]
async fn more_connections_than_the_server_accepts_are_an_error() {
    let server = running(still(12)).await;
    server.change_sql(|sql| sql.max_connections = 1);
    open(&server, &[]).await;
    let reply = post(server.addr, "/v1/sql", &[], OPEN).await;
    assert_eq!(reply.status, 400);
    assert!(
        reply.text().contains("Error 1040: Too many connections"),
        "{}",
        reply.text()
    );
    let other = OPEN.replace("db-01", "db-02");
    assert_eq!(post(server.addr, "/v1/sql", &[], &other).await.status, 201);
}

#[tokio::test]
async fn a_server_that_is_down_is_an_error() {
    let server = running(still(12)).await;
    let one = open(&server, &[]).await;
    server.with_world(|world| {
        world.trouble_server(Some(TroubledServer {
            name: "db-01".to_owned(),
            trouble: ServerTrouble::Down,
        }));
    });
    assert_eq!(one.result(&server, SERVER).await["errno"], 2013);
    let reply = post(server.addr, "/v1/sql", &[], OPEN).await;
    assert_eq!(reply.status, 400);
    assert!(reply.text().contains("Error 2002"), "{}", reply.text());
}

#[tokio::test]
async fn a_running_statement_makes_its_connection_busy() {
    let server = running(still(12)).await;
    let (one, other) = (open(&server, &[]).await, open(&server, &[]).await);
    server.change_sql(|sql| sql.delay = std::time::Duration::from_millis(500));
    let second = async {
        until("the first statement runs", || server.sql_log().len() == 1).await;
        let busy = one.query(&server, SERVER).await;
        assert_eq!(busy.status, 503, "{}", busy.text());
        server.change_sql(|sql| sql.delay = std::time::Duration::ZERO);
        assert_eq!(other.query(&server, SERVER).await.status, 201);
    };
    let (first, ()) = tokio::join!(one.query(&server, SERVER), second);
    assert_eq!(first.status, 201);
    assert_eq!(one.query(&server, SERVER).await.status, 201);
}

#[tokio::test]
async fn rows_beyond_the_maximum_are_cut_off() {
    let server = running(still(12)).await;
    let one = open(&server, &[]).await;
    let sql = "/* maxtop threads */ SELECT ID AS thread FROM information_schema.PROCESSLIST";
    let all = one.rows(&server, sql).await.len();
    assert!(all > 3, "{all}");
    let reply = one.limited(&server, sql, 2).await.json();
    let result = &reply["data"]["attributes"]["results"][0];
    assert_eq!(result["complete"], false);
    assert_eq!(result["data"].as_array().unwrap().len(), 2);
    let limited = one.result(&server, &format!("{sql} LIMIT 2")).await;
    assert_eq!(limited["complete"], true);
    assert_eq!(limited["data"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn columns_have_their_aliases_in_their_order() {
    let server = running(still(12)).await;
    let one = open(&server, &[]).await;
    let sql = "/* maxtop server */ SET STATEMENT max_statement_time=1 FOR SELECT @@port AS p, @@server_id AS \
               server_id, @@hostname AS h";
    let result = one.result(&server, sql).await;
    assert_eq!(result["fields"], json!(["p", "server_id", "h"]));
    assert_eq!(result["data"], json!([[3306, 3001, "db-01"]]));
    let unknown = one
        .result(&server, "/* maxtop server */ SELECT nosuch AS x")
        .await;
    assert_eq!(unknown["errno"], 1054);
    let unknown = one.result(&server, "/* maxtop nosuch */ SELECT 1").await;
    assert_eq!(unknown["errno"], 1064);
    let setup = one
        .result(&server, "/* maxtop setup */ SET SESSION wait_timeout=60")
        .await;
    assert_eq!(setup["affected_rows"], 0);
}

#[tokio::test]
async fn a_statement_needs_a_body() {
    let server = running(still(12)).await;
    let one = open(&server, &[]).await;
    let target = format!("/v1/sql/{}/queries?token={}", one.id, one.token);
    let reply = send(server.addr, "POST", &target, &[("Content-Length", "0")]).await;
    assert_eq!(reply.status, 400);
}

/// The limit is a part of the statement, or of the request where the version supports that.
#[tokio::test]
async fn a_slow_statement_ends_at_its_limit() {
    let second = std::time::Duration::from_secs(1);
    let limited = SERVER.replace("SELECT", "SET STATEMENT max_statement_time=1 FOR SELECT");
    for (profile, sql, cut) in [
        ("24.02", limited.as_str(), true),
        ("24.02", SERVER, true),
        ("22.08", limited.as_str(), true),
        ("22.08", SERVER, false),
    ] {
        let server = serving(profile, 12, |spec| spec.sql.delay = second + second / 2).await;
        let one = open(&server, &[]).await;
        let start = std::time::Instant::now();
        let result = one.result(&server, sql).await;
        assert_eq!(result["errno"] == 1969, cut, "{profile}: {result}");
        assert!(start.elapsed() >= if cut { second } else { second + second / 2 });
    }
}
