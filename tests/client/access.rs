//! Rejected credentials, and accounts that may only read.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use maxtop::app::msg::{Msg, Ticket};
use maxtop::client::{Client, ClientSpec, Credentials, TokenUse};
use maxtop::demo::{ServeSpec, ServedDialects, serve};
use maxtop::kill::{CheckPurpose, KillEvent, KillRequest};
use maxtop::model::{Dialect, RequestError, SessionId};
use maxtop::poller::{EndpointPoller, PollSettings, PollerCommand};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::server::{Server, jsonapi_instance, jsonapi_list, jsonapi_session, kill, list, next_msg, reply};

fn credentials(user: &str, password: &str) -> Credentials {
    Credentials {
        user: user.to_owned(),
        password: password.into(),
    }
}

fn poll(spec: ClientSpec) -> (EndpointPoller, UnboundedReceiver<Msg>) {
    let settings = PollSettings {
        interval: Duration::from_millis(10),
        duty: 1.0,
    };
    let (out, messages) = unbounded_channel();
    let poller = EndpointPoller::spawn(Client::new(spec).unwrap(), settings, out);
    (poller, messages)
}

/// Returns the next message that `read` accepts.
async fn next<T>(messages: &mut UnboundedReceiver<Msg>, mut read: impl FnMut(Msg) -> Option<T>) -> T {
    loop {
        if let Some(value) = read(next_msg(messages).await) {
            return value;
        }
    }
}

/// A server that rejects every request until the flag is set.
fn locked() -> (Server, Arc<AtomicBool>) {
    let open = Arc::new(AtomicBool::new(false));
    let is_open = Arc::clone(&open);
    let server = Server::answering(move |line, _| match line {
        _ if !is_open.load(Ordering::SeqCst) => reply(401, ""),
        _ if line.contains("/v1/maxscale") => reply(200, &jsonapi_instance("x")),
        _ if line.contains("/sessions/") => reply(200, &jsonapi_session(7)),
        _ => reply(200, &jsonapi_list(&[7])),
    });
    (server, open)
}

#[tokio::test]
async fn refused_credentials_go_out_once_whoever_asks_and_again_when_somebody_wants_it() {
    let (server, open) = locked();
    let spec = ClientSpec {
        dialect: Some(Dialect::JsonApi),
        credentials: Some(credentials("admin", "wrong")),
        ..server.spec()
    };
    let (poller, mut messages) = poll(spec);
    let failed = |msg| match msg {
        Msg::ListFailed { fault, retry_in, .. } => Some((fault, retry_in)),
        _ => None,
    };
    let (fault, retry_in) = next(&mut messages, failed).await;
    assert!(fault.is_refused_password());
    assert_eq!(retry_in, Duration::from_mins(1));
    assert_eq!(server.requests().len(), 1);

    poller.send(PollerCommand::Watch(Some(SessionId(7))));
    let check = KillRequest::Check {
        id: SessionId(7),
        purpose: CheckPurpose::Confirm,
    };
    poller.send(PollerCommand::Kill(Ticket(1), check));
    let mut answers = Vec::new();
    while answers.len() < 2 {
        let fault = next(&mut messages, |msg| match msg {
            Msg::Seen { answer, .. } | Msg::Kill(KillEvent::Seen(_, answer)) => answer.err(),
            _ => None,
        });
        answers.push(fault.await);
    }
    assert!(answers.iter().all(|answer| *answer == fault), "{answers:?}");
    assert_eq!(server.requests().len(), 1, "the server logs each try");

    poller.send(PollerCommand::Refresh);
    next(&mut messages, failed).await;
    assert_eq!(server.requests().len(), 2);

    open.store(true, Ordering::SeqCst);
    poller.send(PollerCommand::Refresh);
    // Both continue: the list, and at once the details too.
    let (mut listed, mut seen) = (false, false);
    while !(listed && seen) {
        match next_msg(&mut messages).await {
            Msg::Listed(_) => listed = true,
            Msg::Seen { answer: Ok(_), .. } => seen = true,
            _ => {}
        }
    }
}

