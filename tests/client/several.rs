//! Several proxies behind one address.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use maxtop::app::msg::Msg;
use maxtop::client::{Client, ClientSpec};
use maxtop::demo::VersionProfile;
use maxtop::model::{EndpointId, SessionId};
use maxtop::poller::{EndpointPoller, PollSettings};
use tokio::sync::mpsc::unbounded_channel;

use crate::server::{Server, jsonapi_instance, jsonapi_list, next_msg, reply, send};
use crate::two_proxies::{Proxy, Turn, TwoProxies};

fn client(url: &str) -> Client {
    Client::new(ClientSpec::new(EndpointId(0), url.parse().unwrap())).unwrap()
}

/// Returns the start times that `count` requests get, each on its own connection.
fn process_starts(proxies: &TwoProxies, count: usize) -> Vec<String> {
    let client = client(&proxies.url());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut starts = Vec::new();
        for _ in 0..count {
            let instance = client.instance().await.unwrap().unwrap();
            starts.push(instance.process.unwrap().started_at.as_str().to_owned());
        }
        starts
    })
}

#[test]
fn the_front_answers_strictly_in_turn() {
    let proxies = TwoProxies::start(Turn::Alternate);
    let starts = process_starts(&proxies, 4);
    assert_ne!(starts[0], starts[1]);
    assert_eq!(starts[..2], starts[2..]);
    let [first, second] = [Proxy::First, Proxy::Second];
    assert_eq!(proxies.connections(), [first, second, first, second]);
}

#[test]
fn the_front_answers_at_random_with_weights() {
    let turn = Turn::Random {
        seed: 1,
        weight_of_first: 0.9,
    };
    let [one, same] = [TwoProxies::start(turn), TwoProxies::start(turn)];
    process_starts(&one, 100);
    process_starts(&same, 100);
    assert_eq!(one.connections(), same.connections());
    let first = one
        .connections()
        .iter()
        .filter(|&&proxy| proxy == Proxy::First)
        .count();
    assert!((80..100).contains(&first), "{first}");
}

#[test]
fn a_kept_connection_of_the_front_stays_with_its_proxy() {
    // This version keeps connections open.
    let profile = VersionProfile::named("2.5").unwrap();
    let proxies = TwoProxies::start_with(Turn::Alternate, |spec| spec.profile = profile);
    let mut stream = TcpStream::connect(proxies.url().trim_start_matches("http://")).unwrap();
    for _ in 0..3 {
        stream
            .write_all(b"GET /v1/maxscale HTTP/1.1\r\nHost: x\r\n\r\n")
            .unwrap();
        let mut reply = Vec::new();
        while !String::from_utf8_lossy(&reply).contains("started_at") {
            let mut part = [0; 4096];
            let read = stream.read(&mut part).unwrap();
            assert_ne!(read, 0, "{}", String::from_utf8_lossy(&reply));
            reply.extend_from_slice(&part[..read]);
        }
    }
    assert_eq!(proxies.connections(), [Proxy::First]);
}

#[test]
fn the_proxies_behind_the_front_have_equal_ids_of_other_clients() {
    let proxies = TwoProxies::start(Turn::Alternate);
    let ids = proxies.shared_ids();
    assert!(ids.len() >= 10, "{ids:?}");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let [first, second] = [Proxy::First, Proxy::Second].map(|proxy| {
        let client = client(&proxies.endpoint(proxy).url());
        runtime
            .block_on(client.session(SessionId(ids[0])))
            .unwrap()
            .session
    });
    assert_ne!(
        (first.user, first.address, first.port),
        (second.user, second.address, second.port)
    );
}

/// Polls until several proxies are detected. Returns whether that happened within this number of lists.
fn is_noticed(url: &str, lists: usize) -> bool {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let (out, mut messages) = unbounded_channel();
        let settings = PollSettings {
            interval: Duration::from_millis(5),
            duty: 1.0,
        };
        let _poller = EndpointPoller::spawn(client(url), settings, out);
        let mut listed = 0;
        while listed < lists {
            match next_msg(&mut messages).await {
                Msg::SeveralProxies(EndpointId(0)) => return true,
                Msg::Listed(_) => listed += 1,
                _ => {}
            }
        }
        false
    })
}

#[test]
fn polling_notices_proxies_that_answer_in_turn() {
    let proxies = TwoProxies::start(Turn::Alternate);
    assert!(is_noticed(&proxies.url(), 3));
}

#[test]
fn polling_notices_proxies_that_answer_at_random() {
    for (weight_of_first, lists) in [(0.5, 20), (0.9, 100), (0.99, 1_000)] {
        let seed = 3;
        let proxies = TwoProxies::start(Turn::Random {
            seed,
            weight_of_first,
        });
        assert!(is_noticed(&proxies.url(), lists), "{weight_of_first}");
    }
}

#[test]
fn polling_one_proxy_that_restarts_notices_no_other() {
    let proxies = TwoProxies::start(Turn::Alternate);
    let one = proxies.endpoint(Proxy::First);
    for _ in 0..3 {
        assert!(!is_noticed(&one.url(), 20));
        one.restart();
    }
    let lists = AtomicUsize::new(0);
    let restarting = Server::start(move |request, stream| {
        let body = if request.contains("/v1/maxscale") {
            jsonapi_instance(&format!("process {}", lists.load(Ordering::SeqCst) / 3))
        } else {
            lists.fetch_add(1, Ordering::SeqCst);
            jsonapi_list(&[1])
        };
        send(stream, &reply(200, &body));
    });
    assert!(!is_noticed(&format!("http://{}", restarting.address), 50));
}
