//! Every way in which an endpoint can fail: each gives a named error, and none hangs.

use std::net::TcpListener;
use std::time::Duration;

use maxtop::client::{Client, ClientSpec};
use maxtop::model::{Dialect, EndpointId, Remedy, RequestError, SessionId, Text, TextLimit};
use maxtop::wire::Bounds;

use crate::server::{Server, hold, ids, jsonapi_list, kill, list, reply, reply_with, send};

async fn fault_of(server: &Server) -> RequestError {
    list(&server.client()).await.unwrap_err()
}

async fn impatient_fault_of(server: &Server) -> RequestError {
    let spec = ClientSpec {
        timeout: Duration::from_millis(150),
        ..server.spec()
    };
    list(&Client::new(spec).unwrap()).await.unwrap_err()
}

#[tokio::test]
async fn refused() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let spec = ClientSpec::new(EndpointId(0), address.to_string().parse().unwrap());
    let fault = list(&Client::new(spec).unwrap()).await.unwrap_err();
    assert_eq!(fault, RequestError::Refused);
}

#[tokio::test]
async fn a_name_that_does_not_exist() {
    let spec = ClientSpec::new(EndpointId(0), "no-such-host.invalid".parse().unwrap());
    let fault = list(&Client::new(spec).unwrap()).await.unwrap_err();
    assert!(
        matches!(&fault, RequestError::Resolve(text) if text.as_str().starts_with("no-such-host.invalid ("))
    );
}

#[tokio::test]
async fn silence_ends_at_the_deadline() {
    let server = Server::start(|_, stream| hold(stream));
    let fault = impatient_fault_of(&server).await;
    assert_eq!(fault, RequestError::TimedOut(Duration::from_millis(150)));
}

#[tokio::test]
async fn so_does_a_body_that_stops() {
    let server = Server::start(|_, stream| {
        send(
            stream,
            b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"data\":",
        );
        hold(stream);
    });
    assert!(matches!(
        impatient_fault_of(&server).await,
        RequestError::TimedOut(_)
    ));
}

#[tokio::test]
async fn and_one_that_comes_byte_by_byte() {
    let server = Server::start(|_, stream| {
        for byte in reply(200, &jsonapi_list(&[1, 2, 3])) {
            send(stream, &[byte]);
            std::thread::sleep(Duration::from_millis(5));
        }
    });
    assert!(matches!(
        impatient_fault_of(&server).await,
        RequestError::TimedOut(_)
    ));
}

#[tokio::test]
async fn a_cut_body() {
    let server = Server::saying("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"data\":[");
    let fault = fault_of(&server).await;
    assert_eq!(
        fault.to_string(),
        "the reply was cut off: 9 of 100 bytes received"
    );
}

#[tokio::test]
async fn a_connection_closed_without_a_word() {
    let fault = fault_of(&Server::saying("")).await;
    assert!(
        matches!(&fault, RequestError::Cut(text) if text.as_str().contains("https://")),
        "{fault:?}"
    );
}

#[tokio::test]
async fn something_that_is_no_http() {
    let fault = fault_of(&Server::saying("SSH-2.0-OpenSSH_9.2p1\r\n")).await;
    assert_eq!(fault.to_string(), "a non-HTTP reply instead of JSON");
}

#[tokio::test]
async fn a_content_length_that_is_too_short_ends_the_body_there() {
    let server =
        Server::saying("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{\"data\":[]}, and much more than that");
    let fault = fault_of(&server).await;
    assert!(matches!(fault, RequestError::Malformed(_)), "{fault:?}");
}

#[tokio::test]
async fn a_body_over_the_cap_whether_announced_or_not() {
    let body = jsonapi_list(&(1..100).collect::<Vec<_>>());
    let unannounced = format!("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{body}");
    let huge = "HTTP/1.1 200 OK\r\nContent-Length: 4294967296\r\n\r\n{".to_owned();
    let announced = String::from_utf8(reply(200, &body)).unwrap();
    for bytes in [unannounced, huge, announced] {
        let server = Server::saying(bytes);
        let spec = ClientSpec {
            body_cap: 1000,
            ..server.spec()
        };
        let fault = list(&Client::new(spec).unwrap()).await.unwrap_err();
        assert_eq!(fault, RequestError::TooLarge { limit: 1000 });
    }
}

