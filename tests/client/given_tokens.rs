//! A token given by the user instead of a password.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use maxtop::client::{Client, ClientError, ClientSpec, Credentials, TokenSpec};
use maxtop::demo::{ServeSpec, ServedDialects, SimServer, serve};
use maxtop::model::{Dialect, SessionId};
use secrecy::SecretString;

use crate::server::{Server, jsonapi_instance, jsonapi_list, jsonapi_session, kill, list, reply};

/// 2001 and 2100.
const PAST: u64 = 1_000_000_000;
const FUTURE: u64 = 4_102_444_800;

/// A token with this number that expires at this time.
fn token(number: u8, exp: u64) -> String {
    let claims = format!(r#"{{"sub":"ann","exp":{exp},"n":{number}}}"#);
    format!("e30.{}.marker{number}", URL_SAFE_NO_PAD.encode(claims))
}

fn only(token: &str) -> TokenSpec {
    TokenSpec {
        token: token.into(),
        again: None,
    }
}

/// A token with a source that returns `next`, and how often the source was read.
fn renewed(token: &str, next: Result<String, String>) -> (TokenSpec, Arc<AtomicUsize>) {
    let reads = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&reads);
    let again = move || {
        counted.fetch_add(1, Ordering::SeqCst);
        next.clone().map(SecretString::from)
    };
    let spec = TokenSpec {
        token: token.into(),
        again: Some(Arc::new(again)),
    };
    (spec, reads)
}