#[tokio::test]
async fn without_credentials_a_refusal_is_tried_again_as_other_faults_are() {
    let (server, open) = locked();
    let (_poller, mut messages) = poll(server.spec());
    for _ in 0..2 {
        let retry_in = next(&mut messages, |msg| match msg {
            Msg::ListFailed { retry_in, .. } => Some(retry_in),
            _ => None,
        });
        assert!(retry_in.await < Duration::from_secs(1));
    }
    open.store(true, Ordering::SeqCst);
    next(&mut messages, |msg| matches!(msg, Msg::Listed(_)).then_some(())).await;
}

#[tokio::test]
async fn an_account_that_may_only_read_is_found_out_by_its_delete_and_goes_on_reading() {
    for (dialects, tokens) in [
        (ServedDialects::JsonApi, TokenUse::Never),
        (ServedDialects::JsonApi, TokenUse::Always),
        (ServedDialects::Draft, TokenUse::Never),
    ] {
        let mut demo = ServeSpec::new(12, 7);
        demo.world.churn = Some(0.0);
        demo.dialects = dialects;
        demo.tokens = true;
        demo.auth = Some(("admin".to_owned(), "geheim".into()));
        demo.viewer = Some(("viewer".to_owned(), "schau-nur".into()));
        let running = serve(demo).await.unwrap();
        let spec = |user, password| ClientSpec {
            credentials: Some(credentials(user, password)),
            tokens,
            ..ClientSpec::new(maxtop::model::EndpointId(0), running.url().parse().unwrap())
        };
        let viewer = Client::new(spec("viewer", "schau-nur")).unwrap();
        let sessions = list(&viewer).await.unwrap().rows.sessions;
        let id = sessions.iter().find(|session| session.user.is_some()).unwrap().id;
        viewer.log_in().await;
        let fault = kill(&viewer, id).await.unwrap_err();
        assert_eq!(fault, RequestError::MayOnlyRead);
        assert!(fault.is_not_allowed() && !fault.is_refused_password());
        let log = running.log();
        let status = log.iter().rfind(|line| line.method == "DELETE").unwrap().status;
        let by_token = tokens == TokenUse::Always || dialects == ServedDialects::Draft;
        assert_eq!(status, if by_token { 403 } else { 401 });
        assert_eq!(list(&viewer).await.unwrap().rows.sessions.len(), sessions.len());
        assert!(running.ids().contains(&id.0));

        let admin = Client::new(spec("admin", "geheim")).unwrap();
        list(&admin).await.unwrap();
        admin.log_in().await;
        assert_eq!(kill(&admin, id).await, Ok(()));
        let stranger = Client::new(spec("viewer", "wrong")).unwrap();
        assert!(list(&stranger).await.unwrap_err().is_refused_password());
    }
}

/// As recorded: an account that may only read gets the same reply as one with a wrong password.
#[tokio::test]
async fn a_refused_delete_of_somebody_who_has_read_nothing_is_no_proof() {
    let server = Server::saying(reply(401, ""));
    let client = Client::new(ClientSpec {
        dialect: Some(Dialect::JsonApi),
        credentials: Some(credentials("admin", "wrong")),
        ..server.spec()
    });
    let fault = kill(&client.unwrap(), SessionId(7)).await.unwrap_err();
    assert!(fault.is_refused_password(), "{fault:?}");
}

/// `admin_readwrite_hosts`: the challenge distinguishes it from an unknown token.
#[tokio::test]
async fn a_token_that_may_not_write_from_here_is_told_from_one_that_is_forgotten() {
    let server = Server::answering(|line, _| match line {
        "GET /v1/auth" => reply(200, r#"{"meta":{"token":"TOKEN"}}"#),
        _ if line.starts_with("DELETE") => {
            let challenge = "WWW-Authenticate: Basic realm=\"maxscale\"\r\n";
            crate::server::reply_with(401, challenge, b"")
        }
        _ if line.contains("/v1/sessions/") => reply(200, &jsonapi_session(7)),
        _ if line.contains("/v1/maxscale") => reply(200, &jsonapi_instance("process 1")),
        _ => reply(200, &jsonapi_list(&[7])),
    });
    let client = Client::new(ClientSpec {
        credentials: Some(credentials("admin", "geheim")),
        tokens: TokenUse::Always,
        ..server.spec()
    });
    let client = client.unwrap();
    list(&client).await.unwrap();
    client.log_in().await;
    assert_eq!(kill(&client, SessionId(7)).await, Err(RequestError::MayOnlyRead));
}
