//! A paste whose end never arrives is dropped, and the screen says so.

use crate::endpoint::Endpoint;
use crate::screen::ids;

#[test]
fn a_paste_that_is_too_long_is_dropped_and_named() {
    let endpoint = Endpoint::frozen(12);
    let mut pty = endpoint.watched("draft").open();
    pty.wait("a table", |screen| ids(screen).len() == 12);
    for opening in ["", "/"] {
        pty.keys(opening);
        pty.keys(&format!("\x1b[200~{}\x1b[201~", "K".repeat(70_000)));
        pty.sees("paste dropped");
        pty.keys("\x1b");
        pty.no_longer_sees("paste dropped");
    }
    pty.keys("q");
    pty.ends_with(0);
}
