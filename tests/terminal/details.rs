//! The details: they open, move, and stay when the session ends.

use maxtop::demo::{ServerTrouble, TroubledServer, World};

use crate::endpoint::Endpoint;
use crate::screen::{cursor_id, ids, lines};

/// Returns the counters of the first connection of the first session, which is never quiet.
fn totals(screen: &vt100::Screen) -> Option<Vec<u64>> {
    let lines = lines(screen);
    let head = lines.iter().position(|line| line.contains("CONNECTIONS"))?;
    let figures = lines.get(head + 1)?.split_whitespace().skip(1);
    figures.map(|figure| figure.parse().ok()).collect()
}

fn rates(screen: &vt100::Screen) -> Option<String> {
    lines(screen).into_iter().find(|line| line.contains("per second"))
}

#[test]
fn statistics_of_the_draft_move() {
    let endpoint = Endpoint::with(12, |spec| spec.speed = 20.0);
    let mut pty = endpoint.watched("draft").open();
    pty.wait("a table", |screen| ids(screen).contains(&1));
    pty.keys("1");
    pty.wait("the first session", |screen| cursor_id(screen) == Some(1));
    pty.keys("\r");
    pty.sees("Session 1 ");
    for heading in ["reads", "writes", "buffered", "high", "low"] {
        pty.sees(heading);
    }
    pty.wait("five figures", |screen| {
        totals(screen).is_some_and(|totals| totals.len() == 5)
    });
    let before = pty.look(totals);
    pty.wait("other figures", |screen| totals(screen) > before);
    pty.wait("a rate", |screen| {
        rates(screen).is_some_and(|line| line.contains(|c: char| matches!(c, '1'..='9')))
    });
    pty.keys("\x1b");
    pty.no_longer_sees("Session 1 ");
    assert_eq!(pty.look(cursor_id), Some(1));
    pty.keys("q");
    pty.ends_with(0);
}

#[test]
fn threads_and_statements_of_jsonapi_are_shown() {
    let endpoint = Endpoint::frozen(12);
    let mut pty = endpoint.watched("jsonapi").size(100, 39).open();
    pty.wait("a table", |screen| ids(screen).contains(&1));
    pty.keys("1");
    pty.wait("the first session", |screen| cursor_id(screen) == Some(1));
    pty.keys("\r");
    for text in ["Session 1 ", "thread", "STATEMENTS", "INSERT INTO dw.fact_orders"] {
        pty.sees(text);
    }
    let backend = |world: &mut maxtop::demo::World| {
        let session = world.session(1)?;
        session.connections().next().map(|backend| backend.thread_id)
    };
    let thread = endpoint.running().with_world(backend).expect("a backend");
    pty.sees(&format!("#{thread}"));
}

/// Returns a server of the first session, which has two.
fn held_server(world: &mut World) -> Option<String> {
    let session = world.session(1)?;
    session
        .connections()
        .last()
        .map(|backend| backend.server.to_owned())
}

#[test]
fn a_server_in_maintenance_is_shown_with_its_session() {
    let endpoint = Endpoint::frozen(12);
    let name = endpoint.running().with_world(held_server).expect("a server");
    endpoint.running().with_world(|world| {
        world.trouble_server(Some(TroubledServer {
            name: name.clone(),
            trouble: ServerTrouble::Maintenance,
        }));
    });
    let mut pty = endpoint.watched("jsonapi").size(80, 39).open();
    pty.wait("a table", |screen| ids(screen).contains(&1));
    pty.keys("1");
    pty.wait("the first session", |screen| cursor_id(screen) == Some(1));
    pty.keys("\r");
    pty.sees(&format!("{name} maintenance"));
    pty.sees("Maintenance, Running");
    pty.sees("STATEMENTS");
    pty.keys("\x1b");
    pty.no_longer_sees("STATEMENTS");
    // Known values are in the first frame, and no request is repeated at once.
    pty.keys("\r");
    pty.sees(&format!("{name} maintenance"));
    endpoint.polled(3, &pty);
    assert_eq!(server_requests(&endpoint), 1);
    pty.keys("q");
    pty.ends_with(0);
}

fn server_requests(endpoint: &Endpoint) -> usize {
    let log = endpoint.running().log().into_iter();
    log.filter(|line| line.target.contains("/servers")).count()
}

#[test]
fn they_scroll_by_pages() {
    let endpoint = Endpoint::frozen(12);
    let mut pty = endpoint.watched("jsonapi").open();
    pty.wait("a table", |screen| ids(screen).contains(&1));
    pty.keys("1");
    pty.wait("the first session", |screen| cursor_id(screen) == Some(1));
    pty.keys("\r");
    pty.sees("STATEMENTS");
    pty.keys("\x1b[6~");
    pty.no_longer_sees("CONNECTIONS");
    pty.keys("\x1b[5~");
    pty.sees("CONNECTIONS");
    pty.keys("j");
    pty.sees("1 more above");
    pty.sees("Session 1 ");
    pty.keys("k");
    pty.no_longer_sees("1 more above");
}

#[test]
fn they_stand_beside_the_table_and_follow_the_cursor() {
    let endpoint = Endpoint::frozen(12);
    let mut pty = endpoint.watched("draft").size(140, 30).open();
    pty.wait("a table", |screen| ids(screen).len() == 12);
    let order = pty.look(ids);
    pty.keys("\r");
    pty.sees(&format!("Session {} ", order[0]));
    pty.keys("j");
    pty.sees(&format!("Session {} ", order[1]));
    assert_eq!(pty.look(cursor_id), Some(order[1]));
}

#[test]
fn they_stay_when_the_session_ends() {
    let endpoint = Endpoint::frozen(12);
    let mut pty = endpoint.watched("draft").open();
    pty.wait("a table", |screen| ids(screen).len() == 12);
    let id = pty.look(cursor_id).unwrap();
    pty.keys("\r");
    pty.sees("CONNECTIONS");
    endpoint.running().kill(id);
    let title = format!("Session {id} ");
    pty.wait("that it has ended", |screen| {
        let lines = lines(screen);
        lines
            .iter()
            .any(|line| line.contains(&title) && line.contains("ended"))
    });
    pty.keys("K");
    pty.sees("this session has already ended");
    pty.keys("\x1b");
    pty.wait("the table", |screen| ids(screen).len() >= 11);
    assert_eq!(endpoint.deletes(), Vec::<String>::new());
}
