//! The age of checks: what arrives late is not enough for a DELETE, and a long way to the proxy is.

use std::net::SocketAddr;
use std::time::Duration;

use maxtop::demo::ServedDialects;

use crate::front::{After, Asked, Delivery, Front, What};
use crate::program::{Demo, Ran, command, maxtop, ran};
use crate::slow_link::SlowLink;
use crate::tls_front::{Authority, Times, TlsFront};

const SLOW: &str = "cannot be checked: the endpoint takes longer than 1 s to answer";
const DIALECTS: [ServedDialects; 2] = [ServedDialects::JsonApi, ServedDialects::Draft];

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Whether a request reads one session.
fn is_check(asked: &Asked) -> bool {
    asked.line.starts_with("GET ") && asked.line.rsplit('/').next().is_some_and(is_number)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A front that delivers the replies of checks like this, all but the first one of each session.
fn delivering(demo: &Demo, after: After, delivery: Delivery) -> Front {
    Front::start(demo.running.addr, after, move |asked| {
        if is_check(asked) && asked.nth > 1 {
            delivery
        } else {
            Delivery::AtOnce
        }
    })
}

/// A front that delivers everything at once.
fn passing(demo: &Demo, after: After) -> Front {
    Front::start(demo.running.addr, after, |_| Delivery::AtOnce)
}

/// Ids of killable sessions.
fn ready_ids(demo: &Demo, count: usize) -> Vec<String> {
    let list = demo.list();
    let is_ready = |row: &&serde_json::Value| !row["user"].is_null() && row["state"] == "Session started";
    let ready = list
        .iter()
        .filter(is_ready)
        .chain(list.iter().filter(|row| !row["user"].is_null()));
    let mut ids: Vec<_> = ready.map(|row| row["id"].to_string()).collect();
    let mut seen = std::collections::BTreeSet::new();
    ids.retain(|id| seen.insert(id.clone()));
    ids.truncate(count);
    assert_eq!(ids.len(), count);
    ids
}

/// The requests about one session before those of its last check.
pub(crate) fn checks_before_last(dialects: ServedDialects) -> usize {
    match dialects {
        // Whether connections stay open shows in the second one.
        ServedDialects::Draft => 2,
        _ => 1,
    }
}

fn kill(url: &str, ids: &[String]) -> Ran {
    let mut args = vec!["-e", url, "kill", "--yes"];
    args.extend(ids.iter().map(String::as_str));
    maxtop(&args)
}

fn assert_late_checks_are_refused(
    dialects: ServedDialects,
    after: After,
    delivery: Delivery,
    victims: usize,
) {
    let demo = Demo::start(dialects);
    let ids = ready_ids(&demo, victims);
    // The first check opens Yes, whatever its age.
    let front = delivering(&demo, after, delivery);
    let ran = kill(&front.url(), &ids);
    let case = format!("{dialects:?} {after:?} {delivery:?} {victims}: {ran:?}");
    assert_eq!(ran.status, 1, "{case}");
    assert_eq!(ran.out.matches(SLOW).count(), victims, "{case}");
    assert_eq!(front.deletes().len(), 0, "{case}");
    assert_eq!(demo.deletes(), [""; 0]);
}

/// Runs each case on a thread of its own: nearly all of their time is waiting.
pub(crate) fn side_by_side<T: Send>(cases: impl IntoIterator<Item = T>, run: impl Fn(T) + Sync) {
    std::thread::scope(|scope| {
        let run = &run;
        let threads: Vec<_> = cases
            .into_iter()
            .map(|case| scope.spawn(move || run(case)))
            .collect();
        for thread in threads {
            if let Err(panic) = thread.join() {
                std::panic::resume_unwind(panic);
            }
        }
    });
}

#[test]
fn checks_that_arrive_late_send_no_delete() {
    let late = [
        Delivery::Late(millis(1_500)),
        Delivery::LateBody(millis(1_500)),
        Delivery::Trickle(millis(1_500)),
        Delivery::Late(millis(3_000)),
        Delivery::LateBody(millis(3_000)),
        Delivery::Trickle(millis(3_000)),
    ];
    let alone = late.iter().enumerate().map(|(number, delivery)| {
        // Both dialects and both kinds of servers take part with each delay.
        let dialects = DIALECTS[number % 2];
        let after = [After::Keep, After::Close][number / 3];
        (dialects, after, *delivery, 1)
    });
    let many = DIALECTS.map(|dialects| (dialects, After::Close, Delivery::Late(millis(1_050)), 16));
    side_by_side(alone.chain(many), |(dialects, after, delivery, victims)| {
        assert_late_checks_are_refused(dialects, after, delivery, victims);
    });
}

#[test]
fn process_starts_that_arrive_late_send_no_delete() {
    side_by_side([After::Keep, After::Close], |after| {
        let demo = Demo::start(ServedDialects::JsonApi);
        let ids = ready_ids(&demo, 1);
        let front = Front::start(demo.running.addr, after, move |asked| {
            // The first ones serve the list and the survey.
            if asked.line == "GET /v1/maxscale" && asked.nth > 18 {
                Delivery::Late(millis(1_200))
            } else {
                Delivery::AtOnce
            }
        });
        let ran = kill(&front.url(), &ids);
        assert_eq!(ran.status, 1, "{after:?} {ran:?}");
        assert!(ran.out.contains(SLOW), "{after:?} {ran:?}");
        assert_eq!(front.deletes().len(), 0, "{after:?}");
    });
}

/// A front with TLS, and its certificate authority in a file.
fn with_tls(target: SocketAddr) -> (TlsFront, tempfile::NamedTempFile) {
    let authority = Authority::new("our CA");
    let certificate = authority.server(&["127.0.0.1"], Times::Now);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &authority.pem).unwrap();
    (TlsFront::start(target, &certificate, None), file)
}

