//! Detection of the dialect, and the requests in each.

use std::sync::atomic::{AtomicBool, Ordering};

use maxtop::client::{Client, ClientSpec};
use maxtop::model::{Dialect, RequestError, SessionId};

use crate::server::{Server, ids, jsonapi_list, kill, list, reply, reply_with, send};

#[tokio::test]
async fn a_404_is_asked_for_in_both_dialects() {
    let server = Server::saying(reply(404, ""));
    assert_eq!(list(&server.client()).await.unwrap_err(), RequestError::NotFound);
    assert_eq!(
        server.requests(),
        ["GET /v1/sessions?pretty=false", "GET /sessions"]
    );
}

const DRAFT_ROW: &str = r#"{"id":5,"state":"Session ready for routing","user":"jdoe","address":"10.0.0.5",
    "service":"/services/RW","connected":"Wed Aug 31 03:03:12 2016","idle":260}"#;

fn draft_server() -> Server {
    Server::start(|request, stream| {
        let body = match request {
            "GET /sessions" => format!("[{DRAFT_ROW}]"),
            "GET /sessions/5" => DRAFT_ROW.to_owned(),
            "GET /sessions/5/connections" => {
                r#"[{"server":"/servers/db1","statistics":{"reads":3,"writes":4}}]"#.to_owned()
            }
            "DELETE /sessions/5" => return send(stream, b"HTTP/1.1 204 No Content\r\n\r\n"),
            _ => return send(stream, &reply(404, r#"{"error":"x","description":"y"}"#)),
        };
        send(stream, &reply(200, &body));
    })
}

#[tokio::test]
async fn the_draft_is_found_and_spoken_with_a_date() {
    let server = draft_server();
    let client = server.client();
    assert_eq!(client.instance().await, Ok(None));
    let list = list(&client).await.unwrap();
    assert_eq!((list.dialect, ids(&list)), (Dialect::Draft, vec![5]));
    assert_eq!(client.instance().await, Ok(None));
    let detail = client.session(SessionId(5)).await.unwrap();
    assert_eq!(detail.connections.len(), 1);
    assert_eq!(client.session(SessionId(6)).await, Err(RequestError::NotFound));
    assert_eq!(kill(&client, SessionId(5)).await, Ok(()));
    let requests = server.requests();
    assert!(requests[0].starts_with("GET /v1/maxscale?"));
    assert_eq!(
        requests[1..],
        [
            "GET /v1/sessions?pretty=false",
            "GET /sessions",
            "GET /sessions/5",
            "GET /sessions/5/connections",
            "GET /sessions/6",
            // Whether a second request goes over the connection, and the check.
            "GET /sessions/5",
            "GET /sessions/5",
            "DELETE /sessions/5",
        ]
    );
    for head in &server.heads()[2..] {
        assert!(head.to_lowercase().contains("\r\ndate: "), "{head}");
    }
}

#[tokio::test]
async fn a_forced_dialect_is_not_looked_for() {
    let server = draft_server();
    let spec = ClientSpec {
        dialect: Some(Dialect::JsonApi),
        ..server.spec()
    };
    let fault = list(&Client::new(spec).unwrap()).await.unwrap_err();
    assert_eq!((fault, server.requests().len()), (RequestError::NotFound, 1));
}

#[tokio::test]
async fn an_endpoint_that_changes_its_dialect_is_understood_again() {
    static DRAFT: AtomicBool = AtomicBool::new(true);
    let server = Server::start(|request, stream| {
        let (status, body) = match (DRAFT.load(Ordering::SeqCst), request.contains("/v1/")) {
            (true, false) => (200, format!("[{DRAFT_ROW}]")),
            (true, true) => (404, String::new()),
            // MaxScale answers without the prefix too.
            (false, _) => (200, jsonapi_list(&[1])),
        };
        send(stream, &reply(status, &body));
    });
    let client = server.client();
    assert_eq!(list(&client).await.unwrap().dialect, Dialect::Draft);
    DRAFT.store(false, Ordering::SeqCst);
    assert_eq!(list(&client).await.unwrap().dialect, Dialect::JsonApi);
    DRAFT.store(true, Ordering::SeqCst);
    assert_eq!(list(&client).await.unwrap().dialect, Dialect::Draft);
}

#[tokio::test]
async fn no_api_is_no_ended_session() {
    let server = Server::saying(reply(404, ""));
    let fault = server.client().session(SessionId(1)).await.unwrap_err();
    assert!(
        matches!(fault, RequestError::Status { status: 404, .. }),
        "{fault:?}"
    );
}

async fn clock_of_a_server_that_says(date: &str) -> String {
    let headers = format!("Date: {date}\r\n");
    let server = Server::saying(reply_with(200, &headers, jsonapi_list(&[1]).as_bytes()));
    list(&server.client()).await.unwrap().server_now.to_string()
}

#[tokio::test]
async fn the_servers_clock_is_read() {
    for date in ["Mon, 23 Nov 2026 16:00:46 GMT", "Mon, 23 Nov 2026 21:30:46 +0530"] {
        assert_eq!(clock_of_a_server_that_says(date).await, "2026-11-23T16:00:46Z");
    }
}

#[tokio::test]
async fn the_servers_clock_is_read_with_a_year_of_two_digits() {
    let clock = clock_of_a_server_that_says("Mon, 23 Nov 26 16:00:46 GMT").await;
    assert_eq!(clock, "2026-11-23T16:00:46Z");
}
