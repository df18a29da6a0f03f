//! Requests of the client, as the server receives them: paths, headers, number.

use maxtop::client::{Client, ClientSpec, Credentials, ListRequest};
use maxtop::model::{EndpointId, Now, RequestError, SessionId};

use crate::server::{
    Server, deletes, hold, ids, jsonapi_instance, jsonapi_list, jsonapi_session, kill, list, reply,
    reply_with, send, with_session,
};

fn with_password(server: &Server) -> Client {
    let spec = ClientSpec {
        credentials: Some(Credentials {
            user: "admin".to_owned(),
            password: "geheim".into(),
        }),
        ..server.spec()
    };
    Client::new(spec).unwrap()
}

#[tokio::test]
async fn what_a_request_looks_like_to_the_server() {
    let server = Server::start(|request, stream| {
        let body = if request.contains("/v1/maxscale") {
            jsonapi_instance("x")
        } else {
            jsonapi_list(&[1])
        };
        send(stream, &reply(200, &body));
    });
    let client = with_password(&server);
    client.instance().await.unwrap().unwrap();
    list(&client).await.unwrap();
    let request = ListRequest {
        fields: Some(&["user", "state"]),
        range: Some((1, 2)),
    };
    client.sessions(&request).await.unwrap();
    let requests = server.requests();
    assert!(requests[0].starts_with("GET /v1/maxscale?fields%5Bmaxscale%5D=version,started_at,uptime,"));
    assert!(requests[0].ends_with("&pretty=false"));
    assert_eq!(requests[1], "GET /v1/sessions?pretty=false");
    assert_eq!(
        requests[2],
        "GET /v1/sessions?fields%5Bsessions%5D=user,state&pretty=false"
    );
    for head in server.heads() {
        let head = head.to_lowercase();
        for line in [
            "\r\nconnection: close\r\n",
            "\r\naccept: application/json\r\n",
            "\r\naccept-encoding: identity\r\n",
            "\r\nuser-agent: maxtop/",
            // admin:geheim
            "\r\nauthorization: basic ywrtaw46z2vozwlt\r\n",
        ] {
            assert!(head.contains(line), "{line:?} in {head}");
        }
        for name in ["if-", "cookie", "date:", "rdns", "referer"] {
            assert!(!head.contains(name), "{name} in {head}");
        }
    }
}

#[tokio::test]
async fn the_password_is_in_no_debug_text_and_no_error() {
    let server = Server::saying(reply(401, ""));
    let client = with_password(&server);
    let fault = list(&client).await.unwrap_err();
    let text = format!("{client:?} {fault:?} {fault}");
    assert!(
        !text.contains("geheim") && !text.contains("YWRtaW46Z2VoZWlt"),
        "{text}"
    );
}

#[test]
fn a_password_goes_over_plain_http_to_this_machine_only() {
    let spec = |url: &str, allow_plain_http| ClientSpec {
        credentials: Some(Credentials {
            user: "admin".to_owned(),
            password: "geheim".into(),
        }),
        allow_plain_http,
        ..ClientSpec::new(EndpointId(0), url.parse().unwrap())
    };
    let refused = Client::new(spec("db1.example.com", false))
        .unwrap_err()
        .to_string();
    assert!(refused.starts_with("http://db1.example.com:8989: ") && refused.contains("--allow-plain-http"));
    assert!(Client::new(spec("db1.example.com", true)).is_ok());
    assert!(Client::new(spec("https://db1.example.com", false)).is_ok());
    assert!(Client::new(spec("localhost", false)).is_ok());
    assert!(Client::new(ClientSpec::new(EndpointId(0), "db1.example.com".parse().unwrap())).is_ok());
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_gets_no_credentials() {
    let target = Server::saying(reply(200, &jsonapi_list(&[1])));
    let location = format!("Location: http://{}/v1/sessions\r\n", target.address);
    let server = Server::saying(reply_with(302, &location, b""));
    let fault = list(&with_password(&server)).await.unwrap_err();
    assert!(matches!(&fault, RequestError::Redirected(to) if to.as_str().contains("/v1/sessions")));
    assert!(target.requests().is_empty());
}

#[tokio::test]
async fn a_server_that_never_closes_is_not_waited_for() {
    let server = Server::start(|_, stream| {
        send(
            stream,
            &reply_with(200, "Connection: Keep-Alive\r\n", jsonapi_list(&[7]).as_bytes()),
        );
        hold(stream);
    });
    let client = server.client();
    assert_eq!(ids(&list(&client).await.unwrap()), [7]);
    assert_eq!(ids(&list(&client).await.unwrap()), [7]);
}

#[tokio::test]
async fn a_delete_whose_reply_is_lost_is_sent_once() {
    let server = with_session(9, Vec::new());
    let fault = kill(&server.client(), SessionId(9)).await.unwrap_err();
    assert!(matches!(fault, RequestError::Cut(_)), "{fault:?}");
    assert_eq!(deletes(&server), ["DELETE /v1/sessions/9"]);
}

#[tokio::test]
async fn what_a_delete_can_come_to() {
    for (status, body, expected) in [
        (200, "", Ok(())),
        (202, "", Ok(())),
        (404, "", Err(RequestError::NotFound)),
        (
            302,
            "",
            Err(RequestError::Status {
                status: 302,
                detail: None,
            }),
        ),
    ] {
        let server = with_session(3, reply(status, body));
        let outcome = kill(&server.client(), SessionId(3)).await;
        assert_eq!(outcome, expected);
        assert_eq!(deletes(&server), ["DELETE /v1/sessions/3"]);
    }
}

#[tokio::test]
async fn a_read_only_client_sends_no_delete() {
    let server = Server::saying(reply(200, &jsonapi_list(&[9])));
    let spec = ClientSpec {
        read_only: true,
        ..server.spec()
    };
    let client = Client::new(spec).unwrap();
    assert_eq!(
        client.delete(1, SessionId(9), Now::default()).await,
        Err(RequestError::ReadOnly)
    );
    assert!(server.requests().is_empty());
    list(&client).await.unwrap();
    assert_eq!(
        client.delete(1, SessionId(9), Now::default()).await,
        Err(RequestError::ReadOnly)
    );
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn another_session_than_the_one_asked_for_is_not_taken() {
    let server = Server::start(|request, stream| {
        let body = if request.contains("/sessions/") {
            jsonapi_session(7)
        } else {
            jsonapi_list(&[7])
        };
        send(stream, &reply(200, &body));
    });
    let client = server.client();
    assert_eq!(client.session(SessionId(7)).await.unwrap().session.id.0, 7);
    let fault = client.session(SessionId(7 + (1 << 32))).await.unwrap_err();
    assert!(matches!(fault, RequestError::Malformed(_)), "{fault:?}");
}
