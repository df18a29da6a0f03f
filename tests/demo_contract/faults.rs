//! Injected faults: their effect on the client, which requests are carried out, and the log.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use maxtop::demo::{DemoError, FaultTarget, Faults, InjectedFault, RequestLine, ServeSpec, SimServer, serve};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

use crate::client::{Reply, ask, delete, get, rest, running, send, still, until};

/// Longer than any test waits.
const LONG: Duration = Duration::from_mins(2);

/// Every request meets this fault.
fn always(fault: InjectedFault, on: FaultTarget) -> ServeSpec {
    let mut spec = still(12);
    spec.faults = Some(Faults {
        on,
        kinds: vec![fault],
        hold: LONG,
        ..Faults::new(1.0, 1)
    });
    spec
}

fn has(server: &SimServer, id: u64) -> bool {
    server.ids().contains(&id)
}

fn line(target: &str, status: u16, fault: InjectedFault) -> RequestLine {
    RequestLine {
        method: "DELETE".to_owned(),
        target: target.to_owned(),
        status,
        fault: Some(fault),
    }
}

#[tokio::test]
async fn a_reset_connection_yields_not_a_byte() {
    for (fault, stays) in [
        (InjectedFault::ResetBefore, true),
        (InjectedFault::ResetAfter, false),
    ] {
        let server = running(always(fault, FaultTarget::Deletes)).await;
        for target in ["/sessions/1", "/v1/sessions/2"] {
            let mut stream = TcpStream::connect(server.addr).await.unwrap();
            ask(&mut stream, "DELETE", target).await;
            let (bytes, end) = rest(&mut stream).await;
            assert_eq!(bytes, b"", "{fault:?}");
            assert_eq!(end.unwrap_err().kind(), ErrorKind::ConnectionReset, "{fault:?}");
        }
        assert_eq!((has(&server, 1), has(&server, 2)), (stays, stays), "{fault:?}");
        let expected = [line("/sessions/1", 0, fault), line("/v1/sessions/2", 0, fault)];
        assert_eq!(server.log(), expected);
    }
}

#[tokio::test]
async fn what_was_answered_before_a_reset_is_whole() {
    let server = running(always(InjectedFault::ResetAfter, FaultTarget::Deletes)).await;
    let mut stream = TcpStream::connect(server.addr).await.unwrap();
    ask(&mut stream, "GET", "/sessions/1").await;
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"}") {
        assert!(stream.read_buf(&mut bytes).await.unwrap() > 0, "cut");
    }
    assert!(bytes.starts_with(b"HTTP/1.1 200 OK\r\n"));
    ask(&mut stream, "DELETE", "/sessions/1").await;
    let (bytes, end) = rest(&mut stream).await;
    assert_eq!(bytes, b"");
    assert_eq!(end.unwrap_err().kind(), ErrorKind::ConnectionReset);
    assert!(!has(&server, 1));
    assert_eq!(
        get(server.addr, "/sessions/2").await.status,
        200,
        "others are served"
    );
}

fn assert_error(reply: &Reply, jsonapi: bool) {
    assert_eq!(reply.status, 500);
    let body = reply.json();
    let texts = if jsonapi {
        vec![&body["errors"][0]["detail"]]
    } else {
        vec![&body["error"], &body["description"]]
    };
    assert!(
        texts.iter().all(|text| text.is_string()),
        "{jsonapi}: {}",
        reply.text()
    );
    assert!(reply.header("date").is_some());
}

#[tokio::test]
async fn an_error_has_the_form_of_its_dialect() {
    for (fault, stays) in [
        (InjectedFault::ErrorBefore, true),
        (InjectedFault::ErrorAfter, false),
    ] {
        let server = running(always(fault, FaultTarget::OneSession)).await;
        for (id, target, jsonapi) in [(1, "/sessions/1", false), (2, "/v1/sessions/2", true)] {
            assert_error(&get(server.addr, target).await, jsonapi);
            let head = send(server.addr, "HEAD", target, &[]).await;
            assert_eq!(head.status, 500);
            assert_error(&delete(server.addr, target).await, jsonapi);
            assert_eq!(has(&server, id), stays, "{fault:?}");
            assert_eq!(server.log().last(), Some(&line(target, 500, fault)));
        }
    }
}

#[tokio::test]
async fn silence_holds_up_nobody_else() {
    for (fault, stays) in [
        (InjectedFault::SilenceBefore, true),
        (InjectedFault::SilenceAfter, false),
    ] {
        let server = running(always(fault, FaultTarget::Deletes)).await;
        let mut stream = TcpStream::connect(server.addr).await.unwrap();
        ask(&mut stream, "DELETE", "/sessions/1").await;
        until("the request is remembered", || !server.log().is_empty()).await;
        assert_eq!(has(&server, 1), stays, "{fault:?}");
        let status = get(server.addr, "/sessions/1").await.status;
        assert_eq!(status, if stays { 200 } else { 404 }, "{fault:?}");
        let unread = stream.try_read(&mut [0; 1]).unwrap_err();
        assert_eq!(unread.kind(), ErrorKind::WouldBlock, "{fault:?}");
        assert_eq!(server.log()[0].fault, Some(fault));
    }
}

