//! A host name with two addresses, each with a proxy of its own.

use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};

use maxtop::demo::ServedDialects;

use crate::evidence::checks_before_last;
use crate::front::{After, Asked, Delivery, Front};
use crate::program::{Demo, maxtop};

/// Listeners on both addresses of `localhost`, on one port. Returns `None` where one is missing.
fn both_addresses() -> Option<[TcpListener; 2]> {
    for _ in 0..50 {
        let first = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = first.local_addr().unwrap().port();
        if let Ok(second) = TcpListener::bind((Ipv6Addr::LOCALHOST, port)) {
            return Some([first, second]);
        }
    }
    None
}

/// Runs a kill through `localhost` whose address stops as `delivery` says while its last check is
/// answered. Returns the status and the DELETEs at the address of the check and at the other one.
fn kill_while_stopping(
    dialects: ServedDialects,
    after: After,
    delivery: Delivery,
) -> Option<(i32, usize, usize)> {
    let listeners = both_addresses()?;
    // Equal in every part, so that a check of either of them passes.
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    let now = i64::try_from(now.as_secs()).unwrap();
    let demos = [(); 2].map(|()| Demo::with(dialects, |spec| spec.world.now_unix = now));
    assert_eq!(demos[0].running.ids(), demos[1].running.ids());
    let id = demos[0].ready_id();
    let (check, first) = (format!("/sessions/{id}"), checks_before_last(dialects));
    let mut fronts = listeners.into_iter().zip(&demos).map(|(listener, demo)| {
        let check = check.clone();
        let play = move |asked: &Asked| {
            // The first check opens Yes.
            let is_last_check =
                asked.line.starts_with("GET ") && asked.line.ends_with(&check) && asked.nth > first;
            if is_last_check { delivery } else { Delivery::AtOnce }
        };
        Front::start_on(listener, demo.running.addr, after, play)
    });
    let fronts = [fronts.next().unwrap(), fronts.next().unwrap()];
    let url = format!("http://localhost:{}", fronts[0].address.port());
    let ran = maxtop(&["-e", &url, "kill", &id, "--yes", "--timeout", "3s"]);
    let lasts = fronts.each_ref().map(|front| {
        let paths = ["/v1", ""].map(|prefix| format!("GET {prefix}{check}"));
        paths.iter().map(|path| front.asked(path).len()).max().unwrap()
    });
    let checked = usize::from(lasts[1] > first);
    assert!(
        lasts[checked] > first && lasts[1 - checked] <= first,
        "{lasts:?} {ran:?}"
    );
    let deletes = fronts.each_ref().map(|front| front.deletes().len());
    Some((ran.status, deletes[checked], deletes[1 - checked]))
}

const CASES: [(ServedDialects, After); 4] = [
    (ServedDialects::JsonApi, After::Keep),
    (ServedDialects::JsonApi, After::Close),
    (ServedDialects::Draft, After::Keep),
    (ServedDialects::Draft, After::Close),
];

#[test]
fn no_delete_reaches_the_other_address_when_that_of_the_check_is_gone() {
    for (dialects, after) in CASES {
        let Some((status, _, other)) = kill_while_stopping(dialects, after, Delivery::StopServing) else {
            return;
        };
        assert_eq!((status, other), (1, 0), "{dialects:?} {after:?}");
    }
}

#[test]
fn a_delete_uses_its_open_connection_when_the_address_of_the_check_stops_listening() {
    for (dialects, after) in CASES {
        let Some((_, checked, other)) = kill_while_stopping(dialects, after, Delivery::StopListening) else {
            return;
        };
        assert_eq!((checked, other), (1, 0), "{dialects:?} {after:?}");
    }
}
