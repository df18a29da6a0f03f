//! The password, the token and the key are in no text: neither in normal operation, nor in any error, even of
//! a server that repeats what it received.

use std::fmt::{Debug, Display};

use maxtop::client::{Client, ClientSpec, Credentials, TlsSpec, TokenUse};
use maxtop::model::{EndpointId, SessionId};

use crate::server::{Server, jsonapi_list, kill, list, reply, reply_with};
use crate::tls_front::Authority;

const PASSWORD: &str = "marker-of-the-password";
/// admin:marker-of-the-password
const BASIC: &str = "YWRtaW46bWFya2VyLW9mLXRoZS1wYXNzd29yZA==";
const TOKEN: &str = "marker.of.the.token";

fn spec(server: &Server) -> ClientSpec {
    ClientSpec {
        credentials: Some(Credentials {
            user: "admin".to_owned(),
            password: PASSWORD.into(),
        }),
        tokens: TokenUse::Always,
        ..server.spec()
    }
}

fn is_clean(text: &str) {
    for secret in [PASSWORD, BASIC, TOKEN, "PRIVATE KEY"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

fn both_are_clean(value: &(impl Debug + Display)) {
    is_clean(&format!("{value:?} {value:#?} {value}"));
}

/// Asserts that no public text of a client contains a secret.
fn client_is_clean(client: &Client) {
    is_clean(&format!(
        "{client:?} {client:#?} {} {:?}",
        client.url(),
        client.warnings()
    ));
}

/// Issues the token, and replies to all other requests with `bad` after the first.
fn bad(bad: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static) -> Server {
    Server::answering(move |line, pass| match line {
        "GET /v1/auth" => reply(200, &format!(r#"{{"meta":{{"token":"{TOKEN}"}}}}"#)),
        "GET /v1/sessions?fields%5Bsessions%5D=id&pretty=false" => reply(200, &jsonapi_list(&[7])),
        _ => bad(pass),
    })
}

/// Every request of a client, with the password and with the token.
async fn every_fault(server: &Server) -> usize {
    let mut faults = 0;
    for with_token in [false, true] {
        let client = Client::new(spec(server)).unwrap();
        client_is_clean(&client);
        client.probe().await.err().iter().for_each(both_are_clean);
        let request = maxtop::client::ListRequest {
            fields: Some(&["id"]),
            range: None,
        };
        // Detects the dialect.
        client
            .sessions(&request)
            .await
            .err()
            .iter()
            .for_each(both_are_clean);
        if with_token {
            client.log_in().await;
        }
        client_is_clean(&client);
        let answers = [
            kill(&client, SessionId(7)).await.err(),
            client.instance().await.err(),
            client.servers().await.err(),
            client.session(SessionId(7)).await.err(),
            list(&client).await.err(),
        ];
        for fault in answers.iter().flatten() {
            both_are_clean(fault);
            is_clean(fault.remedy().map_or("", |remedy| remedy.0));
            faults += 1;
        }
        client_is_clean(&client);
    }
    faults
}

#[tokio::test]
async fn a_server_that_repeats_what_it_was_told_is_not_quoted() {
    for status in [300, 302, 400, 401, 403, 404, 409, 412, 418, 429, 500, 502, 503] {
        let echo = bad(move |pass| {
            let words = format!("{pass} {PASSWORD} {BASIC}");
            let body = format!(r#"{{"errors":[{{"detail":"told {words}"}}]}}"#);
            let location = format!("Location: http://elsewhere/{pass}/{PASSWORD}\r\n");
            reply_with(status, &location, body.as_bytes())
        });
        assert!(every_fault(&echo).await >= 6, "{status}");
    }
}

#[tokio::test]
async fn nor_is_one_that_is_none() {
    for body in [
        "",
        "<html></html>",
        "[1,",
        r#"{"data":7}"#,
        r#"{"data":{"id":"x"}}"#,
        r#"{"data":[{"id":7}]}"#,
    ] {
        every_fault(&bad(move |_| reply(200, body))).await;
    }
    let cut = bad(|_| b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{".to_vec());
    every_fault(&cut).await;
    every_fault(&bad(|_| b"SSH-2.0-OpenSSH\r\n".to_vec())).await;
    every_fault(&bad(|_| Vec::new())).await;
}

#[tokio::test]
async fn a_redirect_gets_nothing_whatever_is_shown() {
    let target = Server::saying(reply(200, &jsonapi_list(&[1])));
    let to = format!("Location: http://{}/v1/sessions\r\n", target.address);
    for status in [301, 302, 303, 307, 308] {
        let to = to.clone();
        every_fault(&bad(move |_| reply_with(status, &to, b""))).await;
    }
    let login = Server::answering(move |line, _| match line {
        "GET /v1/auth" => reply_with(307, &to, b""),
        _ => reply(200, &jsonapi_list(&[7])),
    });
    let client = Client::new(spec(&login)).unwrap();
    list(&client).await.unwrap();
    client.log_in().await;
    assert!(target.heads().is_empty());
}

#[tokio::test]
async fn one_endpoints_credentials_go_to_no_other() {
    let (one, other) = (bad(|_| reply(500, "")), bad(|_| reply(500, "")));
    let (client, stranger) = (Client::new(spec(&one)).unwrap(), other.client());
    client.log_in().await;
    for client in [&client, &stranger] {
        let _ = list(client).await;
    }
    assert!(one.heads().last().unwrap().contains(TOKEN));
    assert!(!other.heads().is_empty());
    for head in other.heads() {
        assert!(!head.to_lowercase().contains("authorization"), "{head}");
    }
}

#[test]
fn a_client_that_cannot_be_made_does_not_say_of_what() {
    let certified = Authority::new("our CA").client();
    let stranger = Authority::new("another CA").client();
    let mixed = format!("{}{}", certified.certificate, stranger.key);
    let server = Server::saying("");
    let base = |url: &str| ClientSpec {
        url: url.parse().unwrap(),
        ..spec(&server)
    };
    let with_identity = |pem: String| ClientSpec {
        tls: TlsSpec {
            identity_pem: Some(pem.into()),
            ..TlsSpec::default()
        },
        ..base("https://db1")
    };
    let bad_user = ClientSpec {
        credentials: Some(Credentials {
            user: "a:b".to_owned(),
            password: PASSWORD.into(),
        }),
        ..base("https://db1")
    };
    for spec in [
        base("db1.example.com"),
        bad_user,
        with_identity(mixed),
        with_identity(stranger.key.clone()),
    ] {
        is_clean(&format!("{spec:?} {spec:#?}"));
        both_are_clean(&Client::new(spec).unwrap_err());
    }
    let made = ClientSpec {
        tls: TlsSpec {
            ca_pem: Some(Authority::new("our CA").pem.into_bytes()),
            identity_pem: Some(certified.both().into()),
            insecure: false,
        },
        ..base("https://db1")
    };
    let key_line = certified.key.lines().nth(1).unwrap().to_owned();
    let client = Client::new(made).unwrap();
    client_is_clean(&client);
    assert!(!format!("{client:?}").contains(&key_line));
    assert_eq!(client.endpoint(), EndpointId(0));
}
