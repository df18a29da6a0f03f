//! JSON:API: selection of fields, effect of a kill, order of the steps.

use std::net::SocketAddr;
use std::time::Duration;

use maxtop::demo::{ServedDialects, ServerTrouble, TroubledServer};
use serde_json::{Value, json};

use crate::client::{delete, get, running, send, still};

async fn data(addr: SocketAddr, target: &str) -> Value {
    let reply = get(addr, target).await;
    assert_eq!(reply.status, 200, "{target}: {}", reply.text());
    reply.json()["data"].clone()
}

fn ids(data: &Value) -> Vec<&str> {
    data.as_array()
        .expect("rows")
        .iter()
        .map(|row| row["id"].as_str().expect("a string"))
        .collect()
}

fn find(data: &Value, wanted: impl Fn(&Value) -> bool) -> &Value {
    data.as_array()
        .expect("rows")
        .iter()
        .find(|row| wanted(&row["attributes"]))
        .expect("such a session")
}

#[tokio::test]
async fn pretty_is_the_default_with_four_spaces() {
    let server = running(still(10)).await;
    for (query, pretty) in [
        ("", true),
        ("?pretty=true", true),
        ("?pretty=bogus", true),
        ("?pretty=false", false),
        ("?pretty=no", false),
        ("?pretty=off", false),
        ("?pretty=0", false),
    ] {
        let reply = get(server.addr, &format!("/v1/sessions{query}")).await;
        let start = if pretty {
            "{\n    \"data\": [\n        {\n"
        } else {
            "{\"data\":[{\"attributes\":{"
        };
        assert!(reply.text().starts_with(start), "{query}");
    }
}

#[tokio::test]
async fn fields_choose_attributes_and_relationships() {
    let server = running(still(10)).await;
    let list = data(
        server.addr,
        "/v1/sessions?fields%5Bsessions%5D=user,services,client/cipher",
    )
    .await;
    let row = find(&list, |attributes| attributes["user"] == "etl");
    assert_eq!(
        row["attributes"],
        json!({ "client": { "cipher": "" }, "user": "etl" })
    );
    assert!(row["relationships"]["services"]["data"][0]["id"].is_string());

    let list = data(server.addr, "/v1/sessions?fields[sessions]=nosuch").await;
    for row in list.as_array().unwrap() {
        assert_eq!(
            row.as_object().unwrap().keys().collect::<Vec<_>>(),
            ["id", "links", "type"]
        );
    }
    let whole = data(server.addr, "/v1/sessions/1").await;
    for ignored in [
        "fields[sessions]=",
        "fields=user",
        "fields[servers]=user",
        "bogus=1",
    ] {
        assert_eq!(
            data(server.addr, &format!("/v1/sessions/1?{ignored}")).await,
            whole,
            "{ignored}"
        );
    }
    let one = data(
        server.addr,
        "/v1/maxscale?fields[maxscale]=version,system/os/nodename",
    )
    .await;
    assert_eq!(
        one["attributes"],
        json!({ "system": { "os": { "nodename": "db-proxy-1" } }, "version": "24.02.3" })
    );
}

#[tokio::test]
async fn filters_compare_as_strictly_as_the_real_ones() {
    let server = running(still(40)).await;
    let all = data(server.addr, "/v1/sessions").await;
    let count = all.as_array().unwrap().len();
    let etl = all
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["attributes"]["user"] == "etl")
        .count();
    assert!(etl > 1 && etl < count);
    for (filter, expected) in [
        ("filter=/attributes/user=%22etl%22", etl),
        ("filter=attributes/user=%22etl%22", etl),
        ("filter=attributes.user=%22etl%22", 0),
        ("filter[attributes.user]=eq(%22etl%22)", etl),
        ("filter[/attributes/user]=ne(%22etl%22)", count - 1 - etl),
        ("filter[attributes.user]=not(eq(%22etl%22))", count - 1 - etl),
        ("filter[attributes.user]=or(eq(%22etl%22),eq(%22nobody%22))", etl),
        (
            "filter[attributes.user]=eq(%22etl%22)&filter[attributes.idle]=gt(9999.0)",
            1,
        ),
        ("filter[attributes.idle]=gt(5)", 0),
        ("filter[attributes.idle]=ge(5)", count),
        ("filter=/attributes/connections/0/server=%22nosuch%22", 0),
    ] {
        let found = data(server.addr, &format!("/v1/sessions?{filter}")).await;
        assert_eq!(ids(&found).len(), expected, "{filter}");
    }
    assert_eq!(
        get(
            server.addr,
            "/v1/sessions/1?filter[attributes.user]=eq(%22etl%22)"
        )
        .await
        .status,
        400
    );
}

