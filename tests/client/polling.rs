//! List requests: messages about an endpoint that appears, disappears, restarts and rejects.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use maxtop::app::msg::Msg;
use maxtop::client::{Client, ClientSpec, Credentials};
use maxtop::model::{Dialect, EndpointId, RequestError, Snapshot};
use maxtop::poller::{EndpointPoller, PollSettings, PollerCommand};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::server::{Server, hold, jsonapi_instance, jsonapi_list, next_msg, reply, send};

const FAST: PollSettings = PollSettings {
    interval: Duration::from_millis(10),
    duty: 1.0,
};
const NEVER_AGAIN: PollSettings = PollSettings {
    interval: Duration::from_hours(1),
    duty: 1.0,
};

fn poll(client: Client, settings: PollSettings) -> (EndpointPoller, UnboundedReceiver<Msg>) {
    let (out, messages) = unbounded_channel();
    (EndpointPoller::spawn(client, settings, out), messages)
}

async fn next_list(messages: &mut UnboundedReceiver<Msg>) -> Arc<Snapshot> {
    loop {
        if let Msg::Listed(snapshot) = next_msg(messages).await {
            return snapshot;
        }
    }
}

async fn next_failure(messages: &mut UnboundedReceiver<Msg>) -> (RequestError, Duration) {
    loop {
        if let Msg::ListFailed { fault, retry_in, .. } = next_msg(messages).await {
            return (fault, retry_in);
        }
    }
}

/// Serves a list of one session. The process changes after every `cycles` lists.
fn server_that_restarts_every(cycles: usize) -> Server {
    let lists = AtomicUsize::new(0);
    Server::start(move |request, stream| {
        let body = if request.contains("/v1/maxscale") {
            let process = lists.load(Ordering::SeqCst) / cycles;
            jsonapi_instance(&format!("process {process}"))
        } else if request.contains("/v1/sessions") {
            lists.fetch_add(1, Ordering::SeqCst);
            jsonapi_list(&[1])
        } else {
            // The servers and the services.
            r#"{"data":[]}"#.to_owned()
        };
        send(stream, &reply(200, &body));
    })
}

/// Returns a list of one session of a process. Each process has another time of connection.
fn list_of_process(process: usize) -> String {
    jsonapi_list(&[1]).replace("16:16:27", &format!("16:16:{process:02}"))
}

#[tokio::test]
async fn a_list_after_a_restart_never_has_the_process_start_before_it() {
    // The restart happens after the process start was read and before the list is.
    let lists = AtomicUsize::new(0);
    let server = Server::start(move |request, stream| {
        let body = if request.contains("/v1/maxscale") {
            jsonapi_instance(&format!("process {}", lists.load(Ordering::SeqCst) / 4))
        } else if request.contains("/v1/sessions") {
            list_of_process((lists.fetch_add(1, Ordering::SeqCst) + 1) / 4)
        } else {
            r#"{"data":[]}"#.to_owned()
        };
        send(stream, &reply(200, &body));
    });
    let (_poller, mut messages) = poll(server.client(), FAST);
    let mut restarts = 0;
    for number in 1..=9 {
        let snapshot = next_list(&mut messages).await;
        assert_eq!(snapshot.number, number);
        let process = snapshot.process().unwrap().started_at.to_string();
        let session = snapshot.sessions[0].connected.as_ref().unwrap().sent.to_string();
        let (_, process) = process.split_once(' ').unwrap();
        assert!(
            session.contains(&format!("16:16:{process:0>2}")),
            "{process} {session}"
        );
        restarts += usize::from(snapshot.change.is_after_restart);
    }
    assert!(restarts > 1, "{restarts}");
}

#[tokio::test]
async fn lists_of_proxies_behind_a_balancer_are_not_all_requested_twice() {
    // The process start is always of one proxy, and the list of another one in each turn.
    let lists = AtomicUsize::new(0);
    let server = Server::start(move |request, stream| {
        let body = if request.contains("/v1/maxscale") {
            jsonapi_instance("process 0")
        } else if request.contains("/v1/sessions") {
            list_of_process(lists.fetch_add(1, Ordering::SeqCst))
        } else {
            r#"{"data":[]}"#.to_owned()
        };
        send(stream, &reply(200, &body));
    });
    let (_poller, mut messages) = poll(server.client(), FAST);
    for _ in 0..7 {
        next_list(&mut messages).await;
    }
    let requested = server
        .requests()
        .into_iter()
        .filter(|line| line.contains("/v1/sessions"))
        .count();
    assert!((10..=12).contains(&requested), "{requested}");
}

