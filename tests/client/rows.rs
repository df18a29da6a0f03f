//! Rows that are read one by one between expensive lists.

use std::time::Duration;

use maxtop::app::msg::Msg;
use maxtop::client::{Client, ClientSpec};
use maxtop::model::{Dialect, EndpointId, SessionId};
use maxtop::poller::{EndpointPoller, PollSettings, PollerCommand};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::server::{Server, jsonapi_instance, jsonapi_list, jsonapi_session, next_msg, reply_with};

const STARTED_AT: &str = "Mon, 23 Nov 2026 15:55:27 GMT";
const SETTINGS: PollSettings = PollSettings {
    interval: Duration::from_millis(50),
    duty: 1.0,
};

/// A proxy of this release with the sessions 1 to 4. Session 3 has just ended. A list takes this long.
fn proxy(release: &'static str, list: Duration) -> Server {
    Server::answering(move |line, _| {
        if line.starts_with("GET /v1/sessions?") {
            std::thread::sleep(list);
            return reply(200, &jsonapi_list(&[1, 2, 3, 4]));
        }
        let Some(id) = line.strip_prefix("GET /v1/sessions/") else {
            let instance = jsonapi_instance(STARTED_AT).replace("24.02.3", release);
            return reply(200, &instance);
        };
        match id.split('?').next() {
            Some("3") => reply(
                404,
                r#"{"errors":[{"detail":"Object '3' of type 'sessions' was not found."}]}"#,
            ),
            Some(id) => reply(200, &jsonapi_session(id.parse().unwrap())),
            None => reply(404, ""),
        }
    })
}

fn poll(server: &Server) -> (EndpointPoller, UnboundedReceiver<Msg>) {
    let url = format!("http://{}", server.address);
    let mut spec = ClientSpec::new(EndpointId(0), url.parse().unwrap());
    spec.dialect = Some(Dialect::JsonApi);
    let (out, messages) = unbounded_channel();
    let poller = EndpointPoller::spawn(Client::new(spec).unwrap(), SETTINGS, out);
    poller.send(PollerCommand::Prioritize([2, 3, 4].map(SessionId).into()));
    (poller, messages)
}

/// A whole reply, after which the server closes the connection, as it always does.
fn reply(status: u16, body: &str) -> Vec<u8> {
    reply_with(status, "Connection: close\r\n", body.as_bytes())
}

fn rows_requested(server: &Server) -> usize {
    let heads = server.heads();
    heads
        .iter()
        .filter(|head| head.starts_with("GET /v1/sessions/"))
        .count()
}

#[tokio::test]
async fn between_expensive_lists_the_rows_on_the_screen_are_read_by_id() {
    let server = proxy("24.02.3", Duration::from_millis(60));
    let (_poller, mut messages) = poll(&server);
    let mut lists = 0;
    for _ in 0..3 {
        let newer = loop {
            match next_msg(&mut messages).await {
                Msg::Listed(_) => lists += 1,
                Msg::RowsRead(newer) => break newer,
                _ => {}
            }
        };
        assert_eq!(newer.number, 1, "the rows belong to the list before them");
        let read: Vec<_> = newer.rows.read_at.keys().map(|id| id.0).collect();
        assert_eq!(read, [2, 4]);
        assert!(newer.rows.read_at.values().all(|at| *at >= newer.taken_at));
        assert!(newer.least_interval >= Duration::from_secs(2), "3 % of the time");
    }
    assert_eq!(lists, 1);
}

#[tokio::test]
async fn a_proxy_that_finds_no_single_session_does_not_empty_the_screen() {
    let missing = r#"{"errors":[{"detail":"Object '3' of type 'sessions' was not found."}]}"#;
    let server = Server::answering(move |line, _| {
        if line.starts_with("GET /v1/sessions?") {
            std::thread::sleep(Duration::from_millis(60));
            return reply(200, &jsonapi_list(&[1, 2, 3, 4]));
        }
        if line.starts_with("GET /v1/sessions/") {
            return reply(404, missing);
        }
        reply(200, &jsonapi_instance(STARTED_AT))
    });
    let (_poller, mut messages) = poll(&server);
    while rows_requested(&server) < 4 {
        if let Ok(msg) = tokio::time::timeout(Duration::from_millis(20), next_msg(&mut messages)).await {
            assert!(!matches!(msg, Msg::RowsRead(_)), "rows were taken away");
        }
    }
}

#[tokio::test]
async fn every_list_is_read_if_that_is_cheap_or_one_session_is_expensive() {
    let releases = [
        ("24.02.3", Duration::ZERO),
        ("23.08.6", Duration::from_millis(60)),
    ];
    for (release, cost) in releases {
        let server = proxy(release, cost);
        let (_poller, mut messages) = poll(&server);
        let mut slowest = Duration::ZERO;
        for _ in 0..4 {
            let listed = loop {
                if let Msg::Listed(listed) = next_msg(&mut messages).await {
                    break listed;
                }
            };
            slowest = slowest.max(listed.cost);
        }
        // A list that takes more than 3 % of the interval is expensive. On a busy machine even an empty one is.
        let was_expensive = cost.is_zero() && slowest > SETTINGS.interval.mul_f64(0.03);
        assert!(
            was_expensive || rows_requested(&server) == 0,
            "{release} {slowest:?}"
        );
    }
}
