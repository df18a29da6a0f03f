//! The token that replaces the password: when it is issued and renewed, and which requests are not repeated.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use maxtop::app::msg::Msg;
use maxtop::client::{Client, ClientSpec, Credentials, TokenUse};
use maxtop::model::{Dialect, RequestError, SessionId};
use maxtop::poller::{EndpointPoller, PollSettings};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::server::{
    Server, deletes, ids, jsonapi_instance, jsonapi_list, jsonapi_session, kill, list, next_msg, reply, send,
};
use crate::tls_front::{Authority, Times, TlsFront};

const FAST: PollSettings = PollSettings {
    interval: Duration::from_millis(10),
    duty: 1.0,
};

/// admin:geheim
const BASIC: &str = "Basic YWRtaW46Z2VoZWlt";

fn spec(server: &Server, tokens: TokenUse) -> ClientSpec {
    ClientSpec {
        credentials: Some(Credentials {
            user: "admin".to_owned(),
            password: "geheim".into(),
        }),
        tokens,
        ..server.spec()
    }
}

fn poll(spec: ClientSpec) -> (EndpointPoller, UnboundedReceiver<Msg>) {
    let (out, messages) = unbounded_channel();
    (
        EndpointPoller::spawn(Client::new(spec).unwrap(), FAST, out),
        messages,
    )
}

