//! Old versions on the screen: missing values, the meaning of idle, and no kills.

use maxtop::demo::VersionProfile;

use crate::endpoint::Endpoint;
use crate::screen::{cursor_id, ids};

fn serving(name: &str) -> Endpoint {
    let profile = VersionProfile::named(name).unwrap();
    Endpoint::with(12, |spec| {
        spec.profile = profile;
        spec.speed = 0.0;
    })
}

#[test]
fn details_say_what_the_version_does_not_tell_and_what_idle_counts() {
    for (name, version, idle, connections) in [
        (
            "2.2",
            "2.2.21",
            "idle: since the client last sent",
            "CONNECTIONS  not reported",
        ),
        (
            "2.5",
            "2.5.29",
            "idle: since it last sent or got data",
            "CONNECTIONS         thread",
        ),
    ] {
        let endpoint = serving(name);
        let mut pty = endpoint.watched("auto").open();
        pty.wait("a table", |screen| ids(screen).len() == 13);
        pty.sees(version);
        pty.keys("\r");
        pty.sees(idle);
        pty.sees(connections);
    }
}

#[test]
fn a_version_that_cannot_kill_sessions_never_gets_a_delete() {
    for name in ["2.2", "2.4", "6.4", "21.06"] {
        let endpoint = serving(name);
        let mut pty = endpoint.watched("auto").open();
        pty.wait("a table", |screen| ids(screen).len() == 13);
        let id = pty.look(cursor_id).unwrap();
        pty.keys("K");
        pty.sees("cannot end sessions over its API");
        pty.keys("y\r");
        endpoint.polled(2, &pty);
        assert_eq!(endpoint.deletes(), [""; 0], "{name}");
        assert!(endpoint.has(id), "{name}");
    }
}
