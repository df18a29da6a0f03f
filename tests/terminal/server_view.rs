//! The view of servers: a server that goes down is shown, and its sessions are one key away.

use maxtop::demo::{ServerTrouble, TroubledServer};

use crate::endpoint::Endpoint;
use crate::screen::{ids, lines};

#[test]
fn a_server_that_is_down_leads_to_its_sessions_and_back() {
    let endpoint = Endpoint::frozen(50);
    endpoint.running().with_world(|world| {
        world.trouble_server(Some(TroubledServer {
            name: "db-02".to_owned(),
            trouble: ServerTrouble::Down,
        }));
    });
    let mut pty = endpoint.watched("jsonapi").open();
    pty.wait("the trouble in the header", |screen| {
        lines(screen)[0].contains("db-02 DOWN") && ids(screen).len() == 19
    });
    pty.look(|screen| assert!(lines(screen)[23].starts_with(" S servers"), "the first hint"));
    pty.keys("S");
    pty.wait("the server with its sessions", |screen| {
        lines(screen)[4].starts_with(" ▲ db-02      Down")
    });
    pty.sees("3 servers, 1 down");
    pty.keys("\r");
    pty.wait("the sessions of the server", |screen| {
        lines(screen)[22].contains("/server=db-02") && !ids(screen).is_empty()
    });
    pty.keys("\x1b");
    pty.wait("the view again", |screen| {
        lines(screen)[4].starts_with(" ▲ db-02      Down")
    });
    pty.keys("\x1b");
    pty.wait("all sessions", |screen| {
        lines(screen)[22].contains(" sessions ") && !lines(screen)[22].contains("server=")
    });
    pty.keys("q");
    pty.ends_with(0);
}
