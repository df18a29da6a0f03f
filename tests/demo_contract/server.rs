//! The socket: its address, the request log, and stopping.

use maxtop::demo::{DemoError, RequestLine, ServeSpec, serve};
use tokio::net::TcpStream;

use crate::client::{delete, get, running, still};

#[tokio::test]
async fn it_listens_on_loopback_only() {
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        let mut spec = ServeSpec::new(1, 1);
        spec.listen = address.parse().unwrap();
        assert!(
            matches!(serve(spec).await, Err(DemoError::NotLoopback(_))),
            "{address}"
        );
    }
}

#[tokio::test]
async fn a_taken_port_and_a_senseless_speed_are_errors() {
    let server = running(still(1)).await;
    let mut spec = still(1);
    spec.listen = server.addr;
    assert!(matches!(serve(spec).await, Err(DemoError::Bind { .. })));
    for speed in [-1.0, f64::NAN, f64::INFINITY] {
        let mut spec = still(1);
        spec.speed = speed;
        assert!(matches!(serve(spec).await, Err(DemoError::Speed(_))));
    }
}

#[tokio::test]
async fn it_remembers_requests() {
    let server = running(still(12)).await;
    get(server.addr, "/sessions?range=0-1").await;
    delete(server.addr, "/v1/sessions/999999").await;
    let line = |method: &str, target: &str, status| RequestLine {
        method: method.to_owned(),
        target: target.to_owned(),
        status,
        fault: None,
    };
    let expected = [
        line("GET", "/sessions?range=0-1", 200),
        line("DELETE", "/v1/sessions/999999", 404),
    ];
    assert_eq!(server.log(), expected);
}

#[tokio::test]
async fn it_stops() {
    let server = running(still(1)).await;
    let addr = server.addr;
    let idle = TcpStream::connect(addr).await.unwrap();
    server.stop().await;
    assert!(TcpStream::connect(addr).await.is_err());
    drop(idle);

    let server = running(still(1)).await;
    let addr = server.addr;
    drop(server);
    for _ in 0..200 {
        if TcpStream::connect(addr).await.is_err() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("a dropped server goes on");
}

#[tokio::test]
async fn hooks_change_the_world() {
    let server = running(still(12)).await;
    assert!(server.impersonate(3, "mallory"));
    assert_eq!(get(server.addr, "/sessions/3").await.json()["user"], "mallory");
    assert!(server.kill(3));
    assert!(!server.kill(3));
    assert!(!server.impersonate(3, "mallory"));
    assert!(!server.ids().contains(&3));
}
