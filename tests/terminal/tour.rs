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
    pty.sees("of etl is under the cursor");
    pty.keys("\r");
    pty.sees("step 3 of 5: cause");
    pty.keys("b");
    pty.sees("step 4 of 5: kill");
    pty.keys("K");
    pty.sees("Yes, kill it");
    pty.sees("Read who, why and what happens.");
    crate::kill::confirm(&mut pty, "y");
    pty.sees("step 5 of 5: undo");
    pty.keys("u");
    pty.sees("Tour: done");
    pty.sees("nothing was sent");
    pty.keys("q");
    pty.no_longer_sees("Tour: done");
    pty.sees("the tour has ended");
    pty.keys("q");
    pty.ends_with(0);
}

#[test]
fn other_keys_and_escape_lead_back_to_it() {
    let mut pty = begun();
    for (keys, step) in [
        ("\r", "step 3 of 5: cause"),
        ("?", "Help for the details"),
        ("\x1b", "step 3 of 5: cause"),
        ("b", "step 4 of 5: kill"),
        ("K", "Read who, why and what happens."),
        ("n", "step 4 of 5: kill"),
        ("\x1b", "step 3 of 5: cause"),
        ("\x1b", "step 1 of 5: find"),
        ("o", "[Esc] goes back"),
        ("\x1b", "step 1 of 5: find"),
        ("!", "step 2 of 5: look"),
        ("\x1b", "step 1 of 5: find"),
    ] {
        pty.keys(keys);
        pty.sees(step);
    }
    pty.keys("q");
    pty.no_longer_sees("Tour, step");
    pty.keys("\x03");
    pty.ends_with(0);
}

#[test]
fn it_fits_a_low_screen() {
    let start = Start::new(["demo", "--tour", "--churn", "0", "--interval", "200ms"]);
    let mut pty = start.size(60, 15).open();
    pty.sees("blocks 7");
    for (keys, text) in [
        ("!", "[Enter]"),
        ("\r", "[b]"),
        ("b", "[K]"),
        ("K", "4/5 Read who, why and what happens. [y]: yes"),
    ] {
        pty.keys(keys);
        pty.sees(text);
    }
    crate::kill::confirm(&mut pty, "y");
    pty.sees("[u]");
    pty.keys("u");
    pty.sees("maxtop -e HOST:8989");
    pty.keys("\x03");
    pty.ends_with(0);
}