#[tokio::test]
async fn a_page_and_an_empty_reply() {
    let page = Server::saying(reply(200, "<!DOCTYPE html><html></html>"));
    assert_eq!(
        fault_of(&page).await,
        RequestError::NotJson(Text::clean("HTML", TextLimit::Name))
    );
    let empty = Server::saying(reply(200, ""));
    assert_eq!(
        fault_of(&empty).await,
        RequestError::NotJson(Text::clean("an empty reply", TextLimit::Name))
    );
}

#[tokio::test]
async fn json_that_is_no_list() {
    for body in [r#"{"data":{}}"#, r#"{"links":{}}"#, r#"{"data":[{"id":"#] {
        let fault = fault_of(&Server::saying(reply(200, body))).await;
        assert!(matches!(fault, RequestError::Malformed(_)), "{body}: {fault:?}");
    }
}

#[tokio::test]
async fn a_wrong_type_blanks_its_field_and_a_missing_id_drops_its_row() {
    let body = r#"{"data":[
        {"id":"2","attributes":{"user":["not a name"],"remote":"10.0.0.2"}},
        {"id":"1","attributes":{"user":"bob","remote":"10.0.0.1"}},
        {"attributes":{"user":"nobody"}},
        {"id":"2","attributes":{"user":"twice"}}
    ]}"#;
    let list = list(&Server::saying(reply(200, body)).client()).await.unwrap();
    assert_eq!(ids(&list), [1, 2]);
    assert_eq!((list.rows.blanked, list.rows.dropped), (1, 1));
    let second = &list.rows.sessions[1];
    assert!(second.user.is_none());
    assert_eq!(second.address.as_ref().unwrap().as_str(), "10.0.0.2");
}

#[tokio::test]
async fn texts_with_different_broken_bytes_stay_different() {
    let body = b"{\"data\":[{\"id\":\"1\",\"attributes\":{\"user\":\"b\xff\"}},\
        {\"id\":\"2\",\"attributes\":{\"user\":\"b\xfe\"}}]}";
    let server = Server::saying(reply_with(200, "", body));
    let list = list(&server.client()).await.unwrap();
    assert_eq!(ids(&list), [1, 2]);
    assert_ne!(list.rows.sessions[0].user, list.rows.sessions[1].user);
}

#[tokio::test]
async fn refusals_and_errors_carry_the_servers_words() {
    let denied = r#"{"errors": [ { "detail": "Access denied" } ] }"#;
    for (status, shown) in [
        (401, "not allowed (401): Access denied"),
        (403, "not allowed (403): Access denied"),
        (500, "status 500: Access denied"),
        (503, "status 503: Access denied"),
    ] {
        let server = Server::saying(reply(status, denied));
        assert_eq!(fault_of(&server).await.to_string(), shown);
        assert_eq!(server.requests().len(), 1, "{status} says nothing of the dialect");
    }
}

