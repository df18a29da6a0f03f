//! Lists are decoded while they arrive, and end at the first fault.

use std::io::{Read as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};

use maxtop::client::{Client, ClientSpec};
use maxtop::model::{Dialect, RequestError, Text, TextLimit};
use maxtop::wire::Bounds;

use crate::server::{Server, list};

fn in_draft(server: &Server) -> Client {
    let spec = ClientSpec {
        dialect: Some(Dialect::Draft),
        ..server.spec()
    };
    Client::new(spec).unwrap()
}

#[tokio::test]
async fn a_list_is_decoded_while_it_arrives() {
    let rows: Vec<_> = (1..20_000).map(|id| format!(r#"{{"id":{id}}}"#)).collect();
    let body = format!("[{}]", rows.join(","));
    let server = Server::start(move |_, stream| {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
        let _ = stream.write_all(head.as_bytes());
        for part in body.as_bytes().chunks(4999) {
            let _ = stream.write_all(part);
            let _ = stream.flush();
        }
    });
    let list = list(&in_draft(&server)).await.unwrap();
    assert_eq!((list.rows.sessions.len(), list.rows.dropped), (19_999, 0));
    assert!(list.rows.sessions.is_sorted_by_key(|session| session.id));
}

#[tokio::test]
async fn a_body_that_is_no_list_is_a_fault_before_it_ends() {
    // The rest never comes; waiting for it would be a time-out.
    let server = Server::start(move |_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n[{\"id\":1} x");
        let _ = stream.write_all(&vec![b' '; 1_000_000]);
        let _ = stream.read(&mut [0; 1]);
    });
    let fault = list(&in_draft(&server)).await.unwrap_err();
    assert_eq!(
        fault,
        RequestError::Malformed(Text::clean("invalid JSON at line 1 column 11", TextLimit::Line))
    );
}

#[tokio::test]
async fn an_endless_list_ends_at_its_first_limit() {
    let server = Server::start(move |_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n[{\"id\":0}");
        let part = r#",{"id":1}"#.repeat(20_000);
        while stream.write_all(part.as_bytes()).is_ok() {}
    });
    let spec = ClientSpec {
        dialect: Some(Dialect::Draft),
        bounds: Bounds {
            rows: 50_000,
            ..Bounds::default()
        },
        ..server.spec()
    };
    let fault = list(&Client::new(spec).unwrap()).await.unwrap_err();
    assert_eq!(fault, RequestError::TooManyRows { limit: 50_000 });
}

#[tokio::test]
async fn a_list_over_the_limit_leaves_nothing_that_counts_for_the_next() {
    let is_first = AtomicBool::new(true);
    let server = Server::start(move |_, stream| {
        let (count, name) = if is_first.swap(false, Ordering::Relaxed) {
            (10_000, "a")
        } else {
            (2_500, "b")
        };
        let row = |id: &u32| format!(r#"{{"id":{id},"user":"{name}{id:0>100}"}}"#);
        let rows: Vec<_> = (1..=count).collect::<Vec<_>>().iter().map(row).collect();
        let body = format!("[{}]", rows.join(","));
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
        let _ = stream.write_all(head.as_bytes());
        let _ = stream.write_all(body.as_bytes());
    });
    let spec = ClientSpec {
        dialect: Some(Dialect::Draft),
        bounds: Bounds {
            bytes: 1_000_000,
            ..Bounds::default()
        },
        ..server.spec()
    };
    let client = Client::new(spec).unwrap();
    let fault = list(&client).await.unwrap_err();
    assert!(matches!(fault, RequestError::TooMuchMemory { .. }), "{fault}");
    assert_eq!(list(&client).await.unwrap().rows.sessions.len(), 2_500);
}