#[tokio::test]
async fn the_dialect_is_reported_before_the_first_list_and_numbers_ascend() {
    let server = server_that_restarts_every(1000);
    let (_poller, mut messages) = poll(server.client(), FAST);
    let first = next_msg(&mut messages).await;
    assert!(matches!(
        first,
        Msg::DialectDetected(EndpointId(0), Dialect::JsonApi)
    ));
    for number in 1..=3 {
        let snapshot = next_list(&mut messages).await;
        assert_eq!(snapshot.number, number);
        assert_eq!(snapshot.sessions.len(), 1);
    }
    let requests = server.requests().into_iter();
    let requests: Vec<_> = requests
        .filter(|line| !line.contains("/servers") && !line.contains("/services"))
        .collect();
    assert!(requests[0].starts_with("GET /v1/maxscale"));
    assert_eq!(requests[1], "GET /v1/sessions?pretty=false");
    assert!(requests[2].starts_with("GET /v1/maxscale"));
}

#[tokio::test]
async fn a_restart_shows_in_the_list_that_was_read_after_it() {
    let server = server_that_restarts_every(2);
    let (_poller, mut messages) = poll(server.client(), FAST);
    for expected in ["process 0", "process 0", "process 1", "process 1", "process 2"] {
        let snapshot = next_list(&mut messages).await;
        let process = snapshot.process().unwrap();
        assert_eq!(process.started_at.as_str(), expected);
    }
}

#[tokio::test]
async fn an_endpoint_that_comes_back_is_listed_again() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let spec = ClientSpec::new(EndpointId(2), address.to_string().parse().unwrap());
    let (_poller, mut messages) = poll(Client::new(spec).unwrap(), FAST);
    let (fault, first) = next_failure(&mut messages).await;
    assert_eq!(fault, RequestError::Refused);
    let (_, second) = next_failure(&mut messages).await;
    assert!(
        second > first && first >= Duration::from_millis(200),
        "{first:?} {second:?}"
    );
    let _server = Server::start_at(address, |_, stream| {
        send(stream, &reply(200, &jsonapi_list(&[4])));
    });
    let snapshot = next_list(&mut messages).await;
    assert_eq!((snapshot.endpoint, snapshot.number), (EndpointId(2), 1));
}

#[tokio::test]
async fn a_proxy_that_cannot_tell_its_process_is_listed_all_the_same() {
    let server = Server::start(|request, stream| {
        if request.contains("/v1/maxscale") {
            send(stream, &reply(500, ""));
        } else {
            send(stream, &reply(200, &jsonapi_list(&[1])));
        }
    });
    let (_poller, mut messages) = poll(server.client(), FAST);
    assert!(next_list(&mut messages).await.instance.is_none());
}

#[tokio::test]
async fn rejected_credentials_are_retried_after_a_minute_or_on_request() {
    let server = Server::saying(reply(401, ""));
    let spec = ClientSpec {
        credentials: Some(Credentials {
            user: "admin".to_owned(),
            password: "geheim".into(),
        }),
        ..server.spec()
    };
    let (poller, mut messages) = poll(Client::new(spec).unwrap(), FAST);
    let (fault, retry_in) = next_failure(&mut messages).await;
    assert!(fault.is_not_allowed());
    assert_eq!(retry_in, Duration::from_mins(1));
    assert_eq!(server.requests().len(), 1);
    poller.send(PollerCommand::Refresh);
    next_failure(&mut messages).await;
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_refresh_and_a_shorter_interval_do_not_wait_for_the_longer_one() {
    let server = server_that_restarts_every(1000);
    let (poller, mut messages) = poll(server.client(), NEVER_AGAIN);
    next_list(&mut messages).await;
    poller.send(PollerCommand::Refresh);
    assert_eq!(next_list(&mut messages).await.number, 2);
    poller.send(PollerCommand::Interval(Duration::from_millis(10)));
    assert_eq!(next_list(&mut messages).await.number, 3);
    assert_eq!(next_list(&mut messages).await.number, 4);
}

#[tokio::test]
async fn all_ends_when_the_poller_is_dropped() {
    let server = Server::start(|_, stream| hold(stream));
    let (poller, mut messages) = poll(server.client(), FAST);
    drop(poller);
    let rest = tokio::time::timeout(Duration::from_secs(10), messages.recv());
    assert!(rest.await.unwrap().is_none(), "every lane let go of its sender");
}

#[tokio::test]
async fn pollers_end_when_the_receiver_is_closed() {
    let server = server_that_restarts_every(1000);
    let (mut poller, messages) = poll(server.client(), FAST);
    drop(messages);
    let ended = tokio::time::timeout(Duration::from_secs(10), poller.wait_for_end());
    assert_eq!(ended.await.unwrap().endpoint, EndpointId(0));
}
