//! Requests for servers and services: their fields, their times, and that no other request waits for them.

use std::sync::Arc;
use std::time::Duration;

use maxtop::app::msg::Msg;
use maxtop::client::{Client, ClientSpec};
use maxtop::model::{Dialect, RequestError, Servers, Services, SessionId};
use maxtop::poller::{EndpointPoller, PollSettings, PollerCommand};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::server::{Server, hold, jsonapi_instance, jsonapi_list, jsonapi_session, next_msg, reply, send};

type Messages = UnboundedReceiver<Msg>;

const REQUEST: &str = "GET /v1/servers?fields%5Bservers%5D=state,status,parameters/address,parameters/port,\
     replication_lag,statistics/connections,last_event,triggered_at,slave_connections\
     &pretty=false";

const SERVICES_REQUEST: &str = "GET /v1/services?fields%5Bservices%5D=state,router,connections,\
     total_connections,statistics/max_connections,parameters/max_connections,\
     parameters/retain_last_statements&pretty=false";

const SERVICES: &str = r#"{"data":[{"id":"RW","type":"services","attributes":
    {"state":"Started","connections":180,"parameters":{"max_connections":200}}}]}"#;

const SERVERS: &str = r#"{"data":[{"id":"db1","type":"servers","attributes":
    {"state":"Maintenance, Running","parameters":{"address":"10.0.9.1","port":3306}}}]}"#;

