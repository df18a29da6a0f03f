//! The statements of a killed session, on the screen.

use crate::endpoint::Endpoint;
use crate::kill::confirm;
use crate::pty::Pty;
use crate::screen::ids;

/// The screen of a world that does not move, with only the sessions that wait for a row of `orders`.
fn waiters(endpoint: &Endpoint) -> Pty {
    endpoint
        .watched("jsonapi")
        .args(["--sql-user", "maxtop", "--filter", "query~'^UPDATE orders'"])
        .env("MAXTOP_SQL_PASSWORD", "maxtop")
        .open()
}

fn incidents() -> Endpoint {
    Endpoint::with(40, |spec| {
        spec.world.incidents = true;
        spec.speed = 0.0;
    })
}

#[test]
fn s_ends_the_statement_with_the_session() {
    let endpoint = incidents();
    let mut pty = waiters(&endpoint);
    pty.wait("a table", |screen| !ids(screen).is_empty());
    pty.keys("K");
    pty.sees("s [ ] kill its statements too");
    pty.sees("Yes, kill it");
    pty.keys("s");
    pty.sees("s [x] kill its statements too");
    confirm(&mut pty, "y");
    pty.keys("l");
    pty.sees("its statement on db-01 was ended");
    let log = std::fs::read_to_string(pty.audit_log()).unwrap();
    assert_eq!(
        log.lines().filter(|line| line.contains("\"intent\"")).count(),
        2,
        "{log}"
    );
}

#[test]
fn without_s_the_kill_log_has_the_kill_to_copy() {
    let endpoint = incidents();
    let mut pty = waiters(&endpoint);
    pty.wait("a table", |screen| !ids(screen).is_empty());
    pty.keys("K");
    pty.sees("Yes, kill it");
    confirm(&mut pty, "y");
    pty.sees("killed ");
    pty.keys("l");
    pty.sees("its statement still runs on");
    pty.sees("KILL SOFT QUERY ID");
}
