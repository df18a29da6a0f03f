//! The help opens, scrolls and closes.

use crate::endpoint::Endpoint;
use crate::screen::ids;

#[test]
fn it_opens_scrolls_and_closes() {
    let endpoint = Endpoint::frozen(12);
    let mut pty = endpoint.watched("draft").open();
    pty.wait("a table", |screen| ids(screen).len() == 12);
    for close in ["\x1b", "q", "?"] {
        pty.keys("?");
        pty.sees("Help for the list of sessions");
        pty.sees("WHY A SESSION IS STUCK");
        pty.sees("page 1 of ");
        pty.keys(&"\x1b[6~".repeat(16));
        pty.sees("IDLE, BY RELEASE");
        pty.no_longer_sees("page 1 of ");
        pty.keys("g");
        pty.sees("page 1 of ");
        pty.keys(close);
        pty.no_longer_sees("Help for the list");
        pty.wait("the table", |screen| ids(screen).len() == 12);
    }
    pty.keys("?/precedence\r");
    pty.sees("match 1 of 1");
    pty.sees("not a (b or c)");
    pty.keys("\x1b");
    pty.no_longer_sees("Help for");
    pty.keys("?\x03");
    pty.ends_with(0);
}
