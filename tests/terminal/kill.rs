//! Killing a session: it prompts, No is the default, and Yes kills exactly that session.

use std::time::Duration;

use crate::endpoint::{DIALECTS, Endpoint, session_path};
use crate::pty::Pty;
use crate::screen::{cursor_id, has_rows, ids, lines};

/// Waits for the table, selects a session that is not the first, and opens the dialog. Returns its id.
pub(crate) fn ask(pty: &mut Pty) -> u64 {
    pty.wait("a table", |screen| has_rows(screen, 3));
    let id = pty.look(ids)[2];
    pty.keys("jj");
    pty.wait("the third row", |screen| cursor_id(screen) == Some(id));
    pty.keys("K");
    pty.sees(&format!("Kill session {id}?"));
    id
}

/// The same, and waits until Yes can be chosen.
pub(crate) fn ask_checked(pty: &mut Pty) -> u64 {
    let id = ask(pty);
    pty.sees("Yes, kill it");
    id
}

/// Presses a key that confirms until it is accepted: just after Yes opens it is not.
pub(crate) fn confirm(pty: &mut Pty, key: &str) {
    let closed = |screen: &vt100::Screen| {
        let text = screen.contents();
        !text.contains("Kill ") && !text.contains("marked, NOT")
    };
    for _ in 0..60 {
        pty.keys(key);
        if pty.becomes(Duration::from_millis(500), closed) {
            return;
        }
    }
    panic!("Yes never counts\n{}", pty.text());
}

/// Asserts that the session exists and no DELETE was sent, after enough polls.
pub(crate) fn lives(endpoint: &Endpoint, pty: &Pty, id: u64) {
    endpoint.polled(3, pty);
    assert_eq!(endpoint.deletes(), Vec::<String>::new());
    assert!(endpoint.has(id));
}

#[test]
fn esc_leaves_it_alive() {
    for dialect in DIALECTS {
        for no in ["\x1b", "n", "q", "\x03", "\r"] {
            let endpoint = Endpoint::new(12);
            let mut pty = endpoint.watched(dialect).open();
            let id = ask_checked(&mut pty);
            pty.keys(no);
            pty.no_longer_sees("Kill session");
            lives(&endpoint, &pty, id);
            pty.wait("its row", |screen| ids(screen).contains(&id));
            pty.keys("q");
            pty.ends_with(0);
        }
    }
}

#[test]
fn the_question_says_who_it_is_and_what_will_happen() {
    let endpoint = Endpoint::new(12);
    for dialect in DIALECTS {
        let mut pty = endpoint.watched(dialect).open();
        let id = ask_checked(&mut pty);
        for text in [
            endpoint.user(id).as_str(),
            "The client loses its connection",
            "No",
        ] {
            pty.sees(text);
        }
        // The draft does not report whether a transaction is open; the other dialect knows that none is.
        let may_roll_back = pty.look(|screen| screen.contents().contains("is rolled"));
        assert_eq!(may_roll_back, dialect == "draft");
    }
}

#[test]
fn confirmed_it_ends_that_one_only() {
    for dialect in DIALECTS {
        let endpoint = Endpoint::new(12);
        let mut pty = endpoint.watched(dialect).open();
        let id = ask_checked(&mut pty);
        let others = endpoint.running().ids();
        confirm(&mut pty, "y");
        pty.sees(&format!("killed {id} "));
        pty.keys("k");
        pty.wait("its row gone", |screen| !ids(screen).contains(&id));
        assert_eq!(endpoint.deletes(), [session_path(dialect, id)]);
        let left: Vec<u64> = others.into_iter().filter(|other| *other != id).collect();
        assert_eq!(endpoint.running().ids(), left);
        pty.keys("q");
        pty.ends_with(0);
    }
}

#[test]
fn arrows_choose_and_enter_confirms() {
    for arrow in ["\x1b[C", "\x1b[D", "\t"] {
        let endpoint = Endpoint::new(12);
        let mut pty = endpoint.watched("draft").open();
        let id = ask_checked(&mut pty);
        // Until the frame with Yes has been drawn, an arrow has no effect.
        let chosen = |screen: &vt100::Screen| yes_is_chosen(screen);
        let is_chosen = (0..60).any(|_| {
            pty.keys(arrow);
            pty.becomes(Duration::from_millis(500), chosen)
        });
        assert!(is_chosen, "{}", pty.text());
        confirm(&mut pty, "\r");
        pty.sees(&format!("killed {id} "));
        assert_eq!(endpoint.deletes(), [session_path("draft", id)]);
    }
}

/// Whether Enter would confirm.
pub(crate) fn yes_is_chosen(screen: &vt100::Screen) -> bool {
    let (rows, columns) = screen.size();
    (0..rows.get()).any(|row| {
        let turned = (0..columns.get())
            .filter_map(|column| screen.cell(row, column))
            .filter(|cell| cell.inverse());
        let text: String = turned.map(vt100::Cell::contents).collect();
        text.contains("Yes, kill it") || text.contains("Yes,killit")
    })
}

#[test]
fn from_the_details_it_ends_the_session_shown() {
    for dialect in DIALECTS {
        let endpoint = Endpoint::new(12);
        let mut pty = endpoint.watched(dialect).open();
        pty.wait("a table", |screen| has_rows(screen, 3));
        let id = pty.look(ids)[2];
        pty.keys("jj\r");
        pty.sees(&format!("Session {id} "));
        pty.keys("K");
        pty.sees(&format!("Kill session {id}?"));
        pty.sees("Yes, kill it");
        confirm(&mut pty, "y");
        pty.sees(&format!("killed {id} "));
        let title = format!("Session {id} ");
        pty.wait("that it has ended", |screen| {
            let lines = lines(screen);
            lines
                .iter()
                .any(|line| line.contains(&title) && line.contains("ended"))
        });
        assert_eq!(endpoint.deletes(), [session_path(dialect, id)]);
        pty.keys("q");
        pty.ends_with(0);
    }
}
