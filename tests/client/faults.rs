//! Every way in which an endpoint can fail: each is a named fault, and none hangs.

use std::net::TcpListener;
use std::time::Duration;

use maxtop::model::{EndpointId, Fault};
use maxtop::shell::client::{Client, ClientSpec};

use crate::server::{Server, hold, ids, jsonapi_list, list, reply, reply_with, send};

async fn fault_of(server: &Server) -> Fault {
    list(&server.client()).await.unwrap_err()
}

async fn impatient_fault_of(server: &Server) -> Fault {
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
    assert_eq!(fault, Fault::Refused);
}

#[tokio::test]
async fn a_name_that_does_not_exist() {
    let spec = ClientSpec::new(EndpointId(0), "no-such-host.invalid".parse().unwrap());
    let fault = list(&Client::new(spec).unwrap()).await.unwrap_err();
    assert!(matches!(&fault, Fault::Resolve(text) if text.as_str().starts_with("no-such-host.invalid (")));
}

#[tokio::test]
async fn silence_ends_at_the_deadline() {
    let server = Server::start(|_, stream| hold(stream));
    let fault = impatient_fault_of(&server).await;
    assert_eq!(fault, Fault::TimedOut(Duration::from_millis(150)));
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
    assert!(matches!(impatient_fault_of(&server).await, Fault::TimedOut(_)));
}

#[tokio::test]
async fn and_one_that_comes_byte_by_byte() {
    let server = Server::start(|_, stream| {
        for byte in reply(200, &jsonapi_list(&[1, 2, 3])) {
            send(stream, &[byte]);
            std::thread::sleep(Duration::from_millis(5));
        }
    });
    assert!(matches!(impatient_fault_of(&server).await, Fault::TimedOut(_)));
}

#[tokio::test]
async fn a_cut_body() {
    let server = Server::saying("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"data\":[");
    let fault = fault_of(&server).await;
    assert_eq!(fault.to_string(), "the reply was cut off: 9 of 100 bytes came");
}

#[tokio::test]
async fn a_connection_closed_without_a_word() {
    let fault = fault_of(&Server::saying("")).await;
    assert!(
        matches!(&fault, Fault::Cut(text) if text.as_str().contains("https://")),
        "{fault:?}"
    );
}

#[tokio::test]
async fn something_that_is_no_http() {
    let fault = fault_of(&Server::saying("SSH-2.0-OpenSSH_9.2p1\r\n")).await;
    assert_eq!(fault.to_string(), "a reply that is no HTTP instead of JSON");
}

#[tokio::test]
async fn a_content_length_that_is_too_short_ends_the_body_there() {
    let server =
        Server::saying("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{\"data\":[]}, and much more than that");
    let fault = fault_of(&server).await;
    assert!(matches!(fault, Fault::Malformed(_)), "{fault:?}");
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
        assert_eq!(fault, Fault::TooLarge { limit: 1000 });
    }
}

#[tokio::test]
async fn a_page_and_an_empty_reply() {
    let page = Server::saying(reply(200, "<!DOCTYPE html><html></html>"));
    assert_eq!(fault_of(&page).await, Fault::NotJson("HTML"));
    let empty = Server::saying(reply(200, ""));
    assert_eq!(fault_of(&empty).await, Fault::NotJson("an empty reply"));
}

#[tokio::test]
async fn json_that_is_no_list() {
    for body in [r#"{"data":{}}"#, r#"{"links":{}}"#, r#"{"data":[{"id":"#] {
        let fault = fault_of(&Server::saying(reply(200, body))).await;
        assert!(matches!(fault, Fault::Malformed(_)), "{body}: {fault:?}");
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