#[test]
fn a_kill_over_tls_works_at_every_round_trip_time() {
    let cases = [50, 150, 250].into_iter().flat_map(|round_trip| {
        let servers = [After::Keep, After::Close, After::CloseSilently].into_iter();
        servers.flat_map(move |after| DIALECTS.map(|dialects| (round_trip, after, dialects)))
    });
    side_by_side(cases, |(round_trip, after, dialects)| {
        let demo = Demo::start(dialects);
        let ids = ready_ids(&demo, 1);
        let front = passing(&demo, after);
        let (tls, authority) = with_tls(front.address);
        let link = SlowLink::start(tls.address, millis(round_trip));
        let url = format!("https://{}", link.address);
        let authority = authority.path().to_str().unwrap();
        let mut program = command(&["-e", &url, "--ca-file", authority, "kill", "--yes", &ids[0]]);
        let ran = ran(&mut program);
        let case = format!("{round_trip} ms {after:?} {dialects:?}: {ran:?}");
        assert_eq!(ran.status, 0, "{case}");
        assert!(ran.out.starts_with("killed "), "{case}");
        assert_eq!(front.deletes().len(), 1, "{case}");
        assert_eq!(demo.deletes().len(), 1, "{case}");
    });
}

/// Requests on the connection of the only DELETE, and the position of the DELETE among them.
fn connection_of_delete(front: &Front) -> (Vec<What>, usize) {
    let deletes = front.deletes();
    let [delete] = deletes.as_slice() else {
        panic!("{deletes:?}");
    };
    let same = front
        .notes()
        .into_iter()
        .filter(|note| note.connection == delete.connection);
    let seen: Vec<_> = same.map(|note| note.what).collect();
    let place = seen.iter().position(|what| *what == delete.what).unwrap();
    (seen, place)
}

#[test]
fn a_kept_connection_carries_the_process_start_the_check_and_the_delete() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let id = &ready_ids(&demo, 1)[0];
    let front = passing(&demo, After::Keep);
    let ran = kill(&front.url(), std::slice::from_ref(id));
    assert_eq!(ran.status, 0, "{ran:?}");
    let (seen, place) = connection_of_delete(&front);
    let before = &seen[..place];
    let answered = |line: &str| What::Answered(format!("GET /v1/{line}"));
    assert!(before.contains(&answered("maxscale")), "{before:?}");
    assert_eq!(
        before.last(),
        Some(&answered(&format!("sessions/{id}"))),
        "{before:?}"
    );
    // The other process start of the check came over a connection of its own.
    let checks = front.asked(&format!("GET /v1/sessions/{id}"));
    let starts = front.asked("GET /v1/maxscale");
    let delete = &front.deletes()[0];
    let since_first_check = starts
        .iter()
        .filter(|start| start.at > checks[0].at && start.at < delete.at);
    let connections: std::collections::BTreeSet<_> =
        since_first_check.map(|start| start.connection).collect();
    assert!(connections.len() >= 2, "{connections:?}");
}

#[test]
fn a_kept_connection_carries_the_check_and_the_delete_of_each_of_many() {
    for dialects in DIALECTS {
        let demo = Demo::start(dialects);
        let ids = ready_ids(&demo, 16);
        let front = passing(&demo, After::Keep);
        let ran = kill(&front.url(), &ids);
        assert_eq!(ran.status, 0, "{ran:?}");
        let (notes, deletes) = (front.notes(), front.deletes());
        assert_eq!(deletes.len(), ids.len());
        for delete in deletes {
            let What::Asked(line) = &delete.what else { panic!() };
            let check = What::Answered(line.replace("DELETE", "GET"));
            let before = notes.iter().take_while(|note| note.what != delete.what);
            let last = before
                .filter(|note| note.connection == delete.connection)
                .last()
                .unwrap();
            assert_eq!(last.what, check);
            assert!(delete.at - last.at < Duration::from_secs(1));
        }
    }
}

#[test]
fn a_server_that_closes_connections_gets_the_delete_over_one_that_was_open_before_the_check() {
    for (dialects, after) in [
        (ServedDialects::JsonApi, After::Close),
        (ServedDialects::Draft, After::Close),
        (ServedDialects::JsonApi, After::CloseSilently),
        (ServedDialects::Draft, After::CloseSilently),
    ] {
        let demo = Demo::start(dialects);
        let ids = ready_ids(&demo, 1);
        let front = passing(&demo, after);
        let ran = kill(&front.url(), &ids);
        assert_eq!(ran.status, 0, "{dialects:?} {after:?} {ran:?}");
        let (seen, place) = connection_of_delete(&front);
        assert_eq!((&seen[0], place), (&What::Opened, 1), "{dialects:?} {after:?}");
        let notes = front.notes();
        let delete = &front.deletes()[0];
        let opened = notes
            .iter()
            .position(|note| note.connection == delete.connection)
            .unwrap();
        let check = notes
            .iter()
            .take_while(|note| note.what != delete.what)
            .enumerate();
        let is_check_reply =
            |what: &What| matches!(what, What::Answered(line) if line.ends_with(&format!("/{}", ids[0])));
        let (answered, _) = check
            .filter(|(_, note)| is_check_reply(&note.what))
            .last()
            .unwrap();
        assert!(opened < answered, "{dialects:?} {after:?}: {notes:?}");
    }
}
