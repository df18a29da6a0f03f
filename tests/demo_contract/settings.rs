//! Settings, services and users, as the proxy reports them.

use maxtop::demo::ProxyOverrides;
use serde_json::{Value, json};

use crate::client::{running, send, still};
use crate::recordings::recording;
use crate::shape::{assert_alike, shape_of};

/// Removes values that are a time here and null there, or the reverse.
fn timeless(mut users: Value) -> Value {
    let rows = users["data"].as_array_mut().expect("rows");
    for row in rows {
        row["attributes"]["last_login"] = Value::Null;
    }
    users
}

#[tokio::test]
async fn the_users_have_the_recorded_keys_and_types() {
    let mut spec = still(20);
    spec.auth = Some(("admin".to_owned(), "mariadb".into()));
    spec.viewer = Some(("viewer".to_owned(), "look".into()));
    let server = running(spec).await;
    let credentials = [("Authorization", "Basic YWRtaW46bWFyaWFkYg==")];
    let get = async |target: &str| send(server.addr, "GET", target, &credentials).await;
    let ours = timeless(get("/v1/users/inet").await.json());
    let recorded = timeless(recording("24.02.3", "users-inet.http").json());
    assert_alike(&shape_of(&ours), &shape_of(&recorded), "users");
    for (name, account) in [("admin", "admin"), ("viewer", "basic")] {
        let one = get(&format!("/v1/users/inet/{name}")).await.json();
        assert_eq!(one["data"]["attributes"]["account"], account);
    }
    assert_eq!(get("/v1/users/inet/nobody").await.status, 404);
}

/// The request of a client that needs only the number of connections and its limit.
#[tokio::test]
async fn services_by_fields_keep_what_was_asked_for() {
    let mut spec = still(20);
    spec.settings = ProxyOverrides::default().service("RW-Split", "max_connections", 200);
    let server = running(spec).await;
    let target = "/v1/services?fields%5Bservices%5D=state,connections,parameters/max_connections,nosuch";
    let services = send(server.addr, "GET", target, &[]).await.json();
    let first = &services["data"][0];
    assert_eq!(first["id"], "RW-Split");
    let attributes = first["attributes"].as_object().expect("attributes");
    let names: Vec<_> = attributes.keys().collect();
    assert_eq!(names, ["connections", "parameters", "state"]);
    assert_eq!(attributes["parameters"], json!({ "max_connections": 200 }));
    let second = &services["data"][1]["attributes"]["parameters"];
    assert_eq!(second["max_connections"], 0);
}

/// `retain_last_statements=0`, of the proxy or of one service: no statements, and the settings say so.
#[tokio::test]
async fn who_keeps_no_statements_has_none() {
    const NAME: &str = "retain_last_statements";
    for (settings, all) in [
        (ProxyOverrides::default().proxy(NAME, 0), true),
        (ProxyOverrides::default().service("RW-Split", NAME, 0), false),
    ] {
        let mut spec = still(200);
        spec.settings = settings;
        let server = running(spec).await;
        let list = send(server.addr, "GET", "/v1/sessions", &[]).await.json();
        let rows = list["data"].as_array().expect("rows");
        let of_split = |row: &&Value| row["relationships"]["services"]["data"][0]["id"] == "RW-Split";
        let keeps = |row: &&Value| row["attributes"]["queries"] != json!([]);
        assert_eq!(rows.iter().filter(of_split).filter(keeps).count(), 0);
        assert_eq!(rows.iter().filter(keeps).count() == 0, all);
        let proxy = send(server.addr, "GET", "/v1/maxscale", &[]).await.json();
        let parameters = &proxy["data"]["attributes"]["parameters"];
        assert_eq!(parameters[NAME], if all { 0 } else { 10 });
    }
}

/// A real proxy without authentication reports that.
#[tokio::test]
async fn the_proxy_tells_whether_it_asks_who_is_there() {
    let server = running(still(20)).await;
    let proxy = send(server.addr, "GET", "/v1/maxscale", &[]).await.json();
    assert_eq!(proxy["data"]["attributes"]["parameters"]["admin_auth"], false);
}