/// A server with session 7 that accepts this token only, and repeats what it rejects.
fn accepting(accepted: String) -> Server {
    Server::answering(move |line, pass| match line {
        _ if pass != format!("Bearer {accepted}") => {
            reply(401, &format!(r#"{{"errors":[{{"detail":"no {pass}"}}]}}"#))
        }
        _ if line.starts_with("DELETE") => reply(200, ""),
        _ if line.contains("/v1/maxscale") => reply(200, &jsonapi_instance("process 1")),
        _ if line.contains("/v1/sessions/") => reply(200, &jsonapi_session(7)),
        _ => reply(200, &jsonapi_list(&[7])),
    })
}

fn client(server: &Server, token: TokenSpec) -> Client {
    let spec = ClientSpec {
        token: Some(token),
        dialect: Some(Dialect::JsonApi),
        ..server.spec()
    };
    Client::new(spec).unwrap()
}

async fn guarded() -> SimServer {
    let mut spec = ServeSpec::new(20, 7);
    spec.dialects = ServedDialects::JsonApi;
    spec.auth = Some(("admin".to_owned(), "geheim".into()));
    spec.tokens = true;
    serve(spec).await.unwrap()
}

/// Returns a token that the embedded endpoint issues.
async fn issued(demo: &SimServer) -> String {
    // An error means that a provider is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let reply = reqwest::Client::new()
        .get(format!("{}/v1/auth", demo.url()))
        .basic_auth("admin", Some("geheim"))
        .send()
        .await
        .unwrap();
    let text = reply.text().await.unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    json["meta"]["token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_token_that_the_endpoint_has_issued_lists_and_kills() {
    let demo = guarded().await;
    let token = issued(&demo).await;
    let spec = ClientSpec {
        token: Some(only(&token)),
        ..ClientSpec::new(maxtop::model::EndpointId(0), demo.url().parse().unwrap())
    };
    let client = Client::new(spec).unwrap();
    let sessions = list(&client).await.unwrap().rows.sessions;
    let id = sessions.iter().find(|session| session.user.is_some()).unwrap().id;
    assert_eq!(client.user(), Some("admin"));
    assert!(client.given_token().unwrap().expires.is_some());
    let account = client.account(None).await.unwrap().unwrap();
    assert!(account.permissions.unwrap().edit);
    assert_eq!(kill(&client, id).await, Ok(()));
    client.log_in().await;
    for asked in demo.log() {
        assert!(!format!("{asked:?}").contains("/v1/auth?"), "{asked:?}");
    }
}

#[tokio::test]
async fn a_rejected_token_is_sent_once_and_its_expiry_is_named() {
    for (exp, words) in [
        (
            PAST,
            "the token was rejected (401): it expired 2001-09-09 01:46:40 UTC",
        ),
        (
            FUTURE,
            "the token was rejected (401): it expires 2100-01-01 00:00:00 UTC",
        ),
    ] {
        let server = accepting("another".to_owned());
        let client = client(&server, only(&token(1, exp)));
        let fault = list(&client).await.unwrap_err();
        assert_eq!(fault.to_string(), words);
        assert!(fault.is_not_allowed() && fault.is_refused_password());
        assert_eq!(list(&client).await.unwrap_err(), fault);
        assert_eq!(client.session(SessionId(7)).await.unwrap_err(), fault);
        assert!(kill(&client, SessionId(7)).await.is_err());
        assert_eq!(server.requests().len(), 1, "{:?}", server.requests());
    }
}

#[tokio::test]
async fn an_expired_token_is_read_again_before_it_is_sent() {
    let server = accepting(token(2, FUTURE));
    let (spec, reads) = renewed(&token(1, PAST), Ok(token(2, FUTURE)));
    let client = client(&server, spec);
    list(&client).await.unwrap();
    kill(&client, SessionId(7)).await.unwrap();
    assert_eq!(reads.load(Ordering::SeqCst), 1);
    for head in server.heads() {
        assert!(head.contains("marker2") && !head.contains("marker1"), "{head}");
    }
}

#[tokio::test]
async fn a_token_rejected_early_is_read_again_once() {
    let server = accepting(token(2, FUTURE));
    let (spec, reads) = renewed(&token(1, FUTURE), Ok(token(2, FUTURE)));
    let good = client(&server, spec);
    list(&good).await.unwrap();
    list(&good).await.unwrap();
    assert_eq!((reads.load(Ordering::SeqCst), server.requests().len()), (1, 3));

    // The source has no other token.
    let server = accepting("another".to_owned());
    let (spec, reads) = renewed(&token(1, FUTURE), Ok(token(1, FUTURE)));
    let bad = client(&server, spec);
    for _ in 0..3 {
        assert!(list(&bad).await.is_err());
    }
    assert_eq!((reads.load(Ordering::SeqCst), server.requests().len()), (1, 1));

    let server = accepting("another".to_owned());
    let (spec, _) = renewed(&token(1, PAST), Err("the token command failed".to_owned()));
    let fault = list(&client(&server, spec)).await.unwrap_err().to_string();
    assert!(
        fault.ends_with("01:46:40 UTC; the token command failed"),
        "{fault}"
    );
}

#[tokio::test]
async fn a_check_with_a_token_rejected_early_uses_the_next_one() {
    let server = accepting(token(2, FUTURE));
    let (spec, reads) = renewed(&token(1, FUTURE), Ok(token(2, FUTURE)));
    let client = client(&server, spec);
    assert_eq!(kill(&client, SessionId(7)).await, Ok(()));
    assert_eq!(reads.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn no_text_of_a_client_shows_its_token() {
    for status in [302, 400, 401, 403, 404, 500] {
        let server = Server::answering(move |_, pass| {
            let location = format!("Location: http://elsewhere/{pass}\r\n");
            let body = format!(r#"{{"errors":[{{"detail":"{pass}"}}]}}"#);
            crate::server::reply_with(status, &location, body.as_bytes())
        });
        let spec = ClientSpec {
            token: Some(only(&token(1, FUTURE))),
            ..server.spec()
        };
        let mut texts = format!("{spec:?} {spec:#?}");
        let client = Client::new(spec).unwrap();
        let faults = [
            list(&client).await.err(),
            client.instance().await.err(),
            client.session(SessionId(7)).await.err(),
            kill(&client, SessionId(7)).await.err(),
        ];
        write!(texts, "{client:?} {client:#?} {:?}", client.given_token()).unwrap();
        for fault in faults.into_iter().flatten() {
            write!(texts, "{fault} {fault:?}").unwrap();
        }
        assert!(!texts.contains("marker1"), "{status}: {texts}");
    }
}

#[test]
fn a_token_is_not_sent_over_plain_http_to_another_machine() {
    let spec = |url: &str, allowed| ClientSpec {
        token: Some(only(&token(1, FUTURE))),
        allow_plain_http: allowed,
        ..ClientSpec::new(maxtop::model::EndpointId(0), url.parse().unwrap())
    };
    let refused = Client::new(spec("http://db1.example.com", false)).unwrap_err();
    assert!(matches!(refused, ClientError::PlainHttpToken(_)));
    assert!(!refused.to_string().contains("marker1"));
    assert!(Client::new(spec("http://db1.example.com", true)).is_ok());
    assert!(Client::new(spec("https://db1.example.com", false)).is_ok());
}

#[tokio::test]
async fn a_password_beside_a_token_is_not_sent() {
    let server = accepting("another".to_owned());
    let spec = ClientSpec {
        token: Some(only(&token(1, FUTURE))),
        credentials: Some(Credentials {
            user: "admin".to_owned(),
            password: "geheim".into(),
        }),
        ..server.spec()
    };
    assert!(list(&Client::new(spec).unwrap()).await.is_err());
    for head in server.heads() {
        assert!(!head.contains("Basic"), "{head}");
    }
}
