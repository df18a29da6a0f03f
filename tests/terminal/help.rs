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
        pty.sees("EVERYWHERE");
        pty.keys(&"\x1b[6~".repeat(8));
        pty.sees("more memory than typical");
        pty.no_longer_sees("EVERYWHERE");
        pty.keys(&"\x1b[5~".repeat(8));
        pty.sees("EVERYWHERE");
        pty.keys(close);
        pty.no_longer_sees("maxtop: keys");
        pty.wait("the table", |screen| ids(screen).len() == 12);
    }
    pty.keys("?\x03");
    pty.ends_with(0);
}