#[tokio::test]
async fn pages_have_the_real_links() {
    let server = running(still(12)).await;
    let (base, all) = (
        format!("{}/v1/sessions/", server.url()),
        data(server.addr, "/v1/sessions").await,
    );
    let total = ids(&all).len();
    assert_eq!(total, 13, "the half-open one is listed here");
    let page = |number: u32| format!("{base}?page%5Bsize%5D=5&page%5Bnumber%5D={number}");
    let middle = get(
        server.addr,
        "/v1/sessions?page[size]=5&page[number]=1&fields[sessions]=user",
    )
    .await
    .json();
    assert_eq!(ids(&middle["data"]), ids(&all)[5..10]);
    assert_eq!(middle["meta"], json!({ "total": total }));
    assert_eq!(
        middle["links"],
        json!({ "first": page(0), "last": page(2), "next": page(2), "prev": page(0), "self": page(1) })
    );
    let far = get(server.addr, "/v1/sessions?page[size]=5&page[number]=999")
        .await
        .json();
    assert_eq!(far["data"], json!([]));
    assert_eq!(
        far["links"],
        json!({ "first": page(0), "last": page(2), "self": page(999) })
    );
    let one = data(server.addr, "/v1/sessions?page[size]=50&page[number]=3").await;
    assert_eq!(
        ids(&one).len(),
        total,
        "a list that fits on one page is on every page"
    );
    for size in ["0", "-1", "x"] {
        let reply = get(server.addr, &format!("/v1/sessions?page[size]={size}"))
            .await
            .json();
        assert_eq!(
            (ids(&reply["data"]).len(), &reply["meta"]),
            (total, &Value::Null),
            "{size}"
        );
    }
}

#[tokio::test]
async fn a_kill_is_200_and_empty_and_then_404() {
    let server = running(still(12)).await;
    assert_eq!(get(server.addr, "/v1/sessions/3").await.status, 200);
    let reply = delete(server.addr, "/v1/sessions/3?ttl=abc").await;
    assert_eq!(
        (reply.status, reply.body.len(), reply.header("content-type")),
        (200, 0, None)
    );
    assert_eq!(delete(server.addr, "/v1/sessions/3").await.status, 404);
    assert_eq!(get(server.addr, "/v1/sessions/3").await.status, 404);
    assert_eq!(get(server.addr, "/sessions/3").await.status, 404, "one world");
    for id in ["abc", "0", "-1", "12abc", "99999999999999999999999"] {
        let reply = delete(server.addr, &format!("/v1/sessions/{id}")).await;
        assert_eq!(reply.status, 404);
        assert_eq!(
            reply.json(),
            json!({ "errors": [{ "detail": format!("{id} is not a session") }] })
        );
    }
}

#[tokio::test]
async fn a_stale_if_match_kills_all_the_same() {
    let server = running(still(12)).await;
    let reply = send(
        server.addr,
        "DELETE",
        "/v1/sessions/3",
        &[("If-Match", "\"zzz\"")],
    )
    .await;
    assert_eq!(reply.status, 412);
    assert_eq!(get(server.addr, "/v1/sessions/3").await.status, 404);
}

#[tokio::test]
async fn a_validator_that_does_not_match_makes_it_forget_the_parameters() {
    let server = running(still(12)).await;
    let target = "/v1/sessions/1?fields[sessions]=user";
    let plain = get(server.addr, target).await;
    assert_eq!(plain.json()["data"]["attributes"], json!({ "user": "etl" }));
    let reply = send(server.addr, "GET", target, &[("If-None-Match", "\"zzz\"")]).await;
    assert_eq!(reply.status, 200);
    assert!(reply.json()["data"]["attributes"]["queries"].is_array());
    assert_eq!(
        (reply.header("etag"), reply.header("last-modified")),
        (None, None)
    );
}

#[tokio::test]
async fn a_ttl_kills_one_second_later_than_it_says() {
    let mut spec = still(12);
    spec.speed = 10.0;
    let server = running(spec).await;
    assert_eq!(delete(server.addr, "/v1/sessions/3?ttl=4").await.status, 200);
    assert_eq!(
        get(server.addr, "/v1/sessions/3").await.status,
        200,
        "nothing happens at first"
    );
    tokio::time::sleep(Duration::from_millis(900)).await;
    assert_eq!(get(server.addr, "/v1/sessions/3").await.status, 404);
}

#[tokio::test]
async fn methods_that_are_not_supported() {
    let server = running(still(12)).await;
    for (method, target, status) in [
        ("DELETE", "/v1/sessions", 404),
        ("POST", "/v1/sessions", 404),
        ("PUT", "/v1/sessions/1", 404),
        ("GET", "/v1/nosuch", 404),
        ("BREW", "/v1/sessions", 405),
        ("POST", "/v1/sessions/1/restart", 200),
        ("PATCH", "/v1/sessions/1", 200),
    ] {
        let reply = send(server.addr, method, target, &[("Content-Length", "0")]).await;
        assert_eq!((reply.status, reply.body.len()), (status, 0), "{method} {target}");
    }
    assert_eq!(get(server.addr, "//v1//sessions").await.status, 404);
}

