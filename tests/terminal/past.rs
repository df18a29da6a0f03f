//! Past moments and the events.

use crate::endpoint::{DIALECTS, Endpoint};
use crate::screen::{cursor_id, has_rows, ids, lines};

#[test]
fn the_past_is_shown_and_live_again() {
    for dialect in DIALECTS {
        let mut endpoint = Endpoint::frozen(12);
        let mut pty = endpoint.watched(dialect).open();
        pty.wait("a table", |screen| has_rows(screen, 3));
        let id = pty.look(ids).get(2).copied();
        pty.keys("jj");
        pty.wait("the cursor", |screen| cursor_id(screen) == id);
        // The first list has no list before it.
        pty.wait("rates of several lists", |screen| {
            let shown = lines(screen);
            shown[0].contains("live") && !shown[1].contains("new -")
        });
        endpoint.stop();
        pty.wait("no reply", |screen| lines(screen)[1].contains("refused"));
        pty.keys("[");
        pty.wait("the past", |screen| {
            let shown = lines(screen);
            shown[1].contains(" PAST ") && shown[0].contains("replied") && ids(screen).len() > 3
        });
        assert_eq!(pty.look(cursor_id), id);
        pty.keys("K");
        pty.sees("the past cannot be killed");
        pty.keys("\r");
        pty.keys("\x1b");
        pty.keys("L");
        pty.wait("live", |screen| lines(screen)[1].contains("refused"));
        assert_eq!(pty.look(cursor_id), id);
        pty.keys("[");
        pty.sees(" PAST ");
        pty.keys("q");
        pty.ends_with(0);
    }
}

#[test]
fn an_event_leads_to_its_moment() {
    let mut endpoint = Endpoint::frozen(12);
    let mut pty = endpoint.watched("auto").open();
    pty.wait("a table", |screen| has_rows(screen, 3));
    endpoint.stop();
    pty.wait("no reply", |screen| lines(screen)[1].contains("refused"));
    endpoint.start();
    pty.wait("live again", |screen| !lines(screen)[1].contains("refused"));
    pty.keys("e");
    pty.sees("endpoint back");
    pty.sees("endpoint lost");
    pty.keys("j\r");
    pty.sees(" PAST ");
    pty.no_longer_sees("endpoint back");
    // The request that fails first is cut off or refused.
    pty.wait("the fault", |screen| lines(screen)[0].contains("stale"));
    pty.keys("L");
    pty.no_longer_sees(" PAST ");
    pty.keys("q");
    pty.ends_with(0);
}