#[tokio::test]
async fn silence_ends() {
    let hold = Duration::from_millis(150);
    for (fault, status) in [
        (InjectedFault::SilenceBefore, 500),
        (InjectedFault::SilenceAfter, 204),
    ] {
        let mut spec = always(fault, FaultTarget::Deletes);
        if let Some(faults) = &mut spec.faults {
            faults.hold = hold;
        }
        let server = running(spec).await;
        let asked = Instant::now();
        assert_eq!(delete(server.addr, "/sessions/1").await.status, status);
        assert!(asked.elapsed() >= hold, "{fault:?}");
        assert_eq!(server.log(), [line("/sessions/1", status, fault)]);
    }
}

#[tokio::test]
async fn only_the_requests_that_are_meant() {
    use FaultTarget::{All, Deletes, OneSession};
    for (method, target, meant) in [
        ("GET", "/sessions", &[All][..]),
        ("GET", "/v1/sessions/", &[All]),
        ("GET", "/v1/maxscale", &[All]),
        ("GET", "/sessions/1", &[All, OneSession]),
        ("HEAD", "/sessions/1", &[All, OneSession]),
        ("GET", "/v1/sessions/1?pretty=false", &[All, OneSession]),
        ("GET", "/sessions/1/connections", &[All, OneSession]),
        ("DELETE", "/sessions/1", &[All, OneSession, Deletes]),
        ("DELETE", "/v1/sessions/1", &[All, OneSession, Deletes]),
    ] {
        for on in [All, OneSession, Deletes] {
            let server = running(always(InjectedFault::ErrorBefore, on)).await;
            let status = send(server.addr, method, target, &[]).await.status;
            assert_eq!(status == 500, meant.contains(&on), "{method} {target} {on:?}");
            assert_eq!(server.log()[0].fault.is_some(), meant.contains(&on));
        }
    }
}

/// Returns the faults of forty requests for one session, with `lists` list requests after each.
async fn met(seed: u64, lists: usize) -> Vec<Option<InjectedFault>> {
    let mut spec = still(12);
    spec.faults = Some(Faults {
        hold: Duration::from_millis(1),
        ..Faults::new(0.5, seed)
    });
    let server = running(spec).await;
    for _ in 0..40 {
        let mut stream = TcpStream::connect(server.addr).await.unwrap();
        ask(&mut stream, "GET", "/v1/sessions/1").await;
        let _ = rest(&mut stream).await;
        for _ in 0..lists {
            assert_eq!(get(server.addr, "/sessions?range=0-0").await.status, 200);
        }
    }
    let log = server.log();
    assert_eq!(log.len(), 40 * (1 + lists));
    let single = log.iter().filter(|line| line.target == "/v1/sessions/1");
    single.map(|line| line.fault).collect()
}

#[tokio::test]
async fn a_seed_hits_the_same_requests_whatever_is_asked_between() {
    let faults = met(3, 0).await;
    let hit = faults.iter().flatten().count();
    assert!((8..=32).contains(&hit), "{hit} of 40");
    assert_eq!(faults, met(3, 1).await);
    assert_ne!(faults, met(4, 0).await);
}

#[tokio::test]
async fn a_delay_holds_up_single_requests_only() {
    let mut spec = still(12);
    spec.delay = LONG;
    let server = running(spec).await;
    let mut stream = TcpStream::connect(server.addr).await.unwrap();
    ask(&mut stream, "DELETE", "/sessions/1").await;
    until("the session is ended at once", || !has(&server, 1)).await;
    assert_eq!(get(server.addr, "/sessions").await.status, 200);
    assert_eq!(get(server.addr, "/v1/sessions").await.status, 200);
    let unread = stream.try_read(&mut [0; 1]).unwrap_err();
    assert_eq!(unread.kind(), ErrorKind::WouldBlock);

    let mut spec = still(12);
    spec.delay = Duration::from_millis(150);
    let server = running(spec).await;
    for (method, target, status) in [
        ("GET", "/sessions/1", 200),
        ("GET", "/v1/sessions/1", 200),
        ("DELETE", "/sessions/1", 204),
    ] {
        let asked = Instant::now();
        assert_eq!(send(server.addr, method, target, &[]).await.status, status);
        assert!(asked.elapsed() >= Duration::from_millis(150), "{method} {target}");
    }
}

#[tokio::test]
async fn a_senseless_rate_is_an_error() {
    for rate in [-0.1, 1.1, f64::NAN] {
        let mut spec = still(1);
        spec.faults = Some(Faults::new(rate, 1));
        assert!(
            matches!(serve(spec).await, Err(DemoError::FaultRate(_))),
            "{rate}"
        );
    }
}

#[tokio::test]
async fn faults_of_sql_leave_other_requests_alone() {
    let server = running(always(InjectedFault::ErrorAfter, FaultTarget::Sql)).await;
    assert_eq!(get(server.addr, "/v1/sessions").await.status, 200);
    assert_eq!(delete(server.addr, "/v1/sessions/2").await.status, 200);
    let reply = crate::client::post(server.addr, "/v1/sql", &[], crate::sql::OPEN).await;
    assert_eq!(reply.status, 500);
    assert_eq!(
        server.sql_connections().len(),
        1,
        "carried out although the reply is an error"
    );
}