#[tokio::test]
async fn rows_that_are_no_sessions_are_a_fault_of_the_endpoint() {
    for (body, words) in [
        (r#"[{"error":"x"}]"#, "its only row is not a session"),
        (r#"{"data":[[],[]]}"#, "none of its 2 rows is a session"),
        (
            r#"{"data":[{"id":"1","type":"users"}]}"#,
            "its only row is not a session: the type is 'users'",
        ),
    ] {
        let server = Server::saying(reply(200, body));
        let client = server.client();
        let fault = list(&client).await.unwrap_err();
        assert!(matches!(fault, RequestError::NoSession(_)), "{body}: {fault:?}");
        assert_eq!(fault.to_string(), words);
        assert_eq!(client.dialect(), None, "it says nothing of the dialect");
        let Some(Remedy(remedy)) = fault.remedy() else {
            panic!("{fault:?} has no remedy")
        };
        assert!(remedy.contains("is this MaxScale's admin port?"), "{remedy}");
        let looked = client.session(SessionId(1)).await.unwrap_err();
        assert!(matches!(looked, RequestError::NoSession(_)), "{body}: {looked:?}");
    }
}

#[tokio::test]
async fn a_404_that_maxscale_does_not_send_ends_no_session() {
    for body in [
        "404 page not found\n",
        "<html><title>404</title></html>",
        r#"{"message":"no Route matched with those values"}"#,
        r#"{"kind":"Status","code":404}"#,
    ] {
        for dialect in [Dialect::JsonApi, Dialect::Draft] {
            let server = Server::saying(reply(404, body));
            let client = in_dialect(&server, dialect);
            let id = SessionId(5);
            assert_eq!(client.session(id).await.unwrap_err(), RequestError::Unclear404);
            assert_eq!(kill(&client, id).await.unwrap_err(), RequestError::Unclear404);
            assert_eq!(list(&client).await.unwrap_err(), RequestError::Unclear404);
        }
        let unknown = Server::saying(reply(404, body));
        assert_eq!(fault_of(&unknown).await, RequestError::Unclear404);
    }
    let cut = "HTTP/1.1 404 Not Found\r\nContent-Length: 100\r\n\r\n";
    let client = in_dialect(&Server::saying(cut), Dialect::JsonApi);
    assert_eq!(
        client.session(SessionId(5)).await.unwrap_err(),
        RequestError::Unclear404
    );
}

#[tokio::test]
async fn a_404_of_maxscale_means_that_the_session_is_not_there() {
    for (dialect, body) in [
        (Dialect::JsonApi, ""),
        (
            Dialect::JsonApi,
            r#"{"errors": [ { "detail": "5 is not a session" } ] }"#,
        ),
        (Dialect::Draft, ""),
        (
            Dialect::Draft,
            r#"{"error":"Not found","description":"No such session."}"#,
        ),
    ] {
        let client = in_dialect(&Server::saying(reply(404, body)), dialect);
        assert_eq!(
            client.session(SessionId(5)).await.unwrap_err(),
            RequestError::NotFound
        );
        assert_eq!(
            kill(&client, SessionId(5)).await.unwrap_err(),
            RequestError::NotFound
        );
    }
}

fn in_dialect(server: &Server, dialect: Dialect) -> Client {
    let spec = ClientSpec {
        dialect: Some(dialect),
        ..server.spec()
    };
    Client::new(spec).unwrap()
}

#[tokio::test]
async fn a_list_that_would_take_too_much_is_a_fault() {
    let within = |server: &Server, bounds| {
        let spec = ClientSpec {
            bounds,
            ..server.spec()
        };
        Client::new(spec).unwrap()
    };
    let server = Server::saying(reply(200, &jsonapi_list(&(1..100).collect::<Vec<_>>())));
    let few = Bounds {
        rows: 50,
        ..Bounds::default()
    };
    let fault = list(&within(&server, few)).await.unwrap_err();
    assert_eq!(fault, RequestError::TooManyRows { limit: 50 });
    let small = Bounds {
        bytes: 5000,
        ..Bounds::default()
    };
    let fault = list(&within(&server, small)).await.unwrap_err();
    assert_eq!(fault, RequestError::TooMuchMemory { limit: 5000 });
    assert_eq!(list(&server.client()).await.unwrap().rows.sessions.len(), 99);
}

#[tokio::test]
async fn a_compressed_body_is_named() {
    let body = b"\x1f\x8b\x08\0\0\0\0\0";
    let gzip = Server::saying(reply_with(200, "Content-Encoding: gzip\r\n", body));
    let fault = fault_of(&gzip).await;
    assert_eq!(fault.to_string(), "content encoding gzip was not requested");
    let client = in_dialect(&gzip, Dialect::JsonApi);
    assert!(matches!(client.instance().await, Err(RequestError::Encoded(_))));
    let plain = reply_with(
        200,
        "Content-Encoding: identity\r\n",
        jsonapi_list(&[1]).as_bytes(),
    );
    assert_eq!(ids(&list(&Server::saying(plain).client()).await.unwrap()), [1]);
}

#[tokio::test]
async fn a_byte_order_mark_is_passed_over() {
    for body in [jsonapi_list(&[1]), r#"[{"id":1}]"#.to_owned()] {
        let server = Server::saying(reply(200, &format!("\u{feff}{body}")));
        assert_eq!(ids(&list(&server.client()).await.unwrap()), [1]);
    }
}

#[tokio::test]
async fn a_gateways_status_comes_with_what_to_try() {
    for status in [304, 429, 502, 503, 504] {
        let fault = fault_of(&Server::saying(reply(status, ""))).await;
        assert_eq!(fault.to_string(), format!("status {status}"));
        assert!(fault.remedy().is_some(), "{status}");
    }
}