/// A server with any session id, and this reply to requests for servers.
fn server(answer: impl Fn() -> Option<Vec<u8>> + Send + Sync + 'static) -> Server {
    Server::start(move |request, stream| {
        let path = request.split(['?', ' ']).nth(1).unwrap_or_default();
        let bytes = match path {
            "/v1/servers" => answer(),
            "/v1/services" => Some(reply(200, SERVICES)),
            "/v1/maxscale" => Some(reply(200, &jsonapi_instance("process 1"))),
            "/v1/sessions" => Some(reply(200, &jsonapi_list(&[1, 2]))),
            "/sessions" => Some(reply(200, r#"[{"id":1},{"id":2}]"#)),
            "/sessions/1" => Some(reply(200, r#"{"id":1}"#)),
            "/sessions/1/connections" => Some(reply(200, "[]")),
            one => {
                let id = one.rsplit('/').next().and_then(|id| id.parse().ok());
                id.map(|id| reply(200, &jsonapi_session(id)))
            }
        };
        match bytes {
            Some(bytes) => send(stream, &bytes),
            None => hold(stream),
        }
    })
}

fn poll(server: &Server, dialect: Dialect) -> (EndpointPoller, Messages) {
    let spec = ClientSpec {
        dialect: Some(dialect),
        ..server.spec()
    };
    let settings = PollSettings {
        interval: Duration::from_millis(10),
        duty: 1.0,
    };
    let (out, messages) = unbounded_channel();
    (
        EndpointPoller::spawn(Client::new(spec).unwrap(), settings, out),
        messages,
    )
}

fn watch(poller: &EndpointPoller, id: Option<u64>) {
    poller.send(PollerCommand::Watch(id.map(SessionId)));
}

/// Waits for this number of further messages to the details.
async fn details_seen(messages: &mut Messages, times: usize) {
    for _ in 0..times {
        while !matches!(next_msg(messages).await, Msg::Seen { .. }) {}
    }
}

async fn next_servers(messages: &mut Messages) -> Result<Arc<Servers>, RequestError> {
    loop {
        if let Msg::Servers { answer, .. } = next_msg(messages).await {
            return answer;
        }
    }
}

async fn next_services(messages: &mut Messages) -> Result<Arc<Services>, RequestError> {
    loop {
        if let Msg::Services { answer, .. } = next_msg(messages).await {
            return answer;
        }
    }
}

/// Returns all requests for services so far.
fn service_requests(server: &Server) -> Vec<String> {
    let requests = server.requests().into_iter();
    requests.filter(|line| line.contains("/services")).collect()
}

/// Returns all requests for servers so far.
fn server_requests(server: &Server) -> Vec<String> {
    let requests = server.requests().into_iter();
    requests.filter(|line| line.contains("/servers")).collect()
}

#[tokio::test]
async fn servers_are_requested_at_once_and_only_with_the_needed_fields() {
    let server = server(|| Some(reply(200, SERVERS)));
    let (poller, mut messages) = poll(&server, Dialect::JsonApi);
    watch(&poller, Some(1));
    let servers = next_servers(&mut messages).await.unwrap();
    assert_eq!(server_requests(&server), [REQUEST]);
    assert_eq!(servers.states.len(), 1);
    assert_eq!(servers.states[0].name.as_str(), "db1");
    assert_eq!(servers.states[0].origin().as_deref(), Some("10.0.9.1:3306"));
}

#[tokio::test]
async fn many_looks_at_many_sessions_ask_for_them_once() {
    let server = server(|| Some(reply(200, SERVERS)));
    let (poller, mut messages) = poll(&server, Dialect::JsonApi);
    watch(&poller, Some(1));
    assert!(next_servers(&mut messages).await.is_ok());
    details_seen(&mut messages, 20).await;
    for id in [Some(2), None, Some(1), None, Some(2)] {
        watch(&poller, id);
        if id.is_some() {
            details_seen(&mut messages, 5).await;
        }
    }
    assert_eq!(server_requests(&server), [REQUEST]);
}

#[tokio::test]
async fn the_draft_gets_no_request() {
    let server = server(|| Some(reply(200, SERVERS)));
    let (poller, mut messages) = poll(&server, Dialect::Draft);
    watch(&poller, Some(1));
    details_seen(&mut messages, 10).await;
    assert_eq!(server_requests(&server), [""; 0]);
}

#[tokio::test]
async fn no_request_waits_for_servers_that_hang() {
    let server = server(|| None);
    let (poller, mut messages) = poll(&server, Dialect::JsonApi);
    watch(&poller, Some(1));
    server.wait_for(REQUEST).await;
    details_seen(&mut messages, 10).await;
    while !matches!(next_msg(&mut messages).await, Msg::Listed(_)) {}
    // Closed and opened again while the request is in flight.
    for id in [None, Some(2), None, Some(1)] {
        watch(&poller, id);
        tokio::task::yield_now().await;
    }
    details_seen(&mut messages, 10).await;
    assert_eq!(server_requests(&server), [REQUEST]);
}

#[tokio::test]
async fn a_fault_is_told_with_its_cause_and_ends_no_session() {
    for (status, body, expected) in [
        (404, "", "status 404: no /v1/servers there"),
        (500, r#"{"errors":[{"detail":"Busy"}]}"#, "status 500: Busy"),
        (200, "<html>", "HTML instead of JSON"),
        (403, "", "not allowed (403)"),
    ] {
        let server = server(move || Some(reply(status, body)));
        let (poller, mut messages) = poll(&server, Dialect::JsonApi);
        watch(&poller, Some(1));
        let fault = next_servers(&mut messages).await.unwrap_err();
        assert_eq!(fault.to_string(), expected);
        details_seen(&mut messages, 5).await;
        assert_eq!(server_requests(&server), [REQUEST]);
    }
}

#[tokio::test]
async fn the_services_come_with_the_servers_and_as_rarely() {
    let server = server(|| Some(reply(200, SERVERS)));
    let (poller, mut messages) = poll(&server, Dialect::JsonApi);
    watch(&poller, Some(1));
    let services = next_services(&mut messages).await.unwrap();
    let load = services.states[0].load().unwrap();
    assert_eq!((load.connections, load.limit), (180, 200));
    assert_eq!(service_requests(&server), [SERVICES_REQUEST]);
    details_seen(&mut messages, 10).await;
    details_seen(&mut messages, 3).await;
    assert_eq!(service_requests(&server), [SERVICES_REQUEST]);
}

#[tokio::test]
async fn they_are_polled_without_details_after_the_first_list() {
    let server = server(|| Some(reply(200, SERVERS)));
    let (_poller, mut messages) = poll(&server, Dialect::JsonApi);
    while !matches!(next_msg(&mut messages).await, Msg::Listed(_)) {}
    assert!(next_services(&mut messages).await.is_ok());
    assert_eq!(service_requests(&server), [SERVICES_REQUEST]);
}

#[tokio::test]
async fn who_does_not_let_us_in_is_asked_for_one_of_both() {
    let server = server(|| Some(reply(401, "")));
    let (poller, mut messages) = poll(&server, Dialect::JsonApi);
    watch(&poller, Some(1));
    let fault = next_services(&mut messages).await.unwrap_err();
    assert!(fault.is_not_allowed());
    assert_eq!(service_requests(&server), [""; 0]);
}
