//! Trouble of servers in the header. The servers are polled every ten seconds.

use maxtop::demo::{ServerTrouble, TroubledServer};

use crate::endpoint::Endpoint;
use crate::screen::{ids, lines};

fn trouble(endpoint: &Endpoint, name: &str, trouble: ServerTrouble) {
    let name = name.to_owned();
    endpoint
        .running()
        .with_world(|world| world.trouble_server(Some(TroubledServer { name, trouble })));
}

fn header(screen: &vt100::Screen) -> String {
    lines(screen).into_iter().next().unwrap_or_default()
}

#[test]
fn a_server_that_goes_down_and_comes_back_is_in_the_header() {
    let endpoint = Endpoint::new(12);
    let mut pty = endpoint.watched("jsonapi").open();
    pty.wait("a table", |screen| ids(screen).contains(&1));
    assert!(!pty.look(header).contains("DOWN"), "{}", pty.text());
    trouble(&endpoint, "db-02", ServerTrouble::Down);
    pty.wait("the server", |screen| header(screen).contains("db-02 DOWN "));
    let before = pty.look(header);
    pty.wait("a later second", |screen| {
        header(screen).contains("db-02 DOWN ") && header(screen) != before
    });
    endpoint.running().with_world(|world| world.trouble_server(None));
    pty.wait("no trouble", |screen| !header(screen).contains("db-02"));
    pty.keys("q");
    pty.ends_with(0);
}

#[test]
fn stopped_replication_is_in_the_header_from_the_first_reply() {
    let endpoint = Endpoint::new(12);
    trouble(&endpoint, "db-03", ServerTrouble::ReplicationStopped);
    let mut pty = endpoint.watched("jsonapi").open();
    pty.wait("the server", |screen| {
        header(screen).contains("db-03 replication stopped ")
    });
    pty.keys("q");
    pty.ends_with(0);
}

#[test]
fn a_primary_that_is_down_from_the_start_is_missed() {
    let endpoint = Endpoint::new(12);
    trouble(&endpoint, "db-01", ServerTrouble::Down);
    let mut pty = endpoint.watched("jsonapi").size(120, 24).open();
    pty.wait("the server", |screen| {
        header(screen).contains("db-01 DOWN ") && header(screen).contains("no primary ")
    });
    pty.keys("q");
    pty.ends_with(0);
}