#[tokio::test]
async fn half_open_and_stopping_sessions_are_listed_but_not_found() {
    let server = running(still(12)).await;
    let list = data(server.addr, "/v1/sessions").await;
    let half_open = find(&list, |attributes| attributes["state"] == "Session created");
    let attributes = &half_open["attributes"];
    assert_eq!(attributes.get("user"), None);
    assert_eq!(attributes["client"]["connection_attributes"], Value::Null);
    assert_eq!(attributes["client"]["sescmd_history_len"], 0);
    assert_eq!(attributes["connections"], json!([]));
    assert_eq!(attributes["queries"], json!([]));
    assert_eq!(
        (&attributes["idle"], &attributes["io_activity"]),
        (&json!(0.0), &json!(1))
    );
    assert_eq!(attributes["memory"]["connection_buffers"]["backends"], json!({}));
    assert_eq!(attributes["memory"]["total"], 762);
    let stopping = find(&list, |attributes| attributes["state"] == "Stopping session");
    for row in [half_open, stopping] {
        let target = format!("/v1/sessions/{}", row["id"].as_str().unwrap());
        for method in ["GET", "HEAD", "DELETE"] {
            let reply = send(server.addr, method, &target, &[]).await;
            assert_eq!((reply.status, reply.body.len()), (404, 0), "{method} {target}");
        }
    }
    assert_eq!(data(server.addr, "/v1/sessions").await, list);
}

#[tokio::test]
async fn alone_it_needs_no_v1() {
    let mut spec = still(12);
    spec.dialects = ServedDialects::JsonApi;
    let server = running(spec).await;
    let (with, without) = (
        get(server.addr, "/v1/sessions/1").await,
        get(server.addr, "/sessions/1").await,
    );
    assert_eq!(without.text(), with.text().replace("/v1/", "/"));
}

#[tokio::test]
async fn a_restart_is_another_process() {
    let server = running(still(12)).await;
    let before = data(server.addr, "/v1/maxscale").await;
    let old = data(server.addr, "/v1/sessions/1").await;
    server.restart();
    let after = data(server.addr, "/v1/maxscale").await;
    for key in ["started_at", "process_datadir"] {
        assert_ne!(before["attributes"][key], after["attributes"][key], "{key}");
    }
    assert!(after["attributes"]["uptime"].as_u64() < before["attributes"]["uptime"].as_u64());
    let new = data(server.addr, "/v1/sessions/1").await;
    assert_ne!(old["attributes"]["connected"], new["attributes"]["connected"]);
}

#[tokio::test]
async fn a_server_is_not_well_only_when_somebody_wants_it_so() {
    let trouble = |trouble| {
        Some(TroubledServer {
            name: "db-02".to_owned(),
            trouble,
        })
    };
    let mut spec = still(20);
    spec.world.troubled_server = trouble(ServerTrouble::Maintenance);
    let server = running(spec).await;
    let (well, lag) = ("Slave, Running", json!(0));
    for (trouble, state, lag) in [
        (None, "Maintenance, Running", json!(-1)),
        (trouble(ServerTrouble::Lagging(42)), well, json!(42)),
        (
            trouble(ServerTrouble::Draining),
            "Draining, Slave, Running",
            lag.clone(),
        ),
        (
            trouble(ServerTrouble::AuthError),
            "Auth Error, Running",
            json!(-1),
        ),
        (trouble(ServerTrouble::Down), "Down", json!(-1)),
    ] {
        if trouble.is_some() {
            server.with_world(|world| world.trouble_server(trouble));
        }
        let servers = data(server.addr, "/v1/servers?fields[servers]=state,replication_lag").await;
        assert_eq!(ids(&servers), ["db-01", "db-02", "db-03"]);
        let attributes = |at: usize| servers[at]["attributes"].clone();
        assert_eq!(attributes(1), json!({ "replication_lag": lag, "state": state }));
        assert_eq!(attributes(2), json!({ "replication_lag": 0, "state": well }));
        let one = data(server.addr, "/v1/servers/db-02").await;
        assert_eq!(one["attributes"]["state"], json!(state));
    }
    server.with_world(|world| world.trouble_server(None));
    let one = data(server.addr, "/v1/servers/db-02").await;
    assert_eq!(one["attributes"]["state"], json!(well));
    assert_eq!(one["attributes"]["replication_lag"], json!(0));
}
