//! `maxtop demo --tour`: a newcomer follows every step.

use crate::pty::Pty;
use crate::start::Start;

/// Starts the tour without sessions that come and go, and waits until the lists show the locks.
fn begun() -> Pty {
    let pty = Start::new(["demo", "--tour", "--churn", "0", "--interval", "200ms"]).open();
    pty.sees("Tour, step 1 of 5: find");
    pty.sees("blocks 7");
    pty
}

#[test]
fn it_leads_through_find_look_cause_kill_and_undo() {
    let mut pty = begun();
    pty.keys("!");
    pty.sees("step 2 of 5: look");
    pty.sees("of etl is the first row");
    pty.keys("\r");
    pty.sees("step 3 of 5: cause");
    pty.keys("b");
    pty.sees("step 4 of 5: kill");
    pty.keys("K");
    pty.sees("Yes, kill it");
    crate::kill::confirm(&mut pty, "y");
    pty.sees("step 5 of 5: undo");
    pty.keys("u");
    pty.sees("Tour: done");
    pty.sees("nothing was sent");
    pty.keys("q");
    pty.no_longer_sees("Tour: done");
    pty.sees("left the tour");
    pty.keys("q");
    pty.ends_with(0);
}

#[test]
fn escape_leaves_it() {
    let mut pty = begun();
    pty.keys("\x1b");
    pty.no_longer_sees("Tour, step");
    pty.keys("\x03");
    pty.ends_with(0);
}
