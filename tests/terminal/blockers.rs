//! Blockers, with server access: the root blocker is the first row, the view shows its waiters, and a kill frees
//! them.

use crate::endpoint::{Endpoint, session_path};
use crate::kill::confirm;
use crate::pty::Pty;
use crate::screen::{ids, lines};

/// The incidents of the demo, with a database user.
fn opened() -> (Endpoint, Pty) {
    let endpoint = Endpoint::with(20, |spec| {
        spec.world.incidents = true;
        // The waits are longer than every limit within seconds.
        spec.speed = 10.0;
    });
    let pty = endpoint
        .watched_every("100ms", "jsonapi")
        .args(["--grace", "0s", "--sql-user", "maxtop"])
        .env("MAXTOP_SQL_PASSWORD", "maxtop")
        .open();
    (endpoint, pty)
}

/// Whether the row of a session contains a text.
fn row_says(screen: &vt100::Screen, id: u64, text: &str) -> bool {
    let id = format!(" {id} ");
    lines(screen)
        .iter()
        .any(|line| line.contains(&id) && line.contains(text))
}

#[test]
fn killing_the_root_blocker_frees_its_waiters() {
    let (endpoint, mut pty) = opened();
    pty.wait("a blocker in the first row", |screen| {
        ids(screen)
            .first()
            .is_some_and(|first| row_says(screen, *first, "blocks 7"))
    });
    let blocker = pty.look(ids)[0];
    let waits = format!("for {blocker}");
    pty.wait("its waiters", |screen| {
        screen.contents().matches(&waits).count() >= 3
    });
    pty.keys("b");
    pty.wait("the tree", |screen| {
        let text = lines(screen);
        let is_first = |line: &String| line.contains(&format!("▲ {blocker} etl@"));
        text.iter().position(is_first).is_some_and(|place| {
            text.get(place + 1)
                .is_some_and(|line| line.contains("shop.orders"))
                && text.get(place + 2).is_some_and(|line| line.contains("├ "))
        })
    });
    pty.keys("K");
    pty.sees(&format!("Kill session {blocker}?"));
    pty.sees("The 7 sessions that wait for its locks then continue one by one.");
    pty.sees("Yes, kill it");
    confirm(&mut pty, "y");
    pty.sees("killed");
    assert_eq!(endpoint.deletes(), [session_path("jsonapi", blocker)]);
    pty.wait("free waiters", |screen| !screen.contents().contains(&waits));
    // The view is still open.
    pty.wait("a tree without it", |screen| {
        let text = screen.contents();
        text.contains("root blockers") && !text.contains(&format!("▲ {blocker} etl@"))
    });
    pty.keys("q");
    pty.ends_with(0);
}

#[test]
fn the_dialog_of_a_waiter_changes_to_its_root_blocker() {
    let (endpoint, mut pty) = opened();
    pty.wait("a blocker in the first row", |screen| {
        ids(screen)
            .first()
            .is_some_and(|first| row_says(screen, *first, "blocks 7"))
    });
    let blocker = pty.look(ids)[0];
    pty.keys("b");
    pty.sees("├ ");
    pty.keys("jK");
    pty.sees(&format!("for session {blocker} etl@"));
    pty.keys("b");
    pty.sees(&format!("Kill session {blocker}?"));
    pty.keys("n");
    pty.no_longer_sees("Kill session");
    assert_eq!(endpoint.deletes(), Vec::<String>::new());
    pty.keys("q");
    pty.ends_with(0);
}