/// A token with this number, valid for this number of seconds.
fn token(number: usize, seconds: u64) -> String {
    let claims = format!(r#"{{"iat":1000,"exp":{},"n":{number}}}"#, 1000 + seconds);
    format!("e30.{}.x", URL_SAFE_NO_PAD.encode(claims))
}

/// Returns the line and the `Authorization` of each request.
fn requests_of(server: &Server) -> Vec<(String, String)> {
    let heads = server.heads().into_iter();
    let pair = |head: String| {
        let line = head
            .lines()
            .next()
            .unwrap()
            .trim_end_matches(" HTTP/1.1")
            .to_owned();
        let mut lines = head.lines();
        let pass = lines.find_map(|line| line.strip_prefix("authorization: "));
        (line, pass.unwrap_or_default().to_owned())
    };
    heads.map(pair).collect()
}

fn logins(server: &Server) -> usize {
    let requests = server.requests();
    requests.iter().filter(|line| *line == "GET /v1/auth").count()
}

/// Issues tokens valid for `seconds`, and accepts only those whose numbers `knows` accepts.
fn issuing(seconds: u64, knows: impl Fn(usize) -> bool + Send + Sync + 'static) -> Server {
    let given = AtomicUsize::new(0);
    Server::answering(move |line, pass| {
        if line == "GET /v1/auth" {
            assert_eq!(pass, BASIC, "only the password gets a token");
            let number = given.fetch_add(1, Ordering::SeqCst);
            let body = format!(r#"{{"meta":{{"token":"{}"}}}}"#, token(number, seconds));
            return reply(200, &body);
        }
        let number = (0..100).find(|number| pass == format!("Bearer {}", token(*number, seconds)));
        match number {
            Some(number) if !knows(number) => reply(401, ""),
            None if pass != BASIC => reply(401, ""),
            _ if line.starts_with("DELETE") => reply(200, ""),
            _ if line.contains("/v1/maxscale") => reply(200, &jsonapi_instance("x")),
            _ => reply(200, &jsonapi_list(&[7])),
        }
    })
}

async fn until(server: &Server, is_so: impl Fn(&Server) -> bool) {
    let reached = async {
        while !is_so(server) {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), reached)
        .await
        .unwrap();
}

fn uses(pass: &str) -> impl Fn(&Server) -> bool {
    let pass = pass.to_owned();
    move |server| {
        requests_of(server)
            .iter()
            .filter(|(_, shown)| *shown == pass)
            .count()
            > 6
    }
}

#[tokio::test]
async fn a_screen_gets_one_once_it_pays_and_shows_it_from_then_on() {
    let server = issuing(28_800, |_| true);
    let (_poller, _messages) = poll(spec(&server, TokenUse::Always));
    until(&server, uses(&format!("Bearer {}", token(0, 28_800)))).await;
    assert_eq!(logins(&server), 1);
    let shown = requests_of(&server);
    let first = shown.iter().position(|(line, _)| line == "GET /v1/auth").unwrap();
    assert!(first >= 4, "the first table waits for no token: {shown:?}");
    let after_login = shown.iter().skip(first);
    let by_password = after_login.filter(|(_, pass)| pass == BASIC).count();
    assert!(by_password <= 3, "the login, and what was under way: {shown:?}");
}

#[tokio::test]
async fn it_is_renewed_before_its_end() {
    let server = issuing(1, |_| true);
    let (_poller, mut messages) = poll(spec(&server, TokenUse::Always));
    until(&server, uses(&format!("Bearer {}", token(1, 1)))).await;
    while let Ok(msg) = messages.try_recv() {
        assert!(!matches!(msg, Msg::ListFailed { .. }));
    }
}

#[tokio::test]
async fn one_that_the_server_has_forgotten_costs_one_repeated_get_and_no_list() {
    let server = issuing(28_800, |number| number > 0);
    let (_poller, mut messages) = poll(spec(&server, TokenUse::Always));
    until(&server, uses(&format!("Bearer {}", token(1, 28_800)))).await;
    assert_eq!(logins(&server), 2);
    let shown = requests_of(&server);
    let refused = format!("Bearer {}", token(0, 28_800));
    let at = shown.iter().position(|(_, pass)| *pass == refused).unwrap();
    assert_eq!(shown[at + 1], (shown[at].0.clone(), BASIC.to_owned()));
    assert_eq!(shown.iter().filter(|(_, pass)| *pass == refused).count(), 1);
    while let Ok(msg) = messages.try_recv() {
        assert!(!matches!(msg, Msg::ListFailed { .. }), "{msg:?}");
    }
}

#[tokio::test]
async fn a_delete_is_never_repeated() {
    // The token is forgotten between the check and the DELETE.
    let server = Server::answering(|line, pass| match line {
        "GET /v1/auth" => reply(200, &format!(r#"{{"meta":{{"token":"{}"}}}}"#, token(0, 28_800))),
        _ if line.starts_with("DELETE") && pass != BASIC => reply(401, ""),
        _ if line.starts_with("DELETE") => reply(200, ""),
        _ if line.contains("/v1/maxscale") => reply(200, &jsonapi_instance("x")),
        _ if line.contains("/v1/sessions/") => reply(200, &jsonapi_session(7)),
        _ => reply(200, &jsonapi_list(&[7])),
    });
    let client = Client::new(spec(&server, TokenUse::Always)).unwrap();
    list(&client).await.unwrap();
    client.log_in().await;
    assert_eq!(kill(&client, SessionId(7)).await, Err(RequestError::LoginEnded));
    assert_eq!(deletes(&server), ["DELETE /v1/sessions/7"]);
    list(&client).await.unwrap();
    assert_eq!(kill(&client, SessionId(7)).await, Ok(()));
    let deletes = requests_of(&server);
    let deletes: Vec<_> = deletes
        .iter()
        .filter(|(line, _)| line.starts_with("DELETE"))
        .collect();
    assert_eq!(deletes.len(), 2);
    assert!(deletes[0].1.starts_with("Bearer ") && deletes[1].1 == BASIC);
}

#[tokio::test]
async fn where_there_are_none_the_password_goes_on_and_nobody_asks_twice() {
    let encrypted = r#"{"errors": [ { "detail": "Connection is not encrypted" } ] }"#;
    for refusal in [
        reply(401, encrypted),
        reply(404, ""),
        reply(204, ""),
        reply(200, "<html></html>"),
        reply(200, r#"{"meta":{"token":"two words"}}"#),
    ] {
        let server = Server::answering(move |line, pass| match (line, pass) {
            ("GET /v1/auth", BASIC) => refusal.clone(),
            (_, BASIC) if line.contains("/v1/maxscale") => reply(200, &jsonapi_instance("x")),
            (_, BASIC) => reply(200, &jsonapi_list(&[7])),
            _ => reply(401, ""),
        });
        let (_poller, mut messages) = poll(spec(&server, TokenUse::Always));
        until(&server, |server| server.requests().len() > 40).await;
        assert_eq!(logins(&server), 1);
        while let Ok(msg) = messages.try_recv() {
            assert!(!matches!(msg, Msg::ListFailed { .. }), "{msg:?}");
        }
    }
}

#[tokio::test]
async fn over_plain_http_and_in_the_draft_none_is_asked_for() {
    let server = issuing(28_800, |_| true);
    let (poller, _messages) = poll(spec(&server, TokenUse::OverTls));
    until(&server, |server| server.requests().len() > 20).await;
    assert_eq!(logins(&server), 0);
    drop(poller);
    let draft = Server::answering(|line, _| match line {
        "GET /sessions" => reply(200, "[]"),
        _ => reply(404, ""),
    });
    for dialect in [None, Some(Dialect::Draft)] {
        let before = draft.requests().len();
        let (_poller, _messages) = poll(ClientSpec {
            dialect,
            ..spec(&draft, TokenUse::Always)
        });
        until(&draft, |server| server.requests().len() > before + 20).await;
        assert_eq!(logins(&draft), 0);
    }
}

#[tokio::test]
async fn over_tls_it_is_asked_for_without_being_told() {
    let (server, authority) = (issuing(28_800, |_| true), Authority::new("our CA"));
    let certificate = authority.server(&["localhost"], Times::Now);
    let front = TlsFront::start(server.address, &certificate, None);
    let mut spec = spec(&server, TokenUse::default());
    spec.url = front.url("localhost").parse().unwrap();
    spec.tls.ca_pem = Some(authority.pem.clone().into_bytes());
    let (_poller, mut messages) = poll(spec);
    until(&server, uses(&format!("Bearer {}", token(0, 28_800)))).await;
    loop {
        if let Msg::Listed(snapshot) = next_msg(&mut messages).await {
            assert_eq!(snapshot.sessions.len(), 1);
            break;
        }
    }
}

/// Several `MaxScale`s behind one address, each with its own tokens.
#[tokio::test]
async fn two_servers_behind_one_address_are_asked_for_tokens_less_and_less() {
    let turn = Arc::new(AtomicUsize::new(0));
    let server = issuing(28_800, move |_| {
        turn.fetch_add(1, Ordering::SeqCst).is_multiple_of(2)
    });
    let (_poller, mut messages) = poll(spec(&server, TokenUse::Always));
    until(&server, |server| server.requests().len() > 100).await;
    assert!(logins(&server) <= 3, "{}", logins(&server));
    while let Ok(msg) = messages.try_recv() {
        assert!(!matches!(msg, Msg::ListFailed { .. }), "{msg:?}");
    }
}

#[tokio::test]
async fn the_embedded_endpoint_gives_tokens_that_die_with_its_process() {
    let mut demo = maxtop::demo::ServeSpec::new(12, 7);
    demo.auth = Some(("admin".to_owned(), "geheim".into()));
    demo.tokens = true;
    let running = maxtop::demo::serve(demo).await.unwrap();
    let server = Server::saying("");
    let client = Client::new(ClientSpec {
        url: running.url().parse().unwrap(),
        ..spec(&server, TokenUse::Always)
    });
    let client = client.unwrap();
    list(&client).await.unwrap();
    client.log_in().await;
    let before = ids(&list(&client).await.unwrap());
    assert_eq!(running.log().iter().filter(|line| line.status == 401).count(), 0);
    running.restart();
    list(&client).await.unwrap();
    let log = running.log();
    let statuses: Vec<_> = log.iter().map(|line| line.status).collect();
    assert_eq!(statuses, [200, 200, 200, 401, 200], "{before:?} {log:?}");
}

#[tokio::test]
async fn a_login_that_hangs_holds_up_nobody() {
    let server = Server::start(|line, stream| match line {
        "GET /v1/auth" => crate::server::hold(stream),
        _ if line.contains("/v1/maxscale") => send(stream, &reply(200, &jsonapi_instance("x"))),
        _ => send(stream, &reply(200, &jsonapi_list(&[7]))),
    });
    let (_poller, _messages) = poll(spec(&server, TokenUse::Always));
    server.wait_for("GET /v1/auth").await;
    let before = server.requests().len();
    until(&server, |server| server.requests().len() > before + 20).await;
    assert_eq!(logins(&server), 1);
}
