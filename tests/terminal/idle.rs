//! Without changes there is no output.

use std::time::{Duration, Instant};

use crate::endpoint::{DIALECTS, Endpoint};
use crate::screen::ids;

/// The header shows the response time of a list, and the interval if lists take a part of it. On a busy machine they
/// change now and then, so one quiet second of many is required. A screen that redraws by itself never has one.
#[test]
fn an_idle_screen_writes_nothing() {
    for dialect in DIALECTS {
        let endpoint = Endpoint::frozen(30);
        let pty = endpoint.watched_every("500ms", dialect).open();
        pty.wait("a table", |screen| ids(screen).len() == 19);
        let until = Instant::now() + Duration::from_secs(30);
        loop {
            endpoint.polled(1, &pty);
            let mark = pty.mark();
            endpoint.polled(2, &pty);
            let written = pty.mark() - mark;
            if written == 0 {
                break;
            }
            assert!(Instant::now() < until, "{written} bytes\n{}", pty.text());
        }
    }
}
