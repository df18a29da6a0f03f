//! Many endpoints on one screen: a slow or missing one does not affect the others, and a kill goes to the
//! endpoint of its row.

use std::time::Duration;

use crate::endpoint::Endpoint;
use crate::pty::Pty;
use crate::screen::{cursor_line, lines};
use crate::start::Start;

/// All endpoints on one screen, polled fast, sorted by idle.
fn watch(endpoints: &[&Endpoint], size: (u16, u16)) -> Pty {
    let urls: Vec<String> = endpoints
        .iter()
        .map(|one| format!("http://{}", one.addr()))
        .collect();
    let mut start = Start::new(urls.iter().flat_map(|url| ["-e", url.as_str()]));
    start = start.args(["-i", "100ms", "--duty", "100%", "--dialect", "jsonapi"]);
    start
        .args(["--grace", "0s", "--sort", "-idle", "--timeout", "2s"])
        .size(size.0, size.1)
        .open()
}

/// Returns the number of rows of an endpoint in the table.
fn rows(screen: &vt100::Screen, endpoint: &Endpoint) -> usize {
    let name = endpoint.addr().to_string();
    let table = lines(screen).into_iter().skip(4);
    table.filter(|line| line.contains(&name)).count()
}

#[test]
fn each_has_its_line_and_one_that_goes_away_leaves_the_others_live() {
    let (one, mut two) = (Endpoint::frozen(12), Endpoint::frozen(20));
    let slow = Endpoint::with(8, |spec| {
        spec.speed = 0.0;
        spec.delay = Duration::from_mins(1);
    });
    let mut pty = watch(&[&one, &two, &slow], (120, 40));
    for endpoint in [&one, &two, &slow] {
        pty.wait("its rows", |screen| rows(screen, endpoint) > 3);
    }
    two.stop();
    pty.wait("the one that is gone", |screen| {
        lines(screen)[1].contains("connection refused")
    });
    one.polled(10, &pty);
    pty.look(|screen| {
        let lines = lines(screen);
        assert!(
            lines[0].contains("live") && lines[2].contains("live"),
            "{}\n{}",
            lines[0],
            lines[2]
        );
    });
    two.start();
    pty.wait("it is back", |screen| lines(screen)[1].contains("live"));
    pty.keys("q");
    assert_eq!(pty.ends_with(0), "");
}

#[test]
fn more_than_three_have_one_line_and_the_worst_two() {
    let mut fleet: Vec<_> = (0..5).map(|_| Endpoint::frozen(6)).collect();
    let mut pty = watch(&fleet.iter().collect::<Vec<_>>(), (100, 30));
    pty.sees("5 endpoints  5 live");
    fleet[3].stop();
    pty.sees("4 live  1 failing");
    let gone = fleet[3].addr().to_string();
    pty.wait("the worst first", |screen| lines(screen)[1].contains(&gone));
    pty.keys("q");
    pty.ends_with(0);
}

#[test]
fn equal_ids_are_never_taken_for_each_other() {
    let (one, other) = (Endpoint::frozen(12), Endpoint::frozen(12));
    let mut pty = watch(&[&one, &other], (110, 34));
    pty.wait("both", |screen| {
        rows(screen, &one) > 9 && rows(screen, &other) > 9
    });
    // The same session on both, one below the other.
    let (address, id) = pty.look(|screen| {
        let row = cursor_line(screen).unwrap().1;
        let endpoint = [&one, &other].map(|one| one.addr().to_string());
        let own = endpoint
            .into_iter()
            .find(|name| row.contains(name.as_str()))
            .unwrap();
        let id = row.split_whitespace().nth(1).unwrap();
        (own, id.parse::<u64>().unwrap())
    });
    pty.keys("K");
    pty.sees(&format!("Kill session {id} on {address}?"));
    pty.sees("Yes, kill it");
    crate::kill::confirm(&mut pty, "y");
    pty.sees(&format!("killed {id} "));
    let (there, elsewhere) = if one.addr().to_string() == address {
        (&one, &other)
    } else {
        (&other, &one)
    };
    assert_eq!(there.deletes(), [format!("/v1/sessions/{id}")]);
    assert_eq!(elsewhere.deletes(), Vec::<String>::new());
    assert!(elsewhere.has(id));
    pty.keys("q");
    pty.ends_with(0);
}
